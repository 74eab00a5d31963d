"""What is known of every agent before the week is rostered, in minutes of the week: leave, hours, locks, weeks before."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from wfm.centre import Agent, Availability, Contract, Lock, worked_before
from wfm.clock import Week
from wfm.entitlement import Entitlement, entitlements
from wfm.problem import Problem
from wfm.roster import Activity, Shift

Span = tuple[int, int]


class Pin(NamedTuple):
    """A lock with times: `work` to be covered, `training` or a `meeting` to stand exactly there."""

    day: int
    start: int
    end: int
    activity: Activity


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What the rules ask about one agent.

    `index` counts the agents employed in the week; `known_from` is the first date whose shifts are on record;
    `available` are merged spans of minutes around the week, None is always; `begun` are shifts that start before the
    minute `now` and stay.
    """

    index: int
    agent: Agent
    contract: Contract
    entitlement: Entitlement
    worked: tuple[Shift, ...]
    known_from: date
    pins: tuple[Pin, ...]
    days_off: frozenset[int]
    absences: tuple[Span, ...]
    available: tuple[Span, ...] | None
    now: int
    begun: tuple[Shift, ...]

    @property
    def fixed(self) -> tuple[Pin, ...]:
        """Pins that take a stretch out of a shift."""
        return tuple(pin for pin in self.pins if pin.activity != Activity.WORK)


def facts_of(problem: Problem) -> dict[str, PersonFacts]:
    """The facts of every agent employed on a date of the week, in the order of agents.csv."""
    centre, week, standing = problem.centre, problem.week, problem.standing
    locks = _by_agent(centre.locks, lambda lock: 0 <= week.day(lock.date) < 7)
    absences = _by_agent(centre.absences, lambda absence: week.minute(absence.end) > 0)
    available = _by_agent(centre.availability, lambda window: True)
    worked, recorded = worked_before(centre, week), problem.recorded_from
    now = 0 if standing is None else standing.now
    begun = _by_agent(() if standing is None else standing.shifts, lambda shift: shift.start < now)
    found = {}
    for index, (name, entitlement) in enumerate(entitlements(centre, week).items()):
        agent = centre.agents[name]
        kept = [lock for lock in locks.get(name, ()) if agent.employed_on(lock.date)]
        away = tuple((week.minute(a.start), week.minute(a.end)) for a in absences.get(name, ()))
        found[name] = PersonFacts(
            index=index,
            agent=agent,
            contract=centre.contracts[agent.contract],
            entitlement=entitlement,
            worked=tuple(worked.get(name, ())),
            known_from=max(agent.hired_on, recorded),
            pins=_pins(kept, week),
            days_off=frozenset(week.day(lock.date) for lock in kept if lock.start is None),
            absences=away,
            available=_windows(available[name], week) if name in available else None,
            now=now,
            begun=tuple(s for s in begun.get(name, ()) if not any(s.start < b and s.end > a for a, b in away)),
        )
    return found


def _pins(locks: list[Lock], week: Week) -> tuple[Pin, ...]:
    """Locks with times, in minutes; said twice is said once (datetimes of one zone do not tell the two from each other)."""
    found = [
        Pin(week.day(lock.date), week.minute(lock.start), week.minute(lock.end), Activity(lock.activity))
        for lock in locks
        if lock.start and lock.end
    ]
    return tuple(dict.fromkeys(found))


def _windows(windows: list[Availability], week: Week) -> tuple[Span, ...]:
    """Hours of availability, from two days before the week to two days after it, those that touch made one."""
    spans = sorted(
        (_first_at(week, day, window.start), _first_at(week, day, window.end))
        for window in windows
        for day in range(-2, 10)
        if day % 7 == window.weekday
    )
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _first_at(week: Week, day: int, clock: int) -> int:
    """The first minute of a wall time; where the clock skips it, that of the next one there is."""
    while not (found := week.at(day, clock)):
        clock += 1
    return found[0]


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
