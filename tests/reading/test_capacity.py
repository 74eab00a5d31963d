"""capacity.toml as planners write it, and hires that they have decided."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reading.shop import CAPACITY, write_shop
from wfm.capacity import Hire
from wfm.faults import FaultyInput
from wfm.hiring import Hiring
from wfm.reading import read_centre, read_hires

MONDAYS = [date(2026, 11, 30) + timedelta(weeks=week) for week in range(20)]


def test_everything_that_it_says_is_read(tmp_path: Path) -> None:
    hiring = read_centre(write_shop(tmp_path)).hiring
    assert (hiring.efficiency, hiring.shortage_pay, hiring.overtime, hiring.time_off) == (0.9, 2.5, 0.25, 0.5)
    assert (hiring.attrition.annual, hiring.attrition.notice_weeks) == (0.1, 4)
    assert hiring.leave[6] == 0.1 and len(hiring.leave) == 12
    assert (hiring.classes_at_once, hiring.trainees_at_once) == (2, 8)
    assert hiring.classes is not None
    spring, helpers = hiring.classes
    assert (spring.size, spring.ramp, spring.earliest) == ((2, 4), (1.3, 1.1), date(2027, 2, 1))
    assert (helpers.weeks_training, helpers.drop_out, helpers.max_classes) == (6, 0.1, None)
    (transfer,) = hiring.transfers
    assert (transfer.date, transfer.to_contract, transfer.to_queues) == (date(2027, 1, 4), "helper", ("orders", "chat"))


def test_without_the_file_everything_has_its_default(tmp_path: Path) -> None:
    assert read_centre(write_shop(tmp_path, capacity_toml=None)).hiring == Hiring()


def test_it_changes_the_hash_of_the_input(tmp_path: Path) -> None:
    one = read_centre(write_shop(tmp_path / "a")).inputs_sha256
    other = read_centre(write_shop(tmp_path / "b", capacity_toml=CAPACITY.replace("0.9", "0.8"))).inputs_sha256
    assert one != other


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=st.integers(0, CAPACITY.count("\n") - 1), junk=st.text(st.characters(codec="utf-8"), max_size=30))
def test_whatever_stands_in_a_line_it_is_read_or_told(tmp_path: Path, line: int, junk: str) -> None:
    lines = CAPACITY.splitlines()
    lines[line] = junk
    try:
        read_centre(write_shop(tmp_path, capacity_toml="\n".join(lines).replace("\r", "") + "\n"))
    except FaultyInput as faulty:
        assert {fault.file for fault in faulty.faults} == {"capacity.toml"}
        assert all(1 <= fault.row <= len(lines) + junk.count("\n") + 1 for fault in faulty.faults)


def test_hires_decided_are_a_table_of_class_start_and_size(tmp_path: Path) -> None:
    path = tmp_path / "hiring.csv"
    path.write_text("class,start,size,note\nspring,2026-12-07,3,a\nspring,2026-12-14,0,\n", encoding="utf-8")
    found = read_hires(path, classes=["spring"], mondays=MONDAYS)
    assert found[0] == Hire(name="spring", start=date(2026, 12, 7), size=3) and found[1].size == 0


def test_faults_of_hires_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "hiring.csv"
    path.write_text(
        "class,start,size\nsprint,2026-12-07,3\nspring,2026-12-08,3\nspring,2029-01-01,1.5\n", encoding="utf-8"
    )
    with pytest.raises(FaultyInput) as raised:
        read_hires(path, classes=["spring"], mondays=MONDAYS)
    told = [(fault.row, fault.column) for fault in raised.value.faults]
    assert told == [(2, "class"), (3, "start"), (4, "size"), (4, "start")]
    with pytest.raises(FaultyInput, match="nowhere.csv"):
        read_hires(tmp_path / "nowhere.csv", classes=["spring"], mondays=MONDAYS)
