"""Tables of the newest schema; the migrations lead to exactly these."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

METADATA = MetaData()
REVISION = "0002"  # the newest migration, the one that leads here


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite itself forgets the zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Towards the database."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else value.replace(tzinfo=UTC)


JOB = Table(
    "job",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("centre", Text, nullable=False),
    Column("week", Date, nullable=False),
    Column("out", Text, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("started", UtcTime),
    Column("finished", UtcTime),
    Column("heartbeat", UtcTime),
    Column("pid", Integer),
    Column("result", JSON(none_as_null=True)),
    Column("error", Text),
)

# The database itself holds that one folder is written by one job at a time.
Index(
    "one_active_job_per_folder",
    JOB.c.out,
    unique=True,
    sqlite_where=text("state IN ('queued', 'running', 'stopping')"),
    postgresql_where=text("state IN ('queued', 'running', 'stopping')"),
)

JOB_PROGRESS = Table(
    "job_progress",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("job_id", Integer, ForeignKey("job.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("seconds", Float, nullable=False),
    Column("step", String(40), nullable=False),
    Column("message", Text, nullable=False),
    Column("cost", Float),
    Column("bound", Float),
)

FORECAST_VERSION = Table(
    "forecast_version",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("centre", Text, nullable=False),
    Column("week", Date, nullable=False, index=True),
    Column("created", UtcTime, nullable=False),
    Column("now", UtcTime),
    Column("inputs_sha256", String(64), nullable=False),
    Column("versions", JSON, nullable=False),
    Column("methods", JSON, nullable=False),
    Column("caveats", JSON, nullable=False),
    Column("table", LargeBinary, nullable=False),
)
