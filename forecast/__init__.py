"""History to forecast: contacts and handling time of a week, with a band and the accuracy on past weeks."""

from forecast.week import forecast, history_tail

__all__ = ["forecast", "history_tail"]
