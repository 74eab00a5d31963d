"""The best legal week of one agent under given values of every choice: exact, by walking the days.

A state is (calendar state, paid units, nights, training placed); of each, labels (earliest next start, value) are kept as far
as none is better in both. Choices come in classes of equal kind, paid hours, session and night, sorted by start.
"""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solver.calendar import DEAD, Automaton
from solver.filling import LOST
from solver.rules import Choices

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LABELS = 400_000  # room for labels of one week; a hundred times what real weeks use
STATES = 1 << 20  # room for states of one day; more is taken where a week has more
FREE = -1  # no shift on this day
# Shares of what a week might be worth at most that it is allowed to lack, one after another until there is such a week.
LACKING = 0.0001, 0.01, 0.1


class Menu(NamedTuple):
    """Choices of an agent by class: positions `at[c]..at[c + 1]` of `choice` are one class, those of day d are
    classes `day_at[d]..day_at[d + 1]`. Per position start and end slot, per class paid units, session, night, and the
    session as planned ones are counted: 0 where there is no such shift without one."""

    choice: Ints
    start: Ints
    end: Ints
    at: Ints
    day_at: Ints
    paid: Ints
    session: Ints
    counted: Ints
    night: Ints
    first_start: Ints


class Training(NamedTuple):
    """How training adds up over a week: from state k a session of so many counted slots leads to `step[k, slots]`
    (DEAD: it may not be taken), no session to k itself; `worth[k]` is what the week's end adds. State 0 is Monday's."""

    step: Ints
    worth: Floats

    def takes(self, slots: Ints) -> NDArray[np.bool_]:
        """Whether sessions of so many slots have a place in it at all."""
        some = np.append((self.step[:, 1:] != DEAD).any(axis=0), False)
        return np.asarray((slots > 0) & some[np.minimum(slots, len(some)) - 1])


def planned(sessions: Sequence[int]) -> Training:
    """Sessions of these slots, in this order, as many of them as the week may hold."""
    step = np.full((len(sessions) + 1, max(sessions, default=0) + 1), DEAD, dtype=np.int64)
    step[:, 0] = np.arange(len(step))
    for k, slots in enumerate(sessions):
        step[k, slots] = k + 1
    return Training(step=step, worth=np.zeros(len(step)))


def up_to(due: int, longest: int) -> Training:
    """Sessions of any length up to `longest` slots, in any order, of `due` slots together at most."""
    done = np.arange(due + 1)
    step = done[:, None] + np.arange(longest + 1)
    return Training(step=np.where(step > due, DEAD, step), worth=np.zeros(len(done)))


def owed(due: int, longest: int, slot: int, rate: float) -> Training:
    """Sessions of any length up to `longest` slots, in any order: each of the minutes due that is not placed costs."""
    done = np.arange(-(-due // slot) + 1)
    step = np.minimum(done[:, None] + np.arange(longest + 1), done[-1])
    return Training(step=step, worth=-rate * np.maximum(due - done * slot, 0.0))


def spared(fewest: int, most: int, unfair: float, allowed: float) -> Training:
    """Ledger points in the place of sessions, `fewest` (0 or less) to `most` by a shift, counted from the fewest: where
    each costs `unfair`, what the week's end gives back for those that are allowed."""
    top = max(0, ceil(allowed))
    total = np.append(np.arange(top + 1), -np.arange(1, 1 - 7 * fewest))
    after = np.minimum(total[:, None] + np.arange(fewest, most + 1), top)
    after = np.maximum(after, 7 * fewest)
    return Training(step=np.where(after < 0, top - after, after), worth=unfair * np.minimum(total, allowed))


def both(one: Training, other: Training) -> Training:
    """Two things counted at once, of which nothing is DEAD: so many slots of the one, and of the other times the length
    of the first's steps."""
    states, lengths = one.step.shape
    step = one.step[None, :, None, :] + states * other.step[:, None, :, None]
    size = states * len(other.step)
    return Training(
        step=step.reshape(size, lengths * other.step.shape[1]), worth=(one.worth + other.worth[:, None]).ravel()
    )


def menu(choices: Choices, chosen: Ints, unit: int, *, split_nights: bool, counted: bool = True) -> Menu:
    """Lay out the choices (indices) of an agent whose paid minutes come in units; sessions of training `counted` or not."""
    night = choices.night[chosen].astype(np.int64) if split_nights else np.zeros(len(chosen), dtype=np.int64)
    placed = np.where(choices.bare[chosen] | (not counted), 0, choices.session[chosen])
    keys = (choices.day[chosen], choices.kind[chosen], choices.paid[chosen], choices.session[chosen], placed, night)
    length = choices.end[chosen] - choices.start[chosen]
    order = np.lexsort((choices.start[chosen], length, *reversed(keys)))
    picked = chosen[order]
    sorted_keys = np.stack([*(key[order] for key in keys), length[order]])
    fresh = np.ones(len(picked), dtype=bool)
    fresh[1:] = (sorted_keys[:, 1:] != sorted_keys[:, :-1]).any(axis=0)
    heads = np.flatnonzero(fresh)
    start = choices.start[picked]
    never = np.iinfo(np.int64).max // 4
    day_of = choices.day[picked]
    first = [int(start[day_of >= day].min()) if (day_of >= day).any() else never for day in range(8)]
    return Menu(
        choice=picked,
        start=start,
        end=choices.end[picked],
        at=np.append(heads, len(picked)),
        day_at=np.searchsorted(day_of[heads], np.arange(8)),
        paid=choices.paid[picked][heads] // unit,
        session=choices.session[picked][heads],
        counted=placed[order][heads],
        night=night[order][heads],
        first_start=np.array(first, dtype=np.int64),
    )


def counting(plain: Menu, counted: Ints) -> tuple[Menu, Ints]:
    """A menu whose walk counts something else instead of sessions, as much as stands in `counted` by position; and the
    positions of the plain one that its own are."""
    of = np.repeat(np.arange(len(plain.paid)), np.diff(plain.at))
    order = np.lexsort((np.arange(len(of)), counted, of))
    of, counted = of[order], counted[order]
    fresh = np.ones(len(of), dtype=bool)
    fresh[1:] = (of[1:] != of[:-1]) | (counted[1:] != counted[:-1])
    heads = np.flatnonzero(fresh)
    return plain._replace(
        choice=plain.choice[order],
        start=plain.start[order],
        end=plain.end[order],
        at=np.append(heads, len(of)),
        day_at=np.searchsorted(of[heads], plain.day_at),
        paid=plain.paid[of[heads]],
        session=plain.session[of[heads]],
        night=plain.night[of[heads]],
        counted=counted[heads],
    ), order


class Scratch(NamedTuple):
    """Memory of the walk, allocated once."""

    value: Floats
    earliest: Ints
    came: Ints
    took: Ints
    following: Ints
    head: Ints
    active: Ints
    nxt: Ints


def scratch(positions: int, states: int = STATES) -> Scratch:
    """Memory for menus of up to so many positions and, until more are needed, so many states of a day."""
    return Scratch(
        value=np.empty(LABELS),
        earliest=np.empty(LABELS, dtype=np.int64),
        came=np.empty(LABELS, dtype=np.int64),
        took=np.empty(LABELS, dtype=np.int64),
        following=np.empty(LABELS, dtype=np.int64),
        head=np.full((2, states), -1, dtype=np.int64),
        active=np.empty((2, states), dtype=np.int64),
        nxt=np.empty(max(1, positions), dtype=np.int64),
    )


@njit(cache=True, nogil=True)
def _roomy(s, states):  # type: ignore[no-untyped-def]
    """The scratch with room for so many states of a day: compiled code writes past the end of an array unasked."""
    if states <= s.head.shape[1]:
        return s
    head, active = np.full((2, states), -1, dtype=np.int64), np.empty((2, states), dtype=np.int64)
    return Scratch(s.value, s.earliest, s.came, s.took, s.following, head, active, s.nxt)


@njit(cache=True, nogil=True)
def _records(menu, value, usable, nxt):  # type: ignore[no-untyped-def]
    """nxt[i]: the next position of the class with a higher value (or the class's end): only those are worth a later start.
    The highest value of each class is returned."""
    highest = np.full(len(menu.at) - 1, -LOST)
    for c in range(len(highest)):
        low, high = menu.at[c], menu.at[c + 1]
        for i in range(high - 1, low - 1, -1):
            here = value[i] if usable[i] else -LOST
            j = i + 1
            while j < high and not (usable[j] and value[j] > here):
                j = nxt[j]
            nxt[i] = j
            highest[c] = max(highest[c], here)
    return highest


# Compiled into the walk, like the two below: a call would count up and down the users of every array in Menu and Scratch.
@njit(cache=True, nogil=True, inline="always")
def _add(s, layer, key, earliest, value, came, took, count, actives):  # type: ignore[no-untyped-def]
    """Keep a label unless a kept one is as early and as good; returns the new counts of labels and active states."""
    label = s.head[layer, key]
    if label < 0:
        s.active[layer, actives] = key
        actives += 1
    spare = -1
    while label >= 0:
        if s.earliest[label] <= earliest and s.value[label] >= value:
            return count, actives
        if spare < 0 and s.earliest[label] >= earliest and s.value[label] <= value:
            spare = label
        label = s.following[label]
    if spare >= 0:
        s.earliest[spare], s.value[spare], s.came[spare], s.took[spare] = earliest, value, came, took
        return count, actives
    if count >= LABELS:
        raise MemoryError("more labels than a week of one agent should need")
    s.earliest[count], s.value[count], s.came[count], s.took[count] = earliest, value, came, took
    s.following[count] = s.head[layer, key]
    s.head[layer, key] = count
    return count + 1, actives


@njit(cache=True, nogil=True)
def _hopes(menu, auto, value, usable, training, limits, ends):  # type: ignore[no-untyped-def]
    """hope[d, a, h, k]: the most that days d.. and the week's hours can add from a state if neither rest nor nights
    bound; never less than what any legal week adds."""
    fewest, most, _ = limits
    states, lengths = training.step.shape
    hope = np.full((8, auto.states, most + 1, states), -LOST)
    for h in range(max(fewest, 0), most + 1):
        hope[7, :, h, :] = ends[h] + training.worth
    top = 0
    for c in range(len(menu.at) - 1):
        top = max(top, menu.paid[c])
    # Of each day the best choice by paid units and session (0: none).
    best = np.empty((top + 1, lengths))
    for day in range(6, -1, -1):
        best[:] = -LOST
        for c in range(menu.day_at[day], menu.day_at[day + 1]):
            if menu.counted[c] < lengths:
                for p in range(menu.at[c], menu.at[c + 1]):
                    if usable[p]:
                        best[menu.paid[c], menu.counted[c]] = max(best[menu.paid[c], menu.counted[c]], value[p])
        for a in range(auto.states):
            free, works = auto.step[day, a, 0], auto.step[day, a, 1]
            if free != DEAD:
                hope[day, a] = hope[day + 1, free]
            if works == DEAD:
                continue
            for paid in range(top + 1):
                for session in range(lengths):
                    worth = best[paid, session]
                    if worth <= -LOST / 2:
                        continue
                    for k in range(states):
                        k2 = training.step[k, session]
                        if k2 != DEAD:
                            for h in range(most - paid + 1):
                                after = hope[day + 1, works, h + paid, k2]
                                hope[day, a, h, k] = max(hope[day, a, h, k], after + worth)
    return hope


@njit(cache=True, nogil=True, inline="always")
def _trained(training, k, session):  # type: ignore[no-untyped-def]
    """State of training after a session from state k; DEAD where it may not be taken."""
    return training.step[k, session] if session < training.step.shape[1] else DEAD


@njit(cache=True, nogil=True)
def best_week(menu, auto, value, usable, training, limits, ends, rest, s, out, beat=-LOST):  # type: ignore[no-untyped-def]
    """Value of the best week, -LOST if none is legal or none is worth more than `beat` (less a hair); `out` gets the
    position taken on each day or FREE.

    `menu` Menu, `auto` Automaton, `value`/`usable` by position, `training` Training,
    `limits` = (fewest units, most units, nights), `ends[h]` what h paid units are worth at the end, `rest` slots,
    `s` Scratch.
    """
    fewest, most, nights = limits
    top = 0
    for c in range(len(menu.at) - 1):
        top = max(top, menu.paid[c])
    most = min(most, 7 * top)
    limits = (fewest, most, nights)
    hope = _hopes(menu, auto, value, usable, training, limits, ends)
    promise = hope[0, 0, 0, 0]
    beat -= 1e-6 + 1e-9 * abs(beat)
    if promise <= -LOST / 2 or promise < beat:
        return -LOST
    s = _roomy(s, auto.states * (most + 1) * (nights + 1) * len(training.worth))
    highest = _records(menu, value, usable, s.nxt)
    # Most best weeks are worth nearly what is hoped for: the less may be lacking, the fewer labels there are.
    for lacking in LACKING:
        enough = promise - lacking * max(1.0, abs(promise))
        if enough > beat:
            worth = _walk(menu, auto, value, usable, training, limits, ends, rest, hope, highest, enough, s, out)
            if worth > -LOST:
                return worth
    return _walk(menu, auto, value, usable, training, limits, ends, rest, hope, highest, beat, s, out)


@njit(cache=True, nogil=True)
def _walk(menu, auto, value, usable, training, limits, ends, rest, hope, highest, beat, s, out):  # type: ignore[no-untyped-def]
    """Value of the best week that is worth `beat` at least, -LOST where there is none; `out` gets it."""
    fewest, most, nights = limits
    hours, night_states, training_states = most + 1, nights + 1, len(training.worth)
    count, actives = _add(s, 0, 0, menu.first_start[0], 0.0, -1, FREE, 0, 0)
    for day in range(7):
        layer, following = day & 1, 0
        floor = menu.first_start[day + 1]
        for i in range(actives):
            key = s.active[layer, i]
            k = key % training_states
            n = key // training_states % night_states
            h = key // (training_states * night_states) % hours
            a = key // (training_states * night_states * hours)
            label = s.head[layer, key]
            s.head[layer, key] = -1
            free, works = auto.step[day, a, 0], auto.step[day, a, 1]
            while label >= 0:
                had = s.value[label]
                if free != DEAD and had + hope[day + 1, free, h, k] >= beat:
                    to = ((free * hours + h) * night_states + n) * training_states + k
                    earliest = max(s.earliest[label], floor)
                    count, following = _add(s, 1 - layer, to, earliest, had, label, FREE, count, following)
                if works != DEAD:
                    for c in range(menu.day_at[day], menu.day_at[day + 1]):
                        h2, n2 = h + menu.paid[c], n + menu.night[c]
                        k2 = _trained(training, k, menu.counted[c])
                        if h2 > most or n2 > nights or k2 == DEAD:
                            continue
                        needed = beat - had - hope[day + 1, works, h2, k2]
                        if highest[c] < needed:
                            continue
                        to = ((works * hours + h2) * night_states + n2) * training_states + k2
                        count, following = _take(
                            menu, value, usable, c, needed, rest, floor, s, 1 - layer, to, label, count, following
                        )
                label = s.following[label]
        actives = following
    return _best_label(s, actives, training.worth, night_states, hours, fewest, ends, out)


@njit(cache=True, nogil=True)
def _best_label(s, actives, trained, nights, hours, fewest, ends, out):  # type: ignore[no-untyped-def]
    """Value of the best label of the week's end; `out` gets the positions that led to it."""
    best, last = -LOST, -1
    for i in range(actives):
        key = s.active[1, i]
        h = key // (len(trained) * nights) % hours
        end = ends[h] + trained[key % len(trained)]
        label = s.head[1, key]
        s.head[1, key] = -1
        while label >= 0:
            if h >= fewest and s.value[label] + end > best:
                best, last = s.value[label] + end, label
            label = s.following[label]
    day = 6
    while last >= 0 and s.came[last] >= 0:
        out[day] = s.took[last]
        last = s.came[last]
        day -= 1
    return best


@njit(cache=True, nogil=True, inline="always")
def _take(menu, value, usable, c, needed, rest, floor, s, layer, to, label, count, actives):  # type: ignore[no-untyped-def]
    """Go on from a label by every choice of class c that may start and is worth what is needed."""
    p, high = menu.at[c], menu.at[c + 1]
    while p < high and menu.start[p] < s.earliest[label]:
        p += 1
    if p < high and not usable[p]:
        p = s.nxt[p]
    while p < high:
        if value[p] >= needed and value[p] > -LOST / 2:
            earliest = max(menu.end[p] + rest, floor)
            count, actives = _add(s, layer, to, earliest, s.value[label] + value[p], label, p, count, actives)
        p = s.nxt[p]
    return count, actives


def worth_of_hours(unit: int, most: int, target: float, overtime_after: int, rates: tuple[float, float]) -> Floats:
    """What paid units are worth at the week's end: minus the cost below the target and of overtime.

    `rates` = (below_hours, overtime) per minute; shape (most + 1,).
    """
    paid = np.arange(most + 1) * unit
    return np.asarray(-(rates[0] * np.maximum(target - paid, 0) + rates[1] * np.maximum(paid - overtime_after, 0)))


__all__ = [
    "FREE",
    "Automaton",
    "Menu",
    "Scratch",
    "Training",
    "best_week",
    "both",
    "counting",
    "menu",
    "owed",
    "planned",
    "scratch",
    "spared",
    "up_to",
    "worth_of_hours",
]
