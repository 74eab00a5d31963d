"""A roster that was handed out is known again, shift by shift and break by break."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from solver.crew import Crew
from solver.rules import Rules
from solver.search import Budget, Search
from tests.solver.test_exact import KIND, LOOSE
from tests.solver.test_roster_properties import SEEDS, rostered
from tests.tiny import MONDAY, shift_at, tiny_agent, tiny_centre
from wfm.centre import Centre, Lock
from wfm.clock import Week
from wfm.problem import Problem, Standing
from wfm.progress import silent
from wfm.roster import Activity, Shift, shifts_of, table_of

by_seed = pytest.mark.parametrize("seed", SEEDS)
NOON = 12 * 60
KNOWN = "06:00 work 07:00 rest 07:15 work 10:00 meal! 11:00 work 12:00 rest 12:15 work 14:00"


@by_seed
def test_the_rosters_of_small_centres_are_known_again(seed: int) -> None:
    chance, result = rostered(seed)
    problem = Problem(centre=chance.centre, week=chance.week, required=chance.required)
    assert result.shifts
    assert _recalled(problem, result.shifts) == list(result.shifts)


@by_seed
def test_a_roster_under_way_is_known_again_with_what_has_begun(seed: int) -> None:
    chance, result = rostered(seed)
    problem = Problem(centre=chance.centre, week=chance.week, required=chance.required)
    assert result.shifts
    now = chance.week.midnight(2) + NOON
    assert any(shift.start < now for shift in result.shifts)
    assert _recalled(problem, result.shifts, now=now) == list(result.shifts)


def test_these_rosters_hold_sessions_meetings_and_nights() -> None:
    shifts = [shift for seed in SEEDS for shift in rostered(seed)[1].shifts or ()]
    held = {segment.activity for shift in shifts for segment in shift.segments}
    assert held == set(map(str, Activity))
    assert any(shift.start // 1440 != (shift.end - 1) // 1440 for shift in shifts)


def test_locked_training_and_a_locked_meeting_are_known_again() -> None:
    problem = _problem(locks=(_lock("ann", 1, 10, 11, "training"), _lock("bob", 2, 11, 12, "meeting")))
    shifts = _swept(problem)
    assert _holds(shifts, "ann", 1, "training") and _holds(shifts, "bob", 2, "meeting")
    assert _recalled(problem, shifts) == shifts


def test_a_roster_read_back_from_its_file_is_known_again() -> None:
    problem = _problem()
    shifts = _swept(problem)
    assert _recalled(problem, shifts_of(table_of(shifts, problem.week), problem.week)) == shifts


def test_two_kinds_with_the_same_hours_are_told_apart_by_the_contract() -> None:
    """Two sites name the same shift differently; each contract knows the name of its own site only."""
    here, there = replace(LOOSE, contract="here"), replace(LOOSE, contract="there", shifts=("other",))
    centre = tiny_centre(
        agents=[tiny_agent("ann", contract="here"), tiny_agent("bob", contract="there")],
        contracts=[here, there],
        kinds=[KIND, replace(KIND, kind="other")],
        interval_minutes=60,
        grid_minutes=60,
    )
    week = centre.week(MONDAY)
    shifts = [shift_at(week, agent, 0, "09:00 work 11:00") for agent in ("ann", "bob")]
    problem = Problem(centre=centre, week=week, required=np.zeros((1, week.intervals)))
    assert _recalled(problem, shifts) == shifts


@pytest.mark.parametrize(
    ("agent", "day", "text"),
    [
        ("zoe", 0, KNOWN),  # nobody knows her
        ("dee", 0, KNOWN),  # works nights
        (
            "ann",
            0,
            "06:05 work 07:05 rest 07:20 work 10:05 meal! 11:05 work 12:05 rest 12:20 work 14:05",
        ),  # off the grid
        (
            "ann",
            0,
            "06:15 work 07:15 rest 07:30 work 10:15 meal! 11:15 work 12:15 rest 12:30 work 14:15",
        ),  # no such start
        ("ann", 0, "06:00 work 07:00 rest 07:15 work 10:00 meal! 11:00 work 12:00 rest 12:15 work 13:30"),  # too short
        (
            "ann",
            0,
            "06:00 work 07:00 rest 07:15 work 10:00 meal 11:00 work 12:00 rest 12:15 work 14:00",
        ),  # the meal paid
        (
            "ann",
            0,
            "06:00 work 08:45 rest 09:00 work 10:00 meal! 11:00 work 12:00 rest 12:15 work 14:00",
        ),  # too late a rest
        ("ann", 0, "06:00 work 07:00 rest 07:15 work 10:00 meal! 11:00 work 14:00"),  # a rest due is not there
        ("ann", 0, "06:00 work 07:00 rest 07:15 work 10:00 meal! 11:00 work 12:00 rest 12:15 meeting 13:15 work 14:00"),
        ("ann", 0, "06:00 work 14:00"),
    ],
)
def test_a_shift_that_no_choice_equals_is_left_out_and_the_others_stay(agent: str, day: int, text: str) -> None:
    problem = _problem()
    stays = [shift_at(problem.week, "ann", 2, KNOWN), shift_at(problem.week, "bob", 0, KNOWN)]
    assert _recalled(problem, [*stays, shift_at(problem.week, agent, day, text)]) == stays


def test_a_shift_dated_on_another_day_than_it_starts_is_left_out() -> None:
    problem = _problem()
    stays = [shift_at(problem.week, "bob", 0, KNOWN)]
    assert _recalled(problem, [*stays, replace(shift_at(problem.week, "ann", 0, KNOWN), day=1)]) == stays


def _problem(**changes: object) -> Problem:
    """The tiny centre on days with most to do around noon."""
    centre: Centre = tiny_centre(**changes)
    week = centre.week(MONDAY)
    required = np.zeros((1, week.intervals))
    for day in range(5):
        required[:, day * 48 + 14 : day * 48 + 40] = 2.0
    return Problem(centre=centre, week=week, required=required)


def _swept(problem: Problem) -> list[Shift]:
    search = Search(Crew(Rules(problem)), problem.required, Budget(time_limit=60.0), silent, seed=1)
    search.sweep(rho=0.0)
    return search.crew.shifts(search.placed)


def _recalled(problem: Problem, shifts: list[Shift] | tuple[Shift, ...], *, now: int = 0) -> list[Shift]:
    crew = Crew(Rules(replace(problem, standing=Standing(shifts=tuple(shifts), now=now))))
    return crew.shifts(crew.standing())


def _lock(agent: str, day: int, first: int, last: int, activity: str) -> Lock:
    week: Week = tiny_centre().week(MONDAY)
    start, end = (_at(week, day, hour) for hour in (first, last))
    return Lock(agent=agent, date=week.date_of(day), start=start, end=end, activity=activity)


def _at(week: Week, day: int, hour: int) -> datetime:
    return week.wall(week.midnight(day) + hour * 60)


def _holds(shifts: list[Shift], agent: str, day: int, activity: str) -> bool:
    return any(s.agent == agent and s.day == day and activity in {x.activity for x in s.segments} for s in shifts)
