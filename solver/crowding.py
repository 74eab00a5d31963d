"""Locks that seats or classroom cannot hold together, proved: by counting who must be there at once whatever else
happens, and where one model holds all agents with locks, by trying everything."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from ortools.sat.python import cp_model

from solver.blockers import irreducible
from solver.crew import Crew
from solver.exact import small_enough
from solver.facts import Pin
from solver.filling import best_value
from solver.model import read, whole_weeks
from solver.rules import Rules
from solver.sat import run
from solver.search import Budget, Search
from solver.staffing import open_staffing
from wfm.centre import Lock
from wfm.problem import Clash, Problem
from wfm.progress import never, silent
from wfm.roster import Activity, Shift

PROOF_WORK = 20.0  # of CP-SAT on one question

Locked = tuple[str, int]  # an agent and a day of the week
Place = tuple[str, Activity]  # a capacity, and the locked activity that takes it
PLACES: tuple[Place, ...] = (("classroom", Activity.TRAINING), ("seats", Activity.WORK))


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A capacity and locks (agent, day) that it cannot hold, though without any one of them it could.

    `slot` is one at which they meet.
    """

    rule: str
    slot: int
    locks: tuple[Locked, ...]

    def clashes(self, rules: Rules) -> tuple[Clash, ...]:
        """The members as they are told: the capacity, then the locks."""
        week = rules.week
        day = week.date_of(week.day_of(self.slot * rules.slot)).isoformat()
        locks = (Clash(rule="locks", agent=name, date=week.date_of(d).isoformat()) for name, d in self.locks)
        return (Clash(rule=self.rule, agent="", date=day), *locks)


def crowds(crew: Crew) -> list[Crowd]:
    """Every clash of locks with a capacity that counting proves, no lock in two of them."""
    found: list[Crowd] = []
    for place in PLACES:
        gone: set[Locked] = set()
        while crowd := _counted(crew, place, gone):
            found.append(crowd)
            gone |= set(crowd.locks)
    return found


def tried(problem: Problem, agents: Collection[str]) -> tuple[list[Shift] | None, tuple[Clash, ...]]:
    """Whether the locks of some agents, each of whom has a legal week, fit into seats and classroom if all others stay
    away: a roster of them, or an irreducible clash, or neither where it was too large to tell."""
    locks = [lock for lock in problem.centre.locks if lock.agent in agents and 0 <= problem.week.day(lock.date) < 7]
    possible, shifts = _possible(_only(problem, locks))
    if possible is not False:
        return shifts, ()
    dates = irreducible(sorted({(k.agent, k.date) for k in locks}), lambda kept: _crowded(problem, locks, kept))
    left = _only(problem, [lock for lock in locks if (lock.agent, lock.date) in dates])
    rules = irreducible(["classroom", "seats"], lambda limits: _possible(_limited(left, limits))[0] is False)
    days = sorted({date.isoformat() for _, date in dates})
    return None, (
        *(Clash(rule=rule, agent="", date=days[0] if len(days) == 1 else "") for rule in rules),
        *(Clash(rule="locks", agent=name, date=date.isoformat()) for name, date in dates),
    )


def _crowded(problem: Problem, locks: Sequence[Lock], kept: Collection[tuple[str, date]]) -> bool:
    """Whether the locks of these agents and dates cannot be kept together."""
    return _possible(_only(problem, [lock for lock in locks if (lock.agent, lock.date) in kept]))[0] is False


def _only(problem: Problem, locks: Sequence[Lock]) -> Problem:
    """The problem with these locks alone and nobody but those whom one holds at a time: others can stay away."""
    centre = problem.centre
    held = {lock.agent for lock in locks if lock.start is not None}
    agents = {name: agent for name, agent in centre.agents.items() if name in held}
    kept = tuple(lock for lock in locks if lock.agent in held)
    return replace(problem, centre=replace(centre, agents=agents, locks=kept, requests=()))


def _limited(problem: Problem, limits: Collection[str]) -> Problem:
    """The problem with no capacities but these."""
    centre = problem.centre
    seats = centre.seats if "seats" in limits else None
    places = centre.classroom_places if "classroom" in limits else None
    return replace(problem, centre=replace(centre, seats=seats, classroom_places=places))


def _possible(problem: Problem) -> tuple[bool | None, list[Shift] | None]:
    """Whether there is a roster that is legal for all agents, and one; None where that is too much to ask."""
    crew = Crew(Rules(problem))
    search = Search(crew, problem.required, Budget(), silent, seed=1)
    if not small_enough(search):
        return None, None
    model = whole_weeks(crew, search.state)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = PROOF_WORK
    status = run(solver, model.cp, never)
    if status == cp_model.INFEASIBLE:
        return False, None
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, None
    placed = crew.nobody()
    read(model, solver.value, placed)
    return True, crew.shifts(placed)


# -- by counting -------------------------------------------------------------------------------------------------------


def _counted(crew: Crew, place: Place, gone: Collection[Locked]) -> Crowd | None:
    """The capacity and one more than it can hold of those whose locks force them to be there in one slot."""
    rules = crew.rules
    before = open_staffing(rules, crew.groups, np.zeros((len(rules.centre.queues), rules.week.intervals)))
    rule, activity = place
    room = before.rooms - before.room if rule == "classroom" else before.seats - before.seat
    pins = [
        (i, pin)
        for i, member in enumerate(crew.members)
        for pin in rules.facts[member.person.agent.agent].pins
        if pin.activity == activity and (member.person.agent.agent, pin.day) not in gone
    ]
    count = np.zeros(rules.horizon, dtype=np.int64)
    for _, pin in pins:
        count[slice(*_slots(rules, pin))] += 1
    for slot in sorted(np.flatnonzero((count > room) & (room >= 0)).tolist(), key=lambda s: int(room[s])):
        held = _held(crew, pins, slot, int(room[slot]) + 1)
        if len(held) > room[slot]:
            return Crowd(rule=rule, slot=slot, locks=tuple(held))
    return None


def _held(crew: Crew, pins: Iterable[tuple[int, Pin]], slot: int, most: int) -> list[Locked]:
    """Up to so many locks that force their agents to be in a slot."""
    held: list[Locked] = []
    for i, pin in pins:
        lock = crew.members[i].person.agent.agent, pin.day
        if len(held) < most and lock not in held and _forced(crew, i, pin, slot):
            held.append(lock)
    return held


def _slots(rules: Rules, pin: Pin) -> tuple[int, int]:
    return max(0, pin.start // rules.slot), -(-pin.end // rules.slot)


def _forced(crew: Crew, member: int, pin: Pin, slot: int) -> bool:
    """Whether a lock holds the agent to a seat, or a place, in a slot: no legal shift has anything else there."""
    first, last = _slots(crew.rules, pin)
    if not first <= slot < last:
        return False
    if pin.activity == Activity.TRAINING:
        return True
    own = crew.members[member].person.choices
    return all(_sits(crew, int(choice), slot) for choice in own[crew.rules.choices.day[own] == pin.day])


def _sits(crew: Crew, choice: int, slot: int) -> bool:
    """Whether every filling of a choice holds a seat in a slot."""
    choices, (at, ids) = crew.rules.choices, crew.choice_shapes
    free = np.zeros(crew.rules.horizon + 1)
    seat = (np.arange(len(free)) > slot).astype(float)
    return all(
        best_value(
            crew.table, shape, choices.start[choice], choices.session[choice], free, seat, free, *crew.fill_scratch
        )
        < 0
        for shape in ids[at[choice] : at[choice + 1]]
    )


__all__ = ["Crowd", "crowds", "tried"]
