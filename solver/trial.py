"""A trial: a week with one thing otherwise, searched on from the roster that stands."""

from dataclasses import dataclass, replace

import numpy as np

from solver.crew import ANYWAY, Crew, Placed, respond
from solver.exact import prove, small_enough
from solver.rules import Rules
from solver.search import Budget, Search
from solver.standing import take_up
from solver.week import FREE
from wfm.cost import reckon
from wfm.problem import Problem
from wfm.progress import silent
from wfm.roster import Shift

SWEEPS = 3  # over everybody, while they save anything
LEAST = 1e-3  # of the cost: worth another sweep
PROOF_WORK = 1.0  # of CP-SAT, where one model holds the centre


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A legal roster and its cost in agent-minutes."""

    cost: float
    shifts: tuple[Shift, ...]


class Yardstick:
    """The standing roster searched on with nothing otherwise: what a change saves is counted from there.

    `gained` is what searching on alone saves.
    """

    def __init__(self, problem: Problem) -> None:
        assert problem.standing is not None
        stood = reckon(problem.centre, problem.week, problem.required, problem.standing.shifts).total
        found = searched(problem)
        better = found is not None and found.cost < stood
        self._cost = found.cost if found is not None and better else stood
        self._standing = (
            replace(problem.standing, shifts=found.shifts) if found is not None and better else problem.standing
        )
        self.gained = stood - self._cost

    def saves(self, changed: Problem) -> float | None:
        """Agent-minutes that a change saves when everybody is asked again; None where no roster was found."""
        found = searched(replace(changed, standing=self._standing))
        return None if found is None else self._cost - found.cost


def searched(problem: Problem) -> Trial | None:
    """The cheapest roster found from the standing one when everybody is asked again; None where none was legal."""
    search = _taken_up(problem)
    for _ in range(SWEEPS):
        before = search.best.cost
        search.sweep(rho=0.0)
        search.keep("")
        if before - search.best.cost <= LEAST * search.best.cost:
            break
        search.trade()
        search.keep("")
    if search.best.placed is not None and small_enough(search):
        prove(search, Budget(work_limit=PROOF_WORK), workers=1, seed=1)
    return None if search.best.placed is None else _trial(search, search.best.placed)


def filled(problem: Problem) -> Trial | None:
    """The standing roster with the best weeks of those who have none that is legal, while all others stay; None where
    that exceeds a capacity."""
    search = _taken_up(problem)
    return _trial(search, search.placed) if search.legal() else None


def _taken_up(problem: Problem) -> Search:
    """The standing roster; whoever has none, or none that is legal any more, has been asked."""
    crew = Crew(Rules(problem))
    search = Search(crew, problem.required, Budget(), silent, seed=1)
    take_up(search)
    for i in np.flatnonzero((search.placed.choice == FREE).all(axis=1)).tolist():
        respond(crew, search.state, search.placed, i, rho=0.0, least=ANYWAY)
    search.keep("")
    return search


def _trial(search: Search, placed: Placed) -> Trial:
    problem, shifts = search.crew.rules.problem, tuple(search.crew.shifts(placed))
    return Trial(cost=reckon(problem.centre, problem.week, problem.required, shifts).total, shifts=shifts)
