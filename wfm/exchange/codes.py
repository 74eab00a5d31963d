"""Short readable codes of shifts ("D 0830 8h") and the kind of shift behind each."""

from collections.abc import Iterable
from itertools import chain, count
from string import ascii_uppercase

from wfm.centre import Centre
from wfm.clock import Week
from wfm.kind import kinds_of
from wfm.roster import Shift

NO_KIND = "?"  # letter of a shift that no kind of the agent's contract allows


def kind_of(shift: Shift, centre: Centre, week: Week) -> str | None:
    """First kind of the agent's contract that allows the shift's start, paid time and length; None where none does."""
    return next(iter(kinds_of(centre, week, shift)), None)


def code_of(shift: Shift, letter: str, week: Week) -> str:
    """Letter of the kind, start as HHMM (2430 is half past midnight after the shift's date) and paid hours."""
    hours, minutes = divmod(start_clock(shift, week), 60)
    return f"{letter} {hours:02d}{minutes:02d} {hours_text(shift.paid_minutes)}h"


def letters(kinds: Iterable[str]) -> dict[str, str]:
    """A letter for each kind: the first of its name that no kind before it has, then any other, then a number."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for kind in kinds:
        own = (letter.upper() for letter in kind if letter.isalnum())
        found[kind] = next(x for x in chain(own, ascii_uppercase, map(str, count(1))) if x not in taken)
        taken.add(found[kind])
    return found


def start_clock(shift: Shift, week: Week) -> int:
    """What the clock shows when the shift starts, in minutes past midnight of the shift's date."""
    wall = week.wall(shift.start)
    return (week.day(wall.date()) - shift.day) * 1440 + wall.hour * 60 + wall.minute


def hours_text(minutes: int) -> str:
    """Minutes as hours with at most two decimals: 450 is 7.5."""
    return f"{round(minutes / 60, 2):g}"
