"""All legal fillings of a choice as a network: every path from source to sink places its breaks and session once.

Agents with the same skills who take the same choice are a flow; a whole flow splits into single paths, so counts of
people on arcs can always be given names again.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from solver.shapes import Shape
from wfm.roster import Activity

SESSION = -1  # number of the session among the activities an arc may place
NOTHING = -2  # an arc that only waits, or passes what is fixed


@dataclass(frozen=True, slots=True)
class Arc:
    """From node to node; places `activity` (a block's number, SESSION or NOTHING) at `offset`."""

    origin: int
    goal: int
    activity: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Nodes are numbered, 0 is the source and 1 the sink; every arc lies on a path between them."""

    nodes: int
    arcs: tuple[Arc, ...]


State = tuple[int, int, bool]  # blocks placed, first offset at which the next activity may start, session placed


@lru_cache(maxsize=10_000)
def network(shape: Shape, session: int) -> Network:
    """The fillings of a shape with a session of so many slots (0: none)."""
    start: State = (0, shape.gap, session == 0)
    arcs: list[tuple[State, State | None, int, int]] = []
    seen, todo = {start}, [start]
    while todo:
        state = todo.pop()
        for following, activity, offset in _moves(shape, session, state):
            arcs.append((state, following, activity, offset))
            if following is not None and following not in seen:
                seen.add(following)
                todo.append(following)
    return _pruned(start, arcs)


def _moves(shape: Shape, session: int, state: State) -> list[tuple[State | None, int, int]]:
    mask, p, done = state
    ahead = next((f for f in shape.fixed if f.offset >= p), None)
    limit = shape.slots if ahead is None else ahead.offset
    moves: list[tuple[State | None, int, int]] = []
    starts = []
    for b, block in enumerate(shape.blocks):
        if not mask >> b & 1:
            starts += _try(moves, shape, block.first, block.last, block.slots, p, limit, (mask | 1 << b, done), b)
    if not done:
        for offset, slots in shape.sessions:
            if slots == session:
                starts += _try(moves, shape, offset, offset, slots, p, limit, (mask, True), SESSION)
    later = [s for s in starts if s > p]
    if later:
        moves.append(((mask, min(later), done), NOTHING, 0))
    if ahead is not None:
        moves.append(((mask, ahead.offset + ahead.slots + shape.gap, done), NOTHING, 0))
    elif mask == (1 << len(shape.blocks)) - 1 and done and (shape.plain or session):
        moves.append((None, NOTHING, 0))
    return moves


def _try(
    moves: list[tuple[State | None, int, int]],
    shape: Shape,
    first: int,
    last: int,
    slots: int,
    p: int,
    limit: int,
    after: tuple[int, bool],
    activity: int,
) -> list[int]:
    """Place an activity at p if it may start there; the offsets at which it may start from p on (before `limit`)."""
    starts = [
        offset for offset in range(first, last + 1, shape.step) if offset >= p and offset + slots + shape.gap <= limit
    ]
    if p in starts:
        moves.append(((after[0], p + slots + shape.gap, after[1]), activity, p))
    return starts


def _pruned(start: State, arcs: list[tuple[State, State | None, int, int]]) -> Network:
    """Drop what cannot reach the sink and number the nodes."""
    into: defaultdict[State | None, list[State]] = defaultdict(list)
    for origin, goal, _, _ in arcs:
        into[goal].append(origin)
    alive: set[State | None] = {None}
    todo: list[State | None] = [None]
    while todo:
        for origin in into[todo.pop()]:
            if origin not in alive:
                alive.add(origin)
                todo.append(origin)
    number: dict[State | None, int] = {start: 0, None: 1}
    kept = []
    for origin, goal, activity, offset in arcs:
        if origin in alive and goal in alive:
            kept.append(
                Arc(number.setdefault(origin, len(number)), number.setdefault(goal, len(number)), activity, offset)
            )
    return Network(nodes=len(number), arcs=tuple(kept))


def away(shape: Shape, arc: Arc, session: int) -> tuple[int, int, Activity] | None:
    """What an arc takes out of the shift: offset, slots and activity."""
    if arc.activity == NOTHING:
        return None
    if arc.activity == SESSION:
        return arc.offset, session, Activity.TRAINING
    block = shape.blocks[arc.activity]
    return arc.offset, block.slots, Activity.MEAL if block.meal else Activity.REST
