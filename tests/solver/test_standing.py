"""A search that begins with a roster which stands, and which somebody has edited so that it breaks rules."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sample_data.centres import blueprint
from sample_data.make import make
from solver.crew import Crew
from solver.rules import Rules
from solver.search import Budget, Search
from solver.solve import solve
from solver.standing import take_up
from wfm.check import check
from wfm.plan import expected
from wfm.problem import Problem, Result, Standing
from wfm.progress import Progress, silent
from wfm.reading import read_centre
from wfm.requirement import require
from wfm.roster import Shift

Shifts = tuple[Shift, ...]


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Problem, Result]:
    folder = tmp_path_factory.mktemp("shop")
    make("corner_shop", folder)
    centre = read_centre(folder)
    week = centre.week(blueprint("corner_shop").monday)
    problem = Problem(centre=centre, week=week, required=require(centre, expected(centre, week)).rostered)
    return problem, solve(problem, time_limit=300.0, work_limit=0.5, workers=1)


def one_more_day(shifts: Shifts) -> Shifts:
    """The first agent works on every day from Monday to Saturday: too many days, hours and no two days off."""
    own = {shift.day: shift for shift in shifts if shift.agent == shifts[0].agent}
    model = next(iter(own.values()))
    more = [moved(model, day - model.day) for day in range(6) if day not in own]
    return (*shifts, *more)


def one_day(shifts: Shifts) -> Shifts:
    """The first agent works on one day only."""
    return tuple(shift for shift in shifts if shift.agent != shifts[0].agent or shift is shifts[0])


def off_the_grid(shifts: Shifts) -> Shifts:
    return (moved(shifts[0], 0, minutes=7), *shifts[1:])


def moved(shift: Shift, days: int, *, minutes: int = 0) -> Shift:
    by = days * 1440 + minutes
    segments = tuple(s._replace(start=s.start + by, end=s.end + by) for s in shift.segments)
    return replace(shift, day=shift.day + days, segments=segments)


@pytest.mark.parametrize("edit", [one_more_day, one_day, off_the_grid])
def test_a_roster_that_breaks_rules_is_taken_up_as_far_as_it_is_legal(
    solved: tuple[Problem, Result], edit: Callable[[Shifts], Shifts]
) -> None:
    problem, before = solved
    assert before.shifts
    edited = edit(before.shifts)
    assert check(problem.centre, problem.week, edited)
    standing = replace(problem, standing=Standing(shifts=edited, now=0))
    told: list[Progress] = []
    found = solve(standing, time_limit=300.0, work_limit=0.2, workers=1, report=told.append)
    assert found.shifts is not None
    assert check(problem.centre, problem.week, found.shifts, unrostered=found.unrostered) == []
    assert "standing roster taken up; new weeks for those that break rules: 1" in {one.message for one in told}


def test_a_legal_roster_is_taken_up_whole(solved: tuple[Problem, Result]) -> None:
    problem, before = solved
    crew = Crew(Rules(replace(problem, standing=Standing(shifts=before.shifts or (), now=0))))
    search = Search(crew, problem.required, Budget(), silent, seed=1)
    assert take_up(search) == []
    assert sorted(crew.shifts(search.placed), key=str) == sorted(before.shifts or (), key=str)
    assert np.isfinite(search.cost())
