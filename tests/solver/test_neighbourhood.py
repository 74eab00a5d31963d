"""A day of a skill group planned anew: legal, never dearer, and nobody is asked who is not there."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from solver import neighbourhood
from solver.corner import Corners
from solver.neighbourhood import Kind, Neighbourhood, neighbourhoods, plan_anew, promising
from solver.search import Search
from solver.week import FREE
from wfm.centre import CostRates
from wfm.check import check
from wfm.problem import Problem

from ..tiny import MONDAY, tiny_agent, tiny_centre
from .test_exact import KIND, LOOSE, search_of, tiny_problem


@pytest.fixture
def corners() -> Iterator[list[Corners]]:
    """As many processes as there are neighbourhoods at once."""
    found = [Corners(), Corners()]
    yield found
    for one in found:
        one.close()


def rostered(seed: int) -> Search:
    """Six agents of a tiny centre, each with a week."""
    search = search_of(tiny_problem(seed, agents=6))
    search.sweep(rho=0.0)
    return search


@pytest.mark.parametrize("seed", range(6))
def test_a_day_planned_anew_is_legal_and_saves_what_it_says(seed: int, corners: list[Corners]) -> None:
    search = rostered(seed)
    problem = search.crew.rules.problem
    todo = neighbourhoods(search)
    for _ in range(3):
        picked = promising(search, todo, 2)
        before = search.cost()
        saved = plan_anew(search, picked, corners)
        assert saved >= 0
        assert before - search.cost() == pytest.approx(saved, abs=1e-6)
        assert not check(
            problem.centre, problem.week, search.crew.shifts(search.placed), unrostered=problem.centre.agents
        )


def test_two_days_planned_at_once_keep_the_hours_of_whoever_is_on_both(corners: list[Corners]) -> None:
    """Four hours a week and one to spare: each of two days would take the hour, beside the other as it was."""
    kind = replace(KIND, paid_minutes=(120, 180))
    contract = replace(LOOSE, weekly_minutes=(0, 300), days=(2, 2))
    people = [tiny_agent(name, contract=contract.contract) for name in ("ann", "bob", "cai")]
    centre = tiny_centre(agents=people, contracts=[contract], kinds=[kind], interval_minutes=60, grid_minutes=60)
    week = centre.week(MONDAY)
    required = np.zeros((1, week.intervals))
    required[:, [9, 10, 81, 82]] = 3.0
    quiet = search_of(Problem(centre=centre, week=week, required=required))
    quiet.sweep(rho=0.0)
    days = (quiet.placed.choice != FREE).any(axis=0)
    assert np.flatnonzero(days).tolist() == [0, 3]
    required[:, [9, 10, 11, 81, 82, 83]] = 3.0
    search = search_of(Problem(centre=centre, week=week, required=required))
    search.load(quiet.placed)
    everybody = [0, 1, 2]
    plain = Kind(trained=False, window=120, hope=1.0)
    plan_anew(search, [Neighbourhood(kind=plain, day=day, members=everybody) for day in (0, 3)], corners)
    assert not check(centre, week, search.crew.shifts(search.placed), unrostered=())


def test_a_day_on_which_nobody_of_the_group_works_any_more_is_passed_over() -> None:
    search = rostered(1)
    todo = neighbourhoods(search)
    assert promising(search, todo, 2)
    search.placed.choice[:] = FREE
    assert promising(search, todo, 2) == []


def wanted_later() -> Search:
    """Everybody begins at nine on Monday for three hours with one of training, and people are wanted later then."""
    kind = replace(KIND, latest_start=11 * 60, step_minutes=60, paid_minutes=(180,), session_minutes=(60,))
    contract = replace(LOOSE, weekly_minutes=(180, 180), days=(1, 1), training_minutes_month=600)
    people = [tiny_agent(name, contract=contract.contract) for name in ("ann", "bob", "cai", "dan")]
    centre = tiny_centre(
        agents=people,
        contracts=[contract],
        kinds=[kind],
        interval_minutes=60,
        grid_minutes=60,
        seats=9,
        classroom_places=4,
        worked=None,
        cost=CostRates(training=20.0),
    )
    week = centre.week(MONDAY)
    required = np.zeros((1, week.intervals))
    required[:, 9:12] = 6.0
    early = search_of(Problem(centre=centre, week=week, required=required))
    early.sweep(rho=0.0)
    required[:, 9:12], required[:, 11:14] = 0.0, 6.0
    search = search_of(Problem(centre=centre, week=week, required=required))
    search.load(early.placed)
    return search


def test_those_in_training_are_planned_anew_and_stay_in_training(corners: list[Corners]) -> None:
    search = wanted_later()
    problem, choices = search.crew.rules.problem, search.crew.rules.choices
    there = np.flatnonzero(search.placed.choice[:, 0] != FREE)
    before = search.placed.choice[there, 0]
    assert choices.session[before].any()
    moving = Kind(trained=True, window=120, hope=1.0)
    assert plan_anew(search, [Neighbourhood(kind=moving, day=0, members=there.tolist())], corners) > 0
    after = search.placed.choice[there, 0]
    moved = choices.start[after] > choices.start[before]
    assert moved[choices.session[before] > 0].any()
    assert (choices.session[after] == choices.session[before]).all()
    assert not check(problem.centre, problem.week, search.crew.shifts(search.placed), unrostered=())


def test_what_has_saved_little_is_tried_less(corners: list[Corners]) -> None:
    search = rostered(1)
    plain = Kind(trained=False, window=120, hope=8.0)
    one, other = (Neighbourhood(kind=plain, day=day, members=[0, 1]) for day in (0, 3))
    assert one.worth == other.worth == 8.0
    one.learn(2.0, room=10.0)
    assert plain.hope == other.worth == one.worth == 5.0  # half of what was hoped, half of what was seen
    one.learn(4.0, room=0.0)
    assert one.worth == 4.5 / 8  # nothing is left there for the moment
    assert promising(search, [one, other], 1) == [other]


def test_those_that_take_as_long_are_solved_at_once() -> None:
    """The second promises less than one of another kind, which would have to wait for it or be waited for."""
    search = rostered(1)
    plain, trained = (Kind(trained=trained, window=120, hope=8.0) for trained in (False, True))
    days = np.flatnonzero((search.placed.choice[:2] != FREE).any(axis=0))
    first, last = int(days[0]), int(days[-1])
    assert last - first > 1
    best = Neighbourhood(kind=plain, day=first, members=[0, 1], saved=9.0)
    other = Neighbourhood(kind=trained, day=last, members=[0, 1], saved=8.0)
    like = Neighbourhood(kind=plain, day=last, members=[0, 1], saved=1.0)
    assert promising(search, [like, other, best], 2) == [best, like]
    assert promising(search, [other, best], 2) == [best, other]


def test_where_others_promise_more_nobody_is_asked(corners: list[Corners]) -> None:
    search = wanted_later()
    before, cost = search.placed.choice.copy(), search.cost()
    hoped = 500.0
    one = Neighbourhood(kind=Kind(trained=True, window=120, hope=hoped), day=0, members=[0, 1, 2, 3])
    assert plan_anew(search, [one], corners, otherwise=1e9) == 0.0
    assert (search.placed.choice == before).all()
    assert search.cost() == pytest.approx(cost)
    assert hoped * neighbourhood.AGAIN / 2 <= one.worth < hoped  # its turn comes when the others are done
    assert one.kind.hope < hoped  # and others like it promise less
    assert plan_anew(search, [one], corners, otherwise=one.worth) > 0


def test_too_many_on_one_day_fall_into_parts_of_one_size(monkeypatch: pytest.MonkeyPatch) -> None:
    search = wanted_later()
    assert (search.placed.choice[:, 0] != FREE).sum() == 4
    monkeypatch.setattr(neighbourhood, "MOST_MEMBERS", 3)
    parts = [one.members for one in neighbourhoods(search) if one.kind.trained]
    assert sorted(map(len, parts)) == [2, 2]
    assert sorted(i for part in parts for i in part) == [0, 1, 2, 3]
