"""What the text of a cell may mean: readers that return the value, or raise ValueError saying what is expected."""

import math
import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import TypeVar
from zoneinfo import ZoneInfo

from wfm.clock import parse_wall

T = TypeVar("T")
Reader = Callable[[str], T]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK = "a time HH:MM up to 48:00"

_DAY = r"(?:19[7-9]|2[01]\d)\d-\d\d-\d\d"
_DATE = re.compile(rf"({_DAY})(?:[T ]00:00(?::00)?)?", re.ASCII)
_MONTH = re.compile(r"((?:19[7-9]|2[01]\d)\d-\d\d)(?:-\d\d(?:[T ]00:00(?::00)?)?)?", re.ASCII)
_MOMENT = re.compile(rf"{_DAY}(?:[T ]\d\d:\d\d(?::00(?:\.0+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::00)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_SUGGEST_AMONG = 200  # beyond this many names, looking for the nearest of each unknown one would take minutes


def text(cell: str) -> str:
    """Any text but an empty one."""
    if not cell:
        raise ValueError("a text")
    return cell


def number(*, low: float | None = None, above: float | None = None, high: float | None = None) -> Reader[float]:
    """A finite number within bounds; `above` is exclusive, the others are not."""

    def read(cell: str) -> float:
        value = float(cell) if _NUMBER.fullmatch(cell) else math.nan
        return within(value, "a number", low=low, above=above, high=high)

    return read


def whole(*, low: float | None = None) -> Reader[int]:
    """A whole number within bounds."""

    def read(cell: str) -> int:
        value = float(cell) if _NUMBER.fullmatch(cell) else math.nan
        return int(within(value if value.is_integer() else math.nan, "a whole number", low=low))

    return read


def within(
    value: float, what: str, *, low: float | None = None, above: float | None = None, high: float | None = None
) -> float:
    """The value, if it is finite and inside the bounds; otherwise ValueError with the bounds in words."""
    inside = (low is None or value >= low) and (above is None or value > above) and (high is None or value <= high)
    if math.isfinite(value) and inside:
        return value
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (("of at least", low), ("above", above), ("up to", high))
        if bound is not None
    ]
    raise ValueError(" ".join([what, " and ".join(bounds)]).strip())


def choice(*allowed: str) -> Reader[str]:
    """One of a few words, in any case."""

    def read(cell: str) -> str:
        if cell.lower() not in allowed:
            raise ValueError(f"one of {', '.join(allowed)}{nearest(cell.lower(), allowed)}")
        return cell.lower()

    return read


def known(names: Collection[str] | None, what: str) -> Reader[str]:
    """A name that another file gives; any name where that file could not be read (None)."""

    def read(cell: str) -> str:
        if not cell or (names is not None and cell not in names):
            raise ValueError(f"{what}{nearest(cell, names or ())}")
        return cell

    return read


def nearest(name: str, names: Collection[str]) -> str:
    """` (did you mean NAME?)`, or nothing where no name is near."""
    if not name or len(names) > _SUGGEST_AMONG:
        return ""
    close = get_close_matches(name, list(names), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def truth(cell: str) -> bool:
    """`true` or `false`, in any case: a spreadsheet writes TRUE."""
    return choice("true", "false")(cell) == "true"


def day(cell: str) -> date:
    """A date; midnight of it is the same, as a spreadsheet may say so."""
    found = _DATE.fullmatch(cell)
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise ValueError("a date such as 2026-11-30") from None


def monday(cell: str) -> date:
    """A date that is a Monday."""
    found = day(cell)
    if found.weekday() != 0:
        raise ValueError(f"a Monday, such as {found - timedelta(days=found.weekday())}")
    return found


def month(cell: str) -> date:
    """The first day of a month, written YYYY-MM or as any date in it."""
    found = _MONTH.fullmatch(cell)
    try:
        return date.fromisoformat(f"{found[1] if found else ''}-01")
    except ValueError:
        raise ValueError("a month such as 2026-11") from None


def weekday(cell: str) -> int:
    """A day of the week, 0 = Monday."""
    return WEEKDAYS.index(choice(*WEEKDAYS)(cell))


def clock(cell: str) -> int:
    """Minutes past midnight of HH:MM; 26:00 is 02:00 of the next day."""
    found = _CLOCK.fullmatch(cell)
    if not found or (minutes := int(found[1]) * 60 + int(found[2])) > 48 * 60:
        raise ValueError(CLOCK)
    return minutes


def moment(timezone: str) -> Reader[datetime]:
    """An aware time to the minute; a date alone is its midnight, as a spreadsheet may say so."""

    def read(cell: str) -> datetime:
        if not _MOMENT.fullmatch(cell):
            raise ValueError("a time to the minute such as 2026-11-30T22:00")
        return parse_wall(cell, timezone)

    return read


def has_offset(cell: str) -> bool:
    """Whether a time says its offset from UTC."""
    return "T" in cell.replace(" ", "T") and bool(_OFFSET.search(cell))


def date_start(timezone: str) -> Reader[datetime]:
    """A time, or a date for the first instant of it."""
    return _edge(timezone, days=0)


def date_end(timezone: str) -> Reader[datetime]:
    """A time, or a date for 24:00 of it."""
    return _edge(timezone, days=1)


def midnight(value: date, timezone: str) -> datetime:
    """The first instant of a date, aware: 00:00 unless the clock skips it."""
    zone = ZoneInfo(timezone)
    return datetime(value.year, value.month, value.day, tzinfo=zone).astimezone(UTC).astimezone(zone)


def _edge(timezone: str, *, days: int) -> Reader[datetime]:
    read_moment = moment(timezone)

    def read(cell: str) -> datetime:
        if re.fullmatch(_DAY, cell, re.ASCII):
            return midnight(day(cell) + timedelta(days=days), timezone)
        try:
            return read_moment(cell)
        except ValueError as expected:
            raise ValueError(f"a date, or {expected}") from None

    return read
