"""The sheet that shows where the week is short: staffed - required as a heat map, time of day x date, queue by queue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from wfm.clock import Week, clock_text
from wfm.exchange.cells import Look, Value, put

SHORT, EVEN, SURPLUS = "#E8743B", "#FFFFFF", "#4C8BC9"  # told apart by the colour-blind
NAME_ROW, HEADER_ROW, SHORT_ROW, SURPLUS_ROW, FIRST_ROW = range(5)
DAYS = 7
STRIDE = DAYS + 1  # columns from one queue to the next: seven dates and a gap


class Slot(NamedTuple):
    """A time of day: minutes past midnight, and whether the clock shows it for the second time that date."""

    clock: int
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Columns of a queue, or of all together: staffed - required, agents short and surplus, by start (UTC)."""

    name: str
    difference: dict[pd.Timestamp, float]
    short: dict[pd.Timestamp, float]
    surplus: dict[pd.Timestamp, float]


def write_coverage_sheet(book: Workbook, *, look: Look, coverage: pd.DataFrame, week: Week) -> None:
    """Write the sheet from columns start (aware), queue, required, staffed (agents, averages of the interval)."""
    sheet = book.add_worksheet("Coverage")
    blocks = list(_blocks(coverage))
    place = _places(blocks[0], week)
    slots = _in_clock_order({slot for slot, _ in place})
    start_at = {where: start for start, where in zip(blocks[0].difference, place, strict=True)}
    _write_head(sheet, blocks, look=look, week=week)
    _write_sums(sheet, blocks, place, look=look, week=week)
    for row, slot in enumerate(slots, start=FIRST_ROW):
        put(sheet, row, 0, _slot_value(slot), look.clock)
        for index, block in enumerate(blocks):
            for day in range(DAYS):
                start = start_at.get((slot, week.date_of(day)))
                if start is not None:  # the clock skips the others
                    put(sheet, row, _column(index, day), round(block.difference[start], 2), look.share)
    _colour(sheet, blocks, rows=len(slots))


def _blocks(coverage: pd.DataFrame) -> Iterator[Block]:
    table = coverage.assign(
        start=coverage["start"].dt.tz_convert("UTC"), difference=coverage["staffed"] - coverage["required"]
    )
    table["short"] = (-table["difference"]).clip(lower=0.0)
    table["surplus"] = table["difference"].clip(lower=0.0)
    for name, rows in (("all queues", table), *table.groupby("queue", sort=False)):
        sums = {column: rows.groupby("start")[column].sum().to_dict() for column in ("difference", "short", "surplus")}
        yield Block(name=str(name), **sums)


def _places(block: Block, week: Week) -> list[tuple[Slot, date]]:
    """Row and date of every start, in the block's order."""
    zone = ZoneInfo(week.timezone)
    walls = [start.to_pydatetime().astimezone(zone) for start in block.difference]
    return [(Slot(wall.hour * 60 + wall.minute, wall.fold == 1), wall.date()) for wall in walls]


def _in_clock_order(slots: set[Slot]) -> list[Slot]:
    """Repeated times stand together, after the last of those that they repeat."""
    last = max((slot.clock for slot in slots if slot.again), default=0)
    return sorted(slots, key=lambda slot: (last if slot.again else slot.clock, slot.again, slot.clock))


def _slot_value(slot: Slot) -> Value:
    return f"{clock_text(slot.clock)} again" if slot.again else time(slot.clock // 60, slot.clock % 60)


def _column(block: int, day: int) -> int:
    return 1 + block * STRIDE + day


def _write_head(sheet: Worksheet, blocks: list[Block], *, look: Look, week: Week) -> None:
    sheet.set_column(0, 0, 15)
    for index, block in enumerate(blocks):
        sheet.set_column(_column(index, 0), _column(index, DAYS - 1), 9)
        sheet.set_column(_column(index, DAYS), _column(index, DAYS), 2)
        put(sheet, NAME_ROW, _column(index, 0), f"{block.name}: staffed - required", look.title)
    put(sheet, HEADER_ROW, 0, "time", look.header)
    for index in range(len(blocks)):
        for day in range(DAYS):
            put(sheet, HEADER_ROW, _column(index, day), week.date_of(day), look.header_date)
    sheet.freeze_panes(FIRST_ROW, 1)


def _write_sums(
    sheet: Worksheet, blocks: list[Block], place: list[tuple[Slot, date]], *, look: Look, week: Week
) -> None:
    """Agent-hours short and surplus by date: for all queues the sum of each queue's, which do not cancel."""
    day_of = np.array([week.day(today) for _, today in place], dtype=np.int64)
    for row, name in ((SHORT_ROW, "short"), (SURPLUS_ROW, "surplus")):
        put(sheet, row, 0, f"hours {name}", look.header)
        for index, block in enumerate(blocks):
            agents = np.array(list((block.short if name == "short" else block.surplus).values()), dtype=float)
            hours = np.bincount(day_of, weights=agents, minlength=DAYS) * week.interval_minutes / 60
            for day in range(DAYS):
                put(sheet, row, _column(index, day), round(float(hours[day]), 1), look.share)


def _colour(sheet: Worksheet, blocks: list[Block], *, rows: int) -> None:
    """White where even; full colour at the 95th percentile of the block's differences, so that one peak hides none."""
    for index, block in enumerate(blocks):
        sizes = np.abs(np.array(list(block.difference.values()), dtype=float))
        if rows == 0 or not sizes.size:
            continue
        full = max(1.0, round(float(np.quantile(sizes, 0.95)), 2))
        scale = {"type": "3_color_scale", "min_value": -full, "mid_value": 0, "max_value": full}
        scale |= {"min_type": "num", "mid_type": "num", "max_type": "num"}
        scale |= {"min_color": SHORT, "mid_color": EVEN, "max_color": SURPLUS}
        columns = _column(index, 0), _column(index, DAYS - 1)
        sheet.conditional_format(FIRST_ROW, columns[0], FIRST_ROW + rows - 1, columns[1], scale)
