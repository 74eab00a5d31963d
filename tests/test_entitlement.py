"""What a week may ask of an agent and owes to them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import combinations_with_replacement
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.check.roster import full_time
from tests.tiny import DAY, MONDAY, NIGHT, tiny_agent, tiny_centre
from wfm.centre import Absence
from wfm.entitlement import UNLIMITED_MINUTES, Entitlement, absent_dates, entitlements

SHANGHAI = ZoneInfo("Asia/Shanghai")


def anns(monday: date = MONDAY, **overrides: Any) -> Entitlement:
    """The week of ann, full time: 32 to 40 hours on 4 or 5 days, shortest shift 7 hours."""
    centre = tiny_centre(**overrides)
    return entitlements(centre, centre.week(monday))["ann"]


def away(*hours: tuple[float, float]) -> dict[str, Any]:
    """Absences of ann from one hour of the week to another."""
    start = datetime(2026, 11, 30, tzinfo=SHANGHAI)
    spans = [(start + timedelta(hours=first), start + timedelta(hours=last)) for first, last in hours]
    return {"absences": tuple(Absence(agent="ann", start=a, end=b, kind="leave") for a, b in spans)}


def employed(**changes: Any) -> dict[str, Any]:
    return {"agents": [tiny_agent("ann", **changes)]}


def test_a_whole_week_asks_what_the_contract_says() -> None:
    own = anns()
    assert own.available_days == 7
    assert (own.shifts, own.minutes) == ((4, 5), (32 * 60, 40 * 60))
    assert (own.target_minutes, own.overtime_after) == (32 * 60, 40 * 60)


def test_overtime_is_allowed_on_top_in_a_whole_week_only() -> None:
    assert anns(**full_time(overtime_minutes_max=90)).minutes == (32 * 60, 41 * 60 + 30)
    assert anns(**full_time(overtime_minutes_max=90), **away((0, 24))).minutes[1] < 40 * 60


def test_two_dates_of_leave_leave_five_sevenths_with_half_a_shift_of_tolerance() -> None:
    # 5/7 of 32 and 40 hours are 22:51 and 28:34, half the shortest shift is 3:30.
    own = anns(**away((5 * 24, 7 * 24)))
    assert own.present == (True,) * 5 + (False,) * 2
    assert own.shifts == (2, 4)
    assert own.minutes == (1162, 1924)
    assert own.target_minutes == pytest.approx(32 * 60 * 5 / 7)
    assert own.overtime_after == 40 * 60


def test_the_tolerance_of_part_of_a_week_never_exceeds_the_weekly_hours() -> None:
    assert anns(**away((0, 24))).minutes == (1436, 2267)
    assert anns(**away((0, 24)), **full_time(weekly_minutes=(2100, 2100))).minutes == (1590, 2010)
    assert anns(**away((0, 24)), **full_time(weekly_minutes=(600, 1200))).minutes == (305, 1200)


def test_nothing_is_asked_of_an_agent_who_is_away_all_week() -> None:
    own = anns(**away((-24, 200)))
    assert (own.available_days, own.shifts, own.minutes[0], own.training_due) == (0, (0, 0), 0, 0)


def test_a_joiner_and_a_leaver_have_the_dates_of_their_employment() -> None:
    assert anns(**employed(hired_on=date(2026, 12, 3))).present == (False,) * 3 + (True,) * 4
    assert anns(**employed(leaves_on=date(2026, 12, 3))).present == (True,) * 3 + (False,) * 4
    assert anns(**employed(hired_on=date(2026, 12, 3))).shifts == (2, 3)


def test_nobody_has_a_week_who_is_not_employed_in_it() -> None:
    gone, coming = tiny_agent("ann", leaves_on=MONDAY), tiny_agent("bob", hired_on=date(2026, 12, 7))
    centre = tiny_centre(agents=[gone, coming, tiny_agent("cem", hired_on=date(2026, 12, 6))])
    assert list(entitlements(centre, centre.week(MONDAY))) == ["cem"]


def test_a_date_is_absent_only_if_all_of_it_is() -> None:
    centre = tiny_centre(**away((-5, 30), (48, 60), (60, 72), (100, 121)))
    assert absent_dates(centre, centre.week(MONDAY)) == {"ann": frozenset({0, 2})}


def test_absences_that_overlap_cover_a_date_together() -> None:
    centre = tiny_centre(**away((30, 49), (24, 40), (20, 26)))
    assert absent_dates(centre, centre.week(MONDAY)) == {"ann": frozenset({1})}


def test_a_date_of_25_hours_is_absent_after_25() -> None:
    centre = tiny_centre(timezone="Europe/Berlin")
    week = centre.week(date(2026, 10, 19))
    start, end = week.wall(week.midnight(6)), week.wall(week.midnight(7))
    for last, covered in ((end, {6}), (end - timedelta(minutes=1), set())):
        absence = Absence(agent="ann", start=start, end=last, kind="sick")
        assert absent_dates(replace(centre, absences=(absence,)), week) == {"ann": frozenset(covered)}


def test_a_contract_without_limits_asks_nothing() -> None:
    own = anns(**full_time(weekly_minutes=None, days=None))
    assert (own.shifts, own.minutes) == ((0, 7), (0, UNLIMITED_MINUTES))
    assert (own.target_minutes, own.overtime_after) == (0, None)


def test_training_due_is_the_weeks_share_of_both_months() -> None:
    # 50 minutes have only 30 November left; of 310 in December six of 31 dates are in the week: 50 + 60 = 110.
    owed = {("ann", date(2026, 11, 1)): 50, ("ann", date(2026, 12, 1)): 310}
    assert anns(owed=owed).training_due == 105
    # 900 a month without a row: 900 / 30 in November, with December's row 30 + 60.
    assert anns(owed={("ann", date(2026, 12, 1)): 310}).training_due == 90
    # Neither: 900 / 30 + 900 * 6 / 31 = 204.2.
    assert anns().training_due == 195


def test_training_owed_is_spread_over_what_is_left_of_the_month() -> None:
    # Monday 9 to Sunday 15 November: seven of the 22 dates that are left.
    owed = {("ann", date(2026, 11, 1)): 660}
    assert anns(date(2026, 11, 9), owed=owed).training_due == 210
    # 900 * 7 / 30 = 210 without a row.
    assert anns(date(2026, 11, 9)).training_due == 210


@pytest.mark.parametrize("lengths", [(60,), (120,), (60, 75, 90, 105, 120), (45, 100), ()])
@pytest.mark.parametrize("owed", [0, 44, 59, 60, 119, 130, 205, 400, 2000])
def test_training_due_is_rounded_down_to_what_sessions_can_make_up(lengths: tuple[int, ...], owed: int) -> None:
    kinds = [replace(DAY, session_minutes=lengths), NIGHT]
    row = {("ann", date(2026, 11, 1)): owed, ("ann", date(2026, 12, 1)): 0}
    sums = [sum(picked) for count in range(6) for picked in combinations_with_replacement(lengths, count)]
    assert anns(kinds=kinds, owed=row).training_due == max(total for total in sums if total <= owed)


def test_no_more_sessions_are_due_than_dates_an_agent_is_there() -> None:
    row = {("ann", date(2026, 11, 1)): 5000}
    assert anns(owed=row).training_due == 5 * 120
    assert anns(owed=row, **away((48, 168))).training_due == 2 * 120
