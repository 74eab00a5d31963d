"""replay.xlsx: targets with their probability by queue and date, and every interval."""

from wfm.exchange.cells import put_row, workbook
from wfm.exchange.sheets import write_table_sheet
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
