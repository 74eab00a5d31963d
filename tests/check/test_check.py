"""What the check says of legal rosters, of parts of a week, of clock changes and of last week."""

import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.check.roster import (
    EARLY,
    LATE,
    LONG,
    NIGHT,
    SCHOOL,
    SEVEN,
    SHORT,
    WEEK,
    ann,
    full_time,
    judged,
    night_team,
    roster,
    rules,
    worked,
)
from tests.tiny import DAY, FULL_TIME, NIGHT_TEAM, shift_at, tiny_agent, tiny_centre
from tests.tiny import NIGHT as NIGHT_KIND
from wfm.centre import Absence, Availability, Centre, Lock
from wfm.check import RULES, Rule, check, peak_seats, violations_table
from wfm.roster import Segment, Shift

SHANGHAI = ZoneInfo("Asia/Shanghai")


def leave(first: int, last: int) -> dict[str, tuple[Absence, ...]]:
    """Ann is on leave from one day of the week through another."""
    start = datetime(2026, 11, 30, tzinfo=SHANGHAI)
    days = (start + timedelta(days=first), start + timedelta(days=last + 1))
    return {"absences": (Absence(agent="ann", start=days[0], end=days[1], kind="leave"),)}


def berlin(monday: date) -> Centre:
    """A centre with one agent of the night team, where the clock changes."""
    contract = replace(NIGHT_TEAM, weekly_minutes=None, days=None, weekends_off=None)
    return tiny_centre(
        timezone="Europe/Berlin",
        agents=[tiny_agent("dee", contract="night_team")],
        contracts=[FULL_TIME, contract],
    )


def test_a_legal_roster_has_no_violations() -> None:
    assert judged() == []


def test_an_empty_roster_has_no_violations() -> None:
    assert check(tiny_centre(), WEEK, []) == []


def test_the_rules_are_those_of_the_contract() -> None:
    names = {rule.__name__ for rule in RULES}
    assert names == {str(rule) for rule in Rule}


def test_a_broken_roster_names_agent_date_and_what_is_allowed() -> None:
    (violation,) = judged({("ann", 0): EARLY.replace("15:00", "14:30")})
    assert (violation.rule, violation.agent, violation.date) == (Rule.SHIFT, "ann", date(2026, 11, 30))
    assert (
        violation.message == "lasts 08:30 with 60 minutes of unpaid breaks; day has paid hours of 07:00, 08:00, 09:00"
    )


def test_the_table_of_violations_has_the_columns_of_the_file() -> None:
    table = violations_table(judged({("eve", 5): EARLY}))
    assert list(table.columns) == ["rule", "agent", "date", "message"]
    assert table.loc[0, ["rule", "agent"]].tolist() == ["unknown", "eve"]
    assert violations_table([]).empty


@given(st.lists(st.tuples(st.integers(-40, 200), st.integers(1, 60)), max_size=12))
def test_the_peak_of_seats_is_that_of_a_count_minute_by_minute(spans: list[tuple[int, int]]) -> None:
    rows = [(start, start + length) for start, length in spans]
    shifts = [
        Shift(agent=f"a{n}", day=0, segments=(Segment(start, end, "work", True),))
        for n, (start, end) in enumerate(rows)
    ]
    counted = max(sum(start <= minute < end for start, end in rows) for minute in range(300))
    assert peak_seats(tiny_centre(), WEEK, shifts) == counted


@given(st.lists(st.integers(0, 47), min_size=1, max_size=4, unique=True))
def test_starts_spread_over_the_shortest_arc_that_holds_them_all(halves: list[int]) -> None:
    # An arc from each start onward must hold all the others; the shortest of them is the spread.
    spread = min(max((other - first) % 48 for other in halves) for first in halves) * 30
    kind = replace(DAY, earliest_start=0, latest_start=1410)
    for limit, broken in ((spread, False), (spread - 1, True)):
        centre = tiny_centre(kinds=[kind, NIGHT_KIND], **full_time(start_spread_minutes=limit))
        shifts = [
            shift_at(WEEK, "ann", day, f"{h // 2:02d}:{h % 2 * 30:02d} work 48:00") for day, h in enumerate(halves)
        ]
        assert ("start_spread" in rules(check(centre, WEEK, shifts))) is broken


def test_seats_are_reported_once_for_each_stretch_with_its_peak() -> None:
    found = [v for v in judged(seats=2) if v.date == date(2026, 11, 30)]
    spans = ["07:00 to 2026-11-30T10:00", "12:00 to 2026-11-30T15:00"]
    assert [v.message for v in found] == [f"2026-11-30T{span}: up to 3 people at once; 2 seats" for span in spans]


def test_last_weeks_tail_holds_seats() -> None:
    monday = [shift_at(WEEK, agent, 0, EARLY) for agent in ("ann", "bob")]
    assert peak_seats(tiny_centre(), WEEK, monday) == 2
    assert peak_seats(tiny_centre(**worked({("dee", -1): NIGHT})), WEEK, monday) == 3
    assert peak_seats(tiny_centre(**worked({("dee", -1): NIGHT})), WEEK, []) == 1
    assert peak_seats(tiny_centre(), WEEK, []) == 0


def test_a_shift_may_reach_past_the_week() -> None:
    assert judged({("dee", 2): None, ("dee", 6): NIGHT, ("dee", 4): None}) == []


def test_seats_are_counted_until_the_last_shift_has_ended() -> None:
    found = judged({("dee", 6): NIGHT, ("dee", 2): None, ("dee", 4): None}, seats=0)
    assert "2026-12-07T07:00" in [v for v in found if v.rule is Rule.SEATS][-1].message


def test_a_night_over_a_clock_change_is_paid_as_it_lasted() -> None:
    centre = berlin(monday := date(2026, 10, 19))
    week = centre.week(monday)
    # 22:00 on Saturday; at 03:00 the clock goes back to 02:00, so that nine hours end at 06:00.
    night = shift_at(week, "dee", 5, NIGHT)
    assert (week.text(night.end), night.paid_minutes) == ("2026-10-25T06:00", 480)
    assert check(centre, week, [night]) == []
    until_seven = shift_at(week, "dee", 5, NIGHT.replace("31:00", "32:00"))
    assert week.text(until_seven.end) == "2026-10-25T07:00"
    assert rules(check(centre, week, [until_seven])) == {"shift", "daily_hours"}


def test_a_start_at_a_time_shown_twice_is_legal_both_times() -> None:
    centre = replace(berlin(date(2026, 10, 19)), kinds={"night": replace(NIGHT_KIND, latest_start=26 * 60), "day": DAY})
    week = centre.week(date(2026, 10, 19))
    first, second = week.at(6, 120)
    for start in (first, second):
        times = [(start, start + 240, "work"), (start + 240, start + 300, "meal"), (start + 300, start + 540, "work")]
        rows = tuple(Segment(begin, end, activity, activity != "meal") for begin, end, activity in times)
        assert check(centre, week, [Shift(agent="dee", day=6, segments=rows)]) == []


def test_rest_between_shifts_is_counted_as_it_elapses() -> None:
    centre = berlin(monday := date(2026, 10, 19))
    centre = replace(
        centre,
        contracts={
            **centre.contracts,
            "night_team": replace(NIGHT_TEAM, min_rest_minutes=16 * 60, weekly_minutes=None, days=None),
        },
    )
    week = centre.week(monday)
    # Sunday 06:00 to 22:00 is sixteen hours; Friday's night ended at 07:00, fifteen before Saturday's.
    nights = {day: shift_at(week, "dee", day, NIGHT) for day in (4, 5, 6)}
    assert check(centre, week, [nights[5], nights[6]]) == []
    assert rules(check(centre, week, [nights[4], nights[5]])) == {"min_rest"}


def test_a_start_after_midnight_belongs_to_the_date_on_which_it_falls() -> None:
    assert judged({("dee", 5): "01:00 work 05:00 meal! 06:00 work 10:00", ("dee", 2): None, ("dee", 4): None}) == []


def test_leave_scales_days_and_hours_with_half_a_shift_of_tolerance() -> None:
    # Two dates of leave: 5/7 of 32-40 hours, with 3:30 either way, is 19:22 to 32:04, on 2 to 4 days.
    away = leave(5, 6)
    assert judged({("ann", 4): None}, **away) == []
    assert judged({("ann", 3): None, ("ann", 4): None}, **away) == []
    assert rules(judged({("ann", 3): None, ("ann", 4): SHORT, ("ann", 1): None}, **away)) == set()
    assert rules(judged({("ann", day): None for day in (2, 3, 4)}, **away)) == {"weekly_hours"}
    assert rules(judged(**away)) == {"weekly_hours", "days"}


def test_leave_of_part_of_a_day_does_not_shorten_the_week() -> None:
    noon = datetime(2026, 12, 5, 12, tzinfo=SHANGHAI)
    half = Absence(agent="ann", start=noon, end=noon + timedelta(hours=20), kind="leave")
    short = {("ann", 4): None, ("ann", 3): None}
    assert rules(judged(short, absences=(half,))) == {"weekly_hours", "days"}
    assert judged(short, absences=(replace(half, end=noon + timedelta(hours=36)),)) == []


def test_two_halves_of_a_day_of_leave_are_a_day() -> None:
    midnight = datetime(2026, 12, 5, tzinfo=SHANGHAI)
    cuts = [midnight + timedelta(hours=hours) for hours in (0, 12, 48)]
    halves = tuple(Absence(agent="ann", start=a, end=b, kind="leave") for a, b in pairwise(cuts))
    assert rules(judged({("ann", 4): None, ("ann", 3): None}, absences=halves)) == set()


def test_no_overtime_in_part_of_a_week() -> None:
    contract = full_time(overtime_minutes_max=600, days=None, daily_minutes_max=None)
    assert rules(judged({("ann", 0): LONG}, **contract)) == set()
    assert rules(judged({("ann", 0): LONG}, **contract, **leave(6, 6))) == {"weekly_hours"}


def test_overtime_is_booked_to_the_month_in_which_it_is_reached() -> None:
    contract = full_time(overtime_minutes_max=60, overtime_month_minutes_max=60, daily_minutes_max=None)
    november = worked({("ann", day): LONG for day in range(-28, -23)})
    # Five hours in November, and one reached on Friday 4 December.
    assert judged({("ann", 0): LONG}, **contract, **november) == []
    month = date(2026, 11, 9)
    week = tiny_centre().week(month)
    earlier = worked({("ann", day): LONG for day in range(-7, -2)}, week=week)
    found = check(tiny_centre(**contract, **earlier), week, roster({("ann", 0): LONG}, week=week))
    assert rules(found) == {"overtime"}
    assert found[0].message == "06:00 hours of overtime in 2026-11; 01:00 allowed in a month"


def test_weekends_are_judged_only_where_all_are_on_record() -> None:
    weekend = {("ann", day): None for day in (0, 1)} | {("ann", 5): EARLY, ("ann", 6): EARLY}
    contract = full_time(days=None, weekly_minutes=None)
    assert judged(weekend, **contract) == []
    assert rules(judged(weekend, **contract, **worked({("ann", -2): EARLY}))) == {"weekends_off"}
    newcomer = ann(hired_on=date(2026, 11, 29))
    assert judged(weekend, **contract, **newcomer, **worked({("ann", -1): EARLY, ("bob", -9): EARLY})) == []


def test_a_run_of_days_wholly_before_the_week_is_not_judged() -> None:
    assert judged(**worked({("ann", day): EARLY for day in range(-9, -1)}), **full_time(weekends_off=None)) == []


def test_a_rest_is_dropped_where_the_session_leaves_no_place() -> None:
    kind = replace(DAY, rests=(replace(DAY.rests[0], earliest=45, latest=60),))
    kinds = {"kinds": [kind, NIGHT_KIND], "agents": [tiny_agent("ann")], **full_time(days=None, weekly_minutes=None)}
    with_session = "06:00 work 06:45 training 08:15 work 10:00 meal! 11:00 work 15:00"
    centre = tiny_centre(**kinds)
    assert check(centre, WEEK, [shift_at(WEEK, "ann", 0, with_session)]) == []
    later = with_session.replace("06:45 training 08:15", "08:00 training 09:00")
    assert rules(check(centre, WEEK, [shift_at(WEEK, "ann", 0, later)])) == {"breaks"}


def test_rests_whose_windows_overlap_may_be_taken_either_way_round() -> None:
    short, long = (replace(DAY.rests[0], minutes=minutes, latest=480) for minutes in (15, 30))
    centre = tiny_centre(
        kinds=[replace(DAY, rests=(short, long)), NIGHT_KIND],
        agents=[tiny_agent("ann")],
        **full_time(days=None, weekly_minutes=None),
    )
    for rests in (("07:45", "13:30"), ("08:00", "13:15")):
        text = EARLY.replace("07:45", rests[0]).replace("13:15", rests[1])
        assert check(centre, WEEK, [shift_at(WEEK, "ann", 0, text)]) == []
    assert rules(check(centre, WEEK, [shift_at(WEEK, "ann", 0, EARLY)])) == {"breaks"}


def test_locks_that_the_roster_keeps_are_no_violation() -> None:
    tuesday = date(2026, 12, 1)
    at = [datetime(2026, 12, 1, hour, minute, tzinfo=SHANGHAI) for hour, minute in ((8, 30), (9, 0), (14, 0), (15, 0))]
    meeting = Lock(agent="ann", date=tuesday, start=at[0], end=at[1], activity="meeting")
    work = Lock(agent="ann", date=tuesday, start=at[2], end=at[3], activity="work")
    free = Lock(agent="ann", date=date(2026, 12, 6), start=None, end=None, activity="off")
    text = EARLY.replace("07:45 work 10:00", "07:45 work 08:30 meeting 09:00 work 10:00")
    assert judged({("ann", 1): text}, locks=(meeting, work, free)) == []


def test_locks_outside_the_week_or_employment_are_ignored() -> None:
    next_week = Lock(agent="ann", date=date(2026, 12, 7), start=None, end=None, activity="off")
    start = datetime(2026, 12, 5, 8, tzinfo=SHANGHAI)
    gone = Lock(agent="ann", date=start.date(), start=start, end=start + timedelta(hours=1), activity="work")
    contract = full_time(weekly_minutes=None, days=None)
    assert judged(locks=(next_week, gone), **ann(leaves_on=date(2026, 12, 5)), **contract) == []


def test_hours_available_that_touch_at_midnight_are_one() -> None:
    windows = tuple(
        Availability(agent="dee", weekday=day, start=start * 60, end=end * 60)
        for day in range(7)
        for start, end in ((0, 8), (20, 24))
    )
    assert judged(availability=windows) == []
    assert rules(judged(availability=windows[1:2])) == {"availability"}


def test_nobody_is_left_out_in_silence() -> None:
    shifts = [shift for shift in roster() if shift.agent != "cem"]
    centre = tiny_centre()
    assert check(centre, WEEK, shifts) == []
    assert check(centre, WEEK, shifts, unrostered=["cem"]) == []
    found = check(centre, WEEK, shifts, unrostered=[])
    assert [(v.agent, v.rule) for v in found] == [("cem", Rule.WEEKLY_HOURS), ("cem", Rule.DAYS)]
    without_minimum = tiny_centre(**full_time(days=(0, 5), weekly_minutes=(0, 2400)))
    assert check(without_minimum, WEEK, shifts, unrostered=[]) == []


def test_rows_of_one_date_given_as_two_shifts_are_read_as_one() -> None:
    shifts = [shift for shift in roster() if (shift.agent, shift.day) != ("ann", 0)]
    whole = shift_at(WEEK, "ann", 0, EARLY)
    halves = [replace(whole, segments=whole.segments[:3]), replace(whole, segments=whole.segments[3:])]
    assert check(tiny_centre(), WEEK, shifts + halves) == []


@pytest.mark.parametrize(("end", "start"), [(600, 600), (600, 540)])
def test_a_row_that_does_not_run_forward_is_told(end: int, start: int) -> None:
    broken = Shift(agent="ann", day=0, segments=(Segment(360, 600, "work", True), Segment(end, start, "work", True)))
    assert "segments" in rules(check(tiny_centre(), WEEK, [broken]))


def test_the_check_imports_nothing_of_the_solver() -> None:
    code = "import sys, wfm.check; print([m for m in sys.modules if m.split('.')[0] in ('solver', 'ortools')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_roster_of_a_large_centre_is_checked_in_seconds() -> None:
    names = [f"A{number:04d}" for number in range(2300)]
    centre = tiny_centre(agents=[tiny_agent(name) for name in names], seats=2300, classroom_places=2300)
    words = (EARLY, SEVEN, SCHOOL, LATE)
    shifts = [shift_at(WEEK, name, day, words[n % 4]) for n, name in enumerate(names) for day in range(5)]
    began = time.perf_counter()
    assert check(centre, WEEK, shifts) == []
    assert time.perf_counter() - began < 10


def test_a_night_team_without_weekend_rule_may_work_it() -> None:
    change = {("dee", 2): None, ("dee", 5): NIGHT}
    assert judged(change, **worked({("dee", -2): NIGHT}), **night_team(weekends_off=None)) == []
    assert rules(judged(change, **worked({("dee", -2): NIGHT, ("bob", -8): EARLY}))) == {"weekends_off"}
