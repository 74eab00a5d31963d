"""queues.csv, hours.csv and special_days.csv: what is answered, when, and which dates are not like others."""

from collections.abc import Collection
from datetime import date

from wfm.centre import Channel, OpeningHours, Queue, SpecialDay
from wfm.reading import cells
from wfm.reading.folder import Folder
from wfm.reading.tables import Table

QUEUE = "a queue named in queues.csv"
_SPECIAL = ("holiday", "workday", "event", "closed", "outage")


def read_queues(folder: Folder) -> tuple[dict[str, Queue], frozenset[str] | None]:
    """Queues by name, and every name the file gives (faulty rows too) for the other files to be judged by."""
    table = folder.table(
        "queues", "queue", "client", "channel", "service_level", "threshold_seconds", "patience_seconds",
        "max_occupancy", "concurrency", "weight", required=True,
    )  # fmt: skip
    if table is None:
        return {}, None
    names = table.values("queue", cells.text)
    given = frozenset(filter(None, names)) if "queue" in table.cells else None
    table.once("queue", names)
    if not len(table.lines):
        folder.fault(table.file, "at least one queue", "none")
    return {queue.queue: queue for queue in _queues(table, names)}, given


def read_hours(folder: Folder, *, queues: Collection[str] | None) -> tuple[OpeningHours, ...] | None:
    """Opening hours by weekday or date; None where the folder says none."""
    table = folder.table("hours", "queue", "open", "close")
    if table is None:
        return None
    queue = table.values("queue", cells.known(queues, QUEUE))
    if "weekday" not in table.cells and "date" not in table.cells:
        folder.fault(table.file, "a column weekday or date", ", ".join(table.cells) or "neither")
    opens = table.values("open", cells.clock)
    closes = table.values("close", cells.clock)
    days = _days(table)
    late = [c is not None and o is not None and c <= o for o, c in zip(opens, closes, strict=True)]
    table.refuse(late, "close", "a time after open (past midnight: 26:00 is 02:00)")
    return tuple(
        OpeningHours(
            queue=name,
            weekday=day if isinstance(day, int) else None,
            date=day if isinstance(day, date) else None,
            open=opened,
            close=closed,
        )
        for name, day, opened, closed in table.sound(zip(queue, days, opens, closes, strict=True))
    )


def read_special_days(folder: Folder, *, queues: Collection[str] | None) -> tuple[SpecialDay, ...]:
    """Special days; without a queue they are everybody's, without a factor it is learned."""
    table = folder.table("special_days", "date", "queue", "name", "kind", "factor")
    if table is None:
        return ()
    dates = table.values("date", cells.day)
    queue = table.values("queue", cells.known(queues, QUEUE), empty=None)
    names = table.values("name", cells.text, empty="")
    kinds = table.values("kind", cells.choice(*_SPECIAL))
    factors = table.values("factor", cells.number(low=0), empty=None)
    table.once("date", dates, queue, names)
    return tuple(
        SpecialDay(date=day, queue=one, name=name, kind=kind, factor=factor)
        for day, one, name, kind, factor in table.sound(zip(dates, queue, names, kinds, factors, strict=True))
    )


def _queues(table: Table, names: list[str]) -> list[Queue]:
    client = table.values("client", cells.text, empty="")
    channels = table.values("channel", cells.choice(*Channel))
    level = table.values("service_level", cells.number(above=0, high=1))
    threshold = table.values("threshold_seconds", cells.number(low=0))
    patience = table.values("patience_seconds", cells.number(above=0), empty=None)
    occupancy = table.values("max_occupancy", cells.number(above=0, high=1), empty=1.0)
    concurrency = table.values("concurrency", cells.number(low=1), empty=1.0)
    weight = table.values("weight", cells.number(above=0), empty=1.0)
    least = table.values("min_agents", cells.number(low=0), empty=0.0)
    deferred = [channel == Channel.DEFERRED for channel in channels]
    instant = [late and not seconds for late, seconds in zip(deferred, threshold, strict=True)]
    table.refuse(instant, "threshold_seconds", "a number above 0 for deferred work")
    rows = zip(names, client, channels, level, threshold, patience, occupancy, concurrency, weight, least, strict=True)
    return [
        Queue(
            queue=row[0],
            client=row[1],
            channel=Channel(row[2]),
            service_level=row[3],
            threshold_seconds=row[4],
            patience_seconds=None if row[2] == Channel.DEFERRED else row[5],
            max_occupancy=row[6],
            concurrency=row[7],
            weight=row[8],
            min_agents=row[9],
        )
        for row in table.sound(rows)
    ]


def _days(table: Table) -> list[int | date | None]:
    """Weekday or date of each row, from one column that holds either or from two of which one is filled."""
    if "date" not in table.cells:
        return list(table.values("weekday", _weekday_or_date))
    weekdays = table.values("weekday", _weekday_or_date, empty=None)
    dates = table.values("date", cells.day, empty=None)
    same = [(one is None) == (other is None) for one, other in zip(weekdays, dates, strict=True)]
    table.refuse(same, "date", "either a weekday or a date")
    return [one if one is not None else other for one, other in zip(weekdays, dates, strict=True)]


def _weekday_or_date(cell: str) -> int | date:
    if cell[:1].isdigit():
        return cells.day(cell)
    try:
        return cells.weekday(cell)
    except ValueError as expected:
        raise ValueError(f"{expected}, or a date such as 2026-11-30") from None
