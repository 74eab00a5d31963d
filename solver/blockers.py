"""Agents without a shift and why: which rules clash, found by leaving out one after the other."""

import numpy as np

from solver.calendar import automaton
from solver.crew import anchors
from solver.filling import LOST
from solver.rules import CALENDAR_RULES, CHOICE_RULES, WEEK_RULES, Person, Rules
from solver.week import best_week, menu, planned, scratch
from wfm.problem import Clash

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
            own, automaton(person.calendars), np.zeros(len(clock)), usable, planned(()), limits,
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
            clashes += _clash_members(rules, name, blockers)
    return reasons, tuple(clashes)


def _clash_members(rules: Rules, name: str, blockers: tuple[str, ...]) -> list[Clash]:
    dates = [rules.week.date_of(day) for day in range(7)]
    locked = sorted({lock.date for lock in rules.centre.locks if lock.agent == name and lock.date in dates})
    day = locked[0].isoformat() if len(locked) == 1 else ""  # the only date the other rules can clash about
    return [Clash(rule="locks", agent=name, date=date.isoformat()) for date in locked] + [
        Clash(rule=rule, agent=name, date=day) for rule in blockers if rule != "locks"
    ]
