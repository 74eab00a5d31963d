"""Jobs: a plan in its own process, watched through the store."""

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from sample_data.make import make
from wfm import jobs
from wfm.exchange import read_backtest
from wfm.faults import Fault, FaultyInput
from wfm.progress import Progress, Report, Stop
from wfm.store import Job, JobKind, JobState, Store, open_store
from wfm.store.job import job_of
from wfm.store.tables import JOB

MONDAY = date(2026, 11, 30)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "wfm.sqlite")


@pytest.fixture
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are queued, but nobody works on them."""
    monkeypatch.setattr(jobs, "_spawn", lambda store, job_id: _pid_of_an_ended_process())


def test_a_finished_plan_is_done_with_its_summary_and_its_progress(
    store: Store, tmp_path: Path, no_process: None
) -> None:
    def plan(job: Job, *, report: Report, **_: object) -> dict[str, object]:
        report(Progress(step="forecast", seconds=0.1, message="reading"))
        report(Progress(step="roster", seconds=1.0, message="solving", cost=120.0, bound=100.0))
        return {"week": job.week.isoformat(), "folder": job.centre.name, "seed": job.parameters["seed"]}

    job_id = _start(store, tmp_path)
    assert job_of(store, job_id).state is JobState.QUEUED
    assert jobs.run_job(store, job_id, work={JobKind.PLAN: plan}) is JobState.DONE
    job = jobs.latest(store, out=tmp_path / "out")
    assert job is not None and job.state is JobState.DONE and job.error is None
    assert job.result == {"week": "2026-11-30", "folder": "centre", "seed": 7}
    assert job.created <= job.started <= job.finished  # type: ignore[operator]
    assert [(p.step, p.cost, p.bound) for p in jobs.progress(store, job_id)] == [
        ("forecast", None, None),
        ("roster", 120.0, 100.0),
    ]


def test_faulty_input_fails_the_job_and_tells_every_fault(store: Store, tmp_path: Path, no_process: None) -> None:
    fault = Fault(file="agents.csv", row=3, column="hired_on", expected="a date", got="soon")

    def plan(*_: object, **__: object) -> dict[str, object]:
        raise FaultyInput([fault])

    job_id = _start(store, tmp_path)
    assert jobs.run_job(store, job_id, work={JobKind.PLAN: plan}) is JobState.FAILED
    assert str(fault) in str(job_of(store, job_id).error)


def test_an_error_in_the_plan_is_named_in_the_job(store: Store, tmp_path: Path, no_process: None) -> None:
    def plan(*_: object, **__: object) -> dict[str, object]:
        raise MemoryError("16 GB wanted")

    job_id = _start(store, tmp_path)
    assert jobs.run_job(store, job_id, work={JobKind.PLAN: plan}) is JobState.FAILED
    assert job_of(store, job_id).error == "MemoryError: 16 GB wanted"


def test_a_plan_asked_to_stop_stops_within_a_second_and_keeps_its_result(
    store: Store, tmp_path: Path, no_process: None
) -> None:
    def plan(*_: object, stop: Stop, **__: object) -> dict[str, object]:
        until = time.monotonic() + 20
        while not stop() and time.monotonic() < until:
            time.sleep(0.02)
        return {"status": "feasible"}

    job_id = _start(store, tmp_path)
    thread = threading.Thread(target=jobs.run_job, args=(store, job_id), kwargs={"work": {JobKind.PLAN: plan}})
    thread.start()
    time.sleep(0.3)
    jobs.request_stop(store, job_id)
    asked = time.monotonic()
    thread.join()
    assert time.monotonic() - asked < 2
    job = job_of(store, job_id)
    assert job.state is JobState.STOPPED and job.result == {"status": "feasible"}


def test_fast_progress_is_thinned_but_its_last_word_is_kept(store: Store, tmp_path: Path, no_process: None) -> None:
    def plan(*_: object, report: Report, **__: object) -> dict[str, object]:
        for i in range(1000):
            report(Progress(step="roster", seconds=i / 1000, message=f"round {i}"))
            time.sleep(0.001)
        return {}

    job_id = _start(store, tmp_path)
    jobs.run_job(store, job_id, work={JobKind.PLAN: plan})
    rows = jobs.progress(store, job_id)
    assert 1 <= len(rows) <= 6 and rows[-1].message == "round 999"


def test_a_folder_is_planned_by_one_job_at_a_time(store: Store, tmp_path: Path, no_process: None) -> None:
    first = _start(store, tmp_path)
    assert _start(store, tmp_path) == first
    assert _start(store, tmp_path, out="elsewhere") != first
    jobs.run_job(store, first, work={JobKind.PLAN: lambda *_, **__: {}})
    assert _start(store, tmp_path) != first


def test_a_job_whose_process_vanished_has_failed_and_frees_its_folder(
    store: Store, tmp_path: Path, no_process: None
) -> None:
    job_id = _start(store, tmp_path)
    assert _state(store, tmp_path) is JobState.QUEUED  # young: its process may be starting
    _last_seen(store, job_id, seconds_ago=31)
    assert _state(store, tmp_path) is JobState.FAILED
    assert job_of(store, job_id).error == "the process ended without a word"
    assert _start(store, tmp_path) != job_id


def test_a_silent_job_whose_process_lives_is_not_given_up(store: Store, tmp_path: Path, no_process: None) -> None:
    job_id = _start(store, tmp_path)
    # A process with the module's name in its command line, as a busy solver is.
    process = subprocess.Popen([sys.executable, "-c", "input()", jobs.MODULE], stdin=subprocess.PIPE)
    with process:
        _last_seen(store, job_id, seconds_ago=300, pid=process.pid)
        assert _state(store, tmp_path) is JobState.QUEUED
        process.communicate(b"\n")
    assert _state(store, tmp_path) is JobState.FAILED


def test_another_program_with_the_number_of_the_lost_process_is_not_mistaken_for_it(
    store: Store, tmp_path: Path, no_process: None
) -> None:
    job_id = _start(store, tmp_path)
    _last_seen(store, job_id, seconds_ago=31, pid=1)
    assert _state(store, tmp_path) is JobState.FAILED


def test_a_job_is_run_once(store: Store, tmp_path: Path, no_process: None) -> None:
    job_id = _start(store, tmp_path)
    jobs.run_job(store, job_id, work={JobKind.PLAN: lambda *_, **__: {}})
    with pytest.raises(ValueError, match="done already"):
        jobs.run_job(store, job_id, work={JobKind.PLAN: lambda *_, **__: {}})


def test_a_backtest_holds_the_folder_as_a_plan_does_and_is_told_apart(
    store: Store, tmp_path: Path, no_process: None
) -> None:
    plan = _start(store, tmp_path)
    jobs.run_job(store, plan, work={JobKind.PLAN: lambda *_, **__: {}})
    backtest = _start_backtest(store, tmp_path)
    assert backtest != plan and _start(store, tmp_path) == backtest
    assert [jobs.latest(store, out=tmp_path / "out", kind=kind).id for kind in (JobKind.PLAN, JobKind.BACKTEST)] == [
        plan,
        backtest,
    ]  # type: ignore[union-attr]


def test_the_job_of_a_backtest_writes_its_files_and_stopped_it_writes_none(
    store: Store, tmp_path: Path, no_process: None
) -> None:
    make("corner_shop", tmp_path / "centre")
    out = tmp_path / "out"
    stopped = _start_backtest(store, tmp_path)
    jobs.request_stop(store, stopped)
    assert jobs.run_job(store, stopped, work=jobs.WORK) is JobState.STOPPED
    assert read_backtest(out) is None
    done = _start_backtest(store, tmp_path)
    assert jobs.run_job(store, done, work=jobs.WORK) is JobState.DONE
    found = read_backtest(out)
    assert found is not None and len(found.days) == 12  # two weeks of six open days
    assert [(row.step, row.message) for row in jobs.progress(store, done)] == [("backtest", "shop")]


def _start_backtest(store: Store, tmp_path: Path) -> int:
    return jobs.start_backtest(store, centre=tmp_path / "centre", monday=MONDAY, out=tmp_path / "out", weeks=2)


def _start(store: Store, tmp_path: Path, *, out: str = "out") -> int:
    return jobs.start_plan(
        store, centre=tmp_path / "centre", monday=MONDAY, out=tmp_path / out, time_limit=5, seed=7, workers=1
    )


def _state(store: Store, tmp_path: Path) -> JobState:
    job = jobs.latest(store, out=tmp_path / "out")
    assert job is not None
    return job.state


def _last_seen(store: Store, job_id: int, *, seconds_ago: float, pid: int | None = None) -> None:
    values: dict[str, object] = {"heartbeat": datetime.now(UTC) - timedelta(seconds=seconds_ago)}
    if pid is not None:
        values["pid"] = pid
    with store.engine.begin() as connection:
        connection.execute(update(JOB).where(JOB.c.id == job_id).values(values))


def _pid_of_an_ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert process.pid != os.getpid()
    return process.pid
