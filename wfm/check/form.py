"""The form of a single shift: its start, length, breaks and session against the kinds of a contract."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import NamedTuple

from wfm.centre import Break, ShiftKind
from wfm.check.violation import Rule
from wfm.clock import clock_text
from wfm.roster import Activity, Segment


class Flaw(NamedTuple):
    """What is wrong with an attendance, under the rule it breaks."""

    rule: Rule
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Rows of one date that hang together. Minutes of `segments` count from its start, `clock` from midnight."""

    clock: int
    on_grid: bool
    length: int
    segments: tuple[Segment, ...]

    def of(self, activity: Activity) -> list[Segment]:
        """The segments of one activity, in order."""
        return [segment for segment in self.segments if segment.activity == activity]


def flaws(attendance: Attendance, kinds: Sequence[ShiftKind], *, grid: int) -> tuple[Flaw, ...]:
    """What keeps an attendance from being a legal shift of any kind: told for the kind it comes closest to."""
    possible = [kind for kind in kinds if _starts(kind, attendance.clock)]
    if not possible:
        # Its breaks are judged against no kind: they would be faulty by the wrong start alone.
        windows = "; ".join(f"{kind.kind} starts at {_window(kind)}" for kind in kinds) or "the contract has no shifts"
        return (Flaw(Rule.SHIFT, f"starts at {clock_text(attendance.clock)}; {windows}"),)
    closest: list[Flaw] | None = None
    for kind in possible:
        found = list(_flaws_as(attendance, kind, grid))
        if not found:
            return ()
        if closest is None or _distance(found) < _distance(closest):
            closest = found
    return tuple(closest or ())


def _distance(found: list[Flaw]) -> tuple[int, int]:
    """A kind that fits in start and length comes before one that does not, whatever its breaks."""
    return sum(flaw.rule is Rule.SHIFT for flaw in found), len(found)


def _flaws_as(attendance: Attendance, kind: ShiftKind, grid: int) -> Iterator[Flaw]:
    wanted = _wanted_rests(attendance, kind, grid)
    broken = [
        *_meal_flaws(attendance, kind),
        *_rest_flaws(attendance, kind, wanted),
        *_place_flaws(attendance, kind, grid),
    ]
    if not attendance.on_grid:
        yield Flaw(Rule.SHIFT, f"starts at {clock_text(attendance.clock)}, not on the grid of {grid} minutes")
    yield from _length_flaws(attendance, kind, wanted, excused=bool(broken))
    yield from _pay_flaws(attendance)
    yield from broken
    yield from _session_flaws(attendance, kind, grid)


def _starts(kind: ShiftKind, clock: int) -> bool:
    """Whether the kind starts at this time of day; a start of 26:00 is 02:00 of the date on which it falls."""
    clocks = kind.start_clocks()
    return clock in clocks or clock + 1440 in clocks


def _window(kind: ShiftKind) -> str:
    return f"{clock_text(kind.earliest_start)} to {clock_text(kind.latest_start)} every {kind.step_minutes} minutes"


def _length_flaws(attendance: Attendance, kind: ShiftKind, wanted: Sequence[Break], *, excused: bool) -> Iterator[Flaw]:
    """Length = paid hours + unpaid breaks held; with faulty breaks also + the unpaid breaks it should hold."""
    held = sum(s.end - s.start for s in (*attendance.of(Activity.MEAL), *attendance.of(Activity.REST)) if not s.paid)
    should = sum(b.minutes for b in (kind.meal, *wanted) if b is not None and not b.paid)
    fits = attendance.length - held in kind.paid_minutes
    if not fits and not (excused and attendance.length - should in kind.paid_minutes):
        choices = ", ".join(clock_text(minutes) for minutes in kind.paid_minutes)
        got = f"lasts {clock_text(attendance.length)} with {held} minutes of unpaid breaks"
        yield Flaw(Rule.SHIFT, f"{got}; {kind.kind} has paid hours of {choices}")


def _pay_flaws(attendance: Attendance) -> Iterator[Flaw]:
    for segment in attendance.segments:
        if segment.activity in (Activity.WORK, Activity.TRAINING, Activity.MEETING) and not segment.paid:
            yield Flaw(Rule.SHIFT, f"{_named(attendance, segment)} is marked unpaid; {segment.activity} is always paid")


def _meal_flaws(attendance: Attendance, kind: ShiftKind) -> Iterator[Flaw]:
    meals = attendance.of(Activity.MEAL)
    if kind.meal is None:
        if meals:
            yield Flaw(Rule.BREAKS, f"{_named(attendance, meals[0])} is taken; {kind.kind} has no meal")
    elif len(meals) != 1:
        yield Flaw(Rule.BREAKS, f"holds {len(meals)} meals; {kind.kind} has exactly one")
    elif not _fits(meals[0], kind.meal):
        yield Flaw(Rule.BREAKS, f"{_named(attendance, meals[0])}; {kind.kind} allows {_allowed(attendance, kind.meal)}")
    elif meals[0].paid != kind.meal.paid:
        yield from _flag_flaws(attendance, meals[0], kind)


def _wanted_rests(attendance: Attendance, kind: ShiftKind, grid: int) -> list[Break]:
    """Rests that are due and for which the session and meetings leave a place."""
    due = [r for r in kind.rests if r.earliest + r.minutes + kind.min_work_between <= attendance.length]
    blocks = [*attendance.of(Activity.TRAINING), *attendance.of(Activity.MEETING)]
    return [rest for rest in due if _has_place(rest, blocks, attendance.length, kind.min_work_between, grid)]


def _has_place(rest: Break, blocks: Sequence[Segment], length: int, apart: int, grid: int) -> bool:
    """Meals and other rests are not asked: they are placed around each other, not dropped."""
    first = -(-max(rest.earliest, apart) // grid) * grid
    last = min(rest.latest, length - apart - rest.minutes)
    return any(
        all(start + rest.minutes + apart <= block.start or start >= block.end + apart for block in blocks)
        for start in range(first, last + 1, grid)
    )


def _rest_flaws(attendance: Attendance, kind: ShiftKind, wanted: Sequence[Break]) -> Iterator[Flaw]:
    rests = attendance.of(Activity.REST)
    if len(rests) != len(wanted):
        places = "; ".join(_allowed(attendance, rest) for rest in wanted) or "none"
        yield Flaw(Rule.BREAKS, f"holds {len(rests)} rests; {kind.kind} has {len(wanted)} due here: {places}")
        return
    orders = [
        order for order in permutations(wanted) if all(_fits(s, rest) for s, rest in zip(rests, order, strict=True))
    ]
    if not orders:
        taken = ", ".join(_named(attendance, rest) for rest in rests)
        places = "; ".join(_allowed(attendance, rest) for rest in wanted)
        yield Flaw(Rule.BREAKS, f"{taken}; {kind.kind} allows {places}")
    elif not any(all(s.paid == rest.paid for s, rest in zip(rests, order, strict=True)) for order in orders):
        wrong = next(s for s, rest in zip(rests, orders[0], strict=True) if s.paid != rest.paid)
        yield from _flag_flaws(attendance, wrong, kind)


def _flag_flaws(attendance: Attendance, segment: Segment, kind: ShiftKind) -> Iterator[Flaw]:
    """A break paid wrongly is a faulty break and makes the shift's paid hours wrong."""
    got, allowed = ("paid", "unpaid") if segment.paid else ("unpaid", "paid")
    message = f"{_named(attendance, segment)} is marked {got}; {kind.kind} has it {allowed}"
    yield Flaw(Rule.BREAKS, message)
    yield Flaw(Rule.SHIFT, message)


def _place_flaws(attendance: Attendance, kind: ShiftKind, grid: int) -> Iterator[Flaw]:
    """Breaks off the grid, and too little work between two of: start, rest, meal, training, meeting, end."""
    for segment in (*attendance.of(Activity.MEAL), *attendance.of(Activity.REST)):
        if segment.start % grid:
            yield Flaw(Rule.BREAKS, f"{_named(attendance, segment)} is not on the grid of {grid} minutes")
    pauses = [s for s in attendance.segments if s.activity in _PAUSES]
    marks = [(0, 0), *((s.start, s.end) for s in pauses), (attendance.length, attendance.length)]
    for (_, end), (start, _) in pairwise(marks):
        if start - end < kind.min_work_between:
            got = f"{max(start - end, 0)} minutes of work before {_clock(attendance, start)}"
            yield Flaw(Rule.BREAKS, f"{got}; {kind.kind} has at least {kind.min_work_between} between breaks")


_PAUSES = frozenset({Activity.REST, Activity.MEAL, Activity.TRAINING, Activity.MEETING})


def _session_flaws(attendance: Attendance, kind: ShiftKind, grid: int) -> Iterator[Flaw]:
    sessions = attendance.of(Activity.TRAINING)
    if len(sessions) > 1:
        yield Flaw(Rule.TRAINING, f"holds {len(sessions)} training sessions; at most one a shift is allowed")
    for session in sessions:
        if session.end - session.start not in kind.session_minutes:
            allowed = ", ".join(map(str, kind.session_minutes)) or "no"
            yield Flaw(Rule.TRAINING, f"{_named(attendance, session)}; {kind.kind} allows {allowed} minutes")
        if session.start % grid:
            yield Flaw(Rule.TRAINING, f"{_named(attendance, session)} is not on the grid of {grid} minutes")


def _fits(segment: Segment, allowed: Break) -> bool:
    right_length = segment.end - segment.start == allowed.minutes
    return right_length and allowed.earliest <= segment.start <= allowed.latest


def _named(attendance: Attendance, segment: Segment) -> str:
    return f"{segment.activity} of {segment.end - segment.start} minutes at {_clock(attendance, segment.start)}"


def _allowed(attendance: Attendance, allowed: Break) -> str:
    window = f"{_clock(attendance, allowed.earliest)} to {_clock(attendance, allowed.latest)}"
    return f"{allowed.minutes} minutes starting at {window}"


def _clock(attendance: Attendance, offset: int) -> str:
    return clock_text(attendance.clock + offset)
