"""What one step of a plan wrote, read back for the next: forecast.csv with forecast_days.csv, and requirement.csv."""

from pathlib import Path

import numpy as np
import pandas as pd

from wfm.clock import Week
from wfm.demand import BAND, LEVELS, Floats, Forecast, Limits, Requirement, by_date, matrix
from wfm.faults import Fault, FaultyInput
from wfm.reading import cells
from wfm.reading.rosters import missing
from wfm.reading.tables import Table, read_table


def read_forecast(path: Path, week: Week, queues: tuple[str, ...]) -> Forecast:
    """The forecast of exactly this week and these queues; raises FaultyInput.

    The limits of dates stand beside it in forecast_days.csv; a date that is not there is taken as certain.
    """
    needed = ("offered", *(f"offered_{name}" for name in BAND), "aht_seconds")
    more = (*(f"offered_{n}" for n in LEVELS), *(f"aht_{n}" for n in LEVELS), "offered_model", "aht_model")
    told = _matrices(path, week, queues, needed, more=more)
    days = by_date(told["offered"], week)
    return Forecast(
        week=week,
        queues=queues,
        offered=told["offered"],
        limits={name: told[f"offered_{name}"] for name in LEVELS if f"offered_{name}" in told},
        aht_seconds=told["aht_seconds"],
        aht_limits={name: told[f"aht_{name}"] for name in LEVELS if f"aht_{name}" in told},
        day_limits=_day_limits(path.with_name("forecast_days.csv"), week, queues, certain=days),
        offered_model=told.get("offered_model"),
        aht_model=told.get("aht_model"),
    )


def read_requirement(path: Path, week: Week, queues: tuple[str, ...]) -> Requirement:
    """The requirement of exactly this week and these queues; raises FaultyInput."""
    told = _matrices(path, week, queues, ("agents", "agents_rostered"))
    return Requirement(week=week, queues=queues, agents=told["agents"], rostered=told["agents_rostered"])


def _day_limits(path: Path, week: Week, queues: tuple[str, ...], *, certain: Floats) -> Limits:
    """Shape (queues, 7) by level; none without the file, or where it is of another week."""
    if not path.exists():
        return {}
    faults: list[Fault] = []
    columns = [f"offered_{name}" for name in BAND]
    table = read_table(path.name, path.read_bytes(), required=("date", "queue", *columns), faults=faults)
    if table is None:
        raise FaultyInput(faults)
    dates, names = table.values("date", cells.day), table.values("queue", cells.text)
    read = {
        name: table.numbers(f"offered_{name}", cells.number(low=0))
        for name in LEVELS
        if f"offered_{name}" in table.cells
    }
    if faults:
        raise FaultyInput(faults)
    row = {queue: number for number, queue in enumerate(queues)}
    day = {week.date_of(number): number for number in range(7)}
    known = [n for n, (one, queue) in enumerate(zip(dates, names, strict=True)) if one in day and queue in row]
    at = [row[names[n]] for n in known], [day[dates[n]] for n in known]
    found = {name: certain.copy() for name in read} if known else {}
    for name, limits in found.items():
        limits[at] = read[name][known]
    return found


def _matrices(
    path: Path, week: Week, queues: tuple[str, ...], columns: tuple[str, ...], *, more: tuple[str, ...] = ()
) -> dict[str, Floats]:
    """Shape (queues, intervals) by column: all of `columns`, and those of `more` that the file has."""
    faults: list[Fault] = []
    try:
        table = read_table(path.name, path.read_bytes(), required=("start", "queue", *columns), faults=faults)
    except OSError as error:
        raise FaultyInput([missing(path, error)]) from None
    if table is not None:
        columns = (*columns, *(name for name in more if name in table.cells and name not in columns))
    long = None if table is None else _long(table, week, queues, columns)
    if long is None or faults:
        raise FaultyInput(faults)
    _refuse_gaps(path, long, week, queues)
    return {column: matrix(long, week, queues, column) for column in columns}


def _long(table: Table, week: Week, queues: tuple[str, ...], columns: tuple[str, ...]) -> pd.DataFrame:
    starts = table.moments("start", week.timezone)
    queue = table.values("queue", cells.known(queues, "a queue of the centre"))
    # A closed interval has no handling time; 0 makes no work of no contacts.
    values = {
        column: table.numbers(column, cells.number(low=0), **({"empty": 0.0} if column.startswith("aht_") else {}))
        for column in columns
    }
    elapsed = starts - pd.Timestamp(week.wall(0)).tz_convert(week.timezone)
    step = pd.Timedelta(minutes=week.interval_minutes)
    outside = (elapsed < pd.Timedelta(0)) | (elapsed >= pd.Timedelta(minutes=week.minutes))
    table.refuse(outside | (elapsed % step != pd.Timedelta(0)), "start", f"an interval of the week of {week.monday}")
    table.once("start", starts, queue)
    return pd.DataFrame({"start": starts, "queue": queue, **values})


def _refuse_gaps(path: Path, long: pd.DataFrame, week: Week, queues: tuple[str, ...]) -> None:
    counts = long["queue"].value_counts().reindex(list(queues), fill_value=0)
    short = counts[counts != week.intervals]
    if not short.empty:
        raise FaultyInput(
            Fault(file=path.name, row=1, column="start", expected=f"{week.intervals} intervals of {queue}", got=f"{n}")
            for queue, n in short.items()
        )
    assert np.all(counts == week.intervals)
