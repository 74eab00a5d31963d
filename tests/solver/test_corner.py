"""Corners of linear programmes: the cheapest ones, one after the other, and what they leave of a model."""

from collections.abc import Iterator

import numpy as np
import pytest

from solver.corner import Corners
from solver.exact import build
from solver.linear import Programme
from solver.model import values_of
from solver.translated import Translation
from wfm.progress import never

from .test_exact import search_of, tiny_problem


@pytest.fixture
def corners() -> Iterator[Corners]:
    """The process, closed in the end."""
    found = Corners()
    yield found
    found.close()


def programme(least: float) -> Programme:
    """min 2x + 3y where x + y is at least so much and x at most 1."""
    found = Programme()
    columns = found.add_columns(2, cost=np.array([2.0, 3.0]), upper=np.array([1.0, np.inf]), whole=True)
    row = found.add_rows(1, low=least, high=np.inf)
    found.put(row, columns, 1.0)
    return found


def test_one_programme_after_the_other_has_its_cheapest_corner_whole_or_not(corners: Corners) -> None:
    for least in (1.5, 0.5):
        question = programme(least)
        corner = corners.find(question, seconds=10.0, stop=never)
        assert corner is not None
        wanted = [min(1.0, least), max(0.0, least - 1.0)]
        assert corner.values == pytest.approx(wanted)
        assert corner.cost == pytest.approx(question.cost_of(np.array(wanted)))


def test_a_programme_that_nothing_obeys_has_no_corner(corners: Corners) -> None:
    question = programme(1.5)
    question.put(question.add_rows(1, low=-np.inf, high=1.0), np.arange(2), 1.0)
    assert corners.find(question, seconds=10.0, stop=never) is None
    assert corners.find(programme(0.5), seconds=10.0, stop=never) is not None


def test_who_is_stopped_has_no_corner_and_may_ask_again(corners: Corners) -> None:
    assert corners.find(programme(0.5), seconds=10.0, stop=lambda: True) is None
    assert corners.find(programme(0.5), seconds=10.0, stop=never) is not None


@pytest.mark.parametrize("seed", range(4))
def test_what_is_left_of_a_model_holds_the_roster_and_what_lies_beside_the_corner(seed: int, corners: Corners) -> None:
    search = search_of(tiny_problem(seed, agents=5))
    search.sweep(rho=0.0)
    search.keep("")
    assert search.best.placed is not None
    model = build(search)
    stands = np.array(values_of(model, search.best.placed))
    translation = Translation(model)
    columns = translation.columns(stands.astype(float))
    corner = corners.find(translation.programme, seconds=10.0, stop=never)
    assert corner is not None
    assert corner.cost <= translation.programme.cost_of(columns) + 1e-6
    before = [list(variable.domain) for variable in model.cp.proto.variables]
    translation.confine(model, corner.values, columns)
    costs = {cost.index for cost in model.costs}
    fewer = 0
    for number, variable in enumerate(model.cp.proto.variables):
        low, high = variable.domain
        assert low <= stands[number] <= high
        if number not in costs:
            beside = before[number][0] + corner.values[number]
            assert low <= beside + 1e-5
            assert high >= beside - 1e-5
            assert high - low <= abs(stands[number] - beside) + 1
            fewer += [low, high] != before[number]
    assert fewer
