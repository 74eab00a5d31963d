"""Which kind a shift is of, and whether it is a night: neither is written in a roster."""

from collections.abc import Sequence

from wfm.centre import Break, Centre, ShiftKind
from wfm.clock import Week
from wfm.roster import Shift

NIGHT_ENDS = 5 * 60  # a shift that overlaps 00:00-05:00 of any date is a night


def kinds_of(centre: Centre, week: Week, shift: Shift) -> tuple[str, ...]:
    """Kinds of the agent's contract that allow the shift's start, paid time and length, in the contract's order."""
    agent = centre.agents.get(shift.agent)
    contract = centre.contracts.get(agent.contract) if agent else None
    return tuple(name for name in (contract.shifts if contract else ()) if _fits(centre.kinds[name], week, shift))


def _fits(kind: ShiftKind, week: Week, shift: Shift) -> bool:
    meal = kind.meal.minutes if kind.meal and not kind.meal.paid else 0
    rests = sum(rest.minutes for rest in kind.rests if not rest.paid)  # a session may have displaced some
    unpaid = shift.end - shift.start - shift.paid_minutes
    return (
        shift.paid_minutes in kind.paid_minutes
        and meal <= unpaid <= meal + rests
        and any(shift.start in week.at(shift.day, clock % 1440) for clock in kind.start_clocks())
    )


def is_night(week: Week, start: int, end: int) -> bool:
    """Whether a shift of these minutes overlaps 00:00-05:00 by the wall clock of any date."""
    return any(
        start < _night_end(week, day) and week.midnight(day) < end
        for day in range(week.day_of(start), week.day_of(end) + 1)
    )


def _night_end(week: Week, day: int) -> int:
    shown = week.at(day, NIGHT_ENDS)
    return shown[-1] if shown else week.midnight(day) + NIGHT_ENDS


def length_of(paid: int, *, meal: Break | None, rests: Sequence[Break], min_work_between: int) -> int:
    """Minutes of a shift: the paid ones and the unpaid breaks held, where a rest is held once it is due."""
    length = paid + (meal.minutes if meal and not meal.paid else 0)
    while True:  # an unpaid rest lengthens the shift, which may make another one due
        due = rests_due(rests, length=length, min_work_between=min_work_between)
        longer = paid + sum(b.minutes for b in (*due, *([meal] if meal else ())) if not b.paid)
        if longer <= length:
            return length
        length = longer


def rests_due(rests: Sequence[Break], *, length: int, min_work_between: int) -> list[Break]:
    """The rests that a shift of this length must hold."""
    return [rest for rest in rests if rest.earliest + rest.minutes + min_work_between <= length]
