"""A week replayed so many times: contacts, people and chance drawn anew in every run, runs beside each other."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import monotonic

import numpy as np

from wfm.centre import Centre
from wfm.demand import Forecast
from wfm.progress import Stop, never
from wfm.replay.engine import Routing, simulate
from wfm.replay.outcome import Replayed, Run, summed
from wfm.replay.presence import Rostered, attendance, present, rostered
from wfm.replay.routing import routing
from wfm.replay.traffic import Traffic, contacts, expected
from wfm.roster import Shift


def replay(
    centre: Centre,
    forecast: Forecast,
    shifts: Sequence[Shift],
    *,
    replications: int = 20,
    seed: int = 1,
    workers: int = 2,
    report: Callable[[int, float], None] = lambda _run, _seconds: None,
    stop: Stop = never,
) -> Replayed:
    """Simulate the forecast's week against a roster (last week's tail in `shifts` too).

    The same seed gives the same figures, however many workers there are. A stop keeps the runs that are done, at least
    one. `report` is told the runs done and the seconds since the beginning. ValueError for other queues than the
    centre's, or in another order.
    """
    if forecast.queues != tuple(centre.queues):
        raise ValueError(f"the forecast has queues {', '.join(forecast.queues)}; expected {', '.join(centre.queues)}")
    begun = monotonic()
    caveats = (
        ()
        if forecast.day_limits
        else ("the forecast has no limits of dates of this week (forecast_days.csv): its uncertainty is left out",)
    )
    traffic, people, tables = expected(centre, forecast), rostered(centre, forecast.week, shifts), routing(centre)
    runs: list[Run] = []
    with closing(runs_of(tables, traffic, people, replications=replications, seed=seed, workers=workers)) as played:
        for run in played:
            runs.append(run)
            report(len(runs), monotonic() - begun)
            if stop():
                break
    return summed(
        runs,
        week=forecast.week,
        queues=forecast.queues,
        target=np.array([centre.queues[name].service_level for name in forecast.queues]),
        caveats=caveats,
    )


def runs_of(
    tables: Routing, traffic: Traffic, people: Rostered, *, replications: int, seed: int, workers: int
) -> Generator[Run]:
    """Runs in order of their number, each with a stream of chance of its own."""

    def run(own: np.random.SeedSequence) -> Run:
        came, at_work = own.spawn(2)
        return one_run(tables, traffic, people, came, at_work)

    with ThreadPoolExecutor(max_workers=workers) as pool:
        waiting = [pool.submit(run, own) for own in np.random.SeedSequence(seed).spawn(replications)]
        try:
            for one in waiting:
                yield one.result()
        finally:
            pool.shutdown(cancel_futures=True)


def one_run(
    tables: Routing,
    traffic: Traffic,
    people: Rostered,
    came: np.random.SeedSequence,
    at_work: np.random.SeedSequence,
) -> Run:
    """One draw of contacts and one of who comes, played through."""
    seconds, intervals = traffic.interval_seconds, traffic.offered.shape[1]
    there = attendance(people, at_work)
    tally = simulate(
        tables,
        contacts(traffic, came),
        there,
        interval_seconds=seconds,
        intervals=intervals,
        opened=traffic.offered > 0,  # and nobody calls again after closing
    )
    groups = len(tables.slots)
    return Run(
        tally=tally,
        present=present(there, tables.group, groups, interval_seconds=seconds, intervals=intervals),
    )
