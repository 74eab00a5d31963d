"""What keeps an agent who is not at work from a moment: breaks, a rule, or work elsewhere."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from solver.blockers import NAMES, has_legal_week, irreducible
from solver.filling import Ints, best_value
from solver.rules import Mask, Person, calendar_number
from solver.search import Search
from solver.week import FREE

ELSEWHERE = "elsewhere"
BREAKS = "breaks"
SHIFT = "shift"


def hindrance(search: Search, agent: int, slot: int) -> str:
    """Why a member does not work in a slot, other days staying as they are.

    `elsewhere`: the agent could, and would be missed as much elsewhere or not be worth the hours; `breaks`: the agent is
    on shift, and no legal place of breaks, session or meeting leaves the slot free; else the rules without any one of
    which the agent could, joined by " + ".
    """
    own = search.placed.choice[agent]
    choices = search.crew.rules.choices
    over = own[(own != FREE) & (choices.start[own] <= slot) & (choices.end[own] > slot)]
    if len(over):
        return ELSEWHERE if _works(search, int(over[0]), slot) else BREAKS
    name = search.crew.members[agent].person.agent.agent

    def kept_away(kept: Collection[str]) -> bool:
        person = search.crew.rules.person(name, without=[rule for rule in NAMES if rule not in kept])
        return not _comes(search, person, own, slot)

    if not kept_away(NAMES):
        return ELSEWHERE
    return " + ".join(irreducible(NAMES, kept_away)) or SHIFT  # a time over which no kind of shift lies


def _comes(search: Search, person: Person, own: Ints, slot: int) -> bool:
    """Whether an agent has a legal week with a shift over a slot and all other days as they are."""
    rules = search.crew.rules
    choices, picked = rules.choices, person.choices
    over = (choices.start[picked] <= slot) & (choices.end[picked] > slot)
    days = np.unique(choices.day[picked[over]])
    return any(has_legal_week(rules, _with_day(search, person, own, int(day), over)) for day in days)


def _with_day(search: Search, person: Person, own: Ints, day: int, over: Mask) -> Person:
    """The agent with the choices `over` on one day, and today's on the others, whatever session they hold."""
    choices, picked = search.crew.rules.choices, person.choices
    keeps = np.zeros(len(picked), dtype=bool)
    for choice in own[own != FREE]:
        alike = [getattr(choices, field)[picked] == getattr(choices, field)[choice] for field in FRAME]
        keeps |= np.logical_and.reduce(alike)
    there = choices.day[picked] == day
    works = own != FREE
    works[day] = True
    calendar = np.zeros(len(person.calendars), dtype=bool)
    calendar[calendar_number(works)] = True
    return replace(person, choices=picked[np.where(there, over, keeps)], calendars=person.calendars & calendar)


FRAME = ("day", "kind", "start", "end", "paid")


def _works(search: Search, choice: int, slot: int) -> bool:
    """Whether some filling of a choice has work in a slot."""
    crew = search.crew
    choices, (at, ids) = crew.rules.choices, crew.choice_shapes
    free = np.zeros(crew.rules.horizon + 1)
    work = (np.arange(len(free)) > slot).astype(float)
    fillings = (
        best_value(
            crew.table, shape, choices.start[choice], choices.session[choice], work, free, free, *crew.fill_scratch
        )
        for shape in ids[at[choice] : at[choice + 1]]
    )
    return any(worth > 0 for worth in fillings)


__all__ = ["hindrance"]
