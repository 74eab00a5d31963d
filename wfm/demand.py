"""Demand of a week: the forecast of contacts and handling time, and the agents it requires, by queue and interval."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.clock import Week

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Contacts and handling time; every array has shape (queues, intervals of the week).

    `offered` are contacts an interval (the mean), `p10`/`p90` its band, `aht_seconds` the mean handling time.
    `method` names the model used for each queue, `caveats` what a planner should know before trusting it.
    """

    week: Week
    queues: tuple[str, ...]
    offered: Floats
    p10: Floats
    p90: Floats
    aht_seconds: Floats
    method: dict[str, str] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """Rows of forecast.csv, queue by queue: start (aware), queue, offered, offered_p10, offered_p90, aht_seconds."""
        return _table(
            self.week,
            self.queues,
            offered=self.offered,
            offered_p10=self.p10,
            offered_p90=self.p90,
            aht_seconds=self.aht_seconds,
        )


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
