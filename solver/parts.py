"""Parts of a centre: agents and queues that share nothing with the others but seats and classroom places.

Each part is a problem of its own, whose costs and bounds add up to the whole's: every shift, queue, request and ledger
point lies in one part, and the places of all parts are those of the centre.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import inf as INFINITY
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.centre import Centre, worked_before
from wfm.clock import Week
from wfm.demand import Floats
from wfm.problem import Ints, Portion, Problem, Result
from wfm.roster import Activity, Shift

FEWEST = 500  # agents of a part: what a process of its own takes to begin would cost smaller ones more than they gain


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Agents and queues, in the order of their files."""

    agents: tuple[str, ...]
    queues: tuple[str, ...]


def split(centre: Centre, *, fewest: int = FEWEST, most: float = INFINITY) -> list[Part]:
    """At most so many parts of at least `fewest` agents, the largest first; one where the centre is connected or small.

    Agents without a skill and queues that nobody serves go with the largest.
    """
    skilled = [frozenset(agent.skills) for agent in centre.agents.values() if agent.skills]
    groups = [(group, sum(skills <= group for skills in skilled)) for group in _connected(dict.fromkeys(skilled))]
    while len(groups) > 1:
        groups.sort(key=lambda found: -found[1])
        (last, few), (other, more) = groups[-1], groups[-2]
        if few >= fewest and len(groups) <= most:
            break
        groups[-2:] = [(last | other, few + more)]
    home = {queue: number for number, (group, _) in enumerate(groups) for queue in group}
    lives = {name: home[next(iter(a.skills))] if a.skills else 0 for name, a in centre.agents.items()}
    return [
        Part(
            agents=tuple(name for name, at in lives.items() if at == number),
            queues=tuple(queue for queue in centre.queues if home.get(queue, 0) == number),
        )
        for number in range(max(1, len(groups)))
    ]


def _connected(skill_sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Queues that chains of shared skills join."""
    groups: list[frozenset[str]] = []
    for skills in skill_sets:
        touched = [group for group in groups if group & skills]
        groups = [group for group in groups if not group & skills] + [skills.union(*touched)]
    return groups


def problem_of(problem: Problem, part: Part, portion: Portion, *, first: bool) -> Problem:
    """The problem of a part alone; the `first` one has the rows of agents that agents.csv does not know."""
    centre = problem.centre
    own = set(part.agents)
    foreign = set(centre.agents) - own

    def kept(agent: str) -> bool:
        return agent in own or (first and agent not in foreign)

    rows = [row for row, queue in enumerate(centre.queues) if queue in part.queues]
    standing = problem.standing
    return Problem(
        centre=replace(
            centre,
            history=centre.history.iloc[:0],
            agents={name: centre.agents[name] for name in part.agents},
            queues={name: centre.queues[name] for name in part.queues},
            absences=tuple(item for item in centre.absences if kept(item.agent)),
            availability=tuple(item for item in centre.availability if kept(item.agent)),
            requests=tuple(item for item in centre.requests if kept(item.agent)),
            locks=tuple(item for item in centre.locks if kept(item.agent)),
            owed={key: minutes for key, minutes in centre.owed.items() if kept(key[0])},
            worked=_rows(centre.worked, kept),
            published=_rows(centre.published, kept),
            ledger=None,
        ),
        week=problem.week,
        required=problem.required[rows],
        standing=standing and replace(standing, shifts=tuple(s for s in standing.shifts if kept(s.agent))),
        portion=portion,
    )


def _rows(table: pd.DataFrame | None, kept: Callable[[str], bool]) -> pd.DataFrame | None:
    return None if table is None else table[table["agent"].map(kept).astype(bool)]


def portions(problem: Problem, parts: Sequence[Part]) -> list[Portion] | None:
    """What each part has from the whole: places as the requirement asks for them, classroom places by heads.

    None where locks and last week's shifts might leave a capacity no room: then the parts are not apart.
    """
    centre, week = problem.centre, problem.week
    rows = {queue: row for row, queue in enumerate(centre.queues)}
    needed = np.array([problem.required[[rows[queue] for queue in part.queues]].sum(axis=0) for part in parts])
    seats = seats_of(problem, parts, needed)
    held = _trained(centre, week, parts)
    rooms = None if centre.classroom_places is None else shared(centre.classroom_places, held, 0 * held, _heads(parts))
    if (seats is not None and (seats < 0).any()) or (rooms is not None and (rooms < 0).any()):
        return None
    allowed = problem.allowances
    return [
        Portion(
            allowances={name: allowed[name] for name in part.agents},
            recorded_from=problem.recorded_from,
            seats=None if seats is None else seats[number],
            rooms=None if rooms is None else rooms[number],
            seat_price=np.zeros(week.intervals),
        )
        for number, part in enumerate(parts)
    ]


def seats_of(problem: Problem, parts: Sequence[Part], wanted: Floats) -> Ints | None:
    """Seats of each part by interval and, last, after the week, where they want so many; None without a limit."""
    if problem.centre.seats is None:
        return None
    held = _seated(problem.centre, problem.week, parts)
    return shared(problem.centre.seats, held, np.pad(wanted, ((0, 0), (0, 1)), mode="edge"), _heads(parts))


def shared(capacity: int, held: Ints, wanted: NDArray[Any], heads: Ints) -> Ints:
    """All places by part and interval: first what is `held` already, then what else is wanted, the rest by heads.

    Below zero where more is held than there is.
    """
    left = capacity - held.sum(axis=0)
    exact = wanted * np.minimum(1.0, left / np.maximum(wanted.sum(axis=0), 1e-9))
    exact += (left - exact.sum(axis=0)) * heads[:, None] / heads.sum()
    whole = np.floor(exact + 1e-9).astype(np.int64)
    rank = np.argsort(np.argsort(whole - exact, axis=0, kind="stable"), axis=0)
    return np.where(left < 0, -1, held + whole + (rank < left - whole.sum(axis=0)))


def _heads(parts: Sequence[Part]) -> Ints:
    return np.array([len(part.agents) for part in parts])


def _seated(centre: Centre, week: Week, parts: Sequence[Part]) -> Ints:
    """Most people whom last week's shifts and locks keep at work."""
    tails = [(shift.agent, shift.start, shift.end) for shift in _worked(centre, week)]
    return _counted(week, parts, [*tails, *_locked(centre, week, Activity.WORK)])


def _trained(centre: Centre, week: Week, parts: Sequence[Part]) -> Ints:
    """Most people whom last week's shifts and locks keep in training."""
    tails = [
        (shift.agent, segment.start, segment.end)
        for shift in _worked(centre, week)
        for segment in shift.segments
        if segment.activity == Activity.TRAINING
    ]
    return _counted(week, parts, [*tails, *_locked(centre, week, Activity.TRAINING)])


def _worked(centre: Centre, week: Week) -> Iterator[Shift]:
    return chain.from_iterable(worked_before(centre, week).values())


def _locked(centre: Centre, week: Week, activity: Activity) -> list[tuple[str, int, int]]:
    return [
        (lock.agent, week.minute(lock.start), week.minute(lock.end))
        for lock in centre.locks
        if lock.start is not None and lock.end is not None and lock.activity == activity
    ]


def _counted(week: Week, parts: Sequence[Part], spans: Iterable[tuple[str, int, int]]) -> Ints:
    """Spans by part and interval that they touch, the last entry after the week; shape (parts, intervals + 1)."""
    home = {agent: number for number, part in enumerate(parts) for agent in part.agents}
    held = np.zeros((len(parts), week.intervals + 1), dtype=np.int64)
    for agent, start, end in spans:
        first, last = max(start, 0) // week.interval_minutes, -(-end // week.interval_minutes)
        if end > 0:
            held[home.get(agent, 0), min(first, week.intervals) : last] += 1
    return held


def merged(problem: Problem, results: Sequence[Result]) -> Result:
    """The results of all parts as one of the whole centre, in the order of agents.csv."""
    number = {name: i for i, name in enumerate(problem.centre.agents)}
    found = [result.shifts for result in results]
    complete = [shifts for shifts in found if shifts is not None]
    reasons = chain.from_iterable(result.unrostered.items() for result in results)
    return Result(
        shifts=None
        if len(complete) < len(found)
        else tuple(sorted(chain.from_iterable(complete), key=lambda shift: (number[shift.agent], shift.day))),
        bound=max(0.0, sum(result.bound for result in results)),
        unrostered=dict(sorted(reasons, key=lambda reason: number[reason[0]])),
        clashes=tuple(clash for result in results for clash in result.clashes),
    )
