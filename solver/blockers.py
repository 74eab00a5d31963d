"""Agents without a shift and why: which rules and locks clash, found by leaving out one after the other."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from solver.calendar import automaton
from solver.crew import anchors
from solver.facts import PersonFacts
from solver.filling import LOST
from solver.rules import CALENDAR_RULES, CHOICE_RULES, WEEK_RULES, Person, Rules
from solver.week import best_week, menu, planned, scratch
from wfm.problem import Clash

NAMES = tuple(dict.fromkeys([*CHOICE_RULES, *CALENDAR_RULES, *WEEK_RULES]))

Item = TypeVar("Item")


def irreducible(members: Sequence[Item], clash: Callable[[Collection[Item]], bool]) -> list[Item]:
    """Of members that clash some that do, and without any one of which the others do not.

    Once through is not enough where leaving out can also forbid: without its meeting a shift may have to hold a rest.
    """
    kept = list(members)
    for member in members:
        others = [other for other in kept if other != member]
        if clash(others):
            kept = others
    return kept if len(kept) == len(members) else irreducible(kept, clash)


def has_legal_week(rules: Rules, person: Person) -> bool:
    """Whether any week is legal for a compiled agent, seats and classroom aside: no session is asked for."""
    choices, bounds = rules.choices, person.bounds
    kept = person.choices[choices.bare[person.choices]]
    unit = int(np.gcd.reduce(choices.paid[kept])) if len(kept) else 1
    own = menu(choices, kept, unit, split_nights=bounds.nights < 7)
    most = min(bounds.most // unit, 7 * int(own.paid.max(initial=0)))
    limits = (-(-bounds.fewest // unit), most, min(bounds.nights, 7))
    if most < 0 or not person.calendars.any():
        return False
    memory, week = scratch(len(own.choice), states=0), np.empty(7, dtype=np.int64)
    clock = choices.clock[own.choice]
    spread = 24 * 60 if bounds.spread is None else bounds.spread
    for anchor in anchors(clock, bounds.spread):
        usable = (clock - anchor) % 1440 <= spread
        worth = best_week(
            own, automaton(person.calendars), np.zeros(len(clock)), usable, planned(()), limits,
            np.zeros(most + 1), bounds.rest, memory, week,
        )  # fmt: skip
        if worth > -LOST:
            return True
    return False


def person_as(rules: Rules, facts: PersonFacts, *, without: Collection[str] = ()) -> Person:
    """An agent compiled as if other facts were true of them."""
    name = facts.agent.agent
    kept = rules.facts[name]
    rules.facts[name] = facts
    try:
        return rules.person(name, without=without)
    finally:
        rules.facts[name] = kept


def clashing_rules(rules: Rules, name: str) -> tuple[str, ...]:
    """An irreducible set of rules that leave an agent no legal week: without any one of them there is one.

    Empty if the agent has a legal week; rules that everybody's shifts are made of cannot be left out.
    """

    def clash(kept: Collection[str]) -> bool:
        return not has_legal_week(rules, rules.person(name, without=[rule for rule in NAMES if rule not in kept]))

    return tuple(irreducible(NAMES, clash)) if clash(NAMES) else ()


def clashing_members(rules: Rules, name: str) -> tuple[Clash, ...]:
    """An irreducible set of an agent's rules and locks, those of a date being one; empty unless locks are in it."""
    blockers = clashing_rules(rules, name)
    if "locks" not in blockers:
        return ()
    facts = rules.facts[name]
    others: list[str | int] = [rule for rule in blockers if rule != "locks"]
    locked = {pin.day for pin in facts.pins} | facts.days_off | {shift.day for shift in facts.begun}

    def clash(kept: Collection[str | int]) -> bool:
        left = person_as(rules, _locked_on(facts, kept), without=[r for r in NAMES if r not in (*kept, "locks")])
        return not has_legal_week(rules, left)

    found = irreducible([*sorted(locked), *others], clash)
    dates = [rules.week.date_of(day).isoformat() for day in found if isinstance(day, int)]
    date = dates[0] if len(dates) == 1 else ""  # the only date the other rules can clash about
    return (
        *(Clash(rule="locks", agent=name, date=day) for day in dates),
        *(Clash(rule=rule, agent=name, date=date) for rule in found if isinstance(rule, str)),
    )


def _locked_on(facts: PersonFacts, days: Collection[str | int]) -> PersonFacts:
    """The agent with the locks of some days alone."""
    return replace(
        facts,
        pins=tuple(pin for pin in facts.pins if pin.day in days),
        days_off=frozenset(day for day in facts.days_off if day in days),
        begun=tuple(shift for shift in facts.begun if shift.day in days),
    )


def unrostered(rules: Rules, rostered: set[str], left_out: dict[str, str]) -> tuple[dict[str, str], tuple[Clash, ...]]:
    """A reason for every employed agent without a shift; clashes where locks are to blame."""
    reasons: dict[str, str] = {}
    clashes: list[Clash] = []
    for name, own in rules.entitlements.items():
        if name in rostered:
            continue
        blockers = clashing_rules(rules, name) if any(own.present) else ()
        if not any(own.present):
            reasons[name] = "absent"
        elif blockers:
            reasons[name] = f"no_legal_week: {', '.join(blockers)}"
        elif name in left_out:
            reasons[name] = f"no_legal_week: {left_out[name]}"
        else:
            reasons[name] = "not_needed"
        if "locks" in blockers:
            clashes += clashing_members(rules, name)
    return reasons, tuple(clashes)
