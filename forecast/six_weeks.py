"""The six-week mean: what planners use, with what they have named left out of it and its learned effect on top.

It is the guard-rail of all other methods, so that it must not be worse than the plain mean. Effects of public holidays
and the days about them are learned from a year on: from a shorter history they are noise.
"""

import numpy as np

from forecast.average import weekday_mean
from forecast.calendar import CHANGED, EVENT, Calendar
from forecast.history import Bools, Floats, QueueHistory
from forecast.level import DayTotals

WEEKS_AVERAGED = 6
LEAST = 0.5 / WEEKS_AVERAGED  # half a contact in the weeks averaged: what is open is never nothing
HOLIDAYS_FROM_DAYS = 365


def six_week_mean(
    history: QueueHistory, before: Calendar, coming: Calendar, *, shapes: Floats, level: DayTotals | None
) -> Floats:
    """Contacts of the coming dates, shape (days, slots): the mean of the last six ordinary days of the weekday."""
    mean = weekday_mean(history, weeks=WEEKS_AVERAGED, left_out=special_dates(history, before))
    return moved(mean, history, coming, shapes=shapes, level=level)


def special_dates(history: QueueHistory, before: Calendar) -> Bools | None:
    """Shape (days,): dates that are no measure of ordinary ones; None where most of the latest are special.

    From a year on a date with any label is special; before, holidays, working weekends and named events are.
    """
    long = history.days >= HOLIDAYS_FROM_DAYS
    special = np.array([any(long or _by_itself(label) for label in labels) for labels in before.labels], dtype=bool)
    return None if special[-7 * WEEKS_AVERAGED :].mean() > 0.5 else special


def moved(mean: Floats, history: QueueHistory, coming: Calendar, *, shapes: Floats, level: DayTotals | None) -> Floats:
    """Contacts of the coming dates, shape (days, slots), from those of ordinary weekdays, shape (7, slots).

    From a year on a date is moved by all of its labels; before, by its events alone. Where no row is, it is the
    weekday's level at the queue's shape, `shapes` by class. `level` has the effects learned, None where none could be.
    """
    told = coming.weekdays @ _filled(mean, shapes[:7])
    if level is not None:
        effect = level.effect if history.days >= HOLIDAYS_FROM_DAYS else level.event_effect
        told *= np.where(np.isfinite(effect), effect, 1.0)[:, None]
    return np.asarray(told)


def _by_itself(label: str) -> bool:
    """Whether a date of this label is special itself and not only near one that is."""
    return label in CHANGED or label.startswith(EVENT)


def _filled(mean: Floats, usual: Floats) -> Floats:
    """Both of shape (7, slots): the mean, where it has no row the usual shares at the weekday's level."""
    known: Bools = np.isfinite(mean)
    share = np.where(known, usual, 0.0).sum(axis=1)
    level = np.divide(np.nansum(mean, axis=1), share, out=np.zeros(7), where=share > 0)
    level = np.where(share > 0, level, level[share > 0].mean())
    guess = np.maximum(level, LEAST)[:, None] * usual
    some, none = known & (np.nan_to_num(mean) > 0), known & ~(np.nan_to_num(mean) > 0)
    traces = np.where(none, np.minimum(guess, LEAST), 0.0)
    # What slots without a contact are given is taken from the others: a quiet weekday keeps its level.
    seen = np.where(some, mean, 0.0).sum(axis=1)
    kept = 1 - np.divide(traces.sum(axis=1), seen, out=np.zeros(7), where=seen > 0)
    return np.where(some, mean * np.maximum(kept, LEAST)[:, None], np.where(none, traces, guess))
