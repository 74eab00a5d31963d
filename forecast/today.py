"""A week under way told anew: the days to come from all that is known, the rest of today from its first hours."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd

from forecast.handling import handling_update
from forecast.history import Floats
from forecast.intraday import update
from forecast.model import WEEK, tried
from forecast.queue_week import QueueWeek
from forecast.rolling import Rolling
from wfm.centre import Centre
from wfm.clock import Week
from wfm.demand import LEVELS
from wfm.opening import wall_clock


def complete_by(centre: Centre, week: Week, now: datetime) -> Centre:
    """The centre with the rows of history that were complete at a moment of the week; ValueError for one outside it."""
    if not week.holds(now):
        raise ValueError(f"a moment of the week of {week.monday} is expected, got {now:%Y-%m-%dT%H:%M}")
    complete = centre.history["start"] + pd.Timedelta(minutes=week.interval_minutes) <= pd.Timestamp(now)
    return replace(centre, history=pd.DataFrame(centre.history[complete]).reset_index(drop=True))


def told_anew(
    rolling: dict[str, Rolling], week: Week, now: datetime, monday: list[QueueWeek], anew: list[QueueWeek]
) -> list[QueueWeek]:
    """The week as it is told at a moment of it, from what was told on Monday and what is told from this morning on.

    `rolling` has what is seen of each queue by that moment, today's first hours included.
    """
    minute = week.minute(now)
    today = week.day_of(minute)
    begun = week.midnight(today) // week.interval_minutes
    return [
        _rest_of_today(_spliced(old, new, interval=begun, day=today), seen, week, minute)
        for seen, old, new in zip(rolling.values(), monday, anew, strict=True)
    ]


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


def _rest_of_today(told: QueueWeek, rolling: Rolling, week: Week, minute: int) -> QueueWeek:
    """What is still to come of today by what has come; history ends with today where today has a row."""
    history = rolling.history
    day = week.day_of(minute)
    today = week.date_of(day).toordinal()
    if history.end != today + 1:
        return replace(told, caveats=(*told.caveats, "no row of today yet: told as of this morning"))
    days, clocks = wall_clock(week)
    slot = int(clocks[minute // week.interval_minutes]) // week.interval_minutes
    coming = (days == day) & (np.arange(week.intervals) >= minute // week.interval_minutes)
    expected = _by_slot(told.offered, week, day, history.offered.shape[1])
    trials, method = tried(rolling, end=today, days=WEEK)
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
    free = rolling.calendar.part(history.first, history.end).free
    handling = handling_update(history, _by_slot(told.aht_seconds, week, day, history.offered.shape[1]), free, slot)
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
