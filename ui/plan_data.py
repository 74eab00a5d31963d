"""The centre and the plan as pages read them: loaded once for all sessions, again when a file changes.

Cached on folder and mark, never on data: Streamlit hashes only a sample of a large table.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from ui.folders import (
    Mark,
    backtest_mark,
    capacity_mark,
    centre_folder,
    centre_mark,
    plan_folder,
    plan_mark,
    replay_mark,
    what_if_mark,
)
from wfm.accuracy import Backtest
from wfm.centre import Centre
from wfm.clock import Week
from wfm.comparison import Comparison
from wfm.demand import Forecast, Requirement, matrix
from wfm.exchange import (
    CapacityFolder,
    ReplayFolder,
    read_backtest,
    read_capacity,
    read_comparison,
    read_plan,
    read_replay,
)
from wfm.faults import Fault, FaultyInput
from wfm.reading import read_centre
from wfm.roster import COLUMNS, Shift, shifts_of
from wfm.store import Store, database_path, open_store
from wfm.store.forecasts import newest_version
from wfm.versions import list_versions

Summary = dict[str, object]

FORECAST = ("offered", "offered_p10", "offered_p90", "aht_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan's tables with minutes of the week beside their times.

    `segments`: agent, day, first, last, activity, paid. `coverage`: minute, end, day, clock, queue, required, staffed.
    `forecast` and `requirement`: as their files, with minute, end and day; `forecast_days` and `proposals`: as theirs.
    """

    week: Week
    summary: Summary
    segments: pd.DataFrame
    coverage: pd.DataFrame
    violations: pd.DataFrame
    unrostered: pd.DataFrame
    forecast: pd.DataFrame
    forecast_days: pd.DataFrame
    proposals: pd.DataFrame
    requirement: pd.DataFrame
    shifts: dict[str, list[Shift]]

    def figure(self, name: str) -> float | None:
        """A number of plan.json; None where it holds none."""
        value = self.summary.get(name)
        return float(value) if isinstance(value, int | float) else None


def centre() -> Centre | tuple[Fault, ...]:
    """The centre, or everything that is wrong with its folder."""
    folder = centre_folder()
    return _centre(folder, centre_mark(folder))


def plan(of: Centre) -> Plan | None:
    """The plan in the plan's folder; None before the first."""
    folder = plan_folder()
    mark = plan_mark(folder)
    planned = "plan.json" in {name for name, _, _ in mark}
    return _plan(folder, mark, of.inputs_sha256, of) if planned else None


def backtest() -> Backtest | tuple[Fault, ...] | None:
    """The backtest in the plan's folder, or what is wrong with its files; None before the first."""
    folder = plan_folder()
    return _backtest(folder, backtest_mark(folder))


def capacity() -> CapacityFolder | tuple[Fault, ...] | None:
    """The capacity plan in the plan's folder, or what is wrong with its files; None before the first."""
    folder = plan_folder()
    return _capacity(folder, capacity_mark(folder))


def replay() -> ReplayFolder | tuple[Fault, ...] | None:
    """The replay in the plan's folder, or what is wrong with its files; None before the first."""
    folder = plan_folder()
    of = centre()
    return _replay(folder, replay_mark(folder), of.timezone) if isinstance(of, Centre) else of


def comparison() -> Comparison | tuple[Fault, ...] | None:
    """The comparison of scenarios in the plan's folder, or what is wrong with its files; None before the first."""
    folder = plan_folder()
    return _comparison(folder, what_if_mark(folder))


def forecast_versions() -> pd.DataFrame:
    """The versions of the forecasts made in the plan's folder, as `list_versions` has them; no file comes of asking."""
    folder = plan_folder()
    newest = newest_version(store()) if database_path(folder).exists() else None
    return _versions(folder, database_path(folder), 0 if newest is None else newest.id)


def store() -> Store:
    """The store beside the plan."""
    return _store(database_path(plan_folder()))


def read_again() -> None:
    """Forget what was read."""
    _centre.clear()
    _plan.clear()


def requirement_of(planned: Plan, of: Centre) -> Requirement:
    """The plan's requirement as the domain's value."""
    queues = tuple(of.queues)
    agents, rostered = (
        matrix(planned.requirement, planned.week, queues, column) for column in ("agents", "agents_rostered")
    )
    return Requirement(week=planned.week, queues=queues, agents=agents, rostered=rostered)


def forecast_of(planned: Plan, of: Centre) -> Forecast:
    """The plan's forecast as the domain's value."""
    queues = tuple(of.queues)
    offered, p10, p90, aht = (matrix(planned.forecast, planned.week, queues, column) for column in FORECAST)
    model = (
        matrix(planned.forecast, planned.week, queues, column) if column in planned.forecast else None
        for column in ("offered_model", "aht_model")
    )
    offered_model, aht_model = model
    return Forecast(
        week=planned.week,
        queues=queues,
        offered=offered,
        limits={"p10": p10, "p90": p90},
        aht_seconds=aht,
        offered_model=offered_model,
        aht_model=aht_model,
    )


def with_minutes(table: pd.DataFrame, week: Week) -> pd.DataFrame:
    """A table with `start` (aware), and beside it minute and end, days from Monday, and minutes past midnight."""
    local = table["start"].dt.tz_convert(week.timezone)
    minute = _minutes(table["start"], week)
    return table.assign(
        minute=minute,
        end=minute + week.interval_minutes,
        day=(local.dt.tz_localize(None).dt.normalize() - pd.Timestamp(week.monday)).dt.days,
        clock=local.dt.hour * 60 + local.dt.minute,
    )


@st.cache_resource(show_spinner="Reading the centre's folder …", max_entries=2)
def _centre(folder: Path, mark: Mark) -> Centre | tuple[Fault, ...]:
    try:
        return read_centre(folder)
    except FaultyInput as faulty:
        return faulty.faults


@st.cache_resource(show_spinner="Reading the plan …", max_entries=2)
def _plan(folder: Path, mark: Mark, inputs: str, _centre_read: Centre) -> Plan:
    found = read_plan(folder, timezone=_centre_read.timezone)
    summary: Summary = dict(found.summary or {})
    week = _centre_read.week(date.fromisoformat(str(summary["week"])))
    # A plan that found no roster leaves that of an earlier plan where it lies.
    rostered = bool(summary.get("rostered"))
    roster = _or_empty(found.roster if rostered else None, *COLUMNS)
    coverage = _or_empty(found.coverage if rostered else None, "start", "queue", "required", "staffed")
    return Plan(
        week=week,
        summary=summary,
        segments=_segments(roster, week),
        coverage=with_minutes(coverage, week),
        violations=_or_empty(found.violations, "rule", "agent", "date", "message"),
        unrostered=_or_empty(found.unrostered, "agent", "reason"),
        forecast=with_minutes(_or_empty(found.forecast, "start", "queue", *FORECAST), week),
        forecast_days=_or_empty(found.forecast_days, "date", "queue", "offered", "offered_p10", "offered_p90"),
        proposals=_or_empty(found.proposals, "date", "queue", "name", "from", "to", "offered", "usual"),
        requirement=with_minutes(_or_empty(found.requirement, "start", "queue", "agents", "agents_rostered"), week),
        shifts=_by_agent(shifts_of(roster, week)),
    )


@st.cache_resource(show_spinner=False, max_entries=2)
def _backtest(folder: Path, mark: Mark) -> Backtest | tuple[Fault, ...] | None:
    try:
        return read_backtest(folder)
    except FaultyInput as faulty:
        return faulty.faults


@st.cache_resource(show_spinner=False, max_entries=2)
def _capacity(folder: Path, mark: Mark) -> CapacityFolder | tuple[Fault, ...] | None:
    try:
        return read_capacity(folder)
    except FaultyInput as faulty:
        return faulty.faults


@st.cache_resource(show_spinner=False, max_entries=2)
def _replay(folder: Path, mark: Mark, timezone: str) -> ReplayFolder | tuple[Fault, ...] | None:
    try:
        return read_replay(folder, timezone=timezone)
    except FaultyInput as faulty:
        return faulty.faults


@st.cache_resource(show_spinner=False, max_entries=2)
def _comparison(folder: Path, mark: Mark) -> Comparison | tuple[Fault, ...] | None:
    try:
        return read_comparison(folder)
    except FaultyInput as faulty:
        return faulty.faults


@st.cache_resource(show_spinner=False, max_entries=2)
def _versions(folder: Path, database: Path, newest: int) -> pd.DataFrame:
    return list_versions(folder)


@st.cache_resource(show_spinner=False)
def _store(path: Path) -> Store:
    return open_store(path)


def _or_empty(table: pd.DataFrame | None, *columns: str) -> pd.DataFrame:
    if table is not None:
        return table
    moments = {"start", "end"}
    return pd.DataFrame({c: pd.Series(dtype="datetime64[ns, UTC]" if c in moments else object) for c in columns})


def _by_agent(shifts: list[Shift]) -> dict[str, list[Shift]]:
    found: dict[str, list[Shift]] = {}
    for shift in shifts:
        found.setdefault(shift.agent, []).append(shift)
    return found


def _segments(roster: pd.DataFrame, week: Week) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "agent": roster["agent"].astype(str),
            "day": [week.day(day) for day in roster["date"]],
            "first": _minutes(roster["start"], week),
            "last": _minutes(roster["end"], week),
            "activity": roster["activity"].astype(str),
            "paid": roster["paid"].astype(bool),
        }
    )


def _minutes(times: pd.Series, week: Week) -> pd.Series:
    origin = pd.Timestamp(week.wall(0)).tz_convert("UTC")
    minutes: pd.Series = (times.dt.tz_convert("UTC") - origin) // pd.Timedelta(minutes=1)
    return minutes.astype("int64")
