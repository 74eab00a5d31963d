"""The rows of the public instances: legal or not, and the cost beside a simple bound."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.command import Failed, run
from benchmarks.record import ROOT, recorded
from benchmarks.table import Claim

DATA = ROOT.parent / "shared" / "data" / "matsp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """`missing` are people missing, summed over slots and tasks; `broken` are faults against all other rules."""

    seconds: float
    cost: int
    missing: int
    broken: int


def matsp(
    *,
    seconds: float,
    smallest: int | None = None,
    largest: int = 0,
    seeds: Sequence[int] = (1,),
    again: bool,
) -> list[Claim]:
    """A line for each instance: all of them, or only the smallest and largest by the number of staff and tasks."""
    names = instances()
    chosen = names if smallest is None else [*names[:smallest], *names[len(names) - largest :]]
    return [
        Claim(
            work=f"MATSP {name}, {seconds:g} s",
            reach="legal",
            measure=partial(_solved, name, seconds, seeds, again),
        )
        for name in chosen or ["instances"]
    ]


def instances() -> list[str]:
    """Names of the instances, the smallest first; none where the data are not beside the project."""
    return sorted((path.stem for path in DATA.glob("*_*.txt")), key=lambda name: [int(n) for n in name.split("_")[2:]])


def bounds() -> dict[str, int]:
    """The published simple bound by instance."""
    with (DATA / "lower_bounds.csv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: int(row["trivial_lower_bound"]) for row in csv.DictReader(file)}


def _solved(name: str, seconds: float, seeds: Sequence[int], again: bool) -> tuple[str, bool]:
    path = DATA / f"{name}.txt"
    if not path.exists():
        raise Failed(f"skipped: {path} is not there")
    found = [
        recorded(f"matsp-{name}-{seconds:g}s-{seed}", Solved, partial(_run, path, seconds, seed), again=again)
        for seed in seeds
    ]
    worst = max(found, key=lambda one: (one.missing + one.broken, one.cost))
    seen = "legal" if not worst.missing + worst.broken else f"{worst.missing} missing, {worst.broken} rules broken"
    return f"{seen}; cost {worst.cost:,}, bound {bounds()[name]:,}; {worst.seconds:.0f} s", seen == "legal"


def _run(path: Path, seconds: float, seed: int) -> Solved:
    done = run("benchmarks.matsp.solve", path, "--seconds", f"{seconds:g}", "--seed", str(seed))
    missing, broken, cost = map(int, re.findall(r"\d+", done.stdout.partition("\n")[0]))
    return Solved(seconds=done.seconds, cost=cost, missing=missing, broken=broken)
