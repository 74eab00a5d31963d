"""How far contacts may stray from their forecast: a band calibrated on the errors of past weeks."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from forecast.history import Floats

COVER = 0.8
NORMAL_WIDTH = float(norm.ppf(0.5 + COVER / 2))
UNTRIED_VARIANCE = 0.04  # where no past week could be tried: days stray by a fifth
ENOUGH = 100  # intervals from which on the width is learned
ANSCOMBE = 3 / 8  # √(y + 3/8) of a Poisson count has variance 1/4 whatever its mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """On the square-root scale an error has variance (1 + variance · mean) / 4, as of a gamma-Poisson count;
    `width` such deviations to either side hold 80% of the intervals."""

    variance: float = UNTRIED_VARIANCE
    width: float = NORMAL_WIDTH

    def limits(self, mean: Floats) -> tuple[Floats, Floats]:
        """p10 and p90 about a mean, of the same shape; never on the wrong side of it."""
        root = np.sqrt(mean + ANSCOMBE)
        reach = self.width * _deviation(mean, self.variance)
        low = np.maximum(root - reach, 0.0) ** 2 - ANSCOMBE
        high = (root + reach) ** 2 - ANSCOMBE
        return np.clip(low, 0.0, mean), np.maximum(high, mean)


def conformal_band(actual: Floats, mean: Floats) -> Band:
    """The band that would have held 80% of these intervals; shapes (n,), actual against the forecast mean."""
    if len(actual) < ENOUGH or not mean.any():
        return Band()
    variance = float(max(0.0, np.sum((actual - mean) ** 2 - mean) / np.sum(mean**2)))
    error = np.abs(np.sqrt(actual + ANSCOMBE) - np.sqrt(mean + ANSCOMBE)) / _deviation(mean, variance)
    return Band(variance=variance, width=float(np.quantile(error, COVER)))


def widened(mean: Floats, low: Floats, high: Floats, *, cover: float) -> tuple[Floats, Floats]:
    """The limits that a p10-p90 band means for another coverage, were errors of the square root normal."""
    ratio = float(norm.ppf(0.5 + cover / 2)) / NORMAL_WIDTH
    root = np.sqrt(mean)
    below = np.maximum(root - ratio * (root - np.sqrt(low)), 0.0) ** 2
    return below, (root + ratio * (np.sqrt(high) - root)) ** 2


def _deviation(mean: Floats, variance: float) -> Floats:
    return np.asarray(0.5 * np.sqrt(1.0 + variance * mean))
