"""Every filling of a shift that the solver's tables admit, and every one there could be, legal or not."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from solver.rules import Rules
from solver.shapes import Shape
from wfm.roster import Activity, Segment, Shift

Span = tuple[int, int, str, bool]


class Piece(NamedTuple):
    """Something in a shift that is not work; `most` of it are tried in one shift."""

    activity: str
    minutes: int
    paid: bool
    most: int = 1


class Filling(NamedTuple):
    """A shift as the tables admit it: offsets (slots) of the shape's blocks, then of the session (-1: none)."""

    shape: int
    blocks: tuple[int, ...]
    session: int
    shift: Shift


def admitted(rules: Rules, choice: int, agent: str = "ann") -> list[Filling]:
    """Every filling of a choice: all places of the blocks that keep the gap, tried one by one."""
    choices = rules.choices
    session = int(choices.session[choice])
    return [
        Filling(index, blocks, at, _shift(rules, choice, index, blocks, at, agent))
        for index in choices.shapes[choice]
        for blocks, at in _placements(rules.shapes[index], session)
    ]


def arrangements(length: int, menu: Sequence[Piece], *, most: int, step: int) -> Iterator[tuple[Segment, ...]]:
    """Every way to put up to `most` pieces into a shift, starting on a step; minutes from the shift's start."""
    yield from _arranged((), 0, length, tuple(menu), most, step)


def _placements(shape: Shape, session: int) -> Iterator[tuple[tuple[int, ...], int]]:
    windows = [range(block.first, block.last + 1, shape.step) for block in shape.blocks]
    places = [offset for offset, slots in shape.sessions if slots == session] if session else [-1] * shape.plain
    for at, blocks in product(places, product(*windows)):
        spans = [(offset, offset + block.slots) for offset, block in zip(blocks, shape.blocks, strict=True)]
        spans += [(fixed.offset, fixed.offset + fixed.slots) for fixed in shape.fixed]
        spans += [(at, at + session)] if at >= 0 else []
        if _apart(sorted(spans), shape.slots, shape.gap):
            yield blocks, at


def _apart(spans: list[tuple[int, int]], slots: int, gap: int) -> bool:
    edges = [0, *(edge + gap for _, edge in spans)]
    edges[0] = gap if spans else 0
    return all(begin >= edge for (begin, _), edge in zip(spans, edges, strict=False)) and edges[-1] <= slots


def _shift(rules: Rules, choice: int, index: int, blocks: tuple[int, ...], at: int, agent: str) -> Shift:
    shape, choices, slot = rules.shapes[index], rules.choices, rules.slot
    pieces: list[Span] = [
        (offset, offset + block.slots, str(Activity.MEAL if block.meal else Activity.REST), block.paid)
        for offset, block in zip(blocks, shape.blocks, strict=True)
    ]
    pieces += [(fixed.offset, fixed.offset + fixed.slots, str(fixed.activity), True) for fixed in shape.fixed]
    if at >= 0:
        pieces.append((at, at + int(choices.session[choice]), str(Activity.TRAINING), True))
    start = int(choices.start[choice])
    rows, reached = [], 0
    for begin, end, activity, paid in [*sorted(pieces), (shape.slots, shape.slots, "", True)]:
        if begin > reached:
            rows.append((reached, begin, str(Activity.WORK), True))
        if end > begin:
            rows.append((begin, end, activity, paid))
        reached = end
    segments = tuple(Segment((start + b) * slot, (start + e) * slot, activity, paid) for b, e, activity, paid in rows)
    return Shift(agent=agent, day=int(choices.day[choice]), segments=segments)


def _arranged(
    done: tuple[Segment, ...], reached: int, length: int, menu: tuple[Piece, ...], most: int, step: int
) -> Iterator[tuple[Segment, ...]]:
    if reached < length:
        yield (*done, Segment(reached, length, str(Activity.WORK), True))
    elif done:
        yield done
    if most == 0:
        return
    for number, piece in enumerate(menu):
        left = (piece._replace(most=piece.most - 1),) if piece.most > 1 else ()
        others = (*menu[:number], *left, *menu[number + 1 :])
        for start in range(-(-reached // step) * step, length - piece.minutes + 1, step):
            work = (Segment(reached, start, str(Activity.WORK), True),) if start > reached else ()
            taken = Segment(start, start + piece.minutes, piece.activity, piece.paid)
            yield from _arranged((*done, *work, taken), start + piece.minutes, length, others, most - 1, step)
