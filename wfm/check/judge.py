"""The judgement of a roster: every rule over every agent, by code of its own."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from wfm.centre import Centre, worked_before
from wfm.check.attendance import breaks, daily_hours, one_shift, segments, shift, training
from wfm.check.capacity import Floor, classroom, peak, seats, unknown
from wfm.check.case import Case, cases
from wfm.check.presence import absence, availability, employment, locks, skills
from wfm.check.recovery import consecutive_days, days_off_together, min_rest, start_spread, weekends_off
from wfm.check.violation import Rule, Violation
from wfm.check.workload import days, nights, overtime, weekly_hours
from wfm.clock import Week
from wfm.roster import Shift

AGENT_RULES: tuple[Callable[[Case], Iterator[Violation]], ...] = (
    one_shift,
    shift,
    breaks,
    training,
    min_rest,
    weekly_hours,
    daily_hours,
    days,
    consecutive_days,
    days_off_together,
    start_spread,
    nights,
    weekends_off,
    overtime,
    employment,
    absence,
    availability,
    skills,
    locks,
    segments,
)
CENTRE_RULES: tuple[Callable[[Floor], Iterator[Violation]], ...] = (
    seats,
    classroom,
    unknown,
)
RULES = (*AGENT_RULES, *CENTRE_RULES)


def check(
    centre: Centre, week: Week, shifts: Sequence[Shift], *, unrostered: Collection[str] | None = None
) -> list[Violation]:
    """Every violation of every rule, in order of agent, date and rule.

    An agent without a shift must keep locks only; with `unrostered` (the agents for whom a reason is given) everyone
    else without a shift must have the contract's minimum of days and hours too.
    """
    before = worked_before(centre, week)
    found: list[Violation] = []
    for case in cases(centre, week, shifts, before):
        for rule in _rules_for(case, unrostered):
            found.extend(rule(case))
    floor = _floor(centre, week, shifts, before)
    for shared in CENTRE_RULES:
        found.extend(shared(floor))
    order = list(Rule)
    return sorted(found, key=lambda v: (v.agent, v.date or date.min, order.index(v.rule), v.message))


def peak_seats(centre: Centre, week: Week, shifts: Sequence[Shift]) -> int:
    """Most seats held at once from Monday 00:00 on, last week's shifts that reach into the week included."""
    if centre.worked is not None:
        # Reading weeks of worked.csv only to find nobody there costs seconds.
        centre = replace(centre, worked=centre.worked[centre.worked["end"] > week.wall(0)])
    return peak(_floor(centre, week, shifts, worked_before(centre, week)))


def _rules_for(case: Case, unrostered: Collection[str] | None) -> tuple[Callable[[Case], Iterator[Violation]], ...]:
    if case.shifts or case.strays or (unrostered is not None and case.agent.agent not in unrostered):
        return AGENT_RULES
    return (locks,)


def _floor(centre: Centre, week: Week, shifts: Sequence[Shift], before: dict[str, list[Shift]]) -> Floor:
    tail = tuple(shift for own in before.values() for shift in own if shift.end > 0)
    return Floor(centre=centre, week=week, shifts=tuple(shifts), tail=tail)
