"""A week planned by `wfm plan`, and judged anew from the files that it left."""

import csv
import json
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.command import Failed, last_line, run, wfm


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Figures of a plan. `violations` are the plan's own count, `checked` that of `wfm check` on its roster.csv;
    `unexplained` are people employed in the week with neither shift nor reason, `without_week` those for whom there
    was no legal week."""

    status: str
    seconds: float
    peak_mb: float
    roster_seconds: float
    time_limit: float
    violations: int
    checked: int
    agents: int
    seats: int | None
    peak_seats: int
    unrostered: int
    unexplained: int
    without_week: int
    owed: int
    placed: int
    required_hours: float
    short_hours: float
    bound: float
    cost: float
    gap_hours: float

    @property
    def short_share(self) -> float:
        """Hours short over hours required."""
        return self.short_hours / max(self.required_hours, 1e-9)

    @property
    def placed_share(self) -> float:
        """Training placed over training due."""
        return self.placed / self.owed if self.owed else 1.0

    @property
    def kept_time(self) -> bool:
        """Whether the roster step ended within the larger of 10% and 2 s over its limit."""
        return self.roster_seconds <= self.time_limit + max(0.1 * self.time_limit, 2.0)


def plan(
    centre: Path,
    monday: date,
    out: Path,
    *,
    time_limit: float,
    options: tuple[str, ...] = (),
    command: tuple[str, ...] = ("wfm.cli", "plan"),
) -> Planned:
    """Plan a week into an emptied folder and judge it; Failed where no roster came of it.

    `command` is the module that plans, and its first words.
    """
    shutil.rmtree(out, ignore_errors=True)
    week = ("--week", monday.isoformat())
    done = run(*command, centre, *week, "--out", out, "--time-limit", f"{time_limit:g}", *options, allowed=(0, 1))
    if not (out / "plan.json").exists():
        raise Failed(f"`{' '.join(command)}` ended with {done.code}: {last_line(done.stderr)}")
    summary = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    if summary["status"] == "undecided":
        raise Failed(f"no legal roster in {summary['seconds']['roster']:.0f} s")
    judged = wfm("check", centre, out / "roster.csv", *week, allowed=(0, 1))
    reasons = {row["agent"]: row["reason"] for row in rows(out / "unrostered.csv") if row["reason"]}
    rostered = {row["agent"] for row in rows(out / "roster.csv")}
    return Planned(
        status=summary["status"],
        seconds=done.seconds,
        peak_mb=done.peak_mb,
        roster_seconds=summary["seconds"]["roster"],
        time_limit=time_limit,
        violations=summary["violations"],
        checked=len(list(csv.DictReader(judged.stdout.splitlines()))),
        agents=summary["agents"],
        seats=summary["seats"],
        peak_seats=summary["peak_seats"],
        unrostered=len(reasons),
        unexplained=len(_employed(centre, monday) - rostered - reasons.keys()),
        without_week=sum(reason.startswith("no_legal_week") for reason in reasons.values()),
        owed=summary["training_minutes_owed"],
        placed=summary["training_minutes_placed"],
        required_hours=summary["required_hours"],
        short_hours=summary["short_hours"],
        bound=summary["bound"],
        cost=summary["cost"],
        gap_hours=summary["gap_hours"],
    )


def _employed(centre: Path, monday: date) -> set[str]:
    first, after = monday.isoformat(), (monday + timedelta(days=7)).isoformat()
    return {
        row["agent"]
        for row in rows(centre / "agents.csv")
        if row["hired_on"] < after and (not row["leaves_on"] or row["leaves_on"] > first)
    }


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by column."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
