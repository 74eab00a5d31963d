"""The files of a capacity plan: three tables, the summary, and a workbook with a chart of supply and demand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
from xlsxwriter import Workbook

from wfm.capacity_tables import HEADCOUNT, HIRES, WEEKS
from wfm.exchange.cells import workbook
from wfm.exchange.files import csv_bytes, put_files, summary_json
from wfm.exchange.output import Json
from wfm.exchange.plaintext import clean
from wfm.exchange.sheets import write_summary_sheet, write_table_sheet
from wfm.faults import Fault, FaultyInput

FILES = ("capacity.csv", "headcount.csv", "hiring.csv", "capacity.json", "capacity.xlsx")
LINES = (("required_hours", "required", "#1D2A35"), ("supplied_hours", "supplied", "#0072B2"))
WIDE = 11
TEXTS = ("queue", "contract", "skills", "class")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CapacityFolder:
    """A capacity plan as its folder holds it: tables with the columns of their files, dates as datetime.date."""

    weeks: pd.DataFrame
    headcount: pd.DataFrame
    hires: pd.DataFrame
    summary: dict[str, Json]


def write_capacity(
    weeks: pd.DataFrame, headcount: pd.DataFrame, hires: pd.DataFrame, summary: Mapping[str, Json], folder: Path
) -> None:
    """Write every file of a capacity plan; `weeks`, `headcount` and `hires` as wfm.capacity_tables makes them."""
    put_files(
        folder,
        {
            "capacity.csv": _csv(weeks[list(WEEKS)]),
            "headcount.csv": _csv(headcount[list(HEADCOUNT)]),
            "hiring.csv": _csv(hires[list(HIRES)]),
            "capacity.json": summary_json(summary),
            "capacity.xlsx": capacity_workbook(weeks, headcount, hires, summary),
        },
    )


def read_capacity(folder: Path) -> CapacityFolder | None:
    """The capacity plan in a folder; None where there is none, FaultyInput where a file was edited into something else."""
    if not all((folder / name).exists() for name in FILES[:4]):
        return None
    try:
        summary = json.loads((folder / "capacity.json").read_text(encoding="utf-8"))
        weeks, headcount, hires = (
            _table(folder / name, columns)
            for name, columns in (("capacity.csv", WEEKS), ("headcount.csv", HEADCOUNT), ("hiring.csv", HIRES))
        )
    except (ValueError, KeyError) as error:
        fault = Fault(file=folder.name, row=1, column="", expected="what wfm capacity wrote", got=str(error))
        raise FaultyInput([fault]) from None
    return CapacityFolder(weeks=weeks, headcount=headcount, hires=hires, summary=summary)


def capacity_workbook(
    weeks: pd.DataFrame, headcount: pd.DataFrame, hires: pd.DataFrame, summary: Mapping[str, Json]
) -> bytes:
    """The workbook's bytes: sheets Capacity (all queues, with a chart), Queues, Headcount, Hiring, Summary."""
    first: date = min(weeks["week"])
    title = f"Capacity of {summary.get('centre', '')} from {first}"
    with workbook(title=title, monday=first) as (book, look, stream):
        together = weeks[weeks["queue"] == ""].drop(columns="queue")
        write_table_sheet(book, look=look, name="Capacity", table=together, width=WIDE, kept=2, digits=2)
        _chart(book, together)
        write_table_sheet(
            book,
            look=look,
            name="Queues",
            table=weeks[weeks["queue"] != ""].drop(columns=["seats"]),
            width=WIDE,
            kept=2,
            digits=2,
        )
        write_table_sheet(book, look=look, name="Headcount", table=headcount, width=WIDE, kept=2, digits=2)
        write_table_sheet(book, look=look, name="Hiring", table=hires, width=WIDE, kept=2, digits=2)
        write_summary_sheet(book, look=look, summary=summary)
    return stream.getvalue()


def _chart(book: Workbook, table: pd.DataFrame) -> None:
    chart = book.add_chart({"type": "line"})
    columns = list(table.columns)
    for column, name, colour in LINES:
        at = columns.index(column)
        chart.add_series(
            {
                "name": name,
                "categories": ["Capacity", 1, 0, len(table), 0],
                "values": ["Capacity", 1, at, len(table), at],
                "line": {"color": colour, "width": 1.75},
            }
        )
    chart.set_title({"name": "Hours with contacts by week"})
    chart.set_x_axis({"date_axis": True, "num_format": "mmm yy", "major_unit": 3, "major_unit_type": "months"})
    chart.set_size({"width": 1100, "height": 420})
    book.get_worksheet_by_name("Capacity").insert_chart(2, len(columns) + 1, chart)


def _csv(table: pd.DataFrame) -> bytes:
    told = table.copy()
    for name in TEXTS:
        if name in told:
            told[name] = [clean(str(text)) for text in told[name]]
    numbers = told.select_dtypes("number").columns
    return csv_bytes(told.round(dict.fromkeys(numbers, 2)))


def _table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=dict.fromkeys(TEXTS, str), keep_default_na=False, na_values={
        name: [""] for name in columns if name not in TEXTS
    })[list(columns)]  # fmt: skip
    for name in ("week", "start", "ready"):
        if name in table:
            table[name] = [date.fromisoformat(str(text)) for text in table[name]]
    return table
