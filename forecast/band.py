"""How far contacts may stray from their forecast: limits calibrated on the errors of past weeks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtri

from forecast.history import Floats
from wfm.demand import LEVELS

UNTRIED_VARIANCE = 0.04  # where no past week could be tried: days stray by a fifth
ENOUGH = 28  # errors from which on limits are learned
TRUST = 200.0  # errors that weigh as much as the normal distribution does beforehand
ANSCOMBE = 3 / 8  # √(y + 3/8) of a Poisson count has variance 1/4 whatever its mean
NORMAL = {name: float(ndtri(level)) for name, level in LEVELS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """On the square-root scale an error has variance (1 + variance · mean) / 4, as of a gamma-Poisson count; `reach` is
    how many such deviations above the forecast each level of LEVELS lies."""

    variance: float = UNTRIED_VARIANCE
    reach: Mapping[str, float] = field(default_factory=lambda: dict(NORMAL))

    def limits(self, mean: Floats) -> dict[str, Floats]:
        """Limits about a mean, each of its shape and none below a lower level's; p10 and p90 hold the mean between them."""
        root, deviation = np.sqrt(mean + ANSCOMBE), _deviation(mean, self.variance)
        found, last = {}, np.zeros_like(mean)
        for name, reach in self.reach.items():
            limit = np.maximum(np.maximum(root + reach * deviation, 0.0) ** 2 - ANSCOMBE, last)
            limit = np.minimum(limit, mean) if LEVELS[name] <= 0.1 else limit
            found[name] = last = np.maximum(limit, mean) if LEVELS[name] >= 0.9 else limit
        return found


def conformal_band(actual: Floats, mean: Floats) -> Band:
    """The limits that would have held the share of each level; shapes (n,), actual against the forecast mean."""
    if len(actual) < ENOUGH or not mean.any():
        return Band()
    variance = float(max(0.0, np.sum((actual - mean) ** 2 - mean) / np.sum(mean**2)))
    error = (np.sqrt(actual + ANSCOMBE) - np.sqrt(mean + ANSCOMBE)) / _deviation(mean, variance)
    return Band(variance=variance, reach=reaches(error))


def reaches(error: Floats) -> dict[str, float]:
    """By level, how many deviations the errors seen stay below it; the fewer errors, the nearer to the normal's."""
    size = float(np.sqrt(np.mean(error**2)))
    weight = len(error) / (len(error) + TRUST)
    # The next error is one more than those seen: a level is looked for as far out as n + 1 errors would put it.
    out = {name: 0.5 + (level - 0.5) * (len(error) + 1) / len(error) for name, level in LEVELS.items()}
    seen = np.quantile(error, np.clip(list(out.values()), 0.0, 1.0))
    return {name: weight * float(s) + (1 - weight) * size * NORMAL[name] for name, s in zip(LEVELS, seen, strict=True)}


def _deviation(mean: Floats, variance: float) -> Floats:
    return np.asarray(0.5 * np.sqrt(1.0 + variance * mean))
