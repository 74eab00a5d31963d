"""The service that a roster lets expect, by Erlang's formulas interval by interval."""

import numpy as np

from wfm.centre import Centre, Channel, Queue
from wfm.demand import Floats, Forecast
from wfm.erlang import performance
from wfm.opening import open_intervals
from wfm.requirement import presence

ENOUGH = 1e-9  # a server: what rounding has taken from a whole one


def service(centre: Centre, forecast: Forecast, staffed: Floats) -> dict[str, float | None]:
    """Share of the contacts answered within the threshold by queue, over the week's open intervals.

    `staffed` are effective agents rostered, shape (queues, intervals), of whom those present work. Each interval is taken
    for itself and in balance, a fraction of a server as so much of the way to the next. None for deferred work, which
    these formulas do not describe, and where nothing is offered.
    """
    at_work = staffed * presence(centre, forecast.week)
    opened = dict(zip(centre.queues, open_intervals(centre, forecast.week), strict=True))
    return {
        name: _of_queue(centre.queues[name], forecast, row, at_work[row], opened[name])
        for row, name in enumerate(forecast.queues)
    }


def together(by_queue: dict[str, float | None], forecast: Forecast) -> float | None:
    """The service of all queues that have one, weighted by contacts."""
    contacts = dict(zip(forecast.queues, forecast.offered.sum(axis=1).tolist(), strict=True))
    known = {name: level for name, level in by_queue.items() if level is not None}
    offered = sum(contacts[name] for name in known)
    return sum(contacts[name] * level for name, level in known.items()) / offered if offered else None


def _of_queue(queue: Queue, forecast: Forecast, row: int, agents: Floats, opened: np.ndarray) -> float | None:
    offered = np.where(opened, forecast.offered[row], 0.0)
    if queue.channel is Channel.DEFERRED or not offered.sum():
        return None
    servers = agents * queue.concurrency + ENOUGH
    fewer = np.floor(servers)
    levels = [
        performance(
            servers=np.maximum(count, 1),
            arrivals=offered / (forecast.week.interval_minutes * 60),
            aht_seconds=np.where(offered > 0, forecast.aht_seconds[row], 0.0),
            threshold_seconds=queue.threshold_seconds,
            patience_seconds=queue.patience_seconds,
        ).service_level
        * (count > 0)
        for count in (fewer, fewer + 1)
    ]
    level = levels[0] + (servers - fewer) * (levels[1] - levels[0])
    return float((offered * level).sum() / offered.sum())
