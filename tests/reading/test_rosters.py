"""A roster from elsewhere: what cannot be read is a fault, what breaks a rule is the checker's to find."""

from datetime import date
from pathlib import Path

import pytest

from wfm.clock import Week
from wfm.faults import FaultyInput
from wfm.reading import read_roster
from wfm.roster import COLUMNS, shifts_of, table_of

HEAD = "agent,date,start,end,activity,paid"
ROW = "A1,2026-11-30,2026-11-30T08:00,2026-11-30T16:00,work,true"


def test_a_roster_comes_back_as_its_shifts(tmp_path: Path) -> None:
    week = Week(monday=date(2026, 11, 30), timezone="Asia/Shanghai", interval_minutes=15, grid_minutes=15)
    table = read_roster(_roster(tmp_path, ROW), "Asia/Shanghai")
    assert tuple(table.columns) == COLUMNS
    assert table["date"].tolist() == [date(2026, 11, 30)]
    (shift,) = shifts_of(table, week)
    assert (shift.agent, shift.day, shift.start, shift.end, shift.paid_minutes) == ("A1", 0, 480, 960, 480)
    assert shifts_of(table_of([shift], week), week) == [shift]


def test_unknown_people_and_activities_gaps_and_overlaps_are_left_to_the_checker(tmp_path: Path) -> None:
    rows = [ROW, ROW.replace("work", "dancing"), ROW.replace("A1", "nobody"), ROW.replace("T08:00", "T16:00")]
    assert len(read_roster(_roster(tmp_path, *rows), "Asia/Shanghai")) == 4


def test_a_roster_without_a_segment_is_a_roster(tmp_path: Path) -> None:
    table = read_roster(_roster(tmp_path), "Asia/Shanghai")
    assert table.empty
    assert str(table["start"].dtype) == "datetime64[ns, Asia/Shanghai]"


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        (f"{HEAD.replace(',paid', '')}\n{ROW}", 1, "paid"),
        (f"{HEAD}\n{ROW.replace('T16:00', 'T07:00')}", 2, "end"),
        (f"{HEAD}\n{ROW}\n{ROW.replace('T16:00', '')}x", 3, "paid"),
        (f"{HEAD}\n{ROW.replace('08:00', '08:00:20')}", 2, "start"),
        (f"{HEAD}\n{ROW[2:]}", 2, "agent"),
        ("", 1, ""),
    ],
)
def test_what_cannot_be_read_is_a_fault(tmp_path: Path, text: str, row: int, column: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text)
    with pytest.raises(FaultyInput) as raised:
        read_roster(path, "Asia/Shanghai")
    assert (row, column) in [(fault.row, fault.column) for fault in raised.value.faults]


def test_a_roster_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match="elsewhere.csv"):
        read_roster(tmp_path / "elsewhere.csv", "UTC")


def _roster(folder: Path, *rows: str) -> Path:
    path = folder / "roster.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    return path
