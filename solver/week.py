"""The best legal week of one agent under given values of every choice: exact, by walking the days.

A state is (calendar state, paid units, nights, sessions); of each, labels (earliest next start, value) are kept as far
as none is better in both. Choices come in classes of equal kind, paid hours, session and night, sorted by start.
"""

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
OPTIMISM_TRIALS = 9  # charges tried for the bound that prunes


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


def menu(choices: Choices, chosen: Ints, unit: int, *, split_nights: bool) -> Menu:
    """Lay out the choices (indices) of an agent whose paid minutes come in units."""
    night = choices.night[chosen].astype(np.int64) if split_nights else np.zeros(len(chosen), dtype=np.int64)
    counted = np.where(choices.bare[chosen], 0, choices.session[chosen])
    keys = (choices.day[chosen], choices.kind[chosen], choices.paid[chosen], choices.session[chosen], counted, night)
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
        counted=counted[order][heads],
        night=night[order][heads],
        first_start=np.array(first, dtype=np.int64),
    )


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
    """nxt[i]: the next position of the class with a higher value (or the class's end): only those are worth a later start."""
    for c in range(len(menu.at) - 1):
        low, high = menu.at[c], menu.at[c + 1]
        for i in range(high - 1, low - 1, -1):
            j = i + 1
            while j < high and not (usable[j] and value[j] > (value[i] if usable[i] else -LOST)):
                j = nxt[j]
            nxt[i] = j


@njit(cache=True, nogil=True)
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
def _optimism(menu, auto, value, usable, fewest, most, ends, togo):  # type: ignore[no-untyped-def]
    """togo[d, m]: what days d.. can add at most with m shifts, each paid unit charged at the rate that is returned,
    together with the most that units and their charge are worth at the end: a bound on every week's value."""
    days, bests = np.empty(7), np.empty(7)
    least, chosen, chosen_end = 1e300, 0.0, 0.0
    top, bottom = -1e300, 1e300
    for p in range(len(value)):
        if usable[p] and value[p] > -LOST / 2:
            top, bottom = max(top, value[p]), min(bottom, value[p])
    units = 1
    for c in range(len(menu.at) - 1):
        units = max(units, menu.paid[c])
    for k in range(OPTIMISM_TRIALS):
        charge = max(abs(top), abs(bottom)) / units * (2.0 * k / (OPTIMISM_TRIALS - 1) - 0.5)
        _daily_bests(menu, value, usable, charge, days)
        end = -1e300
        for h in range(fewest, most + 1):
            end = max(end, ends[h] + charge * h)
        bests[:] = np.sort(days)[::-1]
        total = end
        for i in range(auto.most[0, 0]):
            total += max(bests[i], 0.0)
        if total < least:
            least, chosen, chosen_end = total, charge, end
    _daily_bests(menu, value, usable, chosen, days)
    for d in range(8):
        tail = np.sort(days[d:])[::-1]
        togo[d, 0] = 0.0
        for m in range(1, 8):
            togo[d, m] = togo[d, m - 1] + (max(tail[m - 1], 0.0) if m <= 7 - d else 0.0)
    return chosen, chosen_end


@njit(cache=True, nogil=True)
def _daily_bests(menu, value, usable, charge, days):  # type: ignore[no-untyped-def]
    """days[d]: the most a shift of day d is worth, its paid units charged."""
    for d in range(7):
        days[d] = -LOST
        for c in range(menu.day_at[d], menu.day_at[d + 1]):
            best = -LOST
            for p in range(menu.at[c], menu.at[c + 1]):
                if usable[p] and value[p] > best:
                    best = value[p]
            days[d] = max(days[d], best - charge * menu.paid[c])


@njit(cache=True, nogil=True)
def best_week(menu, auto, value, usable, sessions, limits, ends, rest, s, out, beat=-LOST):  # type: ignore[no-untyped-def]
    """Value of the best week, -LOST if none is legal or none is worth more than `beat` (less a hair); `out` gets the
    choice of each day or FREE.

    `menu` Menu, `auto` Automaton, `value`/`usable` by position, `sessions` the planned session lengths in order,
    `limits` = (fewest units, most units, nights), `ends[h]` what h paid units are worth at the end, `rest` slots,
    `s` Scratch.
    """
    fewest, most, nights = limits
    classes = len(menu.at) - 1
    top = 0
    for c in range(classes):
        top = max(top, menu.paid[c])
    most = min(most, 7 * top)
    hours, night_states, session_states = most + 1, nights + 1, len(sessions) + 1
    s = _roomy(s, auto.states * hours * night_states * session_states)
    _records(menu, value, usable, s.nxt)
    togo = np.zeros((8, 8))
    charge, end = 0.0, 0.0
    if beat > -LOST:
        charge, end = _optimism(menu, auto, value, usable, max(fewest, 0), most, ends, togo)
        beat -= 1e-6 + 1e-9 * abs(beat)
    count, actives = _add(s, 0, 0, menu.first_start[0], 0.0, -1, FREE, 0, 0)
    for day in range(7):
        layer, other = day & 1, 1 - (day & 1)
        following = 0
        floor = menu.first_start[day + 1]
        for i in range(actives):
            key = s.active[layer, i]
            k = key % session_states
            n = key // session_states % night_states
            h = key // (session_states * night_states) % hours
            a = key // (session_states * night_states * hours)
            label = s.head[layer, key]
            s.head[layer, key] = -1
            free, works = auto.step[day, a, 0], auto.step[day, a, 1]
            while label >= 0:
                if beat > -LOST:
                    hope = s.value[label] - charge * h + end + togo[day, auto.most[day, a]]
                    if hope < beat:
                        label = s.following[label]
                        continue
                if free != DEAD and h + auto.most[day + 1, free] * top >= fewest:
                    to = ((free * hours + h) * night_states + n) * session_states + k
                    earliest = max(s.earliest[label], floor)
                    count, following = _add(s, other, to, earliest, s.value[label], label, FREE, count, following)
                if works != DEAD:
                    for c in range(menu.day_at[day], menu.day_at[day + 1]):
                        h2, n2, k2 = h + menu.paid[c], n + menu.night[c], k
                        if h2 > most or n2 > nights or h2 + auto.most[day + 1, works] * top < fewest:
                            continue
                        if menu.counted[c] > 0:
                            if k >= len(sessions) or menu.counted[c] != sessions[k]:
                                continue
                            k2 = k + 1
                        to = ((works * hours + h2) * night_states + n2) * session_states + k2
                        p, high = menu.at[c], menu.at[c + 1]
                        while p < high and menu.start[p] < s.earliest[label]:
                            p += 1
                        if p < high and not usable[p]:
                            p = s.nxt[p]
                        while p < high:
                            if value[p] > -LOST / 2:
                                earliest = max(menu.end[p] + rest, floor)
                                count, following = _add(
                                    s, other, to, earliest, s.value[label] + value[p], label, p, count, following
                                )
                            p = s.nxt[p]
                label = s.following[label]
        actives = following
    best, last = -LOST, -1
    for i in range(actives):
        key = s.active[1, i]
        h = key // (session_states * night_states) % hours
        label = s.head[1, key]
        s.head[1, key] = -1
        while label >= 0:
            if h >= fewest and s.value[label] + ends[h] > best:
                best, last = s.value[label] + ends[h], label
            label = s.following[label]
    day = 6
    while last >= 0 and s.came[last] >= 0:
        out[day] = menu.choice[s.took[last]] if s.took[last] >= 0 else FREE
        last = s.came[last]
        day -= 1
    return best


def worth_of_hours(unit: int, most: int, target: float, overtime_after: int, rates: tuple[float, float]) -> Floats:
    """What paid units are worth at the week's end: minus the cost below the target and of overtime.

    `rates` = (below_hours, overtime) per minute; shape (most + 1,).
    """
    paid = np.arange(most + 1) * unit
    return np.asarray(-(rates[0] * np.maximum(target - paid, 0) + rates[1] * np.maximum(paid - overtime_after, 0)))


__all__ = ["FREE", "Automaton", "Menu", "Scratch", "best_week", "menu", "scratch", "worth_of_hours"]
