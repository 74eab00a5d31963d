"""The contacts of one run: how many come when, what each takes, how long it waits and whether it comes again."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from scipy.special import pdtr, pdtrik

from wfm.centre import Centre, Channel, ReplayAssumptions
from wfm.clock import Week
from wfm.demand import Forecast
from wfm.replay.chance import streams
from wfm.replay.engine import Contacts, Floats, Ints

_NORMAL_80 = 2 * 1.2815515655446004  # deviations between P10 and P90


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What is expected; `offered` and `aht_seconds` have shape (queues, intervals), `day` (intervals,) is each one's date.

    `spread` (queues, 7) is the variance of a date's factor, what chance does to counts left out. `patience` (queues,) is
    the mean in seconds, inf where nobody leaves. `due` (queues,) is the threshold of deferred work in seconds, else 0.
    `lot` (queues,) tells whose chance a queue's is.
    """

    offered: Floats
    aht_seconds: Floats
    interval_seconds: float
    day: Ints
    spread: Floats
    patience: Floats
    due: Floats
    lot: tuple[int, ...]
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
        lot=tuple(crc32(name.encode()) for name in forecast.queues),
        assumed=centre.replay,
    )


def contacts(traffic: Traffic, seed: np.random.SeedSequence) -> Contacts:
    """One draw of the week; the same seed gives the same factors of dates whatever is expected.

    Every queue has chance of its own: one that expects the same gets the same contacts, whatever other queues there
    are, and one that expects more or fewer is up or down in the same intervals.
    """
    by_queue = [_of_queue(traffic, row, seed) for row in range(len(traffic.lot))]
    joined = [np.concatenate(columns) for columns in zip(*by_queue, strict=True)]
    order = np.argsort(joined[0], kind="stable")
    return Contacts(*(column[order] for column in joined))


def _of_queue(traffic: Traffic, row: int, seed: np.random.SeedSequence) -> Contacts:
    days, arrivals, needs, patience, again = streams(seed, 5, of=(traffic.lot[row],))
    start, interval = _arrivals(traffic, row, _factors(traffic, row, days), arrivals)
    count, assumed = len(start), traffic.assumed
    redialled = assumed.redial_share > 0
    delay = again.exponential(60.0 * assumed.redial_minutes, count) if redialled else np.zeros(count)
    return Contacts(
        start=start,
        queue=np.full(count, row, dtype=np.int64),
        need=traffic.aht_seconds[row, interval] * _times(assumed.handling_cv, needs, count),
        patience=patience.exponential(1.0, count) * traffic.patience[row],
        redials=_redials(assumed.redial_share, again, count),
        delay=delay,
    )


def _factors(traffic: Traffic, row: int, rng: np.random.Generator) -> Floats:
    """How far each date is up or down, shape (7,), mean 1, lognormal: the whole week and the date have a part."""
    variance, share = np.log1p(traffic.spread[row]), traffic.assumed.week_share
    whole, own = rng.standard_normal(), rng.standard_normal(7)
    return np.asarray(np.exp(np.sqrt(variance) * (share**0.5 * whole + (1 - share) ** 0.5 * own) - variance / 2))


def _arrivals(traffic: Traffic, row: int, factors: Floats, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Start in seconds and interval of every contact; those that the week before has left begin before 0.

    What of deferred work is still to be done when the week begins is taken to be what its end leaves: of what comes in
    the time up to the threshold, so much as is not due yet when work is done evenly.
    """
    mean, seconds = traffic.offered[row] * factors[traffic.day], traffic.interval_seconds
    # By the inverse of the distribution: of a larger mean as much more as chance would have it, never another chance.
    counts = _poisson(rng.random(len(mean)), mean)
    interval = np.repeat(np.arange(len(counts)), counts)
    start = (interval + rng.random(len(interval))) * seconds
    if traffic.due[row] > 0:
        week = len(counts) * seconds
        late = rng.random(len(start)) < 1.0 - (week - start) / traffic.due[row]
        start, interval = np.append(start, start[late] - week), np.append(interval, interval[late])
    return start, interval


def _poisson(chance: Floats, mean: Floats) -> Ints:
    """The least counts that are not exceeded with these chances: scipy.stats.poisson.ppf, without what it checks."""
    count = np.ceil(pdtrik(chance, mean))
    below = np.maximum(count - 1.0, 0.0)
    return np.asarray(np.where((mean > 0) & (pdtr(below, mean) < chance), count, below), dtype=np.int64)


def _times(cv: float, rng: np.random.Generator, count: int) -> Floats:
    """Factors of mean 1 on the handling time, lognormal."""
    if cv <= 0:
        return np.ones(count)
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
