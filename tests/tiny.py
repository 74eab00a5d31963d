"""Centres small enough to read in a test: four agents, three seats, two kinds of shift."""

from dataclasses import fields, replace
from datetime import UTC, date
from typing import Any

import pandas as pd

from wfm.centre import (
    Agent,
    Break,
    Centre,
    Channel,
    Contract,
    CostRates,
    Queue,
    ShiftKind,
)
from wfm.clock import Week
from wfm.roster import Segment, Shift

MONDAY = date(2026, 11, 30)
MEAL = Break(minutes=60, paid=False, earliest=180, latest=300)
DAY = ShiftKind(
    kind="day",
    earliest_start=6 * 60,
    latest_start=13 * 60,
    step_minutes=30,
    paid_minutes=(420, 480, 540),
    meal=MEAL,
    rests=(
        Break(minutes=15, paid=True, earliest=60, latest=150),
        Break(minutes=15, paid=True, earliest=330, latest=480),
    ),
    min_work_between=45,
    session_minutes=(60, 75, 90, 105, 120),
)
NIGHT = ShiftKind(
    kind="night",
    earliest_start=22 * 60,
    latest_start=25 * 60,
    step_minutes=60,
    paid_minutes=(420, 480),
    meal=MEAL,
    rests=(),
    min_work_between=45,
    session_minutes=(),
)
FULL_TIME = Contract(
    contract="full_time",
    shifts=("day",),
    weekly_minutes=(32 * 60, 40 * 60),
    days=(4, 5),
    daily_minutes_max=8 * 60,
    min_rest_minutes=11 * 60,
    max_consecutive_days=5,
    min_days_off_together=2,
    start_spread_minutes=3 * 60,
    max_nights=0,
    weekends_off=(1, 2),
    overtime_minutes_max=0,
    overtime_month_minutes_max=None,
    training_minutes_month=900,
)
FREE_OF_LIMITS = Contract(
    contract="full_time",
    shifts=(),
    weekly_minutes=None,
    days=None,
    daily_minutes_max=None,
    min_rest_minutes=None,
    max_consecutive_days=None,
    min_days_off_together=None,
    start_spread_minutes=None,
    max_nights=None,
    weekends_off=None,
    overtime_minutes_max=0,
    overtime_month_minutes_max=None,
    training_minutes_month=0,
)
NIGHT_TEAM = replace(
    FULL_TIME,
    contract="night_team",
    shifts=("night",),
    weekly_minutes=(14 * 60, 32 * 60),
    days=(2, 4),
    max_nights=4,
)


def tiny_agent(agent: str, **changes: Any) -> Agent:
    """A full-time agent, long employed, with the one skill there is."""
    standard = Agent(
        agent=agent,
        name=agent.title(),
        team="one",
        contract="full_time",
        hired_on=date(2020, 1, 1),
        leaves_on=None,
        email=None,
        skills={"enquiry": 1.0},
    )
    return replace(standard, **changes)


def tiny_queue(queue: str = "enquiry", **changes: Any) -> Queue:
    """A voice queue with everyday targets."""
    standard = Queue(
        queue=queue,
        client="telecom",
        channel=Channel.VOICE,
        service_level=0.8,
        threshold_seconds=20.0,
        patience_seconds=120.0,
        max_occupancy=0.88,
        concurrency=1.0,
        weight=1.0,
        min_agents=0.0,
    )
    return replace(standard, **changes)


def tiny_centre(**overrides: Any) -> Centre:
    """A centre in Shanghai without history: ann, bob, cem full time by day, dee in the night team.

    `overrides` are fields of Centre; agents, queues, kinds and contracts may be given as plain sequences.
    """
    unknown = set(overrides) - {field.name for field in fields(Centre)}
    if unknown:
        raise TypeError(f"not a field of Centre: {', '.join(sorted(unknown))}")
    values: dict[str, Any] = {**_standard(), **overrides}
    for name, key in (("agents", "agent"), ("queues", "queue"), ("kinds", "kind"), ("contracts", "contract")):
        if not isinstance(values[name], dict):
            values[name] = {getattr(value, key): value for value in values[name]}
    return Centre(**values)


def tiny_history() -> pd.DataFrame:
    """A history table without rows."""
    columns = {name: pd.Series(dtype=float) for name in ("offered", "aht_seconds", "abandoned")}
    start = pd.Series(dtype=pd.DatetimeTZDtype(tz=UTC))
    return pd.DataFrame({"start": start, "queue": pd.Series(dtype=object), **columns})


def shift_at(week: Week, agent: str, day: int, text: str) -> Shift:
    """A shift in the words of a scheduler: `06:00 work 09:00 meal! 10:00 work 15:00`.

    A time past midnight goes on counting (26:00); lengths are elapsed from the start. Breaks marked `!` are
    unpaid, `gap` leaves a piece out.
    """
    words = text.split()
    clocks = [int(word[:2]) * 60 + int(word[3:]) for word in words[::2]]
    first = week.at(day, clocks[0])[0]
    times = [first + clock - clocks[0] for clock in clocks]
    segments = [
        Segment(start, end, word.rstrip("!"), not word.endswith("!"))
        for start, end, word in zip(times, times[1:], words[1::2], strict=False)
        if word != "gap"
    ]
    return Shift(agent=agent, day=day, segments=tuple(segments))


def _standard() -> dict[str, Any]:
    return {
        "name": "Tiny",
        "timezone": "Asia/Shanghai",
        "country": "CN",
        "interval_minutes": 30,
        "grid_minutes": 15,
        "seats": 3,
        "absence_rate": 0.05,
        "annual_attrition": 0.077,
        "classroom_places": 1,
        "currency": "CNY",
        "cost": CostRates(),
        "queues": [tiny_queue()],
        "history": tiny_history(),
        "agents": [tiny_agent("ann"), tiny_agent("bob"), tiny_agent("cem"), tiny_agent("dee", contract="night_team")],
        "contracts": [FULL_TIME, NIGHT_TEAM],
        "kinds": [DAY, NIGHT],
    }
