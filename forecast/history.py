"""The history of a queue laid out by date and slot of the day, as all of this package reads it."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.centre import Centre

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DAY = 1440
RECENT_DAYS = 56


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueHistory:
    """Contacts and handling time of a queue; arrays have shape (days, slots of the wall clock), NaN where no row is.

    `first` is the proleptic ordinal of the first date. An hour that the clock shows twice counts with its mean.
    """

    queue: str
    first: int
    offered: Floats
    abandoned: Floats
    aht_seconds: Floats

    @property
    def days(self) -> int:
        """Number of dates from the first to the last."""
        return len(self.offered)

    @property
    def end(self) -> int:
        """Ordinal of the date after the last."""
        return self.first + self.days

    @property
    def ordinals(self) -> NDArray[np.int64]:
        """Ordinal of every date."""
        return np.arange(self.first, self.end)

    def until(self, end: int) -> "QueueHistory":
        """What was known at the beginning of a date given by its ordinal."""
        keep = max(0, end - self.first)
        return QueueHistory(
            queue=self.queue,
            first=self.first,
            offered=self.offered[:keep],
            abandoned=self.abandoned[:keep],
            aht_seconds=self.aht_seconds[:keep],
        )


def weekday(ordinals: NDArray[np.int64]) -> NDArray[np.int64]:
    """Weekday (0 = Monday) of dates given as proleptic ordinals."""
    return (ordinals + 6) % 7


def queue_histories(centre: Centre, *, before: date) -> dict[str, QueueHistory]:
    """History of every queue of the centre up to a date; all end on the last date that any of them has."""
    table = centre.history
    wall = table["start"].dt.tz_localize(None).to_numpy(dtype="datetime64[m]").astype(np.int64)
    day, minute = wall // DAY + date(1970, 1, 1).toordinal(), wall % DAY
    offered = table["offered"].to_numpy(dtype=float)
    usable = (day < before.toordinal()) & np.isfinite(offered)
    slot = minute // centre.interval_minutes
    end = int(day[usable].max()) + 1 if usable.any() else before.toordinal()
    row = pd.Index(list(centre.queues)).get_indexer(pd.Index(table["queue"]))
    values = (offered, table["abandoned"].to_numpy(dtype=float), table["aht_seconds"].to_numpy(dtype=float))
    histories = {}
    for number, queue in enumerate(centre.queues):
        rows = usable & (row == number)
        first = int(day[rows].min()) if rows.any() else end
        shape = (end - first, DAY // centre.interval_minutes)
        cell = (day[rows] - first) * shape[1] + slot[rows]
        laid = [_mean_of_cells(cell, column[rows], shape) for column in values]
        histories[queue] = QueueHistory(
            queue=queue, first=first, offered=laid[0], abandoned=laid[1], aht_seconds=laid[2]
        )
    return histories


def current_slots(history: QueueHistory) -> Bools:
    """Shape (7, slots): slots of a weekday with a row in the last eight weeks; ever, where a weekday has none."""
    seen = ~np.isnan(history.offered)
    days = weekday(history.ordinals)
    recent = seen[-RECENT_DAYS:]
    slots = np.zeros((7, seen.shape[1]), dtype=bool)
    for day in range(7):
        slots[day] = recent[days[-RECENT_DAYS:] == day].any(axis=0)
        if not slots[day].any():
            slots[day] = seen[days == day].any(axis=0)
    return slots


def to_the_week_s_end(history: QueueHistory) -> QueueHistory:
    """The history with the rest of its last week where that has no slot in use: closed at weekends, it is whole."""
    rest = -(history.end + 6) % 7
    if current_slots(history)[7 - rest :].any():
        return history
    nothing = np.full((rest, history.offered.shape[1]), np.nan)
    return replace(
        history,
        offered=np.vstack([history.offered, nothing]),
        abandoned=np.vstack([history.abandoned, nothing]),
        aht_seconds=np.vstack([history.aht_seconds, nothing]),
    )


def _mean_of_cells(cell: NDArray[np.int64], values: Floats, shape: tuple[int, int]) -> Floats:
    known = np.isfinite(values)
    size = shape[0] * shape[1]
    count = np.bincount(cell[known], minlength=size)
    total = np.bincount(cell[known], weights=values[known], minlength=size)
    mean = np.divide(total, count, out=np.full(size, np.nan), where=count > 0)
    return np.asarray(mean.reshape(shape))
