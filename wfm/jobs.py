"""Plans, backtests, replays and what else takes long, each in a process of its own: started, watched and stopped by rows.

A solve in a thread of the app would stall its server and die with the browser's session; a row and a process do not.
"""

import argparse
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from wfm.capacity import Hire
from wfm.faults import FaultyInput
from wfm.progress import Progress, Report, Stop
from wfm.store import ACTIVE, Job, JobKind, JobState, Store, open_store
from wfm.store.job import add_job, add_progress, beat, job_of, latest_job, move_job, note_process, progress_of

HEARTBEAT_SECONDS = 1.0
DEAD_AFTER_SECONDS = 30.0
PROGRESS_SECONDS = 0.5
STOP_SECONDS = 0.5
MODULE = "wfm.jobs"
LOG = logging.getLogger(__name__)


class Work(Protocol):
    """What a job does, in its own process; the summary that it returns is kept."""

    def __call__(self, job: Job, *, report: Report, stop: Stop) -> Mapping[str, object]: ...


def start_plan(
    store: Store, *, centre: Path, monday: date, out: Path, time_limit: float, seed: int, workers: int
) -> int:
    """Start planning a week in a process that outlives the caller; the job's number.

    A folder that a job is writing already keeps that job, whose number is returned.
    """
    given: dict[str, object] = {"time_limit": time_limit, "seed": seed, "workers": workers}
    return _start(store, JobKind.PLAN, centre=centre, monday=monday, out=out, given=given)


def start_backtest(store: Store, *, centre: Path, monday: date, out: Path, weeks: int) -> int:
    """Start trying the forecast on the `weeks` before a Monday, as a plan is started; the job's number."""
    return _start(store, JobKind.BACKTEST, centre=centre, monday=monday, out=out, given={"weeks": weeks})


def start_capacity(
    store: Store,
    *,
    centre: Path,
    monday: date,
    out: Path,
    months: float,
    time_limit: float = 60.0,
    hires: Sequence[Hire] | None = None,
) -> int:
    """Start planning people for months from a Monday on, or with `hires` reckoning these; the job's number."""
    rows = None if hires is None else [[hire.name, hire.start.isoformat(), hire.size] for hire in hires]
    given: dict[str, object] = {"months": months, "time_limit": time_limit, "hires": rows}
    return _start(store, JobKind.CAPACITY, centre=centre, monday=monday, out=out, given=given)


def start_replay(store: Store, *, centre: Path, monday: date, out: Path, replications: int, seed: int = 1) -> int:
    """Start simulating the roster in a folder so many times, as a plan is started; the job's number."""
    given: dict[str, object] = {"replications": replications, "seed": seed}
    return _start(store, JobKind.REPLAY, centre=centre, monday=monday, out=out, given=given)


def start_what_if(
    store: Store,
    *,
    centre: Path,
    monday: date,
    out: Path,
    scenarios: Path,
    roster: bool,
    time_limit: float,
    runs: int = 10,
    seed: int,
) -> int:
    """Start trying the scenarios of a file, as a plan is started; the job's number."""
    given: dict[str, object] = {
        "scenarios": str(scenarios.resolve()),
        "roster": roster,
        "time_limit": time_limit,
        "runs": runs,
        "seed": seed,
    }
    return _start(store, JobKind.WHAT_IF, centre=centre, monday=monday, out=out, given=given)


def latest(store: Store, *, out: Path, kind: JobKind | None = None) -> Job | None:
    """The job of a kind, or of any, started last for a folder, as it stands now; None before the first."""
    job = latest_job(store, out=out.resolve(), kind=kind)
    return None if job is None else _settled(store, job)


def progress(store: Store, job_id: int) -> list[Progress]:
    """What a job has reported so far, oldest first."""
    return progress_of(store, job_id)


def request_stop(store: Store, job_id: int) -> None:
    """Ask a job to end early; it keeps the best legal roster so far."""
    move_job(store, job_id, to=JobState.STOPPING, among=frozenset({JobState.QUEUED, JobState.RUNNING}))


def run_job(store: Store, job_id: int, *, work: Mapping[JobKind, Work]) -> JobState:
    """Do the work of a queued job's kind in this process, its row kept up to date; the state in which it ended."""
    note_process(store, job_id, pid=os.getpid())
    move_job(store, job_id, to=JobState.RUNNING, among=frozenset({JobState.QUEUED}), started=datetime.now(UTC))
    job = job_of(store, job_id)
    if not job.active:
        raise ValueError(f"job {job_id} is {job.state} already; only a queued job can be run")
    reporter = _Reporter(store, job_id)
    result, error = None, None
    with reporter:
        try:
            result = work[job.kind](job, report=reporter, stop=_StopAsked(store, job_id))
        except FaultyInput as faulty:
            error = f"The input is faulty:\n{faulty}"
        except Exception as failure:
            LOG.exception("job %d failed", job_id)
            error = f"{type(failure).__name__}: {failure}"
    return _finish(store, job_id, result=result, error=error)


def main(arguments: list[str] | None = None) -> int:
    """`python -m wfm.jobs run JOB_ID --database PATH`: the process of one job."""
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}")
    run = parser.add_subparsers(dest="command", required=True).add_parser("run", help="do the work of a queued job")
    run.add_argument("job_id", type=int)
    run.add_argument("--database", type=Path, required=True)
    given = parser.parse_args(arguments)
    store = open_store(given.database)
    asking = threading.Thread(target=request_stop, args=(store, given.job_id), daemon=True)
    signal.signal(signal.SIGTERM, lambda *_: asking.start())
    state = run_job(store, given.job_id, work=WORK)
    return 0 if state is not JobState.FAILED else 1


def _start(store: Store, kind: JobKind, *, centre: Path, monday: date, out: Path, given: dict[str, object]) -> int:
    latest(store, out=out)  # a job that died without a word must not hold the folder
    job, new = add_job(store, kind=kind, centre=centre.resolve(), week=monday, out=out.resolve(), parameters=given)
    if new:
        note_process(store, job.id, pid=_spawn(store, job.id))
    return job.id


def _plan(job: Job, *, report: Report, stop: Stop) -> Mapping[str, object]:
    # Imported here: the app's server imports this module too and needs no solver in memory.
    from wfm.plan import plan_week

    given = job.parameters
    return plan_week(
        job.centre,
        job.week,
        job.out,
        time_limit=float(str(given["time_limit"])),
        seed=int(str(given["seed"])),
        workers=int(str(given["workers"])),
        report=report,
        stop=stop,
    )


def _backtest(job: Job, *, report: Report, stop: Stop) -> Mapping[str, object]:
    from wfm.backtesting import backtest_centre  # here for the same reason

    weeks = int(str(job.parameters["weeks"]))
    found = backtest_centre(job.centre, job.out, weeks=weeks, report=report, stop=stop)
    return {"weeks": weeks, "written": found is not None}


def _capacity(job: Job, *, report: Report, stop: Stop) -> Mapping[str, object]:
    from wfm.capacity_plan import plan_capacity  # here for the same reason

    given = job.parameters
    rows = given["hires"]
    hires = (
        [Hire(name=str(name), start=date.fromisoformat(str(start)), size=int(size)) for name, start, size in rows]
        if isinstance(rows, list)
        else None
    )
    return plan_capacity(
        job.centre,
        job.out,
        months=float(str(given["months"])),
        monday=job.week,
        hires=hires,
        time_limit=float(str(given["time_limit"])),
        report=report,
        stop=stop,
    )


def _replay(job: Job, *, report: Report, stop: Stop) -> Mapping[str, object]:
    from wfm.replaying import replay_plan  # here for the same reason

    given = job.parameters
    found = replay_plan(
        job.centre,
        job.out,
        replications=int(str(given["replications"])),
        seed=int(str(given["seed"])),
        report=report,
        stop=stop,
    )
    return {"runs": found.runs}


def _what_if(job: Job, *, report: Report, stop: Stop) -> Mapping[str, object]:
    from wfm.whatif import what_if  # and again

    given = job.parameters
    found = what_if(
        job.centre,
        Path(str(given["scenarios"])),
        job.out,
        week=job.week,
        roster=bool(given["roster"]),
        time_limit=float(str(given["time_limit"])),
        runs=int(str(given["runs"])),
        seed=int(str(given["seed"])),
        report=report,
        stop=stop,
    )
    return {"finished": found.summary["finished"], "legal": found.summary["legal"]}


WORK: Mapping[JobKind, Work] = {
    JobKind.PLAN: _plan,
    JobKind.BACKTEST: _backtest,
    JobKind.CAPACITY: _capacity,
    JobKind.REPLAY: _replay,
    JobKind.WHAT_IF: _what_if,
}


def _finish(store: Store, job_id: int, *, result: Mapping[str, object] | None, error: str | None) -> JobState:
    summary = None if result is None else dict(result)
    stopping = job_of(store, job_id).state is JobState.STOPPING
    state = JobState.FAILED if error is not None else JobState.STOPPED if stopping else JobState.DONE
    move_job(store, job_id, to=state, among=ACTIVE, finished=datetime.now(UTC), result=summary, error=error)
    return state


def _spawn(store: Store, job_id: int) -> int:
    log = store.path.with_name(f"job-{job_id}.log").open("wb")
    with log:
        process = subprocess.Popen(
            [sys.executable, "-m", MODULE, "run", str(job_id), "--database", str(store.path)],
            # Threads of the linear algebra only get in each other's way in the many small fits of a forecast.
            env={"OMP_NUM_THREADS": "1", **os.environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # Waited for, or it would stay in the process table after its end and look alive.
    threading.Thread(target=process.wait, daemon=True).start()
    return process.pid


def _settled(store: Store, job: Job) -> Job:
    """The job, marked failed where its process has vanished."""
    if not job.active or _age(job) < DEAD_AFTER_SECONDS or _lives(job.pid):
        return job
    move_job(
        store,
        job.id,
        to=JobState.FAILED,
        among=ACTIVE,
        finished=datetime.now(UTC),
        error="the process ended without a word",
    )
    return job_of(store, job.id)


def _age(job: Job) -> float:
    return (datetime.now(UTC) - (job.heartbeat or job.created)).total_seconds()


def _lives(pid: int | None) -> bool:
    if pid is None:
        return False
    command = Path(f"/proc/{pid}/cmdline")
    if command.parent.parent.joinpath("self").exists():
        # More than that the number is taken: it may by now be another program's, or a process that awaits burial.
        try:
            return MODULE.encode() in command.read_bytes()
        except OSError:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class _Reporter:
    """Writes progress, at most twice a second but always the newest, and a heartbeat, from a thread of its own."""

    def __init__(self, store: Store, job_id: int) -> None:
        self._store = store
        self._job_id = job_id
        self._lock = threading.Lock()
        self._waiting: list[Progress] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __call__(self, progress: Progress) -> None:
        with self._lock:
            # Within half a second only the newest of a step counts.
            if self._waiting and self._waiting[-1].step == progress.step:
                self._waiting.pop()
            self._waiting.append(progress)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._write()

    def _run(self) -> None:
        beaten = 0.0
        while True:
            if time.monotonic() - beaten >= HEARTBEAT_SECONDS:
                beaten = time.monotonic()
                beat(self._store, self._job_id)
            self._write()
            if self._over.wait(PROGRESS_SECONDS):
                return

    def _write(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for progress in waiting:
            add_progress(self._store, self._job_id, progress)


class _StopAsked:
    """Whether somebody asked the job to stop, by the row or by a signal; the row is read twice a second."""

    def __init__(self, store: Store, job_id: int) -> None:
        self._store = store
        self._job_id = job_id
        self._asked = False
        self._read = 0.0

    def __call__(self) -> bool:
        if not self._asked and time.monotonic() - self._read >= STOP_SECONDS:
            self._read = time.monotonic()
            self._asked = job_of(self._store, self._job_id).state is JobState.STOPPING
        return self._asked


if __name__ == "__main__":
    sys.exit(main())
