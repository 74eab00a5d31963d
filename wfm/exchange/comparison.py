"""whatif.csv, sweep.csv, whatif.json and whatif.xlsx: scenarios side by side, written and read back."""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format

from wfm.centre import Centre
from wfm.clock import Week
from wfm.comparison import COMPARISON, MEASURES, SURE, SWEEP, Comparison, service_table
from wfm.exchange.cells import Look, Value, put, put_row, workbook
from wfm.exchange.files import put_files, summary_json
from wfm.exchange.output import Json
from wfm.exchange.plaintext import no_formula
from wfm.faults import Fault, FaultyInput
from wfm.reading import cells
from wfm.reading.tables import Table, read_table

WORKBOOK = "whatif.xlsx"
SHOWN = ("value", "difference", "difference_percent")
DIGITS = {"difference_percent": 4}  # the other numbers have six


def write_comparison(found: Comparison, centre: Centre, week: Week, folder: Path) -> None:
    """Write the four files; all are complete before the first one of an earlier comparison is replaced."""
    put_files(
        folder,
        {
            "whatif.csv": _csv(found.table, ("scenario",)),
            "sweep.csv": _csv(found.sweeps, ("sweep",)),
            "whatif.json": summary_json(found.summary),
            WORKBOOK: comparison_workbook(found, centre, week),
        },
    )


def read_comparison(folder: Path) -> Comparison | None:
    """The comparison in a folder; None where a file is missing, FaultyInput where one was edited into something else."""
    paths = [folder / name for name in ("whatif.csv", "sweep.csv", "whatif.json")]
    if not all(path.exists() for path in paths):
        return None
    summary: object = None
    with suppress(ValueError):
        summary = json.loads(paths[2].read_text(encoding="utf-8"))
    if not isinstance(summary, dict):
        expected, got = "the JSON that wfm whatif wrote", "something else"
        raise FaultyInput([Fault(file=paths[2].name, row=1, column="", expected=expected, got=got)])
    return Comparison(table=_read(paths[0], COMPARISON), sweeps=_read(paths[1], SWEEP), summary=summary)


def comparison_workbook(found: Comparison, centre: Centre, week: Week) -> bytes:
    """The workbook's bytes: sheets Comparison, Scenarios, Sweeps, Measures and, where rosters were simulated, Service."""
    with workbook(title=f"What if, {centre.name}, week of {week.monday}", monday=week.monday) as (book, look, stream):
        figure = book.add_format({"num_format": "#,##0.0##"})
        change = book.add_format({"num_format": "+#,##0.0##;-#,##0.0##;0"})
        _write_table(book, look, found.table, figure=figure, change=change)
        _write_scenarios(book, look, found.summary)
        _write_sweeps(book, look, found.sweeps, figure=figure)
        sheet = book.add_worksheet("Measures")
        sheet.set_column(0, 1, 18)
        sheet.set_column(2, 2, 80)
        put_row(sheet, 0, ["measure", "unit", "meaning"], look.header)
        for row, (name, (unit, meaning)) in enumerate(MEASURES.items(), start=1):
            put_row(sheet, row, [name, centre.currency if name == "money" else unit, meaning])
        _write_service(book, look, service_table(found.table), figure=figure, change=change)
    return stream.getvalue()


def _write_table(book: Workbook, look: Look, table: pd.DataFrame, *, figure: Format, change: Format) -> None:
    """A row for each measure and queue; the base's value, then for each scenario value, difference and percent."""
    sheet = book.add_worksheet("Comparison")
    names = list(dict.fromkeys(table["scenario"]))
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 2 + 3 * len(names), 14)
    put_row(
        sheet, 0, ["measure", "queue", *(part for name in names for part in (name, "difference", "%"))], look.header
    )
    sheet.freeze_panes(1, 2)
    cell = {
        (str(row["scenario"]), str(row["measure"]), str(row["queue"])): [row[name] for name in SHOWN]
        for row in table.to_dict("records")
    }
    lines = list(dict.fromkeys((measure, queue) for _, measure, queue in cell))
    lines.sort(key=lambda line: list(MEASURES).index(line[0]) if line[0] in MEASURES else len(MEASURES))
    for row, (measure, queue) in enumerate(lines, start=1):
        put_row(sheet, row, [measure, queue or "all"])
        for place, name in enumerate(names):
            values = cell.get((name, measure, queue), [None] * len(SHOWN))
            for column, (value, form) in enumerate(zip(values, (figure, change, change), strict=True)):
                put(sheet, row, 2 + 3 * place + column, _number(value), form)


def _write_service(book: Workbook, look: Look, table: pd.DataFrame, *, figure: Format, change: Format) -> None:
    """A row for each scenario and queue simulated, in percent; the differences are from the base."""
    if table.empty:
        return
    sheet = book.add_worksheet("Service")
    sheet.set_column(0, len(table.columns) - 1, 16)
    put_row(sheet, 0, [str(name) for name in table.columns], look.header)
    sheet.freeze_panes(1, 2)
    for row, one in enumerate(table.to_dict("records"), start=1):
        put_row(sheet, row, [one["scenario"], one["queue"] or "all"])
        for column, name in enumerate(table.columns[2:], start=2):
            put(sheet, row, column, _number(one[name]), change if name.startswith("difference") else figure)


def _write_scenarios(book: Workbook, look: Look, summary: Mapping[str, Json]) -> None:
    sheet = book.add_worksheet("Scenarios")
    for column, width in enumerate((28, 40, 60, 14, 14, 10)):
        sheet.set_column(column, column, width)
    put_row(sheet, 0, ["scenario", "reason", "changes", "status", "folder", "seconds"], look.header)
    told = cast(list[dict[str, Any]], summary["scenarios"])
    for row, one in enumerate(told, start=1):
        texts: list[Value] = [one["name"], one["reason"], "; ".join(one["changes"]), one["status"], one["folder"]]
        put_row(sheet, row, [*texts, one["seconds"]], look.wrapped)
    figures = [(name, value) for name, value in summary.items() if isinstance(value, str | int | float)]
    below = 3 + len(told)
    for row, (name, value) in enumerate(figures, start=below):
        put_row(sheet, row, [name, value])


def _write_sweeps(book: Workbook, look: Look, sweeps: pd.DataFrame, *, figure: Format) -> None:
    """A row for each point and queue, a column for each measure."""
    sheet = book.add_worksheet("Sweeps")
    keys = list(SWEEP[:5]) + ["queue"]
    measures = [name for name in MEASURES if name in set(sweeps["measure"])]
    sheet.set_column(0, len(keys) + len(measures), 16)
    put_row(sheet, 0, [*keys, *measures], look.header)
    sheet.freeze_panes(1, 0)
    cell: dict[tuple[Value, ...], dict[str, float]] = {}
    for one in sweeps.to_dict("records"):
        key = tuple(str(one[k]) if isinstance(one[k], str) else _number(one[k]) for k in keys)
        cell.setdefault(key, {})[str(one["measure"])] = one["value"]
    for row, (key, values) in enumerate(cell.items(), start=1):
        put_row(sheet, row, [*key[:-1], key[-1] or "all"])
        for column, name in enumerate(measures, start=len(keys)):
            put(sheet, row, column, _number(values.get(name)), figure)


def _csv(table: pd.DataFrame, named: tuple[str, ...]) -> bytes:
    shown = table.round({str(name): DIGITS.get(str(name), 6) for name in table.select_dtypes("float")})
    for name in named:
        shown = shown.assign(**{name: [no_formula(str(text)) for text in shown[name]]})
    return shown.to_csv(index=False, lineterminator="\n").encode(errors="replace")


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    faults: list[Fault] = []
    needed = [name for name in columns if name not in SURE]  # a comparison of an earlier program has no intervals
    table = read_table(path.name, path.read_bytes(), required=needed, faults=faults)
    frame = None if table is None else pd.DataFrame(dict(_columns(table, columns)))
    if faults or frame is None:
        raise FaultyInput(faults)
    return frame


def _columns(table: Table, columns: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    for name in columns:
        if name in ("scenario", "sweep", "factor", "measure"):
            yield name, table.values(name, cells.text)
        elif name in ("queue", "second_factor"):
            yield name, table.values(name, cells.text, empty="")
        elif name not in table.cells:
            yield name, math.nan
        else:
            yield name, table.numbers(name, cells.number(), empty=math.nan)


def _number(value: object) -> Value:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
