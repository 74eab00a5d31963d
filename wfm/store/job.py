"""Job rows: work that runs in a process of its own and is watched through the database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import cast

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from wfm.progress import Progress
from wfm.store.database import Store
from wfm.store.tables import JOB, JOB_PROGRESS


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class JobKind(StrEnum):
    """What a job does."""

    PLAN = "plan"
    BACKTEST = "backtest"
    CAPACITY = "capacity"
    REPLAY = "replay"
    WHAT_IF = "whatif"


ACTIVE = frozenset({JobState.QUEUED, JobState.RUNNING, JobState.STOPPING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it stood when read. Times are aware; `week` is the Monday planned (of a capacity plan the first), or for a
    backtest the one that history leads up to; `result` is the summary that the work returned."""

    id: int
    kind: JobKind
    centre: Path
    week: date
    out: Path
    parameters: dict[str, object]
    state: JobState
    created: datetime
    started: datetime | None
    finished: datetime | None
    heartbeat: datetime | None
    pid: int | None
    result: dict[str, object] | None
    error: str | None

    @property
    def active(self) -> bool:
        """Whether its process is, or should be, at work."""
        return self.state in ACTIVE


def add_job(
    store: Store, *, kind: JobKind, centre: Path, week: date, out: Path, parameters: dict[str, object]
) -> tuple[Job, bool]:
    """A queued job for a folder and True, or the folder's active job and False."""
    row = insert(JOB).values(
        kind=kind,
        centre=str(centre),
        week=week,
        out=str(out),
        parameters=parameters,
        state=JobState.QUEUED,
        created=datetime.now(UTC),
    )
    while True:
        try:
            with store.engine.begin() as connection:
                job_id = connection.execute(row.returning(JOB.c.id)).scalar_one()
            return job_of(store, job_id), True
        except IntegrityError:
            active = latest_job(store, out=out, active=True)
            if active is not None:  # None: it ended between the two statements, so try again
                return active, False


def job_of(store: Store, job_id: int) -> Job:
    """The job of a number; KeyError where there is none."""
    with store.engine.connect() as connection:
        row = connection.execute(select(JOB).where(JOB.c.id == job_id)).one_or_none()
    if row is None:
        raise KeyError(f"there is no job {job_id} in {store.path}")
    return _job(row)


def latest_job(
    store: Store, *, out: Path | None = None, kind: JobKind | None = None, active: bool = False
) -> Job | None:
    """The job started last, of one folder or of all, of one kind or any, among all or only the active ones."""
    query = select(JOB).order_by(JOB.c.id.desc()).limit(1)
    if out is not None:
        query = query.where(JOB.c.out == str(out))
    if kind is not None:
        query = query.where(JOB.c.kind == kind)
    if active:
        query = query.where(JOB.c.state.in_(ACTIVE))
    with store.engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _job(row)


def move_job(store: Store, job_id: int, *, to: JobState, among: frozenset[JobState], **values: object) -> bool:
    """Change the state, and columns given, of a job that is in one of the states `among`; whether it was."""
    changed = update(JOB).where(JOB.c.id == job_id, JOB.c.state.in_(among)).values(state=to, **values)
    with store.engine.begin() as connection:
        return connection.execute(changed).rowcount > 0


def note_process(store: Store, job_id: int, *, pid: int) -> None:
    """Remember the process that works on a job."""
    with store.engine.begin() as connection:
        connection.execute(update(JOB).where(JOB.c.id == job_id).values(pid=pid))


def beat(store: Store, job_id: int) -> None:
    """Note that the job's process lives."""
    with store.engine.begin() as connection:
        connection.execute(update(JOB).where(JOB.c.id == job_id).values(heartbeat=datetime.now(UTC)))


def add_progress(store: Store, job_id: int, progress: Progress) -> None:
    """Append one row of progress."""
    row = insert(JOB_PROGRESS).values(
        job_id=job_id,
        seconds=progress.seconds,
        step=progress.step,
        message=progress.message,
        cost=progress.cost,
        bound=progress.bound,
    )
    with store.engine.begin() as connection:
        connection.execute(row)


def progress_of(store: Store, job_id: int) -> list[Progress]:
    """All rows of progress in the order in which they were reported."""
    query = select(JOB_PROGRESS).where(JOB_PROGRESS.c.job_id == job_id).order_by(JOB_PROGRESS.c.id)
    with store.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [Progress(step=r.step, seconds=r.seconds, message=r.message, cost=r.cost, bound=r.bound) for r in rows]


def _job(row: Row[tuple[object, ...]]) -> Job:
    values = cast(dict[str, object], dict(row._mapping))
    values["centre"], values["out"] = Path(row.centre), Path(row.out)
    values["kind"], values["state"] = JobKind(row.kind), JobState(row.state)
    return Job(**values)  # type: ignore[arg-type]  # the columns carry the names of the fields
