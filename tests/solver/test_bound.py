"""The Lagrangian bound: below every legal roster's cost at any prices, and close to it at those of the relaxation."""

import numpy as np
import pytest

from solver.bound import lower_bound
from solver.relaxation import Prices, free_prices, price
from solver.staffing import open_staffing
from wfm.cost import reckon

from .test_exact import all_rosters, search_of, tiny_problem


def prices_drawn(problem_seed: int, shape: tuple[int, int], horizon: int, members: int) -> Prices:
    """Prices anywhere in and around the range that makes sense."""
    random = np.random.default_rng(problem_seed)
    return Prices(
        queue=random.uniform(-0.1, 4.0, shape),
        seat=random.uniform(0, 1, horizon) * random.integers(0, 2, horizon),
        room=np.zeros(horizon),
        training=random.uniform(0, 1, members),
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
        prices_drawn(seed, problem.required.shape, crew.rules.horizon, len(crew.members)),
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


@pytest.mark.parametrize("seed", range(6))
def test_the_relaxation_s_prices_beat_prices_of_nothing(seed: int) -> None:
    problem = tiny_problem(seed)
    crew = search_of(problem).crew
    state = open_staffing(crew.rules, crew.groups, problem.required)
    priced = price(crew, state, seconds=30.0)
    assert priced is not None
    free = lower_bound(crew, state, free_prices(crew, problem.required))
    assert lower_bound(crew, state, priced) >= free - 1e-6
