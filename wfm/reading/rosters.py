"""A roster's table: worked.csv, published.csv, a plan's roster.csv or one from elsewhere."""

from pathlib import Path

import pandas as pd

from wfm.faults import Fault, FaultyInput
from wfm.reading import cells
from wfm.reading.folder import Folder
from wfm.reading.tables import Table, read_table
from wfm.roster import COLUMNS


def read_roster(path: Path, timezone: str) -> pd.DataFrame:
    """A roster in the columns of `wfm.roster.COLUMNS`: date as datetime.date, start and end aware (ns), paid bool.

    Who the agents are, what they do and whether segments gap or overlap is for the checker to judge.
    Raises FaultyInput.
    """
    faults: list[Fault] = []
    try:
        table = read_table(path.name, path.read_bytes(), required=COLUMNS, faults=faults)
    except OSError as error:
        raise FaultyInput([missing(path, error)]) from None
    roster = None if table is None else _roster(table, timezone)
    if roster is None or faults:
        raise FaultyInput(faults)
    return roster


def read_past(folder: Folder, stem: str, *, timezone: str) -> pd.DataFrame | None:
    """worked.csv or published.csv; its agents may have left since."""
    table = folder.table(stem, *COLUMNS)
    return None if table is None else _roster(table, timezone)


def missing(path: Path, error: OSError) -> Fault:
    """The fault of a file that cannot be opened."""
    return Fault(file=path.name, row=1, column="", expected="a file that can be read", got=error.strerror or "none")


def _roster(table: Table, timezone: str) -> pd.DataFrame:
    agent = table.values("agent", cells.text)
    day = table.values("date", cells.day)
    start, end = table.moments("start", timezone), table.moments("end", timezone)
    activity = table.values("activity", cells.text)
    paid = table.values("paid", cells.truth)
    table.refuse(end < start, "end", "an end that is not before the start")
    frame = pd.DataFrame({"agent": agent, "date": day, "start": start, "end": end, "activity": activity, "paid": paid})
    texts = ["agent", "date", "activity"]
    return frame.astype({**dict.fromkeys(texts, object), "paid": bool})
