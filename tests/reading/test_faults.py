"""A planner's slips, each told with its file, its line, its column, what is allowed and what stands there."""

from pathlib import Path

import pytest

from tests.reading.shop import files, write_shop
from wfm.faults import Fault, FaultyInput
from wfm.reading import read_centre

# file, what stood there, what stands there now, line, column, a word of what is expected
SLIPS = [
    ("agents.csv", "A02,王", "007,王", 3, "agent", "line 2"),
    ("agents.csv", "A03,王 2,team 0,full", "A03,王 2,team 0,fulll", 4, "contract", "did you mean full?"),
    ("agents.csv", "2020-01-04", "2020-13-04", 5, "hired_on", "a date"),
    ("agents.csv", "2026-12-03", "2019-12-03", 13, "leaves_on", "after hired_on"),
    ("agents.csv", "007,王 0", ",王 0", 2, "agent", "a text"),
    ("skills.csv", "A02,chat", "A02,chatt", 4, "queue", "did you mean chat?"),
    ("skills.csv", "A02,chat,1.3", "A02,chat,0", 4, "aht_factor", "above 0"),
    ("skills.csv", "A02,chat", "A02,orders", 4, "agent", "line 3"),
    ("skills.csv", "A03,orders", "A99,orders", 5, "agent", "agents.csv"),
    ("queues.csv", "0.80,20", "1.2,20", 2, "service_level", "above 0 and up to 1"),
    ("queues.csv", "0.80,20", "80%,20", 2, "service_level", "a number"),
    ("queues.csv", "shop,voice", "shop,phone", 2, "channel", "voice, chat, deferred"),
    ("queues.csv", "0.88,1,", "0.88,0.5,", 2, "concurrency", "at least 1"),
    ("queues.csv", "0.88,1,1.0", "0.88,1,0", 2, "weight", "above 0"),
    ("queues.csv", "0.88,1,1.0", "0.88,1,nan", 2, "weight", "a number"),
    ("queues.csv", "20,120", "20,0", 2, "patience_seconds", "above 0"),
    ("queues.csv", "0.88", "1.01", 2, "max_occupancy", "up to 1"),
    ("queues.csv", "1.0,1\n", "1.0,-1\n", 2, "min_agents", "at least 0"),
    ("queues.csv", "0.95,86400", "0.95,0", 4, "threshold_seconds", "deferred"),
    ("queues.csv", "chat,shop", "orders,shop", 3, "queue", "line 2"),
    ("hours.csv", "orders,mon", "order,mon", 2, "queue", "did you mean orders?"),
    ("hours.csv", "08:00,20:00", "08:00,07:00", 2, "close", "after open"),
    ("hours.csv", "08:00,20:00", "08:00,48:15", 2, "close", "up to 48:00"),
    ("hours.csv", "orders,sat", "orders,someday", 3, "weekday", "mon, tue"),
    ("hours.csv", "2026-12-24", "2026-02-30", 4, "weekday", "a date"),
    ("history.csv", "2026-11-16T08:00,chat,", "2026-11-16T08:00,chats,", 3, "queue", "queues.csv"),
    ("history.csv", "2026-11-16T08:00,chat,1", "2026-11-16T08:00,chat,-1", 3, "offered", "at least 0"),
    ("history.csv", "2026-11-16T08:00,chat,1", "2026-11-16T08:00,chat,one", 3, "offered", "a number"),
    ("history.csv", "2026-11-16T08:00,chat,1", "2026-11-16T08:00,chat,", 3, "offered", "a number"),
    ("history.csv", "2026-11-16T08:00,chat,1", "2026-11-16T08:00,orders,1", 3, "start", "line 2"),
    ("history.csv", "2026-11-16T08:00,chat", "2026-11-16T08:10,chat", 3, "start", "30-minute"),
    ("history.csv", "2026-11-16T08:00,chat", "2026-11-16T08:00:30,chat", 3, "start", "to the minute"),
    ("history.csv", "2026-11-16T08:00,chat", "16.11.2026 08:00,chat", 3, "start", "2026-11-30T22:00"),
    ("history.csv", "2026-11-16T08:00,chat", "2026-03-29T02:30,chat", 3, "start", "exists in Europe/Berlin"),
    ("history.csv", "2026-11-16T08:00,chat,1,300,", "2026-11-16T08:00,chat,1,3,0,0", 3, "", "the header's 5"),
    ("history.csv", "196.5,0", "196.5,-2", 2, "abandoned", "at least 0"),
    ("special_days.csv", "Christmas,holiday", "Christmas,holyday", 2, "kind", "did you mean holiday?"),
    ("special_days.csv", "holiday,0.2", "holiday,-0.2", 2, "factor", "at least 0"),
    ("special_days.csv", "2026-12-01", "2026-12-32", 3, "date", "a date"),
    ("adjustments.csv", "\nmailing,orders", "\n,orders", 2, "layer", "a text"),
    ("adjustments.csv", "mailing,orders", "mailing,order", 2, "queue", "did you mean orders?"),
    ("adjustments.csv", "2026-12-01T08:00", "2026-12-01T08:10", 2, "start", "30-minute"),
    ("adjustments.csv", "2026-12-02T00:00", "2026-12-01T23:59", 2, "end", "30-minute"),
    ("adjustments.csv", "2026-12-02T00:00", "2026-12-01T08:00", 2, "end", "after the start"),
    ("adjustments.csv", "2026-12-02T00:00", "tomorrow", 2, "end", "to the minute"),
    ("adjustments.csv", "2026-12-05", "2026-12-07T00:30", 3, "end", "inside one week"),
    ("adjustments.csv", "contacts,factor", "calls,factor", 2, "measure", "contacts, aht"),
    ("adjustments.csv", "contacts,factor", "contacts,factors", 2, "kind", "did you mean factor?"),
    ("adjustments.csv", "factor,1.5", "factor,-1.5", 2, "value", "at least 0"),
    ("adjustments.csv", "factor,1.5", "factor,50%", 2, "value", "a number"),
    ("adjustments.csv", "letters to 5 000 customers", "", 2, "reason", "a text"),
    ("adjustments.csv", "customers,true", "customers,yes", 2, "active", "true, false"),
    ("absences.csv", "2026-12-02,leave", "2026-11-30,leave", 2, "end", "after the start"),
    ("absences.csv", "T18:00", "T12:00", 3, "end", "after the start"),
    ("absences.csv", "2026-12-02,leave", "2026-12-02,holiday", 2, "kind", "leave, sick, other"),
    ("absences.csv", "007,2026-12-01", "7,2026-12-01", 2, "agent", "agents.csv"),
    ("absences.csv", "007,2026-12-01", "007,1/12/2026", 2, "start", "a date, or a time"),
    ("availability.csv", "mon,08:00,16:00", "mon,16:00,08:00", 2, "to", "after from"),
    ("availability.csv", "A05,sun", "A05,sunn", 4, "weekday", "did you mean sun?"),
    ("availability.csv", "24:00", "24.00", 4, "to", "HH:MM"),
    ("requests.csv", "A02,2026-12-04,shift,night", "A02,2026-12-04,shift,nite", 3, "value", "did you mean night?"),
    ("requests.csv", "start_after,10:00", "start_after,ten", 4, "value", "HH:MM"),
    ("requests.csv", "007,2026-12-05,off", "007,2026-12-05,free", 2, "kind", "off, shift"),
    ("requests.csv", "26:00,0.5", "26:00,-0.5", 5, "weight", "at least 0"),
    ("training.csv", "2026-12,300", "2026-12,-300", 2, "owed_minutes", "at least 0"),
    ("training.csv", "2026-12,300", "December,300", 2, "month", "2026-11"),
    ("training.csv", "A03,2026-12,0", "007,2026-12-15,0", 4, "agent", "line 2"),
    ("locks.csv", "09:00,11:00", "11:00,09:00", 2, "end", "after the start"),
    ("locks.csv", "2026-12-01,,,off", "2026-12-01,09:00,,off", 3, "start", "nothing for a free day"),
    ("locks.csv", "22:00,26:00", "22:00,", 4, "end", "HH:MM"),
    ("locks.csv", "007,2026-11-30,09:00", "007,2026-03-29,02:30", 2, "start", "exists in Europe/Berlin"),
    ("locks.csv", "11:00,meeting", "11:00,party", 2, "activity", "meeting"),
    ("ledger.csv", "2026-11-16,night", "2026-11-17,night", 2, "week", "2026-11-16"),
    ("ledger.csv", "night,2", "nights,2", 2, "kind", "did you mean night?"),
    ("worked.csv", "2026-11-23T12:00,work", "2026-11-23T07:00,work", 2, "end", "not before the start"),
    ("worked.csv", "meal,false", "meal,no", 3, "paid", "true, false"),
    ("published.csv", "2026-11-30T08:00", "2026-11-30T8:00", 2, "start", "to the minute"),
    ("centre.toml", "seats", "seets", 6, "seets", "did you mean seats?"),
    ("centre.toml", "fairness", "fairnes", 15, "cost.fairnes", "did you mean fairness?"),
    ("centre.toml", "seats = 10", 'seats = "ten"', 6, "seats", "a whole number of at least 0"),
    ("centre.toml", "seats = 10", "seats = ten", 6, "seats", "key = value"),
    ("centre.toml", "grid_minutes = 15", "grid_minutes = 20", 5, "grid_minutes", "interval_minutes = 30"),
    ("centre.toml", "interval_minutes = 30", "interval_minutes = 20", 4, "interval_minutes", "5, 10, 15, 30, 60"),
    ("centre.toml", "Europe/Berlin", "Europe/Bärlin", 2, "timezone", "a time zone"),
    ("centre.toml", 'timezone = "Europe/Berlin"\n', "", 1, "timezone", "a text"),
    ("centre.toml", "absence_rate = 0.05", "absence_rate = 5", 7, "absence_rate", "a share"),
    ("centre.toml", "shortage = 2", "shortage = nan", 14, "cost.shortage", "a number"),
    ("centre.toml", "seats = 10", "seats = 10\nseats = 12", 7, "seats", "once"),
    ("contracts.toml", '"day", "night"', '"day", "nigth"', 2, "full.shifts", "did you mean night?"),
    ("contracts.toml", "[37.5, 40]", "[40, 37.5]", 3, "full.weekly_hours", "least not above most"),
    ("contracts.toml", "[37.5, 40]", "[37.501, 40]", 3, "full.weekly_hours", "whole minutes"),
    ("contracts.toml", "days = [4, 5]", "days = 5", 4, "full.days", "[least, most]"),
    ("contracts.toml", "days = [4, 5]", "days = [4, 8]", 4, "full.days", "up to 7"),
    ("contracts.toml", "max_nights = 3", "max_night = 3", 10, "full.max_night", "did you mean max_nights?"),
    ("contracts.toml", "[1, 4]", "[5, 4]", 11, "full.weekends_off", "least not above most"),
    ("contracts.toml", '[helper]\nshifts = ["day"]', "[helper]", 16, "helper.shifts", "a list"),
    ("capacity.toml", "efficiency = 0.9", "eficiency = 0.9", 1, "eficiency", "did you mean efficiency?"),
    ("capacity.toml", "efficiency = 0.9", "efficiency = 0", 1, "efficiency", "above 0"),
    ("capacity.toml", "annual = 0.1", "annual = 1.1", 5, "attrition.annual", "a share"),
    ("capacity.toml", "share = 0.05", "shares = 0.05", 11, "leave.shares", "did you mean share?"),
    ("capacity.toml", "0.04, 0.08]", "0.04]", 12, "leave.months", "a list of 12"),
    ("capacity.toml", "share = 0.25", "share = 25", 15, "overtime.share", "up to 1"),
    ("capacity.toml", "trainees_at_once = 8", "trainees_at_once = -8", 22, "limits.trainees_at_once", "at least 0"),
    ("capacity.toml", '"orders", "chat"]', '"orders", "chatt"]', 27, "class[1].queues", "did you mean chat?"),
    ("capacity.toml", "[2, 4]", "[4, 2]", 28, "class[1].size", "least not above most"),
    ("capacity.toml", "2027-02-01", "2027", 33, "class[1].earliest", "a date"),
    ("capacity.toml", '"helpers"', '"spring"', 38, "class[2].name", "each name once"),
    ("capacity.toml", 'contract = "helper"', 'contract = "helpers"', 39, "class[2].contract", "did you mean helper?"),
    ("capacity.toml", "drop_out = 0.2", "dropout = 0.2", 31, "class[1].dropout", "did you mean drop_out?"),
    ("capacity.toml", "size = [1, 2]", "", 37, "class[2].size", "[least, most]"),
    ("capacity.toml", '"2027-01-04"', '"2027-13-04"', 44, "transfer[1].date", "a date"),
    ("capacity.toml", "to_queues", "to_queue", 49, "transfer[1].to_queue", "did you mean to_queues?"),
    ("shifts.toml", '"12:00"]', '"07:00"]', 2, "day.start", "least not above most"),
    ("shifts.toml", '"08:00"', '"08:10"', 2, "day.start", "grid of 15"),
    ("shifts.toml", "step_minutes = 30", "step_minutes = 20", 3, "day.step_minutes", "grid of 15"),
    ("shifts.toml", '"26:00"', '"49:00"', 12, "night.start", "up to 48:00"),
    ("shifts.toml", "[8, 7.5]", "[]", 4, "day.paid_hours", "at least one"),
    ("shifts.toml", "paid = false", 'paid = "no"', 5, "day.meal.paid", "true or false"),
    ("shifts.toml", "[5.5, 8.0]", "[5.55, 5.6]", 6, "day.rests[2].after_hours", "15-minute grid"),
    ("shifts.toml", "[60, 120], step", "[50, 120], step", 9, "day.training.minutes", "grid of 15"),
    ("shifts.toml", "minutes = 60, paid", "minuts = 60, paid", 5, "day.meal.minuts", "did you mean minutes?"),
    ("shifts.toml", "[3.0, 5.0]", "[8.0, 9.0]", 5, "day.meal", "a place for the meal of day"),
    ("shifts.toml", "[5.5, 8.0]", "[4.25, 4.25]", 6, "day.rests", "a place for the meal and due rests of day"),
]


@pytest.mark.parametrize(("file", "was", "now", "row", "column", "word"), SLIPS)
def test_a_slip_is_told_where_it_is(
    tmp_path: Path, file: str, was: str, now: str, row: int, column: str, word: str
) -> None:
    text = files()[file]
    assert was in text
    found = faults_of(write_shop(tmp_path, **{file.replace(".", "_"): text.replace(was, now, 1)}))
    here = [fault for fault in found if (fault.file, fault.row, fault.column) == (file, row, column)]
    assert any(word in fault.expected for fault in here), [str(fault) for fault in found]
    # An id, a queue or a grid that is wrong makes what relies on it wrong; nothing else is accused.
    assert all(fault.file != file for fault in found if fault not in here) or file in ("centre.toml", "shifts.toml")


@pytest.mark.parametrize("file", [name for name in files() if name.endswith(".csv")])
def test_a_missing_column_is_told_once(tmp_path: Path, file: str) -> None:
    text = files()[file]
    column = text.partition("\n")[0].split(",")[2]
    found = faults_of(write_shop(tmp_path, **{file.replace(".", "_"): text.replace(column, "other", 1)}))
    assert [(fault.file, fault.row, fault.column) for fault in found] == [(file, 1, column)]


@pytest.mark.parametrize("file", list(files()))
def test_an_empty_file_is_a_fault(tmp_path: Path, file: str) -> None:
    found = faults_of(write_shop(tmp_path, **{file.replace(".", "_"): ""}))
    assert file in {fault.file for fault in found}


@pytest.mark.parametrize("file", list(files()))
def test_a_file_in_another_encoding_is_told_once_with_what_to_do(tmp_path: Path, file: str) -> None:
    folder = write_shop(tmp_path)
    (folder / file).write_bytes((folder / file).read_bytes() + "\n# 王".encode("gb18030"))
    lines = files()[file].count("\n") + 2
    found = [fault for fault in faults_of(folder) if fault.file == file]
    assert [(fault.row, fault.column) for fault in found] == [(lines, "")]
    assert "UTF-8" in found[0].expected


@pytest.mark.parametrize(
    "file", ["centre.toml", "queues.csv", "history.csv", "agents.csv", "skills.csv", "contracts.toml", "shifts.toml"]
)
def test_a_file_that_must_be_there_is_missed(tmp_path: Path, file: str) -> None:
    found = faults_of(write_shop(tmp_path, **{file.replace(".", "_"): None}))
    assert [(fault.file, fault.row) for fault in found] == [(file, 1)]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "no such folder" in str(faults_of(tmp_path / "nowhere")[0])


def test_a_fault_reads_as_file_line_column_expected_and_got(tmp_path: Path) -> None:
    text = files()["queues.csv"].replace("20,120", "20,soon")
    found = faults_of(write_shop(tmp_path, queues_csv=text))
    assert [str(fault) for fault in found] == ["queues.csv:2:patience_seconds: expected a number above 0, got soon"]


def test_a_kind_names_the_length_that_leaves_no_place_for_its_meal(tmp_path: Path) -> None:
    text = files()["shifts.toml"].replace("[8, 7.5]", "[8, 3]")
    found = faults_of(write_shop(tmp_path, shifts_toml=text))
    assert [(fault.row, fault.column, fault.got) for fault in found] == [
        (5, "day.meal", "none in a shift of 3 paid hours, 04:00 long")
    ]


def test_slips_in_one_toml_file_do_not_hide_each_other(tmp_path: Path) -> None:
    text = files()["contracts.toml"].replace("days = [4, 5]", "days = 4, 5").replace("[helper]", "[helper")
    text = text.replace("daily_hours_max = 10", "daily_hours_max = ten").replace("max_nights = 3", "max_nights = -3")
    found = faults_of(write_shop(tmp_path, contracts_toml=text))
    assert [(fault.row, fault.column) for fault in found] == [
        (4, "full.days"), (5, "full.daily_hours_max"), (10, "full.max_nights"), (16, "helper"),
    ]  # fmt: skip


def test_a_contract_written_twice_is_told_once(tmp_path: Path) -> None:
    text = files()["contracts.toml"] + '\n[full]\nshifts = ["night"]\ndays = [1, 2]\n'
    found = faults_of(write_shop(tmp_path, contracts_toml=text))
    assert [(fault.row, fault.column) for fault in found] == [(21, "full")]


def test_a_stray_quote_does_not_hide_the_slips_below_it(tmp_path: Path) -> None:
    text = files()["agents.csv"].replace("A03,王 2", 'A03,"王 2').replace("2020-01-09", "yesterday")
    found = faults_of(write_shop(tmp_path, agents_csv=text, **dict.fromkeys(("absences_csv", "skills_csv"))))
    places = {(fault.file, fault.row, fault.column) for fault in found}
    assert {("agents.csv", 4, ""), ("agents.csv", 10, "hired_on")} <= places


def test_a_name_in_quotes_over_two_lines_does_not_shift_the_lines_below(tmp_path: Path) -> None:
    text = files()["agents.csv"].replace("王 2", '"王\n 2"').replace("2020-01-09", "yesterday")
    found = faults_of(write_shop(tmp_path, agents_csv=text))
    assert [(fault.file, fault.row, fault.column) for fault in found] == [("agents.csv", 11, "hired_on")]


def test_a_table_without_people_beside_it_is_missed_by_the_files_about_them(tmp_path: Path) -> None:
    found = faults_of(write_shop(tmp_path, agents_csv=None))
    assert [fault.file for fault in found] == ["agents.csv"]


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(FaultyInput) as raised:
        read_centre(folder)
    return raised.value.faults
