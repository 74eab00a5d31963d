"""The twin test of weeks: the solver admits exactly the weeks of an agent that the check finds legal.

All weeks of small cases are tried: by the check, by the tables, and by the walk that finds the best one.
"""

from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Any

import numpy as np
import pytest

from solver import solve
from solver.blockers import NAMES, clashing_rules, has_legal_week
from solver.filling import LOST
from solver.week import FREE
from tests.solver.weeks import (
    AUTUMN,
    PLAIN_WEEK,
    SPRING,
    TWO_MONTHS,
    Case,
    Choices,
    admitted_weeks,
    all_weeks,
    best,
    legal_weeks,
    sessions_of,
    shift_kind,
    worth,
)
from wfm.centre import Break
from wfm.check import check
from wfm.problem import Problem

BERLIN = "Europe/Berlin"
EARLY, LATE, NIGHT = shift_kind("early", 6), shift_kind("late", 14), shift_kind("night", 22)
SHORT_OR_LONG = shift_kind("day", 8, paid=(6, 10))
SCHOOL = shift_kind("school", 9, sessions=(60,))
THREE = (EARLY, LATE, NIGHT)
ROUND_MIDNIGHT = (shift_kind("small", 1, paid=(3,)), shift_kind("late", 23, paid=(3,)))
# Three hours and an unpaid rest, which the only place of a session displaces.
REST_OR_SESSION = replace(
    shift_kind("rest or session", 9, paid=(3,), sessions=(60,)),
    rests=(Break(minutes=30, paid=False, earliest=90, latest=90),),
)
WORKED_BEFORE = {day: (6, 14) for day in (-14, -13, -9, -8, -7, -3, -2, -1)}
HOUR = 60

CASES: dict[str, dict[str, Any]] = {
    "nothing is limited": {"kinds": (EARLY, LATE)},
    "days in the week": {"kinds": (EARLY,), "days": (2, 3)},
    "hours in the week": {"kinds": (SHORT_OR_LONG,), "weekly_minutes": (20 * HOUR, 26 * HOUR)},
    "hours and days": {"kinds": (SHORT_OR_LONG,), "weekly_minutes": (32 * HOUR, 40 * HOUR), "days": (4, 5)},
    "hours of the day": {"kinds": (SHORT_OR_LONG,), "daily_minutes_max": 8 * HOUR},
    "rest between shifts": {"kinds": (EARLY, LATE), "min_rest_minutes": 11 * HOUR},
    "rest between shifts to the minute": {"kinds": (EARLY, LATE), "min_rest_minutes": 8 * HOUR},
    "rest of an odd length": {"kinds": (EARLY, LATE), "min_rest_minutes": 8 * HOUR + 1},
    "rest across a free day": {"kinds": (EARLY, NIGHT), "min_rest_minutes": 25 * HOUR},
    "rest after last week": {"kinds": (EARLY, LATE), "min_rest_minutes": 11 * HOUR, "worked": {-1: (14, 22)}},
    "last week's night reaches into Monday": {"kinds": (EARLY, NIGHT), "worked": {-1: (23, 31)}},
    "days in a row": {"kinds": (EARLY,), "max_consecutive_days": 3},
    "days in a row, last week's included": {
        "kinds": (EARLY,),
        "max_consecutive_days": 4,
        "worked": WORKED_BEFORE,
    },
    "more days in a row last week than allowed": {
        "kinds": (EARLY,),
        "max_consecutive_days": 2,
        "worked": WORKED_BEFORE,
    },
    "days off together": {"kinds": (EARLY,), "min_days_off_together": 3},
    "starts close together, over midnight": {
        "kinds": (shift_kind("night", 21, 24, paid=(5,)),),
        "start_spread_minutes": 2 * HOUR,
    },
    "starts close together the short way round the clock": {"kinds": ROUND_MIDNIGHT, "start_spread_minutes": 2 * HOUR},
    "starts a minute too far apart": {"kinds": ROUND_MIDNIGHT, "start_spread_minutes": 2 * HOUR - 1},
    "nights": {"kinds": (EARLY, NIGHT), "max_nights": 2, "min_rest_minutes": 8 * HOUR},
    "a shift that begins before five is a night": {
        "kinds": (shift_kind("dawn", 4.5), shift_kind("morning", 5)),
        "max_nights": 1,
    },
    "weekends off": {"kinds": (EARLY,), "weekends_off": (1, 2), "worked": WORKED_BEFORE},
    "weekends off of three": {"kinds": (EARLY,), "weekends_off": (2, 3), "worked": {-20: (6, 14), -9: (6, 14)}},
    "weekends off not on record": {"kinds": (EARLY,), "weekends_off": (2, 3), "worked": {-8: (6, 14), -2: (6, 14)}},
    "weekends off of a newcomer": {"kinds": (EARLY,), "weekends_off": (2, 2), "hired": -1, "worked": WORKED_BEFORE},
    "this weekend off": {"kinds": (EARLY,), "weekends_off": (1, 1), "worked": {-9: (6, 14)}},
    "this weekend off without a record": {"kinds": (EARLY,), "weekends_off": (1, 1)},
    "overtime": {"kinds": (SHORT_OR_LONG,), "weekly_minutes": (20 * HOUR, 30 * HOUR), "overtime_minutes_max": 5 * HOUR},
    "overtime of a month": {
        "kinds": (SHORT_OR_LONG,),
        "weekly_minutes": (20 * HOUR, 24 * HOUR),
        "overtime_minutes_max": 20 * HOUR,
        "overtime_month_minutes_max": 14 * HOUR,
        "worked": {day: (6, 14) for day in (-7, -6, -5, -4)},
    },
    "overtime of a month that is used up": {
        "kinds": (SHORT_OR_LONG,),
        "weekly_minutes": (20 * HOUR, 24 * HOUR),
        "overtime_minutes_max": 20 * HOUR,
        "overtime_month_minutes_max": 7 * HOUR,
        "worked": {day: (6, 14) for day in (-7, -6, -5, -4)},
    },
    "overtime of a week in two months": {
        "kinds": (SHORT_OR_LONG,),
        "monday": TWO_MONTHS,
        "weekly_minutes": (20 * HOUR, 24 * HOUR),
        "overtime_minutes_max": 30 * HOUR,
        "overtime_month_minutes_max": 14 * HOUR,
        "worked": {day: (6, 14) for day in (-7, -6, -5, -4)},
    },
    "overtime of a contract without regular hours": {
        "kinds": (shift_kind("short", 8, paid=(4,)),),
        "weekly_minutes": (0, 0),
        "overtime_minutes_max": 20 * HOUR,
        "overtime_month_minutes_max": 10 * HOUR,
        "worked": {-1: (8, 16)},
    },
    "hired on Thursday": {
        "kinds": (SHORT_OR_LONG,),
        "hired": 3,
        "weekly_minutes": (32 * HOUR, 40 * HOUR),
        "days": (4, 5),
    },
    "leaves on Saturday": {
        "kinds": (SHORT_OR_LONG,),
        "leaves": 5,
        "weekly_minutes": (32 * HOUR, 40 * HOUR),
        "days": (4, 5),
    },
    "no overtime in part of a week": {
        "kinds": (SHORT_OR_LONG,),
        "away": ((0, 24),),
        "weekly_minutes": (30 * HOUR, 36 * HOUR),
        "overtime_minutes_max": 10 * HOUR,
    },
    "leave from Wednesday to Thursday": {
        "kinds": (EARLY, NIGHT),
        "away": ((48, 96),),
        "days": (4, 5),
        "weekly_minutes": (28 * HOUR, 40 * HOUR),
        "min_days_off_together": 2,
    },
    "leave in two halves of a day": {"kinds": (EARLY,), "away": ((48, 62), (62, 72)), "days": (4, 5)},
    "leave of part of a day": {"kinds": (EARLY, LATE), "away": ((52, 60), (102, 103)), "days": (3, 4)},
    "leave that ends on Monday morning": {"kinds": (EARLY,), "away": ((-48, 8),), "days": (5, 6)},
    "leave all week": {"kinds": (EARLY,), "away": ((0, 168),), "days": (4, 5), "weekly_minutes": (0, 2400)},
    "hours available": {"kinds": (EARLY, LATE), "hours": ((0, 6, 14), (2, 6, 13), (3, 5, 15), (3, 15, 22), (5, 0, 24))},
    "hours available that touch at midnight": {
        "kinds": (LATE, NIGHT),
        "hours": ((1, 20, 24), (2, 0, 6), (3, 20, 30), (4, 12, 24), (6, 20, 24), (0, 0, 6)),
    },
    "a locked free day": {"kinds": (EARLY,), "locks": ((2, "off"), (5, "off")), "days": (3, 5)},
    "locked work": {"kinds": (EARLY, LATE), "locks": ((2, "work", 12, 14), (4, "work", 14, 22))},
    "a locked meeting": {"kinds": (EARLY, LATE), "locks": ((2, "meeting", 9, 10),), "min_rest_minutes": 11 * HOUR},
    "a meeting locked twice": {
        "kinds": (EARLY,),
        "locks": ((2, "meeting", 9, 10), (2, "meeting", 9, 10)),
        "days": (1, 3),
    },
    "a locked training": {"kinds": (SCHOOL,), "locks": ((2, "training", 11, 12),), "days": (2, 4), "leaves": 5},
    "locks outside employment": {"kinds": (EARLY,), "locks": ((5, "work", 8, 9), (6, "off")), "leaves": 5},
    "sessions": {"kinds": (SCHOOL,), "days": (3, 5), "max_consecutive_days": 3},
    "hours that only a shift with a session fits into": {
        "kinds": (REST_OR_SESSION,),
        "hours": tuple((day, 9, 12) for day in range(7)),
        "days": (2, 4),
    },
    "a kind of others": {"kinds": (EARLY, LATE), "contract_kinds": ("late",), "days": (1, 4)},
    "nights over the hour that is skipped": {
        "kinds": (NIGHT, shift_kind("dawn", 6, paid=(4,))),
        "monday": SPRING,
        "timezone": BERLIN,
        "min_rest_minutes": 16 * HOUR,
        "max_nights": 4,
    },
    "nights over the hour that comes twice": {
        "kinds": (NIGHT, shift_kind("dawn", 6, paid=(4,))),
        "monday": AUTUMN,
        "timezone": BERLIN,
        "min_rest_minutes": 16 * HOUR,
        "max_nights": 4,
    },
    "a start in the hour that comes twice": {
        "kinds": (shift_kind("small", 2.5),),
        "monday": AUTUMN,
        "timezone": BERLIN,
        "min_rest_minutes": 16 * HOUR,
    },
    "hours available to a time that comes twice": {
        "kinds": (shift_kind("eve", 20.5, paid=(6, 7)),),
        "monday": AUTUMN,
        "timezone": BERLIN,
        "hours": tuple((day, 20, 26.5) for day in range(7)),
    },
    "hours available to a time that is skipped": {
        "kinds": (shift_kind("eve", 20.5, paid=(6,)), shift_kind("late", 19.5, paid=(6,))),
        "monday": SPRING,
        "timezone": BERLIN,
        "hours": tuple((day, 18, 26.5) for day in range(7)),
    },
    "hours available from a time that is skipped": {
        "kinds": (shift_kind("small", 3, paid=(6,)), shift_kind("dawn", 4, paid=(6,))),
        "monday": SPRING,
        "timezone": BERLIN,
        "hours": tuple((day, 2.5, 12) for day in range(7)),
    },
    "days that leave too few hours": {
        "kinds": (EARLY,),
        "weekly_minutes": (36 * HOUR, 40 * HOUR),
        "days": (3, 4),
    },
    "locked work on too many days": {
        "kinds": (EARLY,),
        "locks": tuple((day, "work", 8, 9) for day in range(4)),
        "max_consecutive_days": 3,
    },
    "locked work on a day of leave": {"kinds": (EARLY,), "locks": ((1, "work", 8, 9),), "away": ((24, 48),)},
    "locked work when nobody starts": {"kinds": (EARLY,), "locks": ((3, "work", 4, 5),)},
    "a meeting beyond every shift": {"kinds": (EARLY,), "locks": ((3, "meeting", 16, 17),)},
    "rest that allows no two nights and hours that ask for five": {
        "kinds": (NIGHT,),
        "min_rest_minutes": 20 * HOUR,
        "weekly_minutes": (40 * HOUR, 40 * HOUR),
    },
    "too many days off together": {"kinds": (EARLY,), "min_days_off_together": 4, "days": (4, 5)},
    "more hours than nights allow": {"kinds": (NIGHT,), "max_nights": 2, "weekly_minutes": (20 * HOUR, 40 * HOUR)},
    "two clashes at once": {"kinds": (NIGHT,), "max_nights": 1, "days": (3, 5), "min_days_off_together": 6},
    "days for an agent without a skill": {"kinds": (EARLY,), "skilled": False, "days": (1, 5)},
    "nothing asked of an agent without a skill": {"kinds": (EARLY,), "skilled": False},
}
every_case = pytest.mark.parametrize("name", CASES)
DRAWN = 64


def drawn_case(seed: int) -> Case:
    """A case as chance has it: any of the rules, any history, leave, hours available and locks."""
    random = Random(seed)

    def perhaps(chance: float, value: object) -> Any:
        return value if random.random() < chance else None

    kinds = random.choice(((EARLY,), (NIGHT,), (SCHOOL,), (EARLY, LATE), (SHORT_OR_LONG,), (EARLY, NIGHT), THREE))
    fewest, least, weekends = random.randint(0, 5), random.randint(0, 40), random.randint(2, 3)
    terms = {
        "days": perhaps(0.5, (fewest, random.randint(max(fewest, 3), 7))),
        "weekly_minutes": perhaps(0.4, (least * HOUR, random.randint(max(least, 24), 50) * HOUR)),
        "daily_minutes_max": perhaps(0.2, random.choice((6, 8, 10)) * HOUR),
        "min_rest_minutes": perhaps(0.4, random.randint(6, 26) * HOUR),
        "max_consecutive_days": perhaps(0.3, random.randint(1, 6)),
        "min_days_off_together": perhaps(0.3, random.randint(1, 4)),
        "start_spread_minutes": perhaps(0.3, random.randint(0, 10) * HOUR),
        "max_nights": perhaps(0.3, random.randint(0, 5)),
        "weekends_off": perhaps(0.3, (random.randint(1, 2), weekends)),
        "overtime_minutes_max": perhaps(0.4, random.randint(1, 20) * HOUR) or 0,
        "overtime_month_minutes_max": perhaps(0.4, random.randint(1, 24) * HOUR),
    }
    monday, timezone = random.choice(
        ((PLAIN_WEEK, "Asia/Shanghai"), (TWO_MONTHS, BERLIN), (SPRING, BERLIN), (AUTUMN, BERLIN))
    )
    spans = ((6, 14), (14, 22), (22, 30))
    history = {day: random.choice(spans) for day in range(-21, 0) if random.random() < 0.4}
    leave = [(first, first + random.choice((5, 24, 48))) for first in (random.randrange(-24, 168, 6) for _ in range(2))]
    windows = [(day, *random.choice(((0, 24), (5, 23), (6, 14), (20, 30), (12, 24)))) for day in range(7)]
    locks = [
        random.choice(
            (
                (day, "off"),
                (day, "work", 8, 10),
                (day, "work", 23, 25),
                (day, "meeting", 10, 11),
                (day, "training", 12, 13),
            )
        )
        for day in random.sample(range(7), random.randint(1, 2))
    ]
    return Case(
        *kinds,
        monday=monday,
        timezone=timezone,
        worked=perhaps(0.6, history),
        away=tuple(perhaps(0.3, leave) or ()),
        hours=tuple(perhaps(0.15, windows) or ()),
        locks=tuple(perhaps(0.3, locks) or ()),
        hired=perhaps(0.1, random.randint(-20, 5)) or -999,
        leaves=perhaps(0.1, random.randint(1, 6)),
        **terms,
    )


def some_weeks(case: Case, admitted: set[Choices], random: Random) -> list[Choices]:
    """All weeks where they are few; else admitted ones, those a day away from them, and any."""
    everything = all_weeks(case)
    if len(everything) <= 500:
        return everything
    inside = random.sample(sorted(admitted), min(len(admitted), 100))
    days = [np.flatnonzero(case.rules.choices.day == day).tolist() for day in range(7)]
    near = [
        (*week[:day], random.choice([FREE, *days[day]]), *week[day + 1 :])
        for week in inside
        for day in random.sample(range(7), 3)
    ]
    return list({*inside, *near, *random.sample(everything, 400)})


def case_of(description: dict[str, Any]) -> Case:
    return Case(*description["kinds"], **{key: value for key, value in description.items() if key != "kinds"})


@lru_cache
def compiled(name: str) -> Case:
    return case_of(CASES[name])


@lru_cache
def legal(name: str) -> frozenset[Choices]:
    case = compiled(name)
    return legal_weeks(case, all_weeks(case))


def compare(case: Case, found: frozenset[Choices], tried: list[Choices]) -> None:
    """Of the weeks tried the tables admit the legal ones; overtime of two months is bounded from both sides instead."""
    person = case.rules.person("ann")
    admitted = admitted_weeks(case, person) & set(tried)
    if case.months > 1 and person.bounds.most != person.bounds.relaxed_most:
        assert admitted <= found <= admitted_weeks(case, person, most=person.bounds.relaxed_most)
    else:
        assert admitted == found


def compare_best(case: Case, seed: int, states: int = 1 << 13) -> None:
    """The walk finds a best week of those admitted, under random values and for random plans of sessions."""
    random = np.random.default_rng(seed)
    rules, person = case.rules, case.rules.person("ann")
    lengths = sorted(set(rules.choices.session.tolist()) - {0})
    weeks = admitted_weeks(case, person)
    for count in range(3 if lengths else 1):
        plan = random.choice(lengths, count).tolist() if count else []
        values = random.integers(-300, 500, len(rules.choices.day)).astype(float)
        fitting = [week for week in weeks if sessions_of(rules, week) == plan[: len(sessions_of(rules, week))]]
        value, week = best(rules, person, values, plan, states)
        if not fitting:
            assert value == -LOST
            continue
        assert value == pytest.approx(max(worth(rules, person, w, values) for w in fitting))
        assert week in fitting
        assert worth(rules, person, week, values) == pytest.approx(value)


def compare_clash(case: Case) -> None:
    """There is a clash where no week is admitted, and no member of it can be spared."""
    rules = case.rules
    clash = clashing_rules(rules, "ann")
    assert bool(clash) is not bool(admitted_weeks(case, rules.person("ann")))
    if clash:
        others = [rule for rule in NAMES if rule not in clash]
        assert not any_week(case, others)
        for rule in clash:
            assert any_week(case, [*others, rule])


def any_week(case: Case, without: list[str]) -> bool:
    """Whether any week is left without some rules: by the solver, agreed to by trying all."""
    person = case.rules.person("ann", without=without)
    found = has_legal_week(case.rules, person)
    assert found is bool(admitted_weeks(case, person))
    return found


@every_case
def test_the_tables_admit_exactly_the_weeks_that_the_check_finds_legal(name: str) -> None:
    case = compiled(name)
    compare(case, legal(name), all_weeks(case))


@pytest.mark.parametrize("seed", range(DRAWN))
def test_the_solver_and_the_check_agree_on_cases_drawn_by_chance(seed: int) -> None:
    case = drawn_case(seed)
    person = case.rules.person("ann")
    tried = some_weeks(case, admitted_weeks(case, person, most=person.bounds.relaxed_most), Random(seed))
    compare(case, legal_weeks(case, tried), tried)
    compare_best(case, seed)
    compare_clash(case)


def test_the_cases_drawn_by_chance_are_of_all_sorts() -> None:
    weeks = [len(admitted_weeks(case, case.rules.person("ann"))) for case in map(drawn_case, range(DRAWN))]
    assert 0.1 < sum(count == 0 for count in weeks) / DRAWN < 0.6
    assert sum(count > 20 for count in weeks) / DRAWN > 0.2


@every_case
def test_the_best_week_under_random_values_is_the_best_of_all(name: str) -> None:
    for seed in range(2):
        compare_best(compiled(name), seed)


def test_an_agent_whose_shifts_all_need_a_session_is_rostered_though_no_training_is_due() -> None:
    case = compiled("hours that only a shift with a session fits into")
    required = np.ones((1, case.week.intervals))
    result = solve(
        Problem(centre=case.centre, week=case.week, required=required), time_limit=600, work_limit=0.001, workers=1
    )
    assert result.unrostered == {}
    assert check(case.centre, case.week, result.shifts or (), unrostered=()) == []


@pytest.mark.parametrize("name", ["hours and days", "nights", "sessions"])
def test_a_week_of_more_states_than_the_memory_holds_is_walked_as_any_other(name: str) -> None:
    compare_best(compiled(name), seed=1, states=4)


@every_case
def test_rules_clash_where_no_week_is_legal_and_none_of_them_can_be_spared(name: str) -> None:
    compare_clash(compiled(name))
