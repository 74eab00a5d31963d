"""A roster of the domain as the engines see it: the choice and the filling of each shift."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from solver.choices import EVERYBODY, Ints
from solver.filling import BLOCKS
from solver.rules import Rules
from solver.shapes import Shape
from wfm.roster import Activity, Shift

SHAPE = BLOCKS + 1  # column of a placed shift that names its shape; those before are offsets of blocks and session

Placing = tuple[int, Ints]  # a choice, and offsets of its blocks and session, then its shape
Away = list[tuple[int, int, str]]  # what is taken out of a shift's work: offset, slots and activity


def recall(rules: Rules, shifts: Iterable[Shift]) -> dict[str, dict[int, Placing]]:
    """Placings by agent and day; shifts that no choice equals are left out."""
    choices = rules.choices
    known: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
    for choice, key in enumerate(zip(choices.day.tolist(), choices.start.tolist(), choices.end.tolist(), strict=True)):
        known[key].append(choice)
    found: dict[str, dict[int, Placing]] = {}
    for shift in shifts:
        own = rules.facts.get(shift.agent)
        if own is None or shift.start % rules.slot or shift.end % rules.slot:
            continue
        alike = known[shift.day, shift.start // rules.slot, shift.end // rules.slot]
        # On a day with locked segments only the choices made for it are legal.
        for choice in sorted(alike, key=lambda c: choices.owner[c] == EVERYBODY):
            own_kind = rules.kinds[choices.kind[choice]] in own.contract.shifts
            if (
                own_kind
                and choices.owner[choice] in (EVERYBODY, own.index)
                and choices.paid[choice] == shift.paid_minutes
            ):
                place = _placing(rules, choice, shift)
                if place is not None:
                    found.setdefault(shift.agent, {})[shift.day] = choice, place
                    break
    return found


def _placing(rules: Rules, choice: int, shift: Shift) -> Ints | None:
    """Offsets at which a choice is filled as the shift is; None if it cannot be."""
    slot = rules.slot
    away = [
        ((s.start - shift.start) // slot, (s.end - s.start) // slot, s.activity)
        for s in shift.segments
        if s.activity != Activity.WORK
    ]
    for number in rules.choices.shapes[choice]:
        place = np.full(SHAPE + 1, -1, dtype=np.int64)
        place[SHAPE] = number
        if _fill(rules.shapes[number], int(rules.choices.session[choice]), away, place):
            return place
    return None


def _fill(shape: Shape, session: int, away: Away, place: Ints) -> bool:
    fixed = [(f.offset, f.slots, str(f.activity)) for f in shape.fixed]
    left = [piece for piece in away if piece not in fixed]
    if len(left) != len(away) - len(fixed):
        return False
    trained = [(offset, slots) for offset, slots, activity in left if activity == Activity.TRAINING]
    if session:
        if len(trained) != 1 or trained[0][1] != session or trained[0] not in shape.sessions:
            return False
        place[BLOCKS] = trained[0][0]
    elif trained or not shape.plain:
        return False
    breaks = [piece for piece in left if piece[2] in (Activity.MEAL, Activity.REST)]
    return len(breaks) + len(trained) == len(left) and _blocks(shape, 0, breaks, place)


def _blocks(shape: Shape, block: int, left: Away, place: Ints) -> bool:
    """Whether the blocks from a number on can be the breaks that are left; writes their offsets."""
    if block == len(shape.blocks):
        return not left
    held = shape.blocks[block]
    for piece in left:
        offset, slots, activity = piece
        fits = held.slots == slots and held.first <= offset <= held.last and held.meal == (activity == Activity.MEAL)
        if fits and (offset - held.first) % shape.step == 0:
            place[block] = offset
            if _blocks(shape, block + 1, [other for other in left if other != piece], place):
                return True
    return False
