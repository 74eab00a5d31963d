"""How training due is cut into sessions, and what the search makes of it."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from solver.crew import Crew, Member, Members, plan_sessions
from solver.rules import Person, Rules
from solver.solve import solve
from solver.week import planned, up_to
from wfm.centre import CostRates
from wfm.check import check
from wfm.cost import reckon
from wfm.problem import Problem

from ..tiny import DAY, FULL_TIME, MONDAY, tiny_agent, tiny_centre


def crew_of(*, minutes_a_month: int, required: float = 0.0, agents: int = 1) -> Crew:
    contract = replace(FULL_TIME, training_minutes_month=minutes_a_month)
    people = [tiny_agent(f"p{i}") for i in range(agents)]
    centre = tiny_centre(
        agents=people,
        contracts=[contract],
        kinds=[DAY],
        seats=None,
        classroom_places=None,
        cost=replace(CostRates(), shortage_deep=1.0),
    )
    week = centre.week(MONDAY)
    return Crew(Rules(Problem(centre=centre, week=week, required=np.full((1, week.intervals), required))))


@pytest.mark.parametrize("minutes_a_month", [300, 515, 700, 900, 1200])
def test_the_fewest_sessions_make_up_what_is_due(minutes_a_month: int) -> None:
    crew = crew_of(minutes_a_month=minutes_a_month)
    person, slot = crew.members[0].person, crew.rules.slot
    fewest = taken(crew)
    assert sum(fewest) * slot == person.due > 0
    assert len(fewest) == -(-person.due // 120)


def taken(crew: Crew) -> list[int]:
    """Slots of the sessions in a plan, in order."""
    step = plan_sessions(crew.members[0].person, crew.rules).step
    return [int(np.flatnonzero(step[k] == k + 1)[0]) for k in range(len(step) - 1)]


@pytest.mark.parametrize("due", [0, 4, 7, 12])
def test_any_sessions_up_to_what_is_due_are_taken_and_no_more(due: int) -> None:
    training = up_to(due, 8)
    for sessions in product(range(9), repeat=3):
        state = 0
        for slots in sessions:
            state = -1 if state < 0 else int(training.step[state, slots])
        assert (state >= 0) == (sum(sessions) <= due)


def test_a_plan_takes_sessions_of_its_lengths_and_no_others() -> None:
    assert planned((4, 6)).takes(np.arange(9)).tolist() == [slots in (4, 6) for slots in range(9)]
    assert up_to(5, 8).takes(np.arange(10)).tolist() == [0 < slots <= 5 for slots in range(10)]
    assert not planned(()).takes(np.arange(9)).any()


def test_where_people_are_short_training_is_cut_so_that_it_takes_the_place_of_rests() -> None:
    """A minute short costs less than training left out, and each session that leaves a rest no place wins a quarter of
    an hour."""
    crew = crew_of(minutes_a_month=900, required=5.0, agents=3)
    problem = crew.rules.problem
    result = solve(problem, time_limit=60.0, work_limit=6.0, workers=1, seed=1)
    assert result.shifts is not None
    assert not check(problem.centre, problem.week, result.shifts, unrostered=result.unrostered)
    rests = [segment for shift in result.shifts for segment in shift.segments if segment.activity == "rest"]
    trained = [segment for shift in result.shifts for segment in shift.segments if segment.activity == "training"]
    assert len(trained) == 3 * (crew.members[0].person.due // 60)
    assert len(rests) == 2 * len(result.shifts) - len(trained)
    assert reckon(problem.centre, problem.week, problem.required, result.shifts).terms["training"] == 0


def test_an_agent_is_laid_out_once_and_only_when_asked_for() -> None:
    crew, laid = crew_of(minutes_a_month=900, agents=3), list[Person]()

    def lay_out(person: Person) -> Member:
        laid.append(person)
        return crew.member(person)

    crew.members = Members(crew.people, lay_out)
    assert crew.members[1] is crew.members[1]
    assert laid == [crew.people[1]]
    assert [member.person for member in crew.members] == crew.people
    assert len(laid) == len(crew.members) == 3


def test_whose_training_is_cut_anew_keeps_every_choice_and_the_others_stay_as_they_are() -> None:
    crew = crew_of(minutes_a_month=900, agents=2)
    before = crew.members
    stays = before[0]
    crew.cut([1])
    assert crew.members[0] is stays
    assert set(before[1].menu.choice) < set(crew.members[1].menu.choice)
    assert len(crew.members[1].training.worth) == before[1].person.due // crew.rules.slot + 1
