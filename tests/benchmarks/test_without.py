"""Each part of the search can be switched off, and a week without it is legal all the same."""

from importlib import import_module

import pytest

from benchmarks.without import PARTS, switch_off
from solver import solve
from tests.solver.test_roster_properties import Chance
from wfm.check import check
from wfm.problem import Problem


@pytest.mark.parametrize("part", PARTS)
def test_without_a_part_the_roster_is_legal_and_the_part_does_nothing(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_off(part, monkeypatch.setattr)
    module, owner, name, instead = PARTS[part][1]
    place = import_module(module)
    assert getattr(getattr(place, owner) if owner else place, name) == instead
    chance = Chance(3)
    problem = Problem(centre=chance.centre, week=chance.week, required=chance.required)
    found = solve(problem, time_limit=300.0, work_limit=2.0, workers=1)
    assert found.shifts is not None
    assert check(chance.centre, chance.week, found.shifts, unrostered=found.unrostered) == []
