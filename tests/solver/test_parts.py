"""A centre of several sites that share nothing but places: solved apart it is the same centre, at the same cost."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.apart import solve_apart
from solver.bound import lower_bound, unproved
from solver.crew import Crew
from solver.errand import RAY_ADDRESS, Errand, Local, Message, Terms, Workplace, work
from solver.parts import merged, portions, problem_of, shared, split
from solver.relaxation import free_prices
from solver.rules import Rules
from solver.solve import solve_whole
from solver.staffing import open_staffing
from tests.tiny import DAY, FULL_TIME, MONDAY, tiny_agent, tiny_centre, tiny_queue
from wfm.centre import Lock
from wfm.check import check, peak_seats
from wfm.cost import reckon
from wfm.problem import Portion, Problem, Result
from wfm.progress import Progress, never, silent

from .sites import sites
from .test_exact import cheapest_of_all, tiny_problem
from .test_roster_properties import Chance

TERMS = Terms(time_limit=600.0, work_limit=20.0, seed=1, workers=1)
BRIEF = replace(TERMS, work_limit=0.2)


class Here:
    """A workplace that does every errand at once in this process."""

    size = 1

    def __init__(self) -> None:
        self._inbox: list[tuple[int, Message]] = []
        self.asked = False

    def begin(self, number: int, errand: Errand) -> None:
        reports: list[Progress] = []
        answer = work(errand, reports.append, lambda: self.asked)
        self._inbox += [*((number, report) for report in reports), (number, answer), (number, None)]

    def messages(self) -> list[tuple[int, Message]]:
        found, self._inbox = self._inbox, []
        return found

    def stop(self) -> None:
        self.asked = True

    def leave(self) -> None:
        self._inbox = []


def apart(problem: Problem, terms: Terms = TERMS, place: Workplace | None = None, **asked: Any) -> Result:
    """A small centre solved part by part all the same."""
    given = {"report": silent, "stop": never} | asked
    result = solve_apart(problem, terms, fewest=1, place=place or Here(), **given)
    assert result is not None
    return result


def two_sites(seed: int, **changes: Any) -> Problem:
    """North and south, one agent each, two queues each."""
    return sites(tiny_problem(seed, agents=1), ("north", "south"), **changes)


def by_chance(seed: int, **changes: Any) -> Problem:
    """Two sites of three to eight agents with locks, leave, wishes and shifts of the week before."""
    chance = Chance(seed)
    problem = Problem(centre=chance.centre, week=chance.week, required=chance.required)
    return sites(problem, ("north", "south"), **changes)


# -- what a part is ----------------------------------------------------------------------------------------------------


def test_agents_who_share_a_queue_by_whatever_chain_of_skills_are_one_part() -> None:
    skills = {"ann": "ab", "bob": "bc", "cem": "d", "dee": "e", "eva": "d", "flo": ""}
    centre = tiny_centre(
        agents=[tiny_agent(name, skills=dict.fromkeys(own, 1.0)) for name, own in skills.items()],
        queues=[tiny_queue(name) for name in "abcdef"],
    )
    found = [(part.agents, part.queues) for part in split(centre, fewest=1)]
    assert found == [
        (("ann", "bob", "flo"), ("a", "b", "c", "f")),
        (("cem", "eva"), ("d",)),
        (("dee",), ("e",)),
    ], "whoever has no skill and what nobody serves go with the largest"
    assert [len(part.agents) for part in split(centre, fewest=2)] == [4, 2], "dee goes with the d team"
    assert len(split(centre, fewest=1, most=1)) == len(split(centre, fewest=4)) == 1


def test_a_centre_that_skills_connect_or_that_is_small_is_solved_as_one() -> None:
    connected = tiny_problem(1)
    assert solve_apart(connected, TERMS, report=silent, stop=never, fewest=1, place=Here()) is None
    assert solve_apart(two_sites(1), TERMS, report=silent, stop=never, place=Here()) is None


@pytest.mark.parametrize("seed", range(3))
def test_everything_a_centre_says_stands_in_one_part_alone(seed: int) -> None:
    whole = by_chance(seed)
    found = problems_of(whole)
    assert len(found) == 2
    for field in ("absences", "availability", "requests", "locks"):
        said = chain.from_iterable(getattr(part.centre, field) for part in found)
        assert Counter(map(str, said)) == Counter(map(str, getattr(whole.centre, field)))
    worked = whole.centre.worked
    if worked is not None:
        assert sum(len(part.centre.worked) for part in found if part.centre.worked is not None) == len(worked)
    assert sum(part.required.sum() for part in found) == pytest.approx(whole.required.sum())


@pytest.mark.parametrize("seed", range(6))
def test_agents_of_a_part_are_judged_as_in_the_whole_centre(seed: int) -> None:
    """Ledger points stand against the mean of the contract over all sites, weekends against the whole record."""
    whole = by_chance(seed)
    if whole.centre.worked is not None:
        busier = whole.centre.worked["agent"].str.startswith("north") | (whole.centre.worked["date"] > MONDAY)
        whole = replace(whole, centre=replace(whole.centre, worked=whole.centre.worked[busier]))
    judged = {}
    for part in problems_of(whole):
        rules = Rules(part)
        crew = Crew(rules)
        names = [member.person.agent.agent for member in crew.members]
        judged |= {n: (a, rules.facts[n].known_from) for n, a in zip(names, crew.allowance.tolist(), strict=True)}
    rules = Rules(whole)
    crew = Crew(rules)
    for member, allowed in zip(crew.members, crew.allowance.tolist(), strict=True):
        name = member.person.agent.agent
        assert judged[name] == (allowed, rules.facts[name].known_from)


def problems_of(problem: Problem, portion_of: list[Portion] | None = None) -> list[Problem]:
    parts = split(problem.centre, fewest=1)
    shares = portion_of or portions(problem, parts)
    assert shares is not None
    return [problem_of(problem, *pair, first=not i) for i, pair in enumerate(zip(parts, shares, strict=True))]


# -- places ------------------------------------------------------------------------------------------------------------


@given(
    capacity=st.integers(0, 60),
    held=st.lists(st.integers(0, 9), min_size=3, max_size=3),
    wanted=st.lists(st.floats(0, 30), min_size=3, max_size=3),
)
def test_every_place_is_given_to_one_part_and_nobody_who_holds_one_loses_it(
    capacity: int, held: list[int], wanted: list[float]
) -> None:
    found = shared(capacity, np.array([held]).T, np.array([wanted]).T, np.array([300, 200, 100]))[:, 0]
    if sum(held) > capacity:
        assert (found < 0).all()
        return
    assert found.sum() == capacity
    assert (found >= held).all()
    if sum(wanted) <= capacity - sum(held):
        assert (found >= np.floor(np.array(held) + wanted)).all(), "who asks for no more than there is gets it"


def test_locks_that_take_more_seats_than_there_are_leave_the_centre_whole() -> None:
    week = tiny_centre().week(MONDAY)
    at = {"start": week.wall(9 * 60), "end": week.wall(11 * 60)}
    problem = two_sites(1, seats=1)
    locks = tuple(Lock(agent=agent, date=MONDAY, activity="work", **at) for agent in problem.centre.agents)
    crowded = replace(problem, centre=replace(problem.centre, locks=locks))
    assert solve_apart(crowded, TERMS, report=silent, stop=never, fewest=1, place=Here()) is None


@pytest.mark.parametrize("seed", range(12))
def test_at_any_price_common_to_all_parts_their_bounds_add_up_to_one_of_the_centre(seed: int) -> None:
    problem, cheapest = two_sites(seed, seats=1), cheapest_with_a_seat(seed)
    random = np.random.default_rng(seed)
    shares = portions(problem, split(problem.centre, fewest=1))
    assert shares is not None
    for dearest in (0.0, 0.2, 2.0):
        drawn = random.uniform(0, dearest, problem.week.intervals) * random.integers(0, 2, problem.week.intervals)
        bound = 0.0
        for part in problems_of(problem, [replace(share, seat_price=drawn) for share in shares]):
            crew = Crew(Rules(part))
            state = open_staffing(crew.rules, crew.groups, part.required)
            free = free_prices(crew, part.required)
            queue = random.uniform(-0.1, 4.0, free.queue.shape) * state.weight[:, None]
            found = max(lower_bound(crew, state, prices) for prices in (free, replace(free, queue=queue)))
            assert found >= unproved(part.week, part.portion)
            bound += found
        assert bound <= cheapest + 1e-6


@cache
def cheapest_with_a_seat(seed: int) -> float:
    cheapest = cheapest_of_all(two_sites(seed, seats=1))
    assert cheapest is not None
    return cheapest


# -- what comes of it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_sites_solved_apart_cost_what_the_cheapest_of_all_rosters_does(seed: int) -> None:
    problem = two_sites(seed, seats=None)
    cheapest = cheapest_of_all(problem)
    result = apart(problem)
    assert result.shifts is not None
    assert reckon(problem.centre, problem.week, problem.required, result.shifts).total == pytest.approx(
        cheapest, abs=1e-3
    )
    assert result.bound == pytest.approx(cheapest, abs=1e-2)


@pytest.mark.parametrize("seed", range(8))
def test_a_seat_that_two_sites_want_is_never_taken_twice(seed: int) -> None:
    problem = two_sites(seed, seats=1)
    result = apart(problem, BRIEF)
    assert result.shifts is not None
    assert check(problem.centre, problem.week, result.shifts, unrostered=result.unrostered) == []
    assert result.bound <= cheapest_with_a_seat(seed) + 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_sites_by_chance_get_a_legal_roster_that_costs_what_their_parts_said(seed: int) -> None:
    problem = by_chance(seed)
    problem = replace(problem, centre=replace(problem.centre, seats=2 * (problem.centre.seats or 0)))
    reports: list[Progress] = []
    result = apart(problem, BRIEF, report=reports.append)
    assert result.shifts is not None
    blamed = {clash.agent for clash in result.clashes}
    broken = check(problem.centre, problem.week, result.shifts, unrostered=result.unrostered)
    assert [violation for violation in broken if violation.agent not in blamed] == []
    at_work = {shift.agent for shift in result.shifts}
    assert set(problem.centre.agents) - at_work == set(result.unrostered)
    names = list(problem.centre.agents)
    assert [names.index(shift.agent) for shift in result.shifts] == sorted(names.index(s.agent) for s in result.shifts)
    total = reckon(problem.centre, problem.week, problem.required, result.shifts).total
    assert result.bound <= total + 1e-6
    # Among several queues the search shares agents out nearly, not quite, as cheaply as the report does.
    alone = len(problem.centre.queues) == 2
    assert reports[-1].cost == pytest.approx(total, rel=1e-6 if alone else 0.02)
    assert reports[-1].cost is not None and reports[-1].cost >= total * (1 - 1e-6)


def test_seats_that_all_sites_want_at_the_peak_are_paid_for_which_raises_the_bound() -> None:
    """North needs seven at work from nine to five, south three; there are eight seats, and staff for more."""
    anytime = replace(FULL_TIME, weekly_minutes=(0, 2400), days=(0, 5), training_minutes_month=0)
    centre = tiny_centre(
        agents=[tiny_agent(f"a{number}") for number in range(12)],
        kinds=[DAY],
        contracts=[anytime],
        classroom_places=None,
    )
    week = centre.week(MONDAY)
    hours = np.arange(week.intervals) / 2 % 24
    required = np.where((hours >= 9) & (hours < 17), 7.0, 0.0)[None, :]
    problem = sites(
        Problem(centre=centre, week=week, required=required), ("north", "south"), load=(1.0, 3 / 7), seats=8
    )
    free = apart(replace(problem, centre=replace(problem.centre, seats=None)), BRIEF)
    scarce = apart(problem, BRIEF)
    assert free.shifts is not None and peak_seats(problem.centre, week, free.shifts) > 8
    assert scarce.shifts is not None and peak_seats(problem.centre, week, scarce.shifts) <= 8
    assert check(problem.centre, week, scarce.shifts, unrostered=scarce.unrostered) == []
    assert free.bound + 1 < scarce.bound <= reckon(problem.centre, week, problem.required, scarce.shifts).total


def test_where_parts_wait_for_each_other_all_get_a_roster_before_any_gets_a_better_one() -> None:
    problem = two_sites(1, seats=None)
    reports: list[Progress] = []
    result = apart(problem, replace(TERMS, time_limit=120.0, work_limit=None), report=reports.append)
    told = [report.message for report in reports]
    again = [told.index(f"part {part} of 2: standing roster taken up") for part in (1, 2)]
    firsts = [told.index(f"part {part} of 2: first roster") for part in (1, 2)]
    assert max(firsts) < min(again)
    assert result.shifts is not None
    total = reckon(problem.centre, problem.week, problem.required, result.shifts).total
    assert result.bound == pytest.approx(total, abs=1e-2)


def test_a_bound_that_was_not_evaluated_in_time_is_evaluated_when_the_part_is_taken_up_again() -> None:
    part = problems_of(two_sites(0, seats=None))[0]
    late = iter([False] * 2)
    _, known = solve_whole(part, TERMS, report=silent, stop=lambda: next(late, True))
    assert known.bound is None
    _, known = solve_whole(part, TERMS, known=known, report=silent, stop=never)
    assert known.bound is not None


def test_a_part_without_a_roster_leaves_the_centre_without_one() -> None:
    problem = two_sites(1)
    found = Result(shifts=(), bound=5.0, unrostered={}, clashes=())
    nothing = Result(shifts=None, bound=-7.0, unrostered={}, clashes=())
    assert merged(problem, [found, nothing]) == Result(shifts=None, bound=0.0, unrostered={}, clashes=())


# -- elsewhere ---------------------------------------------------------------------------------------------------------


def test_the_same_seed_and_work_give_the_same_roster_however_many_parts_run_at_once() -> None:
    problem = by_chance(2, seats=None)
    one = apart(problem, BRIEF, Local(1))
    two = apart(problem, replace(BRIEF, workers=2), Local(2))
    assert one.shifts
    assert one == two == apart(problem, BRIEF)


def test_asked_to_stop_all_parts_hand_in_the_best_they_have() -> None:
    problem = by_chance(4)
    costs: list[float] = []
    asked: list[float] = []

    def report(progress: Progress) -> None:
        costs.extend([] if progress.cost is None else [progress.cost])

    def stop() -> bool:
        if costs and not asked:
            asked.append(time.monotonic())
        return bool(costs)

    endless = Terms(time_limit=3600.0, work_limit=None, seed=1, workers=2)
    result = apart(problem, endless, Local(2), report=report, stop=stop)
    assert time.monotonic() - asked[0] < 5
    assert result.shifts
    assert check(problem.centre, problem.week, result.shifts, unrostered=result.unrostered) == []


def test_a_part_that_dies_is_an_error_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(RuntimeError, match="part 1 of the centre ended without an answer"):
        apart(by_chance(1), BRIEF, Local(1))


class Task:
    """What was done at once, and here."""

    def __init__(self, found: Any) -> None:
        self.found = found


class Remote:
    """What Ray makes of a function or a class."""

    def __init__(self, made: Any) -> None:
        self._made = made

    def options(self, **_: Any) -> "Remote":
        return self

    def remote(self, *given: Any) -> Any:
        found = self._made(*given)
        if not isinstance(self._made, type):
            return Task(found)
        return SimpleNamespace(**{n: Remote(getattr(found, n)) for n in dir(found) if not n.startswith("_")})


def stand_in(**_: Any) -> Any:
    """As much of Ray as is asked for here."""
    return SimpleNamespace(
        is_initialized=lambda: True,
        remote=lambda **_: Remote,
        get=lambda task: task.found,
        wait=lambda tasks, timeout: (tasks, []),
        cluster_resources=lambda: {"CPU": 2.0},
        kill=lambda actor: None,
    )


@pytest.fixture(params=["stand-in", "ray"])
def cluster(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(RAY_ADDRESS, "local")
    if request.param == "stand-in":
        monkeypatch.setitem(sys.modules, "ray", stand_in())
        yield
    else:
        ray = pytest.importorskip("ray", reason="Ray, an optional extra, is not installed")
        yield
        ray.shutdown()


@pytest.mark.filterwarnings("ignore")  # Ray's own
def test_on_a_ray_cluster_the_roster_is_the_same(cluster: None) -> None:
    problem = by_chance(2, seats=None)
    result = solve_apart(problem, BRIEF, report=silent, stop=never, fewest=1)
    assert result == apart(problem, BRIEF)
