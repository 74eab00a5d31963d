"""Versions of forecasts: what was forecast is kept, listed, and compared with a later forecast and with what came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from wfm.centre import Centre
from wfm.clock import Week, iso
from wfm.demand import Floats, Forecast, by_date, interval_starts, matrix
from wfm.exchange import forecast_csv
from wfm.reading import read_centre
from wfm.store import ForecastVersion, Store, database_path, open_store
from wfm.store.forecasts import keep_version, newest_version, version_of, versions_of

ALL = "all queues"
NONE, WHOLE, CLOSED = "no row yet", "complete", "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How near a version came.

    `table` has a row for every queue and date: forecast (contacts of the date), compared (those of intervals that have
    a row of history), actual, error_percent (of compared, NaN where nothing came), history (how much of it is there).
    `wape` is by queue and, of several, of ALL: sum of the intervals' misses / sum of their contacts; None where
    history has no contacts yet.
    """

    version: ForecastVersion
    table: pd.DataFrame
    wape: dict[str, float | None]


def keep_forecast(
    found: Forecast,
    out: Path,
    *,
    folder: Path,
    inputs_sha256: str,
    packages: Mapping[str, object],
    now: datetime | None = None,
) -> ForecastVersion:
    """Keep a forecast made from a centre's folder in the store of `out`; its version, an old one where nothing is new."""
    version, _ = keep_version(
        open_store(database_path(out)),
        centre=folder.resolve(),
        week=found.week.monday,
        inputs_sha256=inputs_sha256,
        versions=packages,
        methods=found.method,
        caveats=found.caveats,
        csv=forecast_csv(found),
        now=now,
    )
    return version


def list_versions(out: Path) -> pd.DataFrame:
    """A row for every version and queue: version, made (UTC), now (UTC), centre, week, queue, contacts, method."""
    store = _store(out)
    rows: list[dict[str, object]] = []
    for version in versions_of(store) if store else []:
        told: dict[str, object] = {"version": version.id, "made": _utc(version.created), "now": _utc(version.now)}
        told |= {"centre": version.centre.name, "week": version.week}
        for queue, contacts in version.forecast().groupby("queue", sort=False)["offered"].sum().items():
            rows.append({**told, "queue": queue, "contacts": contacts, "method": version.methods.get(str(queue))})
    return pd.DataFrame(rows, columns=["version", "made", "now", "centre", "week", "queue", "contacts", "method"])


def compare_versions(out: Path, *, old: int, new: int) -> pd.DataFrame:
    """A row for every queue and date: old and new contacts, difference_percent of the old.

    NaN for a queue that one of them has not. ValueError for a number that is not there and for different weeks.
    """
    before, after = _version(out, old), _version(out, new)
    if before.week != after.week:
        raise ValueError(
            f"two versions of one week are expected, got version {old} of {before.week} and {new} of {after.week}"
        )
    table = pd.concat([_dates(before).rename("old"), _dates(after).rename("new")], axis=1).reset_index()
    return table.assign(difference_percent=_percent(table["new"], table["old"]))


def compare_with_actual(out: Path, folder: Path, *, number: int | None = None) -> Accuracy:
    """How near a version came to the centre's history.

    Without a number it is the newest version of this centre's folder, or of any where that has none. ValueError where
    there is no such version, or where the centre has other intervals than the forecast.
    """
    version = _version(out, number) if number is not None else _newest(out, folder)
    centre = read_centre(folder)
    week = centre.week(version.week)
    queues, forecast = _matrix(version, week)
    actual, known = _actual(centre, week, queues)
    compared = np.where(known, forecast, 0.0)
    table = pd.DataFrame(
        {
            "queue": np.repeat(np.array(queues, dtype=object), 7),
            "date": [week.date_of(day) for day in range(7)] * len(queues),
            "forecast": by_date(forecast, week).ravel(),
            "compared": by_date(compared, week).ravel(),
            "actual": by_date(actual, week).ravel(),
        }
    )
    table["error_percent"] = _percent(table["compared"], table["actual"])
    # Closed intervals have no row and are not waited for.
    expected = by_date(((forecast > 0) | known).astype(float), week).ravel()
    there = by_date(known.astype(float), week).ravel()
    table["history"] = [_history(*pair) for pair in zip(there, expected, strict=True)]
    table.loc[(there == 0) & (expected > 0), ["compared", "actual"]] = np.nan
    misses, came = np.abs(compared - actual).sum(axis=1), actual.sum(axis=1)
    wape = {queue: _ratio(*pair) for queue, *pair in zip(queues, misses, came, strict=True)}
    if len(queues) > 1:
        wape[ALL] = _ratio(misses.sum(), came.sum())
    return Accuracy(version=version, table=table, wape=wape)


def _store(out: Path) -> Store | None:
    """The store of a folder, if it has one: a question makes no file."""
    path = database_path(out)
    return open_store(path) if path.exists() else None


def _version(out: Path, number: int) -> ForecastVersion:
    store = _store(out)
    try:
        if store is not None:
            return version_of(store, number)
    except KeyError:
        pass
    raise ValueError(f"a version that `wfm forecasts {out}` lists is expected, got {number}")


def _newest(out: Path, folder: Path) -> ForecastVersion:
    store = _store(out)
    if store is not None:
        found = newest_version(store, centre=folder.resolve()) or newest_version(store)
        if found is not None:
            return found
    raise ValueError(f"no forecast has been made in {out}")


def _dates(version: ForecastVersion) -> "pd.Series[float]":
    """Contacts by queue and date, in the order of the file."""
    table = version.forecast()
    table["date"] = [date.fromisoformat(start[:10]) for start in table["start"]]
    found: pd.Series[float] = table.groupby(["queue", "date"], sort=False)["offered"].sum()
    return found


def _matrix(version: ForecastVersion, week: Week) -> tuple[tuple[str, ...], Floats]:
    """Its queues, and contacts of shape (queues, intervals)."""
    table = version.forecast()
    queues = tuple(table["queue"].unique())
    starts = [iso(start.to_pydatetime()) for start in interval_starts(week)]
    if list(table["start"]) != starts * len(queues):
        raise ValueError(
            f"the intervals of {week.timezone}, {week.interval_minutes} minutes, are expected as centre.toml has them now; "
            f"version {version.id} was made with others"
        )
    return queues, table["offered"].to_numpy(dtype=float).reshape(len(queues), -1)


def _actual(centre: Centre, week: Week, queues: tuple[str, ...]) -> tuple[Floats, np.ndarray]:
    """Contacts that came and whether history has a row, both of shape (queues, intervals); 0 where it has none."""
    known = matrix(centre.history.assign(known=1.0), week, queues, "known") > 0
    return matrix(centre.history, week, queues, "offered"), known


def _history(there: float, expected: float) -> str:
    if not expected:
        return CLOSED
    if there == expected:
        return WHOLE
    return NONE if there == 0 else f"{there:.0f} of {expected:.0f} intervals"


def _percent(value: "pd.Series[float]", of: "pd.Series[float]") -> "pd.Series[float]":
    return 100 * (value - of) / of.where(of > 0)


def _ratio(misses: float, contacts: float) -> float | None:
    return float(misses / contacts) if contacts > 0 else None


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%MZ")
