"""A planner asks why: the answers are those that asking again for a changed centre gives."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from sample_data.centres import blueprint
from sample_data.make import make
from solver import Inquiry, solve
from tests.solver.test_exact import tiny_problem
from tests.tiny import FREE_OF_LIMITS, MEAL, MONDAY, tiny_agent, tiny_centre
from wfm.centre import Availability, Break, Centre, Contract, Request, ShiftKind
from wfm.cli import app
from wfm.cost import reckon
from wfm.demand import Floats
from wfm.plan import plan_week
from wfm.problem import Problem, Standing
from wfm.roster import Segment, Shift

KIND = ShiftKind(
    kind="day",
    earliest_start=8 * 60,
    latest_start=12 * 60,
    step_minutes=240,
    paid_minutes=(240,),
    meal=None,
    rests=(),
    min_work_between=0,
    session_minutes=(),
)
MEAL_AT_NINE = ((480, 540, "work"), (540, 600, "meal"), (600, 780, "work"))
LOOSE = replace(FREE_OF_LIMITS, contract="loose", shifts=("day",))


def test_one_more_agent_saves_what_the_cost_falls_by_with_the_shift_that_is_missing() -> None:
    centre = _centre()
    asked, problem = _asked(centre, {"ann": (480,)}, needed=(480, 720, 2.0))
    more = next(one for one in asked.savings() if one.what.startswith("one more agent of loose"))
    alone = reckon(problem.centre, problem.week, problem.required, [_shift("ann", 480)]).total
    helped = reckon(problem.centre, problem.week, problem.required, [_shift("ann", 480), _shift("bob", 480)]).total
    assert more.at_once == pytest.approx(alone - helped)
    assert more.at_once > 0
    assert asked.gained == pytest.approx(more.at_once)  # bob is there and idle
    assert more.searched == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("seed", [1, 5, 8])
def test_what_searching_again_says_is_saved_is_what_the_cheapest_roster_of_the_changed_centre_saves(seed: int) -> None:
    problem = tiny_problem(seed)
    best, asked = _best(problem)
    found = {one.what: one for one in asked.savings()}
    assert asked.gained == pytest.approx(0, abs=1e-3)
    newcomer = next(one for what, one in found.items() if what.startswith("one more agent"))
    skills = newcomer.what.partition(" with ")[2].split(" + ")
    like = next(agent for agent in problem.centre.agents.values() if list(agent.skills) == skills)
    agents = problem.centre.agents | {"new": replace(like, agent="new")}
    assert newcomer.searched == pytest.approx(best - _best(_with(problem, agents=agents))[0], abs=1e-2)
    assert newcomer.known >= newcomer.at_once - 1e-6
    if "one more seat" in found:
        seats = _best(_with(problem, seats=(problem.centre.seats or 0) + 1))[0]
        assert found["one more seat"].searched == pytest.approx(best - seats, abs=1e-2)


def test_one_more_seat_is_told_where_seats_are_full_and_work_is_left() -> None:
    asked, problem = _asked(_centre(seats=1), {"ann": (480,)}, needed=(480, 720, 2.0))
    (seat,) = [one for one in asked.savings() if one.what == "one more seat"]
    alone = reckon(problem.centre, problem.week, problem.required, [_shift("ann", 480)]).total
    helped = reckon(problem.centre, problem.week, problem.required, [_shift("ann", 480), _shift("bob", 480)]).total
    assert seat.at_once == pytest.approx(alone - helped)
    assert seat.searched == pytest.approx(alone - helped)
    assert seat.priced is not None and seat.priced > 0


def test_a_rule_relaxed_for_everybody_saves_what_all_make_of_it() -> None:
    """Nobody may work a second day, and two are needed on Tuesday as well."""
    centre = _centre(contract=replace(LOOSE, days=(0, 1)))
    asked, problem = _asked(centre, {"ann": (480,), "bob": (1920,)}, needed=(480, 720, 2.0), also=1440)
    (day,) = [one for one in asked.savings() if one.what == "one more day a week for loose"]
    shifts = [_shift("ann", 480), _shift("bob", 1920), _shift("ann", 1920), _shift("bob", 480)]
    stands, one, both = (
        reckon(problem.centre, problem.week, problem.required, shifts[:number]).total for number in (2, 3, 4)
    )
    assert day.at_once == pytest.approx(stands - one)
    assert day.searched == pytest.approx(stands - both)


def test_one_agent_less_needed_saves_what_the_shortage_costs() -> None:
    asked, problem = _asked(_centre(agents=("ann",)), {"ann": (480,)}, needed=(480, 720, 2.0))
    eased = asked.eased("enquiry", 8, 12, again=True)
    required = problem.required.copy()
    required[0, 8:12] -= 1
    stands, less = (
        reckon(problem.centre, problem.week, needed, [_shift("ann", 480)]).total
        for needed in (problem.required, required)
    )
    assert eased.searched == pytest.approx(stands - less)
    assert eased.priced is not None and eased.priced > 0
    assert eased.at_once > 0


def test_breaks_that_cannot_lie_elsewhere_bind() -> None:
    kind = replace(KIND, meal=Break(minutes=60, paid=False, earliest=60, latest=60))
    meal = tuple(Segment(a, b, what, what == "work") for a, b, what in MEAL_AT_NINE)
    shifts = tuple(Shift(agent=name, day=0, segments=meal) for name in ("ann", "bob"))
    for latest, binds in ((60, {"breaks": 2}), (120, {"elsewhere": 2})):
        centre = replace(_centre(), kinds={"day": replace(kind, meal=replace(kind.meal or MEAL, latest=latest))})
        week = centre.week(MONDAY)
        required = np.ones((1, week.intervals))
        standing = Standing(shifts=shifts, now=0)
        asked = Inquiry(Problem(centre=centre, week=week, required=required, standing=standing))
        assert asked.hindrances("enquiry", 9) == binds


def test_a_refused_request_costs_what_the_hours_it_leaves_short_cost_beyond_its_own_weight() -> None:
    wish = Request(agent="ann", date=MONDAY, kind="off", value="", clock=None, weight=1.0)
    centre = _centre(agents=("ann",), requests=(wish,))
    asked, problem = _asked(centre, {"ann": (480,)}, needed=(480, 720, 1.0))
    (refusal,) = asked.refusals()
    stands = reckon(problem.centre, problem.week, problem.required, [_shift("ann", 480)]).total
    granted = reckon(problem.centre, problem.week, problem.required, []).total
    assert refusal.request == wish
    assert refusal.price == pytest.approx(granted - stands)


def test_a_rule_that_keeps_everybody_from_a_period_is_named() -> None:
    tuesday = (1920, 2160, 2.0)
    free = _centre()
    asked, _ = _asked(free, {"ann": (720,), "bob": (720,)}, needed=tuesday)
    assert asked.hindrances("enquiry", 1920 // 60) == {"elsewhere": 2}
    tired = _centre(contract=replace(LOOSE, weekly_minutes=(0, 240), min_rest_minutes=21 * 60))
    asked, _ = _asked(tired, {"ann": (720,)}, needed=tuesday)
    assert asked.hindrances("enquiry", 1920 // 60) == {"weekly_hours": 1, "elsewhere": 1}
    asked, _ = _asked(
        replace(tired, contracts={"loose": replace(tired.contracts["loose"], weekly_minutes=None)}),
        {"ann": (720,)},
        needed=tuesday,
    )
    assert asked.hindrances("enquiry", 1920 // 60) == {"min_rest": 1, "elsewhere": 1}
    mondays = tuple(Availability(agent=name, weekday=0, start=0, end=1440) for name in ("ann", "bob"))
    asked, _ = _asked(replace(free, availability=mondays), {"ann": (720,), "bob": (720,)}, needed=tuesday)
    assert asked.hindrances("enquiry", 1920 // 60) == {"availability": 2}


def test_who_can_serve_a_queue_is_counted_where_they_are() -> None:
    asked, _ = _asked(_centre(seats=3), {"ann": (480,)}, needed=(480, 720, 2.0))
    there = asked.presence("enquiry", 480 // 60)
    assert (there.able, there.busy, there.off_duty, there.absent, there.seats_left) == (2, 1.0, 1, 0, 2)


def test_a_plan_is_explained_at_the_command_line(tmp_path: Path) -> None:
    centre, out = tmp_path / "shop", tmp_path / "out"
    make("corner_shop", centre)
    plan_week(centre, blueprint("corner_shop").monday, out, time_limit=2.0)
    done = CliRunner().invoke(app, ["explain", str(centre), str(out)])
    assert done.exit_code == 0
    for told in ("one more agent of", "at once    prices  searched", "Searching on with nothing otherwise saves"):
        assert told in done.stdout
    shutil.rmtree(out)
    out.mkdir()
    done = CliRunner().invoke(app, ["explain", str(centre), str(out)])
    assert done.exit_code == 2
    assert "there is no planned roster" in done.output


def _centre(
    *,
    agents: tuple[str, ...] = ("ann", "bob"),
    contract: Contract = LOOSE,
    requests: tuple[Request, ...] = (),
    seats: int | None = None,
) -> Centre:
    return tiny_centre(
        agents=[tiny_agent(name, contract="loose") for name in agents],
        kinds=[KIND],
        contracts=[contract],
        requests=requests,
        seats=seats,
        classroom_places=None,
        interval_minutes=60,
        grid_minutes=60,
    )


def _shift(agent: str, start: int) -> Shift:
    return Shift(agent=agent, day=start // 1440, segments=(Segment(start, start + 240, "work", True),))


def _best(problem: Problem) -> tuple[float, Inquiry]:
    """The least cost of a tiny problem, proved, and the roster asked."""
    result = solve(problem, time_limit=60.0, work_limit=20.0, workers=1)
    assert result.shifts is not None
    cost = reckon(problem.centre, problem.week, problem.required, result.shifts).total
    assert cost == pytest.approx(result.bound, abs=2e-3)
    return cost, Inquiry(replace(problem, standing=Standing(shifts=result.shifts, now=0)))


def _with(problem: Problem, **changes: Any) -> Problem:
    return replace(problem, centre=replace(problem.centre, **changes))


def _asked(
    centre: Centre,
    shifts: dict[str, tuple[int, ...]],
    *,
    needed: tuple[int, int, float],
    also: int | None = None,
) -> tuple[Inquiry, Problem]:
    """The roster of these starts (minutes of the week), asked; so many are needed from the first to the last minute.

    `also`: and so many minutes later again.
    """
    week = centre.week(MONDAY)
    required: Floats = np.zeros((len(centre.queues), week.intervals))
    for by in (0, also or 0):
        required[0, (needed[0] + by) // 60 : (needed[1] + by) // 60] = needed[2]
    stands = tuple(_shift(agent, start) for agent, starts in shifts.items() for start in starts)
    problem = Problem(centre=centre, week=week, required=required, standing=Standing(shifts=stands, now=0))
    return Inquiry(problem), problem
