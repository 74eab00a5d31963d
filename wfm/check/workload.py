"""Rules about how much an agent works: hours, overtime, days and nights of the week."""

from collections.abc import Iterator
from datetime import date as Date

from wfm.check.case import Case
from wfm.check.violation import Rule, Violation
from wfm.clock import Week, clock_text
from wfm.roster import Shift

NIGHT_ENDS = 5 * 60


def days(case: Case) -> Iterator[Violation]:
    """As many dates with a shift as the contract says, scaled to the part of the week the agent is there."""
    if case.contract.days is None:
        return
    there = case.days_available
    fewest = case.contract.days[0] * there // 7
    most = -(-case.contract.days[1] * there // 7)
    if not fewest <= len(case.shifts) <= most:
        part = "" if there == 7 else f" for {there} of 7 dates"
        yield case.breach(Rule.DAYS, None, f"{len(case.shifts)} days with a shift; {fewest} to {most} allowed{part}")


def weekly_hours(case: Case) -> Iterator[Violation]:
    """Paid hours within the contract's; a part of the week gives half a shortest shift of tolerance both ways.

    Above the maximum is overtime's where the contract has overtime.
    """
    if case.contract.weekly_minutes is None:
        return
    low, high = case.contract.weekly_minutes
    there = case.days_available
    paid = _paid(case)
    if there < 7:
        # Fourteenths of a minute keep f = there / 7 and half a shift whole numbers.
        half = 7 * min((minutes for kind in case.kinds for minutes in kind.paid_minutes), default=0)
        legal = 2 * low * there - half <= 14 * paid <= min(14 * high, 2 * high * there + half)
        wanted = f"{_hours(low)} to {_hours(high)} a week, of which {there} of 7 dates count"
    else:
        legal = low <= paid <= high or (paid > high and case.contract.overtime_minutes_max > 0)
        wanted = f"{_hours(low)} to {_hours(high)} allowed"
    if not legal:
        yield case.breach(Rule.WEEKLY_HOURS, None, f"{_hours(paid)} paid hours; {wanted}")


def overtime(case: Case) -> Iterator[Violation]:
    """Paid time above the weekly hours stays within the limits of the week and of the month."""
    if case.contract.weekly_minutes is None:
        return
    allowed, over = case.contract.overtime_minutes_max, _paid(case) - case.contract.weekly_minutes[1]
    if 0 < allowed < over and case.days_available == 7:
        yield case.breach(
            Rule.OVERTIME, None, f"{_hours(over)} hours of overtime in the week; {_hours(allowed)} allowed"
        )
    yield from _monthly_overtime(case, case.contract.weekly_minutes[1])


def nights(case: Case) -> Iterator[Violation]:
    """No more night shifts in the week than the contract allows."""
    limit = case.contract.max_nights
    if limit is None:
        return
    worked = [shift for shift in case.shifts if _at_night(shift, case.week)]
    if len(worked) > limit:
        yield case.breach(Rule.NIGHTS, worked[limit].day, f"{len(worked)} night shifts in the week; {limit} allowed")


def _monthly_overtime(case: Case, weekly_max: int) -> Iterator[Violation]:
    """A month is judged where the planned week adds to it: what is past cannot be mended."""
    limit = case.contract.overtime_month_minutes_max
    if limit is None:
        return
    before, now = _overtime_by_month(case, weekly_max, case.before), _overtime_by_month(case, weekly_max, case.shifts)
    for month, minutes in now.items():
        total = minutes + before.get(month, 0)
        if minutes > 0 and total > limit:
            got = f"{_hours(total)} hours of overtime in {month:%Y-%m}"
            yield case.breach(Rule.OVERTIME, None, f"{got}; {_hours(limit)} allowed in a month")


def _overtime_by_month(case: Case, weekly_max: int, shifts: tuple[Shift, ...]) -> dict[Date, int]:
    """Overtime minutes of each month: paid minutes beyond the weekly maximum as they come, by the shift's date."""
    months: dict[Date, int] = {}
    paid: dict[int, int] = {}
    for shift in sorted(shifts, key=lambda shift: shift.day):
        week = shift.day // 7
        so_far = paid.get(week, 0)
        paid[week] = so_far + shift.paid_minutes
        extra = max(0, paid[week] - weekly_max) - max(0, so_far - weekly_max)
        month = case.week.date_of(shift.day).replace(day=1)
        months[month] = months.get(month, 0) + extra
    return months


def _at_night(shift: Shift, week: Week) -> bool:
    return any(
        shift.start < _night_end(week, day) and week.midnight(day) < shift.end
        for day in range(shift.day, week.day_of(shift.end) + 1)
    )


def _night_end(week: Week, day: int) -> int:
    return (week.at(day, NIGHT_ENDS) or (week.midnight(day) + NIGHT_ENDS,))[-1]


def _paid(case: Case) -> int:
    return sum(shift.paid_minutes for shift in case.shifts)


def _hours(minutes: int) -> str:
    return clock_text(minutes)
