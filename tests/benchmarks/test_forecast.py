"""The forecast is measured on what is meant: halves are sums of quarters, a cut knows only itself, all are asked alike."""

import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.command import Failed
from benchmarks.forecasting import against
from benchmarks.forecasting.accuracy import guarded
from benchmarks.forecasting.asked import question, written
from benchmarks.forecasting.handling import mean_of_other_days, missed
from benchmarks.forecasting.histories import cut, cut_ends, summed, weeks_of
from benchmarks.forecasting.intraday import updated
from benchmarks.forecasting.mondays import mondays, wape
from benchmarks.forecasting.rivals import RIVALS
from benchmarks.forecasting.scores import Scored, scores
from forecast.average import weekday_mean
from forecast.backtest import backtest
from forecast.model import queue_forecast
from tests.forecast.centres import centre, rows
from wfm.centre import Centre

MONDAY = date(2026, 6, 1)


def quarters(days: int = 1) -> Centre:
    """Minute 0 brings 1 contact, minute 15 brings 16 and so on; handling times of 100 s, then of 200 s by turns."""
    table = rows(
        "calls",
        first=MONDAY,
        last=MONDAY + timedelta(days=days - 1),
        course=lambda _day, minute: minute + 1.0,
        step=15,
        aht=lambda _day, minute: 100.0 if minute % 30 == 0 else 200.0,
    )
    return centre(table, step=15)


def poisson(weeks: int, *, weekdays: int = 7) -> Centre:
    random = np.random.default_rng(3)
    table = rows(
        "calls",
        first=MONDAY,
        last=MONDAY + timedelta(days=7 * weeks - 1),
        course=lambda day, minute: float(random.poisson(20 + 3 * day.weekday() + minute / 100)),
        opened=(480, 1200),
    )
    open_then = table["start"].dt.dayofweek < weekdays
    return centre(table[open_then].reset_index(drop=True), country="none")


def test_half_an_hour_is_the_sum_of_its_quarters() -> None:
    halves = summed(quarters(), minutes=30)
    assert halves.interval_minutes == 30
    assert len(halves.history) == 48
    assert halves.history["offered"].iloc[0] == 1 + 16
    assert halves.history["aht_seconds"].iloc[0] == pytest.approx((1 * 100 + 16 * 200) / 17)
    assert halves.history["start"].iloc[1].strftime("%H:%M") == "00:30"
    assert np.isnan(halves.history["abandoned"].iloc[0])


def test_half_an_hour_of_which_a_quarter_is_missing_is_missing() -> None:
    whole = quarters()
    gap = centre(whole.history.drop(index=5).reset_index(drop=True), step=15)
    starts = summed(gap, minutes=30).history["start"].dt.strftime("%H:%M")
    assert "01:00" not in set(starts) and len(starts) == 47


def test_intervals_are_not_summed_to_a_length_that_they_do_not_make_up() -> None:
    with pytest.raises(ValueError, match="no whole number"):
        summed(quarters(), minutes=20)


def test_a_cut_ends_before_its_date_and_is_so_many_weeks_long() -> None:
    found = cut(poisson(20), end=MONDAY + timedelta(weeks=15), weeks=12).history["start"]
    assert found.min().date() == MONDAY + timedelta(weeks=3)
    assert found.max().date() == MONDAY + timedelta(weeks=15, days=-1)


def test_cuts_are_spread_over_the_whole_history() -> None:
    ends = cut_ends(poisson(20), weeks=12, count=5)
    assert ends == [MONDAY + timedelta(weeks=n) for n in (12, 14, 16, 18, 20)]
    assert cut_ends(poisson(11), weeks=12, count=5) == []


def test_a_week_is_whole_where_the_weekend_is_closed() -> None:
    assert weeks_of(poisson(13, weekdays=5)) == 13


def test_every_queue_that_is_worse_than_the_mean_is_named() -> None:
    def row(queue: str, method: str, wape: float) -> dict[str, str | float]:
        return {"queue": queue, "horizon_days": 7, "method": method, "wape": wape}

    errors = {"good": (0.08, 0.1), "bad": (0.11, 0.1), "worst": (0.12, 0.1)}
    table = [
        row(queue, method, value)
        for queue, both in errors.items()
        for method, value in zip(("chosen", "mean6"), both, strict=True)
    ]
    seen, reached = guarded({"shop": Scored(rows=table, seconds=1.0, cpu_seconds=1.0)})
    assert seen == (
        "2 of 3 worse; -20.0% (shop, good, 7 days) to +20.0% (shop, worst, 7 days); shop, bad, 7 days +10.0%"
    )
    assert not reached


def test_a_backtest_is_recorded_and_taken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.record.PLACE", tmp_path)
    first = scores("shop, 30 minutes", lambda: poisson(6), weeks=1, again=False)
    assert [days for _, days, _ in first.margins()] == [7, 28]
    assert (tmp_path / "forecast-shop-30_minutes-1.json").exists()
    assert scores("shop, 30 minutes", lambda: pytest.fail("measured again"), weeks=1, again=False) == first


def test_handling_time_is_held_against_all_other_days() -> None:
    """The told week has times of its own, the other working days 100 s, their weekends 300 s."""
    weekend = np.array([day % 7 >= 5 for day in range(21)])
    seconds = np.where(weekend, 300.0, 100.0)[:, None].repeat(2, axis=1)
    told = slice(7, 14)
    seconds[told] = 900.0
    handled = np.ones_like(seconds)
    handled[:, 1] = 0.0  # nobody ever called in the second slot: the mean of all stands in
    other = mean_of_other_days(seconds, handled, weekend=weekend, told=told)
    assert other[:, 0].tolist() == [100.0] * 5 + [300.0] * 2
    assert other[:, 1] == pytest.approx((100 * 5 + 300 * 2) / 7)


def test_a_miss_weighs_by_the_contacts_handled() -> None:
    actual, handled = np.array([100.0, 200.0, np.nan]), np.array([9.0, 1.0, 5.0])
    found = missed("calls", said=actual + 10, other=actual - 20, actual=actual, handled=handled)
    assert found.wape == found.bias == pytest.approx(100 / 1100)
    assert found.against == pytest.approx(200 / 1100)
    assert found.ratio == pytest.approx(0.5)


def test_all_are_scored_as_the_backtest_scores_them() -> None:
    shop = poisson(16)
    table = backtest(shop, weeks=3).scores.set_index("method")["wape"]
    origins = mondays(shop, count=3, days=7)
    ours = [queue_forecast(one.known, one.calendar, start=one.known.end, days=7).offered for one in origins]
    assert wape(origins, ours) == pytest.approx(table["chosen"])
    means = [np.nan_to_num(weekday_mean(one.known, weeks=6)) for one in origins]
    assert wape(origins, means) == pytest.approx(table["mean6"])


def test_a_rival_is_told_what_was_known_and_nothing_after(tmp_path: Path) -> None:
    asked = mondays(poisson(6, weekdays=5), count=1, days=7)[0].asked()
    written(asked, tmp_path / "question.json")
    read = question(tmp_path / "question.json")
    # As in the backtest, a week that ends with a Friday's row is over where weekends are closed.
    assert read.start == MONDAY + timedelta(weeks=5)
    assert (read.minutes, read.country, read.days, read.first) == (60, "none", 7, MONDAY)
    assert np.array_equal(read.known, asked.known, equal_nan=True)
    assert len(read.known) == 35
    assert read.in_use().sum(axis=1).tolist() == [12] * 5 + [0] * 2
    assert read.recent(21).shape == (21, 24)


def test_a_row_without_its_package_is_skipped_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    origins = mondays(poisson(6), count=1, days=7)
    monkeypatch.setenv(against.PYTHON, sys.executable)
    rival = replace(RIVALS["prophet"], package="nowhere_to_be_found")
    with pytest.raises(Failed, match="skipped: the package nowhere_to_be_found is not installed"):
        against.told_by("prophet", rival, origins)


def test_the_rest_of_each_day_is_told_three_times_and_all_of_it_counted() -> None:
    """Two weeks of a centre open from 8 to 20: the contacts after ten and after noon, of every day."""
    shop = poisson(6)
    found = updated(shop, weeks=2)
    assert found.days == 14
    wall = shop.history["start"].dt.tz_localize(None)
    last = wall >= pd.Timestamp(MONDAY + timedelta(weeks=4))
    for rest in found.each():
        assert rest.contacts == shop.history.loc[last & (wall.dt.hour >= rest.hour), "offered"].sum()
        assert 0 < rest.update < 0.5 * rest.contacts and 0 < rest.morning < 0.5 * rest.contacts
    assert [rest.hour for rest in found.each()] == [10, 12]


def test_a_history_too_short_for_a_day_is_told_so() -> None:
    with pytest.raises(Failed, match="no Monday has 14 days before it"):
        updated(poisson(2), weeks=8)
