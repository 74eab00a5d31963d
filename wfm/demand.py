"""Demand of a week: the forecast of contacts and handling time, and the agents it requires, by queue and interval."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.clock import Week

Floats = NDArray[np.float64]


# Shares of the outcomes below a limit, by the name that its column carries: offered_p10 is 0.1's.
LEVELS = {"p2_5": 0.025, "p10": 0.1, "p50": 0.5, "p80": 0.8, "p90": 0.9, "p97_5": 0.975}
BAND = ("p10", "p90")  # what every forecast.csv has; the other levels may follow

Limits = Mapping[str, Floats]  # by the names of LEVELS


class BeyondLevels(ValueError):
    """A quantile that a forecast's limits do not reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A date whose history was left out though nobody had named it, for the planner to judge: `offered` contacts came
    between two times of the day (HH:MM) where `usual` would have been expected; `name` says what it looks like."""

    date: date
    queue: str
    name: str
    start: str
    end: str
    offered: float
    usual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Contacts and handling time; every array has shape (queues, intervals of the week) unless told otherwise.

    `offered` are contacts an interval (the mean), `limits` what they stay below with the chance of each level, at least
    those of BAND; `day_limits` the same of a date's contacts, shape (queues, 7); `aht_seconds` is the mean handling
    time, `aht_limits` those of an interval's mean. `method` names the model used for each queue, `caveats` what a
    planner should know before trusting it, `proposals` which dates of history were left out unasked. With `quantile`
    set `offered` is not the mean but what is not exceeded with this chance. `offered_model` and `aht_model` are the
    model's own numbers where a planner has changed them, None where nobody has.
    """

    week: Week
    queues: tuple[str, ...]
    offered: Floats
    limits: Limits
    aht_seconds: Floats
    aht_limits: Limits = field(default_factory=dict)
    day_limits: Limits = field(default_factory=dict)
    method: dict[str, str] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    quantile: float | None = None
    offered_model: Floats | None = None
    aht_model: Floats | None = None

    def table(self) -> pd.DataFrame:
        """Rows of forecast.csv, queue by queue: start (aware), queue, offered, its band, aht_seconds, more limits.

        At the end the model's own numbers, where they were changed.
        """
        model = {"offered_model": self.offered_model, "aht_model": self.aht_model}
        more = [name for name in LEVELS if name in self.limits and name not in BAND]
        return _table(
            self.week,
            self.queues,
            offered=self.offered,
            **{f"offered_{name}": self.limits[name] for name in BAND},
            aht_seconds=self.aht_seconds,
            **{f"offered_{name}": self.limits[name] for name in more},
            **{f"aht_{name}": limit for name, limit in self.aht_limits.items()},
            **{name: values for name, values in model.items() if values is not None},
        )

    def day_table(self) -> pd.DataFrame:
        """Rows of forecast_days.csv, queue by queue: date, queue, offered, and the limits of a date's contacts."""
        dates = [self.week.date_of(day) for day in range(7)]
        table = pd.DataFrame({"date": dates * len(self.queues), "queue": np.repeat(np.array(self.queues, object), 7)})
        for name, values in {
            "offered": self.by_date(),
            **{f"offered_{n}": v for n, v in self.day_limits.items()},
        }.items():
            table[name] = values.reshape(-1)
        return table

    def by_date(self) -> Floats:
        """Contacts of every date, shape (queues, 7)."""
        return by_date(self.offered, self.week)

    def at(self, quantile: float) -> Self:
        """Contacts that are not exceeded with this chance in the place of the mean; between two levels by a straight line.

        BeyondLevels outside the lowest and the highest level the forecast has.
        """
        names = [name for name in LEVELS if name in self.limits]
        levels = np.array([LEVELS[name] for name in names])
        if not levels[0] <= quantile <= levels[-1]:
            raise BeyondLevels(f"a quantile from {levels[0]:g} to {levels[-1]:g} is expected, got {quantile:g}")
        above = int(np.clip(np.searchsorted(levels, quantile), 1, len(levels) - 1))
        part = (quantile - levels[above - 1]) / (levels[above] - levels[above - 1])
        low, high = self.limits[names[above - 1]], self.limits[names[above]]
        return replace(self, offered=low + part * (high - low), quantile=quantile, offered_model=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Agents needed; arrays have shape (queues, intervals). `agents` at work, `rostered` with absence on top."""

    week: Week
    queues: tuple[str, ...]
    agents: Floats
    rostered: Floats

    def table(self) -> pd.DataFrame:
        """Rows of requirement.csv, queue by queue: start (aware), queue, agents, agents_rostered."""
        return _table(self.week, self.queues, agents=self.agents, agents_rostered=self.rostered)


def by_date(values: Floats, week: Week) -> Floats:
    """Sums over every date of the week, shape (…, 7) of (…, intervals)."""
    edges = [week.midnight(day) // week.interval_minutes for day in range(7)]
    return np.asarray(np.add.reduceat(values, edges, axis=-1))


def interval_starts(week: Week) -> list[pd.Timestamp]:
    """Aware start of every interval of the week, in order."""
    return [pd.Timestamp(week.wall(i * week.interval_minutes)) for i in range(week.intervals)]


def matrix(table: pd.DataFrame, week: Week, queues: tuple[str, ...], column: str) -> Floats:
    """A column of a long table (start aware, queue, …) as (queues, intervals); 0 where a row is missing."""
    origin = pd.Timestamp(week.wall(0)).tz_convert("UTC")
    step = pd.Timedelta(minutes=week.interval_minutes)
    interval = ((table["start"].dt.tz_convert("UTC") - origin) // step).to_numpy()
    row = pd.Index(queues).get_indexer(pd.Index(table["queue"]))
    inside = (interval >= 0) & (interval < week.intervals) & (row >= 0)
    filled = np.zeros((len(queues), week.intervals))
    filled[row[inside], interval[inside]] = table[column].to_numpy(dtype=float)[inside]
    return filled


def _table(week: Week, queues: tuple[str, ...], **columns: Floats) -> pd.DataFrame:
    starts = pd.DatetimeIndex(interval_starts(week))
    table = pd.DataFrame(
        {
            "start": starts.append([starts] * (len(queues) - 1)) if queues else starts[:0],
            "queue": np.repeat(np.array(queues, dtype=object), week.intervals),
        }
    )
    for name, values in columns.items():
        table[name] = values.reshape(-1)
    return table
