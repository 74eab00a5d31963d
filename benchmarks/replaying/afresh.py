"""The corrected requirement, replayed with chance that the correction has not seen; and with 3% less of it."""

import csv
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from benchmarks.command import wfm
from benchmarks.instances import INSTANCES, scaled
from benchmarks.record import PLACE, recorded
from sample_data.blueprint import Blueprint
from sample_data.folder import write
from sample_data.shapes import shaped
from wfm.demand import Floats
from wfm.reading import read_centre, read_forecast, read_requirement
from wfm.replay.correction import Floor

FRESH, WEEKS = 7001, 100  # a seed that no correction draws from; with so many weeks chance is tenths of a point
LESS = 0.97
POINT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A queue's service level with fresh chance, with 3% less of all requirements, and what is said to hold it up."""

    queue: str
    target: float
    level: float
    with_less: float
    held_by: str | None

    @property
    def above(self) -> float:
        """How far above its target, a share of the contacts."""
        return self.level - self.target

    @property
    def above_with_less(self) -> float:
        """The same with 3% less."""
        return self.with_less - self.target

    @property
    def kept(self) -> bool:
        """Whether the requirement is what it claims to be: enough, and no more than what it names asks for."""
        return self.above >= -POINT and (self.held_by is not None or (self.above <= POINT and self.above_with_less < 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Afresh:
    """All queues of a centre; `queues` are the fields of Met, `seconds` those of `wfm require --replayed`."""

    queues: list[dict[str, object]]
    seconds: float

    def met(self) -> list[Met]:
        """The queues as values."""
        return [Met(**fields) for fields in self.queues]  # type: ignore[arg-type]


def uncapped(plan: Blueprint) -> Blueprint:
    """Without what could hold a queue above its target: no occupancy cap, no minimum of agents."""
    return replace(plan, streams=tuple(replace(one, max_occupancy=1.0, min_agents=0) for one in plan.streams))


CENTRES: dict[str, Callable[[int], Blueprint]] = {
    "guangzhou": INSTANCES["guangzhou"],
    "guangzhou, no caps": lambda seed: uncapped(INSTANCES["guangzhou"](seed)),
    "200 agents, chat and deferred": lambda seed: scaled(seed, agents=200),
    "200 agents, chat and deferred, no caps": lambda seed: uncapped(scaled(seed, agents=200)),
    "40 agents, 3 queues, no caps": lambda seed: uncapped(shaped(seed=seed, agents=40, queues=3)),
    "corner_shop, no caps": lambda seed: uncapped(INSTANCES["corner_shop"](seed)),
}

ASKED = (
    ("guangzhou", 1),
    ("guangzhou, no caps", 1),
    *((name, seed) for name in CENTRES if not name.startswith("guangzhou") for seed in (1, 2, 3)),
)


def afresh(name: str, *, seed: int, again: bool) -> Afresh:
    """A centre's requirement corrected by the command and replayed on the floor that staffs it exactly."""

    def measure() -> Afresh:
        folder = PLACE / "centres" / f"{_file(name)}-{seed}"
        plan = CENTRES[name](seed)
        write(plan, folder)
        out = PLACE / "afresh" / f"{_file(name)}-{seed}"
        week = ("--week", str(plan.monday), "--out", out)
        wfm("forecast", folder, *week)
        done = wfm("require", folder, *week, "--replayed", "--seed", str(seed))
        return Afresh(queues=[asdict(one) for one in replayed(folder, plan.monday, out)], seconds=done.seconds)

    return recorded(f"afresh-{_file(name)}-{seed}", Afresh, measure, again=again)


def replayed(folder: Path, monday: date, out: Path) -> list[Met]:
    """What requirement.csv and correction.csv of a folder are worth, the mean over fresh seeds."""
    centre = read_centre(folder)
    with (out / "correction.csv").open(encoding="utf-8-sig") as file:
        held = {row["queue"]: row["held_by"] or None for row in csv.DictReader(file)}
    week, queues = centre.week(monday), tuple(centre.queues)
    forecast = read_forecast(out / "forecast.csv", week, queues)
    agents = read_requirement(out / "requirement.csv", week, queues).agents
    floor = Floor(centre, forecast, seed=FRESH, workers=2)

    def level(of: Floats) -> Floats:
        found = floor.replayed(of, seed=FRESH, runs=WEEKS)
        return found.whole.columns(found.target)["service_level"][:, 0]

    full, less = level(agents), level(LESS * agents)
    return [
        Met(
            queue=queue,
            target=centre.queues[queue].service_level,
            level=float(full[row]),
            with_less=float(less[row]),
            held_by=held[queue],
        )
        for row, queue in enumerate(queues)
    ]


def _file(name: str) -> str:
    return name.replace(", ", "-").replace(" ", "_")
