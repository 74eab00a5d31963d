"""Trades: agents of one skill group hand days on to each other, which leaves cover, seats and places as they are.

What changes are the agents' own costs alone: fairness, wishes, hours, training, changes of a published week. For any
set of days, who takes which part of a week is an assignment problem, and it is solved exactly.
"""

from collections.abc import Callable, Collection
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from solver.crew import Crew, Ints, Placed
from solver.ledger import Own, own_costs
from solver.rules import Choices, calendar_number
from solver.week import FREE

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

NEVER = 1e9  # agent-minutes of what is not legal
WORK = 3e-7  # of a trade, times the square of the party
LARGEST = 300  # members of a party
PARTNERS, FEWEST_PARTNERS = 3, 20  # for each of those who cost something, and at least: members who cost nothing
ROUNDS = 4  # over the sets of days, while any trade saves something
NEVER_AGAIN = 1 << 40  # a slot after every other
LEAST = 1e-6  # agent-minutes worth a trade

Days = tuple[int, ...]
# Handing on some days and handing on all the others come to the same roster under other names.
SUBSETS: tuple[Days, ...] = (tuple(range(7)), *(days for size in (1, 2, 3) for days in combinations(range(7), size)))


def trade(
    crew: Crew,
    placed: Placed,
    random: np.random.Generator,
    spend: Callable[[float], bool],
    *,
    apart: Collection[int] = (),
) -> float:
    """Trade days within every skill group; what is saved in agent-minutes. `placed` is changed.

    `spend` is told the work of each trade to come and says whether there is time for it; members `apart` take no part.
    """
    saved = 0.0
    for members in _parties(crew, placed, random, apart):
        party = _Party(crew, placed, members)
        for _ in range(ROUNDS):
            gained = 0.0
            for number in random.permutation(len(SUBSETS)):
                if not spend(WORK * len(members) ** 2):
                    return saved + gained
                gained += party.trade(SUBSETS[number])
            saved += gained
            if gained <= 0:
                break
    return saved


def _parties(crew: Crew, placed: Placed, random: np.random.Generator, apart: Collection[int]) -> list[Ints]:
    """Members by skill group, large groups split at random: an assignment's work grows with the cube of the party.

    Where nobody costs anything there is nothing to save, so those who do meet some who do not, others each time.
    """
    groups = crew.group.copy()
    groups[list(apart)] = -1
    costly = own_costs(crew, placed, np.arange(len(groups))) > LEAST
    found = []
    for group in np.unique(groups[(groups >= 0) & costly]):
        own = np.flatnonzero((groups == group) & costly)
        others = random.permutation(np.flatnonzero((groups == group) & ~costly))
        members = random.permutation(np.append(own, others[: max(FEWEST_PARTNERS, PARTNERS * len(own))]))
        found += [np.sort(part) for part in np.array_split(members, -(-len(members) // LARGEST)) if len(part) > 1]
    return found


class _Party:
    """The members of one skill group with what is known of their weeks, arrays by member."""

    def __init__(self, crew: Crew, placed: Placed, members: Ints) -> None:
        self.members, self._placed, self._choices = members, placed, crew.rules.choices
        people = [crew.members[i] for i in members]
        bounds = [m.person.bounds for m in people]
        self._used = np.unique(placed.choice[members])
        self._used = self._used[self._used != FREE]
        self._own = Own(crew, members, self._used)
        known: dict[int, Mask] = {}
        for m in people:
            if id(m.menu) not in known:
                known[id(m.menu)] = np.isin(self._used, m.menu.choice)
        # The last column stands for a free day, so that FREE (-1) looks it up.
        self._allowed = np.array([np.append(known[id(m.menu)], True) for m in people])
        self._calendars = np.array([m.person.calendars for m in people])
        self._fewest = np.array([b.fewest for b in bounds])[:, None]
        self._most = np.array([b.most for b in bounds])[:, None]
        self._nights = np.array([b.nights for b in bounds])[:, None]
        self._rest = np.array([b.rest for b in bounds])[:, None]
        arcs = sorted({(int(a), m.spread) for m in people if m.spread < 24 * 60 for a in m.anchors})
        self._arcs = np.array(arcs, dtype=np.int64).reshape(-1, 2)
        own = [{(int(a), m.spread) for a in m.anchors} if m.spread < 24 * 60 else None for m in people]
        self._holds = np.array([[one is None or arc in one for arc in arcs] for one in own], dtype=bool)
        self._unbound = np.array([one is None for one in own])[:, None]

    def trade(self, days: Days) -> float:
        """Hand on what stands in some days, free days included, all else of the weeks staying."""
        choices, used = self._choices, self._used
        weeks = self._placed.choice[self.members]
        inside = np.isin(np.arange(7), days)
        own, item = (_Facts(choices, used, np.where(kept, weeks, FREE)) for kept in (~inside, inside))
        legal = self._allowed[:, item.column].all(axis=2)
        legal &= self._calendars[np.arange(len(weeks))[:, None], own.pattern[:, None] + item.pattern]
        paid, nights = own.paid[:, None] + item.paid, own.nights[:, None] + item.nights
        legal &= (paid >= self._fewest) & (paid <= self._most) & (nights <= self._nights)
        legal &= item.slack >= self._rest
        for earlier, later in combinations(range(7), 2):
            if inside[earlier] and not inside[later]:
                legal &= item.end[:, earlier] + self._rest <= own.start[:, later, None]
            elif inside[later] and not inside[earlier]:
                legal &= own.end[:, earlier, None] + self._rest <= item.start[:, later]
        held = self._holds & self._held(own.works, weeks).T
        legal &= self._unbound | (held.astype(np.float32) @ self._held(item.works, weeks).astype(np.float32) > 0)
        cost = self._own.cost(
            own.column, item.column, paid, own.session[:, None] + item.session, own.points[:, None] + item.points
        )
        return self._assign(np.where(legal, cost, NEVER), days)

    def _held(self, works: Mask, weeks: Ints) -> Mask:
        """Whether each arc holds all starts that are worked; shape (arcs, members)."""
        anchor, spread = self._arcs[:, 0, None, None], self._arcs[:, 1, None, None]
        near = (self._choices.clock[weeks] - anchor) % (24 * 60) <= spread
        return np.asarray((~works | near).all(axis=2))

    def _assign(self, cost: Floats, days: Days) -> float:
        """Deal out anew what stands in these days if that is cheaper; what is saved. Whose week is not legal keeps it."""
        stuck = np.flatnonzero(np.diagonal(cost) >= NEVER)
        cost[stuck, :] = cost[:, stuck] = NEVER
        cost[stuck, stuck] = 0.0
        taker, item = linear_sum_assignment(cost)
        saved = float(np.trace(cost) - cost[taker, item].sum())
        if saved <= LEAST:
            return 0.0
        for table in (self._placed.choice, self._placed.place):
            for day in days:
                table[self.members, day] = table[self.members[item], day].copy()
        return saved


class _Facts:
    """What rules and costs ask of weeks of choices, shape (weeks, 7)."""

    def __init__(self, choices: Choices, used: Ints, weeks: Ints) -> None:
        works = weeks != FREE
        self.works = works
        self.column = np.where(works, np.searchsorted(used, weeks), -1)
        self.paid, self.session, self.points, self.nights = (
            np.where(works, table[weeks], 0).sum(axis=1)
            for table in (choices.paid, choices.session, choices.points, choices.night)
        )
        self.pattern = calendar_number(works)
        self.start = np.where(works, choices.start[weeks], NEVER_AGAIN)
        self.end = np.where(works, choices.end[weeks], -NEVER_AGAIN)
        self.slack = (self.start[:, 1:] - np.maximum.accumulate(self.end, axis=1)[:, :-1]).min(axis=1)
