"""Which intervals of a week are open: what a planner expects of hours.csv, closures and the clock."""

from datetime import date, timedelta

import numpy as np
import pytest

from tests.forecast.centres import centre, hours, rows, special
from wfm.centre import Centre
from wfm.opening import open_intervals

MONDAY = date(2026, 11, 30)
NIGHT = 22, 26


def flat(timezone: str = "Asia/Shanghai", **more: object) -> Centre:
    history = rows(
        "calls",
        first=MONDAY - timedelta(days=70),
        last=MONDAY - timedelta(days=1),
        course=lambda _day, _minute: 5.0,
        timezone=timezone,
    )
    return centre(history, timezone=timezone, **more)  # type: ignore[arg-type]


def open_hours(of: Centre, monday: date = MONDAY) -> list[list[int]]:
    """Clock hours open on each day; hourly intervals."""
    week = of.week(monday)
    found: list[list[int]] = [[] for _ in range(7)]
    for interval in np.flatnonzero(open_intervals(of, week)[0]):
        wall = week.wall(int(interval) * 60)
        found[(wall.date() - monday).days].append(wall.hour)
    return found


def test_a_queue_is_open_in_the_hours_of_its_weekday() -> None:
    shop = flat(hours=tuple(hours(9, 17, weekday=day) for day in range(5)))
    assert open_hours(shop) == [list(range(9, 17))] * 5 + [[], []]


def test_a_row_of_a_date_replaces_the_weekday_rows() -> None:
    shop = flat(hours=(hours(9, 17, weekday=0), hours(9, 17, weekday=1), hours(10, 12, on=MONDAY)))
    assert open_hours(shop)[:2] == [[10, 11], list(range(9, 17))]


def test_a_date_row_of_another_week_changes_nothing() -> None:
    shop = flat(hours=(hours(9, 17, weekday=0), hours(10, 12, on=MONDAY - timedelta(days=7))))
    assert open_hours(shop)[0] == list(range(9, 17))


def test_two_rows_of_a_weekday_leave_the_noon_closed() -> None:
    shop = flat(hours=(hours(9, 12, weekday=0), hours(14, 16, weekday=0)))
    assert open_hours(shop)[0] == [9, 10, 11, 14, 15]


def test_hours_over_midnight_reach_into_the_next_day_and_from_sunday_into_monday() -> None:
    bar = flat(hours=(hours(*NIGHT, weekday=6), hours(*NIGHT, weekday=0)))
    assert open_hours(bar) == [[0, 1, 22, 23], [0, 1], [], [], [], [], [22, 23]]


def test_a_date_row_on_the_sunday_before_decides_about_monday_morning() -> None:
    bar = flat(hours=(hours(*NIGHT, weekday=6), hours(20, 22, on=MONDAY - timedelta(days=1))))
    assert open_hours(bar)[0] == []


def test_without_hours_the_last_eight_weeks_of_history_tell() -> None:
    long_ago = rows("calls", first=date(2026, 9, 7), last=date(2026, 9, 8), course=lambda *_: 1.0, opened=(0, 120))
    recent = rows("calls", first=date(2026, 11, 2), last=date(2026, 11, 3), course=lambda *_: 0.0, opened=(540, 660))
    latest = rows("calls", first=date(2026, 11, 29), last=date(2026, 11, 29), course=lambda *_: 1.0, opened=(600, 660))
    assert open_hours(centre(long_ago, recent, latest)) == [[9, 10], [9, 10], [], [], [], [], [10]]


def test_hours_of_one_queue_leave_the_others_to_their_history() -> None:
    history = [
        rows(name, first=date(2026, 11, 2), last=date(2026, 11, 29), course=lambda *_: 1.0, opened=(480, 600))
        for name in ("calls", "mail")
    ]
    both = centre(*history, queues=("calls", "mail"), hours=(hours(12, 14, weekday=0),))
    opened = open_intervals(both, both.week(MONDAY))
    assert np.flatnonzero(opened[0]).tolist() == [12, 13]
    assert opened[1].sum() == 14


def test_a_closed_date_closes_one_queue_or_all() -> None:
    history = [rows(n, first=date(2026, 11, 2), last=date(2026, 11, 29), course=lambda *_: 1.0) for n in ("a", "b")]
    days = (special(MONDAY, "closed", queue="a"), special(date(2026, 12, 2), "closed"))
    both = centre(*history, queues=("a", "b"), special_days=days)
    by_day = open_intervals(both, both.week(MONDAY)).reshape(2, 7, 24).any(axis=2)
    assert by_day.tolist() == [
        [False, True, False, True, True, True, True],
        [True, True, False, True, True, True, True],
    ]


def test_no_night_begins_on_a_closed_date() -> None:
    bar = flat(hours=tuple(hours(*NIGHT, weekday=day) for day in range(7)), special_days=(special(MONDAY, "closed"),))
    assert open_hours(bar)[:2] == [[], [22, 23]]


@pytest.mark.parametrize(("monday", "intervals"), [(date(2026, 3, 23), 167), (date(2026, 10, 19), 169)])
def test_opening_follows_the_wall_clock_in_a_week_in_which_it_changes(monday: date, intervals: int) -> None:
    shop = flat(timezone="Europe/Berlin", hours=tuple(hours(1, 9, weekday=day) for day in range(7)))
    found = open_hours(shop, monday)
    assert open_intervals(shop, shop.week(monday)).shape == (1, intervals)
    assert found[:6] == [list(range(1, 9))] * 6
    assert found[6] == ([1, 3, 4, 5, 6, 7, 8] if intervals == 167 else [1, 2, 2, 3, 4, 5, 6, 7, 8])
