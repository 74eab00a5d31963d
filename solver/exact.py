"""The whole problem as one CP-SAT model, for centres small enough to be solved to proven optimality."""

from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from solver.model import SCALE, Line, Model, hint, read, scaled, whole_weeks
from solver.patterns import patterns
from solver.planes import planes
from solver.sat import run
from solver.search import Budget, Search
from solver.staffing import open_staffing
from wfm.demand import Floats

LARGEST = 60_000  # choices of all agents up to which the model is worth building
MOST_PLACES = 60_000  # places of all activities up to which it is
PLANES = 400  # planes of an interval up to which it is
PROVERS = ("max_lp_sym", "reduced_costs", "quick_restart")


def small_enough(search: Search) -> bool:
    """Whether the whole problem is worth one model."""
    crew = search.crew
    choices, shapes = crew.rules.choices, crew.rules.shapes
    if sum(len(member.person.choices) for member in crew.members) > LARGEST:
        return False
    pools = {
        (group, int(choices.start[choice]), pattern)
        for group, choice in {(member.group, c) for member in crew.members for c in member.person.choices.tolist()}
        for number in choices.shapes[choice]
        for pattern, _ in patterns(shapes[number], int(choices.session[choice]))
    }
    if sum(len(piece.places) for _, _, pattern in pools for piece in pattern.pieces) > MOST_PLACES:
        return False
    weights, rates = search.state.weight, search.state.rates
    return len(planes(np.ones(len(weights)), weights, rates, crew.groups.rate)[0]) <= PLANES


def prove(search: Search, budget: Budget, *, workers: int, seed: int) -> None:
    """Solve the whole problem from the best roster so far; improves it and the bound in `search`."""
    if search.best.placed is None:
        return
    model = build(search)
    hint(model, search.best.placed)
    solver = cp_model.CpSolver()
    # Two searches led by the LP prove, restarts and neighbourhoods find: worth more workers than cores.
    solver.parameters.num_workers = 1 if workers == 1 else workers + len(PROVERS) - 1
    if workers > 1:
        solver.parameters.subsolvers.extend(PROVERS)
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = max(0.01, budget.seconds_left - 0.2)
    solver.parameters.linearization_level = 2
    if budget.work_left is not None:
        solver.parameters.max_deterministic_time = budget.work_left
    watcher = _Watcher(search, model.slack)
    solver.best_bound_callback = watcher.bound_found
    status = run(solver, model.cp, lambda: budget.asked, watcher)
    budget.work += solver.response_proto.deterministic_time
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        placed = search.best.placed.copy()
        read(model, solver, placed)
        search.load(placed)
        search.best.placed, search.best.cost = placed, solver.objective_value / SCALE
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
        search.bound = max(search.bound, (solver.best_objective_bound - model.slack) / SCALE)
    search.tell("whole problem proved" if status == cp_model.OPTIMAL else "whole problem searched")


class _Watcher(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
    """Passes best cost and bound on."""

    def __init__(self, search: Search, slack: float) -> None:
        super().__init__()
        self._search, self._slack = search, slack

    def on_solution_callback(self) -> None:
        self._search.best.cost = min(self._search.best.cost, self.objective_value / SCALE)
        self._search.tell("whole problem: better roster")

    def bound_found(self, bound: float) -> None:
        if bound > 0:
            self._search.bound = max(self._search.bound, (bound - self._slack) / SCALE)
        self._search.tell("whole problem: bound")


def build(search: Search) -> Model:
    """The model of the whole problem: every agent, every choice, every term of the cost."""
    crew = search.crew
    model = whole_weeks(crew, open_staffing(crew.rules, crew.groups, search.required))
    _coverage(model, search.required)
    model.cp.minimize(sum(model.cost))
    return model


def _coverage(model: Model, required: Floats) -> None:
    """Each interval costs at least every plane; where one group serves one queue, the chords between whole numbers."""
    before, rate, m = model.before, model.crew.groups.rate, model.before.per_interval
    most = np.bincount([member.group for member in model.crew.members], minlength=len(rate)) * m
    tail = before.share.sum(axis=1)
    for t in range(required.shape[1]):
        slots = range(t * m, t * m + m)
        presence = [model.sum_of(model.presence(group, slots), int(most[group])) for group in range(len(rate))]
        model.cost.append(model.highest_of(_lines(model, required[:, t], tail[:, t], most), presence, most.tolist()))
        model.slack += 2 if rate.shape == (1, 1) else 1 + int(most.sum())


def _lines(model: Model, required: Floats, tail: Floats, most: np.ndarray) -> list[Line]:
    """Cost of an interval in objective units as (constant, slope by group) of agents x slots of the week's own."""
    before, rate = model.before, model.crew.groups.rate
    minutes = before.slot_minutes * before.per_interval
    constant, slope = planes(required, before.weight, before.rates, rate)
    constant = constant + slope @ tail
    if rate.shape == (1, 1):
        counts = np.arange(int(most[0]) + 1) / before.per_interval
        at = [scaled(c * minutes) for c in (constant[:, None] + slope * counts[None]).max(axis=0)]
        chords = [after - now for now, after in pairwise(at)]
        return [(at[n] - chord * n, [chord]) for n, chord in enumerate(chords) if n == 0 or chord > chords[n - 1]]
    slope = slope / before.per_interval
    found = {(scaled(c * minutes), *(scaled(s * minutes) for s in row)) for c, row in zip(constant, slope, strict=True)}
    return [(line[0], list(line[1:])) for line in sorted(found)]
