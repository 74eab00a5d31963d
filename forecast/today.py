"""A week under way told anew: the days to come from all that is known, the rest of today from its first hours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd

from forecast.calendar import queue_calendar
from forecast.handling import handling_update
from forecast.history import Floats, QueueHistory, queue_histories
from forecast.intraday import update
from forecast.model import WEEK, tried
from forecast.queue_week import QueueWeek
from wfm.centre import Centre
from wfm.clock import Week
from wfm.demand import LEVELS
from wfm.opening import wall_clock

Tell = Callable[[Centre, Week, int], list[QueueWeek]]


def told_anew(centre: Centre, week: Week, now: datetime, monday: list[QueueWeek], tell: Tell) -> list[QueueWeek]:
    """The week as it is told at a moment of it, from what was told on Monday; `tell` tells all queues from a day on."""
    minute = week.minute(now)
    if not 0 <= minute < week.minutes:
        raise ValueError(f"a moment of the week of {week.monday} is expected, got {now:%Y-%m-%dT%H:%M}")
    complete = centre.history["start"] + pd.Timedelta(minutes=week.interval_minutes) <= pd.Timestamp(now)
    known = replace(centre, history=pd.DataFrame(centre.history[complete]).reset_index(drop=True))
    today = week.day_of(minute)
    begun = week.midnight(today) // week.interval_minutes
    seen = queue_histories(known, before=week.date_of(today + 1))
    anew = tell(known, week, today) if today else monday
    found = []
    for queue, old, new in zip(centre.queues, monday, anew, strict=True):
        spliced = _spliced(old, new, interval=begun, day=today)
        found.append(_rest_of_today(spliced, seen[queue], centre, week, minute))
    return found


def _spliced(old: QueueWeek, new: QueueWeek, *, interval: int, day: int) -> QueueWeek:
    """The old week up to an interval (and a day), the new one from there on."""

    def joined(before: Floats, after: Floats, at: int) -> Floats:
        return np.concatenate([before[:at], after[at:]])

    return replace(
        new,
        offered=joined(old.offered, new.offered, interval),
        limits={name: joined(old.limits[name], new.limits[name], interval) for name in LEVELS},
        day_limits={name: joined(old.day_limits[name], new.day_limits[name], day) for name in LEVELS},
        aht_seconds=joined(old.aht_seconds, new.aht_seconds, interval),
        aht_limits={name: joined(old.aht_limits[name], new.aht_limits[name], interval) for name in LEVELS},
    )


def _rest_of_today(told: QueueWeek, history: QueueHistory, centre: Centre, week: Week, minute: int) -> QueueWeek:
    """What is still to come of today by what has come; `history` ends with today where today has a row."""
    day = week.day_of(minute)
    today = week.date_of(day).toordinal()
    if history.end != today + 1:
        return replace(told, caveats=(*told.caveats, "no row of today yet: told as of this morning"))
    days, clocks = wall_clock(week)
    slot = int(clocks[minute // week.interval_minutes]) // week.interval_minutes
    coming = (days == day) & (np.arange(week.intervals) >= minute // week.interval_minutes)
    expected = _by_slot(told.offered, week, day, history.offered.shape[1])
    calendar = queue_calendar(centre, history.queue, start=history.first, end=today + WEEK)
    trials, method = tried(history.until(today), calendar, days=WEEK)
    volume = update(
        came=history.offered[-1], expected=expected, past=trials.actual, told=trials.means[method], slot=slot
    )
    offered = np.where(coming, told.offered * volume.factor, told.offered)
    limits = {
        n: np.where(coming & (offered > 0), limit, told.limits[n]) for n, limit in volume.band.limits(offered).items()
    }
    counted = np.where(np.isfinite(history.offered[-1, :slot]), history.offered[-1, :slot], expected[:slot]).sum()
    day_limits = {name: limit.copy() for name, limit in told.day_limits.items()}
    for name, limit in volume.rest_band.limits(offered[coming].sum(keepdims=True)).items():
        day_limits[name][day] = counted + limit[0]
    handling = handling_update(history, _by_slot(told.aht_seconds, week, day, history.offered.shape[1]), slot)
    longer = np.where(coming, handling, 1.0)
    said = (
        f"{volume.ratio - 1:+.1%} contacts so far today: the rest is taken at {volume.factor - 1:+.1%}, "
        f"its handling time at {handling - 1:+.1%}"
    )
    return replace(
        told,
        offered=offered,
        limits=limits,
        day_limits=day_limits,
        aht_seconds=told.aht_seconds * longer,
        aht_limits={name: limit * longer for name, limit in told.aht_limits.items()},
        caveats=(*told.caveats, said),
    )


def _by_slot(values: Floats, week: Week, day: int, slots: int) -> Floats:
    """A day's intervals by slot of the wall clock; a slot that the day does not have holds nothing."""
    days, clocks = wall_clock(week)
    found = np.zeros(slots)
    found[clocks[days == day] // week.interval_minutes] = values[days == day]
    return found
