"""How far what a method said lay from what came."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecast.band import Band
from forecast.history import Bools, Floats, QueueHistory
from forecast.model import WEEK
from wfm.demand import LEVELS

POISSON_ERROR = float(np.sqrt(2 / np.pi))  # mean absolute deviation over standard deviation: 0.798
SCALE_DAYS = 182  # over which MASE takes the error of "as a week ago"

Scores = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a method said of some weeks, and what came: arrays have shape (days, slots).

    `scored` marks the intervals that count; `day_bands` has the band of a date's contacts for each week.
    """

    actual: Floats
    scored: Bools
    mean: Floats
    limits: dict[str, Floats]
    day_bands: tuple[Band, ...]

    def week(self, number: int) -> "Outcome":
        """One of its weeks, 0 the first."""
        rows = slice(WEEK * number, WEEK * (number + 1))
        return Outcome(
            actual=self.actual[rows],
            scored=self.scored[rows],
            mean=self.mean[rows],
            limits={name: limit[rows] for name, limit in self.limits.items()},
            day_bands=self.day_bands[number : number + 1],
        )

    @property
    def counted(self) -> Bools:
        """Shape (days,): dates with an interval that counts."""
        return np.asarray(self.scored.any(axis=1))

    def day_totals(self) -> dict[str, Floats]:
        """Of the dates that count: `actual`, `mean`, and the limits of a date's contacts by their names."""
        mean = np.where(self.scored, self.mean, 0.0).sum(axis=1)
        weeks = [band.limits(mean[WEEK * n : WEEK * (n + 1)]) for n, band in enumerate(self.day_bands)]
        found = {name: np.concatenate([week[name] for week in weeks]) for name in LEVELS}
        actual = np.where(self.scored, self.actual, 0.0).sum(axis=1)
        return {name: total[self.counted] for name, total in {"actual": actual, "mean": mean, **found}.items()}


def score(outcomes: Sequence[Outcome], *, scale: float) -> Scores:
    """All scores over some outcomes of a method; `scale` is the error to which MASE relates."""
    actual = _joined([o.actual for o in outcomes], outcomes)
    error = _joined([o.mean - o.actual for o in outcomes], outcomes)
    limits = {name: _joined([o.limits[name] for o in outcomes], outcomes) for name in LEVELS}
    total = max(float(actual.sum()), 1.0)
    days = [outcome.day_totals() for outcome in outcomes]
    day = {name: np.concatenate([totals[name] for totals in days]) for name in ("actual", "mean", *LEVELS)}
    return {
        "wape": float(np.abs(error).sum() / total),
        "bias": float(error.sum() / total),
        "mase": float(np.abs(error).mean() / scale),
        "day_wape": float(np.abs(day["mean"] - day["actual"]).sum() / total),
        "cover80": share_inside(actual, limits, "p10", "p90"),
        "cover95": share_inside(actual, limits, "p2_5", "p97_5"),
        "day_cover80": share_inside(day["actual"], day, "p10", "p90"),
        "day_cover95": share_inside(day["actual"], day, "p2_5", "p97_5"),
    }


def floor(outcomes: Sequence[Outcome], *, scale: float) -> Scores:
    """What is left to a forecast that knows the mean: 0.798·Σ√L / ΣL, taking the mean of the outcomes for L."""
    mean = _joined([o.mean for o in outcomes], outcomes)
    days = np.concatenate([np.where(o.scored, o.mean, 0.0).sum(axis=1) for o in outcomes])
    total = max(float(mean.sum()), 1.0)
    return {
        "wape": float(POISSON_ERROR * np.sqrt(mean).sum() / total),
        "bias": 0.0,
        "mase": float(POISSON_ERROR * np.sqrt(mean).mean() / scale),
        "day_wape": float(POISSON_ERROR * np.sqrt(days).sum() / total),
        "cover80": 0.8,
        "cover95": 0.95,
        "day_cover80": 0.8,
        "day_cover95": 0.95,
    }


def as_a_week_ago(history: QueueHistory) -> float:
    """Mean absolute difference between an interval and the same a week before."""
    recent = history.offered[-SCALE_DAYS:]
    difference = np.abs(recent[7:] - recent[:-7])
    seen = np.isfinite(difference)
    return max(float(difference[seen].mean()), 1e-3) if seen.any() else 1.0


def inside(actual: Floats, limits: dict[str, Floats], low: str, high: str) -> Bools:
    """Whether each value lies between two limits."""
    return np.asarray((actual >= limits[low]) & (actual <= limits[high]))


def share_inside(actual: Floats, limits: dict[str, Floats], low: str, high: str) -> float:
    """The share of values between two limits."""
    return float(np.mean(inside(actual, limits, low, high)))


def _joined(parts: Sequence[Floats], outcomes: Sequence[Outcome]) -> Floats:
    return np.concatenate([part[outcome.scored] for part, outcome in zip(parts, outcomes, strict=True)])
