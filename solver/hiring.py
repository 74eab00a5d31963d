"""Which classes to hire: CP-SAT over their starts and sizes, with the cost of every week in closed form.

Whatever is hired, a week's cheapest sharing of hours costs Σ (λᵢ − λᵢ₋₁) · maxₛ (need of the queues S − hours cheaper
than λᵢ of all who serve any of S): λ are the rates in rising order, S the sets of queues no cheaper to leave short.
So a week needs one variable for each rate, and a row for each set; hours shared among queues need none.
docs/decisions/0016-capacity.md has the argument and figures.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from solver.sat import run
from solver.sharing import Ints, Network, rate_of, whole
from wfm.capacity import HOURS, OPTIMAL, CapacityProblem, Marginal, Sharing, Staffing
from wfm.progress import Progress, Report, Stop, never, silent

CLOSE = 1e-8  # of what is paid in any case: a gap at which the search ends, far below what is called optimal
TURNS = 4.0  # seconds of two searches by turns, before they run side by side
ENUMERATED = 12  # queues up to which all sets are written down; beyond, those that bind are found one by one
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Row:
    """In a week, hours at a rate of level `level` or dearer are at least `need` − those of new people whose pool is hit."""

    level: int
    week: int
    need: int
    hit: tuple[bool, ...]


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
    classes: dict[int, Marginal] = {}
    for kind in range(len(problem.most_classes)):
        count = sum(size > 0 for size, option in zip(found.sizes, problem.options, strict=True) if option.kind == kind)
        classes[kind] = search.other_counts(kind, count, found, left)
    return search.staffing(found, classes, seconds=took)


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
    """Rows known so far, which hold for every question asked of the problem."""

    def __init__(self, problem: CapacityProblem, *, seed: int, workers: int, stop: Stop) -> None:
        self.problem, self.network = problem, Network(problem)
        self.seed, self.workers, self.stop = seed, workers, stop
        self.prices = np.array([round(o.cost / (problem.money * HOURS)) for o in problem.options], dtype=np.int64)
        rates = {rate_of(problem, step.rate) for step in problem.steps}
        rates |= {rate_of(problem, one) for one in problem.shortage}
        self.levels = sorted(rate for rate in rates if rate > 0)
        self.new_pools = sorted({option.pool for option in problem.options})
        self.rows: set[Row] = set()
        if len(problem.demand) <= ENUMERATED:
            self.rows |= set(self._all_rows())

    def cost(self, sizes: Ints) -> tuple[float, Sharing]:
        """What a plan costs, in money, and how its hours are shared."""
        weeks, sharing = self.network.share(sizes)
        return self._money(weeks + int(self.prices @ sizes)), sharing

    def best(
        self, seconds: float, *, count: tuple[int, int] | None = None, hint: _Found | None = None
    ) -> _Found | None:
        """The cheapest plan; `count` (kind, classes) asks for exactly so many classes of a kind."""
        begun = time.monotonic()
        found: _Found | None = None
        bound = -np.inf
        while True:
            model = _Model(self, count)
            left = seconds - (time.monotonic() - begun)
            if left <= 0:
                return found
            answer = model.solve(left)
            if answer is None:
                return found
            sizes, least = answer
            bound = max(bound, self._money(least))
            cost, sharing = self.cost(sizes)
            if found is None or cost < found.cost:
                found = _Found(sizes=tuple(map(int, sizes)), cost=cost, bound=bound, sharing=sharing)
            found = _Found(sizes=found.sizes, cost=found.cost, bound=min(bound, found.cost), sharing=found.sharing)
            new = set(self._binding(sizes, sharing)) - self.rows
            if found.cost - bound <= OPTIMAL * max(1.0, found.cost) or not new or self.stop():
                return found
            self.rows |= new

    def nobody(self) -> _Found:
        """The plan without any hire."""
        none = np.zeros(len(self.problem.options), dtype=np.int64)
        cost, sharing = self.cost(none)
        return _Found(sizes=tuple(map(int, none)), cost=cost, bound=min(cost, self.problem.fixed), sharing=sharing)

    def other_counts(self, kind: int, count: int, found: _Found, left: Callable[[], float]) -> Marginal:
        """One class of a kind more and one fewer, all else planned anew."""
        costs: list[float | None] = []
        proved = True
        for other in (count + 1, count - 1):
            answer = self.best(left(), count=(kind, other)) if other >= 0 and left() > 0 else None
            costs.append(None if answer is None else answer.cost - found.cost)
            if answer is not None and answer.bound is not None:
                proved &= bool(answer.cost - answer.bound <= OPTIMAL * max(1.0, answer.cost))
        return Marginal(one_more=costs[0], one_fewer=costs[1], proved=proved)

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

    def _money(self, units: int) -> float:
        return float(self.problem.fixed + units * self.problem.money * HOURS)

    def _cheaper(self, level: int) -> Ints:
        """Hours by pool and week that are cheaper than a level, new people left out."""
        steps = [whole(s.hours) for s in self.problem.steps if rate_of(self.problem, s.rate) < self.levels[level]]
        return np.asarray(self.network.free + sum(steps), dtype=np.int64)

    def _dear(self, level: int) -> Bools:
        """Queues whose shortage costs at least a level: the others are rather left short."""
        rates = np.array([rate_of(self.problem, one) for one in self.problem.shortage])
        return np.asarray(rates >= self.levels[level])

    def _hits(self, sets: Bools) -> Bools:
        """Shape (sets, pools): whether a pool serves any queue of a set; `sets` (sets, queues)."""
        serves = np.zeros((len(self.problem.pools), sets.shape[1]), dtype=bool)
        for pool, queues in enumerate(self.problem.pools):
            serves[pool, list(queues)] = True
        return np.asarray(sets.astype(int) @ serves.T.astype(int) > 0)

    def _all_rows(self) -> Iterator[Row]:
        """Of all sets of queues those that say something: for each set of new pools hit the greatest need."""
        queues, weeks = self.network.demand.shape
        sets: Bools = np.asarray((np.arange(1, 2**queues)[:, None] >> np.arange(queues)) & 1, dtype=bool)
        hits = self._hits(sets)
        new, group = np.unique(hits[:, self.new_pools], axis=0, return_inverse=True)
        covers = np.all(new[:, None, :] <= new[None, :, :], axis=2)  # [a, b]: a hits no pool that b does not
        np.fill_diagonal(covers, False)
        for level in range(len(self.levels)):
            allowed: Bools = np.asarray(~(sets & ~self._dear(level)).any(axis=1))
            need = sets.astype(np.int64) @ self.network.demand - hits.astype(np.int64) @ self._cheaper(level)
            most = np.zeros((len(new), weeks), dtype=np.int64)
            np.maximum.at(most, group.ravel()[allowed], need[allowed])
            beaten = (covers[:, :, None] & (most[:, None, :] >= most[None, :, :])).any(axis=0)
            for one, week in np.argwhere((most > 0) & ~beaten):
                yield Row(level, int(week), int(most[one, week]), tuple(map(bool, new[one])))

    def _binding(self, sizes: Ints, sharing: Sharing) -> Iterator[Row]:
        """The set of each level and week that makes this plan's weeks cost what they do."""
        served = sharing.served > HOURS / 2
        for level in range(len(self.levels)):
            dear_steps = [rate_of(self.problem, s.rate) >= self.levels[level] for s in self.problem.steps]
            using: Bools = np.asarray((sharing.used[dear_steps] > HOURS / 2).any(axis=0))  # pools, weeks
            held: Bools = np.asarray((served & using[:, None, :]).any(axis=0))
            held |= (sharing.short > HOURS / 2) & self._dear(level)[:, None]
            while True:  # who could serve these queues and serves others instead: these are held back too
                reach = self._hits(held.T).T  # pools, weeks
                more = held | (served & reach[:, None, :]).any(axis=0)
                if (more == held).all():
                    break
                held = more
            held &= self._dear(level)[:, None]
            hits = self._hits(held.T)
            needs = np.where(held, self.network.demand, 0).sum(axis=0) - (hits * self._cheaper(level).T).sum(axis=1)
            for week in np.flatnonzero(held.any(axis=0) & (needs > 0)):
                yield Row(level, int(week), int(needs[week]), tuple(map(bool, hits[week, self.new_pools])))


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
            inside = [n for n, o in enumerate(problem.options) if o.training[0] <= week < o.training[1]]
            if problem.classes_at_once is not None and len(inside) > problem.classes_at_once:
                self.model.add(sum(held[n] for n in inside) <= problem.classes_at_once)
            if problem.trainees_at_once is not None and inside:
                self.model.add(sum(self.sizes[n] for n in inside) <= problem.trainees_at_once)

    def _weeks(self) -> None:
        search, problem = self.search, self.search.problem
        place = {pool: at for at, pool in enumerate(search.new_pools)}
        most: dict[tuple[int, int], int] = {}
        for row in search.rows:
            most[row.level, row.week] = max(most.get((row.level, row.week), 0), row.need)
        beyond = {key: self.model.new_int_var(0, need, "") for key, need in sorted(most.items())}
        for row in sorted(search.rows, key=lambda row: (row.level, row.week, row.hit, row.need)):
            giving = [
                int(search.network.options[n, row.week]) * self.sizes[n]
                for n, option in enumerate(problem.options)
                if row.hit[place[option.pool]] and search.network.options[n, row.week]
            ]
            self.model.add(beyond[row.level, row.week] + sum(giving) >= row.need)
        steps = np.diff([0, *search.levels])
        prices = [int(price) * size for price, size in zip(search.prices, self.sizes, strict=True)]
        self.model.minimize(sum(int(steps[level]) * one for (level, _), one in beyond.items()) + sum(prices))

    def solve(self, seconds: float) -> tuple[Ints, int] | None:
        """Sizes and a lower bound in whole units; None where none was found.

        Two searches by turns first, which finds the same plan again; where that is not enough, side by side.
        """
        workers = self.search.workers
        first = self._run(seconds if workers == 1 else min(seconds, TURNS), by_turns=True)
        if workers == 1 or first[0] not in (cp_model.FEASIBLE, cp_model.UNKNOWN) or self.search.stop():
            return first[1]
        # Anew, without a hint: told the plan found so far the second search is several times slower.
        left = seconds - TURNS
        second = self._run(left, by_turns=False)[1] if left > 0 else None
        if first[1] is None or second is None:
            return first[1] if second is None else second
        cheaper = min(first[1], second, key=lambda one: self._objective(one[0]))
        return cheaper[0], max(first[1][1], second[1])

    def _objective(self, sizes: Ints) -> float:
        return self.search.cost(sizes)[0]

    def _run(self, seconds: float, *, by_turns: bool) -> tuple[cp_model.CpSolverStatus, tuple[Ints, int] | None]:
        problem = self.search.problem
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.random_seed = self.search.seed
        solver.parameters.num_workers = self.search.workers
        solver.parameters.interleave_search = by_turns
        # These two prove in seconds what others do not in a minute.
        solver.parameters.subsolvers.extend(["max_lp", "reduced_costs"])
        solver.parameters.absolute_gap_limit = max(1.0, CLOSE * problem.fixed / (problem.money * HOURS))
        status = run(solver, self.model, self.search.stop)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return status, None
        sizes = np.array([solver.value(size) for size in self.sizes], dtype=np.int64)
        return status, (sizes, int(np.floor(solver.best_objective_bound)))
