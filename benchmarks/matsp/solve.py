"""Solves an instance: python -m benchmarks.matsp.solve FILE --seconds 60 [--seed 1]."""

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.matsp.adapter import attendance, problem
from benchmarks.matsp.instance import Instance, Timetable, cost, excess, read_instance
from benchmarks.matsp.judge import violations
from benchmarks.matsp.tasks import lay
from solver import solve

TASK_SHARE = 0.2  # of the time, for laying tasks into shifts
ROSTERS = 0.7, 0.3  # of the time: tasks that do not fit the first without somebody missing may fit another


def solved(instance: Instance, *, seconds: float, seed: int) -> Timetable | None:
    """The timetable found in so many seconds, of the first roster unless somebody is missing there; None where none was
    found."""
    found: list[Timetable] = []
    for number, share in enumerate(ROSTERS):
        one = _solved_once(instance, seconds=share * seconds, seed=seed + number)
        found += [] if one is None else [one]
        if any(missing(instance, one) == 0 for one in found):
            break
    return min(found, key=lambda one: (missing(instance, one), cost(instance, one)), default=None)


def missing(instance: Instance, timetable: Timetable) -> int:
    """People missing, summed over slots and tasks."""
    return int(np.maximum(-excess(instance, timetable), 0).sum())


def _solved_once(instance: Instance, *, seconds: float, seed: int) -> Timetable | None:
    begun = time.monotonic()
    found = solve(problem(instance), time_limit=(1 - TASK_SHARE) * seconds, seed=seed)
    if found.shifts is None:
        return None
    left = max(1.0, seconds - (time.monotonic() - begun))
    return lay(instance, attendance(instance, found.shifts), seconds=left, seed=seed)


def main() -> None:
    """The command line; it prints people missing, other faults and the cost."""
    parser = argparse.ArgumentParser(description="Solve a multi-activity shift scheduling instance.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    instance = read_instance(given.file)
    found = solved(instance, seconds=given.seconds, seed=given.seed)
    if found is None:
        raise SystemExit(f"{instance.name}: no roster in {given.seconds:g} s")
    faults = [fault for fault in violations(instance, found) if "cover missing" not in fault]
    print(f"missing {missing(instance, found)}, broken {len(faults)}, cost {cost(instance, found)}")
    for fault in faults:
        print(fault)


if __name__ == "__main__":
    main()
