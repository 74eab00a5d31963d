"""A planner asks why: the answers are those that asking again for a changed centre gives."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sample_data.centres import blueprint
from sample_data.make import make
from solver import Inquiry
from tests.tiny import FREE_OF_LIMITS, MONDAY, tiny_agent, tiny_centre
from wfm.centre import Availability, Centre, Contract, Request, ShiftKind
from wfm.cli import app
from wfm.cost import reckon
from wfm.demand import Floats
from wfm.explaining import explain_plan, explanation_text
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
LOOSE = replace(FREE_OF_LIMITS, contract="loose", shifts=("day",))


def test_one_more_agent_saves_what_the_cost_falls_by_with_the_shift_that_is_missing() -> None:
    centre = _centre()
    asked, problem = _asked(centre, {"ann": (480,)}, needed=(480, 720, 2.0))
    more = next(one for one in asked.savings() if one.what.startswith("one more agent of loose"))
    alone = reckon(problem.centre, problem.week, problem.required, [_shift("ann", 480)]).total
    helped = reckon(problem.centre, problem.week, problem.required, [_shift("ann", 480), _shift("bob", 480)]).total
    assert more.saves == pytest.approx(alone - helped)
    assert more.saves > 0


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
    assert done.stdout.rstrip() == explanation_text(explain_plan(centre, out))
    assert "one more agent of" in done.stdout
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


def _asked(
    centre: Centre, shifts: dict[str, tuple[int, ...]], *, needed: tuple[int, int, float]
) -> tuple[Inquiry, Problem]:
    """The roster of these starts (minutes of the week), asked; so many are needed from the first to the last minute."""
    week = centre.week(MONDAY)
    required: Floats = np.zeros((len(centre.queues), week.intervals))
    required[0, needed[0] // 60 : needed[1] // 60] = needed[2]
    stands = tuple(_shift(agent, start) for agent, starts in shifts.items() for start in starts)
    problem = Problem(centre=centre, week=week, required=required, standing=Standing(shifts=stands, now=0))
    return Inquiry(problem), problem
