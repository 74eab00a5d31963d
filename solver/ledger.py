"""What a roster costs beyond coverage, agent by agent: hours, wishes, changes, training, fairness."""

import numpy as np
from numpy.typing import NDArray

from solver.crew import Crew, Placed
from solver.week import FREE

Floats = NDArray[np.float64]


def own_cost(crew: Crew, placed: Placed) -> float:
    """Agent-minutes of all terms but shortage, surplus and fairness."""
    choices, rates = crew.rules.choices, crew.rules.centre.cost
    worked = placed.choice != FREE
    paid = np.where(worked, choices.paid[placed.choice], 0).sum(axis=1)
    session = np.where(worked, choices.session[placed.choice], 0).sum(axis=1) * crew.rules.slot
    cost = 0.0
    for i, member in enumerate(crew.members):
        bounds, due = member.person.bounds, member.person.due
        cost += rates.below_hours * max(0.0, bounds.target - paid[i])
        cost += rates.overtime * max(0, paid[i] - bounds.overtime_after)
        cost += rates.training * max(0, due - session[i])
        if len(member.wish):
            taken = np.isin(member.menu.choice, placed.choice[i][worked[i]])
            cost += member.wish_base - member.wish[taken].sum()
    return float(cost)


def points(crew: Crew, placed: Placed) -> Floats:
    """Ledger points of the week by member, refused requests not counted."""
    worked = placed.choice != FREE
    return np.asarray(np.where(worked, crew.rules.choices.points[placed.choice], 0).sum(axis=1), dtype=float)


def fairness_cost(crew: Crew, placed: Placed) -> float:
    """Agent-minutes of fairness: points of this week beyond the allowances."""
    beyond = np.maximum(points(crew, placed) - crew.allowance, 0)
    return float(crew.rules.centre.cost.fairness * beyond.sum())
