"""A standing roster taken up as far as it keeps the rules; whose week breaks one gets another."""

import numpy as np

from solver.choices import Ints
from solver.crew import ANYWAY, Crew, respond
from solver.search import Search
from solver.week import FREE, best_week

STAYS = 1e6  # agent-minutes a shift of the week that stands is worth: more than any week's hours and training
DAY = 24 * 60


def take_up(search: Search) -> list[int]:
    """Load the standing roster; the members who get a new week, for theirs could not be read or breaks a rule."""
    crew, standing = search.crew, search.crew.rules.problem.standing
    assert standing is not None
    placed, had = crew.standing(), dict.fromkeys(crew.number, 0)
    for shift in standing.shifts:
        if shift.agent in had and 0 <= shift.day < 7:
            had[shift.agent] += 1
    broken = [
        i
        for i, (week, stood) in enumerate(zip(placed.choice, had.values(), strict=True))
        if stood and ((week != FREE).sum() < stood or not keeps_rules(crew, i, week))
    ]
    placed.choice[broken] = FREE
    search.load(placed)
    for i in broken:
        respond(crew, search.state, search.placed, i, rho=0.0, least=ANYWAY)
    search.swept = True
    return broken


def keeps_rules(crew: Crew, member: int, week: Ints) -> bool:
    """Whether choices by day, FREE where there is none, are a legal week: the best of all that hold no others."""
    of = crew.members[member]
    own = np.isin(of.menu.choice, week[week != FREE])
    value = np.where(own, STAYS, 0.0)
    clock, found = crew.rules.choices.clock[of.menu.choice], np.full(7, FREE, dtype=np.int64)
    for anchor in of.anchors:
        usable = own & ((clock - anchor) % DAY <= of.spread)
        best_week(of.menu, of.auto, value, usable, of.training, of.limits, of.ends, of.rest, crew.scratch, found)
        taken = np.where(found >= 0, of.menu.choice[found], FREE)
        if (taken == week).all():
            return True
    return False
