"""A scheduler reads a shift from its code."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.conftest import DAY, NIGHT, TRAINED
from tests.tiny import DAY as DAY_KIND
from tests.tiny import FULL_TIME, shift_at, tiny_centre
from wfm.centre import Break, Centre
from wfm.clock import Week
from wfm.exchange import kind_of
from wfm.exchange.codes import code_of, letters
from wfm.kind import is_night


def test_a_shift_is_of_the_kind_whose_start_and_length_it_has(centre: Centre, week: Week) -> None:
    assert kind_of(shift_at(week, "ann", 0, DAY), centre, week) == "day"
    assert kind_of(shift_at(week, "ann", 0, TRAINED), centre, week) == "day"
    assert kind_of(shift_at(week, "dee", 0, NIGHT), centre, week) == "night"


@pytest.mark.parametrize(
    ("agent", "text"),
    [
        ("ann", "05:30 work 09:30 meal! 10:30 work 14:30"),  # before the earliest start
        ("ann", "06:15 work 10:15 meal! 11:15 work 15:15"),  # off the steps of starts
        ("ann", "06:00 work 10:00 meal! 11:00 work 14:00 work 14:30"),  # 7.5 paid hours
        ("ann", "06:00 work 14:00"),  # no meal
        ("ann", NIGHT),  # a kind of another contract
        ("nobody", DAY),
    ],
)
def test_a_shift_that_no_kind_of_the_contract_allows_has_none(
    centre: Centre, week: Week, agent: str, text: str
) -> None:
    assert kind_of(shift_at(week, agent, 0, text), centre, week) is None


def test_an_unpaid_rest_that_a_session_displaced_does_not_change_the_kind(week: Week) -> None:
    unpaid = replace(DAY_KIND, rests=(Break(minutes=15, paid=False, earliest=60, latest=150),))
    centre = tiny_centre(kinds=[unpaid], contracts=[FULL_TIME], agents=[])
    centre = replace(centre, agents=tiny_centre().agents)
    with_rest = "06:00 work 07:15 rest! 07:30 work 10:15 meal! 11:15 work 15:15"
    without = "06:00 work 10:00 meal! 11:00 work 15:00"
    assert kind_of(shift_at(week, "ann", 0, with_rest), centre, week) == "day"
    assert kind_of(shift_at(week, "ann", 0, without), centre, week) == "day"


def test_a_code_says_letter_start_and_paid_hours(week: Week) -> None:
    assert code_of(shift_at(week, "ann", 0, TRAINED), "D", week) == "D 0830 8h"
    assert code_of(shift_at(week, "ann", 0, "06:15 work 13:45"), "D", week) == "D 0615 7.5h"


def test_a_start_after_midnight_counts_on_from_the_shifts_own_date(week: Week) -> None:
    late = shift_at(week, "dee", 0, "24:30 work 31:30")
    assert code_of(late, "N", week) == "N 2430 7h"


def test_a_code_shows_the_clocks_time_on_the_day_the_clock_changes() -> None:
    berlin = tiny_centre(timezone="Europe/Berlin").week(date(2026, 10, 19))
    assert code_of(shift_at(berlin, "ann", 6, DAY), "D", berlin).startswith("D 0600")


@given(st.lists(st.text(min_size=1), unique=True, max_size=60))
def test_every_kind_has_a_letter_of_its_own(kinds: list[str]) -> None:
    found = letters(kinds)
    assert len(set(found.values())) == len(kinds)
    assert all(letter.isalnum() for letter in found.values())


@pytest.mark.parametrize(
    ("text", "night"),
    [("19:00 work 24:00", False), ("19:00 work 24:15", True), ("04:45 work 09:00", True), ("05:00 work 12:00", False)],
)
def test_a_night_overlaps_midnight_to_five(week: Week, text: str, night: bool) -> None:
    shift = shift_at(week, "ann", 3, text)
    assert is_night(week, shift.start, shift.end) is night
