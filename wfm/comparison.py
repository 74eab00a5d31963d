"""Scenarios side by side: every measure beside that of the base, and the points of sweeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wfm.scenario import BASE

ALL_QUEUES = ""  # in the column queue: of all together

# Every measure with its unit and what it says, in the order in which they are told.
MEASURES: Mapping[str, tuple[str, str]] = {
    "contacts": ("", "contacts forecast"),
    "required_hours": ("h", "agent-hours to roster, absence and attrition on top"),
    "peak_agents": ("", "most agents to roster at once"),
    "seats": ("", "workplaces there are"),
    "agents": ("", "people employed in the week"),
    "rostered": ("", "people with a shift"),
    "peak_seats": ("", "most workplaces held at once"),
    "short_hours": ("h", "agent-hours below the requirement"),
    "surplus_hours": ("h", "agent-hours above the requirement"),
    "cost": ("min", "cost of the roster in agent-minutes"),
    "bound": ("min", "proved: no legal roster costs less"),
    "gap_hours": ("h", "cost less bound in hours"),
    "violations": ("", "rules broken, by the check"),
    "service": ("%", "share of contacts answered in time, every contact simulated against the roster"),
    "p_target": ("%", "simulated weeks that met the target; of all queues: weeks in which each did"),
    "abandoned": ("%", "share of contacts that gave up, simulated"),
    "occupancy": ("%", "how busy those at work were, simulated"),
    "service_erlang": ("%", "share of contacts answered in time, by Erlang's formulas at the roster's cover"),
    "paid_hours": ("h", "hours paid"),
    "overtime_hours": ("h", "of these overtime"),
    "money": ("", "what they cost in the centre's currency"),
}

TINY = 0.05  # of a base so small no percentage is told

SURE = ("low", "high", "difference_low", "difference_high")  # 95% intervals of what is simulated
COMPARISON = ("scenario", "measure", "queue", "value", "base", "difference", "difference_percent", *SURE)
SWEEP = ("sweep", "factor", "setting", "second_factor", "second_setting", "measure", "queue", "value", *SURE[:2])

Figures = Mapping[tuple[str, str], float | None]  # by measure and queue
Intervals = Mapping[tuple[str, str], tuple[float, float]]  # likewise: low and high of what is simulated
Swept = tuple[str, tuple[tuple[str, float], ...], Figures, Intervals]  # of a point: name, factors with their settings

OPEN = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Tables with the columns COMPARISON (the base first) and SWEEP, and `summary`, the content of whatif.json."""

    table: pd.DataFrame
    sweeps: pd.DataFrame
    summary: Mapping[str, Any]


def compared(
    found: Mapping[str, Figures], sure: Mapping[str, Intervals], differences: Mapping[str, Intervals]
) -> pd.DataFrame:
    """A row for every scenario, measure and queue; the base's columns are empty where it has not such a figure.

    `sure` holds the figures' intervals by scenario, `differences` those of their differences from the base's.
    """
    base = found.get(BASE, {})
    rows = []
    for name, figures in found.items():
        for (measure, queue), value in _ordered(figures):
            other = base.get((measure, queue))
            difference = None if value is None or other is None else value - other
            percent = 100 * difference / other if difference is not None and other and abs(other) >= TINY else None
            between = [of.get(name, {}).get((measure, queue), OPEN) for of in (sure, differences)]
            rows.append((name, measure, queue, value, other, difference, percent, *between[0], *between[1]))
    table = pd.DataFrame(rows, columns=list(COMPARISON))
    return table.astype(dict.fromkeys(COMPARISON[3:], float))


def service_table(table: pd.DataFrame) -> pd.DataFrame:
    """A row for every scenario and queue simulated: service with its interval and that of its difference from the base,
    and the other figures simulated, in percent; of a table with the columns COMPARISON."""
    shown = ["value", "low", "high", "difference", "difference_low", "difference_high"]
    keys = ["scenario", "queue"]
    rows = table[table["measure"] == "service"][[*keys, *shown]].rename(columns={"value": "service"})
    for measure in ("p_target", "abandoned", "occupancy", "service_erlang"):
        other = table[table["measure"] == measure][[*keys, "value"]].rename(columns={"value": measure})
        rows = rows.merge(other, on=keys, how="left")
    rows.loc[rows["scenario"] == BASE, "difference"] = float("nan")
    return rows


def swept(points: Sequence[Swept]) -> pd.DataFrame:
    """A row for every point, measure and queue."""
    rows = []
    for name, settings, figures, sure in points:
        (first, at), (second, beside) = settings if len(settings) == 2 else (*settings, ("", None))
        rows += [
            (name, first, at, second, beside, measure, queue, value, *sure.get((measure, queue), OPEN))
            for (measure, queue), value in _ordered(figures)
        ]
    table = pd.DataFrame(rows, columns=list(SWEEP))
    return table.astype(dict.fromkeys(("setting", "second_setting", *SWEEP[7:]), float))


def _ordered(figures: Figures) -> list[tuple[tuple[str, str], float | None]]:
    places = {measure: place for place, measure in enumerate(MEASURES)}
    return sorted(figures.items(), key=lambda item: places[item[0][0]])  # queues stay in their order
