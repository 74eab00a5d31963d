"""Rules about rest between shifts and free days, last week's shifts included."""

from collections.abc import Iterator
from itertools import groupby

from wfm.check.case import Case
from wfm.check.violation import Rule, Violation
from wfm.clock import clock_text


def min_rest(case: Case) -> Iterator[Violation]:
    """Enough time from the end of a shift to the next start, as it elapses."""
    needed = case.contract.min_rest_minutes or 0
    free_from = max((shift.end for shift in case.before), default=None)
    for shift in case.shifts:
        if free_from is not None and shift.start - free_from < needed:
            got = f"starts {case.week.text(shift.start)} after a shift that ended {case.week.text(free_from)}"
            yield case.breach(Rule.MIN_REST, shift.day, f"{got}; {clock_text(needed)} hours of rest needed")
        free_from = max(shift.end, free_from or shift.end)


def consecutive_days(case: Case) -> Iterator[Violation]:
    """No longer run of days with a shift than allowed, counted from last week on."""
    limit = case.contract.max_consecutive_days
    if limit is None:
        return
    for run in _runs({shift.day for shift in (*case.before, *case.shifts)}):
        if len(run) > limit and run[-1] >= 0:
            message = f"{len(run)} days in a row from {case.week.date_of(run[0])}; {limit} allowed"
            yield case.breach(Rule.CONSECUTIVE_DAYS, max(run[limit], 0), message)


def days_off_together(case: Case) -> Iterator[Violation]:
    """One run of free dates long enough inside Monday-Sunday; leave counts as free."""
    needed = case.contract.min_days_off_together
    if needed is None:
        return
    longest = max(map(len, _runs(set(range(7)) - {shift.day for shift in case.shifts})), default=0)
    if longest < needed:
        yield case.breach(Rule.DAYS_OFF_TOGETHER, None, f"at most {longest} free days together; {needed} needed")


def start_spread(case: Case) -> Iterator[Violation]:
    """The week's starts lie on a short arc of the clock, 23:00 being next to 01:00."""
    limit = case.contract.start_spread_minutes
    if limit is None or not case.shifts:
        return
    walls = [case.week.wall(shift.start) for shift in case.shifts]
    clocks = sorted({wall.hour * 60 + wall.minute for wall in walls})
    widest_gap = max(later - earlier for earlier, later in zip(clocks, [*clocks[1:], clocks[0] + 1440], strict=True))
    if 1440 - widest_gap > limit:
        starts = ", ".join(clock_text(clock) for clock in clocks)
        spread = f"starts spread over {clock_text(1440 - widest_gap)} hours ({starts})"
        yield case.breach(Rule.START_SPREAD, None, f"{spread}; {clock_text(limit)} allowed")


def weekends_off(case: Case) -> Iterator[Violation]:
    """Enough free weekends among the last ones, where all of them are on record."""
    if case.contract.weekends_off is None:
        return
    needed, of = case.contract.weekends_off
    saturdays = [5 - 7 * ago for ago in range(of)]
    if case.week.date_of(saturdays[-1]) < case.known_from:
        return
    dates = {shift.day for shift in (*case.before, *case.shifts)}
    free = sum(dates.isdisjoint((saturday, saturday + 1)) for saturday in saturdays)
    if free < needed:
        yield case.breach(Rule.WEEKENDS_OFF, 5, f"{free} of the last {of} weekends free; {needed} needed")


def _runs(dates: set[int]) -> list[list[int]]:
    """Days in a row, as lists: {0, 1, 4} gives [0, 1] and [4]."""
    numbered = enumerate(sorted(dates))
    return [[day for _, day in run] for _, run in groupby(numbered, key=lambda pair: pair[1] - pair[0])]
