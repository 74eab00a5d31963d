"""The database file: where it is, how it is opened, how it comes to the newest schema."""

import os
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect
from sqlalchemy.pool import ConnectionPoolEntry

from wfm.store.tables import REVISION

FILE_NAME = "wfm.sqlite"
BUSY_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open store; cheap to pass between threads, as every transaction opens a connection of its own."""

    engine: Engine
    path: Path


def database_path(out: Path) -> Path:
    """The file of a plan's folder, unless the environment variable WFM_DATABASE names another."""
    named = os.environ.get("WFM_DATABASE")
    return Path(named) if named else out / FILE_NAME


def open_store(path: Path) -> Store:
    """Open the file, made if absent, and migrate it to the newest schema."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    _migrate(path)
    return Store(engine=_engine(path), path=path)


def _migrate(path: Path) -> None:
    engine = _engine(path)
    # Several processes may open a new file at once. The one that holds the write lock migrates, the others wait for it
    # and find the work done; a migration cut short leaves nothing behind.
    event.listen(engine, "connect", _no_implicit_begin)
    event.listen(engine, "begin", _begin_immediate)
    with engine.begin() as connection:
        if _revision(connection) != REVISION:
            _upgrade(connection)


def _revision(connection: Connection) -> str | None:
    """The migration that the file has come to; None in a new file."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def _upgrade(connection: Connection) -> None:
    # Imported here: Alembic takes some tenths of a second to load, and a file is seldom older than the program.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: SqliteConnection, _: ConnectionPoolEntry) -> None:
    # Never WAL: SQLite before 3.51.3 can corrupt a WAL file that two processes write, and two do here.
    connection.execute("PRAGMA journal_mode = DELETE").close()
    connection.execute("PRAGMA foreign_keys = ON").close()


def _no_implicit_begin(connection: SqliteConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
