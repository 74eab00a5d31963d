"""Where the breaks of a shift may lie: some legal patterns of a kind and length, for the weeks already worked."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import Any, NamedTuple

PATTERNS = 6


class Pause(NamedTuple):
    """A meal or rest; `earliest` and `latest` are minutes from the shift's start to its own."""

    activity: str
    minutes: int
    paid: bool
    earliest: int
    latest: int


class Piece(NamedTuple):
    """A segment of a pattern, in minutes from the shift's start."""

    start: int
    end: int
    activity: str
    paid: bool


def patterns(kind: dict[str, Any], paid_hours: float, grid: int) -> tuple[tuple[Piece, ...], ...]:
    """Up to `PATTERNS` spread-out ways to lay the due breaks of a kind (a table of shifts.toml) and paid length.

    ValueError where the windows leave no place.
    """
    between: int = kind.get("min_work_between_minutes", 0)
    length = shift_minutes(kind, paid_hours)
    due = [p for p in _pauses(kind) if p.activity == "meal" or p.earliest + p.minutes + between <= length]
    legal = [
        tuple(_pieces(places, due, length))
        for places in product(*(range(p.earliest, p.latest + 1, grid) for p in due))
        if _keeps(places, due, length, between)
    ]
    if not legal:
        raise ValueError(f"a shift of {paid_hours} paid hours has no place for its breaks")
    step = max(1, len(legal) // PATTERNS)
    return tuple(legal[step // 2 :: step][:PATTERNS])


def shift_minutes(kind: dict[str, Any], paid_hours: float) -> int:
    """Length of a shift: what is paid and the unpaid breaks."""
    return round(paid_hours * 60) + sum(p.minutes for p in _pauses(kind) if not p.paid)


def _pauses(kind: dict[str, Any]) -> list[Pause]:
    """Meal and rests by their earliest start."""
    tables = [("meal", kind["meal"])] if "meal" in kind else []
    tables += [("rest", rest) for rest in kind.get("rests", [])]
    pauses = [
        Pause(activity, table["minutes"], table["paid"], *(round(hours * 60) for hours in table["after_hours"]))
        for activity, table in tables
    ]
    return sorted(pauses, key=lambda pause: pause.earliest)


def _keeps(places: Sequence[int], due: Sequence[Pause], length: int, between: int) -> bool:
    """Whether there is enough work between any two of start, breaks and end, and these are in order."""
    ends = [0, *(place + pause.minutes for place, pause in zip(places, due, strict=True))]
    return all(start - end >= between for end, start in zip(ends, [*places, length], strict=True))


def _pieces(places: Sequence[int], due: Sequence[Pause], length: int) -> Iterator[Piece]:
    work = [0, *(edge for place, pause in zip(places, due, strict=True) for edge in (place, place + pause.minutes))]
    for n, (start, end) in enumerate(pairwise([*work, length])):
        pause = due[n // 2] if n % 2 else None
        yield Piece(start, end, pause.activity if pause else "work", pause.paid if pause else True)
