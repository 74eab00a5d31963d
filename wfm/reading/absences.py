"""absences.csv and availability.csv: when an agent cannot work."""

from collections.abc import Collection

from wfm.centre import Absence, Availability
from wfm.reading import cells
from wfm.reading.folder import Folder
from wfm.reading.people import AGENT


def read_absences(folder: Folder, *, timezone: str, agents: Collection[str] | None) -> tuple[Absence, ...]:
    """Absences; dates run from 00:00 of the first to 24:00 of the last."""
    table = folder.table("absences", "agent", "start", "end", "kind")
    if table is None:
        return ()
    agent = table.values("agent", cells.known(agents, AGENT))
    start = table.values("start", cells.date_start(timezone))
    end = table.values("end", cells.date_end(timezone))
    kind = table.values("kind", cells.choice("leave", "sick", "other"))
    early = [
        a is not None and b is not None and a.timestamp() >= b.timestamp() for a, b in zip(start, end, strict=True)
    ]
    table.refuse(early, "end", "an end after the start")
    rows = table.sound(zip(agent, start, end, kind, strict=True))
    return tuple(Absence(agent=one, start=begin, end=finish, kind=what) for one, begin, finish, what in rows)


def read_availability(folder: Folder, *, agents: Collection[str] | None) -> tuple[Availability, ...]:
    """Hours on weekdays in which an agent can work."""
    table = folder.table("availability", "agent", "weekday", "from", "to")
    if table is None:
        return ()
    agent = table.values("agent", cells.known(agents, AGENT))
    weekday = table.values("weekday", cells.weekday)
    start = table.values("from", cells.clock)
    end = table.values("to", cells.clock)
    early = [a is not None and b is not None and b <= a for a, b in zip(start, end, strict=True)]
    table.refuse(early, "to", "a time after from (past midnight: 26:00 is 02:00)")
    rows = table.sound(zip(agent, weekday, start, end, strict=True))
    return tuple(Availability(agent=one, weekday=day, start=begin, end=finish) for one, day, begin, finish in rows)
