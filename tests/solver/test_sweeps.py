"""Sweeps where seats bind: everybody asked once, nobody let in who has no seat."""

from dataclasses import replace

import numpy as np
import pytest

from solver.search import Search
from wfm.problem import Problem

from ..tiny import DAY, FULL_TIME, MONDAY, tiny_agent, tiny_centre
from .test_exact import search_of

OPEN = slice(8 * 4, 18 * 4)  # quarters of an hour of each day


def crowded_search(seed: int) -> Search:
    """Nine people with breaks, six seats, nine required by day."""
    contract = replace(FULL_TIME, training_minutes_month=300)
    people = [tiny_agent(f"p{i}") for i in range(9)]
    centre = tiny_centre(agents=people, contracts=[contract], kinds=[DAY], seats=6, classroom_places=1)
    week = centre.week(MONDAY)
    required = np.zeros((1, 7, 96))
    required[:, :5, OPEN] = np.random.default_rng(seed).uniform(6, 12)
    return search_of(Problem(centre=centre, week=week, required=required.reshape(1, -1)))


@pytest.mark.parametrize("seed", range(4))
def test_at_true_cost_no_sweep_makes_a_legal_roster_dearer_or_illegal(seed: int) -> None:
    search = crowded_search(seed)
    search.sweep(rho=0.0)
    for _ in range(4):
        was_legal, cost = search.legal(), search.cost()
        search.sweep(rho=0.0)
        assert search.legal() or not was_legal
        assert not was_legal or search.cost() <= cost + 1e-3
    assert search.legal()


def test_a_lenient_sweep_may_seat_too_many_and_the_next_strict_one_takes_them_out() -> None:
    search = crowded_search(1)
    search.sweep(rho=1e-3, lenient=True)
    assert not search.legal()
    search.keep("too many")
    assert search.best.placed is None
    for _ in range(3):
        search.sweep(rho=0.0)
    assert search.legal()
