"""The scheduler's workbook shows the plan, counts right and runs no user's text."""

from dataclasses import replace
from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from tests.exchange.conftest import DAY, NIGHT, plan_of
from tests.tiny import MONDAY, shift_at, tiny_agent, tiny_centre, tiny_queue
from wfm.exchange import PlanOutput
from wfm.exchange.plaintext import clean
from wfm.exchange.workbook import roster_workbook

HEADER = 3  # row of the header of sheet Roster, counted from 1
NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("x","y")',
    "<r><t>x</t></r>",
    "<r></is></c><c><f>1+1</f></c></r>",
    "{=1}",
    "http://example.invalid",
    "mailto:x",
    "internal:Roster!A1",
    "_x003D_1+1",
    "12345",
    "a\x00b\x1b[31m",
    "x\ny",
    "'quoted",
    "张伟 👩‍💻",
    "\u202eevil",
]


def reopened(plan: PlanOutput) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(roster_workbook(plan)))


def rows_of(sheet: Worksheet) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def roster_rows(plan: PlanOutput) -> dict[str, dict[str, object]]:
    rows = rows_of(reopened(plan)["Roster"])
    names = [str(name) for name in rows[HEADER - 1]]
    people = [dict(zip(names, row, strict=True)) for row in rows[HEADER:]]
    return {str(row["agent"]): row for row in people if row["agent"]}


def shown(text: object) -> str:
    """A cell's text as a spreadsheet shows it, which reads _xHHHH_ as a character."""
    return unescape(str(text or "")).strip()


def formula_cells(book: openpyxl.Workbook) -> list[str]:
    return [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type not in ("s", "n", "b", "d")
    ]


def test_the_workbook_has_its_sheets(plan: PlanOutput) -> None:
    assert reopened(plan).sheetnames == ["Roster", "Legend", "Coverage", "Segments", "Rules", "Summary"]


def test_agents_stand_against_dates_with_their_totals(plan: PlanOutput) -> None:
    rows = roster_rows(plan)
    assert list(rows) == ["ann", "bob", "cem", "dee"]  # who left before the week is not in it
    monday = str(datetime(2026, 11, 30))
    wednesday = str(datetime(2026, 12, 2))
    ann, dee = rows["ann"], rows["dee"]
    assert (ann["name"], ann["team"], ann["contract"]) == ("Ann", "one", "full_time")
    assert (ann[monday], ann[wednesday], dee[monday]) == ("D 0600 8h", "D 0830 8h", "N 2200 7h")
    assert (ann["paid hours"], ann["nights"], ann["free days"]) == (40, 0, 2)
    assert (dee["paid hours"], dee["nights"], dee["free days"]) == (14, 2, 5)


def test_totals_are_those_of_the_shifts(plan: PlanOutput) -> None:
    rows = roster_rows(plan)
    assert sum(float(str(row["paid hours"])) for row in rows.values()) * 60 == sum(s.paid_minutes for s in plan.shifts)
    codes = [value for row in rows.values() for value in row.values() if str(value)[:2] in ("D ", "N ")]
    assert len(codes) == len(plan.shifts)


def test_leave_and_the_days_after_leaving_are_marked(plan: PlanOutput) -> None:
    rows = roster_rows(plan)
    tuesday, saturday = str(datetime(2026, 12, 1)), str(datetime(2026, 12, 5))
    assert (rows["cem"][tuesday], rows["cem"]["free days"]) == ("leave", 7)
    assert rows["cem"]["note"] == "no_legal_week: days, absence"
    assert (rows["bob"][saturday], rows["bob"]["free days"]) == ("–", 4)


def test_heads_below_add_up_by_kind_and_by_code(plan: PlanOutput) -> None:
    rows = rows_of(reopened(plan)["Roster"])
    heads = {str(row[3]): row[4:12] for row in rows[HEADER + 4 :] if row[3] and row[3] != "heads"}
    assert heads["all shifts"] == [3, 1, 1, 1, 1, 0, 1, 8]
    assert heads["day"] == [2, 1, 1, 1, 1, 0, 0, 6]
    assert heads["night"] == [1, 0, 0, 0, 0, 0, 1, 2]
    assert heads["D 0830 8h"] == [0, 0, 1, 0, 0, 0, 0, 1]


def test_kinds_differ_in_colour_and_the_legend_shows_the_same(plan: PlanOutput) -> None:
    book = reopened(plan)
    fill = {str(cell.value): cell.fill.fgColor.rgb for row in book["Roster"].iter_rows() for cell in row}
    legend = {str(row[1].value): row[0] for row in book["Legend"].iter_rows(min_row=2, max_row=3)}
    assert fill["D 0600 8h"] == fill["D 0830 8h"] == legend["day"].fill.fgColor.rgb
    assert fill["N 2200 7h"] == legend["night"].fill.fgColor.rgb != fill["D 0600 8h"]
    assert (legend["day"].value, legend["night"].value) == ("D", "N")


def test_header_and_names_stay_in_sight_and_agents_can_be_filtered(plan: PlanOutput) -> None:
    sheet = reopened(plan)["Roster"]
    assert sheet.freeze_panes == "C4"
    assert sheet.auto_filter.ref == "A3:O7"  # the four agents, not the heads below


def test_a_shift_of_somebody_unknown_and_two_on_a_date_are_shown(plan: PlanOutput) -> None:
    week = plan.week
    odd = (
        shift_at(week, "ghost", 0, DAY),
        shift_at(week, "ann", 0, "05:00 work 06:00"),
        shift_at(week, "ann", 0, DAY),
    )
    rows = roster_rows(replace(plan, shifts=odd))
    monday = str(datetime(2026, 11, 30))
    assert rows["ghost"][monday] == "? 0600 8h"
    assert rows["ann"][monday] == "? 0500 1h + D 0600 8h"


def test_segments_are_the_roster_with_real_dates(plan: PlanOutput) -> None:
    rows = rows_of(reopened(plan)["Segments"])
    assert rows[0] == ["agent", "date", "start", "end", "activity", "paid"]
    assert rows[1] == [
        "ann",
        datetime(2026, 11, 30),
        datetime(2026, 11, 30, 6),
        datetime(2026, 11, 30, 7, 15),
        "work",
        True,
    ]
    assert len(rows) - 1 == sum(len(shift.segments) for shift in plan.shifts)


def test_coverage_is_staffed_less_required_for_all_and_each_queue(plan: PlanOutput) -> None:
    sheet = reopened(plan)["Coverage"]
    rows = rows_of(sheet)
    assert [value for value in rows[0] if value] == [
        "all queues: staffed - required",
        "enquiry: staffed - required",
        "orders: staffed - required",
    ]
    times = [row[0] for row in rows[4:]]
    assert times == [time(half // 2, half % 2 * 30) for half in range(48)]
    assert rows[4][1] == -4  # both queues two short at midnight
    assert (rows[4][9], rows[5][9]) == (-2, 1)
    # Half of the 48 intervals two short, half of them one over, half an hour each, in two queues.
    assert (rows[2][1], rows[3][1]) == (48, 24)
    assert (rows[2][9], rows[3][9]) == (24, 12)
    assert [str(area.sqref) for area in sheet.conditional_formatting] == ["B5:H52", "J5:P52", "R5:X52"]


@pytest.mark.parametrize(("monday", "rows"), [(date(2026, 3, 23), 24), (date(2026, 10, 19), 25)])
def test_coverage_shows_a_day_on_which_the_clock_changes(monday: date, rows: int) -> None:
    centre = tiny_centre(timezone="Europe/Berlin", interval_minutes=60)
    week = centre.week(monday)
    plan = plan_of(centre, week, [])
    coverage = plan.coverage.assign(required=0.0, staffed=[float(i) for i in range(len(plan.coverage))])
    table = rows_of(reopened(replace(plan, coverage=coverage))["Coverage"])[4:]
    assert len(table) == rows
    sunday = [row[7] for row in table]
    if rows == 25:
        assert [row[0] for row in table[2:5]] == [time(2), "02:00 again", time(3)]
        assert sunday == [float(i) for i in range(144, 169)]
        assert table[3][6] is None  # Saturday has the hour once
    else:
        assert sunday == [144, 145, None, *range(146, 167)]


def test_a_time_the_clock_shows_twice_is_told_with_its_offset() -> None:
    centre = tiny_centre(timezone="Europe/Berlin")
    week = centre.week(date(2026, 10, 19))
    night = shift_at(week, "dee", 5, "26:00 work 27:00 work 28:00")
    rows = rows_of(reopened(plan_of(centre, week, [night]))["Segments"])
    assert rows[1][2:4] == ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"]
    assert rows[2][3] == datetime(2026, 10, 25, 3)


def test_rules_are_counted_and_violations_listed(plan: PlanOutput) -> None:
    rows = rows_of(reopened(plan)["Rules"])
    counts = {row[0]: row[1] for row in rows[1:24]}
    assert len(counts) == 23
    assert (counts["min_rest"], counts["seats"], counts["weekly_hours"]) == (1, 1, 0)
    assert rows[-2] == ["min_rest", "ann", datetime(2026, 12, 1), "rest of 9 h before the shift, 11 h needed"]
    assert rows[-1] == ["seats", None, None, "4 at work, 3 seats"]


def test_the_summary_has_the_figures_of_the_plan(plan: PlanOutput) -> None:
    figures = {str(row[0]): row[1] for row in rows_of(reopened(plan)["Summary"])[1:]}
    assert figures == {"week": "2026-11-30", "timezone": "Asia/Shanghai", "cost": 12.5, "seconds.total": 1.25}


def test_a_plan_without_shifts_violations_or_agents_is_still_a_workbook() -> None:
    centre = tiny_centre(agents=[])
    empty = pd.DataFrame(columns=["rule", "agent", "date", "message"])
    nobody = pd.DataFrame(columns=["agent", "reason"])
    plan = plan_of(centre, centre.week(MONDAY), [], violations=empty, unrostered=nobody)
    assert reopened(plan)["Segments"].max_row == 1


def test_no_text_of_a_user_becomes_a_formula_a_link_or_markup() -> None:
    plan = nasty_plan(NASTY)
    content = roster_workbook(plan)
    book = openpyxl.load_workbook(BytesIO(content))
    assert formula_cells(book) == []
    assert all(cell.hyperlink is None for sheet in book for row in sheet.iter_rows() for cell in row)
    with ZipFile(BytesIO(content)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/" in name]
    assert len(sheets) == 6
    assert all(b"<f>" not in sheet and b"hyperlink" not in sheet for sheet in sheets)
    names = [shown(cell.value) for cell in book["Roster"]["B"][HEADER : HEADER + len(NASTY)]]
    assert names == [clean(name).strip() for name in NASTY]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=30), min_size=1, max_size=6))
def test_whatever_people_are_called_the_workbook_opens_and_shows_them(names: list[str]) -> None:
    book = reopened(nasty_plan(names))
    assert formula_cells(book) == []
    cells = book["Roster"]["B"][HEADER : HEADER + len(names)]
    assert all(cell.value is None or isinstance(cell.value, str) for cell in cells)
    assert [shown(cell.value) for cell in cells] == [clean(name).strip() for name in names]


def test_the_workbook_carries_no_time_of_its_writing(plan: PlanOutput) -> None:
    with ZipFile(BytesIO(roster_workbook(plan))) as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}
        assert parts.read("docProps/core.xml").count(b"2026-11-30T00:00:00Z") == 2


def nasty_plan(words: list[str]) -> PlanOutput:
    """A plan in which every text that a user can give is one of the words."""
    agents = [tiny_agent(f"{i}{word}", name=word, team=word) for i, word in enumerate(words)]
    centre = tiny_centre(agents=agents, queues=[tiny_queue(words[0] or "q")], name=words[0])
    week = centre.week(MONDAY)
    shifts = [shift_at(week, agent.agent, 0, NIGHT) for agent in agents]
    told = [("seats", word, None, word) for word in words]
    return plan_of(
        centre,
        week,
        shifts,
        violations=pd.DataFrame(told, columns=["rule", "agent", "date", "message"]),
        unrostered=pd.DataFrame([(a.agent, a.name) for a in agents], columns=["agent", "reason"]),
        summary={word: word for word in words},
    )
