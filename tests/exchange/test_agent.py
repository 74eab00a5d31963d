"""An agent takes the own shifts home: as a workbook, into a calendar, as a table."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import icalendar
import openpyxl
import pandas as pd
import pytest

from tests.exchange.conftest import DAY, NIGHT, TRAINED
from tests.tiny import MONDAY, shift_at, tiny_agent, tiny_centre
from wfm.centre import Centre
from wfm.clock import Week
from wfm.exchange import agent_calendar, agent_csv, agent_workbook
from wfm.exchange.ical import time_zone
from wfm.roster import Shift

CHANGES = [
    ("Europe/Berlin", date(2026, 3, 23)),
    ("Europe/Berlin", date(2026, 10, 19)),
    ("America/New_York", date(2026, 3, 2)),
    ("Australia/Lord_Howe", date(2026, 3, 30)),
    ("America/Santiago", date(2026, 8, 31)),
    ("Asia/Shanghai", MONDAY),
]


def events(content: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def test_the_workbook_has_one_row_a_date(centre: Centre, week: Week, shifts: tuple[Shift, ...]) -> None:
    book = openpyxl.load_workbook(BytesIO(agent_workbook(centre, week, "ann", shifts)))
    assert book.sheetnames == ["Week", "Segments"]
    rows = [list(row) for row in book["Week"].iter_rows(values_only=True)]
    assert [rows[0][0], rows[1][1], rows[2][1], rows[3][1]] == ["Ann", "ann", "one", "Asia/Shanghai"]
    assert [row[0] for row in rows[6:13]] == [datetime(2026, 11, 30) + timedelta(days=day) for day in range(7)]
    assert rows[8][2:] == [
        datetime(2026, 12, 2, 8, 30),
        datetime(2026, 12, 2, 17, 30),
        8,
        "rest 10:00 (15 min), meal 12:30 (60 min)",
        "training 13:30 (60 min)",
    ]
    assert [row[2] for row in rows[11:13]] == ["free", "free"]
    assert rows[13][3:5] == ["paid hours", 40]


def test_an_agents_workbook_tells_of_nobody_else(centre: Centre, week: Week, shifts: tuple[Shift, ...]) -> None:
    book = openpyxl.load_workbook(BytesIO(agent_workbook(centre, week, "bob", shifts)))
    assert {row[0] for row in book["Segments"].iter_rows(min_row=2, values_only=True)} == {"bob"}


def test_a_name_is_no_formula_in_the_agents_own_workbook(week: Week) -> None:
    centre = tiny_centre(agents=[tiny_agent("=1", name="=1+1", team="@x")])
    book = openpyxl.load_workbook(BytesIO(agent_workbook(centre, week, "=1", [shift_at(week, "=1", 0, DAY)])))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "b", "d"}
    assert book["Week"]["A1"].value == "=1+1"


def test_the_table_is_the_agents_part_of_the_roster(centre: Centre, week: Week, shifts: tuple[Shift, ...]) -> None:
    table = pd.read_csv(BytesIO(agent_csv(centre, week, "dee", shifts)))
    assert list(table.columns) == ["agent", "date", "start", "end", "activity", "paid"]
    assert set(table["agent"]) == {"dee"}
    assert list(table["date"].unique()) == ["2026-11-30", "2026-12-06"]


def test_every_shift_is_an_event_with_its_segments(centre: Centre, week: Week, shifts: tuple[Shift, ...]) -> None:
    found = events(agent_calendar(centre, week, "ann", shifts))
    assert len(found) == 5
    assert str(found[2]["SUMMARY"]) == "Shift 08:30-17:30"
    assert str(found[2]["DESCRIPTION"]).splitlines()[:2] == ["08:30-10:00 work", "10:00-10:15 rest"]
    assert "13:30-14:30 training" in str(found[2]["DESCRIPTION"])


@pytest.mark.parametrize(("timezone", "monday"), CHANGES)
def test_a_calendar_shows_the_instants_of_the_roster(timezone: str, monday: date) -> None:
    centre = tiny_centre(timezone=timezone)
    week = centre.week(monday)
    shifts = [shift_at(week, "dee", day, text) for day in range(7) for text in (NIGHT, TRAINED, "25:15 work 26:45")]
    ordered = sorted(shifts, key=lambda shift: shift.start)
    found = events(agent_calendar(centre, week, "dee", shifts))
    shown = [(event["DTSTART"].dt.astimezone(UTC), event["DTEND"].dt.astimezone(UTC)) for event in found]
    assert shown == [(week.wall(s.start).astimezone(UTC), week.wall(s.end).astimezone(UTC)) for s in ordered]


def test_the_hour_shown_twice_is_not_confused() -> None:
    centre = tiny_centre(timezone="Europe/Berlin")
    week = centre.week(date(2026, 10, 19))
    second = week.at(6, 150)[1]  # 02:30 for the second time
    shift = Shift(agent="dee", day=6, segments=shift_at(week, "dee", 6, "02:30 work 06:00").segments)
    moved = Shift(agent="dee", day=6, segments=tuple(s._replace(start=second) for s in shift.segments))
    (first_event,), (second_event,) = (events(agent_calendar(centre, week, "dee", [s])) for s in (shift, moved))
    assert first_event["DTSTART"].dt.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second_event["DTSTART"].dt.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(("timezone", "monday"), CHANGES)
def test_the_time_zone_in_the_file_agrees_with_the_worlds(timezone: str, monday: date) -> None:
    week = tiny_centre(timezone=timezone).week(monday)
    named = icalendar.Timezone.from_ical(time_zone(week).to_ical())
    told = named.to_tz(lookup_tzid=False)
    world = ZoneInfo(timezone)
    for hour in range(-24, 24 * 9):
        wall = datetime(monday.year, monday.month, monday.day) + timedelta(hours=hour, minutes=15)
        if wall.replace(tzinfo=world).utcoffset() == wall.replace(tzinfo=world, fold=1).utcoffset():
            assert wall.replace(tzinfo=told).utcoffset() == wall.replace(tzinfo=world).utcoffset(), wall


def test_a_change_of_the_clock_is_told_in_the_time_before_it() -> None:
    changes = time_zone(tiny_centre(timezone="Europe/Berlin").week(date(2026, 3, 23))).to_ical()
    assert b"DTSTART:20260329T020000\r\nTZNAME:CEST\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200" in changes


def test_an_event_keeps_its_identity_when_the_shift_changes(centre: Centre, week: Week) -> None:
    before = events(agent_calendar(centre, week, "ann", [shift_at(week, "ann", 0, DAY)]))[0]
    after = events(agent_calendar(centre, week, "ann", [shift_at(week, "ann", 0, TRAINED)], sequence=1))[0]
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert str(before["UID"]).endswith("@wfm.local")


def test_events_of_other_dates_and_agents_have_other_identities(
    centre: Centre, week: Week, shifts: tuple[Shift, ...]
) -> None:
    found = [
        str(event["UID"]) for agent in ("ann", "bob") for event in events(agent_calendar(centre, week, agent, shifts))
    ]
    assert len(set(found)) == 6


def test_the_same_shifts_are_the_same_file(centre: Centre, week: Week, shifts: tuple[Shift, ...]) -> None:
    assert agent_calendar(centre, week, "dee", shifts) == agent_calendar(centre, week, "dee", reversed(shifts))
    assert agent_workbook(centre, week, "dee", shifts) == agent_workbook(centre, week, "dee", reversed(shifts))


def test_a_centres_name_cannot_add_lines_to_the_calendar(week: Week, shifts: tuple[Shift, ...]) -> None:
    centre = tiny_centre(name="x\r\nBEGIN:VALARM\r\nATTACH:y;z,\\")
    content = agent_calendar(centre, week, "ann", shifts)
    assert b"\nBEGIN:VALARM" not in content
    assert len(events(content)) == 5
