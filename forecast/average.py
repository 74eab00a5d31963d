"""The averages that planners use: the mean of the last weeks, weekday by weekday and slot by slot."""

import numpy as np

from forecast.history import Bools, Floats, QueueHistory, weekday


def weekday_mean(history: QueueHistory, *, weeks: int, left_out: Bools | None = None) -> Floats:
    """Shape (7, slots): mean of the rows in the last `weeks` same weekdays; NaN where there was never a row.

    Days in `left_out` are passed over for older ones. A slot without a row in these weeks has the mean of all.
    """
    days = weekday(history.ordinals)
    kept = np.ones(history.days, dtype=bool) if left_out is None else ~left_out
    result = np.empty((7, history.offered.shape[1]))
    for day in range(7):
        recent = _known_mean(history.offered[kept & (days == day)][-weeks:])
        result[day] = np.where(np.isnan(recent), _known_mean(history.offered[days == day]), recent)
    return result


def _known_mean(rows: Floats) -> Floats:
    seen = ~np.isnan(rows)
    count = seen.sum(axis=0)
    total = np.where(seen, rows, 0.0).sum(axis=0)
    return np.asarray(np.divide(total, count, out=np.full(rows.shape[1], np.nan), where=count > 0))
