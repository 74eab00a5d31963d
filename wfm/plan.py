"""The use-cases of a week: forecast, requirement, roster, check and export, each step alone or all in one go."""

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Self

import numpy as np
import pandas as pd

from forecast import forecast
from solver import compiled, replan, solve
from wfm.adjusting import adjusted
from wfm.centre import Absence, Centre
from wfm.check import Violation, check, peak_seats, violations_table
from wfm.clock import Week, iso
from wfm.cost import Cost, changed_shifts, reckon
from wfm.coverage import coverage_table
from wfm.demand import Forecast, Requirement, interval_starts
from wfm.exchange import (
    PlanOutput,
    carry_correction,
    forget_correction,
    forget_roster,
    read_plan,
    write_forecast,
    write_plan,
    write_requirement,
    write_summary,
)
from wfm.exchange.output import Json
from wfm.opening import open_intervals
from wfm.problem import OPTIMAL, Problem, Result, Standing
from wfm.progress import Progress, Report, Stop, never, silent
from wfm.reading import read_centre, read_forecast, read_requirement
from wfm.replay import Correction, corrected
from wfm.requirement import require
from wfm.roster import Shift, shifts_of
from wfm.versions import keep_forecast
from wfm.warming import warm_up

PERIODS_TOLD = 20  # of those left short, the worst ones
CHANGES_AN_ABSENCE = 3  # shifts changed at most for each absence known today, the dropped one included
NOTABLE = 0.5  # agents short in an interval, from which on a period is told


class Watch:
    """Seconds of each step, and reports that count from the plan's beginning."""

    def __init__(self, report: Report) -> None:
        self._report, self._begun = report, time.monotonic()
        self.seconds: dict[str, float] = {}

    def run(self, step: str, message: str) -> Self:
        """Announce a step; its time ends with the next."""
        self._step, self._since = step, time.monotonic()
        self.report(Progress(step=step, seconds=0.0, message=message))
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds[self._step] = round(time.monotonic() - self._since, 2)

    def report(self, progress: Progress) -> None:
        """Pass a report on with the seconds since the plan began."""
        self._report(
            Progress(
                step=progress.step,
                seconds=time.monotonic() - self._begun,
                message=progress.message,
                cost=progress.cost,
                bound=progress.bound,
            )
        )

    @property
    def total(self) -> float:
        """Seconds since the plan began."""
        return round(time.monotonic() - self._begun, 2)


def forecast_week(centre: Centre, monday: date, out: Path, *, folder: Path, now: datetime | None = None) -> Forecast:
    """Forecast a week of the centre read from `folder`, write forecast.csv and what stands beside it, keep the version.

    With `now`, an aware moment of the week, it is told from all that was known by then.
    """
    found = expected(centre, centre.week(monday), now=now)
    write_forecast(found, out)
    _keep(found, centre, folder, out, now=now)
    return found


def require_week(
    folder: Path,
    monday: date,
    out: Path,
    *,
    quantile: float | None = None,
    replayed: bool = False,
    seed: int = 1,
    workers: int = 2,
    report: Report = silent,
    stop: Stop = never,
) -> tuple[Centre, Forecast, Requirement, tuple[Correction, ...]]:
    """Turn a week's forecast (that in `out`, if there is one) into its requirement and write requirement.csv.

    With `quantile` every interval is staffed for the contacts that are not exceeded with this chance, not for their
    mean; BeyondLevels where the forecast does not reach so far. With `replayed` the requirement is corrected until a
    simulated week meets the targets; correction.csv tells how far Erlang was off.
    """
    begun = time.monotonic()
    centre = read_centre(folder)
    week = centre.week(monday)
    path = out / "forecast.csv"
    made = not path.exists()
    found = expected(centre, week) if made else read_forecast(path, week, tuple(centre.queues))
    staffed = found if quantile is None else found.at(quantile)
    needed = require(centre, staffed)
    corrections: tuple[Correction, ...] = ()
    if replayed:
        needed, corrections = corrected(
            centre,
            staffed,
            needed,
            seed=seed,
            workers=workers,
            report=lambda said: report(Progress(step="requirement", seconds=time.monotonic() - begun, message=said)),
            stop=stop,
        )
    write_requirement(needed, out, corrections=corrections)
    if made:
        _keep(found, centre, folder, out)
    return centre, staffed, needed, corrections


def plan_week(
    folder: Path,
    monday: date,
    out: Path,
    *,
    time_limit: float = 60.0,
    work_limit: float | None = None,
    seed: int = 1,
    workers: int = 2,
    reuse: bool = False,
    report: Report = silent,
    stop: Stop = never,
) -> dict[str, Json]:
    """Plan a centre's week and write everything to `out`; the content of plan.json is returned.

    With `reuse` the forecast and requirement in `out` are taken where they are there. FaultyInput before anything is
    written; `stop` ends the roster step with the best roster so far.
    """
    watch = Watch(report)
    with watch.run("read", "reading the centre's files"):
        centre = read_centre(folder)
    week = centre.week(monday)
    queues = tuple(centre.queues)
    with watch.run("forecast", "forecasting contacts and handling time"):
        path = out / "forecast.csv"
        made = not (reuse and path.exists())
        found = expected(centre, week) if made else read_forecast(path, week, queues)
    with watch.run("requirement", "staffing every interval"):
        path = out / "requirement.csv"
        anew = not (reuse and path.exists())
        needed = require(centre, found) if anew else read_requirement(path, week, queues)
    if not compiled():
        with watch.run("compile", "compiling the inner loops, once for this installation: about a minute"):
            warm_up()
    with watch.run("roster", "rostering"):
        result = solve(
            Problem(centre=centre, week=week, required=needed.rostered),
            time_limit=time_limit,
            work_limit=work_limit,
            seed=seed,
            workers=workers,
            report=watch.report,
            stop=stop,
        )
    summary = _conclude(centre, found, needed, result, out, watch, seed=seed)
    if anew:
        forget_correction(out)
    if made:  # kept only now: faulty input further on would have written nothing
        _keep(found, centre, folder, out)
    return summary


def replan_week(
    centre: Centre,
    out: Path,
    new: Path,
    *,
    folder: Path,
    now: datetime,
    absences: Sequence[tuple[str, date]] = (),
    time_limit: float = 20.0,
    seed: int = 1,
    report: Report = silent,
    stop: Stop = never,
) -> dict[str, Json]:
    """Bring the week planned in `out` up to date at a moment with few changes and write it to `new`.

    The forecast of `out` stays; where there is none the week is forecast and that version kept. `folder` is the centre's.
    `absences` are (agent, date) known only now. Segments before `now` stay: shifts that have begun are kept whole, those
    of an absent agent's own date end at `now`. ValueError where `out` holds no planned roster or an absence lies outside its week.
    """
    watch = Watch(report)
    with watch.run("read", "reading the plan"):
        kept = read_plan(out, timezone=centre.timezone, demand=False)
        if kept.summary is None or kept.roster is None:
            raise ValueError(f"there is no planned roster in {out}")
        week = centre.week(date.fromisoformat(str(kept.summary["week"])))
        queues, forecast_file, requirement_file = tuple(centre.queues), out / "forecast.csv", out / "requirement.csv"
        made = not forecast_file.exists()
        found = expected(centre, week) if made else read_forecast(forecast_file, week, queues)
        needed = (
            read_requirement(requirement_file, week, queues) if requirement_file.exists() else require(centre, found)
        )
    standing = Standing(shifts=tuple(shifts_of(kept.roster, week)), now=max(0, min(week.minutes, week.minute(now))))
    known_now = tuple(absent_on(centre, week, agent, day, standing) for agent, day in absences)
    centre = replace(centre, absences=(*centre.absences, *known_now), published=kept.roster)
    if not compiled():
        with watch.run("compile", "compiling the inner loops, once for this installation: about a minute"):
            warm_up()
    with watch.run("roster", "replanning"):
        result = replan(
            Problem(centre=centre, week=week, required=needed.rostered, standing=standing),
            most_changes=CHANGES_AN_ABSENCE * max(1, len(absences)),
            time_limit=time_limit,
            seed=seed,
            report=watch.report,
            stop=stop,
        )
    begun = _begun(centre, week, standing)
    stays = {(shift.agent, shift.day) for shift in begun}
    others = (shift for shift in result.shifts or () if (shift.agent, shift.day) not in stays)
    reasons = {name: why for name, why in result.unrostered.items() if name not in {shift.agent for shift in begun}}
    result = replace(result, shifts=(*others, *begun), unrostered=reasons)
    summary = _conclude(centre, found, needed, result, new, watch, seed=seed)
    carry_correction(out, new)
    if made:
        _keep(found, centre, folder, new)
    return summary


def demand_known(out: Path) -> bool:
    """Whether a week planned in `out` can be replanned without the contacts that were: its forecast and requirement are
    there."""
    return all((out / name).exists() for name in ("forecast.csv", "requirement.csv"))


def expected(centre: Centre, week: Week, *, now: datetime | None = None) -> Forecast:
    """The model's forecast with the planner's changes on top."""
    return adjusted(forecast(centre, week, now=now), centre.adjustments, opened=open_intervals(centre, week))


def _keep(found: Forecast, centre: Centre, folder: Path, out: Path, *, now: datetime | None = None) -> None:
    keep_forecast(found, out, folder=folder, inputs_sha256=centre.inputs_sha256, packages=versions(), now=now)


def absent_on(centre: Centre, week: Week, agent: str, day: date, standing: Standing) -> Absence:
    """From the date's beginning, or from the end of a night that is under way then: who works it is not absent yet."""
    first = week.day(day)
    if not 0 <= first < 7:
        raise ValueError(f"an absence in the week of {week.monday} is expected, got {agent}={day}")
    nights = (s.end for s in standing.shifts if s.agent == agent and s.day < first and s.start < standing.now)
    start = max([week.midnight(first), *nights])
    return Absence(agent=agent, start=week.wall(start), end=week.wall(week.midnight(first + 1)), kind="sick")


def _begun(centre: Centre, week: Week, standing: Standing) -> list[Shift]:
    """Shifts that have begun, those of agents who are absent from now on cut."""
    found = []
    for shift in standing.shifts:
        if shift.start >= standing.now:
            continue
        away = any(
            a.agent == shift.agent and week.minute(a.start) < shift.end and week.minute(a.end) > standing.now
            for a in centre.absences
        )
        if away:
            done = [s._replace(end=min(s.end, standing.now)) for s in shift.segments if s.start < standing.now]
            shift = replace(shift, segments=tuple(done))
        found.append(shift)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a solver found, judged by every rule and reckoned; `summary` is plan.json without seconds and memory."""

    violations: list[Violation]
    cost: Cost
    summary: dict[str, Json]


def judge(centre: Centre, found: Forecast, needed: Requirement, result: Result, *, seed: int) -> Judged:
    """Check a result by every rule and count its cost."""
    week, shifts = found.week, result.shifts or ()
    violations = check(centre, week, shifts, unrostered=result.unrostered) if result.shifts is not None else []
    cost = reckon(centre, week, needed.rostered, shifts)
    summary = _summary(centre, week, result, cost, seed=seed) | {
        "violations": len(violations),
        "peak_seats": peak_seats(centre, week, shifts),
        "short_periods": short_periods(
            week, queues=tuple(centre.queues), required=needed.rostered, staffed=cost.staffed
        ),
        "changed_shifts": changed_shifts(centre, week, shifts),
        "forecast_methods": dict(found.method),
        "caveats": list(found.caveats),
    }
    return Judged(violations=violations, cost=cost, summary=summary)


def export(centre: Centre, found: Forecast, needed: Requirement, result: Result, judged: Judged, out: Path) -> None:
    """Write all files of a plan but plan.json's last word; of one without a roster only what there is."""
    out.mkdir(parents=True, exist_ok=True)
    if result.shifts is None:
        forget_roster(out)
        write_forecast(found, out)
        write_requirement(needed, out)
        return
    write_plan(
        PlanOutput(
            centre=centre,
            week=found.week,
            forecast=found,
            requirement=needed,
            shifts=result.shifts,
            coverage=coverage_table(needed, judged.cost.staffed),
            violations=violations_table(judged.violations),
            unrostered=pd.DataFrame(sorted(result.unrostered.items()), columns=["agent", "reason"]),
            summary=judged.summary,
        ),
        out,
    )


def memory_mb() -> int:
    """The most memory this process has held."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _conclude(
    centre: Centre,
    found: Forecast,
    needed: Requirement,
    result: Result,
    out: Path,
    watch: Watch,
    *,
    seed: int,
) -> dict[str, Json]:
    """Check what the solver found, count its cost, write it."""
    with watch.run("check", "checking every rule"):
        judged = judge(centre, found, needed, result, seed=seed)
    with watch.run("export", "writing files"):
        export(centre, found, needed, result, judged, out)
    told: dict[str, Json] = {"seconds": {**watch.seconds, "total": watch.total}, "peak_memory_mb": memory_mb()}
    summary = judged.summary | told
    write_summary(summary, out)
    return summary


def _summary(centre: Centre, week: Week, result: Result, cost: Cost, *, seed: int) -> dict[str, Json]:
    total = cost.total
    bound = min(result.bound, total)
    return {
        "centre": centre.name,
        "timezone": centre.timezone,
        "interval_minutes": centre.interval_minutes,
        "grid_minutes": centre.grid_minutes,
        "currency": centre.currency,
        "seats": centre.seats,
        "week": week.monday.isoformat(),
        "agents": len(centre.agents),
        "rostered": len({shift.agent for shift in result.shifts or ()}),
        "status": status(result, total),
        "required_hours": round(cost.required_hours, 3),
        "short_hours": round(cost.short_hours, 3),
        "surplus_hours": round(cost.surplus_hours, 3),
        "cost": round(total, 6),
        "bound": round(bound, 6),
        "gap": round((total - bound) / max(total, 1), 9),
        "gap_hours": round((total - bound) / 60, 6),
        "cost_terms": {name: round(value, 6) for name, value in cost.terms.items()},
        "training_minutes_owed": cost.training_due,
        "training_minutes_placed": cost.training_placed,
        "requests": cost.requests,
        "requests_met": cost.requests_met,
        "clashes": [{"rule": c.rule, "agent": c.agent, "date": c.date} for c in result.clashes],
        "seed": seed,
        "inputs_sha256": centre.inputs_sha256,
        "versions": versions(),
    }


def status(result: Result, cost: float) -> str:
    """The contract's word for what was found."""
    if result.shifts is None:
        return "infeasible" if result.clashes else "undecided"
    if result.clashes:
        return "infeasible"
    return "optimal" if abs(cost - result.bound) <= OPTIMAL * max(1.0, cost) else "feasible"


def versions() -> dict[str, Json]:
    """Versions a result depends on."""
    names = ("wfm", "ortools", "numpy", "numba", "scipy", "pandas", "statsmodels")
    return {"python": python_version(), **{name: version(name) for name in names}}


def short_periods(week: Week, *, queues: tuple[str, ...], required: np.ndarray, staffed: np.ndarray) -> list[Json]:
    """The worst periods left short: runs of intervals of a queue, most agent-hours short first."""
    starts = [iso(start.to_pydatetime()) for start in interval_starts(week)]
    ends = [*starts[1:], week.text(week.minutes)]
    found: list[dict[str, Json]] = []
    for row, queue in enumerate(queues):
        short = np.maximum(required[row] - staffed[row], 0)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], short >= NOTABLE, [False]])))
        for first, last in edges.reshape(-1, 2):
            hours = float(short[first:last].sum()) * week.interval_minutes / 60
            found.append(
                {"queue": queue, "start": starts[first], "end": ends[last - 1], "short_hours": round(hours, 2)}
            )
    found.sort(key=lambda period: -float(str(period["short_hours"])))
    return [*found[:PERIODS_TOLD]]
