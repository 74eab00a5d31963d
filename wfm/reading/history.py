"""history.csv: contacts by interval and queue; half a million rows, so nothing here goes row by row."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from wfm.reading import cells
from wfm.reading.folder import Folder
from wfm.reading.queues import QUEUE
from wfm.reading.tables import Table


def read_history(
    folder: Folder, *, timezone: str, interval_minutes: int | None, queues: Collection[str] | None
) -> pd.DataFrame:
    """Columns start (aware, ns), queue, offered, aht_seconds, abandoned (NaN where not known), in the file's order.

    `interval_minutes` None: the centre's could not be read, starts are not held to it.
    """
    table = folder.table("history", "start", "queue", "offered", "aht_seconds", required=True)
    if table is None:
        return pd.DataFrame()  # never seen: the fault is told
    if not len(table.lines):
        folder.fault(table.file, "at least one row", "none")
    starts = table.moments("start", timezone)
    queue = pd.Series(table.values("queue", cells.known(queues, QUEUE)), dtype=object)
    offered = table.numbers("offered", cells.number(low=0))
    handling = table.numbers("aht_seconds", cells.number(low=0), empty=np.nan)
    abandoned = table.numbers("abandoned", cells.number(low=0), empty=np.nan)
    if interval_minutes:
        off = (starts.hour * 60 + starts.minute) % interval_minutes != 0
        table.refuse(np.asarray(off), "start", f"a start on the {interval_minutes}-minute intervals of the day")
    starts = _in_sequence(table, starts, queue, timezone)
    handling[handling == 0] = np.nan  # nothing was handled: no time is known
    return pd.DataFrame(
        {"start": starts, "queue": queue, "offered": offered, "aht_seconds": handling, "abandoned": abandoned}
    )


def _in_sequence(table: Table, starts: pd.DatetimeIndex, queue: pd.Series, timezone: str) -> pd.DatetimeIndex:
    """Starts with the second of two equal ambiguous ones moved to its own hour; other equal rows are faults."""
    keys = pd.DataFrame({"start": starts, "queue": queue})[~table.unsound]
    again = keys.index[keys.duplicated()]
    if again.empty:
        return starts
    # As long as the clock shows an hour twice, a file without offsets holds each start twice.
    texts = pd.Series(table.cells["start"][again], index=again)
    plain = again[~texts.map(cells.has_offset).to_numpy(dtype=bool)]
    plain = plain[(keys.loc[again].groupby(["start", "queue"]).cumcount() == 0).loc[plain].to_numpy(dtype=bool)]
    wall = starts[plain].tz_localize(None)
    later = wall.tz_localize(timezone, ambiguous=np.zeros(len(wall), dtype=bool))
    moved = pd.Series(starts)
    moved.loc[plain] = later
    keys["start"] = moved[keys.index]
    table.refuse_again("start", keys)
    return pd.DatetimeIndex(moved)
