"""What a number of runs say: service, waits, giving up and occupancy, with how sure that is, and P(target met)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

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

    def counts(self) -> dict[str, Floats]:
        """The arrays of every run by name."""
        return {name: getattr(self, name) for name in COUNTED}

    def strays(self, part: Floats) -> Floats:
        """How far each run's share of the contacts offered is off that of all runs, shape as `part`, a count."""
        offered = self.offered.sum(axis=0)
        return _ratio(
            part - _ratio(part.sum(axis=0), offered) * self.offered, np.broadcast_to(offered / len(part), part.shape)
        )

    def met(self, target: Floats) -> NDArray[np.bool_]:
        """Whether a run met the service level of (queues,); shape (runs, queues, periods)."""
        return (self.offered > 0) & (self.within >= target[:, None] * self.offered - ROUNDING)

    def columns(self, target: Floats) -> dict[str, Floats]:
        """Figures of shape (queues, periods), NaN where no contact came; `target` is the service level by queue.

        `low` and `high` hold the mean service level with 95%, by Student's t over the runs of a ratio of two sums;
        `p_low` and `p_high` the chance to meet the target, by Wilson's score interval (JASA 22, 1927).
        """
        offered, answered = self.offered.sum(axis=0), self.answered.sum(axis=0)
        level = _ratio(self.within.sum(axis=0), offered)
        runs = len(self.offered)
        reach = reach_of(self.strays(self.within))
        came = self.offered > 0
        met = self.met(target)
        p_low, p_high = wilson(met.sum(axis=0).astype(float), came.sum(axis=0).astype(float))
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
    """A week's runs: by interval, by date and for the week; `target` (queues,) is what p_target is about.

    `occupancy` is how busy everybody at work was, whatever with; NaN where nobody was there.
    """

    week: Week
    queues: tuple[str, ...]
    target: Floats
    runs: int
    intervals: Period
    days: Period
    whole: Period
    occupancy: float
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
        occupancy=float(np.minimum(_ratio(busy.sum(), there.sum()), 1.0)),
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


def reach_of(strays: Floats) -> Floats:
    """How far a 95% interval reaches from a mean over runs (first axis), by Student's t; NaN of one run."""
    runs = len(strays)
    if runs < 2:
        return np.full(strays.shape[1:], np.nan)
    error = np.sqrt((strays**2).sum(axis=0) / (runs * (runs - 1)))
    return np.asarray(error * float(stdtrit(runs - 1, SURE)))


def wilson(met: Floats, of: Floats) -> tuple[Floats, Floats]:
    """The 95% interval of a chance that came true so many times of so many."""
    z = NORMAL
    centre = _ratio(met + z**2 / 2, of + z**2 * (of > 0))
    reach = _ratio(z * np.sqrt(met * (1 - _ratio(met, of)) + z**2 / 4), of + z**2 * (of > 0))
    return np.clip(centre - reach, 0.0, 1.0), np.clip(centre + reach, 0.0, 1.0)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0))
