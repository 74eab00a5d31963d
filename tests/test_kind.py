"""Which kind a shift is of and what a night is, neither of which a roster says."""

from dataclasses import replace
from datetime import date

import pytest

from tests.check.roster import EARLY, NIGHT, SCHOOL, SHORT, WEEK, full_time
from tests.tiny import DAY, shift_at, tiny_agent, tiny_centre
from tests.tiny import NIGHT as NIGHT_KIND
from wfm.clock import Week
from wfm.kind import is_night, kinds_of

AUTUMN = Week(monday=date(2026, 10, 19), timezone="Europe/Berlin", interval_minutes=30, grid_minutes=15)
SPRING = replace(AUTUMN, monday=date(2026, 3, 23))


@pytest.mark.parametrize(
    ("agent", "text", "kinds"),
    [
        ("ann", EARLY, ("day",)),
        ("ann", SHORT, ("day",)),
        ("ann", SCHOOL, ("day",)),
        ("dee", NIGHT, ("night",)),
        ("dee", EARLY, ()),
        ("ann", "05:30 work 08:30 meal! 09:30 work 14:30", ()),
        ("ann", "06:15 work 09:15 meal! 10:15 work 15:15", ()),
        ("ann", "06:00 work 14:00", ()),
        ("ann", "06:00 work 09:00 meal! 10:00 work 15:30", ()),
        ("eve", EARLY, ()),
    ],
)
def test_a_kind_is_known_by_start_length_and_unpaid_breaks(agent: str, text: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of(tiny_centre(), WEEK, shift_at(WEEK, agent, 2, text)) == kinds


def test_a_shift_may_be_of_several_kinds_in_the_contracts_order() -> None:
    twin = replace(DAY, kind="twin", latest_start=360)
    centre = tiny_centre(kinds=[DAY, NIGHT_KIND, twin], **full_time(shifts=("twin", "day")))
    assert kinds_of(centre, WEEK, shift_at(WEEK, "ann", 2, EARLY)) == ("twin", "day")
    assert kinds_of(centre, WEEK, shift_at(WEEK, "ann", 2, "07:00 work 10:00 meal! 11:00 work 16:00")) == ("day",)


def test_a_night_that_starts_after_midnight_is_of_the_same_kind() -> None:
    past = shift_at(WEEK, "dee", 3, "01:00 work 05:00 meal! 06:00 work 10:00")
    assert kinds_of(tiny_centre(), WEEK, past) == ("night",)


def test_a_shift_without_the_rest_that_a_session_displaced_keeps_its_kind() -> None:
    unpaid = replace(DAY, rests=(replace(DAY.rests[0], paid=False),))
    centre = tiny_centre(kinds=[unpaid, NIGHT_KIND], agents=[tiny_agent("ann")])
    for text in (
        "06:00 work 09:00 meal! 10:00 work 15:00",
        "06:00 work 07:30 rest! 07:45 work 10:00 meal! 11:00 work 15:15",
    ):
        assert kinds_of(centre, WEEK, shift_at(WEEK, "ann", 0, text)) == ("day",)


@pytest.mark.parametrize(
    ("start", "end", "night"),
    [
        (5 * 60, 13 * 60, False),
        (5 * 60 - 1, 13 * 60, True),
        (16 * 60, 24 * 60, False),
        (16 * 60, 24 * 60 + 1, True),
        (22 * 60, 31 * 60, True),
        (24 * 60, 25 * 60, True),
        (30 * 60, 47 * 60, False),
    ],
)
def test_a_night_overlaps_midnight_to_five_of_any_date(start: int, end: int, night: bool) -> None:
    for day in (-1, 0, 6):
        assert is_night(WEEK, day * 1440 + start, day * 1440 + end) is night


def test_a_night_ends_at_five_by_the_clock_when_the_clock_changes() -> None:
    for week, elapsed in ((SPRING, 4), (AUTUMN, 6)):
        five = week.midnight(6) + elapsed * 60
        assert week.wall(five).hour == 5
        assert is_night(week, five - 1, five + 300)
        assert not is_night(week, five, five + 300)
