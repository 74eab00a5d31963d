"""The hard rules of the instances, each said once more, for finished timetables."""

from collections.abc import Iterator
from itertools import groupby, pairwise

import numpy as np

from benchmarks.matsp import instance as rules
from benchmarks.matsp.instance import DAY, IDLE, SLOT, Instance, Timetable, excess


def violations(instance: Instance, timetable: Timetable) -> Iterator[str]:
    """What breaks a rule, a sentence each."""
    for person, name in enumerate(instance.staff):
        shifts = timetable.shifts(person)
        yield from (f"{name}: {fault}" for fault in _shift_faults(shifts))
        yield from (f"{name}: {fault}" for fault in _week_faults(shifts, instance.staff[name]))
        yield from (f"{name}: {fault}" for fault in _stint_faults(timetable, person))
    missing = np.argwhere(excess(instance, timetable) < 0)
    yield from (f"task {task + 1}: cover missing in slot {slot}" for task, slot in missing)


def _shift_faults(shifts: list[tuple[int, int]]) -> Iterator[str]:
    for first, last in shifts:
        if not any(low <= first % DAY <= high for low, high in rules.STARTS):
            yield f"a shift starts at slot {first % DAY} of its day"
        if not rules.SHORTEST <= last - first <= rules.LONGEST:
            yield f"a shift of {(last - first) * SLOT} minutes"


def _week_faults(shifts: list[tuple[int, int]], minutes: tuple[int, int]) -> Iterator[str]:
    days = [first // DAY for first, _ in shifts]
    if len(set(days)) < len(days):
        yield "two shifts start on a day"
    for (_, ended), (begun, _) in pairwise(shifts):
        if begun - ended < rules.REST:
            yield f"{(begun - ended) * SLOT} minutes of rest"
    runs = [[day for _, day in run] for _, run in groupby(enumerate(sorted(set(days))), lambda pair: pair[1] - pair[0])]
    yield from (f"{len(run)} days in a row" for run in runs if len(run) > rules.MOST_DAYS)
    total = sum(last - first for first, last in shifts) * SLOT
    if not minutes[0] <= total <= minutes[1]:
        yield f"{total} minutes, not within {minutes[0]} to {minutes[1]}"


def _stint_faults(timetable: Timetable, person: int) -> Iterator[str]:
    for task, run in groupby(timetable.task[person].tolist()):
        length = len(list(run))
        if task != IDLE and length < rules.STINT:
            yield f"a stint of {length * SLOT} minutes on task {task + 1}"
