"""One agent's own week: a workbook to take home and a table."""

from collections.abc import Iterable

from xlsxwriter import Workbook

from wfm.centre import Centre
from wfm.clock import Week
from wfm.exchange.cells import Look, Value, moment, put, put_row, workbook
from wfm.exchange.files import roster_csv
from wfm.exchange.sheets import write_segments_sheet
from wfm.roster import Activity, Segment, Shift

HEADER_ROW = 5


def agent_workbook(centre: Centre, week: Week, agent: str, shifts: Iterable[Shift]) -> bytes:
    """Sheets Week (a row a date) and Segments of one agent of agents.csv; other agents' shifts are left out."""
    mine = own_shifts(agent, shifts)
    with workbook(title=f"Shifts of {agent}, week of {week.monday}", monday=week.monday) as (book, look, stream):
        _write_week_sheet(book, look=look, centre=centre, week=week, agent=agent, mine=mine)
        write_segments_sheet(book, look=look, shifts=mine, week=week)
    return stream.getvalue()


def agent_csv(centre: Centre, week: Week, agent: str, shifts: Iterable[Shift]) -> bytes:
    """The agent's rows of roster.csv."""
    return roster_csv(own_shifts(agent, shifts), week)


def own_shifts(agent: str, shifts: Iterable[Shift]) -> list[Shift]:
    """The agent's shifts in order of time."""
    return sorted((shift for shift in shifts if shift.agent == agent), key=lambda shift: (shift.start, shift.day))


def _write_week_sheet(book: Workbook, *, look: Look, centre: Centre, week: Week, agent: str, mine: list[Shift]) -> None:
    sheet = book.add_worksheet("Week")
    for first, last, width in ((0, 1, 14), (2, 3, 18), (4, 4, 11), (5, 6, 40)):
        sheet.set_column(first, last, width)
    person = centre.agents[agent]
    put(sheet, 0, 0, person.name or agent, look.title)
    put_row(sheet, 1, ["agent", agent])
    put_row(sheet, 2, ["team", person.team])
    put_row(sheet, 3, ["times of", centre.timezone])
    put_row(sheet, HEADER_ROW, ["date", "weekday", "start", "end", "paid hours", "breaks", "training"], look.header)
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    lines = [(day, shift) for day in range(7) for shift in _of_day(mine, day)]
    for row, (day, shift) in enumerate(lines, start=HEADER_ROW + 1):
        put(sheet, row, 0, week.date_of(day), look.date)
        put(sheet, row, 1, week.date_of(day), look.weekday)
        if shift is None:
            put(sheet, row, 2, "free", look.grey)
            continue
        put(sheet, row, 2, moment(shift.start, week), look.moment)
        put(sheet, row, 3, moment(shift.end, week), look.moment)
        put(sheet, row, 4, shift.paid_minutes / 60, look.hours)
        put(sheet, row, 5, _listed(shift, (Activity.REST, Activity.MEAL), week), look.wrapped)
        put(sheet, row, 6, _listed(shift, (Activity.TRAINING, Activity.MEETING), week), look.wrapped)
    total: Value = sum(shift.paid_minutes for shift in mine if 0 <= shift.day < 7) / 60
    put(sheet, HEADER_ROW + len(lines) + 1, 3, "paid hours", look.header)
    put(sheet, HEADER_ROW + len(lines) + 1, 4, total, look.hours)


def _of_day(mine: list[Shift], day: int) -> list[Shift] | list[None]:
    return [shift for shift in mine if shift.day == day] or [None]


def _listed(shift: Shift, activities: tuple[Activity, ...], week: Week) -> str:
    return ", ".join(_told(segment, week) for segment in shift.segments if segment.activity in activities)


def _told(segment: Segment, week: Week) -> str:
    return f"{segment.activity} {week.wall(segment.start):%H:%M} ({segment.end - segment.start} min)"
