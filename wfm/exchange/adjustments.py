"""adjustments.csv written from rows that a planner has edited, once the reader finds no fault in them."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from wfm.centre import Adjustment, Centre
from wfm.clock import iso
from wfm.exchange.files import put_files
from wfm.exchange.plaintext import no_formula
from wfm.reading import parse_adjustments

COLUMNS = ("layer", "queue", "start", "end", "measure", "kind", "value", "reason", "active")


def adjustments_table(adjustments: Iterable[Adjustment]) -> pd.DataFrame:
    """Rows with the columns of adjustments.csv: `queue` None for all, times as text, `value` a float, `active` a bool."""
    rows = [
        (a.layer, a.queue, iso(a.start), iso(a.end), str(a.measure), str(a.kind), a.value, a.reason, a.active)
        for a in adjustments
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(object)
    return table.astype({"value": float, "active": bool})


def write_adjustments(table: pd.DataFrame, centre: Centre, folder: Path) -> tuple[Adjustment, ...]:
    """Write such rows to the centre's folder; FaultyInput, and the old file stays, where the reader would refuse them.

    A missing value is an empty cell. `centre` is the one whose folder it is.
    """
    cells = {name: [_cell(value) for value in table[name]] for name in COLUMNS}
    content = pd.DataFrame(cells, dtype=object)
    data = content.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).encode(errors="replace")
    found = parse_adjustments(data, centre)
    put_files(folder, {"adjustments.csv": data})
    return found


def _cell(value: object) -> str:
    """The value as text, which no spreadsheet takes for a formula."""
    if hasattr(value, "item"):  # a number of numpy's
        value = value.item()
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return ""
        case float() | int():
            return "" if pd.isna(value) else repr(float(value)).removesuffix(".0")
    return "" if pd.isna(value) else no_formula(str(value))  # type: ignore[call-overload]
