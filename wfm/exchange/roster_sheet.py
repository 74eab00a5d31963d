"""The sheet a scheduler lives in: agent x date of shift codes, totals beside them, heads below."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from wfm.centre import Centre
from wfm.clock import Week
from wfm.exchange.cells import Look, Value, put, put_row
from wfm.exchange.codes import NO_KIND, code_of, kind_of, letters
from wfm.kind import is_night
from wfm.roster import Shift

# Light enough for black text, told apart by the colour-blind in the order they are used.
FILLS = ("#FFF2B3", "#BFD9F2", "#C9B8E8", "#C5E8C0", "#F8CFA8", "#B8E6E1", "#F3C1D6", "#D9D2C0")
NO_KIND_FILL = "#FF9C9C"
DAYS = range(7)
HEADER_ROW = 2
FIRST_DAY = 4  # column of Monday, after agent, name, team, contract
UNEMPLOYED = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A shift with its kind (None: no kind of the contract) and its code."""

    shift: Shift
    kind: str | None
    code: str


def coded_shifts(shifts: Iterable[Shift], centre: Centre, week: Week) -> list[Coded]:
    """The week's shifts with their codes, by agent and time; shifts of other weeks are left out."""
    letter = letters(centre.kinds)
    ordered = sorted((s for s in shifts if s.day in DAYS), key=lambda s: (s.agent, s.start))
    kinds = [kind_of(shift, centre, week) for shift in ordered]
    return [
        Coded(shift=shift, kind=kind, code=code_of(shift, letter[kind] if kind else NO_KIND, week))
        for shift, kind in zip(ordered, kinds, strict=True)
    ]


def kind_fills(book: Workbook, centre: Centre) -> dict[str | None, Format]:
    """A filled format for every kind of shift, and for None."""
    colours: dict[str | None, str] = {kind: FILLS[i % len(FILLS)] for i, kind in enumerate(centre.kinds)}
    colours[None] = NO_KIND_FILL
    return {
        kind: book.add_format({"bg_color": colour, "align": "center", "border": 1, "border_color": "#FFFFFF"})
        for kind, colour in colours.items()
    }


def write_roster_sheet(
    sheet: Worksheet,
    *,
    look: Look,
    fills: dict[str | None, Format],
    centre: Centre,
    week: Week,
    coded: list[Coded],
    reasons: dict[str, str],
) -> None:
    """Write the sheet; `reasons` says for agents without a shift why they have none."""
    agents = _agents(centre, week, coded)
    mine: dict[str, list[Coded]] = {agent: [] for agent in agents}
    for one in coded:
        mine[one.shift.agent].append(one)
    _lay_out(sheet, look=look, title=f"{centre.name}, week of {week.monday}", week=week, agents=len(agents))
    away = _away(centre, week)
    for row, agent in enumerate(agents, start=HEADER_ROW + 1):
        put_row(sheet, row, _person(centre, agent))
        _write_days(sheet, row, mine[agent], _absent_text(centre, week, agent, away), look=look, fills=fills)
        _write_totals(sheet, row, mine[agent], _employed_days(centre, week, agent), look=look, week=week)
        put(sheet, row, FIRST_DAY + 10, reasons.get(agent))
    _write_heads(sheet, HEADER_ROW + len(agents) + 2, coded, look=look, fills=fills)


def _agents(centre: Centre, week: Week, coded: list[Coded]) -> list[str]:
    """Everybody employed in the week in the order of agents.csv, then whoever else has a shift."""
    rostered = dict.fromkeys(one.shift.agent for one in coded)
    known = [agent for agent in centre.agents if agent in rostered or _employed_days(centre, week, agent)]
    return known + [agent for agent in rostered if agent not in centre.agents]


def _employed_days(centre: Centre, week: Week, agent: str) -> set[int]:
    person = centre.agents.get(agent)
    return {day for day in DAYS if person is None or person.employed_on(week.date_of(day))}


def _away(centre: Centre, week: Week) -> dict[tuple[str, int], str]:
    """Kind of the absence that takes an agent's whole date."""
    found: dict[tuple[str, int], str] = {}
    for absence in centre.absences:
        start, end = week.minute(absence.start), week.minute(absence.end)
        for day in DAYS:
            if start <= week.midnight(day) and week.midnight(day + 1) <= end:
                found.setdefault((absence.agent, day), absence.kind)
    return found


def _absent_text(centre: Centre, week: Week, agent: str, away: dict[tuple[str, int], str]) -> list[str | None]:
    employed = _employed_days(centre, week, agent)
    return [away.get((agent, day)) if day in employed else UNEMPLOYED for day in DAYS]


def _lay_out(sheet: Worksheet, *, look: Look, title: str, week: Week, agents: int) -> None:
    for first, last, width in ((0, 0, 10), (1, 1, 22), (2, 3, 14), (4, 10, 13), (11, 13, 9), (14, 14, 40)):
        sheet.set_column(first, last, width)
    put(sheet, 0, 0, title, look.title)
    for column, name in enumerate(("agent", "name", "team", "contract")):
        put(sheet, HEADER_ROW, column, name, look.header)
    for day in DAYS:
        put(sheet, HEADER_ROW, FIRST_DAY + day, week.date_of(day), look.header_date)
    for column, name in enumerate(("paid hours", "nights", "free days", "note"), start=FIRST_DAY + 7):
        put(sheet, HEADER_ROW, column, name, look.header)
    sheet.freeze_panes(HEADER_ROW + 1, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    if agents:
        sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + agents, FIRST_DAY + 10)


def _person(centre: Centre, agent: str) -> list[Value]:
    person = centre.agents.get(agent)
    return [agent, person.name, person.team, person.contract] if person else [agent]


def _write_days(
    sheet: Worksheet,
    row: int,
    mine: list[Coded],
    absent: list[str | None],
    *,
    look: Look,
    fills: dict[str | None, Format],
) -> None:
    by_day: dict[int, list[Coded]] = {}
    for one in mine:
        by_day.setdefault(one.shift.day, []).append(one)
    for day in DAYS:
        today = by_day.get(day)
        if today:  # two on a date break a rule; both are shown
            put(sheet, row, FIRST_DAY + day, " + ".join(one.code for one in today), fills[today[0].kind])
        elif absent[day]:
            put(sheet, row, FIRST_DAY + day, absent[day], look.grey)


def _write_totals(sheet: Worksheet, row: int, mine: list[Coded], employed: set[int], *, look: Look, week: Week) -> None:
    put(sheet, row, FIRST_DAY + 7, sum(one.shift.paid_minutes for one in mine) / 60, look.hours)
    put(sheet, row, FIRST_DAY + 8, sum(is_night(week, one.shift.start, one.shift.end) for one in mine))
    put(sheet, row, FIRST_DAY + 9, len(employed - {one.shift.day for one in mine}))


def _write_heads(
    sheet: Worksheet, top: int, coded: list[Coded], *, look: Look, fills: dict[str | None, Format]
) -> None:
    """Heads per date: all, by kind of shift, then by code."""
    totals: Counter[tuple[int, str]] = Counter()
    form: dict[tuple[int, str], Format | None] = {(0, "all shifts"): None}
    for one in sorted(coded, key=lambda one: (one.kind is None, one.kind or "", one.code)):
        for block, name in ((0, "all shifts"), (1, one.kind or NO_KIND), (2, one.code)):
            form.setdefault((block, name), fills[one.kind])
            totals[block, name] += 1
    per_day = Counter(
        (block, name, one.shift.day)
        for one in coded
        for block, name in ((0, "all shifts"), (1, one.kind or NO_KIND), (2, one.code))
    )
    put(sheet, top, FIRST_DAY - 1, "heads", look.header)
    for row, (block, name) in enumerate(sorted(form, key=lambda key: key[0]), start=top + 1):
        put(sheet, row, FIRST_DAY - 1, name, form[block, name])
        for day in DAYS:
            put(sheet, row, FIRST_DAY + day, per_day[block, name, day])
        put(sheet, row, FIRST_DAY + 7, totals[block, name])
