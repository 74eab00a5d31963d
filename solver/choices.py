"""Choices: every legal shift of the week without its inside, laid out in arrays, and the slot on which all of them lie.

A choice is kind, start, paid length, total length and session length of one day; how it may be filled are the indices
of its shapes (`solver.shapes`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import gcd
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.facts import PersonFacts, Pin
from solver.shapes import Fixed, Shape, shapes
from wfm.centre import Centre, ShiftKind
from wfm.clock import Week
from wfm.kind import is_night
from wfm.ledger import points_of
from wfm.roster import Activity

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

EVERYBODY = -1  # owner of a choice that is not made for one agent's locks


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Choices of the centre's week, one array each; times are slots of the week, sorted by day and start.

    `owner` is the agent (index) whose locked day the choice is made for, else EVERYBODY. `shapes[i]` are indices of
    the shapes that fill choice i, `session` the slots of the session they hold (0: none). `bare` choices are all that
    a week without planned sessions needs: those without a session, and those that no choice without one equals.
    """

    day: Ints
    kind: Ints
    start: Ints
    end: Ints
    clock: Ints
    paid: Ints
    session: Ints
    night: Mask
    points: Ints
    owner: Ints
    bare: Mask
    shapes: tuple[tuple[int, ...], ...]


def slot_minutes(centre: Centre, week: Week, facts: Iterable[PersonFacts]) -> int:
    """The largest step on which every start, end, break, meeting and interval lies.

    Training needs no step of its own: off the grid it is not legal.
    """
    steps = [centre.grid_minutes, centre.interval_minutes, week.minutes]
    for kind in centre.kinds.values():
        breaks = [*([kind.meal] if kind.meal else []), *kind.rests]
        steps += [*kind.paid_minutes, *kind.session_minutes, *(b.minutes for b in breaks)]
    for own in facts:
        steps += [time for pin in own.pins if pin.activity == Activity.MEETING for time in (pin.start, pin.end)]
    return gcd(*steps)


def compile_choices(
    centre: Centre, week: Week, slot: int, facts: Iterable[PersonFacts]
) -> tuple[Choices, tuple[Shape, ...]]:
    """Choices for everybody, then those made for the days that locks put a segment into; and the shapes they name."""
    compiler = _Compiler(centre, week, slot)
    for day, kind in product(range(7), centre.kinds):
        compiler.add(day, kind, EVERYBODY, ())
    for own in facts:
        for day in sorted({pin.day for pin in own.fixed}):
            pins = tuple(pin for pin in own.fixed if pin.day == day)
            for kind in own.contract.shifts:
                compiler.add(day, kind, own.index, pins)
    return compiler.choices(), tuple(compiler.shapes)


class _Row(NamedTuple):
    day: int
    kind: int
    start: int
    end: int
    clock: int
    paid: int
    session: int
    night: int
    points: int
    owner: int


class _Compiler:
    """Collects choices; equal shapes get one index."""

    def __init__(self, centre: Centre, week: Week, slot: int) -> None:
        self._centre, self._week, self._slot = centre, week, slot
        self._kinds = {name: number for number, name in enumerate(centre.kinds)}
        self._rows: list[tuple[_Row, tuple[int, ...]]] = []
        self._filled: dict[tuple[str, int, tuple[Fixed, ...]], dict[tuple[int, int], tuple[int, ...]]] = {}
        self.shapes: dict[Shape, int] = {}

    def add(self, day: int, name: str, owner: int, pins: tuple[Pin, ...]) -> None:
        """Add the choices of a kind on a day around what is pinned in it."""
        for clock, start in _starts(self._centre.kinds[name], self._week, day):
            inside = self._inside(start, pins)
            if inside is None:
                continue
            for paid in self._centre.kinds[name].paid_minutes:
                for (length, session), ids in self._fillings(name, paid, inside).items():
                    end = start + length * self._slot
                    row = _Row(
                        day=day,
                        kind=self._kinds[name],
                        start=start // self._slot,
                        end=end // self._slot,
                        clock=clock,
                        paid=paid,
                        session=session,
                        night=is_night(self._week, start, end),
                        points=sum(points_of(self._week, start, end, day).values()),
                        owner=owner,
                    )
                    self._rows.append((row, ids))

    def _inside(self, start: int, pins: tuple[Pin, ...]) -> tuple[Fixed, ...] | None:
        """Pins as stretches of a shift that starts at a minute; None if one does not lie on slots."""
        if any((pin.start - start) % self._slot or (pin.end - start) % self._slot for pin in pins):
            return None
        slot = self._slot
        return tuple(Fixed((p.start - start) // slot, (p.end - p.start) // slot, p.activity) for p in pins)

    def _fillings(self, name: str, paid: int, inside: tuple[Fixed, ...]) -> dict[tuple[int, int], tuple[int, ...]]:
        """Shapes by (length, session slots), in that order."""
        key = (name, paid, inside)
        if key not in self._filled:
            found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
            for shape in shapes(self._centre.kinds[name], paid, self._slot, self._centre.grid_minutes, inside):
                index = self.shapes.setdefault(shape, len(self.shapes))
                for session in ([0] if shape.plain else []) + sorted({slots for _, slots in shape.sessions}):
                    found[shape.slots, session].append(index)
            self._filled[key] = {lengths: tuple(found[lengths]) for lengths in sorted(found)}
        return self._filled[key]

    def choices(self) -> Choices:
        """What was added, in order of day and start."""
        ordered = sorted(self._rows, key=lambda found: (found[0].day, found[0].start))
        table = np.array([row for row, _ in ordered], dtype=np.int64).reshape(len(ordered), len(_Row._fields))
        columns = dict(zip(_Row._fields, table.T.copy(), strict=True))
        night = columns.pop("night").astype(bool)
        return Choices(**columns, night=night, bare=_bare(columns), shapes=tuple(ids for _, ids in ordered))


def _starts(kind: ShiftKind, week: Week, day: int) -> Iterator[tuple[int, int]]:
    """Starts of a kind on a day as (wall time, minute): none where the clock skips it, two where it shows it twice.

    A clock that changes by less than the grid leaves starts off the grid, which are not legal.
    """
    for clock in sorted({clock % 1440 for clock in kind.start_clocks()}):
        for start in week.at(day, clock):
            if start % week.grid_minutes == 0:
                yield clock, start


def _bare(columns: dict[str, Ints]) -> Mask:
    """Choices without a session, and those of a day, kind, start, end, pay and owner that has none without."""
    session = columns["session"]
    frames = np.stack([columns[name] for name in ("day", "kind", "start", "end", "paid", "owner")])
    _, frame = np.unique(frames, axis=1, return_inverse=True)
    frame = frame.reshape(-1)
    plain = np.zeros(frame.max(initial=-1) + 1, dtype=bool)
    plain[frame[session == 0]] = True
    return np.asarray((session == 0) | ~plain[frame])
