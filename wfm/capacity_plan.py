"""The capacity plan from a centre's folder to files: who to hire when, and what is short otherwise, months ahead."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.long import outlook
from solver.hiring import hire, staff
from wfm.attrition import WEEKS_A_MONTH
from wfm.capacity import OPTIMAL, Hire, Staffing
from wfm.capacity_problem import Case, capacity_case
from wfm.capacity_tables import broken_limits, cost_terms, headcount_table, hires_of, hires_table, weeks_table
from wfm.centre import Centre
from wfm.exchange import write_capacity
from wfm.exchange.output import Json
from wfm.faults import Fault, FaultyInput
from wfm.outlook import Outlook, weekly_requirement
from wfm.plan import Watch, versions
from wfm.progress import Report, Stop, never, silent
from wfm.reading import read_centre, read_hires
from wfm.supply import annual_attrition, proposed_classes

WEEK = 7
GIVEN = "given"
WORST_WEEKS = 10


def plan_capacity(
    folder: Path,
    out: Path,
    *,
    months: float = 18.0,
    monday: date | None = None,
    hires: Path | Sequence[Hire] | None = None,
    time_limit: float = 60.0,
    seed: int = 1,
    workers: int = 2,
    report: Report = silent,
    stop: Stop = never,
) -> dict[str, Json]:
    """Plan a centre's people for so many months from a Monday on (that after the history's end) and write it to `out`.

    With `hires` (a table as hiring.csv, or the classes themselves) these are taken as decided and the rest is reckoned.
    The content of capacity.json is returned; FaultyInput before anything is written.
    """
    watch = Watch(report)
    with watch.run("read", "reading the centre's files"):
        centre = read_centre(folder)
        today = _today(centre)
        first = today if monday is None else monday
        mondays = tuple(first + timedelta(weeks=week) for week in range(max(1, round(months * WEEKS_A_MONTH))))
        decided = _decided(centre, hires, mondays)
    with watch.run("forecast", "telling the contacts of every week"):
        told = outlook(centre, first, weeks=len(mondays))
    with watch.run("requirement", "staffing every interval of every week"):
        required = weekly_requirement(centre, told)
    with watch.run("hiring", "choosing classes"):
        starts = None if decided is None else [one.start for one in decided]
        case = capacity_case(centre, required, mondays, today=min(today, first), starts=starts)
        if decided is None:
            found = hire(
                case.problem, time_limit=time_limit, seed=seed, workers=workers, report=watch.report, stop=stop
            )
        else:
            found = staff(case.problem, case.sizes(decided))
    broken = [] if decided is None else broken_limits(centre, case, decided)
    with watch.run("export", "writing files"):
        tables = (
            weeks_table(centre, case, told, required, found),
            headcount_table(centre, case, found),
            hires_table(centre, case, found),
        )
        summary = _summary(centre, case, told, found, tables[0], tables[1], seed=seed)
        summary |= {"months": months, "broken": list(broken)}
        summary["seconds"] = {**watch.seconds, "proof": round(found.seconds, 2), "total": watch.total}
        write_capacity(*tables, summary, out)
    return summary


def capacity_text(summary: dict[str, Json], out: Path) -> str:
    """The summary in words."""
    unit = str(summary["unit"])

    def figure(key: str) -> str:
        return f"{float(str(summary[key])):,.0f}"

    required = float(str(summary["required_hours"])) or 1.0
    short = 100 * float(str(summary["short_hours"])) / required
    proved = "" if summary["bound"] is None else f", proved bound {figure('bound')} {unit}"
    people = f"{figure('agents')} today, {figure('agents_end')} at the end, {figure('leavers')} leave"
    hours = f"{figure('required_hours')} h with contacts, short {figure('short_hours')} h ({short:.2f}%)"
    peak = f"{figure('peak_seats')} at the peak (week of {summary['peak_week']})"
    lines = [
        f"{summary['centre']}, {summary['weeks']} weeks from {summary['week']}: {summary['status']}",
        f"  agents       {people}, {figure('hired')} hired in {summary['classes_hired']} classes",
        f"  required     {hours}, surplus {figure('surplus_hours')} h",
        f"  seats        {peak} of {summary['seats'] or 'any number'}",
        f"  cost         {figure('cost')} {unit}{proved}",
        f"  no hires     {figure('cost_without_hiring')} {unit}",
    ]
    for row in summary["classes"]:  # type: ignore[union-attr]
        lines.append(f"  class        {_class_text(row, unit)}")  # type: ignore[arg-type]
    lines += [f"  caveat       {text}" for text in summary["caveats"]]  # type: ignore[union-attr]
    return "\n".join([*lines, f"  files        {out}"])


def _class_text(row: dict[str, Json], unit: str) -> str:
    def change(key: str) -> str:
        return "-" if row[key] is None else f"{float(str(row[key])):+,.0f} {unit}"

    text = f"{row['class']}: {row['count']} of {row['people']} people in all"
    if row["one_more"] is None and row["one_fewer"] is None:
        return text
    return f"{text}; one more {change('one_more')}, one fewer {change('one_fewer')}"


def _today(centre: Centre) -> date:
    """The Monday after the history's end."""
    faults = []
    monday = centre.monday_after()
    if monday is None:
        faults.append(Fault(file="history.csv", row=1, column="start", expected="at least one row", got="none"))
    if not centre.agents:
        faults.append(Fault(file="agents.csv", row=1, column="agent", expected="at least one agent", got="none"))
    if faults or monday is None:
        raise FaultyInput(faults)
    return monday


def _decided(centre: Centre, hires: Path | Sequence[Hire] | None, mondays: Sequence[date]) -> tuple[Hire, ...] | None:
    if hires is None:
        return None
    if not isinstance(hires, Path):
        return tuple(hires)
    classes = centre.hiring.classes
    names = [one.name for one in (proposed_classes(centre) if classes is None else classes)]
    return read_hires(hires, classes=names, mondays=mondays)


def status(found: Staffing) -> str:
    """`optimal` where the bound is as near as the word asks for, `given` where hires were decided."""
    if found.bound is None:
        return GIVEN
    return "optimal" if found.cost - found.bound <= OPTIMAL * max(1.0, found.cost) else "feasible"


def _summary(
    centre: Centre,
    case: Case,
    told: Outlook,
    found: Staffing,
    weeks: pd.DataFrame,
    heads: pd.DataFrame,
    *,
    seed: int,
) -> dict[str, Json]:
    together = weeks[weeks["queue"] == ""].reset_index(drop=True)
    peak = int(np.argmax(together["peak_seats"].to_numpy(dtype=float)))
    agents = sum((group.agents for group in case.groups), np.zeros(len(case.mondays)))
    end = heads[heads["week"] == case.mondays[-1]]
    people = float(end["agents"].sum() + end["hired"].sum())
    hired = hires_of(case, found)
    cost, bound = round(found.cost, 3), None if found.bound is None else round(min(found.bound, found.cost), 3)
    return {
        "centre": centre.name,
        "currency": centre.currency if case.currency else "",
        "unit": case.currency or "hours of pay",
        "week": case.mondays[0].isoformat(),
        "weeks": len(case.mondays),
        "status": status(found),
        "cost": cost,
        "bound": bound,
        "gap": None if bound is None else round((cost - bound) / max(cost, 1), 9),
        "cost_terms": {name: round(value, 2) for name, value in cost_terms(case, found).items()},
        "cost_without_hiring": round(found.unhired, 2),
        "agents": round(float(agents[0]), 2),
        "agents_end": round(people, 2),
        "leavers": round(float(agents[0]) + sum(one.size for one in hired) - people, 2),
        "hired": sum(one.size for one in hired),
        "classes_hired": len(hired),
        "required_hours": round(float(together["required_hours"].sum()), 2),
        "short_hours": round(float(together["short_hours"].sum()), 2),
        "surplus_hours": round(float(together["surplus_hours"].sum()), 2),
        "short_cost": round(float(together["short_cost"].sum()), 2),
        "short_weeks": _short_weeks(together),
        "peak_agents": round(float(together["peak_agents"][peak]), 2),
        "peak_seats": round(float(together["peak_seats"][peak]), 2),
        "peak_week": case.mondays[peak].isoformat(),
        "seats": centre.seats,
        "weeks_over_seats": 0
        if centre.seats is None
        else int((together["peak_seats"].to_numpy(dtype=float) > centre.seats).sum()),
        "classes": _classes(case, found),
        "annual_attrition": annual_attrition(centre),
        "efficiency": centre.hiring.efficiency,
        "forecast_methods": dict(told.method),
        "caveats": [*told.caveats, *case.caveats],
        "seed": seed,
        "inputs_sha256": centre.inputs_sha256,
        "versions": versions(),
    }


def _short_weeks(together: pd.DataFrame) -> list[Json]:
    """The worst weeks, most hours short first."""
    short = together[together["short_hours"] > 0].sort_values("short_hours", ascending=False, kind="stable")
    return [
        {
            "week": str(row["week"]),
            "short_hours": round(float(row["short_hours"]), 1),
            # Unknown where leave and training take all hours: no number of agents gives what is short.
            "short_agents": round(float(row["short_agents"]), 1) if np.isfinite(row["short_agents"]) else None,
        }
        for row in short.head(WORST_WEEKS).to_dict("records")
    ]


def _classes(case: Case, found: Staffing) -> list[Json]:
    rows: list[Json] = []
    for kind, one in enumerate(case.classes):
        sizes = [found.sizes[option] for option in case.options_of(kind)]
        told = found.classes.get(kind)
        rows.append(
            {
                "class": one.name,
                "count": sum(size > 0 for size in sizes),
                "people": sum(sizes),
                "one_more": None if told is None or told.one_more is None else round(told.one_more, 2),
                "one_fewer": None if told is None or told.one_fewer is None else round(told.one_fewer, 2),
                "proved": None if told is None else told.proved,
            }
        )
    return rows
