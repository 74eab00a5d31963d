"""An instance as its file says it, and a timetable that answers it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

SLOT = 15  # minutes
DAY = 24 * 60 // SLOT  # slots; slot 0 of a day is 06:00
MORNING = 6 * 60
IDLE = -1

# The hard rules that all instances share, in slots.
STARTS = ((0, 16), (32, 48), (56, 72))  # first and last start of a shift: 06:00-10:00, 14:00-18:00, 20:00-24:00
SHORTEST, LONGEST = 24, 40
STINT = 4
REST = 56
MOST_DAYS = 5  # in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """`staff` maps everybody to the fewest and most minutes of the horizon; `cover` has shape (tasks, slots)."""

    name: str
    staff: dict[str, tuple[int, int]]
    cover: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """`task` has shape (staff, slots): what everybody does, IDLE without a shift."""

    task: Ints

    def shifts(self, person: int) -> list[tuple[int, int]]:
        """First slot and slot after the last of each shift."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], self.task[person] != IDLE, [False]])))
        return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def excess(instance: Instance, timetable: Timetable) -> Ints:
    """People beyond the cover (negative: missing), shape (tasks, slots)."""
    tasks = np.arange(len(instance.cover))[:, None, None]
    return np.asarray((timetable.task[None] == tasks).sum(axis=1) - instance.cover)


def cost(instance: Instance, timetable: Timetable) -> int:
    """Sum over slots and tasks of the excess squared."""
    return int((np.maximum(excess(instance, timetable), 0) ** 2).sum())


def read_instance(path: Path) -> Instance:
    """Read a file; ValueError where least and most cover differ, which no published instance has."""
    sections = dict(_sections(path.read_text(encoding="utf-8")))
    (days,), (tasks,) = (int(row[0]) for row in sections["HORIZON"]), (int(row[0]) for row in sections["TASKS"])
    cover = np.zeros((tasks, days * DAY), dtype=np.int64)
    for day, time, task, least, most in sections["COVER"]:
        if least != most:
            raise ValueError(
                f"{path.name}: day {day}, {time}, task {task}: least cover {least} is not the most, {most}"
            )
        cover[int(task) - 1, _slot(int(day), time.partition("-")[0])] = int(least)
    staff = {name: (int(fewest), int(most)) for name, fewest, most in sections["STAFF"]}
    return Instance(name=path.stem, staff=staff, cover=cover)


def _sections(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    for section in text.split("SECTION_")[1:]:
        name, *lines = section.splitlines()
        yield name.strip(), [line.strip().split(",") for line in lines if line.strip() and not line.startswith("#")]


def _slot(day: int, clock: str) -> int:
    """The day of a time before 06:00 is that of its date: the horizon begins at 06:00 of day 1."""
    hours, minutes = map(int, clock.split(":"))
    return ((day - 1) * 24 * 60 + hours * 60 + minutes - MORNING) // SLOT
