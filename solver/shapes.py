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
    found = []
    for held in _subsets(range(len(kind.rests))):
        shape = _shape(kind, paid_minutes, frozenset(held), slot, grid, fixed)
        if shape is not None:
            found.append(shape)
    return tuple(found)


def _subsets(items: range) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(items, size) for size in range(len(items), -1, -1))


def _shape(
    kind: ShiftKind, paid_minutes: int, held: frozenset[int], slot: int, grid: int, fixed: tuple[Fixed, ...]
) -> Shape | None:
    breaks = [*([kind.meal] if kind.meal else []), *(kind.rests[i] for i in sorted(held))]
    length = (paid_minutes + sum(b.minutes for b in breaks if not b.paid)) // slot
    due = frozenset(
        i for i, rest in enumerate(kind.rests) if rest.earliest + rest.minutes + kind.min_work_between <= length * slot
    )
    gap, step = ceil(kind.min_work_between / slot), grid // slot
    if not held <= due or not _apart(fixed, length, gap):
        return None
    room = _Room(length=length, gap=gap, step=step)
    sessions = [f for f in fixed if f.activity == Activity.TRAINING]
    if len(sessions) > 1 or any(f.slots * slot not in kind.session_minutes for f in sessions):
        return None
    blocks = tuple(_block(b, slot, step, meal=b is kind.meal) for b in breaks)
    rests = {i: _block(kind.rests[i], slot, step, meal=False) for i in due}

    def legal(taken: tuple[Fixed, ...]) -> bool:
        placed = frozenset(i for i, rest in rests.items() if room.has_place(rest, taken))
        return placed == held and room.fits(blocks, taken)

    plain = legal(fixed)
    options: list[tuple[int, int]] = []
    if not sessions:
        for minutes in kind.session_minutes:
            for offset in range(gap + -gap % step, length - gap - minutes // slot + 1, step):
                taken = tuple(sorted((*fixed, Fixed(offset, minutes // slot, Activity.TRAINING))))
                if _apart(taken, length, gap) and legal(taken):
                    options.append((offset, minutes // slot))
    if not plain and not options:
        return None
    return Shape(
        slots=length,
        paid_minutes=paid_minutes,
        gap=gap,
        step=step,
        blocks=blocks,
        fixed=fixed,
        plain=plain,
        sessions=tuple(options),
    )


def _block(taken: Break, slot: int, step: int, *, meal: bool) -> Block:
    """A break's window in slots, narrowed to the grid."""
    first = -(-taken.earliest // slot)
    last = taken.latest // slot
    return Block(taken.minutes // slot, first + -first % step, last - last % step, meal, taken.paid)


def _apart(fixed: tuple[Fixed, ...], length: int, gap: int) -> bool:
    """Whether fixed stretches keep the gap from the shift's ends and from each other."""
    edge = 0
    for f in fixed:
        if f.offset < edge + gap:
            return False
        edge = f.offset + f.slots
    return edge + gap <= length if fixed else True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """The length of a shift, the gap of work between breaks and the step of their starts, in slots."""

    length: int
    gap: int
    step: int

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
