"""Forecast versions: every forecast made, as it was written, and what it was made from."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import cast

import pandas as pd
from sqlalchemy import Row, insert, select

from wfm.store.database import Store
from wfm.store.tables import FORECAST_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastVersion:
    """A forecast as it was kept. Times are aware.

    `centre` is the folder it was made from, `now` the moment of an update within the week, `versions` those of the
    packages, `methods` by queue, `table` the compressed forecast.csv.
    """

    id: int
    centre: Path
    week: date
    created: datetime
    now: datetime | None
    inputs_sha256: str
    versions: dict[str, object]
    methods: dict[str, str]
    caveats: tuple[str, ...]
    table: bytes

    def csv(self) -> bytes:
        """The forecast.csv that was written."""
        return zlib.decompress(self.table)

    def forecast(self) -> pd.DataFrame:
        """Rows of its forecast.csv: start (wall time, the text of the file), queue, offered and the other figures."""
        # Only an empty cell is empty: a queue may be called NA.
        return pd.read_csv(
            BytesIO(self.csv()), dtype={"start": str, "queue": str}, keep_default_na=False, na_values=[""]
        )


def keep_version(
    store: Store,
    *,
    centre: Path,
    week: date,
    inputs_sha256: str,
    versions: Mapping[str, object],
    methods: Mapping[str, str],
    caveats: Iterable[str],
    csv: bytes,
    now: datetime | None = None,
) -> tuple[ForecastVersion, bool]:
    """A new version and True, or, where the newest of the centre's week says the same of the same input, it and False."""
    newest = newest_version(store, centre=centre, week=week)
    if newest is not None and newest.inputs_sha256 == inputs_sha256 and newest.csv() == csv:
        return newest, False
    row = insert(FORECAST_VERSION).values(
        centre=str(centre),
        week=week,
        created=datetime.now(UTC),
        now=now,
        inputs_sha256=inputs_sha256,
        versions=dict(versions),
        methods=dict(methods),
        caveats=list(caveats),
        table=zlib.compress(csv),
    )
    with store.engine.begin() as connection:
        number = connection.execute(row.returning(FORECAST_VERSION.c.id)).scalar_one()
    return version_of(store, number), True


def versions_of(store: Store, week: date | None = None) -> list[ForecastVersion]:
    """All versions, or those of a week, oldest first."""
    query = select(FORECAST_VERSION).order_by(FORECAST_VERSION.c.id)
    if week is not None:
        query = query.where(FORECAST_VERSION.c.week == week)
    with store.engine.connect() as connection:
        return [_version(row) for row in connection.execute(query)]


def version_of(store: Store, number: int) -> ForecastVersion:
    """The version of a number; KeyError where there is none."""
    with store.engine.connect() as connection:
        row = connection.execute(select(FORECAST_VERSION).where(FORECAST_VERSION.c.id == number)).one_or_none()
    if row is None:
        raise KeyError(f"there is no version {number} in {store.path}")
    return _version(row)


def newest_version(store: Store, *, centre: Path | None = None, week: date | None = None) -> ForecastVersion | None:
    """The version kept last, of a centre's folder or of any, of a week or of any; None where there is none."""
    query = select(FORECAST_VERSION).order_by(FORECAST_VERSION.c.id.desc()).limit(1)
    if centre is not None:
        query = query.where(FORECAST_VERSION.c.centre == str(centre))
    if week is not None:
        query = query.where(FORECAST_VERSION.c.week == week)
    with store.engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _version(row)


def _version(row: Row[tuple[object, ...]]) -> ForecastVersion:
    values = cast(dict[str, object], dict(row._mapping))
    values["centre"], values["caveats"] = Path(row.centre), tuple(row.caveats)
    return ForecastVersion(**values)  # type: ignore[arg-type]  # the columns carry the names of the fields
