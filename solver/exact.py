"""The whole problem as one CP-SAT model, for centres small enough to be solved to proven optimality."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model

from solver.crew import SHAPE, Crew, Member, Placed
from solver.filling import BLOCKS
from solver.network import NOTHING, SESSION, Arc, away, network
from solver.planes import planes
from solver.rules import WORKED_DAYS
from solver.search import Budget, Search
from solver.shapes import Shape
from solver.staffing import open_staffing
from solver.week import FREE
from wfm.cost import week_requests
from wfm.roster import Activity

SCALE = 1_000_000  # objective units of an agent-minute: rounding stays below the tolerance of `optimal`
LARGEST = 60_000  # choices of all agents up to which the model is worth building
PROVERS = ("max_lp_sym", "reduced_costs", "quick_restart")
PLANES = 400  # planes of an interval up to which it is

Term = tuple[cp_model.IntVar, int]


@dataclass(slots=True)
class Model:
    """The model under construction and what is needed to read a solution back."""

    crew: Crew
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    take: list[dict[int, cp_model.IntVar]] = field(default_factory=list)
    flows: dict[tuple[int, int], list[tuple[Shape, int, list[tuple[Arc, cp_model.IntVar]]]]] = field(
        default_factory=dict
    )
    cost: list[cp_model.LinearExprT] = field(default_factory=list)


def small_enough(search: Search) -> bool:
    """Whether the whole problem is worth one model."""
    crew = search.crew
    choices = sum(len(member.person.choices) for member in crew.members)
    if choices > LARGEST:
        return False
    weights, rates = search.state.weight, search.state.rates
    return len(planes(np.ones(len(weights)), weights, rates, crew.groups.rate)[0]) <= PLANES


def prove(search: Search, budget: Budget, *, workers: int, seed: int) -> None:
    """Solve the whole problem from the best roster so far; improves it and the bound in `search`."""
    model = build(search)
    _hint(model, search.best.placed)
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
    watcher = _Watcher(search, budget)
    solver.best_bound_callback = watcher.bound_found
    status = solver.solve(model.cp, watcher)
    budget.work += solver.response_proto.deterministic_time
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        search.load(_read(model, solver))
        search.best.placed = search.placed.copy()
        search.best.cost = solver.objective_value / SCALE
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
        search.bound = max(search.bound, (solver.best_objective_bound - len(model.cost)) / SCALE)
    search.tell("whole problem proved" if status == cp_model.OPTIMAL else "whole problem searched")


class _Watcher(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
    """Passes best cost and bound on, and a wish to stop in."""

    def __init__(self, search: Search, budget: Budget) -> None:
        super().__init__()
        self._search, self._budget = search, budget

    def on_solution_callback(self) -> None:
        self._search.best.cost = min(self._search.best.cost, self.objective_value / SCALE)
        self._search.tell("whole problem: better roster")
        self._stop_if_over()

    def bound_found(self, bound: float) -> None:
        if bound > 0:
            self._search.bound = max(self._search.bound, bound / SCALE - 1)
        self._search.tell("whole problem: bound")
        self._stop_if_over()

    def _stop_if_over(self) -> None:
        if self._budget.over:
            self.stop_search()


def build(search: Search) -> Model:
    """The model of the whole problem: every rule from the tables, every term of the cost."""
    model = Model(crew=search.crew)
    for member in search.crew.members:
        model.take.append(_week(model, member))
    work, seat, room = _fillings(model)
    _capacities(model, search, seat, room)
    _coverage(model, search, work)
    _fairness(model)
    model.cp.minimize(sum(model.cost))
    return model


def _scaled(value: float) -> int:
    return round(value * SCALE)


def _week(model: Model, member: Member) -> dict[int, cp_model.IntVar]:
    """One agent's choices under every rule that concerns the agent alone, and the agent's own costs."""
    cp, choices, person = model.cp, model.crew.rules.choices, member.person
    take = {int(c): cp.new_bool_var("") for c in person.choices}
    by_day: list[list[int]] = [[c for c in take if choices.day[c] == day] for day in range(7)]
    works = [cp.new_bool_var("") for _ in range(7)]
    for day in range(7):
        cp.add(sum(take[c] for c in by_day[day]) == works[day])
    cp.add_allowed_assignments(works, [tuple(int(w) for w in row) for row in WORKED_DAYS[person.calendars]])
    bounds = person.bounds
    paid = sum(int(choices.paid[c]) * x for c, x in take.items())
    cp.add_linear_constraint(paid, bounds.fewest, min(bounds.most, 7 * 24 * 60))
    if bounds.nights < 7:
        cp.add(sum(x for c, x in take.items() if choices.night[c]) <= bounds.nights)
    _rest(model, take, by_day, bounds.rest)
    if bounds.spread is not None:
        _spread(model, take, bounds.spread)
    _own_cost(model, member, take, paid)
    return take


def _rest(model: Model, take: dict[int, cp_model.IntVar], by_day: list[list[int]], rest: int) -> None:
    """Of an earlier shift that forbids starts up to some time and a later one that starts by then, at most one."""
    choices = model.crew.rules.choices
    for day in range(6):
        free_at = {c: int(choices.end[c]) + rest for c in by_day[day]}
        for later in range(day + 1, 7):
            starts = sorted({int(choices.start[c]) for c in by_day[later]})
            for start in starts:
                blocking = [take[c] for c, free in free_at.items() if free > start]
                if blocking:
                    early = [take[c] for c in by_day[later] if choices.start[c] <= start]
                    model.cp.add(sum(blocking) + sum(early) <= 1)


def _spread(model: Model, take: dict[int, cp_model.IntVar], spread: int) -> None:
    clock = model.crew.rules.choices.clock
    anchors = {int(a): model.cp.new_bool_var("") for a in sorted({int(clock[c]) for c in take})}
    if anchors:
        model.cp.add_exactly_one(list(anchors.values()))
    for c, x in take.items():
        holding = [b for a, b in anchors.items() if (int(clock[c]) - a) % 1440 <= spread]
        model.cp.add(x <= sum(holding))


def _own_cost(model: Model, member: Member, take: dict[int, cp_model.IntVar], paid: cp_model.LinearExprT) -> None:
    cp, rates, choices, bounds = model.cp, model.crew.rules.centre.cost, model.crew.rules.choices, member.person.bounds
    if bounds.target > bounds.fewest:
        below = cp.new_int_var(0, _scaled(bounds.target), "")
        cp.add(below >= _scaled(bounds.target) - SCALE * paid)
        part = cp.new_int_var(0, _scaled(bounds.target * rates.below_hours) + 1, "")
        cp.add(part * SCALE >= below * _scaled(rates.below_hours))
        model.cost.append(part)
    if bounds.most > bounds.overtime_after:
        over = cp.new_int_var(0, bounds.most - bounds.overtime_after, "")
        cp.add(over >= paid - bounds.overtime_after)
        model.cost.append(_scaled(rates.overtime) * over)
    if member.person.due:
        slot = model.crew.rules.slot
        missing = cp.new_int_var(0, member.person.due, "")
        placed = sum(int(choices.session[c]) * slot * x for c, x in take.items() if choices.session[c])
        cp.add(missing >= member.person.due - placed)
        model.cost.append(_scaled(rates.training) * missing)
    wish = model.crew.wish_by_choice(member)
    model.cost.append(
        _scaled(member.wish_base) - sum(_scaled(worth) * take[c] for c, worth in wish.items() if c in take)
    )


Slots = defaultdict[int, list[Term]]


def _fillings(model: Model) -> tuple[list[Slots], Slots, Slots]:
    """Flows through the fillings of every choice by skill group; terms of work by group, of seats and of classroom."""
    crew = model.crew
    work: list[Slots] = [defaultdict(list) for _ in crew.groups.rate]
    seat: Slots = defaultdict(list)
    room: Slots = defaultdict(list)
    takers: defaultdict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
    for member, take in zip(crew.members, model.take, strict=True):
        for c, x in take.items():
            takers[member.group, c].append(x)
    for (group, choice), xs in takers.items():
        count = model.cp.new_int_var(0, len(xs), "")
        model.cp.add(sum(xs) == count)
        _flow(model, group, choice, count, len(xs), (work[group], seat, room))
    return work, seat, room


def _flow(
    model: Model, group: int, choice: int, count: cp_model.IntVar, most: int, sinks: tuple[Slots, Slots, Slots]
) -> None:
    crew, cp = model.crew, model.cp
    choices = crew.rules.choices
    start, end, session = (int(a[choice]) for a in (choices.start, choices.end, choices.session))
    for slot in range(start, end):
        sinks[0][slot].append((count, 1))
        sinks[1][slot].append((count, 1))
    sources = []
    found = model.flows.setdefault((group, choice), [])
    for number in crew.rules.choices.shapes[choice]:
        shape = crew.rules.shapes[number]
        net = network(shape, session)
        variables = [cp.new_int_var(0, most, "") for _ in net.arcs]
        found.append((shape, number, list(zip(net.arcs, variables, strict=True))))
        balance: defaultdict[int, list[cp_model.LinearExprT]] = defaultdict(list)
        for arc, flow in zip(net.arcs, variables, strict=True):
            balance[arc.origin].append(flow)
            balance[arc.goal].append(-flow)
            taken = away(shape, arc, session)
            if taken:
                _absent(sinks, start + taken[0], taken[1], taken[2], flow)
        total = cp.new_int_var(0, most, "")
        sources.append(total)
        for node, terms in balance.items():
            cp.add(sum(terms) == (total if node == 0 else -total if node == 1 else 0))
        for fixed in shape.fixed:
            _absent(sinks, start + fixed.offset, fixed.slots, fixed.activity, total)
    cp.add(sum(sources) == count)


def _absent(
    sinks: tuple[Slots, Slots, Slots], first: int, slots: int, activity: Activity, flow: cp_model.IntVar
) -> None:
    work, seat, room = sinks
    for slot in range(first, first + slots):
        work[slot].append((flow, -1))
        if activity != Activity.REST:
            seat[slot].append((flow, -1))
        if activity == Activity.TRAINING:
            room[slot].append((flow, 1))


def _capacities(model: Model, search: Search, seat: Slots, room: Slots) -> None:
    before = open_staffing(model.crew.rules, model.crew.groups, search.required)
    for terms, taken, limit in ((seat, before.seat, before.seats), (room, before.room, before.rooms)):
        for slot, row in terms.items():
            if limit - taken[slot] < len(model.crew.members):
                model.cp.add(sum(k * v for v, k in row) <= int(limit - taken[slot]))


def _coverage(model: Model, search: Search, work: list[Slots]) -> None:
    """Each interval costs at least every plane; where one group serves one queue, the chords between whole numbers."""
    before = open_staffing(model.crew.rules, model.crew.groups, search.required)
    state, m = search.state, search.state.per_interval
    most = np.bincount([member.group for member in model.crew.members], minlength=len(work))
    tail = before.share.sum(axis=1)
    for t in range(search.required.shape[1]):
        presence = []
        for group, slots in enumerate(work):
            terms = [term for slot in range(t * m, t * m + m) for term in slots.get(slot, ())]
            count = model.cp.new_int_var(0, int(most[group]) * m, "")
            model.cp.add(sum(k * v for v, k in terms) == count)
            presence.append(count)
        lines = _planes(search, t, m, tail[:, t], most)
        minutes = state.slot_minutes * m
        highest = float(max(abs(constant) + np.abs(slope) @ (most * m) for constant, slope in lines)) * minutes
        cost = model.cp.new_int_var(0, _scaled(highest) + 1, "")
        for constant, slope in lines:
            whole = [_scaled(s * minutes) for s in slope]
            model.cp.add(cost >= _scaled(constant * minutes) + sum(s * n for s, n in zip(whole, presence, strict=True)))
        model.cost.append(cost)


def _planes(search: Search, t: int, m: int, tail: np.ndarray, most: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """(constant, slope by group) per minute, as functions of whole agents x slots of the week's own roster."""
    state, rate = search.state, search.crew.groups.rate
    constant, slope = planes(search.required[:, t], state.weight, state.rates, rate)
    constant = constant + slope @ tail
    if rate.shape == (1, 1):
        counts = np.arange(int(most[0]) * m + 1)
        cost = (constant[:, None] + slope * counts[None] / m).max(axis=0)
        chords = np.diff(cost)
        return [
            (float(cost[n] - chords[n] * n), np.array([chords[n]]))
            for n in range(len(chords))
            if n == 0 or chords[n] > chords[n - 1] + 1e-12
        ]
    return list(
        {
            (round(float(c), 9), *np.round(s, 9)): (float(c), s / m) for c, s in zip(constant, slope, strict=True)
        }.values()
    )


def _fairness(model: Model) -> None:
    """Points of the week, refused requests included, beyond each agent's allowance."""
    crew, cp = model.crew, model.cp
    points, rate = crew.rules.choices.points, crew.rules.centre.cost.fairness
    for take, refused, allowed in zip(model.take, _refusals(model), crew.allowance, strict=True):
        gained = sum(int(points[c]) * x for c, x in take.items() if points[c]) + sum(refused)
        if not rate or np.isinf(allowed) or isinstance(gained, int):
            continue
        # Points are whole, so the cost between whole numbers is a chord: the first point beyond costs its part.
        whole = int(np.ceil(allowed))
        first, later = cp.new_bool_var(""), cp.new_int_var(0, 100, "")
        cp.add(first + later >= gained - whole + 1) if whole > allowed else cp.add(later >= gained - whole)
        model.cost += [_scaled(rate * (whole - allowed)) * first, _scaled(rate) * later]


def _refusals(model: Model) -> list[list[cp_model.LinearExprT]]:
    """For each member the requests that are refused, as 0/1 expressions."""
    crew = model.crew
    wishes = defaultdict(list)
    for wish in week_requests(crew.rules.centre, crew.rules.week):
        wishes[wish.agent].append(wish)
    found: list[list[cp_model.LinearExprT]] = []
    for member, take in zip(crew.members, model.take, strict=True):
        own: list[cp_model.LinearExprT] = []
        for wish in wishes[member.person.agent.agent]:
            picked = np.array(sorted(take), dtype=np.int64)
            effect = crew.granted(wish, picked)
            linear = sum(round(-e) * take[int(c)] for c, e in zip(picked, effect, strict=True) if e)
            own.append(1 + linear if wish.kind == "shift" else linear)
        found.append(own)
    return found


def _hint(model: Model, placed: Placed | None) -> None:
    """Start from a roster: fix its choices and fillings, let CP-SAT complete the rest, hint all of it."""
    if placed is None:
        return
    fixed = model.cp.clone()
    crew = model.crew
    used: defaultdict[int, int] = defaultdict(int)
    for i, take in enumerate(model.take):
        for day in range(7):
            choice = int(placed.choice[i, day])
            if choice != FREE:
                used[take[choice].index] += 1
                for variable in _path(model.flows[crew.members[i].group, choice], placed.place[i, day]):
                    used[variable.index] += 1
    arcs = (v for flows in model.flows.values() for _, _, row in flows for _, v in row)
    for variable in [x for take in model.take for x in take.values()] + list(arcs):
        same = fixed.get_int_var_from_proto_index(variable.index)
        fixed.add(same == used[variable.index])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    if solver.solve(fixed) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        for index, value in enumerate(solver.response_proto.solution):
            model.cp.add_hint(model.cp.get_int_var_from_proto_index(index), value)


Flow = tuple[Shape, int, list[tuple[Arc, cp_model.IntVar]]]


def _path(flows: list[Flow], place: np.ndarray) -> list[cp_model.IntVar]:
    """Arcs of the path through a choice's network that a placement takes."""
    arcs = next(row for _, number, row in flows if number == place[SHAPE])
    wanted = {b: int(offset) for b, offset in enumerate(place[:BLOCKS]) if offset >= 0}
    if place[BLOCKS] >= 0:
        wanted[SESSION] = int(place[BLOCKS])
    leaving: defaultdict[int, list[tuple[Arc, cp_model.IntVar]]] = defaultdict(list)
    for arc, variable in arcs:
        if arc.activity == NOTHING or wanted.get(arc.activity) == arc.offset:
            leaving[arc.origin].append((arc, variable))
    todo: list[tuple[int, int, tuple[cp_model.IntVar, ...]]] = [(0, 0, ())]
    while todo:
        node, placed, path = todo.pop()
        if node == 1 and placed == len(wanted):
            return list(path)
        todo += [(a.goal, placed + (a.activity != NOTHING), (*path, v)) for a, v in leaving[node]]
    raise AssertionError("a legal filling is a path through its network")


def _read(model: Model, solver: cp_model.CpSolver) -> Placed:
    """The roster of a solution: choices by agent, flows split into paths and dealt to the takers."""
    crew = model.crew
    placed = crew.nobody()
    choices = crew.rules.choices
    takers: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for i, take in enumerate(model.take):
        for c, x in take.items():
            if solver.value(x):
                takers[crew.members[i].group, c].append(i)
    for (group, choice), agents in takers.items():
        paths = [path for flow in model.flows[group, choice] for path in _paths(flow, solver)]
        for agent, path in zip(agents, paths, strict=True):
            placed.choice[agent, choices.day[choice]] = choice
            placed.place[agent, choices.day[choice]] = path
    return placed


def _paths(flow: tuple[Shape, int, list[tuple[Arc, cp_model.IntVar]]], solver: cp_model.CpSolver) -> list[np.ndarray]:
    """Split a whole flow into single paths, each as a placement."""
    _, number, arcs = flow
    left: defaultdict[int, list[Arc]] = defaultdict(list)
    for arc, variable in arcs:
        left[arc.origin] += [arc] * solver.value(variable)
    found = []
    while left[0]:
        place = np.full(SHAPE + 1, -1, dtype=np.int64)
        place[SHAPE] = number
        node = 0
        while node != 1:
            arc = left[node].pop()
            if arc.activity == SESSION:
                place[BLOCKS] = arc.offset
            elif arc.activity != NOTHING:
                place[arc.activity] = arc.offset
            node = arc.goal
        found.append(place)
    return found
