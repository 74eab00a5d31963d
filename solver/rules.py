"""Every rule of the contract, compiled once into tables that all engines read.

A *choice* is one legal shift of one day: kind, start, paid length, total length and session length (the inside is a
shape's matter, `solver.shapes`). Rules on single shifts select choices (`CHOICE_RULES`), rules on the pattern of days
select calendars, sets of worked days (`CALENDAR_RULES`); rules that add up over the week become bounds (`Bounds`).
Seats and classroom are capacities that the engines share out.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from math import ceil, gcd
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from solver.shapes import Fixed, Shape, shapes
from wfm.centre import Agent, Contract, Lock, worked_before
from wfm.clock import Week
from wfm.entitlement import UNLIMITED_MINUTES, Entitlement, entitlements
from wfm.kind import is_night
from wfm.ledger import points_of
from wfm.problem import Problem
from wfm.roster import Activity, Shift

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

WORKED_DAYS = np.array(list(product([False, True], repeat=7)))  # the 128 calendars of a week, (128, 7)
EVERYBODY = -1  # owner of a choice that is not made for one agent's locks


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Choices of the centre's week, one array each; times are slots of the week, sorted by day and start.

    `owner` is the agent (index) whose locked day the choice is made for, else EVERYBODY. `shapes[i]` are indices of
    the shapes that fill choice i, `session` the slots of the session they hold (0: none).
    """

    day: Ints
    kind: Ints
    start: Ints
    end: Ints
    clock: Ints
    paid: Ints
    session: Ints
    night: Mask
    points: Ints
    owner: Ints
    shapes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Rules that add up over an agent's week. Paid minutes; rest in slots; None is no limit.

    `relaxed_most` bounds the paid minutes of every legal week from above where `most` has to be stricter (overtime
    of a week that lies in two months).
    """

    fewest: int
    most: int
    relaxed_most: int
    target: float
    overtime_after: int
    rest: int
    nights: int
    spread: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An agent as engines see it: legal choices, legal calendars, bounds, training due (minutes, sessions planned)."""

    agent: Agent
    entitlement: Entitlement
    choices: Ints
    calendars: Mask
    bounds: Bounds
    due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What the rules ask about one agent."""

    index: int
    agent: Agent
    contract: Contract
    entitlement: Entitlement
    worked: tuple[Shift, ...]
    locks: tuple[Lock, ...]
    absences: tuple[tuple[int, int], ...]
    available: tuple[tuple[int, int], ...] | None


class Rules:
    """The compiled rules of a problem: `choices`, `shapes` and, for every agent, a `Person`."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.centre, self.week = problem.centre, problem.week
        self.slot = _slot_minutes(problem)
        self.entitlements = entitlements(self.centre, self.week)
        self.agents = list(self.entitlements)
        self.kinds = list(self.centre.kinds)
        self._worked = worked_before(self.centre, self.week)
        self._locks = _by_agent(self.centre.locks, lambda lock: 0 <= self.week.day(lock.date) < 7)
        self._absences = _by_agent(self.centre.absences, lambda absence: True)
        self._available = _by_agent(self.centre.availability, lambda window: True)
        self._first_worked = None if self.centre.worked is None else min(self.centre.worked["date"], default=None)
        self.shapes: list[Shape] = []
        self.choices = self._choices()

    @cached_property
    def slots(self) -> int:
        """Slots of the week itself."""
        return self.week.minutes // self.slot

    @cached_property
    def horizon(self) -> int:
        """Slots from Monday 00:00 to the end of the last shift that can be."""
        return max([self.slots, *self.choices.end.tolist()]) + 1

    def facts(self, name: str) -> PersonFacts:
        """What the rules ask about an agent."""
        agent = self.centre.agents[name]
        absences = tuple((self.week.minute(a.start), self.week.minute(a.end)) for a in self._absences.get(name, ()))
        return PersonFacts(
            index=self.agents.index(name) if name in self._locks else EVERYBODY,
            agent=agent,
            contract=self.centre.contracts[agent.contract],
            entitlement=self.entitlements[name],
            worked=tuple(self._worked.get(name, ())),
            locks=tuple(lock for lock in self._locks.get(name, ()) if agent.employed_on(lock.date)),
            absences=tuple(a for a in absences if a[1] > 0),
            available=self._windows(name),
        )

    def _windows(self, name: str) -> tuple[tuple[int, int], ...] | None:
        """The agent's hours of availability around the week as merged spans of minutes; None is always."""
        windows = self._available.get(name)
        if windows is None:
            return None
        spans = sorted(
            (_first_at(self.week, day, w.start), _first_at(self.week, day, w.end))
            for w in windows
            for day in range(-2, 10)
            if day % 7 == w.weekday
        )
        merged: list[tuple[int, int]] = []
        for start, end in spans:
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return tuple(merged)

    def person(self, name: str, *, without: Collection[str] = ()) -> Person:
        """Compile an agent; rules named in `without` are not applied (to find out which ones clash)."""
        facts = self.facts(name)
        mask = np.ones(len(self.choices.day), dtype=bool)
        for rule, selects in CHOICE_RULES.items():
            if rule not in without:
                mask &= selects(self, facts)
        if "locks" in without:
            mask &= self.choices.owner == EVERYBODY
        calendars = np.ones(128, dtype=bool)
        for rule, allows in CALENDAR_RULES.items():
            if rule not in without:
                calendars &= allows(self, facts)
        locked = sum(
            self.week.minute(lock.end) - self.week.minute(lock.start)
            for lock in facts.locks
            if lock.activity == Activity.TRAINING and lock.start and lock.end
        )
        return Person(
            agent=facts.agent,
            entitlement=facts.entitlement,
            choices=np.flatnonzero(mask),
            calendars=calendars,
            bounds=self._bounds(facts, without),
            due=max(0, facts.entitlement.training_due - locked),
        )

    def _bounds(self, facts: PersonFacts, without: Collection[str]) -> Bounds:
        contract, own = facts.contract, facts.entitlement
        fewest, most = own.minutes
        overtime_after = UNLIMITED_MINUTES if own.overtime_after is None else own.overtime_after
        strict = relaxed = most
        if contract.overtime_month_minutes_max is not None and "overtime" not in without:
            left = self._overtime_left(facts, contract.overtime_month_minutes_max)
            strict = min(most, overtime_after + min(left))
            relaxed = min(most, overtime_after + sum(left))
        if "weekly_hours" in without:
            fewest, strict, relaxed = 0, UNLIMITED_MINUTES, UNLIMITED_MINUTES
        return Bounds(
            fewest=fewest,
            most=strict,
            relaxed_most=relaxed,
            target=own.target_minutes,
            overtime_after=overtime_after,
            rest=0 if "min_rest" in without else ceil((contract.min_rest_minutes or 0) / self.slot),
            nights=7 if contract.max_nights is None or "nights" in without else contract.max_nights,
            spread=None if "start_spread" in without else contract.start_spread_minutes,
        )

    def _overtime_left(self, facts: PersonFacts, limit: int) -> list[int]:
        """Minutes of overtime still free in each month the week touches."""
        done: defaultdict[date, int] = defaultdict(int)
        paid: defaultdict[int, int] = defaultdict(int)
        weekly_max = facts.entitlement.overtime_after or UNLIMITED_MINUTES
        for shift in facts.worked:
            week = shift.day // 7
            over = max(0, paid[week] + shift.paid_minutes - max(weekly_max, paid[week]))
            paid[week] += shift.paid_minutes
            done[self.week.date_of(shift.day).replace(day=1)] += over
        months = dict.fromkeys(self.week.date_of(day).replace(day=1) for day in range(7))
        return [max(0, limit - done[month]) for month in months]

    # -- choices -----------------------------------------------------------------------------------------------------

    def _choices(self) -> Choices:
        """Choices for everybody, then those made for the days that locks put a segment into."""
        self._shape_index: dict[Shape, int] = {}
        rows: list[tuple[int, ...]] = []
        filled: list[tuple[int, ...]] = []
        for day in range(7):
            for name in self.kinds:
                self._add_choices(rows, filled, name, day, EVERYBODY, ())
        for name, locks in self._locks.items():
            for day in sorted({self.week.day(lock.date) for lock in locks if lock.activity in ("training", "meeting")}):
                fixed = tuple(
                    (self.week.minute(lock.start), self.week.minute(lock.end), Activity(lock.activity))
                    for lock in locks
                    if lock.start and lock.end and lock.activity != "work" and self.week.day(lock.date) == day
                )
                if name in self.entitlements:
                    for kind in self.centre.contracts[self.centre.agents[name].contract].shifts:
                        self._add_choices(rows, filled, kind, day, self.agents.index(name), fixed)
        order = sorted(range(len(rows)), key=lambda i: (rows[i][0], rows[i][2]))
        table = np.array([rows[i] for i in order], dtype=np.int64).reshape(len(rows), 10)
        day, kind, start, end, clock, paid, session, night, points, owner = table.T.copy()
        return Choices(
            day=day,
            kind=kind,
            start=start,
            end=end,
            clock=clock,
            paid=paid,
            session=session,
            night=night.astype(bool),
            points=points,
            owner=owner,
            shapes=tuple(filled[i] for i in order),
        )

    def _add_choices(
        self,
        rows: list[tuple[int, ...]],
        filled: list[tuple[int, ...]],
        kind: str,
        day: int,
        owner: int,
        fixed: tuple[tuple[int, int, Activity], ...],
    ) -> None:
        chosen = self.centre.kinds[kind]
        for clock in sorted({clock % 1440 for clock in chosen.start_clocks()}):
            for start, paid in product(self.week.at(day, clock), chosen.paid_minutes):
                inside = tuple(Fixed((s - start) // self.slot, (e - s) // self.slot, a) for s, e, a in fixed)
                if any((s - start) % self.slot or (e - s) % self.slot for s, e, _ in fixed):
                    continue
                for (length, session), ids in self._fillings(kind, paid, inside).items():
                    end = start + length * self.slot
                    night = is_night(self.week, start, end)
                    points = sum(points_of(self.week, start, end, day).values())
                    rows.append(
                        (day, self.kinds.index(kind), start // self.slot, end // self.slot, clock, paid)
                        + (session, night, points, owner)
                    )
                    filled.append(ids)

    def _fillings(self, kind: str, paid: int, fixed: tuple[Fixed, ...]) -> dict[tuple[int, int], tuple[int, ...]]:
        """Shapes by (length, session slots)."""
        found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for shape in shapes(self.centre.kinds[kind], paid, self.slot, self.centre.grid_minutes, fixed):
            index = self._shape_index.setdefault(shape, len(self.shapes))
            if index == len(self.shapes):
                self.shapes.append(shape)
            for session in ([0] if shape.plain else []) + sorted({slots for _, slots in shape.sessions}):
                found[shape.slots, session].append(index)
        return {key: tuple(ids) for key, ids in found.items()}


# -- rules on one shift: which choices an agent has --------------------------------------------------------------------


def shift(rules: Rules, facts: PersonFacts) -> Mask:
    """Kinds of the contract."""
    return np.isin(rules.choices.kind, [rules.kinds.index(kind) for kind in facts.contract.shifts])


def daily_hours(rules: Rules, facts: PersonFacts) -> Mask:
    """Paid minutes of a shift."""
    limit = facts.contract.daily_minutes_max
    return rules.choices.paid <= (UNLIMITED_MINUTES if limit is None else limit)


def employment(rules: Rules, facts: PersonFacts) -> Mask:
    """Dates from hired_on to the day before leaves_on."""
    employed = np.array([facts.agent.employed_on(rules.week.date_of(day)) for day in range(7)])
    return np.asarray(employed[rules.choices.day])


def absence(rules: Rules, facts: PersonFacts) -> Mask:
    """No part of a shift inside an absence."""
    mask = np.ones(len(rules.choices.day), dtype=bool)
    for start, end in facts.absences:
        mask &= (rules.choices.end * rules.slot <= start) | (rules.choices.start * rules.slot >= end)
    return mask


def availability(rules: Rules, facts: PersonFacts) -> Mask:
    """The whole shift inside one merged window of availability."""
    if facts.available is None:
        return np.ones(len(rules.choices.day), dtype=bool)
    mask = np.zeros(len(rules.choices.day), dtype=bool)
    for start, end in facts.available:
        mask |= (rules.choices.start * rules.slot >= start) & (rules.choices.end * rules.slot <= end)
    return mask


def skills(rules: Rules, facts: PersonFacts) -> Mask:
    """Nobody without a skill works."""
    return np.full(len(rules.choices.day), bool(facts.agent.skills))


def min_rest(rules: Rules, facts: PersonFacts) -> Mask:
    """Rest after last week's last shift (within the week the engines keep it)."""
    free = max((s.end for s in facts.worked), default=-UNLIMITED_MINUTES) + (facts.contract.min_rest_minutes or 0)
    return rules.choices.start * rules.slot >= free


def locks(rules: Rules, facts: PersonFacts) -> Mask:
    """Free days stay free, locked work is covered, a day with locked segments has choices of its own."""
    choices = rules.choices
    mask = choices.owner == EVERYBODY
    for lock in facts.locks:
        day = choices.day == rules.week.day(lock.date)
        if lock.activity == "off":
            mask &= ~day
        elif lock.activity in ("training", "meeting"):
            mask = np.where(day, choices.owner == facts.index, mask)
    for lock in facts.locks:
        if lock.activity == "work" and lock.start and lock.end:
            start, end = rules.week.minute(lock.start), rules.week.minute(lock.end)
            covers = (choices.start * rules.slot <= start) & (choices.end * rules.slot >= end)
            mask &= (choices.day != rules.week.day(lock.date)) | covers
    return mask


# -- rules on the pattern of days: which calendars an agent has --------------------------------------------------------


def days(rules: Rules, facts: PersonFacts) -> Mask:
    """Number of shifts in the week."""
    fewest, most = facts.entitlement.shifts
    count = WORKED_DAYS.sum(axis=1)
    return np.asarray((count >= fewest) & (count <= most))


def consecutive_days(rules: Rules, facts: PersonFacts) -> Mask:
    """Longest run of days with a shift, last week's run included."""
    limit = facts.contract.max_consecutive_days
    if limit is None:
        return np.ones(128, dtype=bool)
    worked = {s.day for s in facts.worked}
    run = next(n for n in range(366) if -n - 1 not in worked)
    longest = np.zeros(128, dtype=int)
    current = np.full(128, run)
    for day in range(7):
        current = np.where(WORKED_DAYS[:, day], current + 1, 0)
        longest = np.maximum(longest, current)
    return np.asarray(longest <= limit)


def days_off_together(rules: Rules, facts: PersonFacts) -> Mask:
    """One run of free days this long inside Monday to Sunday."""
    needed = facts.contract.min_days_off_together or 0
    free = ~WORKED_DAYS
    mask = np.full(128, needed == 0)
    for first in range(8 - needed if needed else 0):
        mask |= free[:, first : first + needed].all(axis=1)
    return mask


def weekends_off(rules: Rules, facts: PersonFacts) -> Mask:
    """Of the last n weekends, this one included, at least k free; only where all n are known."""
    if facts.contract.weekends_off is None or rules._first_worked is None:
        return np.ones(128, dtype=bool)
    needed, span = facts.contract.weekends_off
    known_from = max(facts.agent.hired_on, rules._first_worked)
    saturdays = [5 - 7 * back for back in range(1, span)]
    if any(rules.week.date_of(saturday) < known_from for saturday in [5, *saturdays]):
        return np.ones(128, dtype=bool)
    worked = {s.day for s in facts.worked}
    free_before = sum(saturday not in worked and saturday + 1 not in worked for saturday in saturdays)
    return np.asarray(free_before + ~WORKED_DAYS[:, 5:].any(axis=1) >= needed)


def locked_days(rules: Rules, facts: PersonFacts) -> Mask:
    """Days with locked work, training or meetings are worked."""
    mask = np.ones(128, dtype=bool)
    for lock in facts.locks:
        if lock.activity != "off":
            mask &= WORKED_DAYS[:, rules.week.day(lock.date)]
    return mask


Select = Callable[[Rules, PersonFacts], Mask]

CHOICE_RULES: dict[str, Select] = {
    "shift": shift,
    "daily_hours": daily_hours,
    "employment": employment,
    "absence": absence,
    "availability": availability,
    "skills": skills,
    "min_rest": min_rest,
    "locks": locks,
}
CALENDAR_RULES: dict[str, Select] = {
    "days": days,
    "consecutive_days": consecutive_days,
    "days_off_together": days_off_together,
    "weekends_off": weekends_off,
    "locks": locked_days,
}
WEEK_RULES = ("weekly_hours", "min_rest", "nights", "start_spread", "overtime")


def _slot_minutes(problem: Problem) -> int:
    """The largest step on which every start, end, break and interval lies."""
    centre, week = problem.centre, problem.week
    steps = [centre.grid_minutes, centre.interval_minutes, week.minutes]
    for kind in centre.kinds.values():
        breaks = [*([kind.meal] if kind.meal else []), *kind.rests]
        steps += [*kind.paid_minutes, *kind.session_minutes, *(b.minutes for b in breaks)]
        steps += [start for day in range(7) for clock in kind.start_clocks() for start in week.at(day, clock)]
    return gcd(*steps)


def _first_at(week: Week, day: int, clock: int) -> int:
    """The minute of a wall time; where the clock skips it, that of the moment it jumps past."""
    found = week.at(day, clock)
    return found[0] if found else week.midnight(day + clock // 1440) + clock % 1440


class _Owned(Protocol):
    @property
    def agent(self) -> str: ...


Item = TypeVar("Item", bound=_Owned)


def _by_agent(items: Iterable[Item], keep: Callable[[Item], bool]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        if keep(item):
            found.setdefault(item.agent, []).append(item)
    return found
