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


def solved(instance: Instance, *, seconds: float, seed: int) -> Timetable | None:
    """The timetable found in so many seconds; None where no roster was found."""
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
    missing = int(np.maximum(-excess(instance, found), 0).sum())
    print(f"missing {missing}, broken {len(faults)}, cost {cost(instance, found)}")
    for fault in faults:
        print(fault)


if __name__ == "__main__":
    main()
