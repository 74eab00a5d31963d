"""The case of one agent: all that the rules read about the person's week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Date

from wfm.centre import Agent, Availability, Centre, Contract, Lock, ShiftKind
from wfm.check.form import Attendance, Flaw, flaws
from wfm.check.violation import Rule, Violation
from wfm.clock import Week
from wfm.roster import Segment, Shift

Span = tuple[int, int]

LONGEST_GAP_WITHOUT_MEALS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One agent's week. Spans are (start, end) in minutes of the week, joined and in order.

    `shifts` are dated in the week and `strays` outside it; `before` are the shifts of worked.csv. `attendances` holds
    for each of `shifts` the pieces it falls into, `flaws` what is wrong with their form. `days_available` counts the
    dates of the week on which the agent is employed and not absent all day. `windows` is None for an agent who is always
    available, `locks` are those of dates in the week and of employment. `known_from` is the first date whose shifts are
    on record.
    """

    week: Week
    agent: Agent
    contract: Contract
    kinds: tuple[ShiftKind, ...]
    shifts: tuple[Shift, ...]
    strays: tuple[Shift, ...]
    before: tuple[Shift, ...]
    attendances: tuple[tuple[tuple[Segment, ...], ...], ...]
    flaws: tuple[tuple[Flaw, ...], ...]
    days_available: int
    absences: tuple[Span, ...]
    windows: tuple[Span, ...] | None
    locks: tuple[Lock, ...]
    known_from: Date

    def breach(self, rule: Rule, day: int | None, message: str) -> Violation:
        """A violation by this agent on a day of the week (0 = Monday; None: of the week as a whole)."""
        date = None if day is None else self.week.date_of(day)
        return Violation(rule=rule, agent=self.agent.agent, date=date, message=message)


def cases(centre: Centre, week: Week, shifts: Iterable[Shift], before: dict[str, list[Shift]]) -> list[Case]:
    """The case of every agent of the centre, with or without a shift, in the order of the centre."""
    rostered = _by_agent(shifts)
    absences = _absences(centre, week)
    windows = _windows(centre.availability, week)
    locks: dict[str, list[Lock]] = {}
    for lock in centre.locks:
        locks.setdefault(lock.agent, []).append(lock)
    gap = max((k.meal.minutes for k in centre.kinds.values() if k.meal), default=LONGEST_GAP_WITHOUT_MEALS)
    known_from = _first_recorded(centre, week)
    return [
        _case(
            centre,
            week,
            agent,
            own=rostered.get(name, []),
            before=tuple(before.get(name, ())),
            absences=absences.get(name, ()),
            windows=windows.get(name),
            locks=locks.get(name, []),
            known_from=max(known_from, agent.hired_on),
            gap=gap,
        )
        for name, agent in centre.agents.items()
    ]


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch or overlap made one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return tuple(result)


def _case(
    centre: Centre,
    week: Week,
    agent: Agent,
    *,
    own: Sequence[Shift],
    before: tuple[Shift, ...],
    absences: tuple[Span, ...],
    windows: tuple[Span, ...] | None,
    locks: Sequence[Lock],
    known_from: Date,
    gap: int,
) -> Case:
    contract = centre.contracts[agent.contract]
    kinds = tuple(centre.kinds[kind] for kind in contract.shifts)
    shifts = tuple(shift for shift in own if 0 <= shift.day < 7)
    attendances = tuple(_pieces(shift, gap) for shift in shifts)
    return Case(
        week=week,
        agent=agent,
        contract=contract,
        kinds=kinds,
        shifts=shifts,
        strays=tuple(shift for shift in own if not 0 <= shift.day < 7),
        before=before,
        attendances=attendances,
        flaws=tuple(
            tuple(flaw for piece in pieces for flaw in flaws(_attendance(piece, week), kinds, grid=week.grid_minutes))
            for pieces in attendances
        ),
        days_available=_days_available(agent, week, absences),
        absences=absences,
        windows=windows,
        locks=tuple(lk for lk in locks if 0 <= week.day(lk.date) < 7 and agent.employed_on(lk.date)),
        known_from=known_from,
    )


def _by_agent(shifts: Iterable[Shift]) -> dict[str, list[Shift]]:
    """One shift per agent and date, in order of time: what a roster says of a date is read as one."""
    rows: dict[tuple[str, int], tuple[Segment, ...]] = {}
    for shift in shifts:
        key = (shift.agent, shift.day)
        rows[key] = rows.get(key, ()) + shift.segments
    found: dict[str, list[Shift]] = {}
    for (agent, day), segments in rows.items():
        if segments:
            found.setdefault(agent, []).append(Shift(agent=agent, day=day, segments=tuple(sorted(segments))))
    for own in found.values():
        own.sort(key=lambda shift: (shift.start, shift.day))
    return found


def _pieces(shift: Shift, gap: int) -> tuple[tuple[Segment, ...], ...]:
    """The shift cut where its rows fall apart by more than the longest meal."""
    pieces: list[list[Segment]] = [[shift.segments[0]]]
    reach = shift.segments[0].end
    for segment in shift.segments[1:]:
        if segment.start - reach > gap:
            pieces.append([])
        pieces[-1].append(segment)
        reach = max(reach, segment.end)
    return tuple(tuple(piece) for piece in pieces)


def _attendance(piece: Sequence[Segment], week: Week) -> Attendance:
    start = piece[0].start
    wall = week.wall(start)
    return Attendance(
        clock=wall.hour * 60 + wall.minute,
        on_grid=start % week.grid_minutes == 0,
        length=max(segment.end for segment in piece) - start,
        segments=tuple(Segment(s.start - start, s.end - start, s.activity, s.paid) for s in piece),
    )


def _days_available(agent: Agent, week: Week, absences: tuple[Span, ...]) -> int:
    employed = [day for day in range(7) if agent.employed_on(week.date_of(day))]
    if not absences:
        return len(employed)
    spans = [(week.midnight(day), week.midnight(day + 1)) for day in employed]
    return sum(not any(start <= first and last <= end for start, end in absences) for first, last in spans)


def _absences(centre: Centre, week: Week) -> dict[str, tuple[Span, ...]]:
    spans: dict[str, list[Span]] = {}
    for absence in centre.absences:
        spans.setdefault(absence.agent, []).append((week.minute(absence.start), week.minute(absence.end)))
    return {agent: joined(own) for agent, own in spans.items()}


def _windows(availability: Iterable[Availability], week: Week) -> dict[str, tuple[Span, ...]]:
    """Hours in which each agent named can work, from two days before the week to two days after it."""
    spans: dict[str, list[Span]] = {}
    for window in availability:
        own = spans.setdefault(window.agent, [])
        for day in range(window.weekday - 7, 10, 7):
            if day >= -2:
                own.append((_instant(week, day, window.start), _instant(week, day, window.end)))
    return {agent: joined(own) for agent, own in spans.items()}


def _instant(week: Week, day: int, clock: int) -> int:
    """Minute at which the clock shows a time: the first of two, and the next time there is where one is skipped."""
    while not (minutes := week.at(day, clock)):
        clock += 1
    return minutes[0]


def _first_recorded(centre: Centre, week: Week) -> Date:
    if centre.worked is None or centre.worked.empty:
        return week.monday
    first: Date = centre.worked["date"].min()
    return min(week.monday, first)
