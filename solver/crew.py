"""The crew: every agent of the week laid out for the compiled loops, and who works what.

A roster is here, for each agent and day, a choice and its filling: offsets of the blocks and of the session.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import gcd
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solver.calendar import Automaton, automaton
from solver.filling import BLOCKS, LOST, ShapeTable, best_filling, shape_table
from solver.recall import SHAPE, recall
from solver.rules import Person, Rules
from solver.staffing import Staffing, add_work, crowding, mend_all, prices, refresh_all, remove_work, total_cost
from solver.week import FREE, Menu, Scratch, Training, best_week, menu, planned, scratch, up_to, worth_of_hours
from wfm.centre import Request, published_shifts
from wfm.cost import week_requests
from wfm.coverage import SkillGroups, skill_groups
from wfm.roster import Activity, Segment, Shift

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

EQUAL = 1e-6  # agent-minutes by which a new week may be dearer: nothing but rounding
ANYWAY = -1.0  # a gain that any legal week has over one that is none
LACK = 1e3  # a pull towards the requirement so strong that guide prices do not count
MOST_POINTS = 21.0  # three a shift, a refused request included, is the most a week can bring


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One agent laid out. A week costs `wish.base` less the `wish.worth[p]` of its choices for requests and changes;
    `points[p]` are the ledger points of a choice, refused requests counted."""

    person: Person
    group: int
    menu: Menu
    auto: Automaton
    training: Training
    limits: tuple[int, int, int]
    ends: Floats
    rest: int
    anchors: Ints
    spread: int
    wish: "Wish"
    points: Ints


class Wish(NamedTuple):
    """Requests and published shifts of an agent against some choices: agent-minutes and refused requests of a free week
    (`base`, `refused_base`), and what each choice saves (`worth`) and adds to the refused (`refused`)."""

    base: float
    refused_base: int
    worth: Floats
    refused: Ints

    @property
    def concerned(self) -> bool:
        """Whether anything is wished at all, requests of no weight included: refused, they are points."""
        return bool(self.base or self.refused_base or self.worth.any() or self.refused.any())


@dataclass(slots=True)
class Placed:
    """Who works what: `choice[agent, day]` (or FREE) and `place[agent, day]` (offsets, then the shape)."""

    choice: Ints
    place: Ints

    def copy(self) -> "Placed":
        """An independent copy."""
        return Placed(self.choice.copy(), self.place.copy())


class Members:
    """The agents of a crew in order, each laid out when first asked for: a published week replanned asks few of them."""

    def __init__(self, people: Sequence[Person], lay_out: Callable[[Person], Member]) -> None:
        self._people, self._lay_out = people, lay_out
        self._laid: list[Member | None] = [None] * len(people)

    def __len__(self) -> int:
        return len(self._people)

    def __iter__(self) -> Iterator[Member]:
        return (self[agent] for agent in range(len(self)))

    def __getitem__(self, agent: int) -> Member:
        found = self._laid[agent]
        if found is None:
            found = self._laid[agent] = self._lay_out(self._people[agent])
        return found

    def __setitem__(self, agent: int, member: Member) -> None:
        self._laid[agent] = member

    def copy(self) -> "Members":
        """The same members, to be exchanged apart from these."""
        copied = Members(self._people, self._lay_out)
        copied._laid = self._laid.copy()
        return copied


class Crew:
    """Agents of a problem who have a legal week to choose from, in the order of agents.csv."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.groups: SkillGroups = skill_groups(rules.centre)
        self.table: ShapeTable = shape_table(rules.shapes)
        self._menus: dict[tuple[bytes, int, bool, bool], Menu] = {}
        self._wishes = _grouped(week_requests(rules.centre, rules.week))
        self._published = published_shifts(rules.centre, rules.week)
        standing = rules.problem.standing
        self._standing = {} if standing is None else recall(rules, standing.shifts)
        self.gather([rules.person(name) for name in rules.agents if rules.centre.agents[name].skills])

    def gather(self, people: list[Person]) -> None:
        """Let these people be the crew, in this order: `number` tells each one's, `group` the skill group."""
        self.people = people
        self.number = {person.agent.agent: i for i, person in enumerate(self.people)}
        self.group: Ints = np.array([self.groups.of[person.agent.agent] for person in self.people], dtype=np.int64)
        self.members = Members(self.people, self.member)

    @cached_property
    def scratch(self) -> Scratch:
        """Memory of the walk over the week, for any agent that may be asked about."""
        return scratch(max(1, len(self.rules.choices.day)))

    @cached_property
    def fill_scratch(self) -> tuple[Floats, Floats, Ints]:
        """Memory of the filling of a shift."""
        return self.new_fill_scratch()

    def new_fill_scratch(self) -> tuple[Floats, Floats, Ints]:
        """Fresh memory for the filling of a shift."""
        size = (1 << BLOCKS, int(self.table.slots.max(initial=0)) + 2)
        return np.empty(size), np.empty(size), np.empty(size, dtype=np.int64)

    @cached_property
    def choice_shapes(self) -> tuple[Ints, Ints]:
        """Shapes of choice i are `ids[at[i]:at[i + 1]]`, as (at, ids)."""
        lists = self.rules.choices.shapes
        at = np.cumsum([0, *(len(ids) for ids in lists)])
        return at.astype(np.int64), np.array([i for ids in lists for i in ids], dtype=np.int64)

    @cached_property
    def allowance(self) -> Floats:
        """Points (`Member.points`) each member may gain before they cost; inf without a ledger.

        A free week may refuse requests already, so it can be below zero.
        """
        allowed = self.rules.problem.allowances
        return np.array([allowed[name] - _refused_if_free(self._wishes.get(name, ())) for name in self.number])

    def nobody(self) -> Placed:
        """The roster in which nobody works."""
        size = len(self.people)
        return Placed(np.full((size, 7), FREE), np.full((size, 7, SHAPE + 1), -1))

    def standing(self) -> Placed:
        """The roster that stands, as far as its shifts are still legal choices."""
        placed = self.nobody()
        for name, i in self.number.items():
            for day, (choice, place) in self._standing.get(name, {}).items():
                if choice in self.people[i].choices:
                    placed.choice[i, day], placed.place[i, day] = choice, place
        return placed

    def cut(self, members: Iterable[int]) -> None:
        """Have the training of some members (indices) cut into whatever sessions the prices of the moment suggest: each
        session may leave a rest no place, so that people work longer. Their best responses take two to four times as
        long."""
        changed = self.members.copy()
        for i in members:
            if self.people[i].due:
                changed[i] = self.member(self.people[i], free=True)
        self.members = changed  # others: the bound may be reckoned from the old one meanwhile

    def train_idle(self) -> None:
        """Let those who owe no training be trained all the same: it costs less than a surplus. Best responses take a twentieth
        longer."""
        changed = self.members.copy()
        for i, person in enumerate(self.people):
            if not person.due:
                changed[i] = self.member(person, idle=True)
        self.members = changed

    def member(self, person: Person, *, free: bool = False, idle: bool = False) -> Member:
        """An agent laid out for the loops; `free` in how training is cut, otherwise into as few sessions as it can be, and
        where it is not due only if `idle`."""
        rules, choices, bounds = self.rules, self.rules.choices, person.bounds
        stands = [choice for _, (choice, _) in sorted(self._standing.get(person.agent.agent, {}).items())]
        sessions = [int(choices.session[c]) for c in stands if not choices.bare[c]]
        training = planned(sessions) if sessions else plan_sessions(person, rules, free=free)
        fits = choices.bare[person.choices] | training.takes(choices.session[person.choices]) | idle
        kept = person.choices[fits | np.isin(person.choices, stands)]
        unit = gcd(*choices.paid[kept].tolist()) or 1
        nights_bind = bounds.nights < 7
        key = (kept.tobytes(), unit, nights_bind, idle)
        if key not in self._menus:
            self._menus[key] = menu(choices, kept, unit, split_nights=nights_bind, counted=not idle)
        own = self._menus[key]
        most = min(bounds.most // unit, 7 * int(own.paid.max(initial=0)))
        clocks = anchors(choices.clock[kept], bounds.spread)
        rates = (rules.centre.cost.below_hours, rules.centre.cost.overtime)
        wish = self.wish(person, own.choice)
        return Member(
            person=person,
            group=self.groups.of[person.agent.agent],
            menu=own,
            auto=automaton(person.calendars),
            training=training,
            limits=(-(-bounds.fewest // unit), most, bounds.nights if nights_bind else 0),
            ends=worth_of_hours(unit, max(most, 0), bounds.target, bounds.overtime_after, rates),
            rest=bounds.rest,
            anchors=clocks,
            spread=24 * 60 if bounds.spread is None else bounds.spread,
            wish=wish,
            points=choices.points[own.choice] + wish.refused,
        )

    def wish(self, person: Person, picked: Ints) -> Wish:
        """What some choices do to the requests of an agent and to the agent's published week."""
        name = person.agent.agent
        wishes, rates = self._wishes.get(name, []), self.rules.centre.cost
        worth, refused = np.zeros(len(picked)), np.zeros(len(picked), dtype=np.int64)
        base = 0.0
        for wish in wishes:
            granted = self.granted(wish, picked)
            worth += rates.request * wish.weight * granted
            refused -= granted.astype(np.int64)
            if wish.kind == "shift":
                base += rates.request * wish.weight
        if self._published is not None:
            choices = self.rules.choices
            slot = self.rules.slot
            was = {s.day: (s.start / slot, s.end / slot) for s in self._published.get(name, [])}
            start, end = (np.array([was.get(d, (-1, -1))[side] for d in range(7)]) for side in (0, 1))
            day = choices.day[picked]
            same = (choices.start[picked] == start[day]) & (choices.end[picked] == end[day])
            worth += rates.change * np.where(np.isin(day, list(was)), 1.0 * same, -1.0)
            base += rates.change * len(was)
        return Wish(base, _refused_if_free(wishes), worth, refused)

    def granted(self, wish: Request, picked: Ints) -> Floats:
        """What choices do to a wish against a free day: 1 grants it, -1 refuses it, 0 leaves it as it is."""
        rules, choices = self.rules, self.rules.choices
        wished = rules.week.day(wish.date)
        here = choices.day[picked] == wished
        if wish.kind == "off":
            return np.where(here, -1.0, 0.0)
        if wish.kind == "shift":
            kind = rules.kinds.index(wish.value)
            return np.where(here & (choices.kind[picked] == kind), 1.0, 0.0)
        at = rules.week.at(wished, wish.clock or 0)
        if not at:
            return np.zeros(len(picked))
        early, late = choices.start[picked] * rules.slot < at[0], choices.end[picked] * rules.slot > at[-1]
        return np.where(here & (early if wish.kind == "start_after" else late), -1.0, 0.0)

    def shifts(self, placed: Placed) -> list[Shift]:
        """The roster as shifts of the domain, in order of agent and time."""
        found = []
        for i, person in enumerate(self.people):
            for day in range(7):
                if placed.choice[i, day] != FREE:
                    found.append(self._shift(person, int(placed.choice[i, day]), placed.place[i, day]))
        return found

    def _shift(self, person: Person, choice: int, place: Ints) -> Shift:
        choices, slot = self.rules.choices, self.rules.slot
        shape = self.rules.shapes[place[SHAPE]]
        start, end = int(choices.start[choice]), int(choices.end[choice])
        pieces = [
            (start + int(place[b]), held.slots, Activity.MEAL if held.meal else Activity.REST, held.paid)
            for b, held in enumerate(shape.blocks)
        ]
        pieces += [(start + f.offset, f.slots, f.activity, True) for f in shape.fixed]
        if place[BLOCKS] >= 0:
            pieces.append((start + int(place[BLOCKS]), int(choices.session[choice]), Activity.TRAINING, True))
        segments, at = [], start
        for begin, slots, activity, paid in [*sorted(pieces), (end, 0, Activity.WORK, True)]:
            if begin > at:
                segments.append(Segment(at * slot, begin * slot, str(Activity.WORK), True))
            if slots:
                segments.append(Segment(begin * slot, (begin + slots) * slot, str(activity), paid))
            at = begin + slots
        return Shift(agent=person.agent.agent, day=int(choices.day[choice]), segments=tuple(segments))


def anchors(clock: Ints, spread: int | None) -> Ints:
    """Wall times from which an arc of `spread` minutes holds a largest set of starts; one for all without a limit."""
    starts = np.unique(clock)
    if spread is None or spread >= 24 * 60 or not len(starts):
        return np.zeros(1, dtype=np.int64)
    held = [frozenset(starts[(starts - a) % (24 * 60) <= spread].tolist()) for a in starts]
    return np.array([a for a, own in zip(starts, held, strict=True) if not any(own < other for other in held)])


def plan_sessions(person: Person, rules: Rules, *, free: bool = False) -> Training:
    """The fewest sessions, the most equal ones, that make up the training due; any that do not exceed it if `free`."""
    kinds = (rules.centre.kinds[kind] for kind in rules.centre.contracts[person.agent.contract].shifts)
    lengths = sorted({minutes for kind in kinds for minutes in kind.session_minutes})
    if not person.due or not lengths:
        return planned(())
    if free:
        return up_to(person.due // rules.slot, lengths[-1] // rules.slot)
    counts = range(-(-person.due // lengths[-1]), min(7, person.due // lengths[0]) + 1)
    ways = (_sums(lengths, person.due, count) for count in counts)
    return planned([minutes // rules.slot for minutes in next(filter(None, ways), [])])


def _sums(lengths: list[int], total: int, count: int) -> list[int]:
    """`count` of the lengths that sum to the total, as equal as can be; empty if there are none."""
    if count == 0:
        return []
    for length in sorted(lengths, key=lambda minutes: abs(minutes - total / count)):
        if count == 1 and length == total:
            return [length]
        rest = _sums(lengths, total - length, count - 1) if count > 1 and total > length else []
        if rest:
            return [length, *rest]
    return []


def _refused_if_free(wishes: Iterable[Request]) -> int:
    """Wishes that a free week refuses."""
    return sum(wish.kind == "shift" for wish in wishes)


def _grouped(wishes: list[Request]) -> dict[str, list[Request]]:
    found: dict[str, list[Request]] = {}
    for wish in wishes:
        found.setdefault(wish.agent, []).append(wish)
    return found


# -- one agent's best response -----------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _estimate(table, menu, choice_at, choice_shapes, reward, work, seat, room, value):  # type: ignore[no-untyped-def]
    """Value of every position if each break stood where it costs least: never below the true value."""
    slots = len(work) - 1
    keys = np.full((256, 4), -1, dtype=np.int64)
    least = np.empty((256, slots))
    known = 0
    for c in range(len(menu.at) - 1):
        session = menu.session[c]
        for p in range(menu.at[c], menu.at[c + 1]):
            choice, start = menu.choice[p], menu.start[p]
            best = -LOST
            for at in range(choice_at[choice], choice_at[choice + 1]):
                s = choice_shapes[at]
                if (session == 0) and not table.plain[s]:
                    continue
                end = start + table.slots[s]
                total = work[end] - work[start] - (seat[end] - seat[start])
                for row in range(table.fixed_at[s], table.fixed_at[s + 1]):
                    a = start + table.fixed[row, 0]
                    b = a + table.fixed[row, 1]
                    total -= work[b] - work[a] - (seat[b] - seat[a])
                for b in range(table.blocks[s]):
                    k = 0
                    while k < known and not (
                        keys[k, 0] == table.block[s, b, 0]
                        and keys[k, 1] == table.block[s, b, 1]
                        and keys[k, 2] == table.block[s, b, 2]
                        and keys[k, 3] == table.block[s, b, 3]
                    ):
                        k += 1
                    if k == known:
                        keys[k] = table.block[s, b]
                        _least_loss(keys[k], work, seat, least[k])
                        known += 1
                    total -= least[k, start]
                if session > 0:
                    lost = LOST
                    for row in range(table.session_at[s], table.session_at[s + 1]):
                        if table.session[row, 1] == session:
                            a = start + table.session[row, 0]
                            b = a + session
                            lost = min(lost, work[b] - work[a] - (seat[b] - seat[a]) + room[b] - room[a])
                    total += reward * menu.counted[c] - lost
                best = max(best, total)
            value[p] = best


@njit(cache=True, nogil=True)
def _least_loss(block, work, seat, least):  # type: ignore[no-untyped-def]
    """least[start]: the smallest loss of a break within its window, for every start of the shift."""
    slots = len(work) - 1
    for start in range(slots):
        best = LOST
        for offset in range(block[1], block[2] + 1):
            a, b = start + offset, start + offset + block[0]
            if b > slots:
                break
            lost = work[b] - work[a]
            if block[3]:
                lost -= seat[b] - seat[a]
            best = min(best, lost)
        least[start] = best


@njit(cache=True, nogil=True)
def _book(table, state, g, s, start, session, place, sign, rho):  # type: ignore[no-untyped-def]
    """Add (sign 1) or take out (-1) one shift's work, seats and classroom places."""
    away = np.full((BLOCKS + 8, 3), 1 << 40, dtype=np.int64)
    count = 0
    for b in range(table.blocks[s]):
        away[count] = (place[b], table.block[s, b, 0], table.block[s, b, 3])
        count += 1
    if session > 0 and place[BLOCKS] >= 0:
        away[count] = (place[BLOCKS], session, 2)
        count += 1
    for row in range(table.fixed_at[s], table.fixed_at[s + 1]):
        away[count] = (table.fixed[row, 0], table.fixed[row, 1], 2 if table.fixed[row, 2] else 1)
        count += 1
    order = np.argsort(away[:count, 0])
    state.seat[start : start + table.slots[s]] += sign
    at = start
    for i in order:
        begin = start + away[i, 0]
        end = begin + away[i, 1]
        if begin > at:
            _work(state, g, at, begin, sign, rho)
        if away[i, 2] > 0:
            state.seat[begin:end] -= sign
        if away[i, 2] == 2:
            state.room[begin:end] += sign
        at = end
    _work(state, g, at, start + table.slots[s], sign, rho)


@njit(cache=True, nogil=True)
def _work(state, g, first, last, sign, rho):  # type: ignore[no-untyped-def]
    if sign > 0:
        add_work(state, g, first, last, rho)
    else:
        remove_work(state, g, first, last, rho)


@njit(cache=True, nogil=True)
def _respond(  # type: ignore[no-untyped-def]
    table, state, menu, auto, choice_at, choice_shapes, choice_start, choice_session, g, training, limits,
    ends, rest, anchors, spread, clock, extra, points, unfair, allowed, reward, rho, least, steady, s, before, after, came, choice,
    place,
):  # fmt: skip
    slots = len(state.seat)
    work, seat, room = np.empty(slots + 1), np.empty(slots + 1), np.empty(slots + 1)
    old_choice, old_place = choice.copy(), place.copy()
    crowd = crowding(state)
    cover = total_cost(state) if rho == 0 else 0.0
    _book_week(table, state, choice_start, choice_session, g, choice, place, -1, rho)
    prices(state, g, work, seat, room)
    value = np.empty(len(menu.choice))
    _estimate(table, menu, choice_at, choice_shapes, reward, work, seat, room, value)
    value += extra
    usable = np.ones(len(value), dtype=np.bool_)
    week, found = np.full(7, FREE, dtype=np.int64), np.full(7, FREE, dtype=np.int64)
    stood, stands = -LOST, True
    if least >= 0 and _positions(menu, choice, found):
        stood = _worth(menu, value, points, ends, found, unfair, allowed)
    else:
        found[:] = FREE
    best, standing = stood, found.copy()
    # Points cost only beyond the allowance. At any charge a point up to `unfair` a week's worth is overrated by at most
    # charge * allowed, so the best week at a charge is judged by its true worth and later walks are pruned by it.
    for charge in _charges(unfair, allowed):
        priced = value - charge * points
        for anchor in anchors:
            if spread < 1440:
                for p in range(len(value)):
                    usable[p] = (clock[p] - anchor) % 1440 <= spread
            beat = best - charge * allowed if best > -LOST else -LOST
            if best_week(menu, auto, priced, usable, training, limits, ends, rest, s, week, beat) <= -LOST:
                continue
            total = _worth(menu, value, points, ends, week, unfair, allowed)
            if total > best:
                best, stands = total, False
                found[:] = week
    if best <= -LOST or (not stands and best - stood > least):
        for day in range(7):
            choice[day] = menu.choice[found[day]] if found[day] >= 0 else FREE
    else:
        found[:] = standing
    for day in range(7):
        if choice[day] < 0:
            place[day] = -1
        elif not steady or choice[day] != old_choice[day]:
            _fill(
                table, choice_at, choice_shapes, choice_start, choice_session, choice[day], work, seat, room, before,
                after, came, place[day],
            )  # fmt: skip
    _book_week(table, state, choice_start, choice_session, g, choice, place, 1, rho)
    moved = (choice != old_choice).any() or (place != old_place).any()
    crowded = crowding(state) - crowd
    if rho == 0 and moved and stood > -LOST and crowded >= 0:
        # Values add up interval by interval what several queues share, and estimates hope for seats that the breaks then
        # do not leave: what was hoped for is counted before it is kept.
        private = extra.copy()
        for c in range(len(menu.at) - 1):
            private[menu.at[c] : menu.at[c + 1]] += reward * menu.counted[c]
        gained = _worth(menu, private, points, ends, found, unfair, allowed)
        gained -= _worth(menu, private, points, ends, standing, unfair, allowed)
        if crowded > 0 or total_cost(state) - cover > gained + EQUAL:
            _book_week(table, state, choice_start, choice_session, g, choice, place, -1, rho)
            choice[:], place[:] = old_choice, old_place
            _book_week(table, state, choice_start, choice_session, g, choice, place, 1, rho)
            best = stood
    return stood, best


@njit(cache=True, nogil=True)
def _fill(  # type: ignore[no-untyped-def]
    table, choice_at, choice_shapes, choice_start, choice_session, choice, work, seat, room, before, after, came, place
):
    """Write the best filling of a choice under these prices, over all its shapes."""
    filling = np.empty(SHAPE + 1, dtype=np.int64)
    place[:] = -1
    top = -LOST
    for at in range(choice_at[choice], choice_at[choice + 1]):
        shape = choice_shapes[at]
        worth = best_filling(
            table, shape, choice_start[choice], choice_session[choice], work, seat, room, before, after, came, filling
        )
        if worth > top:
            top = worth
            filling[SHAPE] = shape
            place[:] = filling


@njit(cache=True, nogil=True)
def _book_week(table, state, choice_start, choice_session, g, choice, place, sign, rho):  # type: ignore[no-untyped-def]
    for day in range(7):
        c = choice[day]
        if c >= 0:
            _book(table, state, g, place[day, SHAPE], choice_start[c], choice_session[c], place[day], sign, rho)


@njit(cache=True, nogil=True)
def _charges(unfair, allowed):  # type: ignore[no-untyped-def]
    """Charges a ledger point that are tried: one where it is exact."""
    if unfair == 0 or allowed >= MOST_POINTS:
        return np.array([0.0])
    if allowed <= 0:
        return np.array([unfair])
    return np.array([unfair, 0.0, unfair / 2])


@njit(cache=True, nogil=True)
def _worth(menu, value, points, ends, week, unfair, allowed):  # type: ignore[no-untyped-def]
    """True worth of a week of positions (or FREE)."""
    total, gained, units = 0.0, 0.0, 0
    for day in range(7):
        p = week[day]
        if p >= 0:
            total += value[p]
            gained += points[p]
            units += menu.paid[np.searchsorted(menu.at, p, side="right") - 1]
    return total + ends[units] - unfair * max(gained - allowed, 0.0)


@njit(cache=True, nogil=True)
def _positions(menu, choice, week):  # type: ignore[no-untyped-def]
    """Write the positions of a week's choices; whether the menu holds all of them and there are any."""
    week[:] = FREE
    days = 0
    for day in range(7):
        if choice[day] < 0:
            continue
        days += 1
        for p in range(menu.at[menu.day_at[day]], menu.at[menu.day_at[day + 1]]):
            if menu.choice[p] == choice[day]:
                week[day] = p
        if week[day] < 0:
            return False
    return days > 0


def respond(
    crew: Crew,
    state: Staffing,
    placed: Placed,
    agent: int,
    *,
    rho: float,
    least: float = 0.0,
    steady: bool = False,
) -> float:
    """Give one agent the best week there is while the others stay; what it gains in agent-minutes (its worth, or -LOST,
    where no week stood).

    `rho` > 0 uses the staffing's guide prices. The week is changed where it gains more than `least` (below zero: in any
    case); `steady` leaves breaks where they are on days that keep their shift. `placed` and `state` are brought up to date.
    """
    stood, best = _answer(crew, state, placed, agent, crew.members[agent], rho=rho, least=least, steady=steady)
    return best - stood if stood > -LOST else best


def ask(crew: Crew, state: Staffing, placed: Placed, agent: int, member: Member) -> tuple[float, float]:
    """What the week that stands is worth and what the best would be, were the agent like `member`; -LOST is none.

    The roster stays as it is.
    """
    return _answer(crew, state, placed, agent, member, rho=0.0, least=float("inf"), steady=True)


def _answer(
    crew: Crew,
    state: Staffing,
    placed: Placed,
    agent: int,
    member: Member,
    *,
    rho: float,
    least: float,
    steady: bool,
) -> tuple[float, float]:
    choices = crew.rules.choices
    at, ids = crew.choice_shapes
    reward = crew.rules.centre.cost.training * crew.rules.slot
    stood, best = _respond(
        crew.table, state, member.menu, member.auto, at, ids, choices.start, choices.session, member.group,
        member.training, member.limits, member.ends, member.rest, member.anchors, member.spread,
        choices.clock[member.menu.choice], member.wish.worth, member.points, crew.rules.centre.cost.fairness,
        min(float(crew.allowance[agent]), MOST_POINTS), reward, rho, least, steady, crew.scratch, *crew.fill_scratch,
        placed.choice[agent], placed.place[agent],
    )  # fmt: skip
    return float(stood), float(best)


def book_all(crew: Crew, state: Staffing, placed: Placed) -> None:
    """Add every shift of a roster to a staffing that holds none of them, each to the queue that lacks most."""
    refresh_all(state, LACK)
    for i in range(len(crew.people)):
        book(crew, state, placed, i, sign=1, rho=LACK)
    mend_all(state)


def book(
    crew: Crew,
    state: Staffing,
    placed: Placed,
    agent: int,
    *,
    sign: int,
    days: Iterable[int] = range(7),
    rho: float = 0.0,
) -> None:
    """Add (1) or take out (-1) the shifts of one member."""
    choices = crew.rules.choices
    for day in days:
        choice = placed.choice[agent, day]
        if choice != FREE:
            place = placed.place[agent, day]
            _book(
                crew.table, state, crew.group[agent], place[SHAPE], choices.start[choice],
                choices.session[choice], place, sign, rho,
            )  # fmt: skip
