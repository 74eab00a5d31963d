"""The database file: made by migrations, kept out of WAL mode, shared by processes."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from wfm.store import database_path, open_store
from wfm.store.tables import METADATA, REVISION


def test_a_new_file_is_migrated_to_exactly_the_tables_the_code_uses(tmp_path: Path) -> None:
    store = open_store(tmp_path / "new" / "wfm.sqlite")
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == REVISION
        assert compare_metadata(context, METADATA) == []


def test_opening_again_keeps_what_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "wfm.sqlite"
    insert = "INSERT INTO job (kind, centre, week, out, parameters, state, created) VALUES (:k, 'c', 'w', 'o', '{}', 's', 't')"
    with open_store(path).engine.begin() as connection:
        connection.execute(text(insert), {"k": "plan"})
    with open_store(path).engine.connect() as connection:
        assert connection.execute(text("SELECT kind FROM job")).scalars().all() == ["plan"]


def test_a_file_left_in_wal_mode_is_taken_out_of_it(tmp_path: Path) -> None:
    path = tmp_path / "wfm.sqlite"
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.close()
    with open_store(path).engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "delete"


def test_two_openings_of_a_new_file_at_once_both_succeed(tmp_path: Path) -> None:
    path = tmp_path / "wfm.sqlite"
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(open_store, [path] * 4))
    assert {store.path for store in opened} == {path.resolve()}


def test_the_file_lies_beside_the_plan_unless_the_environment_names_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WFM_DATABASE", raising=False)
    assert database_path(tmp_path) == tmp_path / "wfm.sqlite"
    monkeypatch.setenv("WFM_DATABASE", str(tmp_path / "other.sqlite"))
    assert database_path(tmp_path) == tmp_path / "other.sqlite"
