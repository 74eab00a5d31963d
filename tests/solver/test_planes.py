"""The cost of an interval over whole numbers of people."""

import numpy as np
import pytest

from solver.exact import _under
from solver.planes import hull_slopes, planes, whole_costs
from wfm.coverage import DEEP

RATES = np.array([1.0, 4.0, 0.1])  # shortage, deep shortage, surplus
SKILLS = {
    "one queue": np.array([[1.0]]),
    "beginners too": np.array([[1.0], [0.8]]),
    "two queues": np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
}


def drawn(skills: str, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Planes of a drawn interval, in millionths, and the most people of each group."""
    random, rate = np.random.default_rng(seed), SKILLS[skills]
    required = random.uniform(0, 5, rate.shape[1])
    constant, slope = planes(required, random.uniform(0.5, 2, rate.shape[1]), RATES, rate)
    return constant * 1e6, slope * 1e6, random.integers(1, 6, len(rate))


@pytest.mark.parametrize("skills", SKILLS)
@pytest.mark.parametrize("seed", range(20))
def test_the_hull_is_the_cost_of_whole_numbers_and_never_above_it(skills: str, seed: int) -> None:
    constant, slope, most = drawn(skills, seed)
    points, cost = whole_costs(constant, slope, most)
    lines = _under(constant, slope, most)
    said = np.max([at + points @ np.array(row) for at, row in lines], axis=0)
    assert (said <= cost).all()
    assert (cost - said <= 2 + most.sum()).all()


def test_between_whole_numbers_the_hull_costs_more_than_fractions_of_people_would() -> None:
    """2.5 are required: two people are too few and three too many, and nobody can be there by half."""
    constant, slope = planes(np.array([2.5]), np.array([1.0]), RATES, SKILLS["one queue"])
    points, cost = whole_costs(constant, slope, np.array([4]))
    assert points.ravel().tolist() == [0, 1, 2, 3, 4]
    short = DEEP * 2.5 + 4 * (0.5 - DEEP * 2.5)
    assert cost[2:4] == pytest.approx([short, 0.05])
    assert 0.05 - short in hull_slopes(points, cost)[:, 0].round(9)
