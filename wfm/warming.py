"""Compiles the numba loops ahead of the first plan by planning a centre of two agents and two queues."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from solver import mark_compiled, solve
from wfm.centre import Agent, Break, Centre, Channel, Contract, CostRates, Queue, ShiftKind
from wfm.demand import Forecast
from wfm.problem import Portion, Problem, Standing
from wfm.replay import replay
from wfm.requirement import require

MONDAY = date(2026, 11, 30)


def warm_up() -> None:
    """Run every compiled loop once; later processes find them in the cache."""
    centre = _centre()
    week = centre.week(MONDAY)
    shape = (2, week.intervals)
    flat = Forecast(
        week=week,
        queues=tuple(centre.queues),
        offered=np.full(shape, 10.0),
        limits={"p10": np.full(shape, 8.0), "p90": np.full(shape, 12.0)},
        aht_seconds=np.full(shape, 180.0),
    )
    needed = require(centre, flat, opened=np.ones(shape, dtype=bool))
    problem = Problem(centre=centre, week=week, required=needed.rostered)
    found = solve(problem, time_limit=600.0, work_limit=0.5, workers=1)
    standing = Standing(shifts=found.shifts or (), now=0)
    solve(replace(problem, standing=standing), time_limit=600.0, work_limit=0.1, workers=1)
    # With seats of its own a centre is never solved as a whole, small as it is, so that its days are planned anew.
    part = Portion(
        allowances=problem.allowances,
        recorded_from=problem.recorded_from,
        seats=np.full(week.intervals + 1, 10),
        rooms=None,
        seat_price=None,
    )
    solve(replace(problem, portion=part), time_limit=600.0, work_limit=0.5, workers=1)
    replay(centre, flat, [], replications=1, workers=1)
    mark_compiled()


def _centre() -> Centre:
    zone = "Asia/Shanghai"
    history = pd.DataFrame(
        {
            "start": pd.DatetimeIndex([datetime(2026, 11, 29, 23, 45, tzinfo=ZoneInfo(zone))]),
            "queue": ["a"],
            "offered": [1.0],
            "aht_seconds": [180.0],
            "abandoned": [0.0],
        }
    )
    kind = ShiftKind(
        kind="day",
        earliest_start=480,
        latest_start=540,
        step_minutes=60,
        paid_minutes=(420, 480),
        meal=Break(minutes=60, paid=False, earliest=180, latest=240),
        rests=(Break(minutes=15, paid=True, earliest=60, latest=90),),
        min_work_between=45,
        session_minutes=(60,),
    )
    contract = Contract(
        contract="full",
        shifts=("day",),
        weekly_minutes=(1800, 2400),
        days=(4, 5),
        min_rest_minutes=660,
        max_consecutive_days=6,
        min_days_off_together=2,
        max_nights=3,
        training_minutes_month=900,
    )
    skills = ({"a": 1.0, "b": 1.0}, {"a": 1.3})
    return Centre(
        name="warm-up",
        timezone=zone,
        country="CN",
        interval_minutes=15,
        grid_minutes=15,
        seats=10,
        absence_rate=0.0,
        annual_attrition=0.0,
        classroom_places=2,
        currency="",
        cost=CostRates(),
        queues={name: _queue(name, patience) for name, patience in (("a", 120.0), ("b", None))},
        history=history,
        agents={str(i): _agent(str(i), own) for i, own in enumerate(skills)},
        contracts={"full": contract},
        kinds={"day": kind},
    )


def _queue(name: str, patience: float | None) -> Queue:
    return Queue(
        queue=name,
        client=name,
        channel=Channel.VOICE,
        service_level=0.8,
        threshold_seconds=20.0,
        patience_seconds=patience,
        max_occupancy=0.9,
        concurrency=1.0,
        weight=1.0,
        min_agents=0.0,
    )


def _agent(name: str, skills: dict[str, float]) -> Agent:
    return Agent(
        agent=name,
        name=name,
        team="",
        contract="full",
        hired_on=date(2020, 1, 1),
        leaves_on=None,
        email=None,
        skills=skills,
    )
