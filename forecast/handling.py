"""Handling time over the day, weighted by the contacts that were handled."""

import numpy as np

from forecast.history import Bools, Floats, QueueHistory, weekday

HALF_LIFE_DAYS = 60.0
# A slot's own mean outweighs the queue's from so many contacts on: single times stray about as much as they
# last (1), slots by a twentieth (0.05), and (1 / 0.05)² = 400.
PRIOR_CONTACTS = 400.0
WEEKEND_FROM = 5


def handling_times(history: QueueHistory, left_out: Bools) -> Floats | None:
    """Shape (7, slots): seconds by weekday and slot, alike on working days and alike at weekends; None if unknown.

    An unweighted mean would be too low: long times come with busy slots.
    """
    known = np.isfinite(history.aht_seconds) & (history.aht_seconds > 0) & ~left_out[:, None]
    handled = history.offered - np.nan_to_num(history.abandoned)
    recency = 0.5 ** (np.arange(history.days, 0, -1) / HALF_LIFE_DAYS)
    weight = np.where(known, np.maximum(np.nan_to_num(handled), 0.0), 0.0)
    if not weight.any():
        weight = known.astype(float)
    if not weight.any():
        return None
    seconds = np.where(known, history.aht_seconds, 0.0)
    aged = weight * recency[:, None]
    mean = np.sum(aged * seconds) / np.sum(aged)
    weekend = weekday(history.ordinals) >= WEEKEND_FROM
    slots = [_shrunk(weight[days], seconds[days], recency[days], mean) for days in (~weekend, weekend)]
    return np.stack([slots[int(day >= WEEKEND_FROM)] for day in range(7)])


def _shrunk(weight: Floats, seconds: Floats, recency: Floats, mean: float) -> Floats:
    contacts = recency @ weight
    return np.asarray((recency @ (weight * seconds) + PRIOR_CONTACTS * mean) / (contacts + PRIOR_CONTACTS))
