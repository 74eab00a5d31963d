"""The whole problem as one CP-SAT model, for centres small enough to be solved to proven optimality."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import numpy as np
from ortools.sat.python import cp_model

from solver.linear import ROUNDING, Helper, Ints, Whole
from solver.model import SCALE, Line, Model, Var, hint, read, whole_weeks
from solver.patterns import patterns
from solver.planes import hull_slopes, planes, whole_costs
from solver.sat import run
from solver.search import Budget, Search
from solver.staffing import open_staffing
from solver.translated import Translation
from wfm.demand import Floats
from wfm.problem import OPTIMAL
from wfm.progress import Stop

LARGEST = 60_000  # choices of all agents up to which the model is worth building
MOST_PLACES = 60_000  # places of all activities up to which it is
MOST_POINTS = 5_000  # numbers of people at work in an interval, by group, up to which all of them are looked at
PLANES = 400  # planes of an interval up to which it is
ANSWERING = 0.4  # seconds before the time limit by which branch and cut has to end
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


class Branching:
    """Branch and cut on the whole problem by HiGHS, in a process of its own beside everything else."""

    def __init__(self) -> None:
        self._helper, self._ended = Helper(), Event()
        self._thread: Future[Whole | None] | None = None

    def begin(self, search: Search) -> None:
        """Hand over the problem, once there is a legal roster."""
        if self._thread is not None or search.best.placed is None:
            return
        self.model = build(search)
        self._translation = Translation(self.model)
        threads, budget = ThreadPoolExecutor(1), search.budget
        self._thread = threads.submit(
            self._translation.programme.solve_whole,
            seconds=budget.seconds_left - ANSWERING,
            stop=lambda: budget.asked or self._ended.is_set(),
            helper=self._helper,
        )
        threads.shutdown(wait=False)

    @property
    def proved(self) -> bool:
        """Whether it has ended with its proof: without a solution it has none."""
        found = self._thread.result() if self._thread is not None and self._thread.done() else None
        return (
            found is not None
            and found.values is not None
            and found.cost - found.bound <= ROUNDING * max(1.0, abs(found.cost))
        )

    def take(self, search: Search) -> None:
        """Wait for its end and take over what it has found, its bound less what floating-point numbers may have added."""
        found = None if self._thread is None else self._thread.result()
        if found is None:
            return
        constant = self._translation.constant
        cost, bound = found.cost + constant, found.bound + constant
        if found.values is not None and cost < search.best.cost:
            _keep(search, self.model, self._translation.value(found.values), cost)
        if np.isfinite(bound):
            search.bound = max(search.bound, bound - self.model.slack / SCALE - ROUNDING * max(1.0, abs(bound)))
        proved = search.best.cost - search.bound <= OPTIMAL * max(1.0, search.best.cost)
        search.tell("whole problem proved" if proved else "branch and cut ended")

    def end(self) -> None:
        """Nobody waits for it any more."""
        self._ended.set()
        if self._thread is None:
            self._helper.end()
        else:
            self._thread.result()


def prove(search: Search, budget: Budget, *, workers: int, seed: int, branching: Branching | None = None) -> None:
    """Solve the whole problem from the best roster so far; improves it and the bound in `search`.

    CP-SAT finds good rosters, and its bound is exact; branch and cut beside it proves. That has no count of work, so
    with a work limit or one worker CP-SAT is alone.
    """
    if search.best.placed is None:
        return
    if branching is None:
        model = build(search)
        hint(model, search.best.placed)
        _search(search, budget, model, workers=workers, seed=seed, stop=lambda: budget.asked)
        return
    branching.begin(search)
    hint(branching.model, search.best.placed)
    if not _search(
        search,
        budget,
        branching.model,
        workers=workers,
        seed=seed,
        stop=lambda: budget.asked or branching.proved,
    ):
        branching.take(search)


def _search(search: Search, budget: Budget, model: Model, *, workers: int, seed: int, stop: Stop) -> bool:
    """Let CP-SAT improve the best roster and the bound; whether they meet."""
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
    status = run(solver, model.cp, stop, watcher)
    budget.work += solver.response_proto.deterministic_time
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        _keep(search, model, solver.value, solver.objective_value / SCALE)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
        search.bound = max(search.bound, (solver.best_objective_bound - model.slack) / SCALE)
    search.tell("whole problem proved" if status == cp_model.OPTIMAL else "whole problem searched")
    return bool(status == cp_model.OPTIMAL)


def _keep(search: Search, model: Model, value: Callable[[Var], int], cost: float) -> None:
    if search.best.placed is not None:
        placed = search.best.placed.copy()
        read(model, value, placed)
        search.load(placed)
        search.best.placed, search.best.cost = placed, cost


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
    model = whole_weeks(crew, open_staffing(crew.rules, crew.groups, search.required), search.best.placed)
    _coverage(model, search.required)
    model.cp.minimize(sum(model.cost))
    return model


def _coverage(model: Model, required: Floats) -> None:
    """Each interval costs at least every plane, those between whole numbers of people where they are few."""
    before, rate, m = model.before, model.crew.groups.rate, model.before.per_interval
    most = np.bincount([member.group for member in model.crew.members], minlength=len(rate)) * m
    tail = before.share.sum(axis=1)
    few = np.prod(most + 1.0) <= MOST_POINTS
    known: dict[tuple[float, ...], list[Line]] = {}  # the same few people are required again and again
    for t in range(required.shape[1]):
        slots = range(t * m, t * m + m)
        presence = [model.sum_of(model.presence(group, slots), int(most[group])) for group in range(len(rate))]
        told = (*required[:, t].tolist(), *tail[:, t].tolist())
        if told not in known:
            constant, slope = _planes(model, required[:, t], tail[:, t])
            known[told] = _under(constant, slope, most) if few else _near(constant, slope)
        model.cost.append(model.highest_of(known[told], presence, most.tolist()))
        model.slack += 0 if few else 1 + int(most.sum())


def _planes(model: Model, required: Floats, tail: Floats) -> tuple[Floats, Floats]:
    """Cost of an interval in objective units as (constant, slope by group) of agents x slots of the week's own."""
    before, rate = model.before, model.crew.groups.rate
    unit = SCALE * before.slot_minutes
    constant, slope = planes(required, before.weight, before.rates, rate)
    return (constant + slope @ tail) * unit * before.per_interval, slope * unit


def _near(constant: Floats, slope: Floats) -> list[Line]:
    """Planes in whole units, to the nearest."""
    found = {(round(c), *map(round, row)) for c, row in zip(constant.tolist(), slope.tolist(), strict=True)}
    return [(line[0], list(line[1:])) for line in sorted(found)]


def _under(constant: Floats, slope: Floats, most: Ints) -> list[Line]:
    """Planes in whole units that are nowhere above the cost of whole numbers of people, and close to it there."""
    points, cost = whole_costs(constant, slope, most)
    steep = np.unique(np.round(hull_slopes(points, cost)), axis=0).astype(np.int64)
    least = np.floor((cost - steep @ points.T).min(axis=1)).astype(np.int64)
    return [(int(at), row) for at, row in zip(least, steep.tolist(), strict=True)]
