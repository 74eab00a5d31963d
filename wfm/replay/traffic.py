"""The contacts of one run: how many come when, what each takes, how long it waits and whether it comes again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.centre import Centre, Channel, ReplayAssumptions
from wfm.clock import Week
from wfm.demand import Forecast
from wfm.replay.engine import Contacts, Floats, Ints

_NORMAL_80 = 2 * 1.2815515655446004  # deviations between P10 and P90


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What is expected; `offered` and `aht_seconds` have shape (queues, intervals), `day` (intervals,) is each one's date.

    `spread` (queues, 7) is the variance of a date's factor, what chance does to counts left out. `patience` (queues,) is
    the mean in seconds, inf where nobody leaves. `due` (queues,) is the threshold of deferred work in seconds, else 0.
    """

    offered: Floats
    aht_seconds: Floats
    interval_seconds: float
    day: Ints
    spread: Floats
    patience: Floats
    due: Floats
    assumed: ReplayAssumptions


def expected(centre: Centre, forecast: Forecast) -> Traffic:
    """The forecast's contacts with its uncertainty by date; none where the forecast has no limits of dates."""
    week = forecast.week
    queues = [centre.queues[name] for name in forecast.queues]
    return Traffic(
        offered=forecast.offered,
        aht_seconds=forecast.aht_seconds,
        interval_seconds=week.interval_minutes * 60.0,
        day=_days(week),
        spread=_spread(forecast),
        patience=np.array([queue.patience_seconds or np.inf for queue in queues]),
        due=np.array([queue.threshold_seconds if queue.channel is Channel.DEFERRED else 0.0 for queue in queues]),
        assumed=centre.replay,
    )


def contacts(traffic: Traffic, seed: np.random.SeedSequence) -> Contacts:
    """One draw of the week; the same seed gives the same factors of dates whatever is expected.

    Deferred work of the week before that is still to be done is there when the week begins: of what came in the time
    up to the threshold, so much as is not due yet when work is done evenly.
    """
    # Not seed.spawn, which gives others the second time it is asked.
    days, arrivals, needs, patience, again = (
        np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, part)))
        for part in range(5)
    )
    start, queue, cell = _arrivals(traffic, _factors(traffic, days), arrivals)
    count = len(start)
    mean = traffic.aht_seconds.T.reshape(-1)[cell]
    assumed = traffic.assumed
    delay = np.where(assumed.redial_share > 0, again.exponential(60.0 * assumed.redial_minutes, count), 0.0)
    return Contacts(
        start=start,
        queue=queue,
        need=mean * _times(assumed.handling_cv, needs, count),
        patience=patience.exponential(1.0, count) * traffic.patience[queue],
        redials=_redials(assumed.redial_share, again, count),
        delay=delay,
    )


def _factors(traffic: Traffic, rng: np.random.Generator) -> Floats:
    """How far each date is up or down, shape (queues, 7), mean 1, lognormal: the whole week and the date have a part."""
    variance, share = np.log1p(traffic.spread), traffic.assumed.week_share
    whole, own = rng.standard_normal((len(variance), 1)), rng.standard_normal(variance.shape)
    return np.asarray(np.exp(np.sqrt(variance) * (share**0.5 * whole + (1 - share) ** 0.5 * own) - variance / 2))


def _arrivals(traffic: Traffic, factors: Floats, rng: np.random.Generator) -> tuple[Floats, Ints, Ints]:
    """Start in seconds, queue and cell (interval x queue) of every contact, in order of time."""
    queues, intervals = traffic.offered.shape
    mean = (traffic.offered * factors[:, traffic.day]).T
    counts = rng.poisson(mean).reshape(-1)
    cell = np.repeat(np.arange(counts.size), counts)
    start = (cell // queues + rng.random(len(cell))) * traffic.interval_seconds
    late = _carried_over(traffic, start, cell % queues, intervals, rng)
    start, cell = (
        np.concatenate([start, start[late] - intervals * traffic.interval_seconds]),
        np.append(cell, cell[late]),
    )
    order = np.argsort(start)
    cell = cell[order]
    return start[order], cell % queues, cell


def _carried_over(
    traffic: Traffic, start: Floats, queue: Ints, intervals: int, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Which deferred contacts of the week's end stand for those that the week before leaves to its beginning."""
    due = traffic.due[queue]
    left = 1.0 - (intervals * traffic.interval_seconds - start) / np.where(due > 0, due, 1.0)
    return (due > 0) & (rng.random(len(start)) < left)


def _times(cv: float, rng: np.random.Generator, count: int) -> Floats:
    """Factors of mean 1 on the handling time, lognormal."""
    deviation = float(np.sqrt(np.log1p(cv**2)))
    return np.exp(deviation * rng.standard_normal(count) - 0.5 * deviation**2)


def _redials(share: float, rng: np.random.Generator, count: int) -> Ints:
    """How often each caller would try again, each time with this chance."""
    if share <= 0:
        return np.zeros(count, dtype=np.int64)
    return rng.geometric(1.0 - share, count).astype(np.int64) - 1


def _days(week: Week) -> Ints:
    """The date (0: Monday) of every interval."""
    edges = [week.midnight(day) // week.interval_minutes for day in range(8)]
    return np.repeat(np.arange(7), np.diff(edges))


def _spread(forecast: Forecast) -> Floats:
    """Variance of a date's factor, from the limits of its contacts: what is wider than chance makes counts."""
    mean = forecast.by_date()
    if not {"p10", "p90"} <= set(forecast.day_limits):
        return np.zeros_like(mean)
    deviation = (forecast.day_limits["p90"] - forecast.day_limits["p10"]) / _NORMAL_80
    excess = np.maximum(deviation**2 - mean, 0.0)
    return np.divide(excess, mean**2, out=np.zeros_like(mean), where=mean > 0)
