"""Cells of workbooks: users' words only ever as text, dates and times as numbers, one look for every sheet."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from wfm.clock import Week, iso
from wfm.exchange.plaintext import clean

Value = str | bool | int | float | date | datetime | time | None

EPOCH = date(1899, 12, 30)  # day 0 of a workbook's dates
LONGEST_TEXT = 32_767
LAST_ROW = 1_048_575
OPTIONS = {
    "constant_memory": True,  # rows are written in order; 90,000 segments never stand in memory as cells
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The formats of a workbook."""

    title: Format
    header: Format
    header_date: Format
    date: Format
    weekday: Format
    moment: Format
    clock: Format
    hours: Format
    figure: Format
    share: Format
    grey: Format
    wrapped: Format


@contextmanager
def workbook(*, title: str, monday: date) -> Iterator[tuple[Workbook, Look, BytesIO]]:
    """A workbook in memory, complete after the block; dated by its week, so that equal content is equal bytes."""
    stream = BytesIO()
    book = Workbook(stream, OPTIONS)
    book.set_properties({"title": clean(title), "created": datetime.combine(monday, time())})
    yield book, _look(book), stream
    book.close()


def put(sheet: Worksheet, row: int, column: int, value: Value, form: Format | None = None) -> None:
    """Write a value as what it is: text is never read as formula, number or link; None leaves the cell empty."""
    match value:
        case None | "":
            sheet.write_blank(row, column, None, form)
        case str():
            sheet.write_string(row, column, cell_text(value), form)
        case bool():
            sheet.write_boolean(row, column, value, form)
        case datetime() | date():
            sheet.write_number(row, column, serial(value), form)
        case time():
            sheet.write_number(row, column, (value.hour * 60 + value.minute) / 1440, form)
        case _:
            sheet.write_number(row, column, value, form)


def put_row(sheet: Worksheet, row: int, values: tuple[Value, ...] | list[Value], form: Format | None = None) -> None:
    """Write values side by side from the first column on."""
    for column, value in enumerate(values):
        put(sheet, row, column, value, form)


def cell_text(text: str) -> str:
    """The text as a cell can hold it."""
    safe = clean(text)[:LONGEST_TEXT]
    # The writer would take such text for ready-made XML and put it into the file unescaped.
    return f" {safe}"[:LONGEST_TEXT] if safe.startswith("<r>") and safe.endswith("</r>") else safe


def serial(value: date) -> float:
    """A date, or the wall time of a datetime, as the number of days that workbooks count."""
    days = float((date(value.year, value.month, value.day) - EPOCH).days)
    return days + (value.hour * 60 + value.minute) / 1440 if isinstance(value, datetime) else days


def moment(minute: int, week: Week) -> datetime | str:
    """A minute of the week as wall time; as text with its offset where the clock shows it twice."""
    return wall_time(week.wall(minute))


def wall_time(wall: datetime) -> datetime | str:
    """An aware moment as the clock shows it; as text with its offset where it shows it twice."""
    text = iso(wall)
    return wall.replace(tzinfo=None) if len(text) == len("2026-11-30T22:00") else text


def _look(book: Workbook) -> Look:
    header = {"bold": True, "bg_color": "#DDE3EA", "bottom": 1, "valign": "vcenter", "text_wrap": True}
    return Look(
        title=book.add_format({"bold": True, "font_size": 14}),
        header=book.add_format(header),
        header_date=book.add_format({**header, "num_format": "ddd d mmm", "align": "center"}),
        date=book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        weekday=book.add_format({"num_format": "dddd", "align": "left"}),
        moment=book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
        clock=book.add_format({"num_format": "hh:mm", "align": "left"}),
        hours=book.add_format({"num_format": "0.00"}),
        figure=book.add_format({"num_format": "#,##0.###", "align": "left"}),
        share=book.add_format({"num_format": "0.0"}),
        grey=book.add_format({"font_color": "#808080", "bg_color": "#F2F2F2", "align": "center"}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
    )
