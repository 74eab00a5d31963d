"""Every rule of the contract, compiled once into tables that all engines read.

Rules on single shifts select choices (`CHOICE_RULES`; the inside of a shift is a shape's matter, `solver.shapes`),
rules on the pattern of days select calendars, sets of worked days (`CALENDAR_RULES`); rules that add up over the week
become bounds (`Bounds`). Seats and classroom are capacities that the engines share out.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from math import ceil

import numpy as np

from solver.choices import EVERYBODY, Choices, Ints, Mask, compile_choices, slot_minutes
from solver.facts import PersonFacts, facts_of
from wfm.centre import Agent
from wfm.entitlement import UNLIMITED_MINUTES, Entitlement
from wfm.problem import Problem
from wfm.roster import Activity

WORKED_DAYS = np.array(list(product([False, True], repeat=7)))  # the 128 calendars of a week, (128, 7)


def calendar_number(works: Mask) -> Ints:
    """Rows of WORKED_DAYS, and of an agent's calendars, that worked days are; shape (..., 7) to (...)."""
    return np.asarray(works @ (64 >> np.arange(7)))


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
    """An agent as engines see it: legal choices, legal calendars, bounds, minutes of training due beside the locked."""

    agent: Agent
    entitlement: Entitlement
    choices: Ints
    calendars: Mask
    bounds: Bounds
    due: int


class Rules:
    """The compiled rules of a problem: `choices`, `shapes` and, for every agent, a `Person`."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.centre, self.week = problem.centre, problem.week
        self.facts = facts_of(problem)
        self.entitlements = {name: own.entitlement for name, own in self.facts.items()}
        self.agents = list(self.facts)
        self.kinds = list(self.centre.kinds)
        self.slot = slot_minutes(self.centre, self.week, self.facts.values())
        self.choices, self.shapes = compile_choices(self.centre, self.week, self.slot, self.facts.values())

    @cached_property
    def slots(self) -> int:
        """Slots of the week itself."""
        return self.week.minutes // self.slot

    @cached_property
    def horizon(self) -> int:
        """Slots from Monday 00:00 to the end of the last shift that can be."""
        return int(max(self.slots, self.choices.end.max(initial=0))) + 1

    def person(self, name: str, *, without: Collection[str] = ()) -> Person:
        """Compile an agent; rules named in `without` are not applied (to find out which ones clash)."""
        facts = self.facts[name]
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
        locked = sum(pin.end - pin.start for pin in facts.pins if pin.activity == Activity.TRAINING)
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
        overtime_after = _overtime_after(facts)
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
        weekly_max = _overtime_after(facts)
        for shift in facts.worked:
            week = shift.day // 7
            over = max(0, paid[week] + shift.paid_minutes - max(weekly_max, paid[week]))
            paid[week] += shift.paid_minutes
            done[self.week.date_of(shift.day).replace(day=1)] += over
        months = dict.fromkeys(self.week.date_of(day).replace(day=1) for day in range(7))
        return [max(0, limit - done[month]) for month in months]


def _overtime_after(facts: PersonFacts) -> int:
    """Paid minutes of a week above which each is overtime."""
    after = facts.entitlement.overtime_after
    return UNLIMITED_MINUTES if after is None else after


# -- rules on one shift: which choices an agent has --------------------------------------------------------------------


def shift(rules: Rules, facts: PersonFacts) -> Mask:
    """Kinds of the contract."""
    own = np.array([kind in facts.contract.shifts for kind in rules.kinds])
    return np.asarray(own[rules.choices.kind])


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
    """Free days stay free, locked work is covered, a day with locked segments has choices of its own.

    Where the week is under way, shifts that have begun stay and no other begins in the past.
    """
    choices = rules.choices
    mask = choices.owner == EVERYBODY
    for day in {pin.day for pin in facts.fixed}:
        mask = np.where(choices.day == day, choices.owner == facts.index, mask)
    for day in facts.days_off:
        mask &= choices.day != day
    for pin in facts.pins:
        if pin.activity == Activity.WORK:
            covers = (choices.start * rules.slot <= pin.start) & (choices.end * rules.slot >= pin.end)
            mask &= (choices.day != pin.day) | covers
    if facts.now > 0:
        begun = np.zeros(len(mask), dtype=bool)
        for stays in facts.begun:
            locked = sum(p.end - p.start for p in facts.fixed if p.day == stays.day and p.activity == Activity.TRAINING)
            trained = choices.session * rules.slot == stays.minutes_of(Activity.TRAINING) - locked
            begun |= (choices.start * rules.slot == stays.start) & (choices.end * rules.slot == stays.end) & trained
        mask &= begun | (
            (choices.start * rules.slot >= facts.now) & ~np.isin(choices.day, [s.day for s in facts.begun])
        )
    return np.asarray(mask)


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
    if facts.contract.weekends_off is None:
        return np.ones(128, dtype=bool)
    needed, span = facts.contract.weekends_off
    if rules.week.date_of(5 - 7 * (span - 1)) < facts.known_from:
        return np.ones(128, dtype=bool)
    worked = {s.day for s in facts.worked}
    earlier = [5 - 7 * back for back in range(1, span)]
    free_before = sum(saturday not in worked and saturday + 1 not in worked for saturday in earlier)
    return np.asarray(free_before + ~WORKED_DAYS[:, 5:].any(axis=1) >= needed)


def locked_days(rules: Rules, facts: PersonFacts) -> Mask:
    """Days with locked work, training or meetings, or with a shift that has begun, are worked."""
    return np.asarray(
        WORKED_DAYS[:, sorted({pin.day for pin in facts.pins} | {shift.day for shift in facts.begun})].all(axis=1)
    )


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

__all__ = [
    "CALENDAR_RULES",
    "CHOICE_RULES",
    "EVERYBODY",
    "WEEK_RULES",
    "WORKED_DAYS",
    "Bounds",
    "Choices",
    "Mask",
    "Person",
    "Rules",
    "calendar_number",
]
