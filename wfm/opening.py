"""When a queue is open in the planned week."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.centre import Centre, OpeningHours
from wfm.clock import Week

Bools = NDArray[np.bool_]

LOOKBACK_DAYS = 56  # without hours, a weekday's slot with no row for so long is closed
DAY = 1440


def open_intervals(centre: Centre, week: Week) -> Bools:
    """Shape (queues, intervals): open where the interval's start lies inside the queue's hours by the wall clock.

    Rows of a date replace the weekday's; hours past midnight reach into the next date. A queue without rows in
    hours.csv is open in the slots of a weekday in which the last eight weeks of history have a row. On a date of
    kind `closed` no interval is open and no hours begin, whatever the day before still had open after midnight.
    """
    days, clocks = wall_clock(week)
    opened = np.zeros((len(centre.queues), week.intervals), dtype=bool)
    stated = {row.queue for row in centre.hours or ()}
    recent = _recent_rows(centre, week)
    for row, queue in enumerate(centre.queues):
        closed = _closed_days(centre, week, queue)
        if queue in stated:
            opened[row] = _by_hours([h for h in centre.hours or () if h.queue == queue], closed, week, days, clocks)
        else:
            opened[row] = recent[row, days % 7, clocks // week.interval_minutes]
        opened[row, np.isin(days, list(closed))] = False
    return opened


def wall_clock(week: Week) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Day of the week (0 = Monday) and minutes past midnight that the clock shows at each interval's start."""
    origin = pd.Timestamp(week.wall(0)).tz_convert("UTC")
    elapsed = pd.to_timedelta(np.arange(week.intervals) * week.interval_minutes, unit="min")
    wall = (origin + elapsed).tz_convert(week.timezone).tz_localize(None)
    minutes = ((wall - pd.Timestamp(week.monday)) // pd.Timedelta(minutes=1)).to_numpy(dtype=np.int64)
    return minutes // DAY, minutes % DAY


def _closed_days(centre: Centre, week: Week, queue: str) -> set[int]:
    rows = (s for s in centre.special_days if s.kind == "closed" and s.queue in (None, queue))
    return {week.day(s.date) for s in rows}


def _by_hours(
    rows: list[OpeningHours], closed: set[int], week: Week, days: NDArray[np.int64], clocks: NDArray[np.int64]
) -> Bools:
    opened = np.zeros(len(days), dtype=bool)
    minute = days * DAY + clocks
    for day in range(-1, 7):
        if day in closed:
            continue
        for hours in _hours_on(rows, week.date_of(day)):
            opened |= (minute >= day * DAY + hours.open) & (minute < day * DAY + hours.close)
    return opened


def _hours_on(rows: list[OpeningHours], day: date) -> list[OpeningHours]:
    dated = [row for row in rows if row.date == day]
    return dated or [row for row in rows if row.date is None and row.weekday == day.weekday()]


def _recent_rows(centre: Centre, week: Week) -> Bools:
    """Shape (queues, 7, slots): whether the last eight weeks of history before the week have a row there."""
    seen = np.zeros((len(centre.queues), 7, DAY // week.interval_minutes), dtype=bool)
    history = centre.history
    if history.empty:
        return seen
    before = (history["start"] < pd.Timestamp(week.wall(0))).to_numpy()
    wall = history["start"].dt.tz_localize(None)[before]
    if wall.empty:
        return seen
    days = wall.dt.normalize()
    recent = (days > days.max() - pd.Timedelta(days=LOOKBACK_DAYS)).to_numpy()
    wall = wall[recent]
    queue = pd.Index(list(centre.queues)).get_indexer(pd.Index(history["queue"][before][recent]))
    slot = ((wall.dt.hour * 60 + wall.dt.minute) // week.interval_minutes).to_numpy()
    known = queue >= 0
    seen[queue[known], wall.dt.weekday.to_numpy()[known], slot[known]] = True
    return seen
