"""Wall time of the centre against elapsed minutes of the week."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.clock import Week, clock_text, iso, parse_wall

BERLIN, SHANGHAI = "Europe/Berlin", "Asia/Shanghai"
SPRING, AUTUMN = date(2026, 3, 23), date(2026, 10, 19)  # clocks change on their Sundays
# Havana shows midnight twice, Santiago skips it, Lord Howe moves by half an hour.
ZONES = (SHANGHAI, BERLIN, "America/New_York", "America/Havana", "America/Santiago", "Australia/Lord_Howe", "UTC")
mondays = st.integers(0, 520).map(lambda weeks: date(2020, 1, 6) + timedelta(weeks=weeks))
weeks = st.builds(
    lambda monday, timezone: Week(monday=monday, timezone=timezone, interval_minutes=15, grid_minutes=15),
    mondays,
    st.sampled_from(ZONES),
)


def week(monday: date, timezone: str = BERLIN, interval: int = 15) -> Week:
    return Week(monday=monday, timezone=timezone, interval_minutes=interval, grid_minutes=15)


def test_a_week_is_named_by_its_monday() -> None:
    with pytest.raises(ValueError, match="named by its Monday; 2026-12-01 is a Tuesday"):
        week(date(2026, 12, 1))


@pytest.mark.parametrize(("monday", "hours"), [(SPRING, 167), (AUTUMN, 169), (date(2026, 11, 30), 168)])
def test_a_week_has_the_hours_that_elapse_in_it(monday: date, hours: int) -> None:
    assert week(monday).minutes == hours * 60
    assert week(monday).intervals == hours * 4
    assert week(monday, SHANGHAI).minutes == 168 * 60


def test_midnights_follow_the_clock_and_not_the_count_of_hours() -> None:
    assert [week(SPRING).midnight(day) // 60 for day in (-1, 0, 6, 7, 8)] == [-24, 0, 144, 167, 191]
    assert [week(AUTUMN).midnight(day) // 60 for day in (-1, 0, 6, 7, 8)] == [-24, 0, 144, 169, 193]


def test_a_skipped_time_is_never_shown_and_a_doubled_one_twice() -> None:
    sunday = 144 * 60
    assert week(SPRING).at(6, 150) == ()
    assert week(SPRING).at(6, 180) == (sunday + 120,)
    assert week(AUTUMN).at(6, 150) == (sunday + 150, sunday + 210)
    assert week(AUTUMN).at(6, 180) == (sunday + 240,)


def test_hours_past_midnight_are_those_of_the_following_date() -> None:
    assert week(AUTUMN).at(5, 26 * 60 + 30) == week(AUTUMN).at(6, 150)
    assert week(SPRING).at(5, 26 * 60 + 30) == ()
    assert week(SPRING).at(0, 50 * 60) == week(SPRING).at(2, 120) == (50 * 60,)


def test_an_offset_is_written_only_where_the_time_is_shown_twice() -> None:
    sunday = 144 * 60
    texts = [week(AUTUMN).text(sunday + minute) for minute in (90, 150, 210, 240)]
    assert texts == [
        "2026-10-25T01:30",
        "2026-10-25T02:30+02:00",
        "2026-10-25T02:30+01:00",
        "2026-10-25T03:00",
    ]
    assert iso(datetime(2026, 11, 30, 22, tzinfo=ZoneInfo(SHANGHAI))) == "2026-11-30T22:00"


def test_a_doubled_time_without_an_offset_is_the_first() -> None:
    first, second = "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"
    assert parse_wall("2026-10-25T02:30", BERLIN) == parse_wall(first, BERLIN)
    assert parse_wall(second, BERLIN).astimezone(UTC) - parse_wall(first, BERLIN).astimezone(UTC) == timedelta(hours=1)
    assert week(AUTUMN).minute(parse_wall(second, BERLIN)) == 144 * 60 + 210


def test_a_time_with_another_offset_is_read_as_the_same_instant() -> None:
    assert parse_wall("2026-11-30T14:00Z", SHANGHAI) == parse_wall(" 2026-11-30T22:00 ", SHANGHAI)


@pytest.mark.parametrize(
    ("text", "message"), [("2026-03-29T02:30", "the clock skips this one"), ("tomorrow", "such as 2026-11-30T22:00")]
)
def test_a_time_that_does_not_exist_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_wall(text, BERLIN)


def test_a_date_that_begins_at_one_begins_with_its_first_instant() -> None:
    skipped = week(date(2026, 8, 31), "America/Santiago")
    assert skipped.text(skipped.midnight(6)) == "2026-09-06T01:00"
    assert skipped.at(6, 0) == ()


@given(weeks, st.integers(-40_000, 40_000))
def test_what_a_file_says_of_a_minute_is_read_as_that_minute(of: Week, minute: int) -> None:
    assert of.minute(of.wall(minute)) == minute
    assert of.minute(parse_wall(of.text(minute), of.timezone)) == minute


@given(weeks, st.integers(-15, 15), st.integers(0, 2 * 1440))
def test_the_clock_shows_what_is_looked_up(of: Week, day: int, clock: int) -> None:
    wanted = of.date_of(day + clock // 1440), clock % 1440 // 60, clock % 60
    for minute in of.at(day, clock):
        wall = of.wall(minute)
        assert (wall.date(), wall.hour, wall.minute) == wanted


@given(weeks, st.integers(-20_000, 20_000))
def test_every_minute_is_found_at_the_time_the_clock_shows(of: Week, minute: int) -> None:
    wall = of.wall(minute)
    assert minute in of.at(of.day_of(minute), wall.hour * 60 + wall.minute)


@given(weeks, st.integers(-15, 15))
def test_a_date_begins_where_the_one_before_ends(of: Week, day: int) -> None:
    begins = of.midnight(day)
    assert of.day(of.date_of(day)) == day
    assert (of.day_of(begins - 1), of.day_of(begins)) == (day - 1, day)
    assert 22 * 60 <= of.midnight(day + 1) - begins <= 26 * 60


def test_minutes_past_midnight_are_written_as_a_planner_does() -> None:
    assert [clock_text(minutes) for minutes in (0, 605, 1560)] == ["00:00", "10:05", "26:00"]
