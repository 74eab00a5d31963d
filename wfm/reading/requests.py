"""requests.csv and locks.csv: what agents wish for and what the scheduler has fixed."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from wfm.centre import Lock, Request
from wfm.clock import clock_text
from wfm.reading import cells
from wfm.reading.folder import Folder
from wfm.reading.people import AGENT
from wfm.reading.tables import Table


def read_requests(
    folder: Folder, *, agents: Collection[str] | None, kinds: Collection[str] | None
) -> tuple[Request, ...]:
    """Wishes; `kinds` are the kinds of shift that one may wish for."""
    table = folder.table("requests", "agent", "date", "kind", "value", "weight")
    if table is None:
        return ()
    agent = table.values("agent", cells.known(agents, AGENT))
    day = table.values("date", cells.day)
    kind = table.values("kind", cells.choice("off", "shift", "start_after", "end_before"))
    value = table.values("value", cells.text, empty="")
    weight = table.values("weight", cells.number(low=0), empty=1.0)
    clock = [_clock(table, row, what, kinds) for row, what in enumerate(zip(kind, value, strict=True))]
    return tuple(
        Request(agent=row[0], date=row[1], kind=row[2], value=row[3], weight=row[4], clock=row[5])
        for row in table.sound(zip(agent, day, kind, value, weight, clock, strict=True))
    )


def read_locks(folder: Folder, *, timezone: str, agents: Collection[str] | None) -> tuple[Lock, ...]:
    """What is fixed; a time without a date is of the lock's own date."""
    table = folder.table("locks", "agent", "date", "start", "end", "activity")
    if table is None:
        return ()
    agent = table.values("agent", cells.known(agents, AGENT))
    day = table.values("date", cells.day)
    activity = table.values("activity", cells.choice("work", "training", "meeting", "off"))
    off = [what == "off" for what in activity]
    start, end = (_lock_times(table, column, timezone, day, off) for column in ("start", "end"))
    early = [
        a is not None and b is not None and a.timestamp() >= b.timestamp() for a, b in zip(start, end, strict=True)
    ]
    table.refuse(early, "end", "an end after the start (past midnight: 26:00 is 02:00)")
    return tuple(
        Lock(agent=row[0], date=row[1], start=row[2], end=row[3], activity=row[4])
        for row in table.sound(zip(agent, day, start, end, activity, strict=True))
    )


def _clock(table: Table, row: int, wish: tuple[str, str], kinds: Collection[str] | None) -> int | None:
    """Minutes of the wish's time, where its kind has one; a value that does not suit the kind is a fault."""
    kind, value = wish
    try:
        if kind == "shift":
            cells.known(kinds, "a kind of shift of shifts.toml")(value)
        elif kind in ("start_after", "end_before"):
            return cells.clock(value)
    except ValueError as expected:
        table.fault(row, "value", f"{expected} for {kind}", value)
    return None


def _lock_times(table: Table, column: str, timezone: str, day: list[date], off: list[bool]) -> list[datetime | None]:
    times = table.values(column, _clock_or_moment(timezone), empty=None)
    given = [time is not None for time in times]
    table.refuse([free and said for free, said in zip(off, given, strict=True)], column, "nothing for a free day")
    needed = [not (free or said) for free, said in zip(off, given, strict=True)]
    table.refuse(needed, column, f"{cells.CLOCK}, or a time such as 2026-11-30T22:00")
    rows = enumerate(zip(day, times, strict=True))
    return [_on_date(table, row, column, timezone, of, time) for row, (of, time) in rows]


def _clock_or_moment(timezone: str) -> cells.Reader[int | datetime | None]:
    def read(cell: str) -> int | datetime:
        return cells.clock(cell) if "-" not in cell else cells.moment(timezone)(cell)

    return read


def _on_date(
    table: Table, row: int, column: str, timezone: str, day: date, time: int | datetime | None
) -> datetime | None:
    """The time itself, or minutes past midnight as a time of the lock's date."""
    if table.unsound[row] or not isinstance(time, int):
        return None if isinstance(time, int) else time
    wall = f"{day + timedelta(days=time // 1440)}T{clock_text(time % 1440)}"
    try:
        return cells.moment(timezone)(wall)
    except ValueError as expected:
        table.fault(row, column, str(expected), wall)
        return None
