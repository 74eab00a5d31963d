"""An Excel workbook may stand for a file of text."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.reading.shop import files, write_shop
from wfm.faults import FaultyInput
from wfm.reading import read_centre

Cell = str | int | float | bool | date | datetime | time | timedelta | None


def test_a_folder_of_workbooks_reads_like_one_of_text(tmp_path: Path) -> None:
    text = read_centre(write_shop(tmp_path / "text"))
    folder = write_shop(tmp_path / "excel")
    for name in [name for name in files() if name.endswith(".csv")]:
        _to_workbook(folder / name)
    excel = read_centre(folder)
    for name in (
        "queues",
        "hours",
        "special_days",
        "agents",
        "absences",
        "availability",
        "requests",
        "owed",
        "locks",
        "ledger",
    ):
        assert getattr(excel, name) == getattr(text, name), name
    for name in ("history", "worked", "published"):
        pd.testing.assert_frame_equal(getattr(excel, name), getattr(text, name))


def test_a_slip_in_a_workbook_is_told_by_its_row(tmp_path: Path) -> None:
    folder = write_shop(tmp_path, ledger_csv=files()["ledger.csv"].replace("weekend,1", "weekend,-1"))
    _to_workbook(folder / "ledger.csv")
    assert [str(fault) for fault in _faults(folder)] == [
        "ledger.xlsx:3:points: expected a number of at least 0, got -1"
    ]


def test_a_file_as_text_and_as_workbook_is_one_too_many(tmp_path: Path) -> None:
    folder = write_shop(tmp_path)
    text = (folder / "ledger.csv").read_text()
    _to_workbook(folder / "ledger.csv")
    (folder / "ledger.csv").write_text(text)
    assert [(fault.file, fault.got) for fault in _faults(folder)] == [("ledger.xlsx", "both")]


def test_a_workbook_that_is_none_is_told(tmp_path: Path) -> None:
    folder = write_shop(tmp_path, ledger_csv=None)
    (folder / "ledger.xlsx").write_bytes(b"agent,week,kind,points\n")
    assert "an Excel workbook" in _faults(folder)[0].expected


def _faults(folder: Path) -> tuple[object, ...]:
    with pytest.raises(FaultyInput) as raised:
        read_centre(folder)
    return raised.value.faults


def _to_workbook(path: Path) -> None:
    """Turn a file of text into a workbook with cells of the types that a spreadsheet makes of them."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in path.read_text(encoding="utf-8").splitlines():
        book.active.append([_typed(cell) for cell in line.split(",")])
    book.save(path.with_suffix(".xlsx"))
    path.unlink()


def _typed(cell: str) -> Cell:
    if cell == "007" or not cell:
        return cell or None
    if cell in ("true", "false"):
        return cell == "true"
    if len(cell) == 5 and cell[2] == ":":
        hours, minutes = int(cell[:2]), int(cell[3:])
        return time(hours, minutes) if hours < 24 else timedelta(hours=hours, minutes=minutes)
    for read in (float, date.fromisoformat, datetime.fromisoformat):
        try:
            return read(cell)
        except ValueError:
            continue
    return cell
