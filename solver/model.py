"""A part of the week as a CP-SAT model: some agents with some of their choices, all others as they are.

Every rule comes from the compiled tables, every cost term of an agent is linear; how cover costs is the caller's
matter, for the whole week (`solver.exact`) and a neighbourhood (`solver.neighbourhood`) share people differently.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model

from solver.crew import Crew, Member, Placed
from solver.filling import BLOCKS, Ints
from solver.network import NOTHING, SESSION, Arc, away, network
from solver.recall import SHAPE
from solver.rules import WORKED_DAYS
from solver.sat import run
from solver.shapes import Shape
from solver.staffing import Staffing
from solver.week import FREE
from wfm.progress import never
from wfm.roster import Activity

HINT_WORK = 1.0  # deterministic work on completing a hint; a roster without one is searched from scratch
SCALE = 1_000_000  # objective units of an agent-minute: rounding stays below the tolerance of `optimal`

Term = tuple[cp_model.IntVar, int]
Slots = defaultdict[int, list[Term]]
Flow = tuple[Shape, int, list[tuple[Arc, cp_model.IntVar]]]


@dataclass(slots=True)
class Model:
    """The model under construction and what is needed to read a solution back.

    `members` are the agents in it, `take` their choices, `days` those that are free; `work` terms by skill group and slot, `seat` and `room` by
    slot; `slack` the objective units by which rounding may lift the cost of a roster.
    """

    crew: Crew
    members: list[int]
    before: Staffing
    days: tuple[int, ...] = tuple(range(7))
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    take: list[dict[int, cp_model.IntVar]] = field(default_factory=list)
    flows: dict[tuple[int, int], list[Flow]] = field(default_factory=dict)
    work: dict[int, Slots] = field(default_factory=dict)
    seat: Slots = field(default_factory=lambda: defaultdict(list))
    room: Slots = field(default_factory=lambda: defaultdict(list))
    cost: list[cp_model.LinearExprT] = field(default_factory=list)
    slack: int = 0


def model_of(
    crew: Crew, members: list[int], picks: list[Ints], before: Staffing, days: tuple[int, ...] = tuple(range(7))
) -> Model:
    """The model of some members, each with some of the choices that are legal for them.

    Choices on days that are not free are taken; `before` is the staffing without the members' free days.
    """
    model = Model(crew=crew, members=members, before=before, days=days)
    for i, picked in zip(members, picks, strict=True):
        model.take.append(_week(model, crew.members[i], picked, float(crew.allowance[i])))
    _fillings(model)
    _capacities(model)
    model.slack = len(model.cost)
    return model


def scaled(value: float) -> int:
    """Agent-minutes in units of the objective."""
    return round(value * SCALE)


def _week(model: Model, member: Member, picked: Ints, allowed: float) -> dict[int, cp_model.IntVar]:
    """One agent's choices under every rule that concerns the agent alone, and the agent's own costs."""
    cp, choices, person = model.cp, model.crew.rules.choices, member.person
    take = {int(c): cp.new_bool_var("") for c in picked}
    by_day: list[list[int]] = [[c for c in take if choices.day[c] == day] for day in range(7)]
    works = [cp.new_bool_var("") for _ in range(7)]
    for day in range(7):
        cp.add(sum(take[c] for c in by_day[day]) == works[day])
    cp.add_allowed_assignments(works, [tuple(int(w) for w in row) for row in WORKED_DAYS[person.calendars]])
    for c, x in take.items():
        if int(choices.day[c]) not in model.days:
            cp.add(x == 1)
    bounds = person.bounds
    paid = sum(int(choices.paid[c]) * x for c, x in take.items())
    cp.add_linear_constraint(paid, bounds.fewest, min(bounds.most, 7 * 24 * 60))
    if bounds.nights < 7:
        cp.add(sum(x for c, x in take.items() if choices.night[c]) <= bounds.nights)
    _rest(model, take, by_day, bounds.rest)
    if bounds.spread is not None:
        _spread(model, take, bounds.spread)
    _own_cost(model, member, take, paid, allowed)
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


def _own_cost(
    model: Model, member: Member, take: dict[int, cp_model.IntVar], paid: cp_model.LinearExprT, allowed: float
) -> None:
    cp, rates, choices, person = model.cp, model.crew.rules.centre.cost, model.crew.rules.choices, member.person
    bounds = person.bounds
    if bounds.target > bounds.fewest:
        below = cp.new_int_var(0, scaled(bounds.target), "")
        cp.add(below >= scaled(bounds.target) - SCALE * paid)
        part = cp.new_int_var(0, scaled(bounds.target * rates.below_hours) + 1, "")
        cp.add(part * SCALE >= below * scaled(rates.below_hours))
        model.cost.append(part)
    if bounds.most > bounds.overtime_after:
        over = cp.new_int_var(0, bounds.most - bounds.overtime_after, "")
        cp.add(over >= paid - bounds.overtime_after)
        model.cost.append(scaled(rates.overtime) * over)
    if member.person.due:
        slot = model.crew.rules.slot
        missing = cp.new_int_var(0, member.person.due, "")
        placed = sum(int(choices.session[c]) * slot * x for c, x in take.items() if choices.session[c])
        cp.add(missing >= member.person.due - placed)
        model.cost.append(scaled(rates.training) * missing)
    wish = model.crew.wish(person, np.array(list(take), dtype=np.int64))
    saved = zip(wish.worth.tolist(), take.values(), strict=True)
    model.cost.append(scaled(wish.base) - sum(scaled(worth) * x for worth, x in saved if worth))
    if rates.fairness and np.isfinite(allowed):
        points = zip((choices.points[list(take)] + wish.refused).tolist(), take.values(), strict=True)
        _fairness(model, sum(gained * x for gained, x in points if gained), allowed)


def _fairness(model: Model, gained: cp_model.LinearExprT, allowed: float) -> None:
    """Points of the week, refused requests included, beyond the agent's allowance."""
    if isinstance(gained, int):
        model.cost.append(scaled(model.crew.rules.centre.cost.fairness * max(0.0, gained - allowed)))
        return
    # Points are whole, so the cost between whole numbers is a chord: the first point beyond costs its part.
    rate, whole = model.crew.rules.centre.cost.fairness, int(np.ceil(allowed))
    first, later = model.cp.new_bool_var(""), model.cp.new_int_var(0, 100, "")
    model.cp.add(first + later >= gained - whole + 1) if whole > allowed else model.cp.add(later >= gained - whole)
    model.cost += [scaled(rate * (whole - allowed)) * first, scaled(rate) * later]


def _fillings(model: Model) -> None:
    """Flows through the fillings of every choice by skill group."""
    takers: defaultdict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
    for i, take in zip(model.members, model.take, strict=True):
        for c, x in _free(model, take).items():
            takers[model.crew.members[i].group, c].append(x)
    for (group, choice), xs in takers.items():
        count = model.cp.new_int_var(0, len(xs), "")
        model.cp.add(sum(xs) == count)
        work = model.work.setdefault(group, defaultdict(list))
        _flow(model, group, choice, count, len(xs), (work, model.seat, model.room))


def _free(model: Model, take: dict[int, cp_model.IntVar]) -> dict[int, cp_model.IntVar]:
    return {c: x for c, x in take.items() if int(model.crew.rules.choices.day[c]) in model.days}


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


def _capacities(model: Model) -> None:
    before = model.before
    for terms, taken, limit in ((model.seat, before.seat, before.seats), (model.room, before.room, before.rooms)):
        for slot, row in terms.items():
            if limit - taken[slot] < len(model.members):
                model.cp.add(sum(k * v for v, k in row) <= int(limit - taken[slot]))


def hint(model: Model, placed: Placed) -> None:
    """Start from a roster: fix its choices and fillings, let CP-SAT complete the rest, hint all of it."""
    fixed = model.cp.clone()
    crew = model.crew
    used: defaultdict[int, int] = defaultdict(int)
    for i, take in zip(model.members, model.take, strict=True):
        for day in range(7):
            choice = int(placed.choice[i, day])
            if choice != FREE:
                used[take[choice].index] += 1
                if day not in model.days:
                    continue
                for variable in _path(model.flows[crew.members[i].group, choice], placed.place[i, day]):
                    used[variable.index] += 1
    arcs = (v for flows in model.flows.values() for _, _, row in flows for _, v in row)
    for variable in [x for take in model.take for x in take.values()] + list(arcs):
        same = fixed.get_int_var_from_proto_index(variable.index)
        fixed.add(same == used[variable.index])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = HINT_WORK
    if run(solver, fixed, never) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        for index, value in enumerate(solver.response_proto.solution):
            model.cp.add_hint(model.cp.get_int_var_from_proto_index(index), value)


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


def read(model: Model, solver: cp_model.CpSolver, placed: Placed) -> None:
    """Write a solution into a roster: choices by agent, flows split into paths and dealt to the takers."""
    crew = model.crew
    for day in model.days:
        placed.choice[model.members, day] = FREE
        placed.place[model.members, day] = -1
    choices = crew.rules.choices
    takers: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for i, take in zip(model.members, model.take, strict=True):
        for c, x in _free(model, take).items():
            if solver.value(x):
                takers[crew.members[i].group, c].append(i)
    for (group, choice), agents in takers.items():
        paths = [path for flow in model.flows[group, choice] for path in _paths(flow, solver)]
        for agent, path in zip(agents, paths, strict=True):
            placed.choice[agent, choices.day[choice]] = choice
            placed.place[agent, choices.day[choice]] = path


def _paths(flow: Flow, solver: cp_model.CpSolver) -> list[np.ndarray]:
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
