"""The best inside of a shift: breaks and session placed exactly, under prices of every slot.

`work[t]`, `seat[t]` and `room[t]` are running sums: work[t] is what working from slot 0 to t gains, seat[t] what
holding a seat costs, room[t] what a place in the classroom costs. A state is (breaks already placed, first offset
at which the next activity may start); what is lost against working throughout is minimised over it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solver.shapes import Shape
from wfm.roster import Activity

LOST = 1e18  # no legal way
BLOCKS = 6  # the most breaks a shape can hold

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class ShapeTable(NamedTuple):
    """Shapes as arrays: `block[s, b]` = (slots, first, last, meal); `fixed` and `session` rows (offset, slots, training)
    of shape s lie between `fixed_at[s]` and `fixed_at[s + 1]` (likewise `session_at`)."""

    slots: Ints
    gap: Ints
    plain: Ints
    blocks: Ints
    block: Ints
    step: Ints
    fixed_at: Ints
    fixed: Ints
    session_at: Ints
    session: Ints


def shape_table(shapes: Sequence[Shape]) -> ShapeTable:
    """Lay shapes out for the compiled loops."""
    block = np.zeros((max(1, len(shapes)), BLOCKS, 4), dtype=np.int64)
    for s, shape in enumerate(shapes):
        for b, held in enumerate(shape.blocks):
            block[s, b] = (held.slots, held.first, held.last, held.meal)
    fixed = [(f.offset, f.slots, f.activity == Activity.TRAINING) for shape in shapes for f in shape.fixed]
    session = [(offset, slots, 1) for shape in shapes for offset, slots in shape.sessions]
    return ShapeTable(
        slots=_ints([shape.slots for shape in shapes]),
        gap=_ints([shape.gap for shape in shapes]),
        plain=_ints([shape.plain for shape in shapes]),
        blocks=_ints([len(shape.blocks) for shape in shapes]),
        block=block,
        step=_ints([shape.step for shape in shapes]),
        fixed_at=_ints(np.cumsum([0, *(len(shape.fixed) for shape in shapes)])),
        fixed=_ints(fixed).reshape(-1, 3),
        session_at=_ints(np.cumsum([0, *(len(shape.sessions) for shape in shapes)])),
        session=_ints(session).reshape(-1, 3),
    )


def _ints(values: object) -> Ints:
    return np.array(values, dtype=np.int64)


@njit(cache=True, nogil=True)
def _loss(work, seat, start, slots, meal):  # type: ignore[no-untyped-def]
    lost = work[start + slots] - work[start]
    return lost - (seat[start + slots] - seat[start]) if meal else lost


@njit(cache=True, nogil=True)
def _train_loss(work, seat, room, start, slots):  # type: ignore[no-untyped-def]
    end = start + slots
    return work[end] - work[start] - (seat[end] - seat[start]) + room[end] - room[start]


@njit(cache=True, nogil=True)
def _next_fixed(table, s, offset):  # type: ignore[no-untyped-def]
    """Row of the first fixed stretch that starts at or after an offset, or -1."""
    for row in range(table.fixed_at[s], table.fixed_at[s + 1]):
        if table.fixed[row, 0] >= offset:
            return row
    return -1


@njit(cache=True, nogil=True)
def _backward(table, s, start, work, seat, after):  # type: ignore[no-untyped-def]
    """after[mask, p]: least loss from the state (mask placed, next may start at p) to the shift's end."""
    length, gap, blocks = table.slots[s], table.gap[s], table.blocks[s]
    full = (1 << blocks) - 1
    for mask in range(full + 1):
        for p in range(length + 1):
            after[mask, p] = LOST
    after[full, length] = 0.0
    for p in range(length - 1, -1, -1):
        row = _next_fixed(table, s, p)
        limit = length if row < 0 else table.fixed[row, 0]
        for mask in range(full, -1, -1):
            if limit == p and row >= 0:
                after[mask, p] = after[mask, p + table.fixed[row, 1] + gap]
                continue
            best = after[mask, p + 1]
            for b in range(blocks):
                if not mask >> b & 1 and table.block[s, b, 1] <= p <= table.block[s, b, 2]:
                    on_grid = (p - table.block[s, b, 1]) % table.step[s] == 0
                    end = p + table.block[s, b, 0] + gap
                    if on_grid and p >= gap and end <= limit and after[mask | 1 << b, end] < LOST:
                        lost = _loss(work, seat, start + p, table.block[s, b, 0], table.block[s, b, 3])
                        best = min(best, after[mask | 1 << b, end] + lost)
            after[mask, p] = best


@njit(cache=True, nogil=True)
def _forward(table, s, start, work, seat, before, came):  # type: ignore[no-untyped-def]
    """before[mask, p]: least loss to reach a state; came[mask, p]: the block placed last, -1 waited, -2 fixed, -3 none."""
    length, gap, blocks = table.slots[s], table.gap[s], table.blocks[s]
    full = (1 << blocks) - 1
    for mask in range(full + 1):
        for p in range(length + 1):
            before[mask, p] = LOST
            came[mask, p] = -3
    before[0, min(gap, length)] = 0.0
    for p in range(min(gap, length), length):
        row = _next_fixed(table, s, p)
        limit = length if row < 0 else table.fixed[row, 0]
        for mask in range(full + 1):
            here = before[mask, p]
            if here >= LOST:
                continue
            if limit == p and row >= 0:
                end = p + table.fixed[row, 1] + gap
                if here < before[mask, end]:
                    before[mask, end] = here
                    came[mask, end] = -2
                continue
            if here < before[mask, p + 1]:
                before[mask, p + 1] = here
                came[mask, p + 1] = -1
            for b in range(blocks):
                if not mask >> b & 1 and table.block[s, b, 1] <= p <= table.block[s, b, 2]:
                    on_grid = (p - table.block[s, b, 1]) % table.step[s] == 0
                    end = p + table.block[s, b, 0] + gap
                    if on_grid and end <= limit:
                        cost = here + _loss(work, seat, start + p, table.block[s, b, 0], table.block[s, b, 3])
                        if cost < before[mask | 1 << b, end]:
                            before[mask | 1 << b, end] = cost
                            came[mask | 1 << b, end] = b


@njit(cache=True, nogil=True)
def _worked(table, s, start, work, seat, room):  # type: ignore[no-untyped-def]
    """Value of working throughout, but for what is fixed."""
    end = start + table.slots[s]
    value = work[end] - work[start] - (seat[end] - seat[start])
    for row in range(table.fixed_at[s], table.fixed_at[s + 1]):
        at = start + table.fixed[row, 0]
        if table.fixed[row, 2]:
            value -= _train_loss(work, seat, room, at, table.fixed[row, 1])
        else:
            value -= _loss(work, seat, at, table.fixed[row, 1], True)
    return value


@njit(cache=True, nogil=True)
def best_value(table, s, start, session, work, seat, room, before, after, came):  # type: ignore[no-untyped-def]
    """Value of the best filling of shape s from a slot with a session of so many slots (0: none); -LOST if there is none.

    `before`, `after` (floats) and `came` (ints) are scratch of shape (2**BLOCKS, longest shift + 1).
    """
    _backward(table, s, start, work, seat, after)
    gap, length = table.gap[s], table.slots[s]
    if session == 0:
        lost = after[0, min(gap, length)] if table.plain[s] else LOST
        return _worked(table, s, start, work, seat, room) - lost if lost < LOST else -LOST
    _forward(table, s, start, work, seat, before, came)
    best = LOST
    for row in range(table.session_at[s], table.session_at[s + 1]):
        if table.session[row, 1] == session:
            at = table.session[row, 0]
            lost = _train_loss(work, seat, room, start + at, session)
            for mask in range(1 << table.blocks[s]):
                best = min(best, before[mask, at] + after[mask, at + session + gap] + lost)
    return _worked(table, s, start, work, seat, room) - best if best < LOST else -LOST


@njit(cache=True, nogil=True)
def best_filling(table, s, start, session, work, seat, room, before, after, came, place):  # type: ignore[no-untyped-def]
    """Like `best_value`, and writes offsets into `place`: of each block, then of the session (-1: none)."""
    value = best_value(table, s, start, session, work, seat, room, before, after, came)
    if value <= -LOST:
        return value
    gap, blocks = table.gap[s], table.blocks[s]
    place[:] = -1
    mask, p = 0, min(gap, table.slots[s])
    if session > 0:
        best, cut, at = LOST, 0, 0
        for row in range(table.session_at[s], table.session_at[s + 1]):
            if table.session[row, 1] == session:
                here = table.session[row, 0]
                lost = _train_loss(work, seat, room, start + here, session)
                for m in range(1 << blocks):
                    total = before[m, here] + after[m, here + session + gap] + lost
                    if total < best:
                        best, cut, at = total, m, here
        place[BLOCKS] = at
        _walk_back(table, s, cut, at, before, came, place)
        mask, p = cut, at + session + gap
    _walk_on(table, s, start, mask, p, work, seat, after, place)
    return value


@njit(cache=True, nogil=True)
def _walk_back(table, s, mask, p, before, came, place):  # type: ignore[no-untyped-def]
    gap = table.gap[s]
    while came[mask, p] != -3:
        step = came[mask, p]
        if step == -1:
            p -= 1
        elif step == -2:
            for row in range(table.fixed_at[s], table.fixed_at[s + 1]):
                if table.fixed[row, 0] + table.fixed[row, 1] + gap == p:
                    p = table.fixed[row, 0]
                    break
        else:
            p -= table.block[s, step, 0] + gap
            place[step] = p
            mask &= ~(1 << step)


@njit(cache=True, nogil=True)
def _walk_on(table, s, start, mask, p, work, seat, after, place):  # type: ignore[no-untyped-def]
    length, gap = table.slots[s], table.gap[s]
    while p < length:
        row = _next_fixed(table, s, p)
        limit = length if row < 0 else table.fixed[row, 0]
        if limit == p and row >= 0:
            p += table.fixed[row, 1] + gap
            continue
        chosen, least = -1, after[mask, p + 1]
        for b in range(table.blocks[s]):
            if not mask >> b & 1 and table.block[s, b, 1] <= p <= table.block[s, b, 2]:
                on_grid = (p - table.block[s, b, 1]) % table.step[s] == 0
                end = p + table.block[s, b, 0] + gap
                if on_grid and end <= limit and after[mask | 1 << b, end] < LOST:
                    total = after[mask | 1 << b, end] + _loss(
                        work, seat, start + p, table.block[s, b, 0], table.block[s, b, 3]
                    )
                    if total < least:
                        chosen, least = b, total
        if chosen < 0:
            p += 1
        else:
            place[chosen] = p
            p += table.block[s, chosen, 0] + gap
            mask |= 1 << chosen
