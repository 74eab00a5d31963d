"""What a number of runs say: service, waits, giving up and occupancy, with how sure that is, and P(target met)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd
from scipy.stats import t as student

from wfm.clock import Week
from wfm.demand import by_date, interval_starts
from wfm.replay.engine import Floats, Tally

SURE = 0.975  # upper end of a 95% interval
NORMAL = 1.959963984540054
WEEK = "week"
ROUNDING = 1e-6  # of a contact: 55 of 100 meet 55%, which is a little more than 55 in binary
COUNTED = ("offered", "answered", "within", "abandoned", "wait")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Runs summed over a period; every array has shape (runs, queues, periods) but `occupancy`: (queues, periods)."""

    offered: Floats
    answered: Floats
    within: Floats
    abandoned: Floats
    wait: Floats
    occupancy: Floats

    def columns(self, target: Floats) -> dict[str, Floats]:
        """Figures of shape (queues, periods), NaN where no contact came; `target` is the service level by queue.

        `low` and `high` hold the mean service level with 95%, by Student's t over the runs of a ratio of two sums;
        `p_low` and `p_high` the chance to meet the target, by Wilson's score interval (JASA 22, 1927).
        """
        offered, answered = self.offered.sum(axis=0), self.answered.sum(axis=0)
        level = _ratio(self.within.sum(axis=0), offered)
        runs = len(self.offered)
        reach = np.full_like(level, np.nan)
        if runs > 1:
            off = self.within - level * self.offered
            error = np.sqrt((off**2).sum(axis=0) * runs / (runs - 1))  # of the sum over all runs
            reach = _ratio(error, offered) * float(student.ppf(SURE, runs - 1))
        came = self.offered > 0
        met = came & (self.within >= target[:, None] * self.offered - ROUNDING)
        p_low, p_high = _wilson(met.sum(axis=0).astype(float), came.sum(axis=0).astype(float))
        return {
            "service_level": level,
            "low": np.clip(level - reach, 0.0, 1.0),
            "high": np.clip(level + reach, 0.0, 1.0),
            "p_target": _ratio(met.sum(axis=0).astype(float), came.sum(axis=0).astype(float)),
            "asa_seconds": _ratio(self.wait.sum(axis=0), answered),
            "abandoned": _ratio(self.abandoned.sum(axis=0), offered),
            "occupancy": self.occupancy,
            "offered": offered / runs,
            "p_low": p_low,
            "p_high": p_high,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A week's runs: by interval, by date and for the week; `target` (queues,) is what p_target is about."""

    week: Week
    queues: tuple[str, ...]
    target: Floats
    runs: int
    intervals: Period
    days: Period
    whole: Period
    caveats: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """Rows of replay.csv: for every queue its dates and the week."""
        days = [self.week.date_of(day).isoformat() for day in range(7)]
        both = pd.concat([self._rows(self.days, days, "day"), self._rows(self.whole, [WEEK], "day")])
        order = np.argsort([self.queues.index(name) for name in both["queue"]], kind="stable")
        return both.iloc[order].reset_index(drop=True)

    def interval_table(self) -> pd.DataFrame:
        """Rows of replay_intervals.csv, queue by queue: start (aware) and the columns of replay.csv."""
        return self._rows(self.intervals, interval_starts(self.week), "start")

    def _rows(self, period: Period, names: list[str] | list[pd.Timestamp], column: str) -> pd.DataFrame:
        queues = np.repeat(np.array(self.queues, object), len(names))
        every = list(names) * len(self.queues)
        columns = {"queue": queues, column: every} if column == "day" else {column: every, "queue": queues}
        table = pd.DataFrame(columns)
        for name, values in period.columns(self.target).items():
            table[name] = values.reshape(-1)
        return table


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: its counts, and `present` (groups, intervals), seconds of agents at work."""

    tally: Tally
    present: Floats


def summed(
    runs: Sequence[Run], *, week: Week, queues: tuple[str, ...], target: Floats, caveats: tuple[str, ...] = ()
) -> Replayed:
    """Runs of one week laid side by side."""
    counted = {name: np.stack([getattr(run.tally, name) for run in runs]) for name in COUNTED}
    busy = sum_of(run.tally.busy for run in runs)
    there = sum_of(run.present + run.tally.overrun for run in runs)

    def period(add: Callable[[Floats], Floats]) -> Period:
        counts = {name: add(values) for name, values in counted.items()}
        return Period(**counts, occupancy=_occupancy(add(busy), add(there)))

    return Replayed(
        week=week,
        queues=queues,
        target=target,
        runs=len(runs),
        intervals=period(lambda values: values),
        days=period(lambda values: by_date(values, week)),
        whole=period(lambda values: values.sum(axis=-1, keepdims=True)),
        caveats=caveats,
    )


def sum_of(arrays: Iterable[Floats]) -> Floats:
    """Element by element."""
    return reduce(np.add, arrays)


def _occupancy(busy: Floats, there: Floats) -> Floats:
    """How busy those were who served a queue, by (queue, period): groups weigh as much as they served of it."""
    total = busy.sum(axis=1)
    share = np.minimum(_ratio(total, there), 1.0)
    return _ratio((busy * np.nan_to_num(share)[:, None]).sum(axis=0), busy.sum(axis=0))


def _wilson(met: Floats, of: Floats) -> tuple[Floats, Floats]:
    z = NORMAL
    centre = _ratio(met + z**2 / 2, of + z**2 * (of > 0))
    reach = _ratio(z * np.sqrt(met * (1 - _ratio(met, of)) + z**2 / 4), of + z**2 * (of > 0))
    return np.clip(centre - reach, 0.0, 1.0), np.clip(centre + reach, 0.0, 1.0)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0))
