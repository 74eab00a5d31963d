"""Contacts and handling times: the true means of a centre, and a history drawn from them."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sample_data.blueprint import Blueprint, Stream, chance
from sample_data.centres import blueprint
from sample_data.seasons import day_levels, free_days

Floats = NDArray[np.float64]
DAY_SPREAD = 0.03  # of a day of one queue; half of it again is shared by all queues
INTERVAL_SPREAD = 0.05
CALL_SPREAD = 0.8  # standard deviation of one contact's handling time, as a share of the mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """True means by interval: `offered` and `aht_seconds` of shape (queues, intervals), 0 and nan where closed.

    `starts` are aware, `clock` is minutes past local midnight, `day` counts dates from the first.
    """

    starts: pd.DatetimeIndex
    clock: NDArray[np.int64]
    day: NDArray[np.int64]
    offered: Floats
    aht_seconds: Floats


def true_means(centre: str, seed: int | None = None) -> pd.DataFrame:
    """What a perfect forecast of the planned week would say: start (aware), queue, offered, aht_seconds.

    The means do not depend on chance; `seed` is taken so that a test can name a centre by both.
    """
    return planned_means(blueprint(centre, seed=seed))


def planned_means(plan: Blueprint) -> pd.DataFrame:
    """True means of the week after the history, closed intervals as 0 contacts."""
    means = all_means(plan)
    inside = means.starts >= pd.Timestamp(plan.monday, tz=plan.timezone)
    starts = means.starts[inside]
    rows = {
        "start": starts.append([starts] * (len(plan.streams) - 1)),
        "queue": np.repeat(np.array([stream.queue for stream in plan.streams], dtype=object), len(starts)),
        "offered": means.offered[:, inside].reshape(-1),
        "aht_seconds": means.aht_seconds[:, inside].reshape(-1),
    }
    return pd.DataFrame(rows)


def history(plan: Blueprint, seed: int) -> pd.DataFrame:
    """Rows of history.csv, in order of queue and time, `start` as the text that files carry."""
    means = all_means(plan)
    inside = np.flatnonzero(means.starts < pd.Timestamp(plan.monday, tz=plan.timezone))
    text = wall_text(means.starts[inside])
    common = chance(seed, "all queues").gamma(4 / DAY_SPREAD**2, DAY_SPREAD**2 / 4, means.day.max() + 1)
    tables = []
    for q, stream in enumerate(plan.streams):
        rng = chance(seed, stream.queue)
        mean = means.offered[q, inside] * _outages(plan, stream, means, inside) * common[means.day[inside]]
        kept = (means.offered[q, inside] > 0) & ~_missing(plan, len(inside), rng)
        drawn = _draw(stream, mean[kept], means.aht_seconds[q, inside][kept], means.day[inside][kept], rng)
        tables.append(drawn.assign(start=text[kept], queue=stream.queue))
    return pd.concat(tables)[["start", "queue", "offered", "aht_seconds", "abandoned"]]


def all_means(plan: Blueprint) -> Means:
    """True means of the history and the planned week after it, scaled to the centre's contacts a week."""
    days = 7 * (plan.weeks_of_history + 1)
    begin = pd.Timestamp(plan.first, tz=plan.timezone)
    end = pd.Timestamp(plan.first + timedelta(days=days), tz=plan.timezone)
    starts = pd.date_range(begin, end, freq=f"{plan.interval_minutes}min", inclusive="left")
    wall = starts.tz_localize(None)
    clock = (wall.hour * 60 + wall.minute).to_numpy(dtype=np.int64)
    day = (wall.normalize() - wall[0].normalize()).days.to_numpy(dtype=np.int64)
    dates = [plan.first + timedelta(days=i) for i in range(days)]
    levels, free = day_levels(plan, dates), free_days(plan, dates)
    shapes = [_shape(plan, stream, dates, free, clock, day) for stream in plan.streams]
    offered = np.array(shapes) * levels[:, day]
    past = day < days - 7
    for q, stream in enumerate(plan.streams):
        wanted = stream.share * plan.contacts_per_week * plan.weeks_of_history
        offered[q] *= wanted / offered[q, past].sum()
    aht = np.array([_aht(stream, clock) for stream in plan.streams])
    return Means(starts=starts, clock=clock, day=day, offered=offered, aht_seconds=np.where(offered > 0, aht, np.nan))


def wall_text(times: pd.DatetimeIndex) -> NDArray[np.object_]:
    """ISO 8601 local wall time to the minute; with an offset where the clock shows it twice."""
    wall = times.tz_localize(None)
    hour = pd.Timedelta(hours=1)
    twice = ((times + hour).tz_localize(None) == wall) | ((times - hour).tz_localize(None) == wall)
    text = np.datetime_as_string(wall.to_numpy(), unit="m").astype(object)
    for i in np.flatnonzero(twice):
        text[i] = times[int(i)].isoformat(timespec="minutes")
    return text


def _shape(
    plan: Blueprint,
    stream: Stream,
    dates: list[date],
    free: NDArray[np.bool_],
    clock: NDArray[np.int64],
    day: NDArray[np.int64],
) -> Floats:
    """Level of each interval within its day, 0 where the queue is closed."""
    middle = (clock + plan.interval_minutes / 2) / 60
    hours = np.arange(-1, 25) + 0.5
    working, off = (
        np.interp(middle, hours, [levels[-1], *levels, levels[0]]) / sum(levels)
        for levels in (stream.working_day, stream.free_day)
    )
    opening = np.array([_opening(stream, date_) for date_ in dates])[day]
    is_open = (clock >= opening[:, 0]) & (clock < opening[:, 1])
    return np.where(is_open, np.where(free[day], off, working), 0.0)


def _opening(stream: Stream, day: date) -> tuple[int, int]:
    if stream.hours is None:
        return (0, 1440)
    return stream.dates_open.get(day) or stream.hours[day.weekday()] or (0, 0)


def _aht(stream: Stream, clock: NDArray[np.int64]) -> Floats:
    """Handling takes longest in the late evening and is shortest in the morning."""
    return stream.aht_seconds * (1 + 0.06 * np.cos(2 * np.pi * (clock / 60 - 22) / 24))


def _outages(plan: Blueprint, stream: Stream, means: Means, inside: NDArray[np.int64]) -> Floats:
    factor = np.ones(len(inside))
    clock, day = means.clock[inside], means.day[inside]
    for special in plan.special_dates:
        if special.kind == "outage" and special.queue in (None, stream.queue):
            on_day = day == (special.date - plan.first).days
            factor[on_day & (clock >= special.hours[0]) & (clock < special.hours[1])] = special.effect
    return factor


def _missing(plan: Blueprint, intervals: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """A recorder that failed now and then, each time for some intervals in a row."""
    lost = np.zeros(intervals, dtype=bool)
    for begin in rng.integers(0, intervals, plan.missing_runs):
        lost[begin : begin + rng.integers(3, 15)] = True
    return lost


def _draw(stream: Stream, mean: Floats, aht: Floats, day: NDArray[np.int64], rng: np.random.Generator) -> pd.DataFrame:
    """Gamma-Poisson counts: more varied than chance alone by a factor of the day and one of the interval."""
    by_day = rng.gamma(1 / DAY_SPREAD**2, DAY_SPREAD**2, int(day.max()) + 1)[day]
    by_interval = rng.gamma(1 / INTERVAL_SPREAD**2, INTERVAL_SPREAD**2, len(mean))
    offered = rng.poisson(mean * by_day * by_interval)
    impatient = 0.0 if stream.channel == "deferred" else float(rng.uniform(0.02, 0.04))
    abandoned = rng.binomial(offered, impatient)
    handled = offered - abandoned
    noise = rng.normal(0, CALL_SPREAD, len(mean)) / np.sqrt(np.maximum(handled, 1))
    seconds = np.round(aht * np.clip(1 + noise, 0.25, 3.0), 1)
    return pd.DataFrame(
        {"offered": offered, "aht_seconds": np.where(handled > 0, seconds, np.nan), "abandoned": abandoned}
    )
