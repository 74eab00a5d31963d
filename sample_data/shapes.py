"""Centres of other shapes than the two samples: intervals, clocks, seats, contracts and queues of many kinds."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypedDict, Unpack

import numpy as np

from sample_data import guangzhou, guangzhou_staff
from sample_data.blueprint import Blueprint, Crew, Hours, Stream, chance
from sample_data.contacts import Floats, all_means
from sample_data.folder import write

COUNTRIES = {"Asia/Shanghai": "CN", "Europe/Berlin": "DE", "America/New_York": "US", "Europe/London": "GB"}
PRESENT = 0.95  # share of the paid hours left by leave
AT_WORK = 0.94  # share of the paid hours left by paid rests
SINGLE_SKILLED_UP_TO = 6  # queues: beyond, everybody has several skills


class Shape(TypedDict, total=False):
    """What `variant` can be asked for; see there."""

    interval_minutes: int
    timezone: str
    monday: date
    agents: int
    queues: int
    seats_factor: float | None
    contracts: tuple[str, ...]
    hours: Hours | None
    load: float
    weeks_of_history: int


SHAPES: dict[str, Shape] = {
    "half_hours": {"interval_minutes": 30, "agents": 200, "queues": 2},
    "whole_hours": {"interval_minutes": 60, "agents": 150, "queues": 3},
    "clock_back": {"timezone": "Europe/Berlin", "monday": date(2026, 10, 19), "agents": 150, "queues": 2},
    "clock_forward": {"timezone": "Europe/Berlin", "monday": date(2027, 3, 22), "agents": 150, "queues": 2},
    "tight_seats": {"agents": 300, "queues": 2, "seats_factor": 0.9},
    "one_contract": {"contracts": ("full_time",), "agents": 120, "queues": 2},
    "many_queues": {"agents": 400, "queues": 20, "load": 0.8},
    "thousand": {"agents": 1000, "queues": 6},
    "small_office": {"agents": 30, "queues": 1, "hours": (480, 1200), "contracts": ("day_time", "part_time")},
}


def shape(name: str, folder: Path, *, seed: int = 1) -> None:
    """Write one of `SHAPES`."""
    variant(folder, seed=seed, **SHAPES[name])


def variant(folder: Path, *, seed: int = 1, **asked: Unpack[Shape]) -> None:
    """Write a centre of a shape of one's own; see `shaped` for what can be asked."""
    write(shaped(seed=seed, **asked), folder)


def shaped(
    *,
    seed: int = 1,
    interval_minutes: int = 15,
    timezone: str = "Asia/Shanghai",
    monday: date = guangzhou.MONDAY,
    agents: int = 100,
    queues: int = 2,
    seats_factor: float | None = None,
    contracts: tuple[str, ...] = ("full_time", "day_time", "part_time", "night_team"),
    hours: Hours | None = None,
    load: float = 0.88,
    weeks_of_history: int = 12,
) -> Blueprint:
    """The blueprint of a shape: contacts make the requirement about `load` of what the agents can supply.

    `seats_factor` is seats over the requirement's peak (None: a seat for everybody), `hours` the opening hours of
    all queues (None: always, but of many queues every other one is closed at night), `contracts` those of
    guangzhou_10000.
    """
    rng = chance(seed, "shape")
    streams = _streams(queues, hours, rng)
    plan = Blueprint(
        centre=f"shape_{seed}",
        name=f"Shape {seed}",
        seed=seed,
        timezone=timezone,
        country=COUNTRIES[timezone],
        interval_minutes=interval_minutes,
        grid_minutes=15,
        seats=agents,
        classroom_places=max(2, agents // 15),
        monday=monday,
        weeks_of_history=weeks_of_history,
        contacts_per_week=1.0,
        trend=0.02,
        streams=streams,
        missing_runs=2,
        agents=agents,
        crews=_crews(contracts, streams),
        skill_sets=_skill_sets(streams, rng),
        contracts_toml=_contracts(contracts),
        shifts_toml=guangzhou_staff.SHIFTS,
        locks=4,
        lockable_contracts=tuple(c for c in contracts if c in ("full_time", "day_time")),
    )
    return sized(plan, load, seats_factor)


def _streams(queues: int, hours: Hours | None, rng: np.random.Generator) -> tuple[Stream, ...]:
    """Queues of unequal size with the habits of those of guangzhou_10000 that are telephoned."""
    models = [stream for stream in guangzhou.STREAMS if stream.channel == "voice" and stream.hours is None]
    day_only = (480, 1200) if queues > SINGLE_SKILLED_UP_TO else None
    return tuple(
        replace(
            models[q % len(models)],
            queue=f"q{q + 1:02d}",
            client=f"client{q % 4 + 1}",
            share=float(rng.uniform(0.5, 1.5)),
            min_agents=0,
            hours=_all_week(hours or (day_only if q % 2 else None)),
        )
        for q in range(queues)
    )


def _all_week(hours: Hours | None) -> tuple[Hours | None, ...] | None:
    return None if hours is None else (hours,) * 7


def _crews(contracts: tuple[str, ...], streams: tuple[Stream, ...]) -> tuple[Crew, ...]:
    closed_at_night = tuple(stream.queue for stream in streams if stream.hours is not None)
    never = closed_at_night if len(closed_at_night) < len(streams) else ()
    return tuple(
        replace(c, never_queues=c.never_queues and never) for c in guangzhou_staff.CREWS if c.contract in contracts
    )


def _skill_sets(streams: tuple[Stream, ...], rng: np.random.Generator) -> tuple[tuple[tuple[str, ...], float], ...]:
    """For each queue its own people: alone, with a neighbour, with two; of many queues two to four each."""
    names, count = [stream.queue for stream in streams], len(streams)
    sizes = (1, 2, 3) if count <= SINGLE_SKILLED_UP_TO else (2, 3, 4)
    return tuple(
        (
            tuple(sorted({names[(q + step) % count] for step in range(size)})),
            stream.share * float(rng.uniform(0.7, 1.3)),
        )
        for q, stream in enumerate(streams)
        for size in sizes
        if size <= count
    )


def _contracts(names: tuple[str, ...]) -> str:
    """The tables of these contracts, cut from the text of guangzhou_10000."""
    tables = guangzhou_staff.CONTRACTS.split("\n\n")
    return "\n\n".join(table.rstrip() for table in tables if table[1:].split("]")[0] in names) + "\n"


def sized(plan: Blueprint, load: float, seats_factor: float | None) -> Blueprint:
    """A plan for one contact a week with as many as make the requirement about `load` of what its agents supply."""
    supply, work = _supply(plan), _work(plan)
    low, high = 1.0, 1e8
    for _ in range(60):
        middle = (low * high) ** 0.5
        wanted = _needed(plan, middle * work).sum() * plan.interval_minutes / 60
        low, high = (middle, high) if wanted < load * supply else (low, middle)
    needed = _needed(plan, low * work).sum(axis=0)
    seats = plan.agents if seats_factor is None else max(1, round(seats_factor * float(needed.max())))
    return replace(plan, contacts_per_week=low, seats=seats)


def _supply(plan: Blueprint) -> float:
    """Hours a week at work that all agents can give, without breaks, leave and training."""
    contracts = tomllib.loads(plan.contracts_toml)
    hours = [
        PRESENT * (AT_WORK * contracts[c.contract]["weekly_hours"][1]) - c.monthly_training / 260 for c in plan.crews
    ]
    shares = np.array([crew.share for crew in plan.crews])
    return float(plan.agents * (shares / shares.sum()) @ hours)


def _work(plan: Blueprint) -> Floats:
    """Contacts in service on average, of the planned week at the plan's contacts; shape (queues, intervals)."""
    means = all_means(plan)
    planned = means.day >= 7 * plan.weeks_of_history
    seconds = np.nan_to_num(means.offered[:, planned] * means.aht_seconds[:, planned])
    return np.asarray(seconds / (60 * plan.interval_minutes))


def _needed(plan: Blueprint, work: Floats) -> Floats:
    """Agents to roster, roughly: square-root staffing under an occupancy cap, and absence on top."""
    cap = np.array([[stream.max_occupancy] for stream in plan.streams])
    agents = np.maximum(work / cap, np.ceil(work + 0.7 * np.sqrt(work)))
    return np.asarray(agents / (1 - plan.absence_rate))
