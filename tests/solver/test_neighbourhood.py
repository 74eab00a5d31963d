"""A day of a skill group planned anew: legal, never dearer, and nobody is asked who is not there."""

import pytest

from solver.neighbourhood import neighbourhoods, plan_anew, promising
from solver.search import Search
from solver.week import FREE
from wfm.check import check

from .test_exact import search_of, tiny_problem


def rostered(seed: int) -> Search:
    """Six agents of a tiny centre, each with a week."""
    search = search_of(tiny_problem(seed, agents=6))
    search.sweep(rho=0.0)
    return search


@pytest.mark.parametrize("seed", range(6))
def test_a_day_planned_anew_is_legal_and_saves_what_it_says(seed: int) -> None:
    search = rostered(seed)
    problem = search.crew.rules.problem
    todo = neighbourhoods(search)
    for _ in range(3):
        picked = promising(search, todo, 2)
        before = search.cost()
        saved = plan_anew(search, picked)
        assert saved >= 0
        assert before - search.cost() == pytest.approx(saved, abs=1e-6)
        assert not check(
            problem.centre, problem.week, search.crew.shifts(search.placed), unrostered=problem.centre.agents
        )


def test_a_day_on_which_nobody_of_the_group_works_any_more_is_passed_over() -> None:
    search = rostered(1)
    todo = neighbourhoods(search)
    assert promising(search, todo, 2)
    search.placed.choice[:] = FREE
    assert promising(search, todo, 2) == []
