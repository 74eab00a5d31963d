"""Which classes to hire: a search over their starts and sizes, with the cost of every week in closed form.

Whatever is hired, a week's cheapest sharing of hours costs Σ (λᵢ − λᵢ₋₁) · maxₛ (need of the queues S − hours cheaper
than λᵢ of all who serve any of S): λ are the rates in rising order, S the sets of queues no cheaper to leave short.
So a week needs one variable for each rate, and a row for each set; hours shared among queues need none.
CP-SAT settles small problems and finds a good plan for others, for which branch and cut then proves the cheapest one.
docs/decisions/0016-capacity.md has the argument and figures.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import numpy as np
from ortools.sat.python import cp_model

from solver.openings import prove
from solver.sat import run
from solver.sharing import Ints, Network
from solver.shortfall import Shortfall
from wfm.capacity import HOURS, OPTIMAL, CapacityProblem, Marginal, Sharing, Staffing
from wfm.progress import Progress, Report, Stop, never, silent

CLOSE = 1e-8  # of what is paid in any case: a gap at which the search ends, far below what is called optimal
CLOSER = 0.25  # of the gap that is called optimal: one at which branch and cut ends
SHARES = 2.0  # of the time left, shared equally, that a question may take
FIRST = 0.3  # CP-SAT's own count of work, a second or two, before branch and cut


def hire(
    problem: CapacityProblem,
    *,
    time_limit: float = 60.0,
    seed: int = 1,
    workers: int = 2,
    report: Report = silent,
    stop: Stop = never,
) -> Staffing:
    """The cheapest plan found and a proved bound; nobody hired, and the bound what is paid in any case, where none was
    found in time."""
    begun = time.monotonic()
    search = _Search(problem, seed=seed, workers=workers, stop=stop)

    def left() -> float:
        return time_limit - (time.monotonic() - begun)

    def tell(message: str, cost: float | None = None, bound: float | None = None) -> None:
        seconds = time.monotonic() - begun
        report(Progress(step="hiring", seconds=seconds, message=message, cost=cost, bound=bound))

    tell("choosing classes")
    found = search.best(left()) or search.nobody()
    took = time.monotonic() - begun
    tell("asking what one more or fewer costs", found.cost, found.bound)
    return search.staffing(found, search.other_counts(found, left), seconds=took)


def staff(problem: CapacityProblem, sizes: tuple[int, ...]) -> Staffing:
    """The plan with these sizes of the options, all else at least cost; no bound is claimed."""
    search = _Search(problem, seed=1, workers=1, stop=never)
    cost, sharing = search.cost(np.array(sizes, dtype=np.int64))
    return search.staffing(_Found(sizes=sizes, cost=cost, bound=None, sharing=sharing), {})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    sizes: tuple[int, ...]
    cost: float
    bound: float | None
    sharing: Sharing


class _Search:
    """What is known of a problem, for every question asked of it: rows, and whether it is `hard` for CP-SAT."""

    def __init__(self, problem: CapacityProblem, *, seed: int, workers: int, stop: Stop) -> None:
        self.problem, self.network = problem, Network(problem)
        self.seed, self.workers, self.stop = seed, workers, stop
        self.prices = np.array([round(o.cost / (problem.money * HOURS)) for o in problem.options], dtype=np.int64)
        self.shortfall, self.hard = Shortfall(problem, self.network), False

    def cost(self, sizes: Ints) -> tuple[float, Sharing]:
        """What a plan costs, in money, and how its hours are shared."""
        weeks, sharing = self.network.share(sizes)
        return self._money(weeks + int(self.prices @ sizes)), sharing

    def best(
        self, seconds: float, *, count: tuple[int, int] | None = None, near: _Found | None = None
    ) -> _Found | None:
        """The cheapest plan; `count` (kind, classes) asks for exactly so many classes of a kind. `near` is a plan that
        will not be far from it."""
        begun = time.monotonic()
        found: _Found | None = None
        bound = -np.inf

        def left() -> float:
            return seconds - (time.monotonic() - begun)

        while left() > 0:
            answer = self._answer(left, count, near or found)
            if answer is None:
                return found
            sizes, least = answer
            bound = max(bound, self._money(least))
            cost, sharing = self.cost(sizes)
            if found is None or cost < found.cost:
                found = _Found(sizes=tuple(map(int, sizes)), cost=cost, bound=bound, sharing=sharing)
            found = _Found(sizes=found.sizes, cost=found.cost, bound=min(bound, found.cost), sharing=found.sharing)
            new = frozenset(self.shortfall.binding(sizes, sharing)) - self.shortfall.rows
            if found.cost - bound <= OPTIMAL * max(1.0, found.cost) or not new or self.stop():
                return found
            self.shortfall.add(new)
        return found

    def _answer(
        self, left: Callable[[], float], count: tuple[int, int] | None, near: _Found | None
    ) -> tuple[Ints, int] | None:
        """Sizes and a lower bound in whole units, for the rows known; None where no sizes were found."""
        first: tuple[Ints, int] | None = None
        if not self.hard or near is None:
            status, first = _Model(self, count).solve(left(), work=FIRST)
            if status not in (cp_model.FEASIBLE, cp_model.UNKNOWN) or self.stop():
                return first
            if first is not None and self.cost(first[0])[0] - self._money(first[1]) <= self._near_enough(first[0]):
                return first
            self.hard = True
        start = np.array(self.nobody().sizes if near is None else near.sizes, dtype=np.int64)
        start = start if first is None else first[0]
        second = prove(
            self.network,
            self.shortfall,
            near=start,
            prices=self.prices,
            count=count,
            gap=int(CLOSER * self._near_enough(start) / (self.problem.money * HOURS)),
            left=left,
            stop=self.stop,
        )
        if second is None and left() > 0 and not self.stop():  # it has failed
            second = _Model(self, count).solve(left())[1]
        if second is None:
            return first
        bound = second[1] if first is None else max(first[1], second[1])
        plans = [one[0] for one in (second, first) if one is not None and one[0] is not None]
        return (min(plans, key=lambda sizes: self.cost(sizes)[0]), bound) if plans else None

    def nobody(self) -> _Found:
        """The plan without any hire."""
        none = np.zeros(len(self.problem.options), dtype=np.int64)
        cost, sharing = self.cost(none)
        return _Found(sizes=tuple(map(int, none)), cost=cost, bound=min(cost, self.problem.fixed), sharing=sharing)

    def other_counts(self, found: _Found, left: Callable[[], float]) -> dict[int, Marginal]:
        """One class of each kind more and one fewer, all else planned anew; where branch and cut, which has one thread,
        is to answer, as many questions at a time as there are workers."""
        kinds = [[n for n, o in enumerate(self.problem.options) if o.kind == kind] for kind in range(self._kinds)]
        counts = [sum(found.sizes[n] > 0 for n in own) for own in kinds]
        asked = [(kind, counts[kind] + by) for kind in range(self._kinds) for by in (1, -1)]
        most = [
            len(own) if m is None else min(m, len(own)) for own, m in zip(kinds, self.problem.most_classes, strict=True)
        ]
        ended, stop = Event(), self.stop
        self.stop = lambda: stop() or ended.is_set()

        many = self.workers if self.hard else 1

        def answer(number: int) -> _Found | None:
            kind, other = asked[number]
            if not 0 <= other <= most[kind]:
                return None
            seconds = min(left(), SHARES * left() * many / (len(asked) - number))
            return self.best(seconds, count=(kind, other), near=found)

        with ThreadPoolExecutor(many) as threads:
            try:
                answers = list(threads.map(answer, range(len(asked))))
            finally:
                ended.set()
                self.stop = stop
        return {kind: self._marginal(found, *answers[2 * kind : 2 * kind + 2]) for kind in range(self._kinds)}

    @property
    def _kinds(self) -> int:
        return len(self.problem.most_classes)

    def _marginal(self, found: _Found, more: _Found | None, fewer: _Found | None) -> Marginal:
        told = [one for one in (more, fewer) if one is not None and one.bound is not None]
        return Marginal(
            one_more=None if more is None else more.cost - found.cost,
            one_fewer=None if fewer is None else fewer.cost - found.cost,
            proved=all(one.cost - one.bound <= OPTIMAL * max(1.0, one.cost) for one in told if one.bound is not None),
        )

    def staffing(self, found: _Found, classes: dict[int, Marginal], *, seconds: float = 0.0) -> Staffing:
        """The result with what single agents are worth."""
        people = {}
        sizes = np.array(found.sizes, dtype=np.int64)
        for option in np.flatnonzero(sizes):
            changed = [self.cost(sizes + by * (np.arange(len(sizes)) == option))[0] - found.cost for by in (1, -1)]
            people[int(option)] = Marginal(one_more=changed[0], one_fewer=changed[1])
        return Staffing(
            sizes=found.sizes,
            cost=found.cost,
            bound=found.bound,
            sharing=found.sharing,
            unhired=self.cost(np.zeros_like(sizes))[0],
            seconds=seconds,
            people=people,
            classes=classes,
        )

    def _near_enough(self, sizes: Ints) -> float:
        """The gap, in money, up to which a plan that costs about as much is called optimal."""
        return OPTIMAL * max(1.0, self.cost(sizes)[0])

    def _money(self, units: int) -> float:
        return float(self.problem.fixed + units * self.problem.money * HOURS)


class _Model:
    """The model of CP-SAT for the rows known."""

    def __init__(self, search: _Search, count: tuple[int, int] | None) -> None:
        self.search, problem = search, search.problem
        model = self.model = cp_model.CpModel()
        self.sizes, held = [], []
        for option in problem.options:
            domain = cp_model.Domain.from_intervals([[0, 0], [option.least, option.most]])
            size, opened = model.new_int_var_from_domain(domain, ""), model.new_bool_var("")
            model.add(size <= option.most * opened)
            model.add(size >= option.least * opened)
            self.sizes.append(size)
            held.append(opened)
        for kind, most in enumerate(problem.most_classes):
            own = [opened for opened, option in zip(held, problem.options, strict=True) if option.kind == kind]
            if most is not None:
                model.add(sum(own) <= most)
            if count is not None and count[0] == kind:
                model.add(sum(own) == count[1])
        self._limits(held)
        self._weeks()

    def _limits(self, held: list[cp_model.IntVar]) -> None:
        problem = self.search.problem
        for week in range(problem.demand.shape[1]):
            inside = problem.trained_in(week)
            if problem.classes_at_once is not None and len(inside) > problem.classes_at_once:
                self.model.add(sum(held[n] for n in inside) <= problem.classes_at_once)
            if problem.trainees_at_once is not None and inside:
                self.model.add(sum(self.sizes[n] for n in inside) <= problem.trainees_at_once)

    def _weeks(self) -> None:
        search, problem = self.search, self.search.problem
        place = {pool: at for at, pool in enumerate(search.shortfall.pools)}
        most: dict[tuple[int, int], int] = {}
        for row in search.shortfall.rows:
            most[row.level, row.week] = max(most.get((row.level, row.week), 0), row.need)
        beyond = {key: self.model.new_int_var(0, need, "") for key, need in sorted(most.items())}
        for row in sorted(search.shortfall.rows):
            giving = [
                int(search.network.options[n, row.week]) * self.sizes[n]
                for n, option in enumerate(problem.options)
                if row.hit[place[option.pool]] and search.network.options[n, row.week]
            ]
            self.model.add(beyond[row.level, row.week] + sum(giving) >= row.need)
        steps = np.diff([0, *search.shortfall.levels])
        prices = [int(price) * size for price, size in zip(search.prices, self.sizes, strict=True)]
        self.model.minimize(sum(int(steps[level]) * one for (level, _), one in beyond.items()) + sum(prices))

    def solve(self, seconds: float, *, work: float = np.inf) -> tuple[cp_model.CpSolverStatus, tuple[Ints, int] | None]:
        """Sizes and a lower bound in whole units; None where none was found. With so much `work` at most, and by turns,
        so that the same plan is found again."""
        problem = self.search.problem
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.max_deterministic_time = work
        solver.parameters.random_seed = self.search.seed
        solver.parameters.num_workers = self.search.workers
        solver.parameters.interleave_search = True
        # These two prove in seconds what others do not in a minute.
        solver.parameters.subsolvers.extend(["max_lp", "reduced_costs"])
        solver.parameters.absolute_gap_limit = max(1.0, CLOSE * problem.fixed / (problem.money * HOURS))
        status = run(solver, self.model, self.search.stop)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return status, None
        sizes = np.array([solver.value(size) for size in self.sizes], dtype=np.int64)
        return status, (sizes, int(np.floor(solver.best_objective_bound)))
