"""A floor simulated by our own loop."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from benchmarks.replaying.floor import Counted, Floor
from wfm.centre import Agent, Centre, Channel, CostRates, Queue, ReplayAssumptions
from wfm.replay.engine import Attendance, Routing, simulate
from wfm.replay.presence import turns
from wfm.replay.routing import routing
from wfm.replay.traffic import Traffic, contacts

AFTER = 1e7  # seconds that agents stay after the last call, until everybody is served or gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A floor as the loop reads it; the counted time is the intervals from the second on."""

    floor: Floor
    routing: Routing
    traffic: Traffic
    there: Attendance


def laid(floor: Floor) -> Laid:
    """What is the same in every run."""
    centre = _centre(floor)
    intervals = 1 + round(floor.seconds / floor.warm_seconds)
    lines = floor.lines
    hourly, aht = np.array([line.per_hour for line in lines]), np.array([line.aht for line in lines])
    number = np.arange(len(centre.agents))
    return Laid(
        floor=floor,
        routing=routing(centre),
        traffic=Traffic(
            offered=np.repeat(hourly[:, None] * floor.warm_seconds / 3600, intervals, axis=1),
            aht_seconds=np.repeat(aht[:, None], intervals, axis=1),
            interval_seconds=floor.warm_seconds,
            day=np.zeros(intervals, dtype=np.int64),
            spread=np.zeros((len(lines), 7)),
            patience=np.array([line.patience or np.inf for line in lines]),
            due=np.zeros(len(lines)),
            lot=tuple(range(len(lines))),
            assumed=centre.replay,
        ),
        there=turns(agent=number, start=np.zeros(len(number)), end=np.full(len(number), AFTER)),
    )


def run(on: Laid, seed: int) -> Counted:
    """One run, handling times exponential."""
    came, needs = np.random.SeedSequence(seed).spawn(2)
    drawn = contacts(on.traffic, came)
    chance = np.random.default_rng(needs).standard_exponential(len(drawn.need))
    drawn = drawn._replace(need=drawn.need * chance)  # that of the traffic is the mean: it does not stray
    seconds, intervals = on.traffic.interval_seconds, on.traffic.offered.shape[1]
    tally = simulate(on.routing, drawn, on.there, interval_seconds=seconds, intervals=intervals)
    return Counted(
        offered=tally.offered[:, 1:].sum(axis=1).tolist(),
        answered=tally.answered[:, 1:].sum(axis=1).tolist(),
        within=tally.within[:, 1:].sum(axis=1).tolist(),
        abandoned=tally.abandoned[:, 1:].sum(axis=1).tolist(),
        wait=tally.wait[:, 1:].sum(axis=1).tolist(),
    )


def _centre(floor: Floor) -> Centre:
    crews = [crew for crew in floor.crews for _ in range(crew.agents)]
    return Centre(
        name="floor",
        timezone="UTC",
        country="none",
        interval_minutes=60,
        grid_minutes=60,
        seats=None,
        absence_rate=0.0,
        annual_attrition=0.0,
        classroom_places=None,
        currency="",
        cost=CostRates(),
        replay=ReplayAssumptions(handling_cv=0.0, redial_share=0.0, late_share=0.0),
        queues={
            str(number): Queue(
                queue=str(number),
                client="",
                channel=Channel.VOICE,
                service_level=0.8,
                threshold_seconds=line.threshold,
                patience_seconds=line.patience,
                max_occupancy=1.0,
                concurrency=1.0,
                weight=1.0,
                min_agents=0.0,
            )
            for number, line in enumerate(floor.lines)
        },
        history=pd.DataFrame(),
        agents={
            str(number): Agent(
                agent=str(number),
                name="",
                team="",
                contract="",
                hired_on=date(2020, 1, 1),
                leaves_on=None,
                email=None,
                skills={str(queue): 1.0 for queue in crew.skills},
                priorities={str(queue): first for queue, first in crew.skills.items()},
            )
            for number, crew in enumerate(crews)
        },
        contracts={},
        kinds={},
    )
