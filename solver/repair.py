"""Repairs of a clash: every single change of one of its members that makes a legal roster possible, and its price."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from solver.blockers import has_legal_week
from solver.crew import Crew
from solver.crowding import crowds, tried
from solver.leeway import STEPS
from solver.rules import Rules
from solver.trial import filled, searched
from wfm.centre import Absence, Lock
from wfm.clock import Week
from wfm.cost import reckon
from wfm.problem import Clash, Problem

HOURS = (-1, 1, -2, 2, -3, 3, -4, 4)  # by which a lock is moved on its day, nearest first
DAYS = (1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6)  # then to other days
MOST_TRIED = 8  # members of a clash: in a large crowd one lock is as good as another
HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A change and the agent-minutes by which the roster gets dearer with it; below zero it gets cheaper."""

    what: str
    costs: float


def repairs(problem: Problem, clash: Sequence[Clash]) -> list[Repair]:
    """Changes after which the standing roster can be made legal for the agents of a clash, the cheapest first."""
    assert problem.standing is not None
    agents = {member.agent for member in clash if member.agent}
    crowded = any(not member.agent for member in clash)
    before = reckon(problem.centre, problem.week, problem.required, problem.standing.shifts).total
    found = []
    for member in clash[:MOST_TRIED]:
        for what, changed in _changes(problem, member, agents):
            trial = searched(changed) if crowded else filled(changed)
            if trial is not None:
                found.append(Repair(what=what, costs=trial.cost - before))
    return sorted(found, key=lambda repair: repair.costs)


def _changes(problem: Problem, member: Clash, agents: set[str]) -> Iterator[tuple[str, Problem]]:
    """What may be done about one member, as far as it leaves the agents a legal roster."""
    for what, changed in _dropped(problem, member):
        if _possible(changed, agents):
            yield what, changed
    if member.rule == "locks":
        for lock in _locks(problem, member):
            moved = (way for way in _moved(problem, lock) if _possible(way[1], agents))
            yield from (way for way, _ in zip(moved, range(1), strict=False))


def _dropped(problem: Problem, member: Clash) -> Iterator[tuple[str, Problem]]:
    """A lock taken away, an absence or hours of availability lifted, one more of a capacity, a rule's step."""
    centre, name = problem.centre, member.agent
    if member.rule == "locks":
        gone = _locks(problem, member)
        for lock in gone:
            kept = tuple(other for other in centre.locks if other is not lock)
            yield (
                f"{name} {lock.date}: without the lock {_told(lock)}",
                replace(problem, centre=replace(centre, locks=kept)),
            )
    elif member.rule == "seats" and centre.seats is not None:
        yield "one more seat", replace(problem, centre=replace(centre, seats=centre.seats + 1))
    elif member.rule == "classroom" and centre.classroom_places is not None:
        more = replace(centre, classroom_places=centre.classroom_places + 1)
        yield "one more place in the classroom", replace(problem, centre=more)
    elif member.rule == "absence":
        kept_away = tuple(a for a in centre.absences if not (a.agent == name and _on(problem.week, a, member.date)))
        yield f"{name}: without the absence", replace(problem, centre=replace(centre, absences=kept_away))
    elif member.rule == "availability":
        always = tuple(window for window in centre.availability if window.agent != name)
        yield f"{name}: available at any time", replace(problem, centre=replace(centre, availability=always))
    else:
        yield from _stepped(problem, member)


def _stepped(problem: Problem, member: Clash) -> Iterator[tuple[str, Problem]]:
    """One step of a rule. The contract has it, but whoever is not asked stays as under the old one."""
    centre = problem.centre
    own = centre.contracts[centre.agents[member.agent].contract]
    for step in STEPS:
        changed = step.relax(own) if step.rule == member.rule else None
        if changed is not None:
            contracts = centre.contracts | {own.contract: changed}
            yield f"{member.agent}: {step.what}", replace(problem, centre=replace(centre, contracts=contracts))


def _moved(problem: Problem, lock: Lock) -> Iterator[tuple[str, Problem]]:
    """The lock an hour or more earlier or later, then on another day of the week."""
    week, day = problem.week, problem.week.day(lock.date)
    ways = [(0, hours * HOUR) for hours in HOURS] if lock.start else []
    ways += [(days, 0) for days in DAYS if 0 <= day + days < 7]
    for days, minutes in ways:
        moved = _shifted(week, lock, days, minutes)
        kept = tuple(moved if other is lock else other for other in problem.centre.locks)
        what = f"{lock.agent} {lock.date}: the lock {_told(lock)} moved to {moved.date}{_clock(moved)}"
        yield what, replace(problem, centre=replace(problem.centre, locks=kept))


def _shifted(week: Week, lock: Lock, days: int, minutes: int) -> Lock:
    on = lock.date + timedelta(days=days)
    if lock.start is None or lock.end is None:
        return replace(lock, date=on)
    by = week.midnight(week.day(on)) - week.midnight(week.day(lock.date)) + minutes
    start, end = (week.wall(week.minute(time) + by) for time in (lock.start, lock.end))
    return replace(lock, date=on, start=start, end=end)


def _possible(problem: Problem, agents: set[str]) -> bool:
    """Whether these agents have a legal roster, all others aside."""
    centre = problem.centre
    own = {name: agent for name, agent in centre.agents.items() if name in agents}
    crew = Crew(Rules(replace(problem, centre=replace(centre, agents=own, requests=()))))
    legal = all(has_legal_week(crew.rules, member.person) for member in crew.members)
    return legal and not crowds(crew) and not tried(problem, agents)[1]


def _locks(problem: Problem, member: Clash) -> list[Lock]:
    return [k for k in problem.centre.locks if k.agent == member.agent and k.date == date.fromisoformat(member.date)]


def _on(week: Week, absence: Absence, day: str) -> bool:
    """Whether an absence touches a date; any in the week where none is given."""
    first = 0 if not day else week.day(date.fromisoformat(day))
    last = 7 if not day else first + 1
    return week.minute(absence.start) < week.midnight(last) and week.minute(absence.end) > week.midnight(first)


def _told(lock: Lock) -> str:
    """What a lock asks for, as it is read."""
    return f"{lock.activity}{_clock(lock)}"


def _clock(lock: Lock) -> str:
    return "" if lock.start is None or lock.end is None else f" {lock.start:%H:%M}-{lock.end:%H:%M}"


__all__ = ["Repair", "repairs"]
