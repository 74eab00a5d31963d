"""A plan's output folder read back whole, by the app and by exports."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from wfm.accuracy import DAYS, SCORES, WEEKS, Backtest
from wfm.exchange.output import Json
from wfm.faults import Fault, FaultyInput
from wfm.reading import cells, read_roster
from wfm.reading.tables import Table, read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFolder:
    """What a folder holds; None is a file that is not there.

    Tables have the columns of their files, `start` aware. `roster` has `wfm.roster.COLUMNS`; the `date` of a violation
    is datetime.date, or None where it has none.
    """

    folder: Path
    timezone: str
    summary: dict[str, Json] | None
    forecast: pd.DataFrame | None
    forecast_days: pd.DataFrame | None
    proposals: pd.DataFrame | None
    requirement: pd.DataFrame | None
    roster: pd.DataFrame | None
    coverage: pd.DataFrame | None
    violations: pd.DataFrame | None
    unrostered: pd.DataFrame | None


def read_plan(folder: Path, *, timezone: str | None = None, demand: bool = True) -> PlanFolder:
    """Read a folder's files; raises FaultyInput where one was edited into something else.

    Times are of the zone that plan.json names, else of `timezone`, else UTC. Without `demand` the forecast's files and
    the requirement are left to those who hold them to the week (`wfm.reading.read_forecast`, `read_requirement`).
    """
    summary = _summary(folder / "plan.json")
    named = summary.get("timezone") if summary else None
    zone = named if isinstance(named, str) else timezone or "UTC"
    roster = folder / "roster.csv"
    return PlanFolder(
        folder=folder,
        timezone=zone,
        summary=summary,
        **_demand(folder, zone, asked=demand),
        roster=read_roster(roster, zone) if roster.exists() else None,
        coverage=_by_start(folder / "coverage.csv", ("required", "staffed"), timezone=zone),
        violations=_violations(folder / "violations.csv"),
        unrostered=_unrostered(folder / "unrostered.csv"),
    )


def _demand(folder: Path, zone: str, *, asked: bool) -> dict[str, pd.DataFrame | None]:
    if not asked:
        return dict.fromkeys(("forecast", "forecast_days", "proposals", "requirement"))
    contacts = ("offered", "offered_p10", "offered_p90", "aht_seconds")
    return {
        "forecast": _by_start(folder / "forecast.csv", contacts, timezone=zone, more=("offered_model", "aht_model")),
        "forecast_days": _by_date(folder / "forecast_days.csv"),
        "proposals": _proposals(folder / "proposals.csv"),
        "requirement": _by_start(folder / "requirement.csv", ("agents", "agents_rostered"), timezone=zone),
    }


def read_backtest(folder: Path) -> Backtest | None:
    """The three files of a backtest; None where one is missing, FaultyInput where one was edited into something else."""
    scores = _scores(folder / "backtest.csv", SCORES)
    weeks = _scores(folder / "backtest_weeks.csv", WEEKS)
    days = _days(folder / "backtest_days.csv")
    return None if scores is None or weeks is None or days is None else Backtest(scores=scores, weeks=weeks, days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayFolder:
    """A replay's two tables with the columns of their files; `day` is a text, `start` aware."""

    days: pd.DataFrame
    intervals: pd.DataFrame


def read_replay(folder: Path, *, timezone: str) -> ReplayFolder | None:
    """The tables of a replay; None where one is missing, FaultyInput where one was edited into something else."""
    names = ("service_level", "low", "high", "p_target", "asa_seconds", "abandoned", "occupancy", "offered")
    table = _table(folder / "replay.csv", ("queue", "day", *names))
    intervals = _by_start(folder / "replay_intervals.csv", names, timezone=timezone)
    if table is None or intervals is None:
        return None
    frame = pd.DataFrame({name: table.values(name, cells.text) for name in ("queue", "day")})
    for name in names:
        frame[name] = table.numbers(name, cells.number(), empty=math.nan)
    return ReplayFolder(days=_sound(table, frame), intervals=intervals)


def _scores(path: Path, columns: tuple[str, ...]) -> pd.DataFrame | None:
    table = _table(path, columns)
    if table is None:
        return None
    read = {
        name: table.values(name, cells.text)
        if name in ("queue", "method")
        else table.numbers(name, cells.number(), empty=math.nan)
        for name in columns
    }
    return _sound(table, pd.DataFrame(read))


def _days(path: Path) -> pd.DataFrame | None:
    table = _table(path, DAYS)
    if table is None:
        return None
    read: dict[str, object] = {name: table.numbers(name, cells.number()) for name in DAYS[2:7]}
    read |= {"queue": table.values("queue", cells.text), "date": table.values("date", cells.day)}
    read["inside80"] = [cell == "true" for cell in table.values("inside80", cells.choice("true", "false"))]
    read["label"] = table.values("label", cells.text, empty="")
    return _sound(table, pd.DataFrame(read)[list(DAYS)])


def _summary(path: Path) -> dict[str, Json] | None:
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise FaultyInput([_fault(path, line, "the JSON that a plan wrote", str(error))]) from None
    if not isinstance(content, dict):
        raise FaultyInput([_fault(path, 1, "an object of figures", f"a {type(content).__name__}")])
    return content


def _by_start(
    path: Path, columns: tuple[str, ...], *, timezone: str, more: tuple[str, ...] = ()
) -> pd.DataFrame | None:
    """The columns, and those of `more` that the file has."""
    table = _table(path, ("start", "queue", *columns))
    if table is None:
        return None
    columns = (*columns, *(name for name in more if name in table.cells))
    frame = pd.DataFrame({"start": table.moments("start", timezone), "queue": table.values("queue", cells.text)})
    for column in columns:
        frame[column] = table.numbers(column, cells.number(), empty=math.nan)
    return _sound(table, frame)


def _by_date(path: Path) -> pd.DataFrame | None:
    """Contacts of dates with their limits."""
    numbers = ("offered", "offered_p10", "offered_p90")
    table = _table(path, ("date", "queue", *numbers))
    if table is None:
        return None
    frame = pd.DataFrame({"date": table.values("date", cells.day), "queue": table.values("queue", cells.text)})
    for column in numbers:
        frame[column] = table.numbers(column, cells.number(low=0))
    return _sound(table, frame)


def _proposals(path: Path) -> pd.DataFrame | None:
    table = _table(path, ("date", "queue", "name", "from", "to", "offered", "usual"))
    if table is None:
        return None
    columns: dict[str, object] = {"date": table.values("date", cells.day)}
    columns |= {name: table.values(name, cells.text) for name in ("queue", "name", "from", "to")}
    columns |= {name: table.numbers(name, cells.number(low=0)) for name in ("offered", "usual")}
    return _sound(table, pd.DataFrame(columns))


def _violations(path: Path) -> pd.DataFrame | None:
    table = _table(path, ("rule", "agent", "date", "message"))
    if table is None:
        return None
    columns = {
        "rule": table.values("rule", cells.text),
        "agent": table.values("agent", cells.text, empty=""),
        "date": table.values("date", cells.day, empty=None),
        "message": table.values("message", cells.text, empty=""),
    }
    return _sound(table, pd.DataFrame(columns, dtype=object))


def _unrostered(path: Path) -> pd.DataFrame | None:
    table = _table(path, ("agent", "reason"))
    if table is None:
        return None
    columns = {"agent": table.values("agent", cells.text), "reason": table.values("reason", cells.text, empty="")}
    return _sound(table, pd.DataFrame(columns, dtype=object))


def _table(path: Path, required: tuple[str, ...]) -> Table | None:
    if not path.exists():
        return None
    faults: list[Fault] = []
    table = read_table(path.name, path.read_bytes(), required=required, faults=faults)
    if table is None:
        raise FaultyInput(faults)
    return table


def _sound(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    if table.faults:
        raise FaultyInput(table.faults)
    return frame


def _fault(path: Path, row: int, expected: str, got: str) -> Fault:
    return Fault(file=path.name, row=row, column="", expected=expected, got=got)
