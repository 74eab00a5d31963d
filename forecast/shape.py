"""The course of a day: which share of its contacts comes in each slot."""

import numpy as np
from numpy.typing import NDArray

from forecast.calendar import HOLIDAY_SHAPE, SHAPES, WORKDAY_SHAPE
from forecast.history import Bools, Floats

HALF_LIFE_DAYS = 180.0
PRIOR_CONTACTS = 200.0  # weekdays are taken to differ by 1/√200 = 7% in a slot
MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
EVERY_WEEKDAY = (0, 1, 2, 3, 4, 5, 6)
KERNEL = np.array([1.0, 2.0, 3.0, 2.0, 1.0])


def shapes(offered: Floats, classes: NDArray[np.int64], current: Bools) -> Floats:
    """Shape (SHAPES, slots): shares, positive everywhere, that sum to 1 over the current slots of the class.

    A weighted mean, recent days first, that leans on the course of similar days where contacts are few.
    `offered` (days, slots) with NaN where nothing is known, `classes` each day's shape class, `current` (7, slots).
    Raises ValueError where no contacts are known.
    """
    counts, exposure = tallies(offered, classes)
    if not counts.sum():
        raise ValueError("the history holds no contacts")

    def told(members: tuple[int, ...], prior: Floats) -> Floats:
        return _leaning(counts[list(members)].sum(axis=0), exposure[list(members)].sum(axis=0), prior)

    every = EVERY_WEEKDAY if counts[list(EVERY_WEEKDAY)].any() else tuple(range(SHAPES))
    everyday = told(every, _smooth(counts[list(every)].sum(axis=0), exposure[list(every)].sum(axis=0)))
    weekday = told(MONDAY_TO_FRIDAY, everyday)
    result = np.vstack(
        [told((day,), weekday if day in MONDAY_TO_FRIDAY else everyday) for day in EVERY_WEEKDAY]
        + [told((HOLIDAY_SHAPE,), everyday), told((WORKDAY_SHAPE,), weekday)]
    )
    usual = np.vstack([current, current.any(axis=0), current[:5].any(axis=0)])
    usual[~usual.any(axis=1)] = current.any(axis=0)
    return np.asarray(result / np.sum(result, axis=1, where=usual, keepdims=True))


def tallies(offered: Floats, classes: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Contacts and days seen by class and slot, both counted less the older they are."""
    recency = 0.5 ** (np.arange(len(offered), 0, -1) / HALF_LIFE_DAYS)
    member = (classes == np.arange(SHAPES)[:, None]) * recency
    seen = ~np.isnan(offered)
    return member @ np.where(seen, offered, 0.0), member @ seen.astype(float)


def _leaning(counts: Floats, exposure: Floats, prior: Floats) -> Floats:
    """Gamma-Poisson mean: the rate seen in each slot, drawn towards the prior course at this class's own level."""
    if not counts.any():
        return prior
    level = counts.sum() / (exposure @ prior)
    pseudo = PRIOR_CONTACTS / (level * prior[exposure > 0].mean())
    return np.asarray((counts + pseudo * level * prior) / (exposure + pseudo))


def _smooth(counts: Floats, exposure: Floats) -> Floats:
    """Rates over neighbouring slots, at least half a contact in all days seen; the nearest where none were seen."""
    near, seen = _around_the_clock(counts), _around_the_clock(exposure)
    known = np.flatnonzero(seen > 0)
    distance = np.abs(np.arange(len(counts))[:, None] - known)
    nearest = known[np.argmin(np.minimum(distance, len(counts) - distance), axis=1)]
    return np.asarray(np.maximum(near[nearest], 0.5) / seen[nearest])


def _around_the_clock(values: Floats) -> Floats:
    reach = len(KERNEL) // 2
    padded = np.concatenate([values[-reach:], values, values[:reach]])
    return np.convolve(padded, KERNEL / KERNEL.sum(), mode="valid")
