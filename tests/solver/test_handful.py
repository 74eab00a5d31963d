"""A few agents who take their weeks anew: legal, never dearer, and better where nobody alone can be."""

from dataclasses import replace

import numpy as np
import pytest

from solver.handful import Handfuls, _interval_costs, anneal
from solver.search import Budget
from wfm.centre import Request
from wfm.check import check
from wfm.problem import Problem

from ..tiny import MONDAY, tiny_agent, tiny_centre
from .test_exact import KIND, LOOSE, cheapest_of_all, search_of, tiny_problem


@pytest.mark.parametrize("seed", range(6))
def test_handfuls_are_legal_and_save_what_they_say(seed: int) -> None:
    search = search_of(tiny_problem(seed, agents=6))
    search.sweep(rho=0.0)
    problem, before = search.crew.rules.problem, search.cost()
    handfuls = Handfuls(worth=100.0)
    saved = handfuls.plan_anew(search)
    assert saved >= 0
    assert before - search.cost() == pytest.approx(saved, abs=1e-6)
    assert handfuls.worth == pytest.approx(max(saved, 100.0 / 8))
    assert not check(problem.centre, problem.week, search.crew.shifts(search.placed), unrostered=problem.centre.agents)


def test_nobody_is_asked_anew_for_what_last_week_s_shifts_cover_too_much() -> None:
    search = search_of(tiny_problem(0))
    state = search.state
    state.required[0, :3], state.cover[0, :3] = 2.0, 5.0
    tail = np.zeros_like(state.cover)
    tail[0, :3] = 5.0, 3.0, 0.0
    cost = _interval_costs(state, tail)
    assert cost[0, :3] == pytest.approx(state.rates[2] * np.array([0.0, 2.0, 3.0]))
    state.cover[0, 0] = 1.0
    assert _interval_costs(state, tail)[0, 0] > 0


@pytest.mark.parametrize("seed", range(6))
def test_annealing_ends_with_the_best_roster_that_it_met(seed: int) -> None:
    """On problems so tiny that it comes to the cheapest of all; what it keeps is legal and costs what it says."""
    problem = tiny_problem(seed)
    search = search_of(problem)
    search.budget = Budget(work_limit=20.0)
    search.sweep(rho=0.0)
    search.keep("first roster")
    before = search.best.cost
    anneal(search, share=0.5)
    assert search.best.cost <= before
    assert search.cost() == pytest.approx(search.best.cost, abs=1e-6)
    assert search.best.cost == pytest.approx(cheapest_of_all(problem), abs=2e-3)
    assert search.best.placed is not None
    shifts = search.crew.shifts(search.best.placed)
    assert not check(problem.centre, problem.week, shifts, unrostered=problem.centre.agents)
    assert 0 < search.budget.work <= 10.1  # its share, and the last handful


def test_annealing_with_the_same_seed_and_work_ends_the_same() -> None:
    problem = tiny_problem(3, agents=6)
    ends = []
    for _ in range(2):
        search = search_of(problem)
        search.budget = Budget(work_limit=10.0)
        search.sweep(rho=0.0)
        search.keep("first roster")
        anneal(search, share=0.4)
        ends.append(search.placed.choice.tolist())
    assert ends[0] == ends[1]


def test_nobody_loses_the_week_for_whom_there_is_none_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all seats were taken by the time they are asked; nobody is required, so that no week would be cheaper."""
    problem = tiny_problem(1, agents=6)
    rostered = search_of(problem)
    rostered.sweep(rho=0.0)
    search = search_of(replace(problem, required=np.zeros_like(problem.required)))
    search.load(rostered.placed)
    stood = search.placed.copy()
    monkeypatch.setattr("solver.handful.respond", lambda *_, **__: 0.0)
    assert Handfuls(worth=100.0).plan_anew(search) == 0.0
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
    assert Handfuls(worth=100.0).plan_anew(search) == pytest.approx(crossed)
    assert search.cost() == pytest.approx(0.0)


def test_who_owes_no_training_has_some_where_one_is_too_many() -> None:
    """One works from 9 to 13 or from 11 to 15, and one is wanted from 9 to 12."""
    kind = replace(KIND, paid_minutes=(240,), session_minutes=(60,))
    centre = tiny_centre(
        agents=[tiny_agent("ann")],
        contracts=[replace(LOOSE, days=(1, 1), weekly_minutes=(240, 240))],
        kinds=[kind],
        interval_minutes=60,
        grid_minutes=60,
    )
    week = centre.week(MONDAY)
    required = np.zeros((1, week.intervals))
    required[:, 9:12] = 1.0
    search = search_of(Problem(centre=centre, week=week, required=required))
    search.sweep(rho=0.0)
    search.keep("as due")
    assert search.best.cost == pytest.approx(60 * 0.1)
    search.crew.train_idle()
    search.sweep(rho=0.0)
    search.keep("idle too")
    assert search.best.cost == pytest.approx(0.0)
    [shift] = search.crew.shifts(search.best.placed)
    assert [(s.start, s.end) for s in shift.segments if s.activity == "training"] == [(12 * 60, 13 * 60)]
    assert not check(centre, week, [shift], unrostered={})
