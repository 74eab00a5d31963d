"""replay.xlsx: targets with their probability by queue and date, and every interval."""

import math
from typing import cast

import pandas as pd
from xlsxwriter import Workbook

from wfm.exchange.cells import Look, Value, put, put_row, wall_time, workbook
from wfm.replay import Replayed


def replay_workbook(found: Replayed, *, centre: str) -> bytes:
    """The workbook's bytes: sheets Targets, Intervals and Assumptions."""
    week = found.week
    with workbook(title=f"Replay of {centre}, week of {week.monday}", monday=week.monday) as (book, look, stream):
        write_table_sheet(book, look=look, name="Targets", table=found.table())
        write_table_sheet(book, look=look, name="Intervals", table=found.interval_table())
        sheet = book.add_worksheet("Assumptions")
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 90)
        put_row(sheet, 0, ["runs", found.runs])
        for row, (queue, target) in enumerate(zip(found.queues, found.target, strict=True), start=1):
            put_row(sheet, row, [queue, f"target: {target:.1%} answered within the threshold of queues.csv"])
        for row, caveat in enumerate(found.caveats, start=1 + len(found.queues)):
            put_row(sheet, row, ["caveat", caveat])
    return stream.getvalue()


def write_table_sheet(book: Workbook, *, look: Look, name: str, table: pd.DataFrame) -> None:
    """A table as it is: figures as numbers, aware moments as wall time; what is not a number is left empty."""
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(table.columns) - 1, 16)
    put_row(sheet, 0, list(table.columns), look.header)
    sheet.freeze_panes(1, 0)
    columns = [_values(table[column]) for column in table.columns]
    for row, values in enumerate(zip(*columns, strict=True), start=1):
        for column, value in enumerate(values):
            put(sheet, row, column, value, look.moment if hasattr(value, "hour") else None)
    sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _values(column: pd.Series) -> list[Value]:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return [wall_time(pd.Timestamp(moment).to_pydatetime()) for moment in column]
    return [None if isinstance(value, float) and math.isnan(value) else cast(Value, value) for value in column.tolist()]
