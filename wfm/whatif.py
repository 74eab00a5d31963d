"""What if: the base and its scenarios side by side, and sweeps over one or two factors; docs/what-if.md tells it."""

import multiprocessing
import shutil
import signal
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import date
from math import isnan
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from pandas import DataFrame

from solver import compiled, solve
from wfm.centre import Centre, reaching_into
from wfm.comparison import ALL_QUEUES, Comparison, Figures, Intervals, Swept, compared, swept
from wfm.cost import Cost
from wfm.demand import Floats, Forecast, Requirement
from wfm.exchange import write_comparison, write_replay, write_summary
from wfm.exchange.output import Json
from wfm.money import pay, total
from wfm.plan import expected, export, judge, memory_mb, versions
from wfm.problem import Problem, Result
from wfm.progress import Progress, Report, Stop, never, silent
from wfm.reading import Scenarios, read_centre, read_scenarios
from wfm.replay import replay
from wfm.requirement import require
from wfm.roster import Shift
from wfm.scenario import BASE, Scenario, Sweep, apply, layers_of, words
from wfm.service import service, together
from wfm.simulated import Simulated, simulated
from wfm.warming import warm_up

Tell = Callable[[str, str], None]  # step and message

VISIBLE = 0.05  # a difference that the summary shows
LOOK_SECONDS = 0.5  # between looks at whether to stop
ILLEGAL = ("infeasible", "undecided")  # statuses of a roster that is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How rosters are searched: the same for all that are compared, and each from the beginning.

    Each is simulated `runs` times, with the same contacts and the same people absent; 0 for not at all.
    """

    time_limit: float
    runs: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The base with layers on top, of `name` (the point of a sweep has its settings too).

    `folder`, where there is one, gets the plan's files.
    """

    name: str
    layers: tuple[Scenario, ...]
    roster: bool
    settings: tuple[tuple[str, float], ...] = ()
    folder: Path | None = None

    @property
    def label(self) -> str:
        """The name with the settings."""
        return ", ".join([self.name, *(f"{factor} {value:g}" for factor, value in self.settings)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a task came to; `status` is None without a roster asked for, `simulated` without one simulated."""

    figures: Figures
    simulated: Simulated | None
    status: str | None
    seconds: float

    @property
    def legal(self) -> bool:
        """Whether no roster was asked for, or it breaks no rule."""
        return self.status not in ILLEGAL and not self.figures.get(("violations", ALL_QUEUES))


def what_if(
    folder: Path,
    scenario_file: Path,
    out: Path,
    *,
    week: date | None = None,
    roster: bool = True,
    time_limit: float = 30.0,
    runs: int = 10,
    seed: int = 1,
    workers: int = 2,
    report: Report = silent,
    stop: Stop = never,
) -> Comparison:
    """Try the scenarios and sweeps of a file on a centre and write the comparison to `out`.

    The forecast is made once. FaultyInput before anything is written; after `stop` what is finished is kept. Without
    `roster` nothing is rostered, sweeps included. Every roster is simulated `runs` times.
    """
    begun = time.monotonic()

    def tell(step: str, message: str) -> None:
        report(Progress(step=step, seconds=time.monotonic() - begun, message=message))

    tell("read", "reading the centre's files and the scenarios")
    centre = read_centre(folder)
    asked = read_scenarios(scenario_file, centre, week=week)
    tell("forecast", "forecasting contacts and handling time, once for all")
    forecast = expected(centre, asked.week)
    tasks = _tasks(asked, out, roster=roster)
    _forget(out)
    terms = Terms(time_limit=time_limit, runs=runs, seed=seed)
    outcomes: dict[int, Outcome] = {}
    for number, outcome in _outcomes(centre, forecast, tasks, terms, workers=workers, tell=tell, stop=stop):
        outcomes[number] = outcome
        tell("scenarios", f"{len(outcomes)} of {len(tasks)}: {tasks[number].label}")
    found = _comparison(centre, asked, tasks, outcomes, terms, seconds=time.monotonic() - begun)
    write_comparison(found, centre, asked.week, out)
    return found


def _tasks(asked: Scenarios, out: Path, *, roster: bool) -> list[Task]:
    """The base, then the scenarios, then the sweeps' points."""
    by_name = {scenario.name: scenario for scenario in asked.scenarios}
    plain = [(BASE, ()), *((name, tuple(layers_of(one, by_name))) for name, one in by_name.items())]
    beside = roster and bool(asked.scenarios)  # with sweeps alone nothing stands beside the base
    tasks = [
        Task(name=name, layers=layers, roster=beside, folder=roster_folder(out, number) if beside else None)
        for number, (name, layers) in enumerate(plain)
    ]
    for sweep in asked.sweeps:
        below = tuple(layers_of(by_name[sweep.on], by_name)) if sweep.on else ()
        tasks += [_point(sweep, below, point, roster=roster) for point in sweep.points()]
    return tasks


def _point(sweep: Sweep, below: tuple[Scenario, ...], point: tuple[float, ...], *, roster: bool) -> Task:
    factors = list(zip(sweep.factors, point, strict=True))
    return Task(
        name=sweep.name,
        layers=(*below, *(factor.at(value) for factor, value in factors)),
        roster=roster and sweep.roster,
        settings=tuple((factor.label, value) for factor, value in factors),
    )


def roster_folder(out: Path, number: int) -> Path:
    """Where the plan of a scenario lies, by its number in the file; 0 is the base."""
    return out / f"{number}-roster"


def _forget(out: Path) -> None:
    """Take away the plans of an earlier comparison, which would be taken for this one's."""
    if (out / "whatif.json").exists():
        for folder in out.glob("*-roster"):
            if folder.name.removesuffix("-roster").isdecimal():
                shutil.rmtree(folder)


def _outcomes(
    centre: Centre, forecast: Forecast, tasks: list[Task], terms: Terms, *, workers: int, tell: Tell, stop: Stop
) -> Iterator[tuple[int, Outcome]]:
    """What each task came to, by its number and as it ends; after `stop` only what is under way."""
    for number, task in enumerate(tasks):
        if not task.roster and not stop():
            yield number, evaluate(centre, forecast, task, terms)
    rostered = [number for number, task in enumerate(tasks) if task.roster]
    if not rostered or stop():
        return
    if not compiled():
        tell("compile", "compiling the inner loops, once for this installation: about a minute")
        warm_up()
    # Few, and each wants the whole machine; the many points of a sweep get a core each.
    for number in (number for number in rostered if not tasks[number].settings):
        if not stop():
            tell("roster", f"rostering {tasks[number].label}")
            yield number, evaluate(centre, forecast, tasks[number], terms, workers=workers, stop=stop)
    points = [number for number in rostered if tasks[number].settings]
    if points and not stop():
        yield from _side_by_side(centre, forecast, {n: tasks[n] for n in points}, terms, workers=workers, stop=stop)


def _side_by_side(
    centre: Centre, forecast: Forecast, tasks: Mapping[int, Task], terms: Terms, *, workers: int, stop: Stop
) -> Iterator[tuple[int, Outcome]]:
    # Processes that begin anew: this one has threads, and a fork of those may hang.
    context = multiprocessing.get_context("spawn")
    ending = context.Event()
    state = (centre, forecast, terms, ending)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=state) as pool:
        waiting = {pool.submit(_evaluate, task): number for number, task in tasks.items()}
        while waiting:
            done, _ = wait(waiting, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
            if stop():
                ending.set()
                waiting = {future: number for future, number in waiting.items() if not future.cancel()}
            yield from _ended(done, waiting)


def _ended(
    done: set[Future[Outcome | None]], waiting: dict[Future[Outcome | None], int]
) -> Iterator[tuple[int, Outcome]]:
    for future in done:
        number = waiting.pop(future, None)
        outcome = None if number is None else future.result()
        if number is not None and outcome is not None:
            yield number, outcome


_state: tuple[Centre, Forecast, Terms, Event] | None = None  # of a process that rosters


def _begin(centre: Centre, forecast: Forecast, terms: Terms, ending: Event) -> None:
    global _state
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process: the first one ends the others
    _state = centre, forecast, terms, ending


def _evaluate(task: Task) -> Outcome | None:
    assert _state is not None
    centre, forecast, terms, ending = _state
    return None if ending.is_set() else evaluate(centre, forecast, task, terms, stop=ending.is_set)


def evaluate(
    centre: Centre, forecast: Forecast, task: Task, terms: Terms, *, workers: int = 1, stop: Stop = never
) -> Outcome:
    """The figures of one task, its plan's files written where it has a folder."""
    begun = time.monotonic()
    of, load = apply(centre, forecast, task.layers, seed=terms.seed)
    needed = require(of, load)
    figures = dict(_demand(of, load, needed))
    status, weeks = None, None
    if task.roster:
        solving = time.monotonic()
        result = solve(
            Problem(centre=of, week=load.week, required=needed.rostered),
            time_limit=terms.time_limit,
            seed=terms.seed,
            workers=workers,
            stop=stop,
        )
        seconds: dict[str, Json] = {"roster": round(time.monotonic() - solving, 2)}
        judged = judge(of, load, needed, result, seed=terms.seed)
        status = str(judged.summary["status"])
        if task.folder is not None:
            export(of, load, needed, result, judged, task.folder)
            seconds["total"] = round(time.monotonic() - begun, 2)
            write_summary(judged.summary | {"seconds": seconds, "peak_memory_mb": memory_mb()}, task.folder)
        if result.shifts is not None:
            figures |= _rostered(of, load, needed, result, judged.summary, judged.cost)
            weeks = _simulated(of, load, result.shifts, task, terms, workers=workers, stop=stop)
            figures |= {} if weeks is None else weeks.figures
    return Outcome(figures=figures, simulated=weeks, status=status, seconds=time.monotonic() - begun)


def _simulated(
    of: Centre, load: Forecast, shifts: Sequence[Shift], task: Task, terms: Terms, *, workers: int, stop: Stop
) -> Simulated | None:
    if not terms.runs or not of.queues:
        return None
    at_work = [*reaching_into(of, load.week), *shifts]
    found = replay(of, load, at_work, replications=terms.runs, seed=terms.seed, workers=workers, stop=stop)
    if task.folder is not None:
        write_replay(found, task.folder, centre=of.name)
    return simulated(found)


def _demand(centre: Centre, forecast: Forecast, needed: Requirement) -> Figures:
    week = needed.week
    everybody = needed.rostered.sum(axis=0)
    agents = [a for a in centre.agents.values() if any(a.employed_on(week.date_of(day)) for day in range(7))]
    return {
        **_by_queue("contacts", needed.queues, forecast.offered.sum(axis=1)),
        **_by_queue("required_hours", needed.queues, needed.rostered.sum(axis=1) * week.interval_minutes / 60),
        ("peak_agents", ALL_QUEUES): float(everybody.max(initial=0.0)),
        **{
            ("peak_agents", queue): float(row.max(initial=0.0))
            for queue, row in zip(needed.queues, needed.rostered, strict=True)
        },
        ("seats", ALL_QUEUES): centre.seats,
        ("agents", ALL_QUEUES): len(agents),
    }


def _by_queue(measure: str, queues: Sequence[str], values: Floats) -> Figures:
    """The sum, then each queue's."""
    by_queue = {(measure, queue): float(value) for queue, value in zip(queues, values, strict=True)}
    return {(measure, ALL_QUEUES): float(values.sum()), **by_queue}


def _rostered(
    centre: Centre, forecast: Forecast, needed: Requirement, result: Result, summary: dict[str, Json], cost: Cost
) -> Figures:
    week, queues = needed.week, needed.queues
    hours = week.interval_minutes / 60
    short = (needed.rostered - cost.staffed).clip(min=0).sum(axis=1) * hours
    surplus = (cost.staffed - needed.rostered).clip(min=0).sum(axis=1) * hours
    paid = total(pay(centre, week, result.shifts or ()))
    levels = service(centre, forecast, cost.staffed)
    counted = ("rostered", "peak_seats", "cost", "bound", "gap_hours", "violations")
    return {
        **{(name, ALL_QUEUES): float(str(summary[name])) for name in counted},
        **_by_queue("short_hours", queues, short),
        **_by_queue("surplus_hours", queues, surplus),
        ("service_erlang", ALL_QUEUES): _percent(together(levels, forecast)),
        **{("service_erlang", queue): _percent(level) for queue, level in levels.items()},
        ("paid_hours", ALL_QUEUES): paid.hours,
        ("overtime_hours", ALL_QUEUES): paid.overtime_hours,
        ("money", ALL_QUEUES): paid.money,
    }


def _percent(level: float | None) -> float | None:
    return None if level is None else 100 * level


def _comparison(
    centre: Centre, asked: Scenarios, tasks: list[Task], outcomes: dict[int, Outcome], terms: Terms, *, seconds: float
) -> Comparison:
    size = 1 + len(asked.scenarios)
    plain = {tasks[number].name: outcomes[number] for number in range(size) if number in outcomes}
    points = [
        (task.name, task.settings, outcomes[number].figures, _sure(outcomes[number]))
        for number, task in enumerate(tasks)
        if number >= size and number in outcomes
    ]
    told: list[Json] = [
        {
            "name": name,
            "reason": scenario.reason if scenario else "",
            "changes": [*words(scenario)] if scenario else [],
            "status": plain[name].status if name in plain else "not finished",
            "folder": tasks[number].folder.name if tasks[number].folder and name in plain else None,  # type: ignore[union-attr]
            "seconds": round(plain[name].seconds, 2) if name in plain else None,
        }
        for number, (name, scenario) in enumerate([(BASE, None), *((one.name, one) for one in asked.scenarios)])
    ]
    summary: dict[str, Json] = {
        "centre": centre.name,
        "currency": centre.currency,
        "week": asked.week.monday.isoformat(),
        "time_limit": terms.time_limit if any(task.roster for task in tasks) else None,
        "runs": terms.runs if any(task.roster for task in tasks) else None,
        "seed": terms.seed,
        "scenarios": told,
        "sweeps": [_told(sweep, tasks[size:], points) for sweep in asked.sweeps],
        "legal": all(outcome.legal for outcome in outcomes.values()),
        "finished": len(outcomes) == len(tasks),
        "caveats": [*caveats({name: outcome.figures for name, outcome in plain.items()})],
        "inputs_sha256": centre.inputs_sha256,
        "versions": versions(),
        "seconds": round(seconds, 2),
    }
    return Comparison(
        table=compared(
            {name: outcome.figures for name, outcome in plain.items()},
            sure={name: _sure(outcome) for name, outcome in plain.items()},
            differences={name: _differences(outcome, plain.get(BASE)) for name, outcome in plain.items()},
        ),
        sweeps=swept(points),
        summary=summary,
    )


def _sure(outcome: Outcome) -> Intervals:
    return outcome.simulated.sure if outcome.simulated else {}


def _differences(outcome: Outcome, base: Outcome | None) -> Intervals:
    """How sure the differences from the base are."""
    if base is None or outcome is base or outcome.simulated is None or base.simulated is None:
        return {}
    return outcome.simulated.from_base(base.simulated)


def caveats(found: Mapping[str, Figures]) -> Iterator[str]:
    """Where searches have left more open than what the rosters differ by."""
    base = found.get(BASE, {})
    for name, figures in found.items():
        cost, other = figures.get(("cost", ALL_QUEUES)), base.get(("cost", ALL_QUEUES))
        gaps = [of.get(("gap_hours", ALL_QUEUES)) or 0.0 for of in (base, figures)]
        if name != BASE and cost is not None and other is not None and abs(cost - other) / 60 < max(gaps) - VISIBLE:
            yield (
                f"{name}: the rosters' costs differ by {abs(cost - other) / 60:,.1f} h, and the searches left "
                f"{gaps[0]:,.1f} h (base) and {gaps[1]:,.1f} h open: give them more time"
            )


def _told(sweep: Sweep, tasks: list[Task], points: Sequence[Swept]) -> Json:
    return {
        "name": sweep.name,
        "on": sweep.on or BASE,
        "factors": [factor.label for factor in sweep.factors],
        "roster": sweep.roster,
        "points": sum(task.name == sweep.name for task in tasks),
        "finished": sum(name == sweep.name for name, *_ in points),
    }


def comparison_text(found: Comparison, out: Path) -> str:
    """The comparison of all queues together as a planner reads it, and the curves of sweeps."""
    lines = [f"{found.summary['centre']}, week of {found.summary['week']}; of a scenario what differs from the base"]
    whole = found.table[found.table["queue"] == ALL_QUEUES]
    whole = whole[(whole["scenario"] == BASE) | (whole["difference"].abs() >= VISIBLE) | whole["difference"].isna()]
    for one in found.summary["scenarios"]:
        status = f": {one['status']}" if one["status"] else ""
        lines.append(f"{one['name']}{status}" + (f" ({'; '.join(one['changes'])})" if one["changes"] else ""))
        lines += [_line(row) for row in whole[whole["scenario"] == one["name"]].to_dict("records")]
    for sweep in found.summary["sweeps"]:
        lines.append(f"sweep {sweep['name']}: {sweep['finished']} of {sweep['points']} points")
        rows = found.sweeps[(found.sweeps["sweep"] == sweep["name"]) & (found.sweeps["queue"] == ALL_QUEUES)]
        lines += [_point_line(point) for point in _points(rows)]
    if found.summary["runs"]:
        lines.append(
            f"service, p_target, abandoned and occupancy are of {found.summary['runs']} simulated weeks; "
            "what stands in brackets holds the figure or the difference with 95%"
        )
    lines += [f"caveat: {caveat}" for caveat in found.summary["caveats"]]
    return "\n".join([*lines, f"files in {out}"])


def _line(row: Mapping[Hashable, Any]) -> str:
    value, difference, percent = row["value"], row["difference"], row["difference_percent"]
    line = f"  {row['measure']:<16} {'-' if isnan(value) else f'{value:,.1f}':>12}"
    if isnan(difference) or row["scenario"] == BASE:
        return line + ("" if isnan(row["low"]) else f"  ({row['low']:,.1f} to {row['high']:,.1f})")
    line += f"  {difference:>+12,.1f}" + ("" if isnan(percent) else f"  {percent:+.1f}%")
    low, high = row["difference_low"], row["difference_high"]
    return line + ("" if isnan(low) else f"  ({low:+,.1f} to {high:+,.1f})")


def _points(rows: DataFrame) -> Iterator[DataFrame]:
    yield from (point for _, point in rows.groupby(["setting", "second_setting"], sort=False, dropna=False))


def _point_line(point: DataFrame) -> str:
    first = point.iloc[0]
    setting = f"{first['factor']} {first['setting']:g}"
    setting += f", {first['second_factor']} {first['second_setting']:g}" if first["second_factor"] else ""
    values = dict(zip(point["measure"], point["value"], strict=True))
    told = {
        "required_hours": "h required",
        "peak_agents": "agents at the peak",
        "short_hours": "h short",
        "cost": "cost",
        "service": "% in time",
    }
    return f"  {setting}: " + ", ".join(f"{values[name]:,.1f} {text}" for name, text in told.items() if name in values)
