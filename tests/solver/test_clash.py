"""What clashes and what may be done: told by the solver, judged by trying every roster against the check."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from random import Random

import numpy as np
import pytest

from solver import Inquiry, solve
from solver.blockers import clashing_members
from solver.rules import Rules
from tests.solver.fillings import admitted
from tests.solver.weeks import Case, all_weeks, shift_kind
from tests.tiny import FREE_OF_LIMITS, MONDAY, tiny_agent, tiny_centre
from wfm.centre import Absence, Break, Centre, Lock, ShiftKind
from wfm.check import check
from wfm.cost import reckon
from wfm.problem import Clash, Problem, Result, Standing
from wfm.roster import Shift

DRAWN = 12  # from a seed with clashes of all sorts
LOCKED = ("work", "off", "meeting")
KIND = ShiftKind(
    kind="day",
    earliest_start=8 * 60,
    latest_start=9 * 60,
    step_minutes=60,
    paid_minutes=(180,),
    meal=Break(minutes=60, paid=False, earliest=60, latest=120),
    rests=(),
    min_work_between=0,
    session_minutes=(),
)
WORKS_MONDAY = replace(FREE_OF_LIMITS, shifts=("day",), days=(0, 1))
NAMES = ("ann", "bob", "cem")


# -- locks against the rules of their agent ----------------------------------------------------------------------------


def locked_case(seed: int) -> Case:
    """Two or three locks of one agent under a contract that may be too strict for them."""
    random = Random(seed)
    locks: list[tuple[int, str] | tuple[int, str, float, float]] = []
    several = [random.randint(0, 3)] * 2 if random.random() < 0.3 else random.sample(range(4), random.randint(2, 3))
    for day in several:
        activity, hour = random.choice(LOCKED), random.choice((9, 13, 17))
        locks.append((day, "off") if activity == "off" else (day, activity, hour, hour + 1))
    return Case(
        shift_kind("day", 8, 16),
        locks=tuple(locks),
        days=random.choice(((0, 7), (0, 1), (2, 3), None)),
        min_rest_minutes=random.choice((None, 17 * 60)),
        min_days_off_together=random.choice((None, 5)),
        max_consecutive_days=random.choice((None, 1)),
        away=random.choice(((), ((24, 48),))),
        weekly_minutes=random.choice((None, (0, 16 * 60))),
    )


@pytest.mark.parametrize("seed", range(DRAWN))
def test_without_any_one_of_the_locks_and_rules_that_clash_the_agent_has_a_legal_week(seed: int) -> None:
    case = locked_case(seed)
    clash = clashing_members(case.rules, "ann")
    assert not clash or not possible(case, clash)
    for member in clash:
        assert possible(case, [other for other in clash if other != member]), member
    if not clash:
        assert possible(case, None) or not possible(replaced(case, ()), None)


def test_the_drawn_locks_clash_in_many_ways() -> None:
    found = [clashing_members(locked_case(seed).rules, "ann") for seed in range(DRAWN)]
    assert 4 < sum(map(bool, found)) < DRAWN
    assert {len([one for one in clash if one.rule == "locks"]) for clash in found} >= {0, 1, 2}


def replaced(case: Case, locks: tuple[Lock, ...]) -> Case:
    """The case with other locks."""
    other = object.__new__(Case)
    other.monday, other.zone, other.week = case.monday, case.zone, case.week
    other.centre = replace(case.centre, locks=locks)
    required = np.zeros((1, case.week.intervals))
    other.rules = Rules(Problem(centre=other.centre, week=case.week, required=required))
    return other


def possible(case: Case, kept: Collection[Clash] | None) -> bool:
    """Whether the check finds any week legal under these rules and locks alone; None is all of them."""
    dates = {one.date for one in kept or () if one.rule == "locks"}
    locks = tuple(lock for lock in case.centre.locks if kept is None or lock.date.isoformat() in dates)
    other = replaced(case, locks)
    shown = [admitted(other.rules, choice)[0].shift for choice in range(len(other.rules.choices.day))]
    strict = None if kept is None else {"locks", *(one.rule for one in kept)}
    for week in all_weeks(other):
        broken = check(other.centre, other.week, [shown[c] for c in week if c >= 0], unrostered=())
        if not any(strict is None or v.rule.value in strict for v in broken):
            return True
    return False


# -- locks against seats and classroom ---------------------------------------------------------------------------------


def lock(agent: str, activity: str, first: int, last: int, day: int = 0) -> Lock:
    on = MONDAY + timedelta(days=day)
    times = [datetime.fromisoformat(f"{on}T{hour:02d}:00+08:00") for hour in (first, last)]
    return Lock(agent=agent, date=on, start=times[0], end=times[1], activity=activity)


def crowded_centre(locks: tuple[Lock, ...], *, seats: int | None = None, places: int | None = None) -> Centre:
    """Three agents who can work on Monday alone, one shift of three hours around an hour's meal."""
    away = datetime.fromisoformat(f"{MONDAY + timedelta(days=1)}T00:00+08:00")
    return tiny_centre(
        agents=[tiny_agent(name) for name in NAMES],
        kinds=[replace(KIND, session_minutes=() if places is None else (60,))],
        contracts=[WORKS_MONDAY],
        locks=locks,
        seats=seats,
        classroom_places=places,
        interval_minutes=60,
        grid_minutes=60,
        absences=tuple(Absence(agent=n, start=away, end=away + timedelta(days=6), kind="leave") for n in NAMES),
    )


def problem_of(centre: Centre) -> Problem:
    week = centre.week(MONDAY)
    required = np.zeros((1, week.intervals))
    required[0, 8:13] = 0.5
    return Problem(centre=centre, week=week, required=required)


def rosters(centre: Centre, *, others: bool = False) -> Iterator[tuple[Shift, ...]]:
    """Every roster that the check accepts of those whom a lock holds; the others stay away, or may come."""
    rules, week, locked = Rules(problem_of(centre)), centre.week(MONDAY), sorted({one.agent for one in centre.locks})
    roomy = replace(centre, seats=None, classroom_places=None)
    monday = np.flatnonzero(rules.choices.day == 0).tolist()
    days: list[list[Shift | None]] = []
    for name in NAMES if others else locked:
        alone = [one.shift for choice in monday for one in admitted(rules, choice, name)]
        own = replace(roomy, locks=tuple(one for one in centre.locks if one.agent == name))
        legal = [shift for shift in alone if not check(own, week, [shift], unrostered=set(NAMES) - {name})]
        days.append([*legal, *([] if name in locked else [None])])
    for found in product(*days):
        roster = tuple(shift for shift in found if shift)
        if not check(centre, week, roster, unrostered=set(NAMES) - {shift.agent for shift in roster}):
            yield roster


def fits(centre: Centre) -> bool:
    """Whether the check accepts any roster; whoever has no lock may stay away."""
    return any(True for _ in rosters(centre))


CROWDS = {
    "two who work at once and one seat": ((("ann", "work", 8, 9), ("bob", "work", 8, 9)), 1, None),
    "three who work at once and two seats": (tuple((name, "work", 8, 9) for name in NAMES), 2, None),
    "one place and two in training": ((("ann", "training", 9, 10), ("cem", "training", 9, 10)), None, 1),
    "meals cannot alternate often enough": (tuple((name, "work", 9, 12) for name in NAMES[:2]), 1, None),
    "work that overlaps wherever the meals lie": ((("ann", "work", 11, 12), ("bob", "work", 8, 10)), 1, None),
}


@pytest.mark.parametrize("name", CROWDS)
def test_without_any_one_of_the_locks_that_a_capacity_cannot_hold_a_legal_roster_exists(name: str) -> None:
    told, seats, places = CROWDS[name]
    centre = crowded_centre(tuple(lock(*one) for one in told), seats=seats, places=places)
    result = rostered(centre)
    capacity, *locks = result.clashes
    kept = [one for one in centre.locks if (one.agent, one.date.isoformat()) in {(x.agent, x.date) for x in locks}]
    assert not fits(replace(centre, locks=tuple(kept)))
    for gone in kept:
        assert fits(replace(centre, locks=tuple(one for one in kept if one is not gone))), gone
    assert fits(roomier(centre, capacity.rule, by=2))
    left_out = set(NAMES) - {shift.agent for shift in result.shifts or ()}
    assert left_out
    others = tuple(one for one in centre.locks if one.agent not in left_out)
    assert check(replace(centre, locks=others), centre.week(MONDAY), result.shifts or (), unrostered=left_out) == []


def test_locks_that_fit_when_meals_alternate_are_kept_and_nothing_clashes() -> None:
    centre = crowded_centre(tuple(lock(name, "work", 9, 11) for name in NAMES), seats=2)
    result = rostered(centre)
    assert fits(centre)
    assert result.clashes == ()
    assert check(centre, centre.week(MONDAY), result.shifts or (), unrostered=()) == []


@pytest.mark.parametrize("name", CROWDS)
def test_a_capacity_raised_or_a_lock_dropped_costs_what_the_best_of_all_rosters_then_costs(name: str) -> None:
    told, seats, places = CROWDS[name]
    centre = crowded_centre(tuple(lock(*one) for one in told), seats=seats, places=places)
    result = rostered(centre)
    asked = inquiry(centre, result)
    ((clash, ways),) = asked.clashes()
    assert set(clash) == set(result.clashes)
    assert ways == sorted(ways, key=lambda way: way.costs)
    more = roomier(centre, clash[0].rule, by=1)
    what = {"seats": "one more seat", "classroom": "one more place in the classroom"}[clash[0].rule]
    (one_more,) = [way for way in ways if way.what == what]
    before = cost(centre, result.shifts or ())
    assert one_more.costs == pytest.approx(cheapest(more) - before)
    assert sum("without the lock" in way.what for way in ways) == len(clash) - 1


def cheapest(centre: Centre) -> float:
    """The least cost of all rosters; all agents are alike, so work in the same hours costs the same."""
    alike = {
        tuple(sorted(s[:3] for shift in found for s in shift.segments)): found for found in rosters(centre, others=True)
    }
    return min(cost(centre, roster) for roster in alike.values())


def roomier(centre: Centre, rule: str, *, by: int) -> Centre:
    if rule == "seats":
        return replace(centre, seats=(centre.seats or 0) + by)
    return replace(centre, classroom_places=(centre.classroom_places or 0) + by)


def cost(centre: Centre, roster: tuple[Shift, ...]) -> float:
    problem = problem_of(centre)
    return reckon(centre, problem.week, problem.required, roster).total


def inquiry(centre: Centre, result: Result) -> Inquiry:
    standing = Standing(shifts=result.shifts or (), now=0)
    return Inquiry(replace(problem_of(centre), standing=standing))


def rostered(centre: Centre) -> Result:
    return solve(problem_of(centre), time_limit=600, work_limit=0.3, workers=1)
