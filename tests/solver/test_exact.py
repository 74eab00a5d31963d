"""The whole-week model against all rosters of tiny centres, and its bound against the best of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from solver import highs
from solver.branching import Branching
from solver.crew import Crew
from solver.exact import build, prove, small_enough, take, told
from solver.model import read, values_of
from solver.rules import Rules
from solver.search import Budget, Search
from solver.solve import solve
from wfm.centre import Absence, Contract, Request, ShiftKind
from wfm.check import check
from wfm.clock import Week
from wfm.cost import reckon
from wfm.problem import Problem
from wfm.progress import silent
from wfm.roster import Segment, Shift

from ..tiny import FREE_OF_LIMITS, MONDAY, tiny_agent, tiny_centre, tiny_queue
from .fillings import admitted

KIND = ShiftKind(
    kind="day",
    earliest_start=9 * 60,
    latest_start=11 * 60,
    step_minutes=120,
    paid_minutes=(120,),
    meal=None,
    rests=(),
    min_work_between=0,
    session_minutes=(),
)
LOOSE = replace(FREE_OF_LIMITS, shifts=("day",), weekly_minutes=(0, 240), days=(0, 2), min_rest_minutes=11 * 60)


def tiny_problem(seed: int, *, agents: int = 2) -> Problem:
    """Two agents, two queues, hourly intervals, three open days; a seat for one of them in some draws."""
    random = np.random.default_rng(seed)
    skills = [{"a": 1.0}, {"a": 1.25, "b": 1.0}, {"b": 1.0}]
    names = [f"p{i}" for i in range(agents)]
    away = [
        Absence(agent=name, start=week_day(day), end=week_day(day + 1), kind="leave")
        for name in names
        for day in range(3 + int(random.integers(2)), 7)
    ]
    centre = tiny_centre(
        agents=[tiny_agent(name, skills=skills[int(random.integers(3))]) for name in names],
        queues=[tiny_queue("a"), tiny_queue("b", weight=0.5)],
        kinds=[KIND],
        contracts=[replace(LOOSE, days=(int(random.integers(2)), 2))],
        interval_minutes=60,
        grid_minutes=60,
        seats=int(random.integers(1, 3)),
        classroom_places=None,
        absences=tuple(away),
        worked=None,
        requests=(),
        locks=(),
    )
    week = centre.week(MONDAY)
    required = np.zeros((2, week.intervals))
    for day in range(4):
        required[:, day * 24 + 9 : day * 24 + 13] = random.uniform(0, 1.6, (2, 4))
    return Problem(centre=centre, week=week, required=required)


def week_day(day: int) -> datetime:
    """Midnight of a day of the tiny week, aware."""
    week = tiny_centre().week(MONDAY)
    return week.wall(week.midnight(day))


def all_rosters(problem: Problem, days: int = 4) -> Iterator[tuple[Shift, ...]]:
    """Every roster of the week's first days that the checker accepts, from every combination of every agent's days."""
    rules = Rules(problem)
    fillings: dict[int, list[Shift | None]] = {day: [None] for day in range(7)}
    for choice in range(len(rules.choices.day)):
        found = admitted(rules, choice)
        fillings[int(rules.choices.day[choice])] += [shift_of(problem.week, rules, choice) for _ in found[:1]]
    names = list(problem.centre.agents)
    weeks = [
        shifts for shifts in product(*(fillings[day] for day in range(days))) if sum(s is not None for s in shifts) <= 2
    ]
    for combination in product(weeks, repeat=len(names)):
        roster = tuple(
            replace(shift, agent=name) for name, days in zip(names, combination, strict=True) for shift in days if shift
        )
        if not check(problem.centre, problem.week, roster, unrostered=()):
            yield roster


def shift_of(week: Week, rules: Rules, choice: int) -> Shift:
    """The one filling of a choice of the tiny kind: work throughout."""
    start, end = int(rules.choices.start[choice]) * rules.slot, int(rules.choices.end[choice]) * rules.slot
    return Shift(agent="", day=int(rules.choices.day[choice]), segments=(Segment(start, end, "work", True),))


def cheapest_of_all(problem: Problem, days: int = 4) -> float | None:
    """The least cost of any roster of the first days that the checker accepts; None where it accepts none."""
    costs = [
        reckon(problem.centre, problem.week, problem.required, roster).total for roster in all_rosters(problem, days)
    ]
    return min(costs, default=None)


@pytest.mark.parametrize("seed", range(12))
def test_the_whole_week_model_finds_the_cheapest_of_all_legal_rosters(seed: int) -> None:
    problem = tiny_problem(seed)
    cheapest = cheapest_of_all(problem)
    if cheapest is None:
        pytest.fail("every tiny problem of this draw has a legal roster")
    result = solve(problem, time_limit=60.0, work_limit=20.0, workers=1)
    assert result.shifts is not None
    assert check(problem.centre, problem.week, result.shifts, unrostered=result.unrostered) == []
    cost = reckon(problem.centre, problem.week, problem.required, result.shifts).total
    assert cost == pytest.approx(cheapest, abs=1e-3)
    assert result.bound <= cheapest + 1e-6
    assert result.bound == pytest.approx(cheapest, abs=2e-3)


def told_apart(seed: int) -> Problem:
    """Both days of the week with contacts worth working, three starts on each, a rest that forbids some of them after
    others, and wishes for some: what is alike to one agent is not to another."""
    random = np.random.default_rng(seed)
    problem = tiny_problem(seed)
    centre = problem.centre
    wishes = tuple(
        Request(
            agent=name,
            date=MONDAY + timedelta(days=int(random.integers(2))),
            kind=("start_after", "end_before")[int(random.integers(2))],
            value="11:30",
            clock=11 * 60 + 30,
            weight=float(random.integers(1, 4)),
        )
        for name in list(centre.agents)[: int(random.integers(3))]
    )
    rest = int(random.choice((11 * 60, 22 * 60, 22 * 60 + 1)))
    required = np.zeros_like(problem.required)
    for day in range(2):
        required[:, day * 24 + 9 : day * 24 + 13] = random.uniform(0.5, 1.6, (2, 4))
    return replace(
        problem,
        required=required,
        centre=replace(
            centre,
            kinds={"day": replace(KIND, step_minutes=60)},
            agents={name: replace(agent, skills={"a": 1.0, "b": 1.0}) for name, agent in centre.agents.items()},
            contracts={name: replace(own, min_rest_minutes=rest) for name, own in centre.contracts.items()},
            absences=(),
            requests=wishes,
        ),
    )


@pytest.mark.parametrize("seed", range(12))
def test_what_is_one_choice_to_an_agent_leaves_the_cheapest_roster_as_it_is(seed: int) -> None:
    problem = told_apart(seed)
    cheapest = cheapest_of_all(problem, days=2)
    result = solve(problem, time_limit=60.0, work_limit=20.0, workers=1)
    assert result.shifts is not None
    assert check(problem.centre, problem.week, result.shifts, unrostered=result.unrostered) == []
    assert reckon(problem.centre, problem.week, problem.required, result.shifts).total == pytest.approx(
        cheapest, abs=2e-3
    )
    assert result.bound == pytest.approx(cheapest, abs=2e-3)


@pytest.mark.parametrize("seed", range(12))
def test_branch_and_cut_finds_and_proves_the_cheapest_of_all_legal_rosters(seed: int) -> None:
    problem = tiny_problem(seed)
    cheapest = cheapest_of_all(problem)
    assert cheapest is not None
    search = search_of(problem)
    branching = proved(search)
    found, columns = branching.found
    assert columns is not None
    assert found == pytest.approx(cheapest, abs=2e-3)
    assert cheapest - 2e-3 <= branching.bound <= cheapest + 1e-4
    placed = search.crew.nobody()
    read(branching.model, branching.value(columns), placed)
    shifts = search.crew.shifts(placed)
    assert check(problem.centre, problem.week, shifts, unrostered=()) == []
    cost = reckon(problem.centre, problem.week, problem.required, shifts).total
    assert cost == pytest.approx(cheapest, abs=2e-3)


def test_branch_and_cut_takes_in_a_roster_found_elsewhere() -> None:
    """Told of the cheapest roster it has nothing left to find, and says so with the same cost."""
    problem = tiny_problem(1)
    search = search_of(problem)
    model = build(search)
    first = Branching()
    second = Branching()
    try:
        first.begin(model, seconds=30.0)
        first.wait(lambda: False)
        cost, columns = first.found
        assert columns is not None
        placed = search.crew.nobody()
        read(model, first.value(columns), placed)
        second.begin(model, seconds=30.0)
        second.offer(np.array(values_of(model, placed), dtype=float), cost)
        assert second.known == cost
        second.wait(lambda: False)
        assert second.bound == pytest.approx(first.bound, abs=1e-3)
        assert second.found[0] in (float("inf"), pytest.approx(cost, abs=1e-3))  # it may have ended before it was told
    finally:
        first.end()
        second.end()


def contradicted() -> tuple[Search, Branching, float]:
    """Branch and cut that has ended, says that its bound lies above a roster, and has none; and what the bound was."""
    search = search_of(tiny_problem(1))
    search.sweep(rho=0.0)
    search.keep("first roster")
    branching = proved(search)
    true = branching.bound
    branching.bound = search.best.cost + 1.0
    branching.found = (float("inf"), None)
    return search, branching, true


def test_a_bound_that_a_roster_contradicts_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solver.exact.ANEW", float("inf"))  # there is no time to begin anew
    search, branching, true = contradicted()
    take(search, branching)
    assert search.bound < true
    assert not told(search, branching)
    branching.bound = true
    take(search, branching)
    assert search.bound == true


def test_what_a_roster_contradicts_is_proved_again() -> None:
    search, branching, true = contradicted()
    try:
        assert not told(search, branching)
        branching.wait(lambda: False)
        assert told(search, branching)
        take(search, branching)
        assert search.bound == pytest.approx(true, abs=1e-3)
    finally:
        branching.end()


def test_branch_and_cut_that_breaks_off_begins_once_more() -> None:
    search = search_of(tiny_problem(2))
    search.sweep(rho=0.0)
    search.keep("first roster")
    branching = Branching()
    try:
        branching.begin(build(search), seconds=30.0)
        branching._child.process.kill()
        branching.wait(lambda: False)
        assert not told(search, branching)
        branching.wait(lambda: False)
        assert told(search, branching)
        take(search, branching)
        assert search.best.cost == pytest.approx(search.bound, abs=2e-3)
        branching._child.process.kill()
        assert not branching.broken_off
    finally:
        branching.end()


@pytest.mark.parametrize(("status", "values"), [(2, [3.0]), (1, None), (0, None)])
def test_a_solution_that_highs_itself_calls_infeasible_is_none(
    monkeypatch: pytest.MonkeyPatch, status: int, values: list[float] | None
) -> None:
    """As some runs end that are out of time."""
    told = SimpleNamespace(primal_solution_status=status, objective_function_value=7.0, mip_dual_bound=5.0)
    solver = SimpleNamespace(run=int, getInfo=lambda: told, getSolution=lambda: SimpleNamespace(col_value=[3.0]))
    highspy = SimpleNamespace(
        HighsStatus=SimpleNamespace(kError=-1), SolutionStatus=SimpleNamespace(kSolutionStatusFeasible=2)
    )
    answers = BytesIO()
    branching = highs._Branching(highspy, {"seconds": np.array(1.0)}, answers)
    monkeypatch.setattr(highs._Branching, "_solver", lambda _: solver)
    branching.solve()
    answers.seek(0)
    message = highs.receive(answers)
    assert message is not None
    assert message["bound"] == 5.0
    assert message.get("values") == values
    assert message["cost"] == (7.0 if values else np.inf)


def test_branch_and_cut_that_is_no_longer_wanted_leaves_no_process() -> None:
    branching = Branching()
    branching.begin(build(search_of(tiny_problem(2))), seconds=30.0)
    branching.end()
    branching.offer(np.zeros(1), -1e9)  # nobody listens: nothing happens
    assert branching._child.process.returncode is not None


@pytest.mark.parametrize("seed", range(3))
def test_with_two_workers_both_searches_end_with_the_cheapest_roster_and_one_bound(seed: int) -> None:
    problem = tiny_problem(seed)
    result = solve(problem, time_limit=30.0, workers=2)
    assert result.shifts is not None
    cost = reckon(problem.centre, problem.week, problem.required, result.shifts).total
    assert cost == pytest.approx(cheapest_of_all(problem), abs=1e-3)
    assert cost - 2e-3 <= result.bound <= cost + 1e-6


@pytest.mark.parametrize(
    "limits",
    [
        {"max_nights": 0},
        {"max_nights": 2},
        {"start_spread_minutes": 0},
        {"max_consecutive_days": 1},
        {"min_days_off_together": 5},
        {"weekends_off": (1, 2)},
        {"daily_minutes_max": 120},
        {"overtime_minutes_max": 60, "overtime_month_minutes_max": 60},
        {"training_minutes_month": 120},
    ],
    ids=lambda limits: " ".join(limits),
)
def test_two_workers_take_every_limit_of_a_contract(limits: dict[str, Any]) -> None:
    """Also one that none of the shifts there are can break."""
    problem = tiny_problem(3)
    contract = replace(problem.centre.contracts["full_time"], **limits)
    problem = replace(problem, centre=replace(problem.centre, contracts={"full_time": contract}))
    result = solve(problem, time_limit=60.0, workers=2)
    assert result.shifts is not None
    assert check(problem.centre, problem.week, result.shifts, unrostered=result.unrostered) == []
    cost = reckon(problem.centre, problem.week, problem.required, result.shifts).total
    assert cost - 2e-3 <= result.bound <= cost + 1e-6


def with_skills(problem: Problem, skills: list[dict[str, float]]) -> Problem:
    """The same with an agent for each of these."""
    people = {f"p{i}": tiny_agent(f"p{i}", skills=own) for i, own in enumerate(skills)}
    return replace(problem, centre=replace(problem.centre, agents=people, absences=()))


def test_agents_who_all_have_times_of_their_own_are_solved_as_well() -> None:
    """Eight skill groups of one: the hull over whole numbers of each would take minutes for every interval."""
    problem = with_skills(tiny_problem(1), [{"a": 1 + i / 16, "b": 1 + i / 16} for i in range(8)])
    search = search_of(problem)
    assert small_enough(search)
    result = solve(problem, time_limit=60.0, work_limit=5.0, workers=1)
    assert result.shifts is not None
    cost = reckon(problem.centre, problem.week, problem.required, result.shifts).total
    assert 0 < result.bound <= cost + 1e-6


def test_times_of_their_own_in_each_queue_make_more_planes_than_are_counted() -> None:
    factors = np.random.default_rng(1).uniform(1.0, 1.5, (8, 2))
    problem = with_skills(tiny_problem(1), [{"a": float(a), "b": float(b)} for a, b in factors])
    three = replace(problem.centre, queues={q: tiny_queue(q) for q in ("a", "b", "c")})
    people = {
        name: replace(agent, skills={**agent.skills, "c": 1.1 + i / 50})
        for i, (name, agent) in enumerate(three.agents.items())
    }
    three = replace(three, agents=people)
    required = np.vstack([problem.required, problem.required[:1]])
    search = search_of(Problem(centre=three, week=problem.week, required=required))
    assert not small_enough(search)


def test_a_centre_in_which_nobody_has_a_skill_is_solved() -> None:
    problem = with_skills(tiny_problem(1), [{}, {}])
    result = solve(problem, time_limit=60.0, workers=2)
    assert result.shifts is not None
    assert check(problem.centre, problem.week, result.shifts, unrostered=result.unrostered) == []


def test_a_model_too_large_is_not_built() -> None:
    problem = tiny_problem(1)
    search = search_of(problem)
    assert small_enough(search)
    many = Contract(**{f: getattr(LOOSE, f) for f in LOOSE.__slots__})
    crowd = tiny_centre(
        agents=[tiny_agent(f"p{i}", skills={"a": 1.0}) for i in range(5000)],
        queues=[tiny_queue("a")],
        kinds=[KIND],
        contracts=[many],
        interval_minutes=60,
        grid_minutes=60,
        seats=None,
        worked=None,
        requests=(),
        locks=(),
        absences=(),
    )
    week = crowd.week(MONDAY)
    assert not small_enough(search_of(Problem(centre=crowd, week=week, required=np.ones((1, week.intervals)))))


def proved(search: Search) -> Branching:
    """Branch and cut on the whole problem, ended."""
    branching = Branching()
    try:
        branching.begin(build(search), seconds=30.0)
        branching.wait(lambda: False)
    finally:
        branching.end()
    return branching


def search_of(problem: Problem) -> Search:
    """A search that has not begun."""
    budget = Budget(time_limit=60.0)
    return Search(Crew(Rules(problem)), problem.required, budget, silent, seed=1)


def test_proving_starts_from_a_complete_hint() -> None:
    problem = tiny_problem(3)
    search = search_of(problem)
    search.sweep(rho=0.0)
    search.keep("first")
    before = search.best.cost
    prove(search, search.budget, workers=1, seed=1)
    assert search.best.cost <= before + 1e-6
    assert search.bound <= search.best.cost + 1e-6
    assert build(search).slack > 0
