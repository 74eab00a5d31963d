"""The plain sheets of a workbook: segments, legend, rules, summary."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format

from wfm.centre import Centre
from wfm.check import Rule
from wfm.clock import Week, clock_text
from wfm.exchange.cells import LAST_ROW, Look, Value, cell_text, moment, put, put_row, serial, wall_time
from wfm.exchange.codes import NO_KIND, hours_text, letters
from wfm.exchange.output import Json
from wfm.roster import COLUMNS, Activity, Shift

ACTIVITIES = {
    Activity.WORK: "answers contacts; holds a seat, paid",
    Activity.REST: "short break; keeps the seat, paid as the kind of shift says",
    Activity.MEAL: "meal; frees the seat, paid as the kind of shift says",
    Activity.TRAINING: "session in a classroom; frees the seat, paid",
    Activity.MEETING: "meeting; frees the seat, paid",
}


def write_table_sheet(
    book: Workbook,
    *,
    look: Look,
    name: str,
    table: pd.DataFrame,
    width: int = 16,
    kept: int = 0,
    digits: int | None = None,
) -> None:
    """A table as it is, its first `kept` columns in view: dates, wall times and figures as such, with `digits` rounded;
    what is not a number is left empty."""
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(table.columns) - 1, width)
    put_row(sheet, 0, [str(column) for column in table.columns], look.header)
    sheet.freeze_panes(1, kept)
    for row, values in enumerate(table.itertuples(index=False), start=1):
        for column, value in enumerate(values):
            put(sheet, row, column, *_cell(value, look, digits))
    sheet.autofilter(0, 0, max(1, len(table)), len(table.columns) - 1)


def _cell(value: date | str | float | None, look: Look, digits: int | None) -> tuple[Value, Format | None]:
    match value:
        case pd.Timestamp():
            return wall_time(value.to_pydatetime()), look.moment
        case date():
            return value, look.date
        case str():
            return value, None
    form = None if digits is None else look.figure
    if pd.isna(value):
        return None, form
    figure = float(value)
    return figure if digits is None else round(figure, digits), form


def write_segments_sheet(book: Workbook, *, look: Look, shifts: Iterable[Shift], week: Week) -> None:
    """Write every segment in the columns of roster.csv; on further sheets what one cannot hold."""
    ordered = sorted(shifts, key=lambda shift: (shift.agent, shift.start, shift.day))
    rows = [(shift, segment) for shift in ordered for segment in shift.segments]
    # Most of the cells of the workbook: each minute is made ready once.
    minutes = {minute for _, segment in rows for minute in (segment.start, segment.end)}
    ready = {minute: _number(moment(minute, week)) for minute in minutes}
    for first in range(0, max(1, len(rows)), LAST_ROW):
        sheet = book.add_worksheet("Segments" if first == 0 else f"Segments {first // LAST_ROW + 1}")
        sheet.set_column(0, 5, 17)
        put_row(sheet, 0, list(COLUMNS), look.header)
        sheet.freeze_panes(1, 0)
        part = rows[first : first + LAST_ROW]
        for row, (shift, segment) in enumerate(part, start=1):
            sheet.write_string(row, 0, cell_text(shift.agent))
            sheet.write_number(row, 1, serial(week.date_of(shift.day)), look.date)
            for column, minute in ((2, segment.start), (3, segment.end)):
                put(sheet, row, column, ready[minute], look.moment)
            sheet.write_string(row, 4, cell_text(segment.activity))
            sheet.write_boolean(row, 5, segment.paid)
        sheet.autofilter(0, 0, len(part), len(COLUMNS) - 1)


def write_legend_sheet(book: Workbook, *, look: Look, centre: Centre, fills: Mapping[str | None, Format]) -> None:
    """Write what codes, colours, activities and the heat map mean."""
    sheet = book.add_worksheet("Legend")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 4, 26)
    letter = letters(centre.kinds)
    put_row(sheet, 0, ["code", "kind of shift", "starts", "paid hours", "meal"], look.header)
    row = 1
    for row, (name, kind) in enumerate(centre.kinds.items(), start=1):
        put(sheet, row, 0, letter[name], fills[name])
        starts = f"{clock_text(kind.earliest_start)}-{clock_text(kind.latest_start)}, every {kind.step_minutes} min"
        meal = f"{kind.meal.minutes} min, {'paid' if kind.meal.paid else 'unpaid'}" if kind.meal else "none"
        hours = ", ".join(hours_text(minutes) for minutes in kind.paid_minutes)
        for column, value in enumerate((name, starts, hours, meal), start=1):
            put(sheet, row, column, value)
    put(sheet, row + 1, 0, NO_KIND, fills[None])
    put(sheet, row + 1, 1, "no kind of the agent's contract allows this shift")
    notes: list[tuple[str, str]] = [
        ("D 0830 8h", "letter of the kind, start, paid hours; 2430 is half past midnight after the shift's date"),
        ("leave, sick, other", "absent all day"),
        ("–", "not employed on this date"),
        ("nights", "shifts that overlap 00:00-05:00"),
        ("free days", "dates employed without a shift, leave included"),
        ("Coverage", "staffed - required in agents: orange is short, white even, blue more than required"),
        *((str(activity), text) for activity, text in ACTIVITIES.items()),
    ]
    for below, note in enumerate(notes, start=row + 3):
        put_row(sheet, below, list(note))


def write_rules_sheet(book: Workbook, *, look: Look, violations: pd.DataFrame) -> None:
    """Write every rule with its number of violations, and the violations below."""
    sheet = book.add_worksheet("Rules")
    sheet.set_column(0, 2, 18)
    sheet.set_column(3, 3, 90)
    found = Counter(str(rule) for rule in violations["rule"])
    put_row(sheet, 0, ["rule", "violations"], look.header)
    counted = list(dict.fromkeys([*map(str, Rule), *found]))
    for row, rule in enumerate(counted, start=1):
        put_row(sheet, row, [rule, found[rule]])
    top = len(counted) + 2
    put_row(sheet, top, ["rule", "agent", "date", "message"], look.header)
    columns = (violations[name] for name in ("rule", "agent", "date", "message"))
    for row, values in enumerate(zip(*columns, strict=True), start=top + 1):
        for column, value in enumerate(values):
            told = None if pd.isna(value) else value if isinstance(value, date) else str(value)
            put(sheet, row, column, told, look.date if isinstance(told, date) else None)


def write_summary_sheet(book: Workbook, *, look: Look, summary: Mapping[str, Json]) -> None:
    """Write the figures of plan.json, those inside others by dotted name."""
    sheet = book.add_worksheet("Summary")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 60)
    put_row(sheet, 0, ["figure", "value"], look.header)
    for row, (name, value) in enumerate(_flat(summary), start=1):
        put(sheet, row, 0, name)
        put(sheet, row, 1, value, look.figure)


def _number(value: datetime | str) -> float | str:
    return value if isinstance(value, str) else serial(value)


def _flat(summary: Mapping[str, Json], prefix: str = "") -> list[tuple[str, Value]]:
    rows: list[tuple[str, Value]] = []
    for name, value in summary.items():
        match value:
            case dict():
                rows += _flat(value, f"{prefix}{name}.")
            case list():
                rows += _flat({str(i): inner for i, inner in enumerate(value, start=1)}, f"{prefix}{name}.")
            case _:
                rows.append((f"{prefix}{name}", value))
    return rows
