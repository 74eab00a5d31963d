"""The files of a plan's output folder, each written whole or not at all."""

import json
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from wfm.accuracy import DAYS, SCORES, WEEKS, Backtest
from wfm.clock import Week
from wfm.demand import Forecast, Proposal, Requirement
from wfm.exchange.output import Json, PlanOutput
from wfm.exchange.plaintext import clean, times_of, times_text
from wfm.exchange.replay_book import replay_workbook
from wfm.exchange.workbook import roster_workbook
from wfm.replay import Correction, Replayed, correction_table
from wfm.roster import COLUMNS, Shift


def write_plan(output: PlanOutput, folder: Path) -> None:
    """Write every file of a plan; all are complete before the first one of an earlier plan is replaced."""
    put_files(
        folder,
        {
            **_forecast_files(output.forecast),
            "requirement.csv": _requirement_csv(output.requirement),
            "roster.csv": roster_csv(output.shifts, output.week),
            "coverage.csv": _coverage_csv(output.coverage, output.week),
            "violations.csv": _violations_csv(output.violations),
            "unrostered.csv": csv_bytes(_cleaned(output.unrostered[["agent", "reason"]], "reason")),
            "roster.xlsx": roster_workbook(output),
            "plan.json": summary_json(output.summary),
        },
    )


def write_forecast(forecast: Forecast, folder: Path) -> None:
    """Write forecast.csv, and what stands beside it: forecast_days.csv and proposals.csv."""
    put_files(folder, _forecast_files(forecast))


def write_requirement(requirement: Requirement, folder: Path, *, corrections: Iterable[Correction] = ()) -> None:
    """Write requirement.csv, and correction.csv where a replay has corrected it; an earlier one no longer holds."""
    found = correction_table(corrections)
    if found.empty:
        forget_correction(folder)
        put_files(folder, {"requirement.csv": _requirement_csv(requirement)})
        return
    hours = {"erlang_hours": 2, "hours": 2}
    table = csv_bytes(found.round({name: hours.get(str(name), 4) for name in found.columns}))
    put_files(folder, {"requirement.csv": _requirement_csv(requirement), "correction.csv": table})


def write_backtest(found: Backtest, folder: Path) -> None:
    """Write the three files of a backtest."""
    digits = {"actual": 4, "chosen": 4, "mean6": 4, "error": 4, "error_share": 6}
    days = _cleaned(found.days[list(DAYS)], "label").round(digits)
    days["inside80"] = ["true" if inside else "false" for inside in days["inside80"]]
    put_files(
        folder,
        {
            "backtest.csv": csv_bytes(found.scores[list(SCORES)]),
            "backtest_weeks.csv": csv_bytes(found.weeks[list(WEEKS)]),
            "backtest_days.csv": csv_bytes(days),
        },
    )


def write_replay(found: Replayed, folder: Path, *, centre: str) -> None:
    """Write what a replay found: by date and week, by interval, and both as a workbook."""
    digits = {"asa_seconds": 1, "offered": 1}
    tables = [found.table(), found.interval_table()]
    days, intervals = (table.round({name: digits.get(str(name), 4) for name in table.columns}) for table in tables)
    put_files(
        folder,
        {
            "replay.csv": csv_bytes(days),
            "replay_intervals.csv": csv_bytes(_with_times(intervals, found.week)),
            "replay.xlsx": replay_workbook(found, centre=centre),
        },
    )


def write_roster(shifts: Iterable[Shift], week: Week, folder: Path) -> None:
    """Write roster.csv alone."""
    put_files(folder, {"roster.csv": roster_csv(shifts, week)})


def forget_correction(folder: Path) -> None:
    """Take away how an earlier requirement was corrected: beside another it would be taken for its own."""
    (folder / "correction.csv").unlink(missing_ok=True)


def carry_correction(folder: Path, to: Path) -> None:
    """Tell beside a requirement taken over from another plan's folder how it was corrected there, if it was; one that the
    folder has lost was not taken over."""
    told = folder / "correction.csv"
    if told.exists() and (folder / "requirement.csv").exists():
        put_files(to, {told.name: told.read_bytes()})
    else:
        forget_correction(to)


def forget_roster(folder: Path) -> None:
    """Take away what an earlier plan rostered: beside a plan that found no roster it would be taken for its own."""
    for name in ("roster.csv", "coverage.csv", "violations.csv", "unrostered.csv", "roster.xlsx"):
        (folder / name).unlink(missing_ok=True)


def write_summary(summary: Mapping[str, Json], folder: Path) -> None:
    """Write plan.json alone."""
    put_files(folder, {"plan.json": summary_json(summary)})


def forecast_csv(forecast: Forecast) -> bytes:
    """The rows of forecast.csv, queue by queue; contacts to four decimals, seconds to three."""
    table = forecast.table()
    table = table.round({name: 3 if name.startswith("aht_") else 4 for name in table.columns})
    return csv_bytes(_with_times(table, forecast.week))


def roster_csv(shifts: Iterable[Shift], week: Week) -> bytes:
    """The rows of roster.csv, by agent and time."""
    rows = [
        (shift.agent, shift.day, segment)
        for shift in sorted(shifts, key=lambda shift: (shift.agent, shift.start, shift.day))
        for segment in shift.segments
    ]
    dates = {day: week.date_of(day).isoformat() for day in {day for _, day, _ in rows}}
    columns = (
        [agent for agent, _, _ in rows],
        [dates[day] for _, day, _ in rows],
        times_of([segment.start for _, _, segment in rows], week),
        times_of([segment.end for _, _, segment in rows], week),
        [segment.activity for _, _, segment in rows],
        ["true" if segment.paid else "false" for _, _, segment in rows],
    )
    # str() of a StrEnum member is its value; a column of members would be written by a slower path.
    named = {name: [str(value) for value in column] for name, column in zip(COLUMNS, columns, strict=True)}
    return csv_bytes(pd.DataFrame(named, dtype=object))


def summary_json(summary: Mapping[str, Json]) -> bytes:
    """The content of plan.json; a figure that is not a number is null."""
    return (json.dumps(_finite(dict(summary)), indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode(
        errors="replace"
    )


def _forecast_files(forecast: Forecast) -> dict[str, bytes]:
    """What is not known of a forecast that was read from its files stays as it is."""
    made = bool(forecast.method)
    days = {"forecast_days.csv": csv_bytes(forecast.day_table().round(2))} if made or forecast.day_limits else {}
    left_out = {"proposals.csv": _proposals_csv(forecast.proposals)} if made else {}
    return {"forecast.csv": forecast_csv(forecast), **days, **left_out}


def _proposals_csv(proposals: Iterable[Proposal]) -> bytes:
    """The first columns are those of special_days.csv, so that a row can be taken over."""
    rows = [
        (p.date.isoformat(), p.queue, p.name, "outage", "", p.start, p.end, f"{p.offered:.0f}", f"{p.usual:.0f}")
        for p in proposals
    ]
    columns = ["date", "queue", "name", "kind", "factor", "from", "to", "offered", "usual"]
    return csv_bytes(pd.DataFrame(rows, columns=columns, dtype=object))


def _requirement_csv(requirement: Requirement) -> bytes:
    table = requirement.table().round({"agents": 6, "agents_rostered": 6})
    return csv_bytes(_with_times(table, requirement.week))


def _coverage_csv(coverage: pd.DataFrame, week: Week) -> bytes:
    table = coverage[["start", "queue", "required", "staffed"]].round({"required": 3, "staffed": 3})
    return csv_bytes(_with_times(table, week))


def _violations_csv(violations: pd.DataFrame) -> bytes:
    table = _cleaned(violations[["rule", "agent", "date", "message"]], "message")
    # A rule about all agents or the whole week names no agent or no date.
    table["agent"] = ["" if pd.isna(agent) else str(agent) for agent in table["agent"]]
    table["date"] = ["" if pd.isna(day) else str(day)[:10] for day in table["date"]]
    return csv_bytes(table)


def _with_times(table: pd.DataFrame, week: Week) -> pd.DataFrame:
    return table.assign(start=times_text(table["start"], week.timezone))


def _cleaned(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table.assign(**{column: [clean(str(text)) for text in table[column]]})


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as the text of a file."""
    return table.to_csv(index=False, lineterminator="\n").encode(errors="replace")


def put_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files beside their places, then move each in: nobody ever reads half a file."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {folder / f".{name}.{os.getpid()}.part": folder / name for name in files}
    try:
        for part, place in parts.items():
            part.write_bytes(files[place.name])
        for part, place in parts.items():
            os.replace(part, place)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _finite(value: Json) -> Json:
    match value:
        case dict():
            return {str(key): _finite(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_finite(inner) for inner in value]
        case float() if not math.isfinite(value):
            return None
        case None | bool() | int() | float() | str():
            return value
    if hasattr(value, "item"):  # a number of numpy's
        return _finite(value.item())
    return str(value)  # a date
