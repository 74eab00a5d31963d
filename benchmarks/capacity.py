"""Measures the capacity plan and prints the table: python -m benchmarks.capacity [--again]."""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.command import wfm
from benchmarks.measure import sample_folder
from benchmarks.record import PLACE, recorded
from benchmarks.table import Claim, arguments, present
from sample_data.shapes import variant

HEADING = "### The capacity plan, measured"
MONTHS = 18
LONGEST = 30.0  # seconds until the proof, reading, forecast and files included
SAMPLE = "guangzhou_10000"
QUEUES, AGENTS, SEEDS, OFTEN = 8, 900, range(1, 9), (1, 2)
CONTRACTS = ("full_time", "day_time", "part_time", "night_team")
LIMITS = "efficiency = 0.95\n\n[attrition]\nannual = 0.25\n\n[limits]\nclasses_at_once = 4\ntrainees_at_once = 60\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A capacity plan: seconds until hires were proved, of the step with all it asks, and of the command."""

    status: str
    proof: float
    hiring: float
    seconds: float
    peak_mb: float
    cost: float
    bound: float
    hired: int
    classes: int


def shape(seed: int, *, every: int = 4) -> Path:
    """The folder of a centre of eight queues and four contracts that loses a quarter of its people a year."""
    folder = PLACE / "centres" / f"capacity-{seed}-{every}"
    variant(folder, seed=seed, agents=AGENTS, queues=QUEUES, contracts=CONTRACTS, weeks_of_history=104, load=0.9)
    skills = [["q01"], ["q01", "q02"], ["q02", "q03"], ["q03", "q04"], ["q05"], ["q05", "q06"], ["q07"], ["q07", "q08"]]
    classes = [
        f'\n[[class]]\nname = "class {n}"\ncontract = "{CONTRACTS[n % 4]}"\nqueues = {json.dumps(queues)}\n'
        f"size = [{4 + n % 3}, {10 + n}]\nweeks_training = {4 + n % 4}\ncost_per_hire = {3000 + 300 * n}\n"
        f"every_weeks = {every if n % 2 else 4}\nmax_classes = 6\n"
        for n, queues in enumerate(skills)
    ]
    (folder / "capacity.toml").write_text(LIMITS + "".join(classes), encoding="utf-8")
    return folder


def plan(folder: Path, name: str, *, again: bool) -> Planned:
    """The whole `wfm capacity`, as the command does it by default."""

    def measure() -> Planned:
        out = PLACE / "plans" / f"capacity-{name}"
        shutil.rmtree(out, ignore_errors=True)
        done = wfm("capacity", folder, "--months", str(MONTHS), "--out", out)
        summary = json.loads((out / "capacity.json").read_text(encoding="utf-8"))
        return Planned(
            status=summary["status"],
            proof=summary["seconds"]["proof"],
            hiring=summary["seconds"]["hiring"],
            seconds=done.seconds,
            peak_mb=done.peak_mb,
            cost=summary["cost"],
            bound=summary["bound"],
            hired=summary["hired"],
            classes=summary["classes_hired"],
        )

    return recorded(f"capacity-{name}", Planned, measure, again=again)


def claims(*, again: bool) -> list[Claim]:
    """The shape with eight seeds, twice with classes every other week, and the large sample."""
    work = f"{MONTHS} months, {QUEUES} queues, {len(CONTRACTS)} contracts, {AGENTS:,} agents, 8 classes a month"
    made: dict[str, tuple[str, Callable[[], Path]]] = {
        f"{work}, seed {seed}": (str(seed), partial(shape, seed)) for seed in SEEDS
    }
    made |= {
        f"the same, half of the classes every other week, seed {seed}": (f"{seed}-often", partial(shape, seed, every=2))
        for seed in OFTEN
    }
    made[f"{MONTHS} months of {SAMPLE}"] = (SAMPLE, lambda: sample_folder(SAMPLE, 1)[0])
    return [
        Claim(work=work, reach=f"optimum proved ≤ {LONGEST:g} s", measure=partial(_seen, folder, name, again))
        for work, (name, folder) in made.items()
    ]


def _seen(folder: Callable[[], Path], name: str, again: bool) -> tuple[str, bool]:
    found = plan(folder(), name, again=again)
    before = found.seconds - found.hiring + found.proof
    gap = f"gap {found.cost - found.bound:,.0f}, {(found.cost - found.bound) / found.cost:.4%}"
    seen = (
        f"`{found.status}`; hires after {found.proof:.1f} s, {before:.1f} s with reading, forecast and files, "
        f"{found.seconds:.0f} s with what one class more or fewer costs; cost {found.cost:,.0f}, {gap}; "
        f"{found.hired} hired in {found.classes} classes; {found.peak_mb / 1024:.1f} GB"
    )
    return seen, found.status == "optimal" and before <= LONGEST


def main() -> None:
    """The command line; it ends with 1 where something is not reached."""
    parser = arguments("Measure the capacity plan.", rows=["capacity"], heading=HEADING)
    given = parser.parse_args()
    sys.exit(0 if present(claims(again=given.again), page=given.out, heading=HEADING) else 1)


if __name__ == "__main__":
    main()
