"""Timefold's Python package: an agent's day is the entity, its shift the planning variable, rules are streams.

It begins at the roster made by hand and searches from there. Left out beside the insides of shifts: points for
refused requests. Hard scores are minutes (or, for days, DAY each), soft ones the cost in units of UNIT agent-minutes.
"""

import time
from typing import Any

import numpy as np
from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    SolverConfigOverride,
    TerminationConfig,
)
from timefold.solver.score import (
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    HardSoftScore,
    Joiners,
    constraint_provider,
)

from benchmarks.peers import by_hand
from benchmarks.peers.duties import A_DAY, CELL, PART, Duty, Interval, Person, Roster, Wish, week_of
from benchmarks.peers.offer import FREE, Offer, Picks

DAY = 480
Stream = Any  # of the package, which names no such type


def roster(offer: Offer, *, seconds: float, workers: int) -> Picks:
    """Frames of the best score within the time; what reading the problem takes comes on top. It searches in one thread."""
    begun = time.monotonic()
    week, frame_of = week_of(offer, by_hand.roster(offer, seconds=seconds, workers=workers))
    factory = SolverFactory.create(
        SolverConfig(
            solution_class=Roster,
            entity_class_list=[Duty],
            score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=rules),
            xml_source_text="<solver><localSearch/></solver>",
            random_seed=1,
        )
    )
    left = max(1.0, seconds - (time.monotonic() - begun))
    limit = TerminationConfig(spent_limit=Duration(milliseconds=int(1000 * left)))
    found = factory.build_solver(SolverConfigOverride(termination_config=limit)).solve(week)
    picks = np.full((len(offer.candidates), 7), FREE)
    for duty in found.duties:
        if duty.pattern is not None:
            picks[duty.person.number, duty.day] = frame_of[duty.pattern.number, duty.day]
    return picks


@constraint_provider  # type: ignore[untyped-decorator]
def rules(factory: ConstraintFactory) -> list[Constraint]:
    """Hard rules, then costs."""
    return [*_limits(factory), *_order(factory), *_costs(factory)]


def _pay(factory: ConstraintFactory) -> Stream:
    """Everybody with paid minutes of the week."""
    return factory.for_each(Duty).group_by(
        lambda duty: duty.person, ConstraintCollectors.sum(lambda duty: duty.pattern.paid)
    )


def _limits(factory: ConstraintFactory) -> list[Constraint]:
    """Hours and days of a week."""
    pay = _pay(factory)
    calendar = factory.for_each(Duty).group_by(
        lambda duty: duty.person, ConstraintCollectors.sum(lambda duty: 1 << (6 - duty.day))
    )
    return [
        pay.filter(lambda person, paid: paid < person.fewest)
        .penalize(HardSoftScore.ONE_HARD, lambda person, paid: person.fewest - paid)
        .as_constraint("fewest hours"),
        pay.filter(lambda person, paid: paid > person.most)
        .penalize(HardSoftScore.ONE_HARD, lambda person, paid: paid - person.most)
        .as_constraint("most hours"),
        calendar.filter(lambda person, number: number not in person.calendars)
        .penalize(HardSoftScore.of_hard(DAY))
        .as_constraint("days"),
        factory.for_each(Person)
        .filter(lambda person: 0 not in person.calendars)
        .if_not_exists(Duty, Joiners.equal(lambda person: person.number, lambda duty: duty.person.number))
        .penalize(HardSoftScore.of_hard(5 * DAY))
        .as_constraint("nobody left out"),
    ]


def _order(factory: ConstraintFactory) -> list[Constraint]:
    """Rest, nights, and how far starts lie apart."""
    return [
        factory.for_each(Duty)
        .join(
            Duty,
            Joiners.equal(lambda duty: duty.person.number, lambda duty: duty.person.number),
            Joiners.equal(lambda duty: duty.day + 1, lambda duty: duty.day),
        )
        .filter(lambda a, b: a.pattern.end + a.person.rest > b.pattern.start + 1440)
        .penalize(HardSoftScore.ONE_HARD, lambda a, b: a.pattern.end + a.person.rest - b.pattern.start - 1440)
        .as_constraint("rest"),
        factory.for_each(Duty)
        .group_by(lambda duty: duty.person, ConstraintCollectors.sum(lambda duty: duty.pattern.night))
        .filter(lambda person, nights: nights > person.nights)
        .penalize(HardSoftScore.of_hard(DAY), lambda person, nights: nights - person.nights)
        .as_constraint("nights"),
        factory.for_each(Duty)
        .group_by(
            lambda duty: duty.person,
            ConstraintCollectors.min(lambda duty: duty.pattern.start),
            ConstraintCollectors.max(lambda duty: duty.pattern.start),
        )
        .filter(lambda person, first, last: last - first > person.spread)
        .penalize(HardSoftScore.ONE_HARD, lambda person, first, last: last - first - person.spread)
        .as_constraint("spread"),
    ]


def _costs(factory: ConstraintFactory) -> list[Constraint]:
    """Cover, hours, fairness and wishes."""
    pay = _pay(factory)
    return [
        factory.for_each(Duty)
        .expand(lambda duty: duty.pattern.cells)
        .flatten_last(lambda cells: cells)
        .group_by(
            lambda duty, cell: duty.day * A_DAY + cell // CELL,
            ConstraintCollectors.sum(lambda duty, cell: cell % CELL * duty.person.parts),
        )
        .join(Interval, Joiners.equal(lambda number, parts: number, lambda interval: interval.number))
        .impact(HardSoftScore.ONE_SOFT, saved)
        .as_constraint("cover"),
        pay.filter(lambda person, paid: paid < person.target)
        .penalize(HardSoftScore.ONE_SOFT, lambda person, paid: person.below * (person.target - paid))
        .as_constraint("below hours"),
        pay.filter(lambda person, paid: paid > person.overtime_after)
        .penalize(HardSoftScore.ONE_SOFT, lambda person, paid: person.overtime * (paid - person.overtime_after))
        .as_constraint("overtime"),
        factory.for_each(Duty)
        .group_by(lambda duty: duty.person, ConstraintCollectors.sum(lambda duty: duty.pattern.points[duty.day]))
        .filter(lambda person, points: points * PART > person.allowance)
        .penalize(
            HardSoftScore.ONE_SOFT, lambda person, points: (points * PART - person.allowance) * person.unfair // PART
        )
        .as_constraint("fairness"),
        factory.for_each(Duty)
        .join(
            Wish,
            Joiners.equal(lambda duty: duty.person.number, lambda wish: wish.person),
            Joiners.equal(lambda duty: duty.day, lambda wish: wish.day),
            Joiners.equal(lambda duty: duty.pattern.number, lambda wish: wish.pattern),
        )
        .impact(HardSoftScore.ONE_SOFT, lambda duty, wish: wish.worth)
        .as_constraint("wishes"),
    ]


def saved(_: int, parts: int, interval: Interval) -> int:
    """Units saved against an interval without anybody; `parts` are hundredths of parts."""
    covered = parts // PART
    if covered >= interval.need:
        return interval.empty - (covered - interval.need) * interval.surplus
    short = interval.need - covered
    if short <= interval.shallow:
        return interval.empty - short * interval.shortage
    return interval.empty - interval.shallow * interval.shortage - (short - interval.shallow) * interval.deep
