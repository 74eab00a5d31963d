"""Workforce management for contact centres: the domain, and above it the use-cases."""
