"""The use-case of a replay: a plan's folder simulated, its chances written beside the roster, and told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from wfm.centre import Centre, reaching_into
from wfm.clock import Week
from wfm.exchange import PlanFolder, read_plan, write_replay
from wfm.progress import Progress, Report, Stop, never, silent
from wfm.reading import read_centre, read_forecast
from wfm.replay import Replayed, replay
from wfm.roster import Shift, shifts_of

NAMED = 3  # of agents whom nobody knows


def replay_plan(
    folder: Path,
    out: Path,
    *,
    replications: int = 20,
    seed: int = 1,
    workers: int = 2,
    report: Report = silent,
    stop: Stop = never,
) -> Replayed:
    """Simulate the roster in `out` and write replay.csv, replay_intervals.csv and replay.xlsx.

    ValueError where there is no roster or no forecast; FaultyInput before anything is done. A stop keeps what was run.
    """
    centre = read_centre(folder)
    kept = read_plan(out, timezone=centre.timezone, demand=False)
    forecast_file = out / "forecast.csv"
    if kept.roster is None or not forecast_file.exists():
        missing = "roster.csv" if kept.roster is None else "forecast.csv"
        raise ValueError(f"there is no {missing} in {out}; wfm plan writes it")
    week = _week(centre, kept)
    told = read_forecast(forecast_file, week, tuple(centre.queues))
    found = replay(
        centre,
        told,
        shifts_at_work(centre, week, kept.roster),
        replications=replications,
        seed=seed,
        workers=workers,
        report=lambda run, seconds: report(
            Progress(step="replay", seconds=seconds, message=f"run {run} of {replications}")
        ),
        stop=stop,
    )
    found = replace(found, caveats=(*found.caveats, *left_out(centre, week, kept.roster)))
    write_replay(found, out, centre=centre.name)
    return found


def shifts_at_work(centre: Centre, week: Week, roster: pd.DataFrame) -> list[Shift]:
    """Shifts of the roster, and of last week those that reach into this one."""
    return [*reaching_into(centre, week), *(shift for shift in shifts_of(roster, week) if 0 <= shift.day < 7)]


def left_out(centre: Centre, week: Week, roster: pd.DataFrame) -> Iterator[str]:
    """What of a roster, edited by hand perhaps, no contact will find at work."""
    nobody = [str(agent) for agent in dict.fromkeys(roster["agent"]) if agent not in centre.agents]
    if nobody:
        more = f" and {len(nobody) - NAMED} more" if len(nobody) > NAMED else ""
        yield f"agents.csv does not know {', '.join(nobody[:NAMED])}{more}: nobody is at work in their shifts"
    dates = {week.date_of(day) for day in range(7)}
    other = sum(day not in dates for _, day in roster[["agent", "date"]].drop_duplicates().itertuples(index=False))
    if other:
        yield f"{other} shifts of the roster do not begin in the week of {week.monday}: they are left out"


def replay_text(found: Replayed) -> str:
    """The week of every queue as a planner reads it."""
    whole = found.table()
    whole = whole[whole["day"] == "week"]
    shown = pd.DataFrame({"queue": whole["queue"], "target": [f"{target:.1%}" for target in found.target]})
    for name, places in {
        "service_level": 1,
        "low": 1,
        "high": 1,
        "p_target": 0,
        "abandoned": 1,
        "occupancy": 1,
    }.items():
        shown[name] = ["-" if np.isnan(value) else f"{100 * value:.{places}f}%" for value in whole[name]]
    shown.insert(
        len(shown.columns) - 2,
        "asa_seconds",
        ["-" if np.isnan(value) else f"{value:,.1f}" for value in whole["asa_seconds"]],
    )
    lines = [f"week of {found.week.monday}, {found.runs} runs", shown.to_string(index=False)]
    return "\n".join([*lines, *(f"caveat: {caveat}" for caveat in found.caveats)])


def _week(centre: Centre, kept: PlanFolder) -> Week:
    """The week that plan.json names, else the one in which the roster begins."""
    if kept.summary is not None and "week" in kept.summary:
        return centre.week(date.fromisoformat(str(kept.summary["week"])))
    if kept.roster is None or kept.roster.empty:
        raise ValueError(f"there is neither a plan.json nor a shift in {kept.folder}")
    first: date = min(kept.roster["date"])
    return centre.week(first - timedelta(days=first.weekday()))
