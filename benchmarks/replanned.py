"""A published week replanned for absences of today: how fast, how many shifts change, and whether it is legal."""

import csv
import json
import random
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from benchmarks.command import wfm
from benchmarks.planned import rows
from benchmarks.record import PLACE, recorded
from benchmarks.table import Claim
from benchmarks.targets import SEEDS, TARGETS, listed
from benchmarks.traced import planned_folder, traced_week
from sample_data.guangzhou import MONDAY

TODAY = MONDAY + timedelta(days=2)
NOW = f"{TODAY}T08:00"
PLANNED_SECONDS = max(TARGETS["guangzhou"].gaps)  # so that it is planned once for both rows
CHANGES_AN_ABSENCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """`seconds` are of the whole command, `roster_seconds` of its roster step; `checked` are violations found by
    `wfm check` with the absences known, and shifts of today of the absent. Of whoever's night ended this morning the files
    cannot say that the absence begins after it: of them only the latter is asked."""

    seconds: float
    roster_seconds: float
    changed: int
    checked: int
    cost: float


def replan(*, absences: int, within: float, seeds: tuple[int, ...] = SEEDS, again: bool) -> list[Claim]:
    """guangzhou_10000's week on its Wednesday morning, when so many people who were to come today do not."""
    return [
        Claim(
            work=f"guangzhou, published week, {absences} absent today, {listed(seeds)}",
            reach=f"0 violations, new roster ≤ {within:g} s, changed shifts ≤ {CHANGES_AN_ABSENCE} per absence",
            measure=partial(_replan, absences, within, seeds, again),
        )
    ]


def _replan(absences: int, within: float, seeds: tuple[int, ...], again: bool) -> tuple[str, bool]:
    found = [_replanned(absences, seed, again=again) for seed in seeds]
    slowest, roster = max(one.seconds for one in found), max(one.roster_seconds for one in found)
    violations, changed = sum(one.checked for one in found), max(one.changed for one in found)
    seen = f"{violations} violations; whole command {slowest:.1f} s, roster step {roster:.1f} s; {changed} changed"
    return seen, not violations and slowest <= within and changed <= CHANGES_AN_ABSENCE * absences


def _replanned(absences: int, seed: int, *, again: bool) -> Replanned:
    traced_week("guangzhou", seed=seed, time_limit=PLANNED_SECONDS, again=again)
    centre, out = PLACE / "centres" / f"guangzhou-{seed}", planned_folder(f"guangzhou-{seed}-{PLANNED_SECONDS:g}s")
    name = f"replan-{absences}-{seed}"

    def measure() -> Replanned:
        new = PLACE / "plans" / name
        shutil.rmtree(new, ignore_errors=True)
        away = random.Random(seed).sample(_expected(out / "roster.csv"), absences)
        options = [word for agent in away for word in ("--absence", f"{agent}={TODAY}")]
        done = wfm("replan", centre, out, "--now", NOW, *options, "--out", new, allowed=(0, 1))
        summary = json.loads((new / "plan.json").read_text(encoding="utf-8"))
        nights = _reaching_into_today(out / "roster.csv")
        known = _with_absences(centre, PLACE / "centres" / name, [a for a in away if a not in nights], TODAY)
        judged = wfm("check", known, new / "roster.csv", "--week", str(MONDAY), allowed=(0, 1))
        return Replanned(
            seconds=done.seconds,
            roster_seconds=summary["seconds"]["roster"],
            changed=summary["changed_shifts"],
            checked=len(list(csv.DictReader(judged.stdout.splitlines()))) + len(_of_today(new / "roster.csv", away)),
            cost=summary["cost"],
        )

    return recorded(name, Replanned, measure, again=again)


def _expected(roster: Path) -> list[str]:
    """People whose shift of today is still to begin."""
    begins = {row["agent"]: row["start"] for row in reversed(rows(roster)) if row["date"] == str(TODAY)}
    return sorted(agent for agent, start in begins.items() if start >= NOW)


def _reaching_into_today(roster: Path) -> set[str]:
    """People whose shift of the evening before ends today."""
    return {row["agent"] for row in rows(roster) if row["date"] < str(TODAY) and row["end"] > f"{TODAY}T00:00"}


def _of_today(roster: Path, agents: list[str]) -> set[str]:
    """Those of some people who have a shift of today."""
    return {row["agent"] for row in rows(roster) if row["date"] == str(TODAY)} & set(agents)


def _with_absences(centre: Path, folder: Path, agents: list[str], day: date) -> Path:
    """A copy of a centre's folder in which these people are absent on a day."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(centre, folder)
    with (folder / "absences.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{agent},{day},{day},sick\n" for agent in agents)
    return folder
