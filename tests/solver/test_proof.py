"""Bound and roster against the true optimum, found by trying everything: day by day, for every way of sharing work."""

from collections.abc import Iterable, Iterator
from itertools import product
from threading import Event, Timer

import numpy as np
import pytest

from solver.bound import lower_bound
from solver.errand import NOTHING, Known
from solver.pricing import Pricing
from solver.relaxation import free_prices, price
from solver.solve import solve
from solver.staffing import open_staffing
from wfm.check import check
from wfm.cost import reckon
from wfm.problem import Problem

from ..tiny import shift_at
from .test_exact import search_of, tiny_problem

OPEN_DAYS = range(4)
HOURS = range(9, 13)  # in which the tiny kind's two shifts lie: 9 to 11 and 11 to 13
SHIFTS = (None, 9, 11)
Present = tuple[int, int, int]  # agents who serve a alone, both, b alone
SKILLS: tuple[dict[str, float], ...] = ({"a": 1.0}, {"a": 1.25, "b": 1.0}, {"b": 1.0})


def cheapest(problem: Problem) -> float:
    """The least cost of any legal roster, by trying every assignment of every day and every number of days worked."""
    kinds = [SKILLS.index(agent.skills) for agent in problem.centre.agents.values()]
    allowed = [days_allowed(problem, name) for name in problem.centre.agents]
    reached: dict[tuple[int, ...], float] = {(0,) * len(kinds): 0.0}
    for day in OPEN_DAYS:
        costs: dict[tuple[int, ...], float] = {}  # of the day, by who works
        open_to = [SHIFTS if may_work(problem, name, day) else SHIFTS[:1] for name in problem.centre.agents]
        for starts in product(*open_to):
            worked = tuple(int(start is not None) for start in starts)
            cost = day_cost(problem, day, kinds, starts)
            costs[worked] = min(cost, costs.get(worked, np.inf))
        following: dict[tuple[int, ...], float] = {}
        for (done, sofar), (worked, cost) in product(reached.items(), costs.items()):
            days = tuple(d + w for d, w in zip(done, worked, strict=True))
            if all(d <= max(most) for d, most in zip(days, allowed, strict=True)):
                following[days] = min(sofar + cost, following.get(days, np.inf))
        reached = following
    return min(cost for days, cost in reached.items() if all(d in own for d, own in zip(days, allowed, strict=True)))


def days_allowed(problem: Problem, name: str) -> set[int]:
    """Numbers of days that the checker lets an agent work."""
    return {count for count in range(3) if not broken(problem, name, range(count))}


def may_work(problem: Problem, name: str, day: int) -> bool:
    """Whether the checker lets an agent work on a day, the number of days aside."""
    return broken(problem, name, [day]) <= {"days"}


def broken(problem: Problem, name: str, days: Iterable[int]) -> set[str]:
    """Rules that an agent breaks who works on these days."""
    roster = [shift_at(problem.week, name, day, "09:00 work 11:00") for day in days]
    told = check(problem.centre, problem.week, roster, unrostered=problem.centre.agents)
    return {violation.rule for violation in told if violation.agent == name}


def day_cost(problem: Problem, day: int, kinds: list[int], starts: tuple[int | None, ...]) -> float:
    """Agent-minutes of a day's coverage; inf where it takes more seats than there are."""
    total = 0.0
    for hour in HOURS:
        there = [
            kind for kind, start in zip(kinds, starts, strict=True) if start is not None and start <= hour < start + 2
        ]
        if problem.centre.seats is not None and len(there) > problem.centre.seats:
            return float("inf")
        present = (there.count(0), there.count(1), there.count(2))
        total += min(shared_costs(problem, problem.required[:, day * 24 + hour], present))
    return total


def shared_costs(problem: Problem, required: np.ndarray, present: Present) -> Iterator[float]:
    """Costs of an hour for every share of those who serve both at which the cost can turn."""
    alone_a, both, alone_b = present
    turns = {0.0, float(both)}
    for part in (0.9, 1.0):
        turns |= {(part * required[0] - alone_a) * 1.25, both - (part * required[1] - alone_b)}
    rates = problem.centre.cost
    for share in turns:
        if 0 <= share <= both:
            cost = 0.0
            staffed = (alone_a + share / 1.25, alone_b + both - share)
            for need, have, queue in zip(required, staffed, problem.centre.queues.values(), strict=True):
                short = max(0.0, need - have)
                deep = max(0.0, short - 0.1 * need)
                cost += 60 * queue.weight * (rates.shortage * (short - deep) + rates.shortage_deep * deep)
                cost += 60 * rates.surplus * max(0.0, have - need)
            yield cost


@pytest.mark.parametrize("agents", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("draw", range(20))
def test_bound_and_roster_of_a_tiny_centre_meet_at_the_optimum(agents: int, draw: int) -> None:
    problem = tiny_problem(1000 * agents + draw, agents=agents)
    least = cheapest(problem)
    result = solve(problem, time_limit=60.0, work_limit=20.0, workers=1)
    assert result.shifts is not None
    assert check(problem.centre, problem.week, result.shifts, unrostered=result.unrostered) == []
    cost = reckon(problem.centre, problem.week, problem.required, result.shifts).total
    assert 0.99 * least <= result.bound <= least + 1e-6
    assert cost == pytest.approx(least, abs=2e-3)


@pytest.mark.parametrize("draw", range(200))
def test_the_relaxation_s_bound_is_below_the_optimum(draw: int) -> None:
    problem = tiny_problem(draw, agents=2 + draw % 2)
    crew = search_of(problem).crew
    state = open_staffing(crew.rules, crew.groups, problem.required)
    prices = price(crew, state, seconds=30.0)
    assert prices is not None
    assert lower_bound(crew, state, prices) <= cheapest(problem) + 1e-6


def test_a_bound_at_raised_prices_stays_below_the_optimum_and_is_now_and_then_better() -> None:
    raised = 0
    for draw in range(20):
        problem = tiny_problem(draw, agents=3)
        search = search_of(problem)
        known = Known(prices=free_prices(search.crew, problem.required), bound=0.0)
        pricing = Pricing(search, problem, known)
        guide = np.where(problem.required > 0, np.random.default_rng(draw).uniform(0, 4, problem.required.shape), 0.0)
        for _ in range(6):
            before = pricing.bound
            pricing.press(guide)
            assert before <= pricing.bound <= cheapest(problem) + 1e-6
            raised += pricing.bound > before
    assert raised > 10


def test_who_waits_for_prices_gets_those_that_are_there_while_finer_ones_are_under_way() -> None:
    problem = tiny_problem(1)
    search = search_of(problem)
    coarse, asked = free_prices(search.crew, problem.required), Event()
    pricing = Pricing(search, problem, NOTHING)
    pricing.run = asked.wait  # type: ignore[assignment, method-assign]
    pricing.begin()
    pricing.prices = coarse
    pricing.wait(None)
    assert not pricing.ready
    Timer(0.2, asked.set).start()
    pricing.wait(coarse)
    assert pricing.ready
