"""A roster under way replanned: what has begun stays, and few shifts change.

Nobody is asked for a new week but those whose own can no longer be kept; then the agents whose change would save most
are asked one by one, each change of a shift at its price (`[cost] change`).
"""

import numpy as np

from solver.crew import ANYWAY, Crew, book, respond
from solver.filling import Ints
from solver.rules import Rules, calendar_number
from solver.search import Budget, Search
from solver.squeeze import squeeze
from solver.week import FREE
from wfm.problem import Problem, Result
from wfm.progress import Report, Stop, never, silent

LEAST = 30.0  # agent-minutes that a change must save beyond its own price: nobody is moved for less
NEVER = float("inf")
ASKED = 100  # agents asked for every change that may be made


def replan(
    problem: Problem,
    *,
    most_changes: int,
    time_limit: float,
    seed: int = 1,
    report: Report = silent,
    stop: Stop = never,
) -> Result:
    """Bring the standing roster up to date with at most so many changed shifts, those of agents who cannot keep theirs
    aside; no bound is claimed."""
    assert problem.standing is not None
    crew = Crew(Rules(problem))
    search = Search(crew, problem.required, Budget(time_limit=time_limit, stop=stop), report, seed=seed)
    search.load(crew.standing())
    search.swept = True
    stood = _stood(crew, problem)
    # A shift that has been dropped, or that no rule admits any more, is a change already; hours may be too many by it.
    dropped = (search.placed.choice != FREE).sum(axis=1) < (stood >= 0).any(axis=2).sum(axis=1)
    legal = np.array([_adds_up(crew, week, i) for i, week in enumerate(search.placed.choice)], dtype=bool)
    unkept = np.flatnonzero(dropped | ~legal).tolist()
    for i in unkept:
        respond(crew, search.state, search.placed, i, rho=0.0, least=LEAST if legal[i] else ANYWAY, steady=True)
    search.tell(f"{len(unkept)} agents cannot keep their week")
    for i in _by_gain(search, problem.standing.now, most_changes):
        if search.budget.over or _changed(search, stood).sum() >= most_changes:
            break
        before = search.placed.choice[i].copy(), search.placed.place[i].copy()
        gained = respond(crew, search.state, search.placed, i, rho=0.0, least=LEAST, steady=True)
        if gained > LEAST:
            if _changed(search, stood).sum() > most_changes:
                _take_back(search, i, *before)
            search.tell(f"{_changed(search, stood).sum()} shifts changed")
    clashes = [] if search.legal() else squeeze(search)
    return search.result(search.placed, 0.0, clashes)


def _stood(crew: Crew, problem: Problem) -> Ints:
    """Start and end slot of the standing shifts, -1 where there is none; shape (members, 7, 2)."""
    assert problem.standing is not None
    table = np.full((len(crew.people), 7, 2), -1, dtype=np.int64)
    for shift in problem.standing.shifts:
        if shift.agent in crew.number and 0 <= shift.day < 7:
            table[crew.number[shift.agent], shift.day] = shift.start // crew.rules.slot, shift.end // crew.rules.slot
    return table


def _adds_up(crew: Crew, week: Ints, member: int) -> bool:
    """Whether what is left of a legal week is one: an absence changes how many hours and which days there may be."""
    person, works = crew.people[member], week != FREE
    paid = crew.rules.choices.paid[week[works]].sum()
    fits = person.bounds.fewest <= paid <= person.bounds.most
    return bool(fits and person.calendars[calendar_number(works)])


def _changed(search: Search, stood: Ints) -> Ints:
    """Changed shifts by member: moved, dropped and added ones."""
    choices, taken = search.crew.rules.choices, search.placed.choice
    now = np.where((taken != FREE)[..., None], np.stack([choices.start[taken], choices.end[taken]], axis=2), -1)
    return np.asarray((now != stood).any(axis=2).sum(axis=1))


def _by_gain(search: Search, now: int, most_changes: int) -> list[int]:
    """Members in order of what a new week would save if only they changed, those who would save anything."""
    crew, state = search.crew, search.state
    short = (state.gain[:, now // search.crew.rules.week.interval_minutes :] > 0).any(axis=1)
    serves = np.flatnonzero((short & (state.rate > 0)).any(axis=1))
    able = np.flatnonzero(np.isin(crew.group, serves))
    gains: list[tuple[float, int]] = []
    for i in search.random.permutation(able)[: ASKED * max(1, most_changes)].tolist():
        if search.budget.over:
            break
        gains.append((-respond(crew, state, search.placed, i, rho=0.0, least=NEVER, steady=True), i))
    return [i for loss, i in sorted(gains) if loss < -LEAST]


def _take_back(search: Search, member: int, choice: Ints, place: Ints) -> None:
    book(search.crew, search.state, search.placed, member, sign=-1)
    search.placed.choice[member], search.placed.place[member] = choice, place
    book(search.crew, search.state, search.placed, member, sign=1)
