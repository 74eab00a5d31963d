"""Small floors to replay: a centre, contacts asked for by the hour, people who are there from one hour to another."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tests.tiny import MONDAY, tiny_agent, tiny_centre, tiny_queue
from wfm.centre import Centre, ReplayAssumptions
from wfm.clock import Week
from wfm.demand import Forecast
from wfm.replay.engine import Attendance, Contacts, Tally, simulate
from wfm.replay.presence import turns
from wfm.replay.routing import routing

HOUR = 3600.0
CERTAIN = ReplayAssumptions(handling_cv=0.0, redial_share=0.0, late_share=0.0)


def office(*skills: dict[str, float], **changes: Any) -> Centre:
    """A centre in which nobody is absent: an agent a0, a1 … for each set of skills, voice queues as needed."""
    names = dict.fromkeys(queue for own in skills for queue in own)
    standard: dict[str, Any] = {
        "interval_minutes": 60,
        "absence_rate": 0.0,
        "annual_attrition": 0.0,
        "replay": CERTAIN,
        "queues": [tiny_queue(name, patience_seconds=None) for name in names],
        "agents": [tiny_agent(f"a{row}", skills=own) for row, own in enumerate(skills)],
    }
    return tiny_centre(**standard | changes)


def forecast_of(
    centre: Centre, *, hourly: float, aht: float, spread: float = 0.0, week: Week | None = None
) -> Forecast:
    """So many contacts an hour in every queue; `spread` is the deviation of a date's factor."""
    week = week or centre.week(MONDAY)
    offered = np.full((len(centre.queues), week.intervals), hourly * week.interval_minutes / 60)
    told = Forecast(
        week=week,
        queues=tuple(centre.queues),
        offered=offered,
        limits={"p10": offered, "p90": offered},
        aht_seconds=np.full_like(offered, aht),
    )
    day = told.by_date()
    reach = 1.2815515655446004 * np.sqrt(day + (spread * day) ** 2)
    return replace(told, day_limits={"p10": day - reach, "p90": day + reach})


def played(
    centre: Centre,
    came: Sequence[tuple[float, str, float]],
    there: Sequence[tuple[str, float, float]],
    *,
    patience: Sequence[float] | None = None,
    intervals: int = 24,
) -> Tally:
    """Contacts (seconds, queue, seconds of handling) against people (agent, from, to); intervals are hours."""
    start, queue, need = zip(*came, strict=True) if came else ((), (), ())
    queues, agents = list(centre.queues), list(centre.agents)
    size = len(came)
    contacts = Contacts(
        start=np.array(start, dtype=float),
        queue=np.array([queues.index(name) for name in queue], dtype=np.int64),
        need=np.array(need, dtype=float),
        patience=np.full(size, np.inf) if patience is None else np.array(patience, dtype=float),
        redials=np.zeros(size, dtype=np.int64),
        delay=np.zeros(size),
    )
    return simulate(routing(centre), contacts, people(agents, there), interval_seconds=HOUR, intervals=intervals)


def people(agents: Sequence[str], there: Sequence[tuple[str, float, float]]) -> Attendance:
    """Comings and leavings of those who are there."""
    who, start, end = zip(*there, strict=True) if there else ((), (), ())
    return turns(
        agent=np.array([agents.index(name) for name in who], dtype=np.int64),
        start=np.array(start, dtype=float),
        end=np.array(end, dtype=float),
    )
