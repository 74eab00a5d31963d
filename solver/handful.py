"""Handfuls: two to four agents give their weeks up and take the best ones anew, one after the other.

Where best responses have come to rest, nobody can better the own week alone. A few can together: one begins an hour
later because another, asked first, now ends an hour later. Most handfuls come back to what they had; a try costs a few
milliseconds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.crew import ANYWAY, book, respond
from solver.search import RESPONSE_WORK, Search
from solver.staffing import Floats, Staffing, copied, mend_all, paste
from solver.week import FREE
from wfm.coverage import DEEP
from wfm.progress import Stop, never

Ints = NDArray[np.int64]

FEWEST, MOST = 2, 4  # agents
FEW_CHOICES = 500  # of each agent, up to which a week is asked for in a tenth of a millisecond
EDGE_MINUTES = 60  # from the interval that costs something to a start or an end of a shift
NEAR = 2 / 3  # share of a handful with such a shift; the others serve the same queue
BATCH = 1.0  # work units of one batch of tries
AGAIN = 1 / 8  # of what they promised, after a batch that saved less
LEAST = 1e-6  # agent-minutes worth a change
ANNEALED = 2, 3  # agents, at least and at most, of a handful while dearer rosters are taken
HOT, COLD = 60.0, 1.0  # agent-minutes dearer, mean of what is taken at first and in the end


@dataclass(slots=True)
class Handfuls:
    """Batches of tries, and what a unit of work on them promises (agent-minutes)."""

    worth: float

    def plan_anew(self, search: Search) -> float:
        """One batch; agent-minutes saved. The roster is never made dearer."""
        mend_all(search.state)
        begun, saved = search.budget.work, 0.0
        while search.budget.work - begun < BATCH and not search.budget.over:
            saved += _try(search, _handful(search, search.crew.group))
        self.worth = max(saved / BATCH, AGAIN * self.worth)  # a batch is many tries: what was hoped tells less
        return saved


def quick(search: Search) -> bool:
    """Whether so little is to be chosen that thousands of weeks can be asked for."""
    return max((len(member.person.choices) for member in search.crew.members), default=0) <= FEW_CHOICES


def anneal(search: Search, *, share: float, stop: Stop = never) -> None:
    """Handfuls of anybody for a share of what may be spent. Dearer rosters are taken too, the fewer the longer it lasts:
    where few people decide everything, what is cheapest for each of them is seldom what is cheapest. The best roster is
    the one under way in the end."""
    search.restore()
    mend_all(search.state)
    budget, cost = search.budget, search.cost()
    begun, left = (budget.work, budget.work_left) if budget.counted else (budget.seconds, budget.seconds_left)
    able = np.array([i for i in range(len(search.crew.members)) if i not in search.left_out])
    while not budget.over and not stop():
        spent = ((budget.work if budget.counted else budget.seconds) - begun) / (share * (left or 1.0))
        if spent >= 1:
            break
        members = search.random.permutation(able)[: int(search.random.integers(*ANNEALED, endpoint=True))]
        cost -= _try(search, members, heat=HOT * (COLD / HOT) ** spent)
        if cost < search.best.cost - LEAST:
            search.keep("some weeks anew")
    search.restore()


def _try(search: Search, members: Ints, *, heat: float = 0.0) -> float:
    """Ask some members anew; agent-minutes saved, which may be less than nothing at some heat (agent-minutes), and the
    roster as it was where it is none."""
    crew, state, placed = search.crew, search.state, search.placed
    search.budget.work += 2 * RESPONSE_WORK * max(1, len(members))
    kept, choice, place = copied(state), placed.choice[members], placed.place[members]
    before = search.cost(members)
    for i in members.tolist():
        book(crew, state, placed, i, sign=-1)
    placed.choice[members] = FREE
    for least in (ANYWAY, 0.0):  # who comes first does not know what the others will do, so all are asked twice
        for i in search.random.permutation(members).tolist():
            respond(crew, state, placed, i, rho=0.0, least=least)
    mend_all(state)
    saved = before - search.cost(members)
    # Whoever comes last may find every seat taken: then there is no week, and none is cheaper than one.
    left_out = (choice != FREE).any(axis=1) & (placed.choice[members] == FREE).all(axis=1)
    enough = LEAST - heat * search.random.exponential() if heat else LEAST
    if saved > enough and search.legal() and not left_out.any():
        return saved
    placed.choice[members], placed.place[members] = choice, place
    paste(kept, state)
    return 0.0


def _handful(search: Search, groups: Ints) -> Ints:
    """Members who serve a queue in an interval that costs something, most of them with a shift that begins or ends near
    it."""
    crew, state, random = search.crew, search.state, search.random
    cost = _interval_costs(state, search.tail)
    queue, interval = divmod(_drawn(random, np.cumsum(cost)), cost.shape[1])
    serves = state.rate[groups, queue] > 0
    serves[list(search.left_out)] = False
    able = np.flatnonzero(serves)
    choices, taken, slot = crew.rules.choices, search.placed.choice[able], interval * state.per_interval
    reach = EDGE_MINUTES / crew.rules.slot
    edge = (np.abs(choices.start[taken] - slot) <= reach) | (np.abs(choices.end[taken] - slot) <= reach)
    near = ((taken != FREE) & edge).any(axis=1)
    size = int(random.integers(FEWEST, MOST + 1))
    first = random.permutation(able[near])[: round(NEAR * size)]
    return np.append(first, random.permutation(able[~near])[: size - len(first)])


def _drawn(random: np.random.Generator, sums: Floats) -> int:
    """An index by its share in running sums; any where all are zero."""
    return min(int(np.searchsorted(sums, random.random() * sums[-1], side="right")), len(sums) - 1)


def _interval_costs(state: Staffing, tail: Floats) -> Floats:
    """What cover costs by queue and interval, agent-minutes a minute, beyond what last week's shifts do that nobody can
    change."""
    short = np.maximum(state.required - state.cover, 0.0)
    deep = np.maximum(short - DEEP * state.required, 0.0)
    charged = (state.rates[0] * (short - deep) + state.rates[1] * deep) * state.weight[:, None]
    return np.asarray(charged + state.rates[2] * np.maximum(state.cover - np.maximum(state.required, tail), 0.0))
