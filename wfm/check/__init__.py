"""The check of a roster against every hard rule, by code that shares nothing with the solver."""

from wfm.check.judge import RULES, check, peak_seats
from wfm.check.violation import Rule, Violation, violations_table

__all__ = ["RULES", "Rule", "Violation", "check", "peak_seats", "violations_table"]
