"""Handling time: its level where it moves, its course over the day, its limits."""

from datetime import date

import numpy as np
import pytest

from forecast.handling import HandlingTimes, handling_times
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


def told(of: QueueHistory) -> HandlingTimes:
    found = handling_times(of, np.zeros(of.days, dtype=bool))
    assert found is not None
    return found


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
    found = handling_times(history(level), left_out)
    assert found is not None and found.seconds.mean() == pytest.approx((240 * COURSE).mean(), rel=0.02)


def test_without_a_single_time_nothing_is_told() -> None:
    of = history(np.full(DAYS, 240.0), contacts=0.0)
    assert handling_times(of, np.zeros(of.days, dtype=bool)) is None
