"""Every forecast made is a version: kept once, listed, compared with a later one and with what came."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text

import wfm.store
from tests.reading.shop import write_shop
from wfm.clock import Week, iso
from wfm.demand import Forecast, interval_starts
from wfm.exchange import forecast_csv
from wfm.reading import read_centre
from wfm.store import Store, database_path, open_store
from wfm.store.forecasts import newest_version, version_of, versions_of
from wfm.versions import ALL, compare_versions, compare_with_actual, keep_forecast, list_versions

# The clock goes back in this week: 169 hours, one of them twice.
WEEK = Week(monday=date(2026, 10, 19), timezone="Europe/Berlin", interval_minutes=30, grid_minutes=15)
NEXT = Week(monday=date(2026, 10, 26), timezone="Europe/Berlin", interval_minutes=30, grid_minutes=15)
MONDAY, SUNDAY = slice(0, 48), slice(6 * 48, 6 * 48 + 50)


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("WFM_DATABASE", raising=False)
    return tmp_path / "out"


def test_a_forecast_is_kept_with_what_it_was_made_from(out: Path, tmp_path: Path) -> None:
    made = _forecast(2.0)
    moment = datetime(2026, 10, 20, 9, tzinfo=UTC)
    number = keep_forecast(
        made, out, folder=tmp_path / "x" / ".." / "shop", inputs_sha256="f" * 64, packages={"wfm": "1"}, now=moment
    ).id
    found = version_of(_store(out), number)
    assert (found.centre, found.week, found.now) == (tmp_path / "shop", WEEK.monday, moment)
    assert (found.versions, found.methods, found.caveats) == ({"wfm": "1"}, {"orders": "mean"}, ("one year is short",))
    assert found.created.tzinfo is not None
    assert found.csv() == forecast_csv(made)
    table = found.forecast()
    assert list(table.columns[:3]) == ["start", "queue", "offered"]
    assert list(table["start"]) == [iso(start.to_pydatetime()) for start in interval_starts(WEEK)]
    assert set(table["offered"]) == {2.0}


def test_the_same_forecast_is_kept_once_and_again_when_it_returns(out: Path, tmp_path: Path) -> None:
    assert [_keep(out, tmp_path, contacts) for contacts in (2, 2, 3, 2)] == [1, 1, 2, 3]


def test_other_inputs_another_week_or_another_centre_make_another_version(out: Path, tmp_path: Path) -> None:
    assert _keep(out, tmp_path, 2) == 1
    assert _keep(out, tmp_path, 2, sha="b") == 2
    assert _keep(out, tmp_path, 2, sha="b", week=NEXT) == 3
    assert _keep(out, tmp_path / "elsewhere", 2, sha="b") == 4
    assert _keep(out, tmp_path, 2, sha="b") == 2  # the newest of its week, whatever was forecast since
    store = _store(out)
    assert [version.id for version in versions_of(store)] == [1, 2, 3, 4]
    assert [version.id for version in versions_of(store, NEXT.monday)] == [3]
    newest = newest_version(store, centre=tmp_path, week=WEEK.monday)
    assert newest is not None and newest.id == 2


def test_versions_are_listed_with_their_contacts_and_methods(out: Path, tmp_path: Path) -> None:
    _keep(out, tmp_path, 2)
    _keep(out, tmp_path, 3, week=NEXT)
    listed = list_versions(out)
    assert listed[["version", "week", "queue", "contacts", "method"]].values.tolist() == [
        [1, WEEK.monday, "orders", 2.0 * 338, "mean"],
        [2, NEXT.monday, "orders", 3.0 * 336, "mean"],
    ]


def test_a_folder_without_forecasts_has_no_versions_and_gets_no_file_for_being_asked(out: Path) -> None:
    assert list_versions(out).empty
    with pytest.raises(ValueError, match="no forecast has been made"):
        compare_with_actual(out, out)
    assert not out.exists()


def test_two_versions_are_compared_by_queue_and_date(out: Path, tmp_path: Path) -> None:
    _keep(out, tmp_path, 2)
    later = np.full(338, 2.0)
    later[MONDAY] = 3.0
    later[SUNDAY] = 0.0
    _keep(out, tmp_path, later)
    table = compare_versions(out, old=1, new=2)
    assert list(table["date"]) == [WEEK.date_of(day) for day in range(7)]
    assert list(table["old"]) == [96.0] * 6 + [100.0]
    assert list(table["new"]) == [144.0, *[96.0] * 5, 0.0]
    assert list(table["difference_percent"]) == [50.0, *[0.0] * 5, -100.0]


def test_a_queue_that_one_version_has_not_is_compared_with_nothing(out: Path, tmp_path: Path) -> None:
    _keep(out, tmp_path, 2)
    _keep(out, tmp_path, 2, queues=("orders", "NA"))
    table = compare_versions(out, old=1, new=2)
    assert list(table["queue"].unique()) == ["orders", "NA"]
    assert table.loc[table["queue"] == "NA", ["old", "difference_percent"]].isna().all(axis=None)


def test_versions_of_different_weeks_and_numbers_that_are_not_there_are_refused(out: Path, tmp_path: Path) -> None:
    _keep(out, tmp_path, 2)
    _keep(out, tmp_path, 2, week=NEXT)
    with pytest.raises(ValueError, match="one week"):
        compare_versions(out, old=1, new=2)
    with pytest.raises(ValueError, match="got 3"):
        compare_versions(out, old=1, new=3)


def test_the_error_is_of_the_intervals_that_history_has(out: Path, tmp_path: Path) -> None:
    """10 forecast everywhere; Monday brings 8 and 12 by turns, Tuesday 20 in its first four intervals, then nothing."""
    came = [8, 12] * 24 + [20] * 4
    shop = _shop(tmp_path, {"orders": came})
    _keep(out, shop, 10)
    found = compare_with_actual(out, shop)
    monday, tuesday, wednesday = found.table.head(3).to_dict("records")
    assert (monday["forecast"], monday["actual"], monday["error_percent"]) == (480.0, 480.0, 0.0)
    assert monday["history"] == "complete"
    assert (tuesday["forecast"], tuesday["compared"], tuesday["actual"]) == (480.0, 40.0, 80.0)
    assert (tuesday["error_percent"], tuesday["history"]) == (-50.0, "4 of 48 intervals")
    assert wednesday["history"] == "no row yet" and np.isnan(wednesday["actual"])
    assert found.wape == {"orders": pytest.approx((48 * 2 + 4 * 10) / (480 + 80))}


def test_the_hour_that_the_clock_shows_twice_is_compared_with_both_its_rows(out: Path, tmp_path: Path) -> None:
    shop = _shop(tmp_path, {"orders": [5] * 338})
    _keep(out, shop, 4)
    found = compare_with_actual(out, shop)
    assert list(found.table["actual"]) == [240.0] * 6 + [250.0]
    assert set(found.table["history"]) == {"complete"}
    assert found.wape == {"orders": pytest.approx(0.2)}


def test_several_queues_are_told_apart_and_together(out: Path, tmp_path: Path) -> None:
    shop = _shop(tmp_path, {"orders": [10] * 48, "chat": [30] * 48})
    _keep(out, shop, 15, queues=("orders", "chat"))
    found = compare_with_actual(out, shop)
    assert found.wape == {"orders": pytest.approx(0.5), "chat": pytest.approx(0.5), ALL: pytest.approx(0.5)}
    _keep(out, shop, 10, queues=("orders", "chat"))
    found = compare_with_actual(out, shop)  # the newest
    assert found.wape == {"orders": 0.0, "chat": pytest.approx(2 / 3), ALL: pytest.approx(0.5)}
    assert compare_with_actual(out, shop, number=1).wape[ALL] == pytest.approx(0.5)


def test_a_date_without_contacts_forecast_or_come_is_closed_and_a_week_before_history_has_no_error(
    out: Path, tmp_path: Path
) -> None:
    shop = _shop(tmp_path, {"orders": [5] * 48})
    coming = np.full(336, 4.0)
    coming[6 * 48 :] = 0.0
    _keep(out, shop, coming, week=NEXT)
    found = compare_with_actual(out, shop)
    assert list(found.table["history"]) == ["no row yet"] * 6 + ["closed"]
    assert found.wape == {"orders": None}


def test_a_version_of_the_centre_goes_before_a_newer_one_of_another(out: Path, tmp_path: Path) -> None:
    shop = _shop(tmp_path, {"orders": [5] * 48})
    _keep(out, tmp_path / "elsewhere", 4)
    assert compare_with_actual(out, shop).version.id == 1
    _keep(out, shop, 4)
    _keep(out, tmp_path / "elsewhere", 5)
    assert compare_with_actual(out, shop).version.id == 2


def test_a_version_made_with_other_intervals_is_refused(out: Path, tmp_path: Path) -> None:
    shop = _shop(tmp_path, {"orders": [5] * 48})
    hourly = Week(monday=WEEK.monday, timezone=WEEK.timezone, interval_minutes=60, grid_minutes=15)
    _keep(out, shop, 4, week=hourly)
    with pytest.raises(ValueError, match="30 minutes"):
        compare_with_actual(out, shop)


def test_a_file_from_before_the_versions_keeps_its_jobs(out: Path, tmp_path: Path) -> None:
    out.mkdir()
    _older(database_path(out), revision="0001")
    assert _keep(out, tmp_path, 2) == 1
    with _store(out).engine.connect() as connection:
        assert connection.execute(text("SELECT id, kind, week FROM job")).all() == [(7, "plan", "2026-10-19")]


def _older(path: Path, *, revision: str) -> None:
    """A file as an earlier program left it, with a job."""
    config = Config()
    config.set_main_option("script_location", str(Path(wfm.store.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        assert not inspect(connection).has_table("forecast_version")
        columns = "id, kind, centre, week, out, parameters, state, created"
        values = "7, 'plan', 'c', '2026-10-19', 'o', '{}', 'done', '2026-10-01 00:00:00'"
        connection.execute(text(f"INSERT INTO job ({columns}) VALUES ({values})"))
    engine.dispose()


def _store(out: Path) -> Store:
    return open_store(database_path(out))


def _keep(
    out: Path,
    folder: Path,
    contacts: float | np.ndarray,
    *,
    sha: str = "a",
    week: Week = WEEK,
    queues: tuple[str, ...] = ("orders",),
) -> int:
    made = _forecast(contacts, week=week, queues=queues)
    return keep_forecast(made, out, folder=folder, inputs_sha256=sha * 64, packages={"wfm": "1"}).id


def _forecast(contacts: float | np.ndarray, *, week: Week = WEEK, queues: tuple[str, ...] = ("orders",)) -> Forecast:
    """The same contacts for every queue, in every interval or as they are given."""
    offered = np.broadcast_to(np.asarray(contacts, dtype=float), (len(queues), week.intervals)).copy()
    return Forecast(
        week=week,
        queues=queues,
        offered=offered,
        limits={"p10": offered, "p90": offered},
        aht_seconds=np.full_like(offered, 240.0),
        method={queue: "mean" for queue in queues},
        caveats=("one year is short",),
    )


def _shop(tmp_path: Path, came: dict[str, Iterable[int]]) -> Path:
    """A centre's folder whose history begins with the week, with these contacts one interval after another."""
    starts = [iso(start.to_pydatetime()) for start in interval_starts(WEEK)]
    rows = [
        f"{start},{queue},{contacts},240"
        for queue, numbers in came.items()
        for start, contacts in zip(starts, numbers, strict=False)
    ]
    folder = write_shop(tmp_path / "shop", history_csv="\n".join(["start,queue,offered,aht_seconds", *rows, ""]))
    assert read_centre(folder).history.shape[0] == len(rows)
    return folder
