"""adjustments.csv: what a planner changes of the forecast, for a while and for a reason."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from wfm.centre import Adjustment, Centre, Change, Measure
from wfm.faults import Fault, FaultyInput
from wfm.reading import cells
from wfm.reading.folder import Folder
from wfm.reading.queues import QUEUE
from wfm.reading.tables import Table, read_table

FILE = "adjustments.csv"
REQUIRED = ("layer", "queue", "start", "end", "measure", "kind", "value", "reason")


def read_adjustments(
    folder: Folder, *, timezone: str, interval_minutes: int | None, queues: Collection[str] | None
) -> tuple[Adjustment, ...]:
    """Changes in the order of the file, those switched off too.

    `interval_minutes` None: the centre's could not be read, times are not held to it.
    """
    table = folder.table("adjustments", *REQUIRED)
    return () if table is None else _adjustments(table, timezone, interval_minutes, queues)


def parse_adjustments(data: bytes, centre: Centre) -> tuple[Adjustment, ...]:
    """The content of an adjustments.csv that is not in the centre's folder yet; raises FaultyInput."""
    faults: list[Fault] = []
    table = read_table(FILE, data, required=REQUIRED, faults=faults)
    found = () if table is None else _adjustments(table, centre.timezone, centre.interval_minutes, centre.queues)
    if faults:
        raise FaultyInput(faults)
    return found


def _adjustments(
    table: Table, timezone: str, interval_minutes: int | None, queues: Collection[str] | None
) -> tuple[Adjustment, ...]:
    layer = table.values("layer", _line)
    queue = table.values("queue", cells.known(queues, QUEUE), empty=None)
    start = table.values("start", cells.moment(timezone))
    end = table.values("end", cells.moment(timezone))
    measure = table.values("measure", cells.choice(*Measure))
    kind = table.values("kind", cells.choice(*Change))
    value = table.values("value", cells.number(low=0))
    reason = table.values("reason", _line)
    active = table.values("active", cells.truth, empty=True)
    for column, times in (("start", start), ("end", end)):
        if interval_minutes:
            off = [time is not None and bool((time.hour * 60 + time.minute) % interval_minutes) for time in times]
            table.refuse(off, column, f"a time on the {interval_minutes}-minute intervals of the day")
    known = [a is not None and b is not None for a, b in zip(start, end, strict=True)]
    early = [both and a.timestamp() >= b.timestamp() for both, a, b in zip(known, start, end, strict=True)]
    table.refuse(early, "end", "an end after the start")
    total = [(what, how) == (Measure.CONTACTS, Change.ABSOLUTE) for what, how in zip(measure, kind, strict=True)]
    # What share of a total falls into each of several weeks is not for the program to guess.
    long = [
        both and one and _monday(a) != _monday(b - timedelta(minutes=1))
        for both, one, a, b in zip(known, total, start, end, strict=True)
    ]
    table.refuse(long, "end", "a period inside one week, Monday to Monday, for contacts in total: a row for each week")
    rows = zip(layer, queue, start, end, measure, kind, value, reason, active, strict=True)
    return tuple(
        Adjustment(
            layer=row[0],
            queue=row[1],
            start=row[2],
            end=row[3],
            measure=Measure(row[4]),
            kind=Change(row[5]),
            value=row[6],
            reason=row[7],
            active=row[8],
        )
        for row in table.sound(rows)
    )


def _line(cell: str) -> str:
    """Any text but an empty one, in one line."""
    return " ".join(cells.text(cell).split())


def _monday(wall: datetime) -> date:
    return wall.date() - timedelta(days=wall.weekday())
