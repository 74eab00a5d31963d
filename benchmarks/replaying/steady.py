"""Single queues in steady state: the simulated service level beside Erlang C's or Erlang A's."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from benchmarks.replaying.floor import Crew, Floor, Line
from benchmarks.replaying.ours import laid, run
from wfm.erlang import performance

SETTINGS, SEED = 50, 20261123
RUNS = 20
LONGEST_RELAXATION = 1800.0  # seconds
WARM, COUNTED = 8, 80  # relaxation times left out, and counted
FEWEST_CONTACTS = 10_000  # counted in each run
TESTABLE = (0.05, 0.99)  # service levels: of those beyond, runs that miss nobody say nothing of how sure they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the formula says of a setting and what the runs do: their mean and the reach of its 95% interval."""

    setting: str
    formula: float
    simulated: float
    reach: float

    @property
    def inside(self) -> bool:
        """Whether the interval holds the formula's value."""
        return abs(self.simulated - self.formula) <= self.reach


def settings(count: int = SETTINGS, seed: int = SEED) -> list[Floor]:
    """Drawn from one seed, patience for every second one; those that take hours to settle are left out."""
    rng = np.random.default_rng(seed)
    found: list[Floor] = []
    while len(found) < count:
        impatient = len(found) % 2 == 1
        servers = round(float(np.exp(rng.uniform(np.log(2), np.log(300)))))
        load = rng.uniform(0.5, 1.15 if impatient else 0.97)
        aht, patience = rng.uniform(60, 600), rng.uniform(30, 300)
        threshold = float(rng.choice([0.0, 10.0, 20.0, 30.0, 60.0]))
        # Of Erlang C; who leaves takes part of the queue along, so that Erlang A settles as patience ends.
        settled = patience + aht if impatient else aht / (servers * (1 - np.sqrt(load)) ** 2)
        rate = servers * load / aht
        line = Line(per_hour=3600 * rate, aht=aht, patience=patience if impatient else None, threshold=threshold)
        if settled > LONGEST_RELAXATION or not TESTABLE[0] <= _formula(line, servers) <= TESTABLE[1]:
            continue
        warm = WARM * settled + 3 * aht
        found.append(
            Floor(
                lines=(line,),
                crews=(Crew(agents=servers, skills={0: 1}),),
                warm_seconds=warm,
                seconds=warm * math.ceil(max(COUNTED * settled, FEWEST_CONTACTS / rate) / warm),
            )
        )
    return found


def compared(floor: Floor, *, seed: int) -> Compared:
    """Independent runs of one setting beside its formula."""
    (line,), (crew,) = floor.lines, floor.crews
    on = laid(floor)
    counted = [run(on, seed * RUNS + number) for number in range(RUNS)]
    levels = np.array([one.within[0] / one.offered[0] for one in counted])
    return Compared(
        setting=f"{crew.agents} agents, {line}",
        formula=_formula(line, crew.agents),
        simulated=float(levels.mean()),
        reach=float(levels.std(ddof=1) / np.sqrt(RUNS) * student.ppf(0.975, RUNS - 1)),
    )


def _formula(line: Line, servers: int) -> float:
    found = performance(
        servers=servers,
        arrivals=line.per_hour / 3600,
        aht_seconds=line.aht,
        threshold_seconds=line.threshold,
        patience_seconds=line.patience,
    )
    return float(found.service_level)
