"""The Lagrangian bound: below every legal roster's cost at any prices, and close to it at those of the relaxation."""

from datetime import timedelta

import numpy as np
import pytest

from solver.bound import lower_bound
from solver.relaxation import Prices, free_prices, price
from solver.staffing import open_staffing
from wfm.centre import LedgerEntry, Request
from wfm.cost import reckon
from wfm.problem import Problem

from ..tiny import MONDAY, shift_at, tiny_agent, tiny_centre
from .test_exact import KIND, LOOSE, all_rosters, search_of, tiny_problem


def prices_drawn(problem_seed: int, shape: tuple[int, int], horizon: int) -> Prices:
    """Prices anywhere in and around the range that makes sense."""
    random = np.random.default_rng(problem_seed)
    return Prices(
        queue=random.uniform(-0.1, 4.0, shape),
        seat=random.uniform(0, 1, horizon) * random.integers(0, 2, horizon),
        room=np.zeros(horizon),
        training=float(random.uniform(0, 1)),
        target=np.zeros(shape),
    )


@pytest.mark.parametrize("seed", range(40))
def test_no_legal_roster_undercuts_the_bound_at_any_prices(seed: int) -> None:
    problem = tiny_problem(seed)
    search = search_of(problem)
    crew = search.crew
    state = open_staffing(crew.rules, crew.groups, problem.required)
    random = np.random.default_rng(seed)
    rosters = list(all_rosters(problem))
    tried = [rosters[int(i)] for i in random.permutation(len(rosters))[:40]]
    least = min(reckon(problem.centre, problem.week, problem.required, roster).total for roster in tried)
    for prices in (
        prices_drawn(seed, problem.required.shape, crew.rules.horizon),
        free_prices(crew, problem.required),
    ):
        # Negative prices of a queue whose weight is below one may pass its shortage: keep them in the legal range.
        kept = np.minimum(prices.queue, 4.0 * state.weight[:, None])
        bound = lower_bound(
            crew,
            state,
            Prices(queue=kept, seat=prices.seat, room=prices.room, training=prices.training, target=prices.target),
        )
        assert bound <= least + 1e-6


def test_a_request_of_no_weight_refused_is_a_point_and_granted_is_none_in_the_bound_too() -> None:
    """Ann has had more than her share: a refused request would cost a point, the shift she asked for does not."""
    wish = Request(agent="ann", date=MONDAY, kind="shift", value="day", clock=None, weight=0.0)
    earlier = tuple(
        LedgerEntry(agent=agent, week=MONDAY - timedelta(weeks=1), kind="night", points=points)
        for agent, points in (("ann", 9.0), ("bob", 0.0))
    )
    people = [tiny_agent(name, contract=LOOSE.contract) for name in ("ann", "bob")]
    hourly = {"interval_minutes": 60, "grid_minutes": 60}
    centre = tiny_centre(agents=people, contracts=[LOOSE], kinds=[KIND], requests=(wish,), ledger=earlier, **hourly)
    week = centre.week(MONDAY)
    problem = Problem(centre=centre, week=week, required=np.zeros((1, week.intervals)))
    crew = search_of(problem).crew
    granted = [shift_at(week, "ann", 0, "09:00 work 11:00"), shift_at(week, "ann", 1, "09:00 work 11:00")]
    cost = reckon(centre, week, problem.required, granted)
    assert cost.terms["fairness"] == 0
    state = open_staffing(crew.rules, crew.groups, problem.required)
    assert lower_bound(crew, state, free_prices(crew, problem.required)) <= cost.terms["below_hours"] + 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_the_relaxation_s_prices_beat_prices_of_nothing(seed: int) -> None:
    problem = tiny_problem(seed)
    crew = search_of(problem).crew
    state = open_staffing(crew.rules, crew.groups, problem.required)
    priced = price(crew, state, seconds=30.0)
    assert priced is not None
    free = lower_bound(crew, state, free_prices(crew, problem.required))
    assert lower_bound(crew, state, priced) >= free - 1e-6
