"""The weeks that a sample centre says were worked, judged as rosters."""

from dataclasses import replace
from datetime import date, timedelta

from wfm.centre import Centre
from wfm.check import check
from wfm.roster import shifts_of


def violations(centre: Centre, monday: date, weeks: int = 4) -> list[str]:
    """What is wrong with each of the worked weeks before a Monday, as the checker says it."""
    assert centre.worked is not None
    found = []
    for back in range(1, weeks + 1):
        week = centre.week(monday - timedelta(weeks=back))
        shifts = [shift for shift in shifts_of(centre.worked, week) if 0 <= shift.day < 7]
        assert shifts
        found += [str(violation) for violation in check(replace(centre, locks=()), week, shifts)]
    return found
