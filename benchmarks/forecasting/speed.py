"""How long a forecast and a backtest take on one core."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import numpy as np
import pandas as pd

from benchmarks.forecasting.histories import history_of
from benchmarks.forecasting.scores import ORIGINS, scores
from benchmarks.record import recorded
from benchmarks.table import Claim
from forecast.calendar import queue_calendar
from forecast.history import queue_histories
from forecast.model import queue_forecast
from wfm.centre import Centre

LONGEST, LONGEST_BACKTEST = 2.0, 60.0  # seconds of one core
WEEKS, AHEAD, MINUTES = 104, 28, 15
SEEDS = (1, 2, 3)
DAY_MEAN = 5000.0
SAMPLE = "guangzhou_10000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """The slowest of several runs: seconds of the processor, and by the clock."""

    cpu_seconds: float
    seconds: float


def speed(*, again: bool) -> list[Claim]:
    """A queue's four weeks from two years of history, and the backtest of eight queues."""
    return [
        Claim(
            work=f"{AHEAD} days of {MINUTES} minutes from {WEEKS} weeks of history, one queue, seeds 1 to {len(SEEDS)}",
            reach=f"≤ {LONGEST:g} s of one core",
            measure=partial(_forecast, again),
        ),
        Claim(
            work=f"backtest of {SAMPLE}, 8 queues, {ORIGINS} Mondays, both horizons, all candidates",
            reach=f"≤ {LONGEST_BACKTEST:g} s of one core",
            measure=partial(_backtest, again),
        ),
    ]


def synthetic(seed: int) -> Centre:
    """One queue, always open, whose contacts are Poisson counts about a course of weekday and time of day."""
    shop = history_of("corner_shop")
    last = shop.history["start"].max().normalize()
    starts = pd.date_range(last - timedelta(weeks=WEEKS), last, freq=f"{MINUTES}min", inclusive="left")
    day = starts.dayofweek.to_numpy()
    hour = (starts.hour + starts.minute / 60).to_numpy()
    course = 1.1 + np.cos(2 * np.pi * (hour - 14) / 24)
    mean = DAY_MEAN * course / course.mean() * MINUTES / 1440 * np.where(day < 5, 1.0, 0.6)
    queue = next(iter(shop.queues))
    table = pd.DataFrame(
        {
            "start": starts,
            "queue": queue,
            "offered": np.random.default_rng(seed).poisson(mean).astype(float),
            "aht_seconds": 240.0,
            "abandoned": 0.0,
        }
    )
    return replace(shop, interval_minutes=MINUTES, hours=None, special_days=(), history=table)


@contextmanager
def one_core() -> Iterator[None]:
    """Everything inside runs on a single core, threads of libraries too."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def _forecast(again: bool) -> tuple[str, bool]:
    def measure() -> Took:
        with one_core():
            runs = [_timed(synthetic(seed)) for seed in SEEDS]
        return max(runs, key=lambda run: run.cpu_seconds)

    found = recorded("forecast-speed", Took, measure, again=again)
    return f"{found.cpu_seconds:.2f} s ({found.seconds:.2f} s by the clock)", found.cpu_seconds <= LONGEST


def _timed(centre: Centre) -> Took:
    begun, worked = time.perf_counter(), time.process_time()
    after = (centre.history["start"].max() + timedelta(days=1)).date()
    for queue, history in queue_histories(centre, before=after).items():
        calendar = queue_calendar(centre, queue, start=history.first, end=history.end + AHEAD)
        queue_forecast(history, calendar, start=history.end, days=AHEAD)
    return Took(cpu_seconds=time.process_time() - worked, seconds=time.perf_counter() - begun)


def _backtest(again: bool) -> tuple[str, bool]:
    found = scores(SAMPLE, partial(history_of, SAMPLE), again=again)
    seen = f"{found.cpu_seconds:.0f} s ({found.seconds:.0f} s by the clock)"
    return seen, found.cpu_seconds <= LONGEST_BACKTEST
