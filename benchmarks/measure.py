"""What the claims of a week are measured by: planning a sample or a shape, planning twice, reading."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.command import wfm
from benchmarks.planned import Planned, plan
from benchmarks.record import PLACE, ROOT, recorded
from benchmarks.slips import plant, told
from sample_data import guangzhou
from sample_data.centres import CENTRES, blueprint
from sample_data.make import make
from sample_data.shapes import SHAPES, shape

REPEATING = ("--work-limit", "5", "--workers", "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """Two plans of one input: whether roster.csv was the same, and the longer roster step of the two."""

    same: bool
    rows: int
    roster_seconds: float
    time_limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Reading a centre, and telling the slips in a copy of it: those found, and faults told that are none."""

    seconds: float
    peak_mb: float
    planted: int
    found: int
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """A sweep over volumes: seconds of the whole command and of its points alone, and how many points came out."""

    seconds: float
    points_seconds: float
    points: int


def sample_week(name: str, *, again: bool) -> Planned:
    """A sample centre's week, planned as the command does it by default."""
    return recorded(
        f"plan-{name}",
        Planned,
        lambda: plan(*sample_folder(name, 1), PLACE / "plans" / name, time_limit=60.0),
        again=again,
    )


def shape_week(name: str, *, seed: int, time_limit: float, again: bool) -> Planned:
    """A week of one of the shapes."""
    record = f"plan-{name}-{seed}-{time_limit:g}s"
    out = PLACE / "plans" / f"{name}-{seed}"
    return recorded(record, Planned, lambda: plan(*sample_folder(name, seed), out, time_limit=time_limit), again=again)


def week_twice(name: str, *, again: bool) -> Repeated:
    """A week planned twice under a work limit, with one worker."""

    def measure() -> Repeated:
        folder, monday = sample_folder(name, 1)
        outs = [PLACE / "plans" / f"{name}-{time}" for time in ("first", "second")]
        found = [plan(folder, monday, out, time_limit=300.0, options=REPEATING) for out in outs]
        rosters = [(out / "roster.csv").read_bytes() for out in outs]
        return Repeated(
            same=rosters[0] == rosters[1],
            rows=rosters[0].count(b"\n") - 1,
            roster_seconds=max(one.roster_seconds for one in found),
            time_limit=300.0,
        )

    return recorded(f"twice-{name}", Repeated, measure, again=again)


def reading(name: str, *, slips: int, again: bool) -> Read:
    """`wfm validate` of a sample centre, and of a copy with slips in its files."""

    def measure() -> Read:
        folder, _ = sample_folder(name, 1)
        read = wfm("validate", folder)
        planted = plant(folder, PLACE / "faulty", slips=slips, seed=1)
        found = told(wfm("validate", PLACE / "faulty", allowed=(3,)).stderr)
        return Read(
            seconds=read.seconds,
            peak_mb=read.peak_mb,
            planted=len(planted),
            found=len(planted & found),
            others=len(found - planted),
        )

    return recorded(f"read-{name}", Read, measure, again=again)


def sweep(name: str, *, volumes: int, again: bool) -> Swept:
    """`wfm whatif` of a sample with so many volumes from 75% to 125%, requirement only."""

    def measure() -> Swept:
        folder, _ = sample_folder(name, 1)
        values = ", ".join(f"{0.75 + 0.5 * step / (volumes - 1):g}" for step in range(volumes))
        path, out = PLACE / "sweep.toml", PLACE / "sweeps" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'[[sweep]]\nname = "volume"\n[[sweep.over]]\nfactor = "volume"\nvalues = [{values}]\n')
        done = wfm("whatif", folder, "--scenario", path, "--out", out)
        told = [float(line.split()[0]) for line in done.stderr.splitlines() if "  scenarios " in line]
        finished = json.loads((out / "whatif.json").read_text(encoding="utf-8"))["sweeps"][0]["finished"]
        return Swept(seconds=done.seconds, points_seconds=told[-1] - told[0], points=finished)

    return recorded(f"sweep-{name}", Swept, measure, again=again)


def sample_folder(name: str, seed: int) -> tuple[Path, date]:
    """The folder of a sample (that of `make sample` where it is there) or of a shape, and the week to plan."""
    made = ROOT / "sample_data" / name
    if name in CENTRES and (made / ".complete").exists():
        return made, blueprint(name).monday
    folder = PLACE / "centres" / f"{name}-{seed}"
    if name in CENTRES:
        make(name, folder)
        return folder, blueprint(name).monday
    shape(name, folder, seed=seed)
    return folder, SHAPES[name].get("monday", guangzhou.MONDAY)
