"""Small centres whose true demand is known, for tests of forecast and opening hours."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd

from wfm.centre import Centre, Channel, CostRates, OpeningHours, Queue, SpecialDay

Course = Callable[[date, int], float]  # true contacts of an interval, from its date and minute of the day


def queue(name: str) -> Queue:
    """A voice queue with ordinary targets."""
    return Queue(
        queue=name,
        client="own",
        channel=Channel.VOICE,
        service_level=0.8,
        threshold_seconds=20,
        patience_seconds=120,
        max_occupancy=0.9,
        concurrency=1,
        weight=1,
        min_agents=0,
    )


def rows(
    name: str,
    *,
    first: date,
    last: date,
    course: Course,
    step: int = 60,
    timezone: str = "Asia/Shanghai",
    opened: tuple[int, int] = (0, 1440),
    aht: Course = lambda _day, _minute: 240.0,
) -> pd.DataFrame:
    """History rows of a queue: exactly its true course, both dates included."""
    dates = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    cells = [(day, minute) for day in dates for minute in range(opened[0], opened[1], step)]
    wall = pd.to_datetime([day for day, _ in cells]) + pd.to_timedelta([minute for _, minute in cells], unit="min")
    table = pd.DataFrame(
        {
            "start": wall.tz_localize(timezone, nonexistent="NaT", ambiguous=True),  # type: ignore[arg-type]
            "queue": name,
            "offered": [course(day, minute) for day, minute in cells],
            "aht_seconds": [aht(day, minute) for day, minute in cells],
            "abandoned": np.nan,
        }
    )
    return table.dropna(subset=["start"]).reset_index(drop=True)


def centre(
    *tables: pd.DataFrame,
    queues: tuple[str, ...] = ("calls",),
    hours: tuple[OpeningHours, ...] | None = None,
    special_days: tuple[SpecialDay, ...] = (),
    timezone: str = "Asia/Shanghai",
    country: str = "CN",
    step: int = 60,
) -> Centre:
    """A centre with this history and nobody in it."""
    return Centre(
        name="test",
        timezone=timezone,
        country=country,
        interval_minutes=step,
        grid_minutes=15,
        seats=None,
        absence_rate=0.05,
        annual_attrition=0.08,
        classroom_places=None,
        currency="CNY",
        cost=CostRates(),
        queues={name: queue(name) for name in queues},
        hours=hours,
        history=pd.concat(tables, ignore_index=True).sort_values("start", ignore_index=True),
        special_days=special_days,
        agents={},
        contracts={},
        kinds={},
        absences=(),
        availability=(),
        requests=(),
        owed={},
        locks=(),
        worked=None,
        published=None,
        ledger=None,
    )


def special(
    day: date, kind: str, *, name: str = "", queue: str | None = None, factor: float | None = None
) -> SpecialDay:
    """A row of special_days.csv."""
    return SpecialDay(date=day, queue=queue, name=name or kind, kind=kind, factor=factor)


def hours(
    open: int, close: int, *, queue: str = "calls", weekday: int | None = None, on: date | None = None
) -> OpeningHours:
    """A row of hours.csv, in hours of the day."""
    return OpeningHours(queue=queue, weekday=weekday, date=on, open=open * 60, close=close * 60)
