"""A plan is a function of its input: what was planned on Friday and is planned again on Monday is the same."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wfm.plan
from sample_data.centres import blueprint
from sample_data.make import make
from wfm.clock import Week
from wfm.plan import plan_week, short_periods, status
from wfm.problem import Clash, Problem, Result

MONDAY = blueprint("corner_shop").monday


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    make("corner_shop", folder)
    return folder


@pytest.fixture(scope="module")
def planned(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _planned(shop, tmp_path_factory.mktemp("planned") / "out")


def test_the_same_input_and_seed_under_a_work_limit_give_the_same_roster_byte_for_byte(
    shop: Path, planned: Path, tmp_path: Path
) -> None:
    again = _planned(shop, tmp_path / "out")
    roster = (planned / "roster.csv").read_bytes()
    assert (again / "roster.csv").read_bytes() == roster
    assert roster.count(b"\n") > 100
    ours, theirs = _summary(planned), _summary(again)
    assert [name for name in ours if name not in ("seconds", "peak_memory_mb") and ours[name] != theirs[name]] == []


def test_a_plan_says_what_it_was_made_from(planned: Path) -> None:
    summary = _summary(planned)
    assert (summary["seed"], len(summary["inputs_sha256"])) == (1, 64)
    assert {"python", "wfm", "ortools", "numpy"} <= set(summary["versions"])
    assert {"forecast", "requirement", "roster", "check", "export", "total"} <= set(summary["seconds"])


def test_a_plan_that_found_no_roster_leaves_none_of_an_earlier_plan_behind(
    shop: Path, planned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found_nothing(_: Problem, **__: object) -> Result:
        return Result(shifts=None, bound=0.0, unrostered={}, clashes=())

    monkeypatch.setattr(wfm.plan, "solve", found_nothing)
    summary = plan_week(shop, MONDAY, planned, time_limit=1.0)
    assert summary["status"] == "undecided"
    assert not {"roster.csv", "roster.xlsx", "coverage.csv"} & {file.name for file in planned.iterdir()}


@pytest.mark.parametrize(
    ("found", "cost", "word"),
    [
        (Result(shifts=(), bound=100.0, unrostered={}, clashes=()), 100.00005, "optimal"),
        (Result(shifts=(), bound=99.0, unrostered={}, clashes=()), 100.0, "feasible"),
        (Result(shifts=None, bound=0.0, unrostered={}, clashes=()), 0.0, "undecided"),
        (Result(shifts=(), bound=9.0, unrostered={}, clashes=(Clash(rule="locks", agent="", date=""),)), 9.0, "infeasible"),
    ],
)  # fmt: skip
def test_the_word_for_what_was_found(found: Result, cost: float, word: str) -> None:
    assert status(found, cost) == word


def test_short_periods_are_runs_of_intervals_the_worst_first() -> None:
    week = Week(monday=date(2026, 11, 30), timezone="Asia/Shanghai", interval_minutes=60, grid_minutes=15)
    required, staffed = np.full((2, 168), 5.0), np.full((2, 168), 5.0)
    staffed[0, 8:10] = 4.0  # two hours, one agent short
    staffed[1, 167] = 2.0  # the last hour of the week, three agents short
    staffed[1, 30] = 4.9  # not worth telling
    found = short_periods(week, queues=("orders", "faults"), required=required, staffed=staffed)
    assert [tuple(period.values()) for period in found if isinstance(period, dict)] == [
        ("faults", "2026-12-06T23:00", "2026-12-07T00:00", 3.0),
        ("orders", "2026-11-30T08:00", "2026-11-30T10:00", 2.0),
    ]


def _planned(centre: Path, out: Path) -> Path:
    plan_week(centre, MONDAY, out, time_limit=300.0, work_limit=0.5, seed=1, workers=1)
    return out


def _summary(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "plan.json").read_text(encoding="utf-8")))
