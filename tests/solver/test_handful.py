"""A few agents who take their weeks anew: legal, never dearer, and better where nobody alone can be."""

from dataclasses import replace

import numpy as np
import pytest

from solver.handful import Handfuls
from wfm.centre import Request
from wfm.check import check
from wfm.problem import Problem

from ..tiny import MONDAY, tiny_agent, tiny_centre
from .test_exact import KIND, LOOSE, search_of, tiny_problem


@pytest.mark.parametrize("seed", range(6))
def test_handfuls_are_legal_and_save_what_they_say(seed: int) -> None:
    search = search_of(tiny_problem(seed, agents=6))
    search.sweep(rho=0.0)
    problem, before = search.crew.rules.problem, search.cost()
    handfuls = Handfuls(worth=100.0)
    saved = handfuls.plan_anew(search, lately=0.5)
    assert saved >= 0
    assert before - search.cost() == pytest.approx(saved, abs=1e-6)
    assert handfuls.worth == pytest.approx(50.0 + saved / 2)
    assert not check(problem.centre, problem.week, search.crew.shifts(search.placed), unrostered=problem.centre.agents)


def test_nobody_loses_the_week_for_whom_there_is_none_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all seats were taken by the time they are asked; nobody is required, so that no week would be cheaper."""
    problem = tiny_problem(1, agents=6)
    rostered = search_of(problem)
    rostered.sweep(rho=0.0)
    search = search_of(replace(problem, required=np.zeros_like(problem.required)))
    search.load(rostered.placed)
    stood = search.placed.copy()
    monkeypatch.setattr("solver.handful.respond", lambda *_, **__: 0.0)
    assert Handfuls(worth=100.0).plan_anew(search, lately=0.5) == 0.0
    assert (search.placed.choice == stood.choice).all()


def test_two_who_would_rather_have_each_others_shift_get_it() -> None:
    """One is wanted from 9 to 11 and one from 11 to 13. Whoever moves alone leaves two hours uncovered."""
    wishes = [("ann", "end_before"), ("bob", "start_after")]
    centre = tiny_centre(
        agents=[tiny_agent(name) for name, _ in wishes],
        contracts=[replace(LOOSE, days=(1, 1))],
        kinds=[KIND],
        interval_minutes=60,
        grid_minutes=60,
        requests=tuple(
            Request(agent=name, date=MONDAY, kind=kind, value="11:00", clock=11 * 60, weight=1.0)
            for name, kind in wishes
        ),
    )
    week = centre.week(MONDAY)
    required = np.zeros((1, week.intervals))
    required[:, 9:13] = 1.0
    search = search_of(Problem(centre=centre, week=week, required=required))
    search.sweep(rho=0.0)
    starts, taken = search.crew.rules.choices.start, search.placed.choice[:, 0]
    if starts[taken[0]] < starts[taken[1]]:
        search.placed.choice[:] = search.placed.choice[::-1].copy()
        search.placed.place[:] = search.placed.place[::-1].copy()
    search.load(search.placed)
    search.sweep(rho=0.0)
    crossed = search.cost()
    assert crossed == pytest.approx(2 * centre.cost.request)
    assert Handfuls(worth=100.0).plan_anew(search, lately=0.5) == pytest.approx(crossed)
    assert search.cost() == pytest.approx(0.0)
