"""The first sheet of an Excel workbook as the text that a .csv would carry, so that one path judges both."""

import io
from datetime import date, datetime, time, timedelta

import python_calamine

Rows = list[tuple[int, list[str]]]
Cell = str | int | float | bool | date | datetime | time | timedelta


def workbook_rows(data: bytes) -> Rows:
    """Rows of the first sheet with their numbers (1 is the first); ValueError where it is no workbook."""
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OverflowError) as error:  # a date beyond the year 9999
        raise ValueError(str(error)) from None
    return [(line, [_text(cell) for cell in row]) for line, row in enumerate(rows, start=1)]


def _text(cell: Cell) -> str:
    """A typed cell as text; a spreadsheet knows no whole numbers, and midnight as a date alone."""
    match cell:
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime():  # a fraction of a day has no exact minutes
            return (cell + timedelta(milliseconds=500)).replace(microsecond=0).isoformat()
        case timedelta():
            minutes, seconds = divmod(round(cell.total_seconds()), 60)
            return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
        case time():
            return _text(datetime.combine(date.min, cell) - datetime.min)
        case _:
            return str(cell)
