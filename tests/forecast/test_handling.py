"""Handling time: its level where it moves, its course over the day, its limits."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest

from forecast.handling import HandlingBand, handling_times
from forecast.history import QueueHistory

FIRST = date(2026, 1, 5).toordinal()  # a Monday
DAYS, SLOTS = 182, 24
COURSE = 1 + 0.2 * np.sin(2 * np.pi * np.arange(SLOTS) / SLOTS)


def history(level: np.ndarray, *, contacts: float = 60.0, seed: int = 1) -> QueueHistory:
    """Times of single contacts are exponential about the level of the day and the course of its hours."""
    random = np.random.default_rng(seed)
    offered = random.poisson(contacts, (len(level), SLOTS)).astype(float)
    mean = level[:, None] * COURSE
    noise = random.gamma(np.maximum(offered, 1e-9)) / np.maximum(offered, 1e-9)
    return QueueHistory(
        queue="calls",
        first=FIRST,
        offered=offered,
        abandoned=np.zeros_like(offered),
        aht_seconds=np.where(offered > 0, mean * noise, np.nan),
    )


@dataclass(frozen=True)
class Told:
    seconds: np.ndarray
    band: HandlingBand


def told(of: QueueHistory, left_out: np.ndarray | None = None) -> Told:
    """A week after the history: seconds (7, slots)."""
    free = np.isin((of.ordinals + 6) % 7, (5, 6))
    found = handling_times(of, np.zeros(of.days, dtype=bool) if left_out is None else left_out, free)
    assert found is not None
    return Told(seconds=found.seconds(np.arange(7) >= 5), band=found.band)


def test_a_steady_time_is_told_without_bias() -> None:
    found = told(history(np.full(DAYS, 240.0)))
    assert found.seconds == pytest.approx(np.tile(240 * COURSE, (7, 1)), rel=0.06)
    assert found.seconds.mean() == pytest.approx((240 * COURSE).mean(), rel=0.01)


def test_a_step_of_two_weeks_ago_is_followed() -> None:
    level = np.where(np.arange(DAYS) < DAYS - 14, 240.0, 300.0)
    assert told(history(level)).seconds.mean() == pytest.approx((300 * COURSE).mean(), rel=0.05)


def test_a_trend_is_followed() -> None:
    level = 240 * np.exp(0.5 * np.arange(DAYS) / DAYS)
    assert told(history(level)).seconds.mean() == pytest.approx((level[-1] * COURSE).mean(), rel=0.03)


def test_limits_hold_the_share_they_name() -> None:
    of = history(np.full(DAYS + 7, 240.0), contacts=20.0)
    found = told(of.until(FIRST + DAYS))
    week, contacts = of.aht_seconds[-7:], of.offered[-7:]
    limits = found.band.limits(found.seconds, contacts)
    seen = np.isfinite(week)
    assert np.mean(((week >= limits["p10"]) & (week <= limits["p90"]))[seen]) == pytest.approx(0.8, abs=0.12)


def test_days_left_out_teach_nothing() -> None:
    level = np.where(np.arange(DAYS) == DAYS - 3, 2400.0, 240.0)
    left_out = np.arange(DAYS) == DAYS - 3
    found = told(history(level), left_out)
    assert found.seconds.mean() == pytest.approx((240 * COURSE).mean(), rel=0.02)


def test_without_a_single_time_nothing_is_told() -> None:
    of = history(np.full(DAYS, 240.0), contacts=0.0)
    assert handling_times(of, np.zeros(of.days, dtype=bool), np.zeros(of.days, dtype=bool)) is None


def test_the_weekend_is_that_of_the_country() -> None:
    free = np.isin((FIRST + np.arange(DAYS) + 6) % 7, (4, 5))
    found = handling_times(history(np.where(free, 480.0, 240.0)), np.zeros(DAYS, dtype=bool), free)
    assert found is not None
    seconds = found.seconds(np.isin(np.arange(7), (4, 5))).mean(axis=1)
    assert seconds == pytest.approx(np.where(np.isin(np.arange(7), (4, 5)), 480, 240) * COURSE.mean(), rel=0.02)


def test_three_weeks_that_rise_are_told_to_rise_on() -> None:
    level = 240 * 1.06 ** (np.arange(21) / 7)
    assert told(history(level)).seconds.mean() > 240 * 1.06**3 * 0.98


@pytest.mark.parametrize("days", [7, 14, 21, 28])
def test_a_few_steady_weeks_are_told_without_bias(days: int) -> None:
    said = [told(history(np.full(days, 240.0), seed=seed)).seconds.mean() for seed in range(20)]
    assert np.mean(said) == pytest.approx(240 * COURSE.mean(), rel=0.01)
    assert np.std(said) < 0.03 * 240


def test_a_row_a_thousand_times_too_long_is_no_level() -> None:
    of = history(np.full(DAYS, 240.0))
    of.aht_seconds[-3, 12] *= 1000
    assert told(of).seconds.mean() == pytest.approx((240 * COURSE).mean(), rel=0.02)


def test_few_contacts_an_hour_are_told_without_bias() -> None:
    said = [told(history(np.full(DAYS, 240.0), contacts=0.5, seed=seed)).seconds.mean() for seed in range(100, 120)]
    assert np.mean(said) == pytest.approx(240 * COURSE.mean(), rel=0.02)


@pytest.mark.parametrize(
    ("days", "dark", "slope"), [(730, 365, -1.0), (400, 100, -1.0), (400, 100, 1.0), (400, 20, 1.0)]
)
def test_times_that_end_before_history_does_stay_as_they_were_and_it_is_said(
    days: int, dark: int, slope: float
) -> None:
    level = (700.0 if slope < 0 else 264.0) + slope * np.arange(days)
    of = history(level[: days - dark])
    longer = history(np.full(days, 240.0))
    longer.aht_seconds[: days - dark], longer.aht_seconds[days - dark :] = of.aht_seconds, np.nan
    assert told(longer).seconds.mean() == pytest.approx((level[days - dark - 1] * COURSE).mean(), rel=0.05)
    (caveat,) = handling_times(longer, np.zeros(days, dtype=bool), np.zeros(days, dtype=bool)).caveats  # type: ignore[union-attr]
    assert f"no handling time since {date.fromordinal(FIRST + days - dark - 1)}" in caveat


def test_times_that_go_on_or_lack_a_few_days_need_no_word() -> None:
    of = history(np.full(DAYS, 240.0))
    of.aht_seconds[-5:] = np.nan
    found = handling_times(of, np.zeros(DAYS, dtype=bool), np.zeros(DAYS, dtype=bool))
    assert found is not None and found.caveats == ()
