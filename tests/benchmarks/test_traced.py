"""What is read from a trace is what a planner would have seen at that time."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import targets
from benchmarks.instances import make
from benchmarks.targets import slope, target
from benchmarks.traced import TRACE, Point, Traced, observe

POINTS: list[Point] = [(0.0, None, 0.0), (4.0, 9000.0, 0.0), (8.0, 9000.0, 3000.0), (20.0, 3600.0, 3000.0)]


def traced(points: list[Point]) -> Traced:
    return Traced(
        status="feasible",
        seconds=40.0,
        peak_mb=500.0,
        roster_seconds=30.0,
        time_limit=30.0,
        violations=0,
        checked=0,
        agents=10,
        seats=None,
        peak_seats=5,
        unrostered=0,
        unexplained=0,
        without_week=0,
        owed=0,
        placed=0,
        required_hours=100.0,
        short_hours=0.0,
        bound=3000.0,
        cost=3300.0,
        gap_hours=5.0,
        points=points,
    )


def test_the_gap_at_a_time_is_that_of_the_last_report_before_it() -> None:
    found = traced(POINTS)
    assert found.gap_at(3.0) is None
    assert found.gap_at(5.0) == pytest.approx(1.5)
    assert found.gap_at(19.9) == pytest.approx(1.0)
    assert found.gap_at(20.0) == pytest.approx(0.1)


def test_at_the_time_limit_the_roster_counts_that_was_judged() -> None:
    assert traced(POINTS).gap_at(30.0) == pytest.approx(0.05)


def test_first_roster_first_bound_and_the_time_to_a_gap() -> None:
    found = traced(POINTS)
    assert (found.first_roster, found.first_bound) == (4.0, 8.0)
    assert found.seconds_to(1.0) == 8.0
    assert found.seconds_to(0.01) is None


def test_time_that_grows_with_the_agents_has_slope_one() -> None:
    assert slope([1000, 2000, 20000], [3.0, 6.0, 60.0]) == pytest.approx(1.0)


def test_the_worst_of_the_seeds_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    good = replace(traced(POINTS), gap_hours=0.01)
    bad = {1: good, 2: replace(good, gap_hours=0.2)}
    monkeypatch.setattr(targets, "traced_week", lambda name, *, seed, **_: bad[seed])
    [well] = target("connected_5000", seeds=(1,), again=False)
    [badly] = target("connected_5000", seeds=(1, 2), again=False)
    assert well.measure()[1]
    seen, reached = badly.measure()
    assert not reached and "0.200%" in seen


def test_a_violation_that_the_check_finds_spoils_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    found = replace(traced(POINTS), gap_hours=0.01, checked=1)
    monkeypatch.setattr(targets, "traced_week", lambda name, **_: found)
    [claim] = target("connected_5000", seeds=(1,), again=False)
    assert not claim.measure()[1]


def test_an_observed_plan_ends_when_its_gap_is_small_enough(tmp_path: Path) -> None:
    monday = make("corner_shop", tmp_path / "centre", seed=1)
    observe(tmp_path / "centre", monday, tmp_path / "out", time_limit=30.0, until=1000.0)
    summary = json.loads((tmp_path / "out" / "plan.json").read_text())
    points = json.loads((tmp_path / "out" / TRACE).read_text())
    assert summary["violations"] == 0
    assert points[-1][1] is not None
    assert summary["seconds"]["roster"] < 20
