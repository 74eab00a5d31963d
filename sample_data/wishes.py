"""What bears on the planned week one by one: absences, availability, requests, training owed, locks."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from sample_data.blueprint import WEEKDAYS, Blueprint, chance

AWAY_ALL_WEEK = 0.04
AWAY_SOME_DAYS = 0.03
WISHING = 0.2
LOCKS = (("work", "10:00", "14:00"), ("training", "14:00", "15:00"), ("meeting", "14:00", "15:00"), ("off", "", ""))


def absences(plan: Blueprint, staff: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Rows of absences.csv: leave of the whole week (some of it much longer), of some days, and of an afternoon."""
    rng = chance(seed, "absences")
    all_week, some_days = round(AWAY_ALL_WEEK * plan.agents), max(1, round(AWAY_SOME_DAYS * plan.agents))
    chosen = rng.permutation(staff["agent"].to_numpy())[: all_week + some_days]
    rows = []
    for n, agent in enumerate(chosen):
        kind = str(rng.choice(["leave", "leave", "leave", "sick", "other"]))
        if n < all_week:
            last = plan.monday + timedelta(days=int(rng.choice([6, 6, 6, 13, 60])))
            rows.append((agent, str(plan.monday), str(last), kind))
        else:
            start = plan.monday + timedelta(days=int(rng.integers(0, 5)))
            rows.append((agent, *_some_time(start, int(rng.integers(1, 3)), kind), kind))
    return pd.DataFrame(sorted(rows), columns=["agent", "start", "end", "kind"])


def availability(plan: Blueprint, staff: pd.DataFrame) -> pd.DataFrame:
    """Rows of availability.csv: the crews that can work only at some times."""
    rows = [
        (agent, WEEKDAYS[weekday], start, end)
        for agent, crew in zip(staff["agent"], staff["crew"], strict=True)
        for weekday, start, end in plan.crews[crew].availability
    ]
    return pd.DataFrame(rows, columns=["agent", "weekday", "from", "to"])


def requests(plan: Blueprint, staff: pd.DataFrame, kinds: dict[str, list[str]], seed: int) -> pd.DataFrame:
    """Rows of requests.csv: a fifth of the agents has one or two wishes; `kinds` are the shifts of a contract."""
    rng = chance(seed, "requests")
    opened = [d for d in range(7) if any(stream.hours is None or stream.hours[d] for stream in plan.streams)]
    rows = []
    for agent, contract in zip(staff["agent"], staff["contract"], strict=True):
        if rng.random() < WISHING:
            for day in sorted(rng.choice(opened, size=int(rng.integers(1, 3)), replace=False)):
                kind = str(rng.choice(["off", "shift", "start_after", "end_before"], p=[0.5, 0.2, 0.15, 0.15]))
                value = {"off": "", "shift": str(rng.choice(kinds[contract])), "start_after": "09:00"}.get(
                    kind, "18:00"
                )
                rows.append((agent, plan.monday + timedelta(days=int(day)), kind, value, int(rng.choice([1, 1, 1, 2]))))
    return pd.DataFrame(rows, columns=["agent", "date", "kind", "value", "weight"])


def training(plan: Blueprint, staff: pd.DataFrame, away: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Rows of training.csv for the months the week touches; beginners owe more, those away all week nothing.

    Agents hired in or after the planned week have no row: for them the contract's hours count.
    """
    rng = chance(seed, "training")
    excused = {
        agent
        for agent, start, end in zip(away["agent"], away["start"], away["end"], strict=True)
        if start[:10] <= str(plan.monday) and end[:10] >= str(plan.monday + timedelta(days=6))
    }
    rows = []
    for agent, crew, hired in zip(staff["agent"], staff["crew"], staff["hired_on"], strict=True):
        left = int(rng.choice(plan.crews[crew].left_this_month))
        if hired < plan.monday:
            for month, owed in _owed(plan, plan.crews[crew].monthly_training, hired, left):
                rows.append((agent, f"{month:%Y-%m}", 0 if agent in excused else owed))
    return pd.DataFrame(rows, columns=["agent", "month", "owed_minutes"])


def locks(plan: Blueprint, staff: pd.DataFrame, away: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Rows of locks.csv for full-time agents who are there all week, from Tuesday on (last week's nights are over)."""
    rng = chance(seed, "locks")
    there = (staff["hired_on"] < plan.monday) & staff["leaves_on"].isna() & ~staff["agent"].isin(away["agent"])
    eligible = staff.loc[there & staff["contract"].isin(plan.lockable_contracts), "agent"].to_numpy()
    rows = []
    for n, agent in enumerate(sorted(rng.choice(eligible, size=min(plan.locks, len(eligible)), replace=False))):
        activity, start, end = LOCKS[n % len(LOCKS)]
        day = plan.monday + timedelta(days=int(rng.integers(1, 4)))
        rows.append((agent, day, f"{day}T{start}" if start else "", f"{day}T{end}" if end else "", activity))
    return pd.DataFrame(rows, columns=["agent", "date", "start", "end", "activity"])


def _some_time(start: date, days: int, kind: str) -> tuple[str, str]:
    if kind == "other":
        return f"{start}T13:00", f"{start}T18:00"
    return str(start), str(start + timedelta(days=days - 1))


def _owed(plan: Blueprint, monthly: int, hired: date, left: int) -> list[tuple[date, int]]:
    """What is to be placed: a rest in the month that ends with the week, the whole of a month that begins in it."""
    tenure = (plan.monday - hired).days
    monthly = monthly * 2 if tenure < 60 else monthly
    first, last = plan.monday.replace(day=1), (plan.monday + timedelta(days=6)).replace(day=1)
    if first != last:
        return [(first, left), (last, monthly)]
    end = (first + timedelta(days=31)).replace(day=1)
    share = (end - plan.monday).days / (end - first).days
    return [(first, int(np.ceil(monthly * share / 15)) * 15)]
