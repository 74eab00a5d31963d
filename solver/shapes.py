"""Shapes: what a shift of one kind, paid length and set of rests looks like inside, whenever it starts.

The rules `shift`, `breaks` and `training` live here. A shape lists the breaks it holds with their windows, what the
locks of a day fix inside it (obstacles), and every place and length of a training session it admits. Offsets are
slots from the shift's start.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations
from math import ceil

from wfm.centre import Break, ShiftKind
from wfm.roster import Activity


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """A break a shape holds: `slots` long, starting at an offset in `first..last`."""

    slots: int
    first: int
    last: int
    meal: bool
    paid: bool


@dataclass(frozen=True, slots=True, order=True)
class Fixed:
    """A stretch that a lock or a chosen session takes out of a shift."""

    offset: int
    slots: int
    activity: Activity


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One way to fill a shift. `plain` tells whether it is legal without a (further) session, `sessions` with which."""

    slots: int
    paid_minutes: int
    gap: int
    step: int
    blocks: tuple[Block, ...]
    fixed: tuple[Fixed, ...]
    plain: bool
    sessions: tuple[tuple[int, int], ...]


def shapes(
    kind: ShiftKind, paid_minutes: int, slot: int, grid: int, fixed: tuple[Fixed, ...] = ()
) -> tuple[Shape, ...]:
    """Every shape of a kind and paid length around what is fixed, with at least one legal filling.

    `slot` and `grid` are minutes; `fixed` has offsets in slots from the start.
    """
    return _shapes(kind, paid_minutes, slot, grid, tuple(sorted(fixed)))


@lru_cache(maxsize=100_000)
def _shapes(kind: ShiftKind, paid_minutes: int, slot: int, grid: int, fixed: tuple[Fixed, ...]) -> tuple[Shape, ...]:
    step = grid // slot
    if not _offered(kind, slot, step, [f for f in fixed if f.activity == Activity.TRAINING]):
        return ()
    subsets = [frozenset(rests) for rests in _subsets(range(len(kind.rests)))]
    lengths = {rests: _length(kind, paid_minutes, rests) // slot for rests in subsets}
    found: dict[frozenset[int], list[Fixed | None]] = {rests: [] for rests in subsets}
    for length in set(lengths.values()):
        room = _Room(length=length, gap=ceil(kind.min_work_between / slot), step=step)
        due = _due(kind, length * slot, slot, step)
        for session in _sessions(kind, slot, room, fixed):
            taken = fixed if session is None else tuple(sorted((*fixed, session)))
            held = frozenset(i for i, rest in due.items() if room.has_place(rest, taken))
            if lengths[held] == length and room.fits(_blocks(kind, held, slot, step), taken):
                found[held].append(session)
    return tuple(
        Shape(
            slots=lengths[held],
            paid_minutes=paid_minutes,
            gap=ceil(kind.min_work_between / slot),
            step=step,
            blocks=_blocks(kind, held, slot, step),
            fixed=fixed,
            plain=None in sessions,
            sessions=tuple((session.offset, session.slots) for session in sessions if session),
        )
        for held, sessions in found.items()
        if sessions
    )


def _offered(kind: ShiftKind, slot: int, step: int, locked: list[Fixed]) -> bool:
    """Whether locked training is one session that the kind offers, on the grid."""
    return len(locked) <= 1 and all(f.slots * slot in kind.session_minutes and f.offset % step == 0 for f in locked)


def _subsets(items: range) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(items, size) for size in range(len(items), -1, -1))


def _length(kind: ShiftKind, paid_minutes: int, rests: frozenset[int]) -> int:
    """Minutes of a shift that holds these rests."""
    held = [*([kind.meal] if kind.meal else []), *(kind.rests[i] for i in rests)]
    return paid_minutes + sum(b.minutes for b in held if not b.paid)


def _due(kind: ShiftKind, minutes: int, slot: int, step: int) -> dict[int, Block]:
    """Rests due in a shift of so many minutes."""
    return {
        i: _block(rest, slot, step, meal=False)
        for i, rest in enumerate(kind.rests)
        if rest.earliest + rest.minutes + kind.min_work_between <= minutes
    }


def _blocks(kind: ShiftKind, rests: frozenset[int], slot: int, step: int) -> tuple[Block, ...]:
    meal = (_block(kind.meal, slot, step, meal=True),) if kind.meal else ()
    return (*meal, *(_block(kind.rests[i], slot, step, meal=False) for i in sorted(rests)))


def _sessions(kind: ShiftKind, slot: int, room: "_Room", fixed: tuple[Fixed, ...]) -> Iterator[Fixed | None]:
    """No further session, then every place and length of one, as far as the gap to ends and fixed stretches is kept."""
    if not room.apart(fixed):
        return
    yield None
    if any(f.activity == Activity.TRAINING for f in fixed):
        return
    for minutes in kind.session_minutes:
        slots = minutes // slot
        for offset in range(room.gap + -room.gap % room.step, room.length - room.gap - slots + 1, room.step):
            session = Fixed(offset, slots, Activity.TRAINING)
            if room.apart(tuple(sorted((*fixed, session)))):
                yield session


def _block(taken: Break, slot: int, step: int, *, meal: bool) -> Block:
    """A break's window in slots, narrowed to the grid."""
    first = -(-taken.earliest // slot)
    last = taken.latest // slot
    return Block(taken.minutes // slot, first + -first % step, last - last % step, meal, taken.paid)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """The length of a shift, the gap of work between breaks and the step of their starts, in slots."""

    length: int
    gap: int
    step: int

    def apart(self, fixed: tuple[Fixed, ...]) -> bool:
        """Whether fixed stretches keep the gap from the shift's ends and from each other."""
        edge = 0
        for f in fixed:
            if f.offset < edge + self.gap:
                return False
            edge = f.offset + f.slots
        return edge + self.gap <= self.length if fixed else True

    def has_place(self, rest: Block, taken: tuple[Fixed, ...]) -> bool:
        """Whether a rest finds a place in its window beside what is taken alone."""
        return any(self._clear(offset, rest.slots, taken) for offset in range(rest.first, rest.last + 1, self.step))

    def fits(self, blocks: tuple[Block, ...], taken: tuple[Fixed, ...]) -> bool:
        """Whether all blocks find places together."""
        if not blocks:
            return True
        for i, block in enumerate(blocks):
            others = blocks[:i] + blocks[i + 1 :]
            # The earliest clear place of whichever block comes first is at least as good as any later one.
            for offset in range(block.first, block.last + 1, self.step):
                if self._clear(offset, block.slots, taken):
                    after = offset + block.slots + self.gap
                    rest = tuple(
                        Block(b.slots, max(b.first, after + -after % self.step), b.last, b.meal, b.paid) for b in others
                    )
                    if self.fits(rest, taken):
                        return True
                    break
        return False

    def _clear(self, offset: int, slots: int, taken: tuple[Fixed, ...]) -> bool:
        if offset < self.gap or offset + slots + self.gap > self.length:
            return False
        return all(offset + slots + self.gap <= f.offset or f.offset + f.slots + self.gap <= offset for f in taken)
