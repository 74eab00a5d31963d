"""A year and a half ahead: level, fading trend, season, holidays, and nothing that runs away."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecast.long import outlook
from tests.forecast.centres import centre, hours, rows, special
from wfm.outlook import weekly_requirement

FIRST = date(2026, 11, 30)


def _years(day: date) -> float:
    return (day - FIRST).days / 365.25


def _daily(weeks: int, level: object, **given: object) -> pd.DataFrame:
    course = level if callable(level) else lambda _day, _minute: level
    return rows("calls", first=FIRST - timedelta(weeks=weeks), last=FIRST - timedelta(1), course=course, **given)  # type: ignore[arg-type]


def test_a_level_stays() -> None:
    found = outlook(centre(_daily(20, 50.0), country="XX"), FIRST, weeks=78)
    assert found.offered.shape == (1, 78, 168)
    assert found.contacts[0] == pytest.approx(np.full(78, 50 * 168), rel=0.02)
    assert "season" in found.caveats[0]


def test_the_season_of_the_year_comes_back() -> None:
    def course(day: date, _: int) -> float:
        return float(100 * (1 + 0.2 * np.cos(2 * np.pi * _years(day))))

    for weeks in (60, 104):
        found = outlook(centre(_daily(weeks, course), country="XX"), FIRST, weeks=78)
        true = [168 * course(monday + timedelta(3), 0) for monday in found.mondays]
        assert found.contacts[0] == pytest.approx(np.array(true), rel=0.06)
        assert not found.caveats


def test_a_trend_goes_on_and_fades() -> None:
    found = outlook(centre(_daily(104, lambda d, _: 100 * 1.1 ** _years(d)), country="XX"), FIRST, weeks=260)
    contacts = found.contacts[0]
    assert contacts[12] > contacts[0] and contacts[52] / contacts[0] > 1.02
    assert contacts[-1] / contacts[0] < 1.1 * 1.05
    assert contacts[-1] / contacts[-52] < 1.01


@pytest.mark.parametrize("base", [10.0, 100.0, 0.01])
def test_no_history_makes_it_run_away(base: float) -> None:
    found = outlook(centre(_daily(30, lambda d, _: base ** _years(d)), country="XX"), FIRST, weeks=78)
    past = 168 * base ** np.array([_years(FIRST - timedelta(weeks=week)) for week in range(31)])
    assert np.isfinite(found.contacts).all()
    assert found.contacts.max() <= 2.1 * past.max() and found.contacts.min() >= 0


def test_holidays_and_closed_dates_are_seen_from_afar() -> None:
    def course(day: date, _: int) -> float:
        return 20.0 if (day.month, day.day) in ((12, 25), (12, 26)) else 100.0

    days = [
        special(date(year, 12, day), "holiday", name=f"Christmas {day}")
        for year in range(2024, 2028)
        for day in (25, 26)
    ]
    closed = special(date(2027, 6, 16), "closed")
    found = outlook(centre(_daily(104, course), country="XX", special_days=(*days, closed)), FIRST, weeks=60)
    weeks = {monday: contacts for monday, contacts in zip(found.mondays, found.contacts[0], strict=True)}
    usual = weeks[date(2027, 2, 1)]
    assert weeks[date(2026, 12, 21)] < 0.9 * usual and weeks[date(2027, 12, 20)] < 0.9 * usual
    assert weeks[date(2027, 6, 14)] == pytest.approx(6 / 7 * usual, rel=0.02)


def test_a_queue_is_told_in_its_hours_alone() -> None:
    opened = tuple(hours(8, 18, weekday=day) for day in range(5))
    found = outlook(centre(_daily(20, 30.0, opened=(480, 1080)), hours=opened, country="XX"), FIRST, weeks=4)
    by_hour = found.offered[0, 0].reshape(7, 24)
    assert (by_hour[:5, 8:18] > 0).all() and not by_hour[5:].any() and not by_hour[:, :8].any()


def test_the_band_widens_and_holds_the_mean() -> None:
    found = outlook(centre(_daily(60, 50.0), country="XX"), FIRST, weeks=78)
    width = (found.high - found.low)[0]
    assert (np.diff(width) > 0).all() and (found.low < 1).all() and (found.high > 1).all()


def test_a_few_days_of_history_are_enough_for_a_level_and_none_for_nothing() -> None:
    short = outlook(centre(_daily(2, 50.0), country="XX"), FIRST, weeks=10)
    assert short.contacts[0] == pytest.approx(np.full(10, 50 * 168), rel=0.01)
    two = centre(_daily(20, 50.0), queues=("calls", "new"), country="XX")
    found = outlook(two, FIRST, weeks=10)
    assert found.contacts[1].sum() == 0 and "new: no contacts in history" in found.caveats


def test_a_weekday_of_zero_rows_gets_nobody_and_times_that_ended_are_said() -> None:
    ended = FIRST - timedelta(100)
    table = _daily(60, lambda d, _: 50.0 * (d.weekday() < 6), aht=lambda d, _: 240.0 if d <= ended else np.nan)
    found = outlook(centre(table, country="XX"), FIRST, weeks=10)
    by_day = found.offered[0].reshape(10, 7, 24).sum(axis=(0, 2)) / 10
    assert by_day == pytest.approx(np.array([1200.0] * 6 + [0.0]), rel=0.01, abs=2)
    assert any(f"no handling time since {ended}" in caveat for caveat in found.caveats)


def test_the_requirement_of_a_week_is_that_of_its_intervals() -> None:
    found = outlook(of := centre(_daily(20, 900.0), country="XX"), FIRST, weeks=3)
    required = weekly_requirement(of, found)
    assert required.hours[0] / 168 == pytest.approx(required.peak[0], rel=0.1)
    assert (required.hours_low < required.hours).all() and (required.hours < required.hours_high).all()
    assert required.peak_together.tolist() == required.peak[0].tolist()


def test_weeks_of_a_clock_change_are_told_too() -> None:
    table = _daily(20, 50.0, timezone="Europe/Berlin")
    found = outlook(centre(table, timezone="Europe/Berlin", country="XX"), FIRST, weeks=30)
    assert found.offered.shape == (1, 30, 168) and (found.offered > 0).all()
