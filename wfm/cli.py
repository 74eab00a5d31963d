"""The command line: every use-case a command, exit codes as docs/formats.md has them."""

import gc
import math
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: small matrices on many threads are many times slower

import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from pandas import DataFrame

from wfm.centre import Centre
from wfm.check import check, violations_table
from wfm.clock import parse_wall
from wfm.demand import BeyondLevels
from wfm.exchange import agent_calendar, agent_csv, agent_workbook, read_plan, summary_json
from wfm.exchange.output import Json
from wfm.faults import FaultyInput
from wfm.plan import demand_known, forecast_week, plan_week, replan_week, require_week
from wfm.progress import Progress, Report, silent
from wfm.reading import read_centre, read_roster
from wfm.requirement import explain, moved_by_replay
from wfm.roster import shifts_of
from wfm.versions import Accuracy, compare_versions, compare_with_actual, list_versions

NO, USAGE, FAULTY, INTERRUPTED = 1, 2, 3, 130
# A centre is millions of tuples that stay: looking for cycles among them took a tenth of the time.
GARBAGE = (200_000, 50, 100)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Workforce management for contact centres: forecast, requirement, proven rosters of named agents.",
)


def _monday(text: str) -> date:
    try:
        value = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"a Monday such as 2026-11-30 is expected, got {text!r}") from None
    if value.weekday() != 0:
        earlier = value - timedelta(days=value.weekday())
        raise typer.BadParameter(f"a week is named by its Monday; {text} is a {value:%A}, its week's is {earlier}")
    return value


CentreFolder = Annotated[
    Path, typer.Argument(exists=True, file_okay=False, metavar="CENTRE", help="the centre's folder")
]
PlanFolder = Annotated[Path, typer.Argument(exists=True, file_okay=False, metavar="OUT", help="a plan's folder")]
WeekOption = Annotated[date, typer.Option("--week", parser=_monday, metavar="MONDAY", help="the week, by its Monday")]
OutOption = Annotated[Path, typer.Option("--out", file_okay=False, help="the folder to write to")]
TimeLimit = Annotated[float, typer.Option("--time-limit", min=0.1, help="seconds of the roster step")]
WorkLimit = Annotated[
    float | None, typer.Option("--work-limit", min=0.01, help="deterministic work of the roster step (about seconds)")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="seed of everything random")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="processor cores to use")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="print nothing but errors")]
AsJson = Annotated[bool, typer.Option("--json", help="print plan.json's content")]


@app.command()
def plan(
    centre: CentreFolder,
    week: WeekOption,
    out: OutOption,
    time_limit: TimeLimit = 60.0,
    work_limit: WorkLimit = None,
    seed: Seed = 1,
    workers: Workers = 2,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Forecast, require, roster, check and export a week."""
    _plan(centre, week, out, time_limit, work_limit, seed, workers, quiet, as_json, reuse=False)


@app.command()
def roster(
    centre: CentreFolder,
    week: WeekOption,
    out: OutOption,
    time_limit: TimeLimit = 60.0,
    work_limit: WorkLimit = None,
    seed: Seed = 1,
    workers: Workers = 2,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Roster a week for the forecast and requirement that stand in OUT (made anew where they do not)."""
    _plan(centre, week, out, time_limit, work_limit, seed, workers, quiet, as_json, reuse=True)


def _plan(
    centre: Path,
    week: date,
    out: Path,
    time_limit: float,
    work_limit: float | None,
    seed: int,
    workers: int,
    quiet: bool,
    as_json: bool,
    *,
    reuse: bool,
) -> None:
    with _interruptible() as interrupted:
        summary = plan_week(
            centre,
            week,
            out,
            time_limit=time_limit,
            work_limit=work_limit,
            seed=seed,
            workers=workers,
            reuse=reuse,
            report=silent if quiet else _to_stderr(),
            stop=interrupted.is_set,
        )
    _tell(summary, out, quiet=quiet, as_json=as_json, interrupted=interrupted.is_set())


def _tell(summary: dict[str, Json], out: Path, *, quiet: bool, as_json: bool, interrupted: bool) -> None:
    """Say what a plan came to and end with its exit code."""
    if as_json:
        typer.echo(summary_json(summary).decode(), nl=False)
    elif not quiet:
        typer.echo(_summary_text(summary, out))
    for clash in summary["clashes"]:  # type: ignore[union-attr]
        typer.echo(f"clash: {clash['rule']} {clash['agent']} {clash['date']}".rstrip(), err=True)  # type: ignore[call-overload,index]
    if summary["status"] == "undecided":
        typer.echo("no legal roster was found in time: give it longer with --time-limit", err=True)
    if interrupted:
        kept = "none was found" if summary["status"] == "undecided" else f"the best legal roster so far is in {out}"
        typer.echo(f"interrupted: {kept}", err=True)
        raise typer.Exit(INTERRUPTED)
    if summary["status"] in ("infeasible", "undecided") or summary["violations"]:
        raise typer.Exit(NO)


@app.command()
def replan(
    centre: CentreFolder,
    plan_folder: PlanFolder,
    now: Annotated[str, typer.Option("--now", metavar="TIME", help="wall time; what lies before it stays")],
    out: OutOption,
    absence: Annotated[
        list[str] | None, typer.Option("--absence", metavar="AGENT=DATE", help="known only now; may be given again")
    ] = None,
    time_limit: TimeLimit = 20.0,
    seed: Seed = 1,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Replan a week under way: what has begun stays, few shifts change."""
    read = read_centre(centre, history=not demand_known(plan_folder))
    moment = _moment(now, read)
    absences = [_absence(text) for text in absence or ()]
    for agent, _ in absences:
        if agent not in read.agents:
            raise typer.BadParameter(f"{agent!r} is not in agents.csv", param_hint="--absence")
    with _interruptible() as interrupted:
        try:
            summary = replan_week(
                read,
                plan_folder,
                out,
                folder=centre,
                now=moment,
                absences=absences,
                time_limit=time_limit,
                seed=seed,
                report=silent if quiet else _to_stderr(),
                stop=interrupted.is_set,
            )
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
    _tell(summary, out, quiet=quiet, as_json=as_json, interrupted=interrupted.is_set())


@app.command(name="explain")
def explain_roster(centre: CentreFolder, plan_folder: PlanFolder) -> None:
    """Why periods are short, what more would save, what refused requests would cost, what clashes."""
    from wfm.explaining import explain_plan, explanation_text

    try:
        told = explain_plan(centre, plan_folder)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="OUT") from None
    typer.echo(explanation_text(told))


@app.command()
def replay(
    centre: CentreFolder,
    plan_folder: PlanFolder,
    replications: Annotated[int, typer.Option("--replications", min=1, help="weeks to simulate")] = 20,
    seed: Seed = 1,
    workers: Workers = 2,
    quiet: Quiet = False,
) -> None:
    """Simulate every contact of the week against the roster in OUT: writes replay.csv, replay_intervals.csv, replay.xlsx."""
    from wfm.replaying import replay_plan, replay_text

    with _interruptible() as interrupted:
        try:
            found = replay_plan(
                centre,
                plan_folder,
                replications=replications,
                seed=seed,
                workers=workers,
                report=silent if quiet else _to_stderr(),
                stop=interrupted.is_set,
            )
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="OUT") from None
    if not quiet:
        typer.echo(replay_text(found))
    if interrupted.is_set():
        raise typer.Exit(INTERRUPTED)


def _moment(text: str, centre: Centre) -> datetime:
    try:
        return parse_wall(text, centre.timezone)
    except ValueError as error:
        raise typer.BadParameter(f"{error} is expected, got {text!r}", param_hint="--now") from None


def _absence(text: str) -> tuple[str, date]:
    agent, separator, day = text.rpartition("=")
    try:
        if not separator or not agent:
            raise ValueError
        return agent, date.fromisoformat(day)
    except ValueError:
        raise typer.BadParameter(
            f"an agent and a date such as A0001=2026-12-02 is expected, got {text!r}", param_hint="--absence"
        ) from None


@app.command()
def forecast(
    centre: CentreFolder,
    week: WeekOption,
    out: OutOption,
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="wall time within the week: tell the rest of it anew")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Forecast contacts and handling time of a week: writes forecast.csv."""
    read = read_centre(centre)
    moment = None if now is None else _moment(now, read)
    if moment is not None and not read.week(week).holds(moment):
        raise typer.BadParameter(f"a moment of the week of {week} is expected, got {now!r}", param_hint="--now")
    found = forecast_week(read, week, out, folder=centre, now=moment)
    if not quiet:
        model = found.offered if found.offered_model is None else found.offered_model
        for queue, total, before in zip(found.queues, found.offered.sum(axis=1), model.sum(axis=1), strict=True):
            alone = "" if total == before else f" (the model alone: {before:,.0f})"
            typer.echo(f"{queue}: {total:,.0f} contacts{alone}, by {found.method[queue]}")
        for caveat in found.caveats:
            typer.echo(f"caveat: {caveat}")


@app.command()
def forecasts(
    out: PlanFolder,
    compare: Annotated[
        tuple[int, int] | None, typer.Option("--compare", metavar="OLD NEW", help="two versions, by their numbers")
    ] = None,
    actual: Annotated[
        Path | None,
        typer.Option("--actual", exists=True, file_okay=False, metavar="CENTRE", help="compare with its history.csv"),
    ] = None,
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", help="with --actual: this one, not the newest")
    ] = None,
) -> None:
    """Versions of the forecasts made in OUT: listed, compared with each other or with what came."""
    if compare and actual:
        raise typer.BadParameter("either --compare or --actual is expected, got both")
    if version is not None and actual is None:
        raise typer.BadParameter("it goes with --actual", param_hint="--version")
    try:
        if compare:
            old, new = compare
            typer.echo(_table_text(compare_versions(out, old=old, new=new)))
        elif actual:
            typer.echo(_accuracy_text(compare_with_actual(out, actual, number=version)))
        else:
            listed = list_versions(out)
            typer.echo(f"no forecast has been made in {out}" if listed.empty else _table_text(listed))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _accuracy_text(found: Accuracy) -> str:
    version = found.version
    lines = [
        f"version {version.id} of {version.centre.name}, week of {version.week}, against history.csv",
        _table_text(found.table),
    ]
    lines += [
        f"{queue}: " + ("history has no contacts yet" if wape is None else f"WAPE by interval {wape:.4f}")
        for queue, wape in found.wape.items()
    ]
    return "\n".join(lines)


def _table_text(table: DataFrame) -> str:
    """A table of contacts and percentages as text; what is not there is a dash."""
    shown = table.astype(object).where(table.notna(), "-")
    for name in table.select_dtypes("float"):
        form = "{:+,.1f}" if str(name).endswith("_percent") else "{:,.1f}"
        shown[name] = [value if value == "-" else form.format(value) for value in shown[name]]
    return shown.to_string(index=False)


@app.command()
def require(
    centre: CentreFolder,
    week: WeekOption,
    out: OutOption,
    explain_one: Annotated[
        tuple[str, str] | None,
        typer.Option("--explain", metavar="START QUEUE", help="unfold one number to its inputs"),
    ] = None,
    quantile: Annotated[
        float | None,
        typer.Option("--quantile", min=0.025, max=0.975, help="staff for contacts not exceeded with this chance"),
    ] = None,
    replayed: Annotated[
        bool, typer.Option("--replayed", help="correct Erlang's numbers until a simulated week meets the targets")
    ] = False,
    seed: Seed = 1,
    workers: Workers = 2,
    quiet: Quiet = False,
) -> None:
    """Agents required by interval: writes requirement.csv, from the forecast in OUT where there is one."""
    with _interruptible() as interrupted:
        try:
            read, found, needed, corrections = require_week(
                centre,
                week,
                out,
                quantile=quantile,
                replayed=replayed,
                seed=seed,
                workers=workers,
                report=silent if quiet else _to_stderr(),
                stop=interrupted.is_set,
            )
        except BeyondLevels as error:
            raise typer.BadParameter(str(error), param_hint="--quantile") from None
    if explain_one:
        start, queue = explain_one
        try:
            told = explain(read, found, queue=queue, start=parse_wall(start, read.timezone))
            typer.echo(str(moved_by_replay(told, needed) if corrections else told))
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--explain") from None
    elif not quiet:
        hours = needed.rostered.sum(axis=1) * needed.week.interval_minutes / 60
        for queue, total in zip(needed.queues, hours, strict=True):
            typer.echo(f"{queue}: {total:,.1f} agent-hours to roster")
        for one in corrections:
            if math.isnan(one.service_level):  # no contact comes
                continue
            held = f"; held there by {one.held_by}" if one.held_by else ""
            typer.echo(
                f"{one.queue}: Erlang's {one.erlang_hours:,.1f} h at work would serve {one.erlang_service_level:.1%} "
                f"in time, {one.hours:,.1f} h serve {one.service_level:.1%} (target {one.target:.1%}{held})"
            )
    if interrupted.is_set():
        raise typer.Exit(INTERRUPTED)


@app.command(name="check")
def check_roster(
    centre: CentreFolder,
    roster_file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="ROSTER.csv")],
    week: Annotated[date | None, typer.Option("--week", parser=_monday, metavar="MONDAY")] = None,
    quiet: Quiet = False,
) -> None:
    """Judge a roster by every rule, without the solver: prints violations.csv."""
    read = read_centre(centre)
    table = read_roster(roster_file, read.timezone)
    if week is None and table.empty:
        raise typer.BadParameter("the roster is empty: name its week", param_hint="--week")
    first = week or min(table["date"])
    judged = read.week(first - timedelta(days=first.weekday()))
    found = check(read, judged, shifts_of(table, judged))
    if not quiet:
        typer.echo(violations_table(found).to_csv(index=False, lineterminator="\n"), nl=False)
    if found:
        raise typer.Exit(NO)


class Format(StrEnum):
    """What one agent's shifts can be written as."""

    xlsx = "xlsx"
    ics = "ics"
    csv = "csv"


@app.command()
def export(
    centre: CentreFolder,
    out: PlanFolder,
    agent: Annotated[str, typer.Option("--agent", help="the agent's id")],
    file_format: Annotated[Format, typer.Option("--format")] = Format.xlsx,
    to: Annotated[
        Path | None, typer.Option("--to", help="the file to write; default: in OUT, named by the agent")
    ] = None,
) -> None:
    """Write one agent's shifts as Excel, calendar or CSV."""
    read = read_centre(centre)
    if agent not in read.agents:
        raise typer.BadParameter(f"{agent!r} is not in agents.csv", param_hint="--agent")
    kept = read_plan(out, timezone=read.timezone, demand=False)
    if kept.summary is None or kept.roster is None:
        raise typer.BadParameter(f"there is no planned roster in {out}", param_hint="OUT")
    week = read.week(date.fromisoformat(str(kept.summary["week"])))
    shifts = [shift for shift in shifts_of(kept.roster, week) if shift.agent == agent]
    write = {Format.xlsx: agent_workbook, Format.ics: agent_calendar, Format.csv: agent_csv}[file_format]
    place = to or out / f"{_file_name(agent)}.{file_format}"
    place.write_bytes(write(read, week, agent, shifts))
    typer.echo(str(place))


@app.command()
def validate(centre: CentreFolder, quiet: Quiet = False) -> None:
    """Read every input file and tell all faults."""
    read = read_centre(centre)
    if not quiet:
        typer.echo(
            f"{read.name}: {len(read.queues)} queues, {len(read.agents):,} agents, {len(read.contracts)} contracts, "
            f"{len(read.history):,} rows of history; no faults"
        )


@app.command()
def backtest(
    centre: CentreFolder,
    out: OutOption,
    weeks: Annotated[int, typer.Option("--weeks", min=1)] = 8,
    quiet: Quiet = False,
) -> None:
    """Accuracy of the forecast against the averages that planners use, by queue, week and date: writes backtest*.csv."""
    from wfm.backtesting import backtest_centre, backtest_text

    found = backtest_centre(centre, out, weeks=weeks, report=silent if quiet else _to_stderr())
    if found is not None and not quiet:
        typer.echo(backtest_text(found))


@app.command()
def capacity(
    centre: CentreFolder,
    out: OutOption,
    months: Annotated[float, typer.Option("--months", min=1, max=60, help="how far ahead")] = 18.0,
    week: Annotated[
        date | None,
        typer.Option(
            "--week", parser=_monday, metavar="MONDAY", help="the first week; default: after the history's end"
        ),
    ] = None,
    hires: Annotated[
        Path | None,
        typer.Option("--hires", exists=True, dir_okay=False, metavar="HIRING.csv", help="hires decided: reckon these"),
    ] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", min=0.1, help="seconds of the choice of classes")] = 60.0,
    seed: Seed = 1,
    workers: Workers = 2,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="print capacity.json's content")] = False,
) -> None:
    """People for months ahead: headcount, supply and demand by week, whom to hire when: writes capacity.csv and others."""
    from wfm.capacity_plan import capacity_text, plan_capacity

    with _interruptible() as interrupted:
        summary = plan_capacity(
            centre,
            out,
            months=months,
            monday=week,
            hires=hires,
            time_limit=time_limit,
            seed=seed,
            workers=workers,
            report=silent if quiet else _to_stderr(),
            stop=interrupted.is_set,
        )
    if as_json:
        typer.echo(summary_json(summary).decode(), nl=False)
    elif not quiet:
        typer.echo(capacity_text(summary, out))
    for text in summary["broken"]:  # type: ignore[union-attr]
        typer.echo(f"limit not kept: {text}", err=True)
    if interrupted.is_set():
        typer.echo(f"interrupted: the best plan so far is in {out}", err=True)
        raise typer.Exit(INTERRUPTED)
    if summary["broken"]:
        raise typer.Exit(NO)


@app.command()
def whatif(
    centre: CentreFolder,
    scenario: Annotated[
        Path,
        typer.Option("--scenario", exists=True, dir_okay=False, metavar="FILE", help="scenarios and sweeps (TOML)"),
    ],
    out: OutOption,
    week: Annotated[
        date | None, typer.Option("--week", parser=_monday, metavar="MONDAY", help="default: the file's")
    ] = None,
    with_roster: Annotated[bool, typer.Option("--roster/--no-roster", help="roster the base and each scenario")] = True,
    time_limit: TimeLimit = 30.0,
    runs: Annotated[int, typer.Option("--runs", min=0, help="weeks to simulate for each roster; 0: none")] = 10,
    seed: Seed = 1,
    workers: Workers = 2,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Scenarios beside the base, and sweeps over one or two factors: writes whatif.csv, sweep.csv, whatif.xlsx."""
    from wfm.whatif import comparison_text, what_if

    with _interruptible() as interrupted:
        found = what_if(
            centre,
            scenario,
            out,
            week=week,
            roster=with_roster,
            time_limit=time_limit,
            runs=runs,
            seed=seed,
            workers=workers,
            report=silent if quiet else _to_stderr(),
            stop=interrupted.is_set,
        )
    if as_json:
        typer.echo(summary_json(found.summary).decode(), nl=False)
    elif not quiet:
        typer.echo(comparison_text(found, out))
    if interrupted.is_set():
        typer.echo(f"interrupted: what was finished is in {out}", err=True)
        raise typer.Exit(INTERRUPTED)
    if not found.summary["legal"]:
        raise typer.Exit(NO)


@app.command()
def serve(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8501,
    centre: Annotated[Path, typer.Option("--centre", help="the centre's folder")] = Path("sample_data/guangzhou_10000"),
    out: Annotated[Path, typer.Option("--out", help="the folder of its plan")] = Path("out/guangzhou_10000"),
) -> None:
    """Serve the app on this machine."""
    from ui.serve import serve as serve_app

    raise typer.Exit(serve_app(centre=centre, out=out, port=port))


@app.command()
def warm() -> None:
    """Compile the inner loops once, so that the first plan does not wait for it."""
    from wfm.warming import warm_up

    warm_up()


def main() -> None:
    """Run the command line; faulty input ends with all its faults on stderr and exit code 3."""
    gc.set_threshold(*GARBAGE)
    try:
        app()
    except KeyboardInterrupt:
        typer.echo("interrupted; nothing was written", err=True)
        sys.exit(INTERRUPTED)
    except FaultyInput as faulty:
        typer.echo(str(faulty), err=True)
        number = len(faulty.faults)
        typer.echo(f"{number} fault{'' if number == 1 else 's'} in the input; nothing was written", err=True)
        sys.exit(FAULTY)
    finally:
        gc.freeze()  # the interpreter's own end would look for cycles among all of it


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """The first Ctrl-C asks the work to end with its best result, the second ends the process."""
    asked = threading.Event()

    def ask(_: int, __: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        typer.echo("stopping: the best so far will be kept (Ctrl-C again to drop it)", err=True)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def _to_stderr() -> Report:
    def report(progress: Progress) -> None:
        figures = "" if progress.cost is None else f"  cost {progress.cost:,.0f}"
        figures += "" if not progress.bound else f"  bound {progress.bound:,.0f}"
        typer.echo(f"{progress.seconds:7.1f} s  {progress.step:<11}  {progress.message}{figures}", err=True)

    return report


def _summary_text(summary: Mapping[str, object], out: Path) -> str:
    def hours(key: str) -> str:
        return f"{float(str(summary[key])):,.1f} h"

    def count(key: str) -> str:
        return f"{float(str(summary[key])):,.0f}"

    required = float(str(summary["required_hours"])) or 1.0
    share = 100 * float(str(summary["short_hours"])) / required
    owed, placed = int(str(summary["training_minutes_owed"])), int(str(summary["training_minutes_placed"]))
    lines = [
        f"{summary['centre']}, week of {summary['week']}: {summary['status']}",
        f"  rostered     {summary['rostered']:,} of {summary['agents']:,} agents; {summary['violations']} violations",
        f"  required     {hours('required_hours')}, short {hours('short_hours')} ({share:.2f}%), surplus {hours('surplus_hours')}",
        f"  seats        peak {summary['peak_seats']:,} of {summary['seats'] or 'any number'}",
        f"  training     {placed / 60:,.1f} of {owed / 60:,.1f} h owed placed",
        f"  requests     {summary['requests_met']} of {summary['requests']} met",
        f"  cost         {count('cost')} agent-minutes, proved bound {count('bound')} (gap {hours('gap_hours')})",
    ]
    if summary.get("changed_shifts"):
        lines.append(f"  changed      {summary['changed_shifts']} shifts of the published week")
    lines += [
        f"  short        {p['queue']} {p['start']} to {p['end']}: {p['short_hours']} h"
        for p in list(summary["short_periods"])[:5]  # type: ignore[call-overload]
    ]
    return "\n".join([*lines, f"  files        {out}"])


def _file_name(agent: str) -> str:
    """An agent's id as a file name: nothing in it can name another folder."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in agent)


if __name__ == "__main__":
    main()
