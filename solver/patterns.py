"""The insides of a choice by the order of its activities, so that people can be counted instead of named.

Of people with one start and one pattern only how many have each activity at each place is counted. Sorted by place, the
first of every activity goes to one, the second of every activity to another, and so on: each place follows the one
before it far enough whenever, up to any place, no more have begun an activity than could have after the one before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from solver.shapes import Shape
from wfm.roster import Activity

SESSION = -1  # number of the session among a pattern's activities; blocks have that of their shape
FIXED = -2  # of a stretch that a lock takes out


@dataclass(frozen=True, slots=True)
class Piece:
    """An activity of `slots` slots that may begin at any of these offsets (ascending)."""

    activity: Activity
    slots: int
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Activities in the order of time, at least `gap` slots of work between."""

    pieces: tuple[Piece, ...]
    gap: int


@lru_cache(maxsize=20_000)
def patterns(shape: Shape, session: int) -> tuple[tuple[Pattern, tuple[int, ...]], ...]:
    """Every order in which a shape with a session of so many slots (0: none) can be filled, and the number of each of
    its activities; a filling has one order."""
    if not session and not shape.plain:
        return ()
    pieces = {SESSION: _session(shape, session)} if session else {}
    for number, block in enumerate(shape.blocks):
        places = tuple(range(block.first, block.last + 1, shape.step))
        pieces[number] = Piece(Activity.MEAL if block.meal else Activity.REST, block.slots, places)
    fixed = [(FIXED, Piece(f.activity, f.slots, (f.offset,))) for f in shape.fixed]
    found = []
    for order in permutations([*pieces.items(), *fixed]):
        narrowed = tuple(_narrowed(shape, [piece for _, piece in order]))
        if len(narrowed) == len(order):
            found.append((Pattern(narrowed, shape.gap), tuple(number for number, _ in order)))
    return tuple(found)


def _session(shape: Shape, slots: int) -> Piece:
    return Piece(Activity.TRAINING, slots, tuple(sorted(offset for offset, held in shape.sessions if held == slots)))


def _narrowed(shape: Shape, order: list[Piece]) -> Iterator[Piece]:
    """The pieces with the places that others leave them; fewer pieces where one has none left."""
    latest, limit = [], shape.slots
    for piece in reversed(order):
        latest.append(limit - shape.gap - piece.slots)
        limit = max((p for p in piece.places if p <= latest[-1]), default=-1)
    earliest = shape.gap
    for piece, last in zip(order, reversed(latest), strict=True):
        places = tuple(p for p in piece.places if earliest <= p <= last)
        if not places:
            return
        yield Piece(piece.activity, piece.slots, places)
        earliest = places[0] + piece.slots + shape.gap
