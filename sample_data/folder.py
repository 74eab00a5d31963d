"""Writes the folder of a centre from its blueprint."""

import tomllib
from pathlib import Path

import pandas as pd

from sample_data import people, wishes
from sample_data.blueprint import WEEKDAYS, Blueprint
from sample_data.contacts import history
from sample_data.weeks import worked


def write(plan: Blueprint, folder: Path) -> None:
    """Write every file of the centre's folder, replacing what is there under the same names."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "centre.toml").write_text(_centre(plan), encoding="utf-8")
    (folder / "contracts.toml").write_text(plan.contracts_toml, encoding="utf-8")
    (folder / "shifts.toml").write_text(plan.shifts_toml, encoding="utf-8")
    if plan.capacity_toml:
        (folder / "capacity.toml").write_text(plan.capacity_toml, encoding="utf-8")
    if plan.scenarios_toml:
        (folder / "scenarios.toml").write_text(plan.scenarios_toml, encoding="utf-8")
    for name, table in tables(plan).items():
        if not table.empty:
            table.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")


def tables(plan: Blueprint) -> dict[str, pd.DataFrame]:
    """The tables of the folder by file name, in the columns of their files."""
    seed = plan.seed
    staff = people.agents(plan, seed)
    away = wishes.absences(plan, staff, seed)
    kinds = {name: rules["shifts"] for name, rules in tomllib.loads(plan.contracts_toml).items()}
    columns = ["agent", "name", "team", "contract", "hired_on", "leaves_on", "email"]
    return {
        "queues": _queues(plan),
        "hours": _hours(plan),
        "special_days": _special_days(plan),
        "history": history(plan, seed),
        "agents": staff[columns],
        "skills": people.skills(plan, staff),
        "absences": away,
        "availability": wishes.availability(plan, staff),
        "requests": wishes.requests(plan, staff, kinds, seed),
        "training": wishes.training(plan, staff, away, seed),
        "locks": wishes.locks(plan, staff, away, seed),
        "worked": worked(plan, staff, away, seed),
    }


def _centre(plan: Blueprint) -> str:
    return f"""\
name = "{plan.name}"
timezone = "{plan.timezone}"
country = "{plan.country}"
interval_minutes = {plan.interval_minutes}
grid_minutes = {plan.grid_minutes}
seats = {plan.seats}
absence_rate = {plan.absence_rate}
annual_attrition = {plan.annual_attrition}
training_hours_month = {plan.training_hours_month}
classroom_places = {plan.classroom_places}
currency = "{plan.currency}"

[cost]
shortage = 1
shortage_deep = 4
surplus = 0.1
overtime = 0.5
below_hours = 0.5
request = 60
training = 2
fairness = 30
change = 60
"""


def _queues(plan: Blueprint) -> pd.DataFrame:
    names = ["queue", "client", "channel", "service_level", "threshold_seconds", "patience_seconds"]
    names += ["max_occupancy", "concurrency", "weight", "min_agents"]
    rows = [[getattr(stream, name) for name in names] for stream in plan.streams]
    return pd.DataFrame(rows, columns=names).astype({"patience_seconds": "Int64"})


def _hours(plan: Blueprint) -> pd.DataFrame:
    rows: list[tuple[str, ...]] = []
    for stream in plan.streams:
        for weekday, hours in zip(WEEKDAYS, stream.hours or ((0, 1440),) * 7, strict=True):
            if hours is not None:
                rows.append((stream.queue, weekday, *map(_clock, hours)))
        rows.extend((stream.queue, str(day), *map(_clock, hours)) for day, hours in stream.dates_open.items())
    return pd.DataFrame(rows, columns=["queue", "weekday", "open", "close"])


def _special_days(plan: Blueprint) -> pd.DataFrame:
    rows = [(s.date, s.queue, s.name, s.kind, s.factor) for s in plan.special_dates]
    return pd.DataFrame(rows, columns=["date", "queue", "name", "kind", "factor"])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
