"""Centres of other shapes read without faults and have a legal past."""

from pathlib import Path

import pytest

from sample_data.blueprint import Blueprint
from sample_data.folder import write
from sample_data.shapes import SHAPES, shape, shaped
from tests.sample_data.worked_weeks import violations
from wfm.check import peak_seats
from wfm.reading import read_centre

SMALL = {name: {**asked, "agents": min(asked["agents"], 120)} for name, asked in SHAPES.items()}


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_reads_without_faults_and_its_worked_weeks_are_legal(name: str, tmp_path: Path) -> None:
    plan: Blueprint = shaped(seed=3, **SMALL[name])  # type: ignore[arg-type]
    write(plan, tmp_path)
    centre = read_centre(tmp_path)
    assert violations(centre, plan.monday) == []
    assert peak_seats(centre, centre.week(plan.monday), []) <= plan.seats


@pytest.mark.parametrize(("name", "hours"), [("clock_back", 169), ("clock_forward", 167), ("half_hours", 168)])
def test_the_clock_changes_in_the_week_that_is_meant_to_show_it(name: str, hours: int, tmp_path: Path) -> None:
    shape(name, tmp_path)
    plan = shaped(seed=1, **SHAPES[name])
    assert read_centre(tmp_path).week(plan.monday).minutes == hours * 60


def test_tight_seats_are_fewer_than_the_requirement_asks_for() -> None:
    loose, tight = (shaped(seed=1, agents=300, queues=2, seats_factor=factor) for factor in (None, 0.9))
    assert loose.seats == 300
    assert tight.seats < 100
