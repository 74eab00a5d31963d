"""Rules about whether an agent may be at work at all: employment, leave, hours available, skills, locks."""

from collections.abc import Iterator

from wfm.centre import Lock
from wfm.check.case import Case
from wfm.check.violation import Rule, Violation
from wfm.roster import Activity, Segment, Shift


def employment(case: Case) -> Iterator[Violation]:
    """No shift before the agent is hired or from the day of leaving on."""
    for shift in case.shifts:
        if not case.agent.employed_on(case.week.date_of(shift.day)):
            until = f" until before {case.agent.leaves_on}" if case.agent.leaves_on else ""
            yield case.breach(Rule.EMPLOYMENT, shift.day, f"employed from {case.agent.hired_on}{until}")


def absence(case: Case) -> Iterator[Violation]:
    """No part of a shift overlaps an absence."""
    for shift in case.shifts:
        for start, end in case.absences:
            if shift.start < end and start < shift.end:
                away = f"absent from {case.week.text(start)} to {case.week.text(end)}"
                yield case.breach(Rule.ABSENCE, shift.day, f"{_span(case, shift)} overlaps an absence: {away}")


def availability(case: Case) -> Iterator[Violation]:
    """An agent with hours of availability works only inside them; hours that touch are one."""
    for shift in case.shifts:
        if case.windows is not None and not any(s <= shift.start and shift.end <= e for s, e in case.windows):
            yield case.breach(Rule.AVAILABILITY, shift.day, f"{_span(case, shift)} is not within the hours available")


def skills(case: Case) -> Iterator[Violation]:
    """Nobody without a skill works."""
    if case.shifts and not case.agent.skills:
        yield case.breach(Rule.SKILLS, None, f"works {len(case.shifts)} shifts without a skill for any queue")


def locks(case: Case) -> Iterator[Violation]:
    """What the scheduler has fixed stands, and there is no meeting that the scheduler has not fixed."""
    by_day = {shift.day: shift for shift in case.shifts}
    for lock in case.locks:
        day = case.week.day(lock.date)
        if not _kept(case, lock, by_day.get(day)):
            yield case.breach(Rule.LOCKS, day, f"the lock {_named(case, lock)} is not kept")
    fixed = {(case.week.day(lock.date), _locked(case, lock)) for lock in case.locks}
    for shift in case.shifts:
        for row in shift.segments:
            if row.activity == Activity.MEETING and (shift.day, row[:3]) not in fixed:
                yield case.breach(Rule.LOCKS, shift.day, f"a meeting at {case.week.text(row.start)} without a lock")


def _kept(case: Case, lock: Lock, shift: Shift | None) -> bool:
    fixed = _locked(case, lock)
    if fixed is None:
        return shift is None
    if shift is None:
        return False
    if lock.activity == Activity.WORK:
        return shift.start <= fixed[0] and fixed[1] <= shift.end
    return any(row[:3] == fixed for row in shift.segments)


def _locked(case: Case, lock: Lock) -> tuple[int, int, str] | None:
    """Start, end and activity in minutes of the week; None for a free day."""
    if lock.start is None or lock.end is None:
        return None
    return case.week.minute(lock.start), case.week.minute(lock.end), lock.activity


def _named(case: Case, lock: Lock) -> str:
    fixed = _locked(case, lock)
    return lock.activity if fixed is None else f"{lock.activity} {_span(case, Segment(*fixed, True))}"


def _span(case: Case, of: Shift | Segment) -> str:
    return f"{case.week.text(of.start)} to {case.week.text(of.end)}"
