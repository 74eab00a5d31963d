"""What the value of a TOML key may be: readers that return it, or raise ValueError saying what is expected."""

import math
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import pandas as pd

from wfm.reading import cells

T = TypeVar("T")
Reader = Callable[[object], T]

_ROUNDING = 0.005  # of a minute: hours such as 0.3333 are written rounded


def text(value: object) -> str:
    """Any text but an empty one."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text in quotes")
    return value.strip()


def optional_text(value: object) -> str:
    """Any text."""
    return "" if value == "" else text(value)


def truth(value: object) -> bool:
    """`true` or `false`."""
    if value is True or value is False:
        return value
    raise ValueError("true or false")


def number(*, low: float | None = None, above: float | None = None, high: float | None = None) -> Reader[float]:
    """A finite number within bounds; `above` is exclusive, the others are not."""
    return lambda value: cells.within(_float(value), "a number", low=low, above=above, high=high)


def whole(*, low: float | None = None, above: float | None = None, high: float | None = None) -> Reader[int]:
    """A whole number within bounds."""

    def read(value: object) -> int:
        found = _float(value)
        return int(
            cells.within(found if found.is_integer() else math.nan, "a whole number", low=low, above=above, high=high)
        )

    return read


def hours(*, low: float = 0, above: float | None = None, high: float | None = None) -> Reader[int]:
    """Hours that make whole minutes, as minutes."""

    def read(value: object) -> int:
        minutes = cells.within(_float(value), "hours", low=low, above=above, high=high) * 60
        if abs(minutes - round(minutes)) > _ROUNDING:
            raise ValueError("hours that make whole minutes, such as 7.5")
        return round(minutes)

    return read


def day(value: object) -> date:
    """A date, bare as TOML has them or in quotes."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return cells.day(text(value))
    except ValueError:
        raise ValueError("a date such as 2026-11-30") from None


def clock(value: object) -> int:
    """Minutes past midnight of a text HH:MM."""
    try:
        return cells.clock(text(value))
    except ValueError:
        raise ValueError(f'{cells.CLOCK} in quotes, such as "06:00"') from None


def pair(read: Reader[int]) -> Reader[tuple[int, int]]:
    """A list [least, most]."""

    def read_pair(value: object) -> tuple[int, int]:
        if not isinstance(value, list) or len(value) != 2:
            raise ValueError("a list [least, most]")
        least, most = (_item(read, item) for item in value)
        if most < least:
            raise ValueError("a list [least, most] with least not above most")
        return least, most

    return read_pair


def several(read: Reader[T]) -> Reader[tuple[T, ...]]:
    """A list of one or more, each once."""

    def read_all(value: object) -> tuple[T, ...]:
        if not isinstance(value, list) or not value:
            raise ValueError("a list [ … ] with at least one entry")
        found = tuple(_item(read, item) for item in value)
        if len(set(found)) < len(found):
            raise ValueError("a list with each entry once")
        return found

    return read_all


def listed(read: Reader[T], *, exactly: int | None = None) -> Reader[tuple[T, ...]]:
    """A list of any length, or of one; entries may be equal."""

    def read_all(value: object) -> tuple[T, ...]:
        if not isinstance(value, list) or (exactly is not None and len(value) != exactly):
            raise ValueError(f"a list of {'numbers' if exactly is None else exactly}")
        return tuple(_item(read, item) for item in value)

    return read_all


def many(read: Reader[T]) -> Reader[tuple[T, ...]]:
    """A name, or a list of names each once."""
    several_of = several(read)
    return lambda value: several_of(value if isinstance(value, list) else [value])


def choice(*allowed: int) -> Reader[int]:
    """One of a few numbers."""

    def read(value: object) -> int:
        if isinstance(value, bool) or value not in allowed:
            raise ValueError(f"one of {', '.join(map(str, allowed))}")
        return int(_float(value))

    return read


def share(value: object) -> float:
    """A share of which something is left."""
    found = cells.within(_float(value), "a share such as 0.05,", low=0, high=1)
    if found == 1:
        raise ValueError("a share such as 0.05, below 1")
    return found


def known(names: Collection[str] | None, what: str) -> Reader[str]:
    """A name that another file gives; any name where that file could not be read (None)."""
    return lambda value: cells.known(names, what)(text(value))


def timezone(value: object) -> str:
    """A name of the time zone database."""
    name = text(value)
    try:
        ZoneInfo(name)
        pd.Timestamp(0, tz=name)  # tables carry it too
    except (ValueError, OSError, LookupError):
        raise ValueError('a time zone such as "Asia/Shanghai"') from None
    return name


def _item(read: Reader[T], item: object) -> T:
    try:
        return read(item)
    except ValueError as expected:
        raise ValueError(f"a list of which each entry is {expected}") from None


def _float(value: object) -> float:
    """NaN, which no bound accepts, for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan
