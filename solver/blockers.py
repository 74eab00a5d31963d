"""Agents without a legal week: which rules clash, by leaving out one after the other."""

import numpy as np

from solver.calendar import automaton
from solver.crew import anchors
from solver.filling import LOST
from solver.rules import CALENDAR_RULES, CHOICE_RULES, WEEK_RULES, Person, Rules
from solver.week import best_week, menu, scratch

NAMES = tuple(dict.fromkeys([*CHOICE_RULES, *CALENDAR_RULES, *WEEK_RULES]))


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
            own, automaton(person.calendars), np.zeros(len(clock)), usable, np.zeros(0, dtype=np.int64), limits,
            np.zeros(most + 1), bounds.rest, memory, week,
        )  # fmt: skip
        if worth > -LOST:
            return True
    return False


def clashing_rules(rules: Rules, name: str) -> tuple[str, ...]:
    """An irreducible set of rules that leave an agent no legal week: without any one of them there is one.

    Empty if the agent has a legal week; rules that everybody's shifts are made of cannot be left out.
    """
    if has_legal_week(rules, rules.person(name)):
        return ()
    without: list[str] = []
    for rule in NAMES:
        if not has_legal_week(rules, rules.person(name, without=[*without, rule])):
            without.append(rule)
    return tuple(rule for rule in NAMES if rule not in without)
