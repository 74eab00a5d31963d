"""Outages, spikes and late beginnings are found in a history, and only these."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from forecast import forecast
from forecast.calendar import queue_calendar
from forecast.cleaning import Doubt, Kind, cleaned
from forecast.history import queue_histories
from tests.forecast.centres import centre, rows, special
from wfm.centre import SpecialDay

LAST = date(2026, 11, 29)
FIRST = LAST - timedelta(days=363)
DAY = LAST - timedelta(days=39)  # a Wednesday without a holiday near
Spoil = Callable[[date, int, float], float]


def doubted(
    spoil: Spoil,
    *,
    level: float = 50.0,
    days: tuple[SpecialDay, ...] = (),
    first: date = FIRST,
    country: str = "none",
) -> tuple[Doubt, ...]:
    """What is doubted in a year of noisy hours of which some are spoilt."""
    random = np.random.default_rng(1)

    def course(day: date, minute: int) -> float:
        mean = level * (1.3 - 0.1 * day.weekday()) * (1.2 - np.cos(2 * np.pi * minute / 1440))
        return spoil(day, minute, float(random.poisson(mean * random.gamma(400, 1 / 400))))

    of = centre(rows("calls", first=first, last=LAST, course=course), special_days=days, country=country)
    history = queue_histories(of, before=LAST + timedelta(days=1))["calls"]
    calendar = queue_calendar(of, "calls", start=history.first, end=history.end)
    before = history.offered.copy()
    kept, doubts = cleaned(history, calendar)
    np.testing.assert_array_equal(history.offered, before)
    out = np.zeros(before.shape, dtype=bool)
    for doubt in doubts:
        out[doubt.first - history.first : doubt.last - history.first + 1, doubt.start : doubt.end] = True
    np.testing.assert_array_equal(np.isnan(kept.offered), out)
    return doubts


@pytest.mark.parametrize("level", [0.2, 5.0, 50.0, 500.0])
def test_an_ordinary_year_is_not_doubted(level: float) -> None:
    assert doubted(lambda _day, _minute, contacts: contacts, level=level) == ()


def test_a_history_of_less_than_a_week_is_not_doubted() -> None:
    of = centre(rows("calls", first=LAST - timedelta(days=2), last=LAST, course=lambda *_: 9.0), country="none")
    history = queue_histories(of, before=LAST + timedelta(days=1))["calls"]
    _, doubts = cleaned(history, queue_calendar(of, "calls", start=history.first, end=history.end))
    assert doubts == ()


@pytest.mark.parametrize(
    ("spoil", "kind", "hours"),
    [
        (lambda d, m, c: 0.0 if d == DAY else c, Kind.OUTAGE, (0, 24)),
        (lambda d, m, c: c * 0.2 if d == DAY else c, Kind.OUTAGE, (0, 24)),
        (lambda d, m, c: c * 1000 if d == DAY else c, Kind.SPIKE, (0, 24)),
        (lambda d, m, c: c * 1000 if (d, m) == (DAY, 600) else c, Kind.SPIKE, (10, 11)),
        (lambda d, m, c: 0.0 if d == DAY and 540 <= m < 720 else c, Kind.OUTAGE, (9, 12)),
    ],
)
def test_what_stands_out_is_found_where_it_is(spoil: Spoil, kind: Kind, hours: tuple[int, int]) -> None:
    (found,) = doubted(spoil)
    assert (found.kind, found.first, found.last) == (kind, DAY.toordinal(), DAY.toordinal())
    assert (found.start, found.end) == hours
    assert (found.offered > found.usual) == (kind is Kind.SPIKE)


def test_to_name_a_date_is_to_keep_it() -> None:
    assert doubted(lambda d, m, c: c * 4 if d == DAY else c, days=(special(DAY, "event", name="launch"),)) == ()


def test_a_long_outage_is_one_and_a_season_is_none() -> None:
    start, end = LAST - timedelta(days=200), LAST - timedelta(days=100)
    (found,) = doubted(lambda d, m, c: 0.0 if start <= d < end else c)
    assert (found.kind, found.first, found.last) == (Kind.OUTAGE, start.toordinal(), end.toordinal() - 1)
    fading = doubted(lambda d, m, c: np.floor(c * max(0.0, np.cos(2 * np.pi * (d - FIRST).days / 364))))
    assert not any(doubt.last - doubt.first > 7 for doubt in fading)


def test_days_before_the_first_contact_are_no_outage() -> None:
    begun = FIRST + timedelta(days=90)
    (found,) = doubted(lambda d, m, c: 0.0 if d < begun else c)
    assert (found.kind, found.first, found.last) == (Kind.NOT_BEGUN, FIRST.toordinal(), begun.toordinal() - 1)


def test_a_permanent_step_is_believed() -> None:
    assert doubted(lambda d, m, c: c * 3 if d > LAST - timedelta(days=60) else c) == ()


def test_the_planner_is_told_what_was_left_out() -> None:
    course = rows("calls", first=FIRST, last=LAST, course=lambda d, _: 0.0 if d == DAY else 40.0)
    of = centre(course, country="none")
    result = forecast(of, of.week(LAST + timedelta(days=1)))
    (proposal,) = result.proposals
    assert (proposal.date, proposal.queue, proposal.start, proposal.end) == (DAY, "calls", "00:00", "24:00")
    assert (proposal.offered, proposal.usual) == (0.0, 960.0)
    assert any("1 dates hold what looks like an outage" in caveat for caveat in result.caveats)
    assert result.offered[0] == pytest.approx(40.0, rel=0.02)


@pytest.mark.parametrize("weeks", [1, 2, 3, 5])
@pytest.mark.parametrize("hour", [None, 600])
def test_a_thousandfold_spike_is_found_in_a_few_weeks_too(weeks: int, hour: int | None) -> None:
    day, first = LAST - timedelta(days=3), LAST - timedelta(days=7 * weeks - 1)
    (found,) = doubted(lambda d, m, c: c * 1000 if d == day and hour in (None, m) else c, first=first)
    assert (found.kind, found.first, found.last) == (Kind.SPIKE, day.toordinal(), day.toordinal())
    assert (found.start, found.end) == ((0, 24) if hour is None else (10, 11))


@pytest.mark.parametrize("weeks", [2, 3, 5])
def test_a_history_is_as_short_as_the_days_since_its_queue_began(weeks: int) -> None:
    day, begun = LAST - timedelta(days=3), LAST - timedelta(days=7 * weeks - 1)
    found = doubted(lambda d, m, c: 0.0 if d < begun else c * (1000 if d == day else 1))
    assert [doubt.kind for doubt in found] == [Kind.SPIKE, Kind.NOT_BEGUN]
    assert (found[0].first, found[0].last) == (day.toordinal(), day.toordinal())


@pytest.mark.parametrize("weeks", [1, 2, 3, 5])
@pytest.mark.parametrize("level", [0.2, 50.0])
def test_a_few_ordinary_weeks_are_not_doubted(weeks: int, level: float) -> None:
    assert doubted(lambda _d, _m, c: c, level=level, first=LAST - timedelta(days=7 * weeks - 1)) == ()


def test_a_weekday_that_is_always_far_busier_is_no_spike() -> None:
    first = LAST - timedelta(days=20)
    assert doubted(lambda d, m, c: c * 40 if d.weekday() == 5 else c, first=first) == ()


def test_a_holiday_among_the_silent_days_before_a_queue_began_is_one_of_them() -> None:
    """National Day and the days about it lie among them."""
    begun = date(2026, 10, 26)
    (found,) = doubted(lambda d, m, c: 0.0 if d < begun else c, country="CN")
    assert (found.kind, found.last) == (Kind.NOT_BEGUN, begun.toordinal() - 1)


def test_holidays_amid_a_year_of_outage_are_part_of_it_and_named_dates_are_not() -> None:
    start, end, named = LAST - timedelta(days=250), LAST - timedelta(days=30), LAST - timedelta(days=100)
    days = (special(named, "event", name="moved"),)
    found = doubted(lambda d, m, c: 0.0 if start <= d < end else c, country="CN", days=days)
    assert {doubt.kind for doubt in found} == {Kind.OUTAGE}
    out = {day for doubt in found for day in range(doubt.first, doubt.last + 1)}
    assert out == set(range(start.toordinal(), end.toordinal())) - {named.toordinal()}


def test_a_silent_holiday_is_kept() -> None:
    silent = {date(2026, 10, day) for day in (1, 2, 3)}
    assert doubted(lambda d, m, c: 0.0 if d in silent else c, country="CN") == ()
