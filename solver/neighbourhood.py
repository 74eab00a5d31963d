"""Neighbourhoods: one day of the agents with the same skills, planned together by CP-SAT.

Best responses change one agent at a time; what needs several at once (two shifts that move apart, breaks that fill each
other's gaps) they cannot find. Everybody else and the other days stay. What one more or one fewer of these agents costs
in an interval, with everybody there shared out anew, is a convex curve: the model needs to know nothing more of queues.
The day's relaxation is solved first, and CP-SAT looks for a roster between its corner and the roster that stands.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise, product
from math import inf

import numpy as np
from ortools.sat.python import cp_model

from solver.corner import Corners
from solver.crew import Crew, Floats, Ints, book
from solver.ledger import Own
from solver.model import Model, hint, one_day, read, values_of
from solver.sat import run
from solver.search import Search
from solver.staffing import Staffing, copied, cost_curve, mend_all, paste
from solver.translated import Translation
from solver.week import FREE

MOST_MEMBERS = 1200  # on shift in one neighbourhood
NARROW, WIDE = 30, 120  # minutes by which a shift may move and become longer or shorter
MANY = 400  # members of a skill group, whose corner rounds well: from here on those in training move as far as others
SECONDS = 8.0  # of one neighbourhood
WORK, WORK_EACH = 0.5, 0.002  # deterministic work of one neighbourhood: at least, and for each agent in it
WORK_TRAINED = 4.0  # likewise at least where those in training move too
HINTED = 20  # conflicts after which CP-SAT looks beside the roster that stands
BUILDING = 2e-4  # work that a model takes before it is searched, for each of its variables
ENOUGH = 0.1  # of what the corner would save may be missing in the end
HOPED = 100.0  # agent-minutes a unit of work that is promised before anything has been tried
HOPED_TRAINED = 20.0  # likewise where those in training move too
LATELY = 0.5  # weight of the last attempt in what a neighbourhood is worth
AGAIN = 1 / 8  # of what it was worth, where nothing is left to save
LEAST = 1e-3  # agent-minutes worth a change
WORTH_IT = 0.5  # of what the same work on others promises must be there to save: it seldom takes as long as it may
REACH = 3.0  # agents more or fewer at work, and a tenth of them besides, up to which the curves are exact


@dataclass(slots=True)
class Kind:
    """Neighbourhoods of those not in training, or of everybody, which have ten times as many ways; `window`: minutes by
    which a shift may move and become longer or shorter; `hope`: what a unit of work on one that has not been tried may
    save."""

    trained: bool
    window: int
    hope: float


@dataclass(slots=True)
class Neighbourhood:
    """Agents (indices) on shift on a day and what a unit of work on it has saved lately (agent-minutes), None where it
    has not been tried."""

    kind: Kind
    day: int
    members: list[int]
    saved: float | None = None

    @property
    def worth(self) -> float:
        """What a unit of work on it promises."""
        return self.kind.hope if self.saved is None else self.saved

    def there(self, search: Search) -> list[int]:
        """Those of the agents who are on shift now: sweeps and trades change who is, and who is in training."""
        taken, session = search.placed.choice[:, self.day], search.crew.rules.choices.session
        return [i for i in self.members if taken[i] != FREE and (self.kind.trained or session[taken[i]] == 0)]

    def learn(self, saved: float, room: float) -> None:
        """What a unit of work on it has saved now, and what it might at most have saved besides."""
        lately = self.worth + LATELY * (saved - self.worth)
        if self.saved is None:
            self.kind.hope = lately
        self.saved = max(min(lately, room), AGAIN * lately)  # others move on, and with them what is possible here


def neighbourhoods(search: Search) -> list[Neighbourhood]:
    """Every day of every skill group, without those in training and with them; the largest first."""
    groups = np.array([member.group for member in search.crew.members])
    plain = Kind(trained=False, window=WIDE, hope=HOPED)
    narrow, wide = (Kind(trained=True, window=window, hope=HOPED_TRAINED) for window in (NARROW, WIDE))
    found = []
    for group, day in product(np.unique(groups).tolist(), range(7)):
        members = np.flatnonzero(groups == group).tolist()
        due = any(search.crew.members[i].person.due for i in members)
        trained = [wide if len(members) >= MANY else narrow] if due else []
        for kind in (plain, *trained):
            here = Neighbourhood(kind, day, members).there(search)
            parts = np.array_split(np.array(here, dtype=np.int64), -(-len(here) // MOST_MEMBERS) or 1)
            found += [Neighbourhood(kind, day, part.tolist()) for part in parts if len(part)]
    return sorted(found, key=lambda one: -len(one.members))


def promising(search: Search, todo: list[Neighbourhood], count: int) -> list[Neighbourhood]:
    """Up to so many to solve at once, those that saved most: of days apart, so that none disturbs another, and of one
    kind where there are such, for the quicker would wait for the slower."""
    picked: list[Neighbourhood] = []
    best = sorted(todo, key=lambda one: -one.worth)
    for one in sorted(best, key=lambda one: one.kind is not best[0].kind):
        apart = len(picked) < count and all(abs(one.day - other.day) > 1 for other in picked)
        if apart and one.there(search):
            picked.append(one)
    return picked


def plan_anew(search: Search, picked: list[Neighbourhood], corners: list[Corners], *, otherwise: float = 0.0) -> float:
    """Solve neighbourhoods of the roster under way at once, as many as there are `corners` to find; agent-minutes saved.
    The roster is never made dearer. A unit of work on others promises `otherwise`: where there is too little to save
    for that, CP-SAT is not asked."""
    attempts: list[tuple[_Attempt, Future[None]]] = []
    busy: set[int] = set()
    with ThreadPoolExecutor(len(corners)) as threads:
        for one, own in zip(picked, corners, strict=False):
            attempt = _Attempt(search, one, busy, otherwise)
            busy.update(attempt.members)
            attempts.append((attempt, threads.submit(attempt.solve, own)))
    saved = 0.0
    for attempt, solved in attempts:
        solved.result()
        saved += attempt.apply()
    return saved


class _Attempt:
    """The model of a neighbourhood, made on the roster as it is, and what becomes of it."""

    def __init__(self, search: Search, tried: Neighbourhood, busy: set[int], otherwise: float) -> None:
        self._search, self._tried = search, tried
        crew, state, placed, day = search.crew, search.state, search.placed, tried.day
        self.members = tried.there(search)
        kept = copied(state)
        self._book(-1)
        picks = {i: _picks(search, i, day, tried.kind.window, busy=i in busy) for i in self.members}
        self._model = one_day(crew, state, day, picks)
        _coverage(self._model, kept)
        self._model.cp.minimize(sum(self._model.cost))
        paste(kept, state)
        self._translation = Translation(self._model)
        self._stands = values_of(self._model, placed)
        self._solver = cp_model.CpSolver()
        parameters = self._solver.parameters
        parameters.num_workers = 1
        parameters.random_seed = int(search.random.integers(1 << 30))
        parameters.symmetry_level = 0
        parameters.cp_model_probing_level = 0
        parameters.linearization_level = 2
        parameters.search_branching = cp_model.PSEUDO_COST_SEARCH
        parameters.hint_conflict_limit = HINTED
        limit = max(WORK_TRAINED if tried.kind.trained else WORK, WORK_EACH * len(self.members))
        parameters.max_deterministic_time = limit
        self._enough = max(LEAST, WORTH_IT * otherwise * limit)
        self._status = cp_model.UNKNOWN
        self._room = 0.0
        self._work = BUILDING * len(self._stands)

    def solve(self, corners: Corners) -> None:
        """Find the corner of the relaxation, then let CP-SAT work on what lies between it and the roster."""
        budget = self._search.budget
        seconds = inf if budget.counted else budget.seconds_left
        programme, stands = self._translation.programme, self._translation.columns(np.array(self._stands, dtype=float))
        corner = corners.find(programme, seconds=seconds, stop=lambda: budget.asked)
        self._room = 0.0 if corner is None else programme.cost_of(stands) - corner.cost
        if corner is None or self._room < self._enough:
            return
        self._translation.confine(self._model, corner.values, stands)
        hint(self._model, self._stands)
        self._solver.parameters.absolute_gap_limit = ENOUGH * self._room * self._model.scale
        if not budget.counted:
            self._solver.parameters.max_time_in_seconds = max(0.1, min(SECONDS, budget.seconds_left))
        self._status = run(self._solver, self._model.cp, lambda: budget.asked)
        self._work += self._solver.response_proto.deterministic_time

    def apply(self) -> float:
        """Take the solution where it makes the roster cheaper; agent-minutes saved."""
        self._search.budget.work += self._work
        saved = self._change() if self._status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else 0.0
        if self._room < self._enough:  # CP-SAT was not asked: what it might have saved
            worth = self._room / (self._work + self._solver.parameters.max_deterministic_time)
            self._tried.learn(worth, worth)
        else:
            self._tried.learn(saved / self._work, (self._room - saved) / self._work)
        return saved

    def _change(self) -> float:
        search, members = self._search, self.members
        state, placed = search.state, search.placed
        before = self._cost()
        kept, choice, place = copied(state), placed.choice[members], placed.place[members]
        self._book(-1)
        read(self._model, self._solver.value, placed)
        self._book(1)
        mend_all(state)
        saved = before - self._cost()
        if search.legal() and saved > LEAST:
            return saved
        placed.choice[members], placed.place[members] = choice, place
        paste(kept, state)
        return 0.0

    def _book(self, sign: int) -> None:
        """Take the members' shifts of the day out (-1) or in again (1)."""
        search = self._search
        for i in self.members:
            book(search.crew, search.state, search.placed, i, sign=sign, days=[self._tried.day])

    def _cost(self) -> float:
        return self._search.cost(np.array(self.members))


def _picks(search: Search, agent: int, day: int, window: int, *, busy: bool) -> dict[int, float]:
    """Choices of the day that keep the agent's week legal and its training, with what they cost the agent beyond the
    present one. Whoever is `busy` moves on another day too: what both days share, hours, nights, the time of day and
    what rest between them needs, stays.
    """
    crew, member = search.crew, search.crew.members[agent]
    choices, own, slot = crew.rules.choices, member.menu, crew.rules.slot
    week, now = search.placed.choice[agent], int(search.placed.choice[agent, day])
    others = week[(week != FREE) & (np.arange(7) != day)]
    found = own.choice[own.at[own.day_at[day]] : own.at[own.day_at[day + 1]]]
    start, end, paid = choices.start[found], choices.end[found], choices.paid[found]
    bounds = member.person.bounds
    earlier, later = others[choices.day[others] < day], others[choices.day[others] > day]
    hours = paid + choices.paid[others].sum()
    since = max(choices.end[earlier], default=-bounds.rest) + bounds.rest
    until = min(choices.start[later], default=1 << 40) - bounds.rest
    room = 2 * WIDE // slot if busy else 0  # by which the other day may come nearer
    legal = (
        (choices.session[found] == choices.session[now])
        & (choices.bare[found] == choices.bare[now])
        & (start >= min(since + room, choices.start[now]))
        & (end <= max(until - room, choices.end[now]))
        & (hours >= bounds.fewest)
        & (hours <= bounds.most)
        & (choices.night[found] + int(choices.night[others].sum()) <= bounds.nights)
        & (np.abs(start - choices.start[now]) * slot <= window)
        & (np.abs(paid - choices.paid[now]) <= window)
    )
    if busy:
        legal &= (paid == choices.paid[now]) & (choices.night[found] == choices.night[now])
        legal &= (found == now) | (bounds.spread is None)
    if bounds.spread is not None:
        legal &= np.any(
            [
                ((choices.clock[found] - a) % 1440 <= member.spread)
                & bool(((choices.clock[others] - a) % 1440 <= member.spread).all())
                for a in member.anchors
            ],
            axis=0,
        )
    kept = found[legal]
    if now not in kept:  # training has been cut anew since
        return {now: 0.0}
    cost = _own_cost(crew, agent, others, kept)
    return dict(zip(kept.tolist(), (cost - cost[kept == now]).tolist(), strict=True))


def _own_cost(crew: Crew, agent: int, others: Ints, found: Ints) -> Floats:
    """What each of some choices costs an agent whose other days stay."""
    choices = crew.rules.choices
    used = np.union1d(others, found)
    week = np.pad(np.searchsorted(used, others), (0, 7 - len(others)), constant_values=-1)
    item = np.full((len(found), 7), -1)
    item[:, 0] = np.searchsorted(used, found)
    paid, session, points = (
        (table[others].sum() + table[found])[None] for table in (choices.paid, choices.session, choices.points)
    )
    return np.asarray(Own(crew, np.array([agent]), used).cost(week[None], item, paid, session, points)[0])


def _coverage(model: Model, stood: Staffing) -> None:
    """Cost of every interval by how many of the members are at work in it; they were so in the staffing that stood."""
    state = model.before
    m, minutes = state.per_interval, state.slot_minutes * state.per_interval
    (group,) = model.on
    present = np.round((stood.share[:, group] - state.share[:, group]).sum(axis=1) * m) / m
    for t in range(state.cover.shape[1]):
        terms = model.presence(group, range(t * m, t * m + m))
        if terms:
            here = model.sum_of(terms, model.people * m)
            lines = [
                (model.scaled(at * minutes), [model.scaled(k * minutes / m)])
                for at, k in _lines(state, group, t, present[t], model.people)
            ]
            model.cost.append(model.highest_of(lines, [here], [model.people * m]))


def _lines(state: Staffing, group: int, t: int, now: float, most: int) -> list[tuple[float, float]]:
    """Cost per minute as the highest of lines (constant, slope) of the agents at work; `now` are there.

    Between numbers of agents that can be there it is a chord: then the model's relaxation has whole numbers by itself.
    """
    reach, m = REACH + now / 10, state.per_interval
    near = np.arange(max(0, int((now - reach) * m)), int((now + reach) * m) + 1) / m
    amounts = np.unique(np.concatenate([[0.0], near, [near[-1] + most]]))
    cost = np.empty(len(amounts))
    cost_curve(state, group, t, amounts, cost)
    chords: list[tuple[float, float]] = []
    hull: list[int] = []
    for k in range(len(amounts)):
        while len(hull) > 1 and _slope(amounts, cost, hull[-2], hull[-1]) >= _slope(amounts, cost, hull[-1], k) - 1e-9:
            hull.pop()
        hull.append(k)
    for a, b in pairwise(hull):
        slope = _slope(amounts, cost, a, b)
        chords.append((float(cost[a] - slope * amounts[a]), float(slope)))
    return chords


def _slope(amounts: Floats, cost: Floats, a: int, b: int) -> float:
    return float((cost[b] - cost[a]) / (amounts[b] - amounts[a]))
