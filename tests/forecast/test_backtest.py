"""Accuracy on past weeks, against the averages that planners use."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from forecast import forecast
from forecast.backtest import backtest
from forecast.band import Band, conformal_band
from forecast.candidates import Method
from tests.forecast.centres import centre, rows, special
from wfm.accuracy import AVERAGES, DAYS, METHODS, SCORES, WEEKS, worst_days
from wfm.centre import Centre
from wfm.demand import LEVELS
from wfm.progress import Progress
from wfm.reading import read_centre

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "calls"
FIRST, LAST = date(2026, 1, 5), date(2026, 11, 29)
EVERY = [*METHODS, *(str(method) for method in Method if method is not Method.FEW_WEEKS)]  # that needs few weeks


def real(name: str) -> Centre:
    if not (REAL / name).is_dir():
        pytest.skip(f"the real history {name} is not on this machine ({REAL / name})")
    return read_centre(REAL / name)


def poisson(seed: int = 1, level: float = 30.0) -> Centre:
    random = np.random.default_rng(seed)
    table = rows(
        "calls",
        first=FIRST,
        last=LAST,
        course=lambda day, _minute: float(random.poisson(level * (1 + 0.2 * day.weekday()))),
        opened=(480, 1200),
    )
    return centre(table, country="none")


def test_pure_poisson_contacts_are_forecast_nearly_to_the_floor() -> None:
    scores = backtest(poisson()).scores.set_index("method")
    assert list(scores.index) == EVERY
    assert scores.loc["chosen", "wape"] < 1.08 * scores.loc["floor", "wape"]
    assert scores.loc["floor", "wape"] <= scores.loc["mean6", "wape"] < scores.loc["last_week", "wape"]
    assert scores.loc["chosen", "cover80"] == pytest.approx(0.8, abs=0.05)
    assert scores.loc["chosen", "cover95"] == pytest.approx(0.95, abs=0.03)
    assert abs(scores.loc["chosen", "bias"]) < 0.02


def test_every_horizon_is_scored_without_a_gap_in_the_table() -> None:
    scores = backtest(poisson(), weeks=2, horizons=(7, 28)).scores
    assert tuple(scores.columns) == SCORES
    assert scores[["horizon_days", "method"]].values.tolist() == [[days, m] for days in (7, 28) for m in EVERY]
    assert np.isfinite(scores.drop(columns=["queue", "method"]).to_numpy(dtype=float)).all()


def test_an_average_errs_as_worked_out_by_hand() -> None:
    """Ten contacts an hour, then one last week of twelve: all averages say 10, and are out by 2 of 12."""
    jump = LAST - timedelta(days=6)
    table = rows("calls", first=FIRST, last=LAST, course=lambda day, _: 12.0 if day >= jump else 10.0)
    scores = backtest(centre(table, country="none"), weeks=1).scores.set_index("method")
    for method in AVERAGES:
        assert scores.loc[method, ["wape", "bias", "day_wape"]].tolist() == pytest.approx([1 / 6, -1 / 6, 1 / 6])


def test_an_outage_is_not_held_against_the_forecast() -> None:
    day = LAST - timedelta(days=3)
    table = rows("calls", first=FIRST, last=LAST, course=lambda when, _: 0.0 if when == day else 10.0)
    days = (special(day, "outage"),)
    scores = backtest(centre(table, country="none", special_days=days), weeks=1).scores.set_index("method")
    assert scores.loc["mean6", "wape"] == 0


def test_the_weeks_ahead_are_scored_one_by_one_and_together_make_the_horizon() -> None:
    found = backtest(poisson(), weeks=2, horizons=(7, 28))
    assert tuple(found.weeks.columns) == WEEKS
    assert found.weeks[["horizon_week", "method"]].values.tolist() == [[n, m] for n in (1, 2, 3, 4) for m in METHODS]
    whole = found.scores[found.scores["horizon_days"] == 28].set_index("method")
    for method in METHODS[:-1]:
        parts = found.weeks[found.weeks["method"] == method]
        # Each week has as many intervals, so that means add up.
        assert parts["mase"].mean() == pytest.approx(whole.loc[method, "mase"])
        assert parts["cover80"].mean() == pytest.approx(whole.loc[method, "cover80"])


def test_a_week_of_more_contacts_is_missed_in_that_week_ahead_only() -> None:
    """Ten contacts an hour, and twelve in the last of four weeks: told four weeks before, averages err in week 4."""
    jump = LAST - timedelta(days=6)
    table = rows("calls", first=FIRST, last=LAST, course=lambda day, _: 12.0 if day >= jump else 10.0)
    weeks = backtest(centre(table, country="none"), weeks=1, horizons=(7, 28)).weeks
    mean6 = weeks[weeks["method"] == "mean6"].set_index("horizon_week")
    assert mean6["wape"].tolist() == pytest.approx([0, 0, 0, 1 / 6])
    assert mean6["bias"].tolist() == pytest.approx([0, 0, 0, -1 / 6])


def test_each_date_is_told_once_with_what_came_and_what_was_said() -> None:
    """Ten contacts in each of 24 hours, 15 on one date."""
    day = LAST - timedelta(days=3)
    table = rows("calls", first=FIRST, last=LAST, course=lambda when, _: 15.0 if when == day else 10.0)
    days = backtest(centre(table, country="none"), weeks=2, horizons=(7, 28)).days
    assert tuple(days.columns) == DAYS
    assert days["date"].tolist() == [LAST - timedelta(days=ago) for ago in range(13, -1, -1)]
    row = days[days["date"] == day].iloc[0]
    assert row[["actual", "mean6"]].tolist() == [360.0, 240.0]
    assert row["chosen"] == pytest.approx(240, rel=0.01)
    assert row["error"] == pytest.approx(row["chosen"] - 360)
    assert row["error_share"] == pytest.approx(-1 / 3, abs=0.01)
    assert not row["inside80"] and days[days["date"] != day]["inside80"].all()


def test_a_centre_closed_at_weekends_has_its_newest_week_judged() -> None:
    """The last row is of Friday, and the week is whole."""
    table = rows("calls", first=FIRST, last=LAST, course=lambda *_: 10.0)
    at_work = centre(table[table["start"].dt.dayofweek < 5], country="none")
    assert backtest(at_work, weeks=1).days["date"].tolist() == [LAST - timedelta(days=ago) for ago in range(6, 1, -1)]
    until_thursday = centre(
        at_work.history[at_work.history["start"].dt.date < LAST - timedelta(days=2)], country="none"
    )
    assert backtest(until_thursday, weeks=1).days["date"].max() == LAST - timedelta(days=9)


def test_the_dates_missed_most_are_named_by_what_they_are_known_as() -> None:
    day, queues = LAST - timedelta(days=3), ("calls", "chats")
    tables = [
        rows(name, first=FIRST, last=LAST, course=lambda when, _: 20.0 if when == day else 10.0) for name in queues
    ]
    days = (special(day, "event", name="match", queue="calls"),)
    found = backtest(centre(*tables, queues=queues, country="none", special_days=days), weeks=2)
    worst = worst_days(found.days, most=2)
    assert worst["queue"].tolist() == ["calls", "calls", "chats", "chats"]
    assert worst[["date", "label"]].values.tolist()[::2] == [[day, "match"], [day, ""]]


def test_public_holidays_and_the_days_beside_them_have_names() -> None:
    table = rows("calls", first=date(2025, 1, 6), last=date(2025, 7, 13), course=lambda *_: 10.0)
    found = backtest(centre(table, country="US"), weeks=2)
    names = found.days.set_index("date")["label"]
    assert names[date(2025, 7, 4)] == "Independence Day"
    assert names[date(2025, 7, 3)] == "1 day before Independence Day"
    assert names[date(2025, 7, 9)] == ""


def test_a_date_without_contacts_is_missed_by_what_was_expected() -> None:
    day = LAST - timedelta(days=3)
    table = rows("calls", first=FIRST, last=LAST, course=lambda when, _: 0.0 if when == day else 10.0)
    worst = worst_days(backtest(centre(table, country="none"), weeks=1).days, most=1).iloc[0]
    assert worst["date"] == day and worst["error_share"] == pytest.approx(240, rel=0.01)


def test_every_queue_is_reported_and_none_begun_after_a_stop() -> None:
    tables = [rows(name, first=FIRST, last=LAST, course=lambda *_: 10.0) for name in ("calls", "chats")]
    told: list[Progress] = []
    found = backtest(
        centre(*tables, queues=("calls", "chats"), country="none"), weeks=1, report=told.append, stop=lambda: bool(told)
    )
    assert [(progress.step, progress.message) for progress in told] == [("backtest", "calls")]
    assert set(found.scores["queue"]) == {"calls"}


def test_a_queue_without_enough_history_has_no_row() -> None:
    table = rows("calls", first=LAST - timedelta(days=9), last=LAST, course=lambda *_: 5.0)
    found = backtest(centre(table, queues=("calls", "absent")))
    assert found.scores.empty and found.weeks.empty and found.days.empty


def test_a_horizon_of_three_days_is_refused() -> None:
    with pytest.raises(ValueError, match="whole number of weeks"):
        backtest(poisson(), horizons=(3,))


def test_a_band_holds_what_it_was_calibrated_on() -> None:
    random = np.random.default_rng(2)
    mean = np.tile([5.0, 50.0, 500.0], 2000)
    actual = random.poisson(mean * random.gamma(100, 1 / 100, len(mean))).astype(float)
    band = conformal_band(actual, mean)
    assert band.variance == pytest.approx(0.01, rel=0.2)
    limits = band.limits(mean)
    for name, level in LEVELS.items():
        assert np.mean(actual <= limits[name]) == pytest.approx(level, abs=0.06)
    for contacts in (5.0, 50.0, 500.0):
        here = mean == contacts
        inside = (actual >= limits["p10"]) & (actual <= limits["p90"])
        assert inside[here].mean() == pytest.approx(0.8, abs=0.06)


def test_a_band_of_nothing_is_nothing_or_more() -> None:
    limits = Band().limits(np.zeros(3))
    assert np.all(limits["p10"] == 0) and np.all(limits["p90"] >= 0)


def test_the_real_bank_is_forecast_better_than_by_six_weeks_means() -> None:
    scores = backtest(real("bank_us")).scores.set_index("method")
    assert scores.loc["chosen", "wape"] < 0.85 * scores.loc["mean6", "wape"]
    assert abs(scores.loc["chosen", "bias"]) < 0.02
    assert 0.7 < scores.loc["chosen", "cover80"] < 0.9


@pytest.mark.parametrize(
    ("name", "monday", "opened"),
    [("bank_us", date(2003, 10, 27), 280), ("nyc_ems", date(2020, 1, 6), 168), ("bank_il_feb", date(1999, 3, 1), 336)],
)
def test_real_histories_run(name: str, monday: date, opened: int) -> None:
    of = real(name)
    result = forecast(of, of.week(monday))
    assert (result.offered > 0).sum() == opened
    assert np.isfinite(result.offered).all() and (result.aht_seconds > 0).all()
    usual = of.history["offered"].tail(4 * opened).mean()
    assert result.offered[result.offered > 0].mean() == pytest.approx(usual, rel=0.15)
