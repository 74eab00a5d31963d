"""corner_shop is small enough to read, and the same whenever it is written."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sample_data.make import make
from tests.sample_data.worked_weeks import violations
from wfm.centre import Centre


def contents(folder: Path) -> dict[str, bytes]:
    """Bytes of all files by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_writes_the_same_bytes(corner_shop_folder: Path, tmp_path: Path) -> None:
    make("corner_shop", tmp_path)
    assert contents(tmp_path) == contents(corner_shop_folder)


def test_another_seed_writes_another_centre(corner_shop_folder: Path, tmp_path: Path) -> None:
    make("corner_shop", tmp_path, seed=13)
    other = contents(tmp_path)
    assert {"history.csv", "agents.csv", "worked.csv"} <= {
        name for name, data in contents(corner_shop_folder).items() if data != other.get(name)
    }


def test_an_unknown_centre_is_named_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="guangzhou_10000, corner_shop"):
        make("corner_stop", tmp_path)


def test_twelve_agents_answer_one_queue_by_day(corner_shop: Centre) -> None:
    assert len(corner_shop.agents) == 12
    assert list(corner_shop.queues) == ["shop"]
    assert corner_shop.hours is not None
    assert {(row.open, row.close) for row in corner_shop.hours} == {(480, 1200)}
    assert {row.weekday for row in corner_shop.hours} == set(range(6))


def test_no_row_lies_outside_opening_hours(corner_shop: Centre) -> None:
    start = corner_shop.history["start"].dt
    assert set(start.weekday) == set(range(6))
    assert start.hour.min() == 8
    assert start.hour.max() == 19
    assert corner_shop.history["start"].max() == pd.Timestamp("2026-11-28T19:00", tz="Asia/Shanghai")


def test_there_is_something_of_everything_that_moves_a_week(corner_shop: Centre) -> None:
    assert corner_shop.requests
    assert corner_shop.absences
    assert corner_shop.locks
    assert any(corner_shop.owed.values())


def test_the_worked_weeks_are_legal(corner_shop: Centre) -> None:
    assert violations(corner_shop, date(2026, 11, 30)) == []
