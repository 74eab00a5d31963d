"""A week planned under observation: cost and bound over time, and the roster judged as any other.

python -m benchmarks.traced CENTRE --week MONDAY --out OUT --time-limit SECONDS [--until SHARE] is the observed process.
"""

import argparse
import json
import shutil
import sys
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from benchmarks.instances import make
from benchmarks.planned import Planned, plan
from benchmarks.record import PLACE, recorded
from wfm.exchange import write_forecast
from wfm.plan import plan_week, require_week
from wfm.progress import Progress

TRACE = "trace.json"
Point = tuple[float, float | None, float]  # seconds of the roster step, best cost (None: no legal roster yet), bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced(Planned):
    """A plan and how it came about: a point whenever the best cost or the bound changed."""

    points: list[Point]

    def gap_at(self, seconds: float) -> float | None:
        """Share of the required hours that cost and bound were apart; None before the first legal roster."""
        if seconds >= self.time_limit:
            return self.gap_hours / self.required_hours
        known = [point for point in self.points if point[0] <= seconds]
        return self._gap(known[-1]) if known else None

    def seconds_to(self, share: float) -> float | None:
        """When cost and bound were first no further apart than this share of the required hours."""
        gaps = ((point[0], self._gap(point)) for point in self.points)
        return next((seconds for seconds, gap in gaps if gap is not None and gap <= share), None)

    @property
    def first_roster(self) -> float | None:
        """Seconds to the first legal roster."""
        return next((seconds for seconds, cost, _ in self.points if cost is not None), None)

    @property
    def first_bound(self) -> float | None:
        """Seconds to a bound above nothing."""
        return next((seconds for seconds, _, bound in self.points if bound > 0), None)

    def _gap(self, point: Point) -> float | None:
        _, cost, bound = point
        return None if cost is None else (cost - bound) / 60 / self.required_hours


def traced_week(
    name: str, *, seed: int, time_limit: float, until: float | None = None, without: str | None = None, again: bool
) -> Traced:
    """The week of an instance, planned once; with `until` it ends when the gap is this share of the required hours.

    `without` is a part of the search to switch off (`benchmarks.without`).
    """
    record = f"{name}-{seed}-{time_limit:g}s" + ("" if until is None else f"-{until:g}")
    record += "" if without is None else f"-without-{without}"
    command = ("benchmarks.traced",) if without is None else ("benchmarks.without", without)

    def measure() -> Traced:
        folder, out = PLACE / "centres" / f"{name}-{seed}", planned_folder(record)
        shutil.rmtree(folder, ignore_errors=True)
        monday = make(name, folder, seed=seed)
        options = () if until is None else ("--until", f"{until:g}")
        found = plan(folder, monday, out, time_limit=time_limit, options=options, command=command)
        points = json.loads((out / TRACE).read_text(encoding="utf-8"))
        return Traced(**asdict(found), points=[tuple(point) for point in points])

    return recorded(record, Traced, measure, again=again)


def planned_folder(record: str) -> Path:
    """Where the plan of a record is kept."""
    return PLACE / "plans" / record


def observe(folder: Path, monday: date, out: Path, *, time_limit: float, until: float | None) -> None:
    """Plan a week and keep the trace with it; a forecast that lies in the centre's folder is taken."""
    out.mkdir(parents=True, exist_ok=True)
    if (folder / "forecast.csv").exists():
        shutil.copy(folder / "forecast.csv", out)
    _, found, needed, _ = require_week(folder, monday, out)
    write_forecast(found, out)
    enough = 60 * (until or 0.0) * float(needed.rostered.sum()) * needed.week.interval_minutes / 60
    begun: list[float] = []
    points: list[Point] = []

    def report(progress: Progress) -> None:
        if progress.step == "roster":
            begun[:] = begun or [progress.seconds]
            state = (progress.cost, progress.bound or 0.0)
            if not points or points[-1][1:] != state:
                points.append((round(progress.seconds - begun[0], 2), *state))

    def reached() -> bool:
        cost, bound = points[-1][1:] if points else (None, 0.0)
        return until is not None and cost is not None and cost - bound <= enough

    plan_week(folder, monday, out, time_limit=time_limit, reuse=True, report=report, stop=reached)
    (out / TRACE).write_text(json.dumps(points), encoding="utf-8")


def main() -> None:
    """The command line of the observed process."""
    parser = argparse.ArgumentParser(description="Plan a week and keep cost and bound over time.")
    parser.add_argument("centre", type=Path)
    parser.add_argument("--week", type=date.fromisoformat, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--time-limit", type=float, required=True)
    parser.add_argument("--until", type=float)
    given = parser.parse_args()
    observe(given.centre, given.week, given.out, time_limit=given.time_limit, until=given.until)
    sys.exit(0)


if __name__ == "__main__":
    main()
