"""A part of the week as a CP-SAT model: some agents with some of their choices, all others as they are.

Every rule comes from the compiled tables. Inside shifts people of a skill group are counted (`solver.patterns`), not
named; how cover costs is the caller's matter, for the whole week (`solver.exact`) and a neighbourhood
(`solver.neighbourhood`) share people differently.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from solver.choices import Choices
from solver.crew import MOST_POINTS, Crew, Member, Placed, Wish
from solver.filling import BLOCKS, Ints
from solver.patterns import FIXED, SESSION, Pattern, patterns
from solver.recall import SHAPE
from solver.rules import WORKED_DAYS
from solver.staffing import Staffing
from solver.week import FREE
from wfm.roster import HOLDS_SEAT, Activity

WEEK_MINUTES = 7 * 24 * 60
SCALE = 1_000_000  # objective units of an agent-minute: rounding stays below the tolerance of `optimal`
ROUGH = 10_000  # likewise of a model that only improves: smaller numbers are searched sooner

Var: TypeAlias = cp_model.IntVar
Term = tuple[Var, int]
Line = tuple[int, list[int]]
Slots = defaultdict[int, list[Term]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Takers:
    """People of a pool who take one choice by one shape: `numbers` of its activities in the pool's order."""

    choice: int
    shape: int
    numbers: tuple[int, ...]
    count: Var


@dataclass(slots=True)
class Pool:
    """People of one skill group, start and pattern: who they are by part, where their activities lie by count."""

    parts: list[Takers] = field(default_factory=list)
    placed: list[dict[int, list[Var]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Members of one skill group who may take the same choices of a day at the same cost: how many take each, and which
    members take one (None: all do)."""

    members: list[int]
    group: int
    day: int
    take: dict[int, Var]
    takers: list[Var] | None


@dataclass(slots=True)
class Model:
    """The model under construction and what is needed to read a solution back.

    `scale` is objective units of an agent-minute, `costs` are variables in such units. `crowds` are the `people` in it and their choices; `on` people on shift by skill
    group and slot, `away` those of them not at work, `unseated` and `room` by slot over all groups; `slack` the
    objective units by which rounding may lift the cost of a roster; `recipes` how variables follow from earlier ones,
    `arcs` of the clock from the choices whose starts lie on them, and `calendars` from the days worked.
    """

    crew: Crew
    before: Staffing
    scale: int = SCALE
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    crowds: list[Crowd] = field(default_factory=list)
    people: int = 0
    pools: dict[tuple[int, int, Pattern], Pool] = field(default_factory=dict)
    on: dict[int, dict[int, Var]] = field(default_factory=dict)
    away: defaultdict[int, Slots] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    unseated: Slots = field(default_factory=lambda: defaultdict(list))
    room: Slots = field(default_factory=lambda: defaultdict(list))
    cost: list[cp_model.LinearExprT] = field(default_factory=list)
    costs: list[Var] = field(default_factory=list)
    slack: float = 0.0
    recipes: list[tuple[Var, int, Sequence[Line], Sequence[Var]]] = field(default_factory=list)
    arcs: list[tuple[list[tuple[Var, list[bool]]], list[Var]]] = field(default_factory=list)
    calendars: list[tuple[list[tuple[Var, NDArray[np.bool_]]], list[Var]]] = field(default_factory=list)

    def admit(
        self, members: list[int], group: int, day: int, choices: Iterable[int], takers: list[Var] | None = None
    ) -> dict[int, Var]:
        """Take in a crowd; how many take each choice."""
        take = {choice: self.cp.new_int_var(0, len(members), "") for choice in choices}
        self.cp.add(sum(take.values()) == (len(members) if takers is None else sum(takers)))
        self.crowds.append(Crowd(members, group, day, take, takers))
        return take

    def sum_of(self, terms: Sequence[Term], most: int, *, least: int = 0) -> Var:
        """A variable that equals a sum."""
        if not terms:
            return self.cp.new_constant(0)
        variables, factors = zip(*terms, strict=True)
        total = self.cp.new_int_var(least, most, "")
        self.cp.add(cp_model.LinearExpr.weighted_sum(variables, factors) == total)
        self.recipes.append((total, least, [(0, list(factors))], variables))
        return total

    def highest_of(self, lines: Sequence[Line], variables: Sequence[Var], most: Sequence[int]) -> Var:
        """A variable in objective units that is at least every line of these variables, none of which passes `most`."""
        top = max(abs(at) + sum(abs(k) * n for k, n in zip(slopes, most, strict=True)) for at, slopes in lines)
        cost = self.cp.new_int_var(0, top, "")
        for constant, slopes in lines:
            self.cp.add(cost >= constant + cp_model.LinearExpr.weighted_sum(variables, slopes))
        self.recipes.append((cost, 0, lines, variables))
        self.costs.append(cost)
        return cost

    def charge(self, lines: Sequence[tuple[float, float]], variable: Var, most: int) -> None:
        """A cost in agent-minutes: the highest of lines (constant, slope) of a variable, and zero."""
        whole = [(self.scaled(constant), [self.scaled(slope)]) for constant, slope in lines]
        self.cost.append(self.highest_of(whole, [variable], [most]))
        self.slack += max(
            abs(at - self.scale * constant) + abs(k - self.scale * slope) * most
            for (at, [k]), (constant, slope) in zip(whole, lines, strict=True)
        )

    def scaled(self, value: float) -> int:
        """Agent-minutes in units of the objective."""
        return round(value * self.scale)

    def presence(self, group: int, slots: Iterable[int]) -> list[Term]:
        """People of a group at work, added up over slots, as terms."""
        found: list[Term] = []
        on, away = self.on.get(group, {}), self.away[group]
        for slot in slots:
            if slot in on:
                found += [(on[slot], 1), *((v, -k) for v, k in away.get(slot, ()))]
        return found


def whole_weeks(crew: Crew, before: Staffing, placed: Placed | None = None) -> Model:
    """The model of everybody with every choice that is legal; `before` is the staffing without them.

    What an agent's own rules and costs do not tell apart is one choice to the agent; who of a skill group takes which
    of them is counted, not named. Whoever has no shift in a roster of best responses (`placed`) and may not be free all
    week has no legal week.
    """
    model = Model(crew=crew, before=before)
    takers: defaultdict[tuple[int, tuple[int, ...]], dict[int, Var]] = defaultdict(dict)
    for i, member in enumerate(crew.members):
        free = member.person.calendars[0] and member.person.bounds.fewest <= 0
        if free or placed is None or (placed.choice[i] != FREE).any():
            model.people += 1
            for alike, x in _week(model, member, float(crew.allowance[i])):
                takers[member.group, alike][i] = x
    for (group, alike), taking in takers.items():
        model.admit(list(taking), group, int(crew.rules.choices.day[alike[0]]), alike, list(taking.values()))
    _insides(model)
    return model


def one_day(crew: Crew, before: Staffing, day: int, picks: dict[int, dict[int, float]]) -> Model:
    """The model of some members' choices on one day, each at its own cost in agent-minutes; one of them is taken.

    `before` is the staffing without the members' shifts of that day.
    """
    model = Model(crew=crew, before=before, scale=ROUGH, people=len(picks))
    alike: defaultdict[tuple[int, tuple[tuple[int, float], ...]], list[int]] = defaultdict(list)
    for i, picked in picks.items():
        alike[crew.members[i].group, tuple(picked.items())].append(i)
    for (group, costs), members in alike.items():
        take = model.admit(members, group, day, [choice for choice, _ in costs])
        model.cost += [model.scaled(cost) * take[choice] for choice, cost in costs if cost]
    _insides(model)
    return model


def _week(model: Model, member: Member, allowed: float) -> Iterator[tuple[tuple[int, ...], Var]]:
    """One agent's choices, those that are alike as one, under every rule that concerns the agent alone, and the agent's
    own costs; choices with what says whether one of them is taken."""
    cp, choices, person, bounds = model.cp, model.crew.rules.choices, member.person, member.person.bounds
    wish = model.crew.wish(person, person.choices)
    alike = _alike(choices, member, wish)
    # The last, for it starts latest: whatever forbids one of them forbids all.
    take = {int(own[-1]): cp.new_bool_var("") for own in alike}
    by_day: list[list[int]] = [[c for c in take if choices.day[c] == day] for day in range(7)]
    works = [cp.new_bool_var("") for _ in range(7)]
    for day in range(7):
        cp.add(sum(take[c] for c in by_day[day]) == works[day])
        model.recipes.append((works[day], 0, [(0, [1] * len(by_day[day]))], [take[c] for c in by_day[day]]))
    _calendar(model, works, person.calendars)
    if not take:
        return
    paid = model.sum_of([(x, int(choices.paid[c])) for c, x in take.items()], WEEK_MINUTES)
    cp.add_linear_constraint(paid, bounds.fewest, min(bounds.most, WEEK_MINUTES))
    nights = [x for c, x in take.items() if choices.night[c]]
    if len(nights) > bounds.nights:
        cp.add(sum(nights) <= bounds.nights)
    _rest(model, take, by_day, bounds.rest)
    if bounds.spread is not None:
        _spread(model, take, bounds.spread)
    _own_cost(model, member, take, paid, allowed)
    yield from zip((tuple(own.tolist()) for own in alike), take.values(), strict=True)


def _alike(choices: Choices, member: Member, wish: Wish) -> list[Ints]:
    """Legal choices of an agent by what the agent's own rules and costs ask of them, each group ascending.

    What one forbids on other days are all that start too early after it, and all that end too late before it: a part
    of them in the order of time, so that its size tells which.
    """
    picked, bounds = member.person.choices, member.person.bounds
    day, start, free = choices.day[picked], choices.start[picked], choices.end[picked] + bounds.rest
    forbidden = np.zeros((2, len(picked)), dtype=np.int64)
    for here in range(7):
        now = day == here
        forbidden[0, now] = np.searchsorted(np.sort(start[day > here]), free[now])
        forbidden[1, now] = (day < here).sum() - np.searchsorted(np.sort(free[day < here]), start[now], side="right")
    told = (
        day,
        choices.paid[picked],
        choices.session[picked],
        choices.night[picked],
        choices.points[picked] + wish.refused,
        wish.worth,
        *forbidden,
        choices.clock[picked] * (bounds.spread is not None),
    )
    _, number = np.unique(np.column_stack(told), axis=0, return_inverse=True)
    return [picked[number.ravel() == group] for group in range(number.max(initial=-1) + 1)]


def _calendar(model: Model, works: list[Var], calendars: NDArray[np.bool_]) -> None:
    """One of the calendars is worked; said so that a relaxation mixes whole calendars."""
    picked = [(model.cp.new_bool_var(""), row) for row in WORKED_DAYS[calendars]]
    model.cp.add_exactly_one([is_it for is_it, _ in picked])
    for day, worked in enumerate(works):
        model.cp.add(sum(is_it for is_it, row in picked if row[day]) == worked)
    model.calendars.append((picked, works))


def _rest(model: Model, take: dict[int, Var], by_day: list[list[int]], rest: int) -> None:
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


def _spread(model: Model, take: dict[int, Var], spread: int) -> None:
    """All starts lie on one of the arcs that begin at a start."""
    clock = model.crew.rules.choices.clock
    arcs = [
        (model.cp.new_bool_var(""), [(clock[c] - a) % 1440 <= spread for c in take])
        for a in sorted({int(clock[c]) for c in take})
    ]
    model.cp.add_exactly_one([arc for arc, _ in arcs])
    for number, x in enumerate(take.values()):
        model.cp.add(x <= sum(arc for arc, holds in arcs if holds[number]))
    model.arcs.append((arcs, list(take.values())))


def _own_cost(model: Model, member: Member, take: dict[int, Var], paid: Var, allowed: float) -> None:
    rules, bounds, due = model.crew.rules, member.person.bounds, member.person.due
    rates, choices, most = rules.centre.cost, rules.choices, WEEK_MINUTES
    if bounds.target > bounds.fewest:
        model.charge([(rates.below_hours * bounds.target, -rates.below_hours)], paid, most)
    if bounds.most > bounds.overtime_after:
        model.charge([(-rates.overtime * bounds.overtime_after, rates.overtime)], paid, most)
    if due:
        terms = [(x, int(choices.session[c]) * rules.slot) for c, x in take.items() if choices.session[c]]
        model.charge([(rates.training * due, -rates.training)], model.sum_of(terms, most), most)
    wish = model.crew.wish(member.person, np.array(list(take), dtype=np.int64))
    saved = zip(wish.worth.tolist(), take.values(), strict=True)
    model.cost.append(model.scaled(wish.base) - sum(model.scaled(worth) * x for worth, x in saved if worth))
    model.slack += 1 + 7  # a unit for what is wished at all, and for each day's choice
    if rates.fairness and np.isfinite(allowed):
        points = (choices.points[list(take)] + wish.refused).tolist()
        top = int(MOST_POINTS)
        gained = model.sum_of(list(zip(take.values(), points, strict=True)), top, least=-top)
        # Points are whole, so the cost between whole numbers is a chord: the first point beyond costs its part.
        whole = int(np.ceil(allowed))
        first = rates.fairness * (whole - allowed)
        model.charge([(-first * (whole - 1), first), (-rates.fairness * allowed, rates.fairness)], gained, top)


def _insides(model: Model) -> None:
    """Who is on shift by skill group and slot, and where their breaks and sessions lie, by count."""
    choices = model.crew.rules.choices
    takers: defaultdict[tuple[int, int], list[Var]] = defaultdict(list)
    for crowd in model.crowds:
        for choice, x in crowd.take.items():
            takers[crowd.group, choice].append(x)
    turns: defaultdict[int, Slots] = defaultdict(lambda: defaultdict(list))
    for (group, choice), xs in takers.items():
        turns[group][int(choices.start[choice])] += [(x, 1) for x in xs]
        turns[group][int(choices.end[choice])] += [(x, -1) for x in xs]
        _pool(model, group, choice, xs)
    for group, turning in turns.items():
        _on_shift(model, group, turning)
    for (group, start, pattern), pool in model.pools.items():
        _place(model, pool, pattern)
        for piece, placed in zip(pattern.pieces, pool.placed, strict=True):
            for place, people in placed.items():
                _absent(model, group, range(start + place, start + place + piece.slots), piece.activity, people)
    _capacities(model)


def _pool(model: Model, group: int, choice: int, xs: list[Var]) -> None:
    """Add the takers of a choice to the pools of the ways in which it can be filled."""
    choices, shapes = model.crew.rules.choices, model.crew.rules.shapes
    counts = []
    for number in choices.shapes[choice]:
        for pattern, numbers in patterns(shapes[number], int(choices.session[choice])):
            counts.append(model.cp.new_int_var(0, model.people, ""))
            pool = model.pools.setdefault((group, int(choices.start[choice]), pattern), Pool())
            pool.parts.append(Takers(choice=choice, shape=number, numbers=numbers, count=counts[-1]))
    model.cp.add(sum(counts) == sum(xs))


def _on_shift(model: Model, group: int, turning: Slots) -> None:
    """People on shift as running sums of starts and ends."""
    on = model.on[group] = {}
    for slot in range(min(turning), max(turning)):
        terms = turning.get(slot, [])
        before = [(on[slot - 1], 1)] if slot - 1 in on else []
        on[slot] = model.sum_of([*before, *terms], model.people) if terms else on[slot - 1]


def _place(model: Model, pool: Pool, pattern: Pattern) -> None:
    """Where the activities of a pool lie: as many of each as there are people, each far enough after the one before."""
    cp, people = model.cp, [part.count for part in pool.parts]
    follows: list[tuple[int, list[Var]]] = []
    for piece in pattern.pieces:
        if len(piece.places) == 1:
            placed = {piece.places[0]: people}
        else:
            placed = {place: [cp.new_int_var(0, model.people, "")] for place in piece.places}
            cp.add(sum(v for [v] in placed.values()) == sum(people))
        if follows:
            for place in piece.places:
                may = [v for first, vs in follows if first <= place for v in vs]
                if any(first > place for first, _ in follows):
                    cp.add(sum(v for p, vs in placed.items() if p <= place for v in vs) <= sum(may))
        follows = [(place + piece.slots + pattern.gap, vs) for place, vs in placed.items()]
        pool.placed.append(placed)


def _absent(model: Model, group: int, slots: range, activity: Activity, people: list[Var]) -> None:
    for slot in slots:
        model.away[group][slot] += [(v, 1) for v in people]
        if activity not in HOLDS_SEAT:
            model.unseated[slot] += [(v, 1) for v in people]
        if activity == Activity.TRAINING:
            model.room[slot] += [(v, 1) for v in people]


def _capacities(model: Model) -> None:
    before, crowd = model.before, model.people
    for slot in sorted({slot for on in model.on.values() for slot in on}):
        seats, places = before.seats[slot] - before.seat[slot], before.rooms[slot] - before.room[slot]
        if seats < crowd:
            there = [(on[slot], 1) for on in model.on.values() if slot in on]
            away = [(v, -k) for v, k in model.unseated.get(slot, ())]
            model.cp.add(sum(k * v for v, k in [*there, *away]) <= int(seats))
        if slot in model.room and places < crowd:
            model.cp.add(sum(k * v for v, k in model.room[slot]) <= int(places))


def hint(model: Model, values: Sequence[int]) -> None:
    """Start from what every variable is in a roster."""
    for number, value in enumerate(values):
        model.cp.add_hint(model.cp.get_int_var_from_proto_index(number), value)


def values_of(model: Model, placed: Placed) -> list[int]:
    """What every variable, by its number, is in a roster of the members."""
    values: defaultdict[int, int] = defaultdict(int)
    known = {
        (key[0], part.choice, part.shape, part.numbers): (part.count, pool)
        for key, pool in model.pools.items()
        for part in pool.parts
    }
    for crowd in model.crowds:
        for number, i in enumerate(crowd.members):
            choice = int(placed.choice[i, crowd.day])
            if choice not in crowd.take:
                continue
            if crowd.takers is not None:
                values[crowd.takers[number].index] = 1
            values[crowd.take[choice].index] += 1
            order = _order(model.crew, choice, placed.place[i, crowd.day])
            count, pool = known[crowd.group, choice, int(placed.place[i, crowd.day, SHAPE]), tuple(n for _, n in order)]
            values[count.index] += 1
            for (offset, _), at in zip(order, pool.placed, strict=True):
                if len(at) > 1:
                    values[at[offset][0].index] += 1
    for arcs, xs in model.arcs:
        taken = [number for number, x in enumerate(xs) if values[x.index]]
        held = next((arc for arc, holds in arcs if all(holds[number] for number in taken)), None)
        if held is not None:
            values[held.index] = 1
    for variable, least, lines, terms in model.recipes:
        here = [values[term.index] for term in terms]
        worth = max(constant + sum(k * v for k, v in zip(slopes, here, strict=True)) for constant, slopes in lines)
        values[variable.index] = max(least, worth)
    for picked, works in model.calendars:
        worked = [values[day.index] for day in works]
        values[next(is_it for is_it, row in picked if row.tolist() == worked).index] = 1
    return [values[number] for number in range(len(model.cp.proto.variables))]


def _order(crew: Crew, choice: int, place: Ints) -> list[tuple[int, int]]:
    """Offset and number of a placed shift's activities in the order of time."""
    shape = crew.rules.shapes[place[SHAPE]]
    found = [(int(place[number]), number) for number in range(len(shape.blocks))]
    found += [(fixed.offset, FIXED) for fixed in shape.fixed]
    if crew.rules.choices.session[choice]:
        found.append((int(place[BLOCKS]), SESSION))
    return sorted(found)


def read(model: Model, value: Callable[[Var], int], placed: Placed) -> None:
    """Write a solution into a roster: choices by agent, places dealt to those of a pool in ascending order."""
    choices = model.crew.rules.choices
    takers: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for crowd in model.crowds:
        placed.choice[crowd.members, crowd.day] = FREE
        placed.place[crowd.members, crowd.day] = -1
    for crowd in model.crowds:
        taken = [choice for choice, x in crowd.take.items() for _ in range(value(x))]
        taking = crowd.takers or [None] * len(crowd.members)
        people = [i for i, x in zip(crowd.members, taking, strict=True) if x is None or value(x)]
        for i, choice in zip(people, taken, strict=True):
            placed.choice[i, crowd.day] = choice
            takers[crowd.group, choice].append(i)
    for (group, _, _), pool in model.pools.items():
        dealt = [(takers[group, p.choice].pop(), p) for p in pool.parts for _ in range(value(p.count))]
        for number, at in enumerate(pool.placed):
            single = len(at) == 1
            offsets = [p for p, vs in sorted(at.items()) for _ in range(len(dealt) if single else value(vs[0]))]
            for (i, part), offset in zip(dealt, offsets, strict=True):
                place = placed.place[i, choices.day[part.choice]]
                if part.numbers[number] != FIXED:
                    place[BLOCKS if part.numbers[number] == SESSION else part.numbers[number]] = offset
        for i, part in dealt:
            placed.place[i, choices.day[part.choice], SHAPE] = part.shape
