"""shifts.toml: kinds of shift, each with a place for its breaks at every length."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

from wfm.centre import Break, ShiftKind
from wfm.clock import clock_text
from wfm.kind import length_of, rests_due
from wfm.reading import keys
from wfm.reading.settings import Document, Section

_MOST_RESTS = 5
_DAY = 24 * 60


def read_kinds(document: Document, *, grid_minutes: int) -> dict[str, ShiftKind]:
    """Kinds of shift by name; hours become minutes."""
    if not document.values and not document.broken:
        document.root().fault("", "a table for each kind of shift", "an empty file")
    return {name: _kind(name, section, grid_minutes) for name, section in document.sections()}


def have_places(breaks: Iterable[Break], *, length: int, min_work_between: int, grid_minutes: int) -> bool:
    """Whether the breaks can stand in their windows, on the grid, with work between any two, start and end."""
    # In a given order, each as early as it can be leaves the most room to the next.
    return any(_fit(order, length, min_work_between, grid_minutes) for order in permutations(breaks))


def _fit(order: Sequence[Break], length: int, min_work_between: int, grid: int) -> bool:
    free = min_work_between
    for pause in order:
        at = _on_grid(max(pause.earliest, free), grid)
        if at > pause.latest:
            return False
        free = at + pause.minutes + min_work_between
    return free <= length


def _on_grid(minute: int, grid: int) -> int:
    return -(-minute // grid) * grid


def _kind(name: str, section: Section, grid: int) -> ShiftKind:
    earliest, latest = section.value("start", keys.pair(keys.clock), None, required=True) or (0, 0)
    step = section.value("step_minutes", keys.whole(above=0), grid)
    none: tuple[int, ...] = ()
    paid = section.value("paid_hours", keys.several(keys.hours(above=0, high=24)), none, required=True)
    meal = _break(section.section("meal"), grid)
    rests = tuple(rest for part in section.sections("rests") if (rest := _break(part, grid)))
    between = section.value("min_work_between_minutes", keys.whole(low=0), 0)
    sessions = _sessions(section.section("training"), grid)
    kind = ShiftKind(
        kind=name,
        earliest_start=earliest,
        latest_start=latest,
        step_minutes=step,
        paid_minutes=tuple(sorted(paid)),
        meal=meal,
        rests=rests,
        min_work_between=between,
        session_minutes=sessions,
    )
    section.finish()
    _judge_starts(kind, section, grid)
    _judge_places(kind, section, grid)
    return kind


def _break(section: Section | None, grid: int) -> Break | None:
    """A break, or None after a fault (a judgement of places would then mislead)."""
    if section is None:
        return None
    minutes = section.value("minutes", keys.whole(above=0), 0, required=True)
    paid = section.value("paid", keys.truth, False, required=True)
    window = section.value("after_hours", keys.pair(keys.hours(high=24)), None, required=True)
    section.finish()
    if window is None or not section.sound:
        return None
    if _on_grid(window[0], grid) > window[1]:
        expected = f"a window that holds a time of the {grid}-minute grid"
        section.fault("after_hours", expected, f"{clock_text(window[0])} to {clock_text(window[1])} after the start")
    return Break(minutes=minutes, paid=paid, earliest=window[0], latest=window[1])


def _sessions(section: Section | None, grid: int) -> tuple[int, ...]:
    if section is None:
        return ()
    least, most = section.value("minutes", keys.pair(keys.whole(above=0)), None, required=True) or (grid, grid)
    step = section.value("step_minutes", keys.whole(above=0), grid)
    section.finish()
    for key, minutes in (("minutes", least), ("step_minutes", step)):
        if section.sound and minutes % grid:
            section.fault(key, f"multiples of the grid of {grid} minutes", str(minutes))
    return tuple(range(least, most + 1, step)) if section.sound else ()


def _judge_starts(kind: ShiftKind, section: Section, grid: int) -> None:
    if kind.earliest_start % grid:
        section.fault("start", f"starts on the grid of {grid} minutes", clock_text(kind.earliest_start))
    if kind.step_minutes % grid:
        section.fault("step_minutes", f"a multiple of the grid of {grid} minutes", str(kind.step_minutes))
    if len(kind.rests) > _MOST_RESTS:
        section.fault("rests", f"at most {_MOST_RESTS} rests", str(len(kind.rests)))


def _judge_places(kind: ShiftKind, section: Section, grid: int) -> None:
    """Every length must have a place for its meal, and one for the meal and all due rests together."""
    broken = [f for f in section.document.faults if f.column.startswith(f"{kind.kind}.")]
    if broken or not section.sound:
        return
    meals = [kind.meal] if kind.meal else []
    work: Mapping[str, int] = {"min_work_between": kind.min_work_between}
    for paid in kind.paid_minutes:
        length = length_of(paid, meal=kind.meal, rests=kind.rests, **work)
        due = rests_due(kind.rests, length=length, **work)
        got = f"none in a shift of {paid / 60:g} paid hours, {clock_text(length)} long"
        if length > _DAY:
            section.fault(
                "paid_hours", "shifts of at most 24 hours", f"{clock_text(length)} with {paid / 60:g} paid hours"
            )
        elif not have_places(meals, length=length, grid_minutes=grid, **work):
            section.fault("meal", f"a place for the meal of {kind.kind} at every length", got)
        elif not have_places([*meals, *due], length=length, grid_minutes=grid, **work):
            section.fault("rests", f"a place for the meal and due rests of {kind.kind} together at every length", got)
