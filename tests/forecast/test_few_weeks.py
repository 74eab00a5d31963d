"""A few weeks of history: weekdays like each other lend each other their course, and no other does."""

import numpy as np
import pytest

from forecast.few_weeks import weekday_courses

SLOTS = 48
HOURS = np.arange(SLOTS) / 2
WORKING = np.exp(-((HOURS - 11) ** 2) / 18) + 0.7 * np.exp(-((HOURS - 17) ** 2) / 8)
RESTING = np.exp(-((HOURS - 20) ** 2) / 8)
SHARES = np.stack([course / course.sum() for course in (*[WORKING] * 5, *[RESTING] * 2)])
TOTALS = np.array([400.0, 380.0, 370.0, 360.0, 350.0, 150.0, 120.0])
TRUTH = SHARES * TOTALS[:, None]
ALWAYS = np.ones((7, SLOTS), dtype=bool)


def told(offered: np.ndarray, *, current: np.ndarray = ALWAYS) -> np.ndarray:
    weekdays = np.arange(len(offered)) % 7
    return weekday_courses(offered, offered.sum(axis=1), weekdays, current)


def mean(offered: np.ndarray) -> np.ndarray:
    return offered.reshape(-1, 7, SLOTS).mean(axis=0)


def missed(said: np.ndarray) -> float:
    return float(np.abs(said - TRUTH).sum() / TRUTH.sum())


@pytest.mark.parametrize("weeks", [1, 2, 3, 7])
def test_weeks_told_together_are_much_nearer_than_their_mean(weeks: int) -> None:
    draws = [np.random.default_rng(seed).poisson(np.tile(TRUTH, (weeks, 1))).astype(float) for seed in range(5)]
    ours, plain = (np.mean([missed(of(draw)) for draw in draws]) for of in (told, lambda draw: mean(draw[-42:])))
    assert ours < 0.75 * plain


def test_a_weekend_keeps_its_own_course() -> None:
    offered = np.random.default_rng(1).poisson(np.tile(TRUTH, (3, 1))).astype(float)
    shares = told(offered)[5:] / told(offered)[5:].sum(axis=1, keepdims=True)
    assert np.abs(shares - SHARES[5:]).sum(axis=1).max() < 0.35


def test_the_level_is_the_mean_of_each_weekday() -> None:
    offered = np.random.default_rng(2).poisson(np.tile(TRUTH, (4, 1))).astype(float)
    assert told(offered).sum(axis=1) == pytest.approx(mean(offered).sum(axis=1))


def test_a_course_without_noise_is_kept_with_its_steps() -> None:
    steps = np.where((HOURS >= 8) & (HOURS < 18), 50.0, 10.0)
    offered = np.tile(steps, (14, 1))
    assert told(offered) == pytest.approx(np.tile(steps, (7, 1)), rel=1e-6)


def test_nothing_is_told_outside_the_hours_and_never_nothing_within() -> None:
    current = np.zeros((7, SLOTS), dtype=bool)
    current[:5, 16:36] = True
    offered = np.where(np.tile(current, (2, 1)), np.random.default_rng(3).poisson(0.05, (14, SLOTS)), 0.0)
    offered[:, 20] = np.where(np.arange(14) % 7 < 5, 3.0, 0.0)
    said = told(offered, current=current)
    assert np.all(said[current] > 0) and not np.nansum(said[~current])
    assert np.isnan(said[5:]).all()


def test_without_a_contact_there_is_nothing_to_tell_from() -> None:
    with pytest.raises(ValueError, match="no day"):
        told(np.zeros((14, SLOTS)))


def test_dates_without_a_contact_count_in_the_mean_of_their_weekday() -> None:
    offered = np.random.default_rng(4).poisson(np.tile(TRUTH / 200, (6, 1))).astype(float)
    said = told(offered)
    days = offered.sum(axis=1).reshape(-1, 7)
    assert (days == 0).any()
    assert said.sum(axis=1) == pytest.approx(days.mean(axis=0))
