"""A planned corner_shop, made once: the app is shown a folder as a plan leaves it."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from forecast import forecast
from sample_data.centres import blueprint
from sample_data.make import make
from wfm.centre import Centre
from wfm.clock import Week
from wfm.coverage import coverage_table, presence, skill_groups, staffed
from wfm.exchange import PlanOutput, write_plan
from wfm.reading import read_centre
from wfm.requirement import require
from wfm.roster import Shift, shifts_of


@pytest.fixture(scope="session")
def corner_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small sample centre."""
    folder = tmp_path_factory.mktemp("centre") / "corner_shop"
    make("corner_shop", folder)
    return folder


@pytest.fixture(scope="session")
def monday() -> date:
    """The Monday that the small sample is to be planned for."""
    return blueprint("corner_shop").monday


@pytest.fixture(scope="session")
def planned(corner_shop: Path, monday: date, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan's folder: the week's real forecast and requirement, with last week's shifts as its roster."""
    centre = read_centre(corner_shop)
    week = centre.week(monday)
    folder = tmp_path_factory.mktemp("planned")
    write_plan(_output(centre, week), folder)
    return folder


@pytest.fixture
def app_folders(corner_shop: Path, planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app looks at the planned corner_shop, and keeps its jobs in a file of the test's own."""
    monkeypatch.setenv("WFM_CENTRE", str(corner_shop))
    monkeypatch.setenv("WFM_OUT", str(planned))
    monkeypatch.setenv("WFM_DATABASE", str(tmp_path / "wfm.sqlite"))
    return planned


def _output(centre: Centre, week: Week) -> PlanOutput:
    coming = forecast(centre, week)
    required = require(centre, coming)
    shifts = _last_weeks_shifts(centre, week)
    groups = skill_groups(centre)
    weights = [queue.weight for queue in centre.queues.values()]
    staffing = staffed(groups, presence(groups, week, shifts), required.rostered, weights, (1.0, 4.0, 0.1))
    coverage = coverage_table(required, staffing)
    hours = week.interval_minutes / 60
    idle = [agent for agent in centre.agents if agent not in {shift.agent for shift in shifts}]
    return PlanOutput(
        centre=centre,
        week=week,
        forecast=coming,
        requirement=required,
        shifts=shifts,
        coverage=coverage,
        violations=pd.DataFrame([("nights", "S01", week.monday, "4 nights, at most 3")], columns=VIOLATIONS),
        unrostered=pd.DataFrame([(agent, "absent") for agent in idle], columns=["agent", "reason"]),
        summary={
            "week": week.monday.isoformat(),
            "timezone": centre.timezone,
            "agents": len(centre.agents),
            "rostered": len(centre.agents) - len(idle),
            "status": "feasible",
            "required_hours": float(coverage["required"].sum() * hours),
            "short_hours": 1234.5,
            "surplus_hours": 12.0,
            "cost": 600.0,
            "bound": 540.0,
            "gap": 0.1,
            "gap_hours": 1.0,
            "violations": 1,
            "peak_seats": 5,
            "training_minutes_owed": 600,
            "training_minutes_placed": 540,
            "requests": 4,
            "requests_met": 3,
            "clashes": [],
            "seconds": {"total": 75.0},
            "seed": 1,
            "inputs_sha256": centre.inputs_sha256,
            "forecast_methods": dict(coming.method),
            "caveats": ["Only [one](https://example.org) week is known."],
            "short_periods": [{"queue": "shop", "start": "a", "end": "b", "short_hours": 3.25}],
            "cost_terms": {"shortage": 480.0, "request": 120.0},
        },
    )


VIOLATIONS = ["rule", "agent", "date", "message"]


def _last_weeks_shifts(centre: Centre, week: Week) -> tuple[Shift, ...]:
    worked = centre.worked
    assert worked is not None
    last = max(worked["date"])
    behind = (week.monday - (last - timedelta(days=last.weekday()))).days
    rows = worked[[0 <= (day - week.monday).days + behind < 7 for day in worked["date"]]]
    moved = rows.assign(
        date=[day + timedelta(days=behind) for day in rows["date"]],
        start=rows["start"] + pd.Timedelta(days=behind),
        end=rows["end"] + pd.Timedelta(days=behind),
    )
    return tuple(shifts_of(moved, week))
