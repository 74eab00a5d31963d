"""The legal roster of the tiny centre, and ways to change it by a word."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.tiny import FULL_TIME, MONDAY, NIGHT_TEAM, shift_at, tiny_agent, tiny_centre
from wfm.check import Violation, check
from wfm.clock import Week
from wfm.roster import Shift, table_of

WEEK = tiny_centre().week(MONDAY)
EARLY = "06:00 work 07:30 rest 07:45 work 10:00 meal! 11:00 work 13:00 rest 13:15 work 15:00"
SEVEN = "07:00 work 08:30 rest 08:45 work 11:00 meal! 12:00 work 14:00 rest 14:15 work 16:00"
LATE = "13:00 work 14:30 rest 14:45 work 17:00 meal! 18:00 work 20:00 rest 20:15 work 22:00"
SHORT = "06:00 work 07:30 rest 07:45 work 10:00 meal! 11:00 work 12:30 rest 12:45 work 14:00"
LONG = "06:00 work 07:30 rest 07:45 work 10:00 meal! 11:00 work 13:00 rest 13:15 work 16:00"
SCHOOL = "06:00 work 07:30 rest 07:45 work 10:00 meal! 11:00 work 11:45 training 12:45 work 13:30 rest 13:45 work 15:00"
NIGHT = "22:00 work 26:00 meal! 27:00 work 31:00"

Words = Mapping[tuple[str, int], str | None]

LEGAL: Words = {
    **{("ann", day): EARLY for day in (0, 1, 3, 4)},
    ("ann", 2): SCHOOL,
    **{("bob", day): SEVEN for day in range(5)},
    **{("cem", day): EARLY for day in range(4)},
    **{("dee", day): NIGHT for day in (2, 3, 4)},
}


def roster(changes: Words | None = None, *, week: Week = WEEK) -> list[Shift]:
    """The legal roster with shifts replaced, added or (None) taken away."""
    words = {**LEGAL, **(changes or {})}
    return [shift_at(week, agent, day, text) for (agent, day), text in words.items() if text is not None]


def worked(words: Words, *, week: Week = WEEK) -> dict[str, Any]:
    """An override of the centre: what was worked in the weeks before."""
    shifts = [shift_at(week, agent, day, text) for (agent, day), text in words.items() if text is not None]
    return {"worked": table_of(shifts, week)}


def full_time(**changes: Any) -> dict[str, Any]:
    """An override of the centre: another full-time contract."""
    return {"contracts": [replace(FULL_TIME, **changes), NIGHT_TEAM]}


def night_team(**changes: Any) -> dict[str, Any]:
    """An override of the centre: another contract of the night team."""
    return {"contracts": [FULL_TIME, replace(NIGHT_TEAM, **changes)]}


def ann(**changes: Any) -> dict[str, Any]:
    """An override of the centre: ann is another kind of person."""
    others = [tiny_agent("bob"), tiny_agent("cem"), tiny_agent("dee", contract="night_team")]
    return {"agents": [tiny_agent("ann", **changes), *others]}


def judged(changes: Words | None = None, **overrides: Any) -> list[Violation]:
    """The violations of the legal roster so changed in the tiny centre so changed."""
    centre = tiny_centre(**overrides)
    week = centre.week(MONDAY)
    return check(centre, week, roster(changes, week=week))


def rules(violations: list[Violation]) -> set[str]:
    """Names of the rules broken."""
    return {str(violation.rule) for violation in violations}
