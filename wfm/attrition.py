"""How many are still there: the survival curve of employment; docs/capacity.md derives it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

WEEKS_A_YEAR = 365.25 / 7
WEEKS_A_MONTH = WEEKS_A_YEAR / 12
HALVINGS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """Constant hazards a week, `early` in the first `early_weeks` of employment and `late` after them."""

    early: float
    late: float
    early_weeks: float

    def share(self, weeks: ArrayLike) -> Floats:
        """Share of those hired together that is still employed after so many weeks (0 or more)."""
        tenure = np.maximum(np.asarray(weeks, dtype=float), 0.0)
        first = np.minimum(tenure, self.early_weeks)
        return np.asarray(np.exp(-self.early * first - self.late * (tenure - first)))

    def staying(self, tenure: ArrayLike, weeks: ArrayLike) -> Floats:
        """Share of those with so many weeks of employment that stays so many more; broadcast."""
        first = np.maximum(np.asarray(tenure, dtype=float), 0.0)
        return np.asarray(self.share(first + np.asarray(weeks, dtype=float)) / self.share(first))


def survival(*, annual: float, first_months: float, first_months_factor: float) -> Survival:
    """The curve by which a steady population loses the share `annual` of its members within a year.

    Steady: as many are hired as leave, so that tenures are spread as the curve itself. The share lost is that of the
    people there today who are gone a year on, as in the requirement; it grows with the hazard, which is found by
    halving. ValueError for a share outside 0 to 1 (1 excluded) or a factor that is not above 0.
    """
    if not 0 <= annual < 1 or first_months_factor <= 0 or first_months < 0:
        raise ValueError(
            "annual of at least 0 and below 1, first_months of at least 0 and a factor above 0 are expected, got "
            f"{annual}, {first_months} and {first_months_factor}"
        )
    weeks = first_months * WEEKS_A_MONTH

    def curve(late: float) -> Survival:
        return Survival(early=late * first_months_factor, late=late, early_weeks=weeks)

    if annual == 0:
        return curve(0.0)
    low, high = 0.0, 1.0
    while yearly_loss(curve(high)) < annual:
        high *= 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if yearly_loss(curve(middle)) < annual else (low, middle)
    return curve(high)


def yearly_loss(found: Survival) -> float:
    """Share of a steady population that is gone after a year: 1 − ∫ S from a year on / ∫ S from 0 on."""
    if found.late == 0:
        return 0.0
    return 1.0 - _beyond(found, WEEKS_A_YEAR) / _beyond(found, 0.0)


def _beyond(found: Survival, weeks: float) -> float:
    """∫ S from so many weeks on."""
    left = max(0.0, found.early_weeks - weeks)
    at_first = float(found.share(weeks)) * -np.expm1(-found.early * left) / found.early
    return float(at_first + found.share(max(weeks, found.early_weeks)) / found.late)
