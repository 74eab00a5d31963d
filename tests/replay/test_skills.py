"""Agents who share skills are simulated as Ciw simulates them."""

import numpy as np
import pytest

from benchmarks.replaying.by_ciw import ciw_run
from benchmarks.replaying.floor import Counted, Crew, Floor, Line
from benchmarks.replaying.ours import laid, run

LINES = (
    Line(per_hour=60.0, aht=200.0, patience=120.0, threshold=20.0),
    Line(per_hour=45.0, aht=150.0, patience=90.0, threshold=20.0),
)
DESIGNS = {
    "N: some can both": (Crew(agents=3, skills={0: 1}), Crew(agents=3, skills={0: 1, 1: 1})),
    "M: a few help both": (
        Crew(agents=3, skills={0: 1}),
        Crew(agents=2, skills={1: 1}),
        Crew(agents=1, skills={0: 2, 1: 2}),
    ),
    "W: each has a first queue": (Crew(agents=3, skills={0: 1, 1: 2}), Crew(agents=2, skills={0: 2, 1: 1})),
}
RUNS, OURS = 10, 40


def shares(counted: Counted) -> np.ndarray:
    """Service level, abandoned and mean wait of both queues."""
    offered, answered = np.array(counted.offered), np.array(counted.answered)
    rows = (
        np.array(counted.within) / offered,
        np.array(counted.abandoned) / offered,
        np.array(counted.wait) / answered,
    )
    return np.concatenate(rows)


@pytest.mark.parametrize("design", list(DESIGNS))
def test_two_queues_fare_as_in_ciw(design: str) -> None:
    floor = Floor(lines=LINES, crews=DESIGNS[design], warm_seconds=3600.0, seconds=36_000.0)
    on = laid(floor)
    ours = np.array([shares(run(on, seed)) for seed in range(OURS)])
    theirs = np.array([shares(ciw_run(floor, seed=seed)) for seed in range(RUNS)])
    error = np.sqrt(ours.var(axis=0, ddof=1) / OURS + theirs.var(axis=0, ddof=1) / RUNS)
    off = np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) / error
    assert np.all(off < 3.3), (ours.mean(axis=0), theirs.mean(axis=0), off)
