"""The course of a day as a smooth curve: a Poisson regression on harmonics of the clock, weekday by weekday."""

import numpy as np
from numpy.typing import NDArray

from forecast.history import Bools, Floats
from forecast.level import poisson_fit
from forecast.shape import tallies

HARMONICS = 6


def harmonic_shapes(offered: Floats, classes: NDArray[np.int64], current: Bools, mean_shapes: Floats) -> Floats:
    """Shape (SHAPES, slots): shares that sum to 1 over the slots in use of a weekday; other classes as `mean_shapes`.

    Tallies by slot are sufficient for the regression, so that its size does not grow with history.
    """
    counts, exposure = tallies(offered, classes)
    slots = counts.shape[1]
    result = mean_shapes.copy()
    for weekday in range(7):
        used = current[weekday] & (exposure[weekday] > 0)
        waves = min(HARMONICS, int(used.sum()) // 4)
        if waves < 1 or not counts[weekday, used].sum():
            continue
        # The clock turns once over the span in use: a queue closed at night is not bent to meet itself at dawn.
        place = np.flatnonzero(used)
        turn = (place - place[0]) / (slots if used.all() else 2 * (place[-1] - place[0] + 1))
        angles = 2 * np.pi * turn[:, None] * np.arange(1, waves + 1)
        design = np.hstack([np.ones((len(place), 1)), np.cos(angles), np.sin(angles)])
        coefficients = poisson_fit(counts[weekday, used], design, exposure=exposure[weekday, used])
        curve = np.exp(np.clip(design @ coefficients, -30, 30))
        result[weekday, used] = curve / curve.sum() * result[weekday, used].sum()
    return result
