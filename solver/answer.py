"""An agent's answer to a question: the best week is taken, counted and given back."""

import numpy as np

from solver.crew import ANYWAY, Member, book, respond
from solver.ledger import own_costs
from solver.search import Search
from solver.staffing import Ints, total_cost
from solver.week import FREE


def answered(search: Search, agent: int, member: Member) -> float:
    """Agent-minutes by which the roster gets cheaper if an agent takes the best week as `member`, all others staying.

    The agent's own costs are counted by today's terms, whatever `member` makes of them. Not below 0 where the week that
    stands is one of the member's.
    """
    crew, placed = search.crew, search.placed
    today, choice, place = crew.members[agent], placed.choice[agent].copy(), placed.place[agent].copy()
    before = _cost(search, agent)
    crew.members[agent] = member
    try:
        respond(crew, search.state, placed, agent, rho=0.0)
    finally:
        crew.members[agent] = today
    saved = before - _cost(search, agent)
    _give_back(search, agent, choice, place)
    return saved


def joined(search: Search, like: int, member: Member) -> float:
    """Agent-minutes that one more agent saves, laid out as `member` and of the skills of the agent `like`."""
    crew, placed = search.crew, search.placed
    today, choice, place = crew.members[like], placed.choice[like].copy(), placed.place[like].copy()
    placed.choice[like] = FREE  # the shifts stay booked: the new one comes on top of them
    before = total_cost(search.state)
    crew.members[like] = member
    try:
        respond(crew, search.state, placed, like, rho=0.0, least=ANYWAY)
    finally:
        crew.members[like] = today
    taken = placed.choice[like]
    paid = int(crew.rules.choices.paid[taken[taken != FREE]].sum())
    bounds, rates = member.person.bounds, crew.rules.centre.cost
    own = rates.below_hours * max(0.0, bounds.target - paid) + rates.overtime * max(0, paid - bounds.overtime_after)
    saved = before - total_cost(search.state) - own
    book(crew, search.state, placed, like, sign=-1)
    placed.choice[like], placed.place[like] = choice, place
    return float(saved)


def _cost(search: Search, agent: int) -> float:
    own = own_costs(search.crew, search.placed, np.array([agent]))
    return float(total_cost(search.state) + own.sum())


def _give_back(search: Search, agent: int, choice: Ints, place: Ints) -> None:
    placed = search.placed
    if (placed.choice[agent] != choice).any() or (placed.place[agent] != place).any():
        book(search.crew, search.state, placed, agent, sign=-1)
        placed.choice[agent], placed.place[agent] = choice, place
        book(search.crew, search.state, placed, agent, sign=1)


__all__ = ["answered", "joined"]
