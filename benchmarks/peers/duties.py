"""A week as Timefold sees it: facts about people and shifts, and a planning entity for each agent and day."""

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import HardSoftScore

from benchmarks.peers.offer import FREE, Candidate, Ints, Offer, Picks
from wfm.coverage import DEEP

PART = 100  # of an agent
UNIT = 0.015  # agent-minutes: what a hundredth of an agent too many costs in 15 minutes
A_DAY = 96  # intervals: the instances have quarters of an hour and no change of clocks
CELL = 1000


@dataclass
class Interval:
    """An interval: agents needed and how many may lack at the lower rate, in parts; costs of a part, and of having nobody,
    in units."""

    number: int
    need: int
    shallow: int
    shortage: int
    deep: int
    surplus: int
    empty: int


@dataclass
class Pattern:
    """A shift without its inside on any day: minutes from midnight to start and end; points by day.

    `cells` are intervals from midnight times CELL, plus the parts at work there.
    """

    number: int
    start: int
    end: int
    paid: int
    night: int
    points: list[int]
    cells: list[int]


@dataclass
class Person:
    """An agent's bounds. `calendars` holds the numbers of the legal sets of days; costs are units a minute or point."""

    number: int
    parts: int
    calendars: list[int]
    fewest: int
    most: int
    target: int
    overtime_after: int
    below: int
    overtime: int
    rest: int
    nights: int
    spread: int
    allowance: int
    unfair: int


@dataclass
class Wish:
    """What a pattern on a day is worth to a person beyond its cover."""

    person: int
    day: int
    pattern: int
    worth: int


@planning_entity
@dataclass
class Duty:
    """A person's day; no pattern is a free day."""

    id: Annotated[str, PlanningId]
    person: Person
    day: int
    patterns: Annotated[list[Pattern], ValueRangeProvider(id="patterns")]
    pattern: Annotated[
        Pattern | None, PlanningVariable(value_range_provider_refs=["patterns"], allows_unassigned=True)
    ] = field(default=None)


@planning_solution
@dataclass
class Roster:
    """The week."""

    intervals: Annotated[list[Interval], ProblemFactCollectionProperty]
    people: Annotated[list[Person], ProblemFactCollectionProperty]
    wishes: Annotated[list[Wish], ProblemFactCollectionProperty]
    duties: Annotated[list[Duty], PlanningEntityCollectionProperty]
    score: Annotated[HardSoftScore | None, PlanningScore] = field(default=None)


def week_of(offer: Offer, picks: Picks) -> tuple[Roster, dict[tuple[int, int], int]]:
    """The problem as facts, begun at a roster; and the frame of each pattern and day."""
    patterns, pattern_of = _patterns(offer)
    frame_of = {(int(pattern_of[f]), int(offer.frames.day[f])): f for f in range(len(pattern_of))}
    people, wishes, duties = [], [], []
    menus: dict[bytes, list[Pattern]] = {}  # equal ones are one list, which is read once
    for i, (candidate, week) in enumerate(zip(offer.candidates, picks, strict=True)):
        people.append(_person(offer, i, candidate))
        wishes += [
            Wish(i, int(offer.frames.day[f]), int(pattern_of[f]), round(worth / UNIT))
            for f, worth in zip(candidate.frames, candidate.worth.tolist(), strict=True)
            if worth
        ]
        for day in range(7):
            numbers = pattern_of[candidate.frames[offer.frames.day[candidate.frames] == day]]
            own = menus.setdefault(numbers.tobytes(), [patterns[number] for number in numbers])
            if own:
                begun = None if week[day] == FREE else patterns[pattern_of[week[day]]]
                duties.append(Duty(f"{i} {day}", people[-1], day, own, begun))
    return Roster(_intervals(offer), people, wishes, duties), frame_of


def _patterns(offer: Offer) -> tuple[list[Pattern], Ints]:
    frames, slot = offer.frames, offer.crew.rules.slot
    start = frames.start * slot - 1440 * frames.day
    keys = np.stack([frames.kind, start, frames.paid, frames.owner])
    _, pattern_of = np.unique(keys, axis=1, return_inverse=True)
    pattern_of = pattern_of.reshape(-1)
    patterns: dict[int, Pattern] = {}
    for f in np.argsort(
        frames.day, kind="stable"
    ).tolist():  # Monday first: shifts of a Sunday are cut by the week's end
        day, number = int(frames.day[f]), int(pattern_of[f])
        if number not in patterns:
            row = frames.presence[[f]].tocoo()
            patterns[number] = Pattern(
                number=number,
                start=int(start[f]),
                end=int(frames.end[f] * slot - 1440 * day),
                paid=int(frames.paid[f]),
                night=int(frames.night[f]),
                points=[0] * 7,
                cells=(CELL * (row.col - A_DAY * day) + np.round(PART * row.data).astype(int)).tolist(),
            )
        patterns[number].points[day] = int(frames.points[f])
    return [patterns[number] for number in range(len(patterns))], pattern_of


def _intervals(offer: Offer) -> list[Interval]:
    rates, scale = offer.problem.centre.cost, offer.minutes / PART / UNIT
    shortage, deep, surplus = (round(rate * scale) for rate in (rates.shortage, rates.shortage_deep, rates.surplus))
    found = []
    for number, (required, present) in enumerate(zip(offer.required.tolist(), offer.present.tolist(), strict=True)):
        need, shallow = round(PART * (required - present)), round(PART * DEEP * required)
        empty = min(shallow, need) * shortage + max(0, need - shallow) * deep
        found.append(Interval(number, need, shallow, shortage, deep, surplus, empty))
    return found


def _person(offer: Offer, number: int, candidate: Candidate) -> Person:
    rates, bounds = offer.problem.centre.cost, candidate.member.person.bounds
    return Person(
        number=number,
        parts=round(PART * candidate.rate),
        calendars=np.flatnonzero(candidate.member.person.calendars).tolist(),
        fewest=bounds.fewest,
        most=bounds.most,
        target=round(bounds.target),
        overtime_after=bounds.overtime_after,
        below=round(rates.below_hours / UNIT),
        overtime=round(rates.overtime / UNIT),
        rest=bounds.rest * offer.crew.rules.slot,
        nights=bounds.nights,
        spread=candidate.member.spread,
        allowance=round(PART * min(candidate.allowance, 100.0)),
        unfair=round(rates.fairness / UNIT),
    )
