"""Shifts as the rows of worked.csv: their breaks laid, the seats kept, the times as text."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sample_data.blueprint import Blueprint
from sample_data.contacts import wall_text
from sample_data.pauses import Piece, patterns

Ints = NDArray[np.int64]
DAY = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """Shifts worked, one entry each: `agent` is a row of the agents' table, `day` counts from the first worked Monday.

    `start` is minutes past midnight of the day, `kind` and `paid_hours` index and value of the kind worked.
    """

    agent: Ints
    day: Ints
    start: Ints
    kind: NDArray[np.object_]
    paid_hours: NDArray[np.float64]


def segments(plan: Blueprint, shifts: Shifts, kinds: dict[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Columns agent, day, base (the shift's start), start, end, activity, paid; minutes from the first worked Monday."""
    tables: list[pd.DataFrame] = []
    for kind, paid_hours in sorted(set(zip(shifts.kind, shifts.paid_hours, strict=True))):
        members = np.flatnonzero((shifts.kind == kind) & (shifts.paid_hours == paid_hours))
        choices = patterns(kinds[kind], float(paid_hours), plan.grid_minutes)
        chosen = rng.integers(0, len(choices), len(members))
        for p, pattern in enumerate(choices):
            mine = members[chosen == p]
            tables.extend(_piece(shifts, mine, piece) for piece in pattern)
    return pd.concat(tables).sort_values(["agent", "start"], kind="stable", ignore_index=True)


def within_seats(plan: Blueprint, pieces: pd.DataFrame) -> pd.DataFrame:
    """Leave out the weeks of as many agents (the last first) as it takes to keep the seats.

    A centre need not know the worked weeks of everybody; rosters over the cap would not have been worked.
    """
    seated = pieces[pieces["activity"].isin(["work", "rest"])]
    grid = plan.grid_minutes
    agents = int(pieces["agent"].max()) + 1
    slots = int(pieces["end"].max()) // grid + 1
    low, high = 0, agents
    while low < high:
        middle = (low + high + 1) // 2
        mine = seated[seated["agent"] < middle]
        change = np.bincount(mine["start"] // grid, minlength=slots) - np.bincount(mine["end"] // grid, minlength=slots)
        low, high = (middle, high) if change.cumsum().max() <= plan.seats else (low, middle - 1)
    return pieces[pieces["agent"] < low]


def text(plan: Blueprint, agents: pd.DataFrame, pieces: pd.DataFrame) -> pd.DataFrame:
    """Starts are wall time; from there on minutes elapse, should the clock change in a shift."""
    first = np.datetime64(plan.monday - timedelta(weeks=plan.weeks_worked), "D")
    begins = pd.DatetimeIndex(first + _minutes(pieces["base"])).tz_localize(
        plan.timezone, ambiguous=np.ones(len(pieces), dtype=bool), nonexistent="shift_forward"
    )
    start, end = (
        wall_text(begins + pd.TimedeltaIndex(_minutes(pieces[side] - pieces["base"]))) for side in ("start", "end")
    )
    return pd.DataFrame(
        {
            "agent": agents["agent"].to_numpy()[pieces["agent"]],
            "date": np.datetime_as_string(first + pieces["day"].to_numpy().astype("timedelta64[D]")),
            "start": start,
            "end": end,
            "activity": pieces["activity"].to_numpy(),
            "paid": np.where(pieces["paid"], "true", "false"),
        }
    )


def _piece(shifts: Shifts, mine: Ints, piece: Piece) -> pd.DataFrame:
    base = shifts.day[mine] * DAY + shifts.start[mine]
    times = {"base": base, "start": base + piece.start, "end": base + piece.end}
    return pd.DataFrame(
        {"agent": shifts.agent[mine], "day": shifts.day[mine], **times, "activity": piece.activity, "paid": piece.paid}
    )


def _minutes(values: pd.Series) -> NDArray[np.timedelta64]:
    return values.to_numpy().astype("timedelta64[m]")
