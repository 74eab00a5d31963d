"""Histories and rosters of the nights on which the clock changes."""

from pathlib import Path

import pandas as pd
import pytest

from tests.reading.shop import write_shop
from wfm.faults import FaultyInput
from wfm.reading import read_centre, read_roster

HEAD = "start,queue,offered,aht_seconds\n"


def test_an_hour_that_the_clock_shows_twice_is_read_twice_in_the_order_of_the_file(tmp_path: Path) -> None:
    hours = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
    history = _history(tmp_path, [f"2026-10-25T{hour},{queue},5,60" for queue in ("orders", "chat") for hour in hours])
    for _, one in history.groupby("queue"):
        assert one["start"].diff().dropna().eq(pd.Timedelta(minutes=30)).all()


def test_an_offset_says_which_of_two_hours_is_meant_and_without_one_it_is_the_first(tmp_path: Path) -> None:
    rows = ["2026-10-25T02:00+01:00,orders,5,60", "2026-10-25T02:00,orders,6,60"]
    utc = _history(tmp_path, rows)["start"].dt.tz_convert("UTC").dt.hour
    assert utc.tolist() == [1, 0]


@pytest.mark.parametrize(
    "rows",
    [
        ["2026-10-25T02:00", "2026-10-25T02:00", "2026-10-25T02:00"],
        ["2026-10-25T02:00+01:00", "2026-10-25T01:00Z"],
        ["2026-10-25T01:30", "2026-10-25T01:30"],
    ],
)
def test_more_rows_than_hours_are_faults(tmp_path: Path, rows: list[str]) -> None:
    with pytest.raises(FaultyInput) as raised:
        _history(tmp_path, [f"{row},orders,5,60" for row in rows])
    assert [(fault.row, fault.column) for fault in raised.value.faults] == [(len(rows) + 1, "start")]


def test_a_shift_over_the_change_lasts_as_long_as_it_lasted(tmp_path: Path) -> None:
    rows = [
        "agent,date,start,end,activity,paid",
        "A,2026-10-24,2026-10-24T22:00,2026-10-25T02:30+01:00,work,true",
        "B,2026-10-24,2026-10-24T22:00,2026-10-25T02:30,work,TRUE",
        "C,2026-03-28,2026-03-28T22:00,2026-03-29T03:00,work,false",
    ]
    path = tmp_path / "roster.csv"
    path.write_text("\n".join(rows))
    roster = read_roster(path, "Europe/Berlin")
    assert ((roster["end"] - roster["start"]) / pd.Timedelta(hours=1)).tolist() == [5.5, 4.5, 4.0]
    assert roster["paid"].tolist() == [True, True, False]


def _history(folder: Path, rows: list[str]) -> pd.DataFrame:
    return read_centre(write_shop(folder, history_csv=HEAD + "\n".join(rows) + "\n")).history
