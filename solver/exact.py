"""The whole problem as one CP-SAT model, for centres small enough to be solved to proven optimality."""

from collections import defaultdict
from collections.abc import Callable
from itertools import product
from math import prod

import numpy as np
from ortools.sat.python import cp_model

from solver.branching import Branching
from solver.linear import Ints
from solver.model import Line, Model, Var, hint, read, values_of, whole_weeks
from solver.patterns import patterns
from solver.planes import breakpoints, hull_slopes, planes, whole_costs
from solver.sat import run
from solver.search import Budget, Search
from solver.staffing import open_staffing
from wfm.demand import Floats
from wfm.problem import OPTIMAL

LARGEST = 60_000  # choices of all agents up to which the model is worth building
MOST_PLACES = 60_000  # places of all activities up to which it is
# Numbers of people at work in an interval, by one group, two, three, four, up to which all of them are looked at: their
# hull takes a hundredth of a second for each interval, and of more groups a hundred times as long.
MOST_POINTS = 5_000, 5_000, 5_000, 1_000
PLANES = 400  # planes of an interval up to which it is
LEAST = 1e-6  # agent-minutes by which a roster must be cheaper to be another one
ENDING = 0.1  # seconds before the time limit up to which branch and cut is waited for
ANEW = 1.0  # seconds that must be left for branch and cut to begin once more
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
    return prod(map(len, breakpoints(weights, rates, crew.groups.rate, most=PLANES))) <= PLANES


def prove(search: Search, budget: Budget, *, workers: int, seed: int, branching: Branching | None = None) -> None:
    """Solve the whole problem from the best roster so far; improves it and the bound in `search`.

    CP-SAT finds good rosters, and its bound is exact; branch and cut beside it proves, and is told of each better
    one. That has no count of work, so with a work limit or one worker CP-SAT is alone.
    """
    if search.best.placed is None:
        return
    model = build(search) if branching is None else branching.model
    if branching is None or not told(search, branching):
        hint(model, values_of(model, search.best.placed))
        _search(search, budget, model, workers=workers, seed=seed, branching=branching)
    if branching is not None:
        settle(search, branching)


def settle(search: Search, branching: Branching) -> None:
    """Wait for branch and cut until nobody can or it has proved which roster is the best; take over what it has found."""
    budget = search.budget
    if not told(search, branching):
        branching.wait(lambda: budget.asked or budget.seconds_left < ENDING or told(search, branching))
    take(search, branching)
    search.tell("whole problem proved" if _met(search, branching) else "branch and cut ended")


def take(search: Search, branching: Branching) -> None:
    """Take over what branch and cut has found: its roster if it is better, and its bound, unless a roster is cheaper than
    that: numbers of limited precision prove as long as they do not contradict themselves."""
    cost, columns = branching.found
    if columns is not None and cost < search.best.cost - LEAST:
        _keep(search, branching.model, branching.value(columns), cost)
    _take_bound(search, branching)


def _take_bound(search: Search, branching: Branching) -> None:
    if branching.bound <= search.best.cost + OPTIMAL * max(1.0, search.best.cost):
        search.bound = max(search.bound, branching.bound)


def told(search: Search, branching: Branching) -> bool:
    """Tell branch and cut of the best roster, if it knows of none as good; whether none can be better."""
    if search.best.placed is not None and search.best.cost < branching.known:
        values = np.array(values_of(branching.model, search.best.placed), dtype=float)
        branching.offer(values, search.best.cost)
    return _proved(search, branching)


def _proved(search: Search, branching: Branching) -> bool:
    """Whether no roster is better than the best one; branch and cut that has ended without saying so begins once more."""
    ended = branching.broken_off  # asked first: whatever it said has been heard by then
    met = _met(search, branching)
    if ended and not met and search.budget.seconds_left > ANEW:
        _take_bound(search, branching)
        branching.begin_anew(seconds=search.budget.seconds_left)
    return met


def _met(search: Search, branching: Branching) -> bool:
    """Whether the best roster is proved to be the best there is."""
    cost = min(search.best.cost, branching.found[0])
    return bool(abs(cost - max(search.bound, branching.bound)) <= OPTIMAL * max(1.0, cost))


def _search(
    search: Search, budget: Budget, model: Model, *, workers: int, seed: int, branching: Branching | None
) -> None:
    """Let CP-SAT improve the best roster and the bound."""
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
    watcher = _Watcher(search, model, branching)
    solver.best_bound_callback = watcher.bound_found
    status = run(
        solver, model.cp, lambda: budget.asked or (branching is not None and _proved(search, branching)), watcher
    )
    budget.work += solver.response_proto.deterministic_time
    cost = solver.objective_value / model.scale
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) and cost <= search.best.cost + LEAST:
        _keep(search, model, solver.value, cost)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
        search.bound = max(search.bound, (solver.best_objective_bound - model.slack) / model.scale)
    search.tell("whole problem proved" if status == cp_model.OPTIMAL else "whole problem searched")


def _keep(search: Search, model: Model, value: Callable[[Var], int], cost: float) -> None:
    if search.best.placed is not None:
        placed = search.best.placed.copy()
        read(model, value, placed)
        search.load(placed)
        search.best.placed, search.best.cost = placed, cost


class _Watcher(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
    """Passes best cost and bound on."""

    def __init__(self, search: Search, model: Model, branching: Branching | None) -> None:
        super().__init__()
        self._search, self._model, self._branching = search, model, branching

    def on_solution_callback(self) -> None:
        cost = self.objective_value / self._model.scale
        if self._branching is not None and cost < self._branching.known:
            variables = map(self._model.cp.get_int_var_from_proto_index, range(len(self._model.cp.proto.variables)))
            self._branching.offer(np.array([self.value(variable) for variable in variables], dtype=float), cost)
        self._search.best.cost = min(self._search.best.cost, cost)
        self._search.tell("whole problem: better roster")

    def bound_found(self, bound: float) -> None:
        if bound > 0:
            self._search.bound = max(self._search.bound, (bound - self._model.slack) / self._model.scale)
        self._search.tell("whole problem: bound")


def build(search: Search) -> Model:
    """The model of the whole problem: every agent, every choice, every term of the cost."""
    crew = search.crew
    model = whole_weeks(crew, open_staffing(crew.rules, crew.groups, search.required), search.best.placed)
    _coverage(model, search.required)
    _count(model)
    model.cp.minimize(sum(model.cost))
    return model


def _count(model: Model) -> None:
    """How many of a day work at all, so long, so long in a skill group, in a skill group, and in training: no rule asks
    for it, but branch and cut splits by it first, which decides more at once than who does."""
    choices = model.crew.rules.choices
    counted: defaultdict[tuple[int, ...], list[Var]] = defaultdict(list)
    for crowd in model.crowds:
        one = next(iter(crowd.take))
        paid, trains = int(choices.paid[one]), int(choices.session[one] > 0)
        for by_length, by_group in product((False, True), repeat=2):
            counted[crowd.day, paid if by_length else -1, crowd.group if by_group else -1] += crowd.take.values()
        counted[crowd.day, -2, trains] += crowd.take.values()
    for taken in counted.values():
        model.sum_of([(x, 1) for x in taken], model.people)


def _coverage(model: Model, required: Floats) -> None:
    """Each interval costs at least every plane, those between whole numbers of people where they are few."""
    before, rate, m = model.before, model.crew.groups.rate, model.before.per_interval
    most = np.bincount(model.crew.group, minlength=len(rate)) * m
    tail = before.share.sum(axis=2).T
    few = 0 < len(most) <= len(MOST_POINTS) and np.prod(most + 1.0) <= MOST_POINTS[len(most) - 1]
    known: dict[tuple[float, ...], tuple[list[Line], float]] = {}  # the same few people are required again and again
    for t in range(required.shape[1]):
        slots = range(t * m, t * m + m)
        presence = [model.sum_of(model.presence(group, slots), int(most[group])) for group in range(len(rate))]
        told = (*required[:, t].tolist(), *tail[:, t].tolist())
        if told not in known:
            constant, slope = _planes(model, required[:, t], tail[:, t])
            known[told] = (_under(constant, slope, most), 0.0) if few else _near(constant, slope, most)
        lines, lifted = known[told]
        model.cost.append(model.highest_of(lines, presence, most.tolist()))
        model.slack += lifted


def _planes(model: Model, required: Floats, tail: Floats) -> tuple[Floats, Floats]:
    """Cost of an interval in objective units as (constant, slope by group) of agents x slots of the week's own."""
    before, rate = model.before, model.crew.groups.rate
    unit = model.scale * before.slot_minutes
    constant, slope = planes(required, before.weight, before.rates, rate)
    return (constant + slope @ tail) * unit * before.per_interval, slope * unit


def _near(constant: Floats, slope: Floats, most: Ints) -> tuple[list[Line], float]:
    """Planes in whole units, to the nearest, and the units by which that may lift one of them."""
    whole_constant, whole_slope = np.round(constant), np.round(slope)
    lifted = whole_constant - constant + np.maximum(whole_slope - slope, 0.0) @ most
    found = {(int(c), *map(int, row)) for c, row in zip(whole_constant, whole_slope, strict=True)}
    return [(line[0], list(line[1:])) for line in sorted(found)], max(0.0, float(lifted.max()))


def _under(constant: Floats, slope: Floats, most: Ints) -> list[Line]:
    """Planes in whole units that are nowhere above the cost of whole numbers of people, and close to it there."""
    points, cost = whole_costs(constant, slope, most)
    steep = np.unique(np.round(hull_slopes(points, cost)), axis=0).astype(np.int64)
    least = np.floor((cost - steep @ points.T).min(axis=1)).astype(np.int64)
    return [(int(at), row) for at, row in zip(least, steep.tolist(), strict=True)]
