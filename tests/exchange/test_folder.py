"""A plan's files are what the contract says, and read back as what was planned."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.exchange.conftest import DAY, plan_of
from tests.tiny import shift_at, tiny_centre
from wfm.accuracy import DAYS, SCORES, WEEKS, Backtest
from wfm.centre import Centre
from wfm.clock import Week
from wfm.demand import Proposal
from wfm.exchange import (
    PlanOutput,
    files,
    read_backtest,
    read_plan,
    write_backtest,
    write_forecast,
    write_plan,
    write_requirement,
    write_roster,
)
from wfm.faults import FaultyInput
from wfm.reading import read_forecast, read_requirement
from wfm.roster import Segment, Shift, shifts_of

DATE = date(2026, 11, 30)
FILES = {
    "forecast.csv": "start,queue,offered,offered_p10,offered_p90,aht_seconds",
    "requirement.csv": "start,queue,agents,agents_rostered",
    "roster.csv": "agent,date,start,end,activity,paid",
    "coverage.csv": "start,queue,required,staffed",
    "violations.csv": "rule,agent,date,message",
    "unrostered.csv": "agent,reason",
}


def test_a_plan_writes_every_file_with_the_columns_of_the_contract(plan: PlanOutput, tmp_path: Path) -> None:
    write_plan(plan, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*FILES, "plan.json", "roster.xlsx"])
    for name, header in FILES.items():
        assert (tmp_path / "out" / name).read_text("utf-8").splitlines()[0] == header


def test_rows_are_written_as_the_contract_says(plan: PlanOutput, tmp_path: Path) -> None:
    write_plan(plan, tmp_path)
    lines = {name: (tmp_path / name).read_text("utf-8").splitlines() for name in FILES}
    assert lines["roster.csv"][1:3] == [
        "ann,2026-11-30,2026-11-30T06:00,2026-11-30T07:15,work,true",
        "ann,2026-11-30,2026-11-30T07:15,2026-11-30T07:30,rest,true",
    ]
    assert "ann,2026-11-30,2026-11-30T09:15,2026-11-30T10:15,meal,false" in lines["roster.csv"]
    assert "dee,2026-11-30,2026-12-01T03:00,2026-12-01T06:00,work,true" in lines["roster.csv"]
    assert lines["coverage.csv"][2] == "2026-11-30T00:30,enquiry,0.351,1.351"
    assert lines["requirement.csv"][2] == "2026-11-30T00:30,enquiry,0.333333,0.350877"
    assert lines["violations.csv"][1].startswith("min_rest,ann,2026-12-01,")
    assert lines["violations.csv"][2] == 'seats,,,"4 at work, 3 seats"'


def test_what_was_written_reads_back_as_planned(plan: PlanOutput, tmp_path: Path) -> None:
    write_plan(plan, tmp_path)
    back = read_plan(tmp_path)
    assert back.summary == plan.summary
    assert back.timezone == "Asia/Shanghai"
    assert back.roster is not None
    assert tuple(shifts_of(back.roster, plan.week)) == plan.shifts
    assert back.coverage is not None
    pd.testing.assert_frame_equal(back.coverage, plan.coverage, check_dtype=False, atol=5e-4)
    assert back.violations is not None
    assert list(back.violations["date"]) == [date(2026, 12, 1), None]
    assert back.unrostered is not None
    assert back.unrostered.to_dict("records") == [{"agent": "cem", "reason": "no_legal_week: days, absence"}]


def test_a_backtest_reads_back_as_it_was_and_with_a_file_missing_is_none(tmp_path: Path) -> None:
    scores = dict.fromkeys(SCORES, 0.25) | {"queue": "enquiry", "method": "chosen"}
    weeks = dict.fromkeys(WEEKS, 0.5) | {"queue": "enquiry", "method": "floor"}
    days = dict.fromkeys(DAYS, 7.5) | {"queue": "enquiry", "date": DATE, "inside80": False, "label": "a \u202ematch"}
    tried = Backtest(
        scores=pd.DataFrame([scores]),
        weeks=pd.DataFrame([weeks]),
        days=pd.DataFrame([days, days | {"inside80": True, "label": ""}]),
    )
    write_backtest(tried, tmp_path)
    back = read_backtest(tmp_path)
    assert back is not None
    pd.testing.assert_frame_equal(back.scores, tried.scores)
    pd.testing.assert_frame_equal(back.weeks, tried.weeks)
    pd.testing.assert_frame_equal(back.days, tried.days.assign(label=["a match", ""]))
    (tmp_path / "backtest_weeks.csv").unlink()
    assert read_backtest(tmp_path) is None


def test_a_folder_without_files_has_none(tmp_path: Path) -> None:
    back = read_plan(tmp_path, timezone="Asia/Shanghai")
    assert back.summary is None
    assert back.roster is None
    assert back.coverage is None
    assert back.violations is None
    assert back.timezone == "Asia/Shanghai"


@pytest.mark.parametrize("monday", [date(2026, 3, 23), date(2026, 10, 19)])
def test_a_night_over_a_clock_change_reads_back_as_it_lasted(monday: date, tmp_path: Path) -> None:
    centre = tiny_centre(timezone="Europe/Berlin", interval_minutes=15)
    week = centre.week(monday)
    start = week.midnight(6) - 60
    pieces = [Segment(at, at + 15, "work" if at % 30 else "rest", True) for at in range(start, start + 480, 15)]
    night = Shift(agent="dee", day=5, segments=tuple(pieces))
    write_plan(plan_of(centre, week, [night]), tmp_path)
    back = read_plan(tmp_path)
    assert back.roster is not None
    assert shifts_of(back.roster, week) == [night]
    assert back.coverage is not None
    assert len(back.coverage) == week.intervals == 672 + (4 if monday.month == 10 else -4)
    elapsed = back.coverage["start"].dt.tz_convert("UTC").diff().dropna().unique()
    assert list(elapsed) == [pd.Timedelta(minutes=15)]


def test_only_ambiguous_times_carry_an_offset(tmp_path: Path) -> None:
    centre = tiny_centre(timezone="Europe/Berlin", interval_minutes=60)
    write_plan(plan_of(centre, centre.week(date(2026, 10, 19)), []), tmp_path)
    starts = [line.split(",")[0] for line in (tmp_path / "coverage.csv").read_text().splitlines()]
    assert [start for start in starts if "+" in start] == ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"]


def test_the_same_plan_is_the_same_bytes(plan: PlanOutput, tmp_path: Path) -> None:
    shuffled = plan_of(plan.centre, plan.week, reversed(plan.shifts))
    for name, one in (("a", plan), ("b", shuffled)):
        write_plan(one, tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_an_interrupted_write_leaves_the_earlier_plan_whole(
    plan: PlanOutput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_plan(plan, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write_bytes = Path.write_bytes

    def interrupted(path: Path, content: bytes) -> int:
        write_bytes(path, content[: len(content) // 2])
        if "coverage" in path.name:
            raise KeyboardInterrupt
        return len(content)

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_plan(plan_of(plan.centre, plan.week, []), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_step_alone_writes_its_file_and_the_next_reads_it(
    plan: PlanOutput, centre: Centre, week: Week, tmp_path: Path
) -> None:
    queues = tuple(centre.queues)
    write_forecast(plan.forecast, tmp_path)
    write_requirement(plan.requirement, tmp_path)
    write_roster(plan.shifts, week, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"forecast.csv", "requirement.csv", "roster.csv"}
    forecast = read_forecast(tmp_path / "forecast.csv", week, queues)
    requirement = read_requirement(tmp_path / "requirement.csv", week, queues)
    np.testing.assert_allclose(forecast.offered, plan.forecast.offered, atol=5.1e-5)
    np.testing.assert_allclose(forecast.aht_seconds, plan.forecast.aht_seconds, atol=5.1e-4)
    np.testing.assert_allclose(requirement.rostered, plan.requirement.rostered, atol=5.1e-7)


def test_what_stands_beside_a_forecast_is_written_where_it_was_made_and_read_back(
    plan: PlanOutput, week: Week, tmp_path: Path
) -> None:
    """Limits of dates, and dates left out of history; a forecast that was read from its file knows neither."""
    queue = plan.forecast.queues[0]
    ones = np.ones((len(plan.forecast.queues), 7))
    left_out = Proposal(
        date=date(2026, 10, 21), queue=queue, name="outage found", start="09:00", end="12:00", offered=0.0, usual=99.0
    )
    made = replace(
        plan.forecast, method={queue: "factor model"}, day_limits={"p10": ones, "p90": 3 * ones}, proposals=(left_out,)
    )
    write_forecast(made, tmp_path)
    write_forecast(plan.forecast, tmp_path)
    found = read_plan(tmp_path)
    assert found.forecast_days is not None and found.proposals is not None
    assert found.forecast_days["date"].tolist() == [week.date_of(day) for day in range(7)] * len(ones)
    assert found.forecast_days["offered"].to_numpy() == pytest.approx(made.by_date().reshape(-1), abs=0.01)
    assert found.forecast_days["offered_p90"].tolist() == [3.0] * ones.size
    assert found.proposals.to_dict("records") == [
        {
            "date": left_out.date,
            "queue": queue,
            "name": "outage found",
            "from": "09:00",
            "to": "12:00",
            "offered": 0.0,
            "usual": 99.0,
        }
    ]


def test_a_coverage_edited_badly_names_every_cell(plan: PlanOutput, tmp_path: Path) -> None:
    write_plan(plan, tmp_path)
    path = tmp_path / "coverage.csv"
    lines = path.read_text().splitlines()
    lines[4] = lines[4].replace("2026-11-30T01:30", "half past one")
    lines[9] = ",".join([*lines[9].split(",")[:2], "many", "0"])
    path.write_text("\n".join(lines))
    with pytest.raises(FaultyInput) as caught:
        read_plan(tmp_path)
    assert [(fault.file, fault.row, fault.column, fault.got) for fault in caught.value.faults] == [
        ("coverage.csv", 5, "start", "half past one"),
        ("coverage.csv", 10, "required", "many"),
    ]


@pytest.mark.parametrize("content", ["{half", "[1, 2]"])
def test_a_summary_that_no_plan_wrote_is_told(content: str, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(FaultyInput, match=r"plan\.json:1:"):
        read_plan(tmp_path)


def test_figures_that_are_no_numbers_are_null(plan: PlanOutput) -> None:
    written = files.summary_json({"cost": float("nan"), "bound": float("inf"), "hours": [1.5, float("nan")]})
    assert json.loads(written) == {"cost": None, "bound": None, "hours": [1.5, None]}
    assert json.loads(files.summary_json({"seats": np.int64(3), "gap": np.float64(0.5)})) == {"seats": 3, "gap": 0.5}  # type: ignore[dict-item]


def test_an_agent_called_na_stays_so(week: Week, centre: Centre, tmp_path: Path) -> None:
    unrostered = pd.DataFrame([("NA", "absent"), ("007", "absent")], columns=["agent", "reason"])
    shift = shift_at(week, "NA", 0, DAY)
    write_plan(plan_of(centre, week, [shift], unrostered=unrostered), tmp_path)
    back = read_plan(tmp_path)
    assert back.unrostered is not None
    assert list(back.unrostered["agent"]) == ["NA", "007"]
    assert back.roster is not None
    assert shifts_of(back.roster, week) == [shift]
