"""What a roster costs beyond coverage, agent by agent: hours, wishes, changes, training, fairness."""

import numpy as np
from numpy.typing import NDArray

from solver.crew import Crew, Placed
from solver.week import FREE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Own:
    """Own costs of some members for weeks made of some choices (`used`, sorted); columns count those, -1 is a free day."""

    def __init__(self, crew: Crew, members: Ints, used: Ints) -> None:
        self._rates, self._slot = crew.rules.centre.cost, crew.rules.slot
        people = [crew.members[i] for i in members]
        bounds = [m.person.bounds for m in people]
        self._target = np.array([b.target for b in bounds], dtype=float)[:, None]
        self._overtime_after = np.array([b.overtime_after for b in bounds])[:, None]
        self._due = np.array([m.person.due for m in people])[:, None]
        self._allowance = crew.allowance[members][:, None]
        self._base = np.array([m.wish.base for m in people])[:, None]
        self._worth = np.zeros((len(members), len(used) + 1))
        self._refused = np.zeros((len(members), len(used) + 1), dtype=np.int64)
        for i, m in enumerate(people):
            if m.wish.concerned:
                wish = crew.wish(m.person, used)
                self._worth[i, :-1], self._refused[i, :-1] = wish.worth, wish.refused

    def cost(self, own: Ints, item: Ints, paid: Ints, session: Ints, points: Ints) -> Floats:
        """Agent-minutes of member i, who keeps the columns `own` (members, 7), for part j, `item` (parts, 7).

        Paid minutes, session slots and ledger points (requests aside) are of both together, shape (members, parts).
        """
        rows = np.arange(len(own))[:, None]
        worth, refused = (
            t[rows, own].sum(axis=1)[:, None] + t[:, item].sum(axis=2) for t in (self._worth, self._refused)
        )
        rates = self._rates
        return np.asarray(
            rates.below_hours * np.maximum(0.0, self._target - paid)
            + rates.overtime * np.maximum(0, paid - self._overtime_after)
            + rates.training * np.maximum(0, self._due - session * self._slot)
            + rates.fairness * np.maximum(0.0, points + refused - self._allowance)
            + self._base
            - worth
        )


def own_costs(crew: Crew, placed: Placed, members: Ints) -> Floats:
    """Agent-minutes of all terms but shortage and surplus, by member."""
    choices, weeks = crew.rules.choices, placed.choice[members]
    works = weeks != FREE
    used = np.unique(weeks[works])
    column = np.where(works, np.searchsorted(used, weeks), -1)
    paid, session, points = (
        np.where(works, table[weeks], 0).sum(axis=1)[:, None]
        for table in (choices.paid, choices.session, choices.points)
    )
    free = np.full((1, 7), -1)
    return Own(crew, members, used).cost(column, free, paid, session, points)[:, 0]
