"""Legal calendars of an agent as a small automaton, so that a week is walked day by day without forgetting any rule."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.rules import WORKED_DAYS, Mask

DEAD = -1


class Automaton(NamedTuple):
    """`step[day, state, works]` is the next state or DEAD; `most[day, state]` the most shifts still possible from there.

    State 0 of day 0 is the start; states of a day are numbered on their own. Without a legal calendar `step` is all DEAD.
    """

    step: NDArray[np.int64]
    most: NDArray[np.int64]
    states: int


def automaton(calendars: Mask) -> Automaton:
    """The smallest layered automaton that accepts exactly these calendars (shape (128,), in the order of WORKED_DAYS)."""
    return _automaton(calendars.tobytes())


@lru_cache(maxsize=4096)
def _automaton(calendars: bytes) -> Automaton:
    legal = frozenset(
        tuple(bool(worked) for worked in WORKED_DAYS[i]) for i in np.flatnonzero(np.frombuffer(calendars, dtype=bool))
    )
    layers: list[dict[frozenset[tuple[bool, ...]], int]] = [{legal: 0}]
    arrows: list[list[tuple[int, int, int]]] = []
    for _ in range(7):
        following: dict[frozenset[tuple[bool, ...]], int] = {}
        rows = []
        for rest, state in layers[-1].items():
            for works in (0, 1):
                left = frozenset(days[1:] for days in rest if days[0] == works)
                if left:
                    rows.append((state, works, following.setdefault(left, len(following))))
        layers.append(following)
        arrows.append(rows)
    states = max(len(layer) for layer in layers) or 1
    step = np.full((7, states, 2), DEAD, dtype=np.int64)
    most = np.zeros((8, states), dtype=np.int64)
    for day, rows in enumerate(arrows):
        for state, works, after in rows:
            step[day, state, works] = after
    for day, layer in enumerate(layers):
        for rest, state in layer.items():
            most[day, state] = max((sum(days) for days in rest), default=0)
    return Automaton(step=step, most=most, states=states)
