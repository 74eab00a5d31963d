"""The instance that all peers get: a week of a generated centre with one queue."""

from pathlib import Path

from benchmarks.record import PLACE
from forecast import forecast
from sample_data import guangzhou
from sample_data.shapes import variant
from wfm.problem import Problem
from wfm.reading import read_centre
from wfm.requirement import require


def instance(*, agents: int, seed: int) -> Problem:
    """The problem of a centre of so many agents, all rules of guangzhou_10000, intervals of 15 minutes."""
    folder: Path = PLACE / "centres" / f"peers-{agents}-{seed}"
    variant(folder, agents=agents, queues=1, seed=seed)
    centre = read_centre(folder)
    week = centre.week(guangzhou.MONDAY)
    return Problem(centre=centre, week=week, required=require(centre, forecast(centre, week)).rostered)
