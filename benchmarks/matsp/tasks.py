"""Tasks laid into given shifts: shift after shift takes the best stints there are while the others stay."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numba import njit

from benchmarks.matsp.instance import IDLE, STINT, Instance, Ints, Timetable, excess

Kernel = TypeVar("Kernel", bound=Callable[..., object])
Shift = tuple[int, int, int]  # person, first slot, slot after the last
MISSING = 1000  # what one person missing in a slot counts, in units of the cost
LONGEST_STINT = 2 * STINT - 1  # a longer one is several of the same task
NEVER = -(2**62)


def _compiled(function: Kernel) -> Kernel:
    kernel: Kernel = njit(cache=True)(function)
    return kernel


def lay(instance: Instance, shifts: Sequence[Shift], *, seconds: float, seed: int) -> Timetable:
    """The best timetable found in so many seconds; it may leave cover missing."""
    begun, chance = time.monotonic(), np.random.default_rng(seed)
    task = np.full((len(instance.staff), instance.cover.shape[1]), IDLE)
    surplus = -instance.cover
    all_shifts, floor = np.array(shifts, dtype=np.int64).reshape(-1, 3), _floor(instance, shifts)
    _again(task, surplus, chance.permutation(all_shifts))
    best, least = task.copy(), _worth(surplus)
    while time.monotonic() - begun < seconds and least > floor:
        chosen = _around(surplus, all_shifts, chance)
        _remove(task, surplus, chosen)
        _again(task, surplus, chosen)
        worth = _worth(surplus)
        if worth > least:
            task[:], surplus[:] = best, excess(instance, Timetable(task=best))
        else:
            best, least = task.copy(), worth
    return Timetable(task=best)


def _again(task: Ints, surplus: Ints, shifts: Ints) -> None:
    """Lay shifts that have no tasks, one after the other, then each anew among the others."""
    for shift in shifts:
        _place(task, surplus, shift)
    for shift in shifts:
        _remove(task, surplus, shift[None])
        _place(task, surplus, shift)


def _place(task: Ints, surplus: Ints, shift: Ints) -> None:
    person, first, last = shift.tolist()
    stints = best_stints(np.where(surplus[:, first:last] < 0, MISSING, -1 - 2 * surplus[:, first:last]))
    task[person, first:last] = stints
    surplus[stints, np.arange(first, last)] += 1


@_compiled
def best_stints(gain: Ints) -> Ints:
    """The task of each slot that gains most in all, no stint shorter than `STINT`; `gain` has shape (tasks, slots).

    A walk over the slots at which a stint may end.
    """
    tasks, slots = gain.shape
    summed = np.zeros((tasks, slots + 1), dtype=np.int64)
    for slot in range(slots):
        summed[:, slot + 1] = summed[:, slot] + gain[:, slot]
    value = np.full(slots + 1, NEVER)
    value[0] = 0
    begun, by = np.zeros(slots + 1, dtype=np.int64), np.zeros(slots + 1, dtype=np.int64)
    for end in range(STINT, slots + 1):
        for begin in range(max(0, end - LONGEST_STINT), end - STINT + 1):
            for task in range(tasks):
                worth = value[begin] + summed[task, end] - summed[task, begin]
                if value[begin] > NEVER and worth > value[end]:
                    value[end], begun[end], by[end] = worth, begin, task
    found = np.empty(slots, dtype=np.int64)
    end = slots
    while end > 0:
        found[begun[end] : end] = by[end]
        end = int(begun[end])
    return found


def _remove(task: Ints, surplus: Ints, shifts: Ints) -> None:
    for person, first, last in shifts.tolist():
        surplus[task[person, first:last], np.arange(first, last)] -= 1
        task[person, first:last] = IDLE


def _around(surplus: Ints, shifts: Ints, chance: np.random.Generator) -> Ints:
    """Some of the shifts over a slot that costs, in random order; the dearer a slot the likelier it is."""
    dear = np.where(surplus < 0, -MISSING * surplus, surplus**2).sum(axis=0)
    slot = chance.choice(len(dear), p=dear / dear.sum())
    over = shifts[(shifts[:, 1] <= slot) & (shifts[:, 2] > slot)]
    near = over if len(over) else shifts
    return chance.permutation(near)[: chance.integers(2, 17)]


def _worth(surplus: Ints) -> int:
    return int(np.where(surplus < 0, -MISSING * surplus, surplus**2).sum())


def _floor(instance: Instance, shifts: Sequence[Shift]) -> int:
    """What these shifts cost at least: in every slot who is there too many is spread over the tasks, or is missing."""
    there = np.zeros(instance.cover.shape[1], dtype=np.int64)
    for _, first, last in shifts:
        there[first:last] += 1
    over = there - instance.cover.sum(axis=0)
    whole, rest = np.divmod(np.maximum(over, 0), len(instance.cover))
    return int((len(instance.cover) * whole**2 + rest * (2 * whole + 1)).sum() + MISSING * np.maximum(-over, 0).sum())
