"""Numbers and names as the pages show them."""

import re
from datetime import date, datetime

MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=])")


def whole(value: float | None) -> str:
    """1,234 — or a dash for what is not known."""
    return "–" if value is None else f"{value:,.0f}"


def tenth(value: float | None, unit: str = "") -> str:
    """1,234.5 with a unit behind it."""
    return "–" if value is None else f"{value:,.1f}{' ' + unit if unit else ''}"


def percent(value: float | None, digits: int = 1) -> str:
    """A fraction as a percentage: 0.987 is 98.7 %."""
    return "–" if value is None else f"{100 * value:,.{digits}f} %"


def share(part: float | None, whole_of: float | None) -> float | None:
    """The part of a whole as a fraction; None where either is not known or the whole is nothing."""
    return None if part is None or not whole_of else part / whole_of


def day_text(day: date) -> str:
    """Mon 30 Nov."""
    return f"{day:%a} {day.day} {day:%b}"


def date_text(day: date) -> str:
    """Mon 30 Nov 2026."""
    return f"{day_text(day)} {day.year}"


def moment_text(moment: datetime) -> str:
    """30 Nov 14:05."""
    return f"{moment.day} {moment:%b %H:%M}"


def duration_text(seconds: float | None) -> str:
    """45 s, 2 min 05 s."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def plain(text: str) -> str:
    """Text of a user that Markdown shows as it was written: no link, image, formula or icon comes of it."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))
