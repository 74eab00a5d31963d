"""The weeks worked before the planned one: legal under the contracts, built by drawing and drawing again."""

import tomllib
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sample_data.attendance import Shifts, segments, text, within_seats
from sample_data.blueprint import Blueprint, Crew, Habit, chance
from sample_data.pauses import shift_minutes

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
DAY = 1440
FREE = -1
# Chance of each weekday to be the first of two free ones; drawing anew favours the weekend, so it stands low here.
FREE_FIRST = (0.34, 0.08, 0.20, 0.19, 0.06, 0.13)
ROUNDS = 5000  # of drawing; of thousands of people the last one needs many


def worked(plan: Blueprint, agents: pd.DataFrame, away: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Rows of worked.csv for agents (columns agent, crew, hired_on, leaves_on), times as the text that files carry.

    No shift of those `away` (rows of absences.csv) reaches into the planned week.
    """
    kinds = tomllib.loads(plan.shifts_toml)
    shifts = _employed(plan, agents, _all_shifts(plan, agents, set(away["agent"]), seed, kinds))
    pieces = segments(plan, shifts, kinds, chance(seed, "pauses"))
    return text(plan, agents, within_seats(plan, pieces))


def _all_shifts(plan: Blueprint, agents: pd.DataFrame, away: set[str], seed: int, kinds: dict[str, Any]) -> Shifts:
    contracts = tomllib.loads(plan.contracts_toml)
    rng = chance(seed, "worked weeks")
    off = agents["agent"].isin(away).to_numpy()
    parts = []
    for c, crew in enumerate(plan.crews):
        members = np.flatnonzero((agents["crew"] == c).to_numpy())
        if len(members):
            parts.append(_crew_shifts(plan, crew, members, off[members], contracts[crew.contract], kinds, rng))
    return Shifts(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in Shifts.__slots__})


def _crew_shifts(
    plan: Blueprint,
    crew: Crew,
    members: Ints,
    away: Bools,
    contract: dict[str, Any],
    kinds: dict[str, Any],
    rng: np.random.Generator,
) -> Shifts:
    """Draw everybody's weeks; draw anew for those whose weeks do not go together, until all do."""
    weeks = plan.weeks_worked
    start = np.full((len(members), 7 * weeks), FREE)
    end = np.full_like(start, FREE)
    habit = np.zeros_like(start)
    position = np.zeros_like(start)
    open_ = np.arange(len(members))
    for _ in range(ROUNDS):
        start[open_], end[open_], habit[open_], position[open_] = _draw(plan, crew, len(open_), kinds, rng)
        legal = _legal(start[open_], end[open_], contract) & ((end[open_, -1] <= DAY) | ~away[open_])
        open_ = open_[~legal]
        if not len(open_):
            break
    else:
        raise ValueError(f"crew with contract {crew.contract}: no legal weeks found for {len(open_)} agents")
    row, day = np.nonzero(start != FREE)
    habits = crew.habits
    names = np.array([[*h.kinds, *[""] * (7 - len(h.kinds))] for h in habits], dtype=object)
    return Shifts(
        agent=members[row],
        day=day,
        start=start[row, day],
        kind=names[habit[row, day], position[row, day]],
        paid_hours=np.array([h.paid_hours for h in habits])[habit[row, day]],
    )


def _draw(
    plan: Blueprint, crew: Crew, people: int, kinds: dict[str, Any], rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Ints]:
    """Start and end (minutes past midnight, FREE without a shift), habit and place in it; shape (people, days)."""
    weeks = plan.weeks_worked
    turns = rng.choice(6, size=(people, weeks), p=FREE_FIRST)
    chances = np.array([h.weight for h in crew.habits])
    chosen = rng.choice(len(crew.habits), size=(people, weeks), p=chances / chances.sum())
    shape = (people, weeks, 7)
    start, end = np.full(shape, FREE), np.full(shape, FREE)
    position = np.zeros(shape, dtype=np.int64)
    for h, habit in enumerate(crew.habits):
        row, week = np.nonzero(chosen == h)
        days = _days(habit, turns[row, week], rng)
        begins = {kind: _starts(habit, kinds[kind], kind, len(row), rng) for kind in dict.fromkeys(habit.kinds)}
        for place, kind in enumerate(habit.kinds):
            start[row, week, days[:, place]] = begins[kind]
            end[row, week, days[:, place]] = begins[kind] + shift_minutes(kinds[kind], habit.paid_hours)
            position[row, week, days[:, place]] = place
    flat = (people, 7 * weeks)
    return start.reshape(flat), end.reshape(flat), np.repeat(chosen, 7, axis=1), position.reshape(flat)


def _days(habit: Habit, turn: Ints, rng: np.random.Generator) -> Ints:
    """Weekdays of the shifts, in order of time; shape (weeks, shifts)."""
    if habit.days is not None:
        return np.tile(np.array(habit.days), (len(turn), 1))
    keys = rng.random((len(turn), 7))
    row = np.arange(len(turn))
    keys[row, turn] = keys[row, turn + 1] = 2.0
    return np.sort(np.argsort(keys, axis=1)[:, : len(habit.kinds)], axis=1)


def _starts(habit: Habit, kind: dict[str, Any], name: str, count: int, rng: np.random.Generator) -> Ints:
    """One start a week for all shifts of a kind, on the kind's steps and within the habit's hours."""
    earliest = _clock(kind["start"][0])
    on_step = np.arange(earliest, _clock(kind["start"][1]) + 1, kind["step_minutes"])
    low, high = habit.starts[name]
    return rng.choice(on_step[(on_step >= low) & (on_step <= high)], size=count)


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _legal(start: Ints, end: Ints, contract: dict[str, Any]) -> Bools:
    """Whether weeks drawn one by one also keep rest, days in a row and free weekends across their borders."""
    on = start != FREE
    days = np.arange(start.shape[1]) * DAY
    latest_end = np.maximum.accumulate(np.where(on, days + end, -DAY), axis=1)
    gap = np.where(on[:, 1:], days[1:] + start[:, 1:] - latest_end[:, :-1], DAY)
    legal: Bools = (gap >= 60 * contract.get("min_rest_hours", 0)).all(axis=1)
    run = contract.get("max_consecutive_days", 7) + 1
    if run <= start.shape[1]:
        days_on = np.lib.stride_tricks.sliding_window_view(on, run, axis=1).sum(axis=2)
        legal &= days_on.max(axis=1) < run
    if "weekends_off" in contract:
        saturday, sunday = on[:, 5::7][:, -3:], on[:, 6::7][:, -3:]
        legal &= ~(saturday | sunday).all(axis=1)
    return legal


def _employed(plan: Blueprint, agents: pd.DataFrame, shifts: Shifts) -> Shifts:
    """Only shifts dated within employment."""
    first = plan.monday - timedelta(weeks=plan.weeks_worked)
    hired, leaves = (
        pd.to_datetime(agents[side]).sub(pd.Timestamp(first)).dt.days.to_numpy()[shifts.agent]
        for side in ("hired_on", "leaves_on")
    )
    kept = (shifts.day >= hired) & ~(shifts.day >= leaves)
    return Shifts(**{name: getattr(shifts, name)[kept] for name in Shifts.__slots__})
