"""Accuracy on past weeks, against the averages that planners use."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from forecast import forecast
from forecast.backtest import AVERAGES, COLUMNS, backtest
from forecast.band import Band, conformal_band
from forecast.candidates import Method
from tests.forecast.centres import centre, rows, special
from wfm.centre import Centre
from wfm.demand import LEVELS
from wfm.reading import read_centre

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "calls"
FIRST, LAST = date(2026, 1, 5), date(2026, 11, 29)
METHODS = ["chosen", *AVERAGES, "floor", *(str(method) for method in Method)]


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
    scores = backtest(poisson()).set_index("method")
    assert list(scores.index) == METHODS
    assert scores.loc["chosen", "wape"] < 1.08 * scores.loc["floor", "wape"]
    assert scores.loc["floor", "wape"] <= scores.loc["mean6", "wape"] < scores.loc["last_week", "wape"]
    assert scores.loc["chosen", "cover80"] == pytest.approx(0.8, abs=0.05)
    assert scores.loc["chosen", "cover95"] == pytest.approx(0.95, abs=0.03)
    assert abs(scores.loc["chosen", "bias"]) < 0.02


def test_every_horizon_is_scored_without_a_gap_in_the_table() -> None:
    scores = backtest(poisson(), weeks=2, horizons=(7, 28))
    assert tuple(scores.columns) == COLUMNS
    assert scores[["horizon_days", "method"]].values.tolist() == [[days, m] for days in (7, 28) for m in METHODS]
    assert np.isfinite(scores.drop(columns=["queue", "method"]).to_numpy(dtype=float)).all()


def test_an_average_errs_as_worked_out_by_hand() -> None:
    """Ten contacts an hour, then one last week of twelve: all averages say 10, and are out by 2 of 12."""
    jump = LAST - timedelta(days=6)
    table = rows("calls", first=FIRST, last=LAST, course=lambda day, _: 12.0 if day >= jump else 10.0)
    scores = backtest(centre(table, country="none"), weeks=1).set_index("method")
    for method in AVERAGES:
        assert scores.loc[method, ["wape", "bias", "day_wape"]].tolist() == pytest.approx([1 / 6, -1 / 6, 1 / 6])


def test_an_outage_is_not_held_against_the_forecast() -> None:
    day = LAST - timedelta(days=3)
    table = rows("calls", first=FIRST, last=LAST, course=lambda when, _: 0.0 if when == day else 10.0)
    days = (special(day, "outage"),)
    scores = backtest(centre(table, country="none", special_days=days), weeks=1).set_index("method")
    assert scores.loc["mean6", "wape"] == 0


def test_a_queue_without_enough_history_has_no_row() -> None:
    table = rows("calls", first=LAST - timedelta(days=9), last=LAST, course=lambda *_: 5.0)
    assert backtest(centre(table, queues=("calls", "absent"))).empty


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
    scores = backtest(real("bank_us")).set_index("method")
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
