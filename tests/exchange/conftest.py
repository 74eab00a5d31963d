"""Plans of the tiny centre, small enough to count by hand."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.tiny import MONDAY, shift_at, tiny_agent, tiny_centre, tiny_queue
from wfm.centre import Absence, Centre
from wfm.clock import Week
from wfm.demand import Forecast, Requirement
from wfm.exchange import PlanOutput
from wfm.roster import Shift

DAY = "06:00 work 07:15 rest 07:30 work 09:15 meal! 10:15 work 11:45 rest 12:00 work 15:00"
TRAINED = "08:30 work 10:00 rest 10:15 work 12:30 meal! 13:30 training 14:30 work 17:30"
NIGHT = "22:00 work 26:00 meal! 27:00 work 30:00"


def plan_of(centre: Centre, week: Week, shifts: Iterable[Shift], **changes: Any) -> PlanOutput:
    """A plan with made-up demand: the requirement of an interval is its number, staffed one more or two less."""
    queues = tuple(centre.queues)
    numbers = np.arange(len(queues) * week.intervals, dtype=float).reshape(len(queues), week.intervals) / 3
    requirement = Requirement(week=week, queues=queues, agents=numbers, rostered=numbers / 0.95)
    coverage = requirement.table().drop(columns="agents").rename(columns={"agents_rostered": "required"})
    coverage["staffed"] = coverage["required"] + np.where(np.arange(len(coverage)) % 2, 1.0, -2.0)
    plan = PlanOutput(
        centre=centre,
        week=week,
        forecast=Forecast(
            week=week, queues=queues, offered=numbers, limits={"p10": numbers, "p90": numbers}, aht_seconds=numbers + 1
        ),
        requirement=requirement,
        shifts=tuple(shifts),
        coverage=coverage,
        violations=pd.DataFrame(
            [
                ("min_rest", "ann", date(2026, 12, 1), "rest of 9 h before the shift, 11 h needed"),
                ("seats", "", None, "4 at work, 3 seats"),
            ],
            columns=["rule", "agent", "date", "message"],
        ),
        unrostered=pd.DataFrame([("cem", "no_legal_week: days, absence")], columns=["agent", "reason"]),
        summary={"week": str(week.monday), "timezone": centre.timezone, "cost": 12.5, "seconds": {"total": 1.25}},
    )
    return replace(plan, **changes)


@pytest.fixture
def centre() -> Centre:
    """The tiny centre with a second queue, a leaver and a day of leave."""
    shanghai = Week(monday=MONDAY, timezone="Asia/Shanghai", interval_minutes=30, grid_minutes=15)
    leave = Absence(
        agent="cem",
        start=shanghai.wall(shanghai.midnight(1)),
        end=shanghai.wall(shanghai.midnight(3)),
        kind="leave",
    )
    agents = [
        tiny_agent("ann"),
        tiny_agent("bob", leaves_on=date(2026, 12, 5)),
        tiny_agent("cem"),
        tiny_agent("dee", contract="night_team"),
        tiny_agent("old", leaves_on=MONDAY),
    ]
    return tiny_centre(agents=agents, queues=[tiny_queue(), tiny_queue("orders")], absences=(leave,))


@pytest.fixture
def week(centre: Centre) -> Week:
    """Its planned week."""
    return centre.week(MONDAY)


@pytest.fixture
def shifts(week: Week) -> tuple[Shift, ...]:
    """Five days of ann, one of bob, two nights of dee, one of them out of Sunday."""
    return (
        *(shift_at(week, "ann", day, TRAINED if day == 2 else DAY) for day in range(5)),
        shift_at(week, "bob", 0, DAY),
        shift_at(week, "dee", 0, NIGHT),
        shift_at(week, "dee", 6, NIGHT),
    )


@pytest.fixture
def plan(centre: Centre, week: Week, shifts: tuple[Shift, ...]) -> PlanOutput:
    """The plan of that week."""
    return plan_of(centre, week, shifts)
