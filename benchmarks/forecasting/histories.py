"""The histories that the forecast is measured on: real ones, the samples', and cuts and sums of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, partial

import numpy as np
import pandas as pd

from benchmarks.command import Failed
from benchmarks.measure import sample_folder
from benchmarks.record import ROOT
from wfm.centre import Centre
from wfm.reading import read_centre

REAL = ROOT.parent / "shared" / "data" / "calls"


@cache
def history_of(name: str) -> Centre:
    """The centre of one of `HISTORIES`; Failed where its data are not beside the project."""
    return HISTORIES[name]()


def summed(centre: Centre, *, minutes: int) -> Centre:
    """The centre with longer intervals: contacts are added up, handling times are their mean by contacts.

    An interval of which a part has no row has none itself.
    """
    parts = minutes // centre.interval_minutes
    if parts * centre.interval_minutes != minutes:
        raise ValueError(f"{minutes} minutes are no whole number of intervals of {centre.interval_minutes}")
    rows = centre.history.assign(
        start=centre.history["start"].dt.tz_convert("UTC").dt.floor(f"{minutes}min"),
        worked=centre.history["offered"] * centre.history["aht_seconds"],
        timed=centre.history["offered"].where(centre.history["aht_seconds"].notna()),
    )
    whole = rows.groupby(["queue", "start"], as_index=False).agg(
        offered=("offered", "sum"),
        known=("offered", "count"),
        abandoned=("abandoned", partial(pd.Series.sum, min_count=1)),
        worked=("worked", "sum"),
        timed=("timed", "sum"),
    )
    whole = whole[whole["known"] == parts]
    whole["aht_seconds"] = whole["worked"] / whole["timed"].where(whole["timed"] > 0)
    whole["start"] = whole["start"].dt.tz_convert(centre.timezone)
    table = whole[list(centre.history.columns)].sort_values(["start", "queue"], ignore_index=True)
    return replace(centre, interval_minutes=minutes, history=table)


def cut(centre: Centre, *, end: date, weeks: int) -> Centre:
    """The centre as though its history were so many weeks long and ended before a date."""
    wall = centre.history["start"].dt.tz_localize(None)
    first = pd.Timestamp(end - timedelta(weeks=weeks))
    kept = centre.history[(wall >= first) & (wall < pd.Timestamp(end))]
    return replace(centre, history=kept.reset_index(drop=True))


def cut_ends(centre: Centre, *, weeks: int, count: int) -> list[date]:
    """Mondays spread evenly over the history, each with so many weeks before it; fewer where there are not so many."""
    first, most = whole_weeks(centre)[0], weeks_of(centre)
    if most < weeks:
        return []
    after = np.unique(np.linspace(weeks, most, count).round().astype(int))
    return [first + timedelta(weeks=int(number)) for number in after]


def whole_weeks(centre: Centre) -> tuple[date, date]:
    """The Monday on or after the first date of the history, and the last Monday that whole weeks reach up to."""
    dates = centre.history["start"].dt.date
    first, after = dates.min(), dates.max() + timedelta(days=1)
    # A centre closed at weekends has its last row on a Friday or Saturday: its week is whole all the same.
    after += timedelta(days=-after.weekday() % 7 if after.weekday() >= 5 else 0)
    return first + timedelta(days=-first.weekday() % 7), after - timedelta(days=after.weekday())


def weeks_of(centre: Centre) -> int:
    """Whole weeks of history."""
    first, end = whole_weeks(centre)
    return (end - first).days // 7


def _real(name: str) -> Centre:
    if not (REAL / name).is_dir():
        raise Failed(f"skipped: {REAL / name} is not there")
    return read_centre(REAL / name)


def _sample(name: str) -> Centre:
    return read_centre(sample_folder(name, 1)[0])


HISTORIES: dict[str, Callable[[], Centre]] = {
    "bank_us": partial(_real, "bank_us"),
    "bank_us, 30 minutes": lambda: summed(history_of("bank_us"), minutes=30),
    "nyc_ems": partial(_real, "nyc_ems"),
    "bank_il_feb": partial(_real, "bank_il_feb"),
    "guangzhou_10000": partial(_sample, "guangzhou_10000"),
    "corner_shop": partial(_sample, "corner_shop"),
}
