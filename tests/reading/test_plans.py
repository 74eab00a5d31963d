"""What one step of a plan wrote, the next reads back."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wfm.clock import Week, iso
from wfm.demand import Forecast, Requirement
from wfm.faults import FaultyInput
from wfm.reading import read_forecast, read_requirement

QUEUES = ("orders", "chat")
# The clock goes back in this week: 169 hours, one of them twice.
WEEK = Week(monday=date(2026, 10, 19), timezone="Europe/Berlin", interval_minutes=30, grid_minutes=15)


def test_a_forecast_comes_back_as_it_was_written(tmp_path: Path) -> None:
    values = np.round(np.random.default_rng(1).uniform(0, 99, (4, len(QUEUES), WEEK.intervals)), 3)
    written = Forecast(
        week=WEEK, queues=QUEUES, offered=values[0], limits={"p10": values[1], "p90": values[2]}, aht_seconds=values[3]
    )
    found = read_forecast(_written(tmp_path, written.table()), WEEK, QUEUES)
    np.testing.assert_array_equal(found.offered, written.offered)
    np.testing.assert_array_equal(found.aht_seconds, written.aht_seconds)
    for name in ("p10", "p90"):
        np.testing.assert_array_equal(found.limits[name], written.limits[name])


def test_the_models_own_numbers_come_back_beside_the_changed_ones(tmp_path: Path) -> None:
    values = np.round(np.random.default_rng(3).uniform(1, 99, (4, len(QUEUES), WEEK.intervals)), 3)
    written = Forecast(
        week=WEEK,
        queues=QUEUES,
        offered=values[0],
        limits={"p10": values[0], "p90": values[0]},
        aht_seconds=values[1],
        offered_model=values[2],
        aht_model=values[3],
    )
    assert list(written.table())[-2:] == ["offered_model", "aht_model"]
    found = read_forecast(_written(tmp_path, written.table()), WEEK, QUEUES)
    assert found.offered_model is not None and found.aht_model is not None
    np.testing.assert_array_equal(found.offered_model, values[2])
    np.testing.assert_array_equal(found.aht_model, values[3])


def test_the_limits_of_dates_come_back_with_the_forecast_and_a_date_without_any_is_certain(tmp_path: Path) -> None:
    flat = np.full((len(QUEUES), WEEK.intervals), 2.0)
    plain = Forecast(week=WEEK, queues=QUEUES, offered=flat, limits={"p10": flat, "p90": flat}, aht_seconds=flat)
    days = plain.by_date()
    path = _written(tmp_path, plain.table())
    assert read_forecast(path, WEEK, QUEUES).day_limits == {}
    limits = {"p2_5": 0.5 * days, "p10": 0.75 * days, "p90": 1.25 * days}
    table = replace(plain, day_limits=limits).day_table()
    table[table["date"] != WEEK.date_of(3)].to_csv(tmp_path / "forecast_days.csv", index=False)
    found = read_forecast(path, WEEK, QUEUES).day_limits
    assert found.keys() == limits.keys()
    for name, limit in limits.items():
        limit[:, 3] = days[:, 3]
        np.testing.assert_allclose(found[name], limit)
    later = table.assign(date=[day + timedelta(days=7) for day in table["date"]])
    later.to_csv(tmp_path / "forecast_days.csv", index=False)
    assert read_forecast(path, WEEK, QUEUES).day_limits == {}
    table.replace({"queue": "orders"}, "?").assign(offered_p90="many").to_csv(
        tmp_path / "forecast_days.csv", index=False
    )
    with pytest.raises(FaultyInput, match="forecast_days.csv:2:offered_p90"):
        read_forecast(path, WEEK, QUEUES)


def test_a_requirement_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = _requirement()
    found = read_requirement(_written(tmp_path, written.table()), WEEK, QUEUES)
    np.testing.assert_array_equal(found.agents, written.agents)
    np.testing.assert_array_equal(found.rostered, written.rostered)


def test_a_closed_interval_without_handling_time_has_none(tmp_path: Path) -> None:
    zero = np.zeros((len(QUEUES), WEEK.intervals))
    table = Forecast(
        week=WEEK, queues=QUEUES, offered=zero, limits={"p10": zero, "p90": zero}, aht_seconds=zero
    ).table()
    found = read_forecast(_written(tmp_path, table.assign(aht_seconds=np.nan)), WEEK, QUEUES)
    assert not found.aht_seconds.any()


@pytest.mark.parametrize(
    ("spoil", "row", "column", "word"),
    [
        (lambda t: t.iloc[:-3], 1, "start", "338 intervals of chat"),
        (lambda t: t[t["queue"] == "orders"], 1, "start", "338 intervals of chat"),
        (lambda t: pd.concat([t, t.iloc[:1]]), 678, "start", "line 2"),
        (lambda t: t.assign(queue="order"), 2, "queue", "did you mean orders?"),
        (lambda t: t.assign(agents=-1), 2, "agents", "at least 0"),
        (lambda t: t.assign(agents=""), 2, "agents", "a number"),
        (lambda t: t.drop(columns="agents"), 1, "agents", "one column"),
        (lambda t: t.assign(start=["2026-10-19T00:10", *t["start"][1:]]), 2, "start", "week of 2026-10-19"),
        (lambda t: t.assign(start=["2026-10-26T00:00", *t["start"][1:]]), 2, "start", "week of 2026-10-19"),
    ],
)
def test_a_requirement_of_another_week_or_with_gaps_is_a_fault(
    tmp_path: Path, spoil: object, row: int, column: str, word: str
) -> None:
    assert callable(spoil)
    path = _written(tmp_path, _requirement().table())
    spoil(pd.read_csv(path)).to_csv(path, index=False)
    with pytest.raises(FaultyInput) as raised:
        read_requirement(path, WEEK, QUEUES)
    here = [fault for fault in raised.value.faults if (fault.row, fault.column) == (row, column)]
    assert any(word in fault.expected for fault in here), str(raised.value)


def test_a_step_that_wrote_nothing_is_missed(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match="requirement.csv"):
        read_requirement(tmp_path / "requirement.csv", WEEK, QUEUES)


def _requirement() -> Requirement:
    values = np.round(np.random.default_rng(2).uniform(0, 99, (2, len(QUEUES), WEEK.intervals)), 3)
    return Requirement(week=WEEK, queues=QUEUES, agents=values[0], rostered=values[1])


def _written(folder: Path, table: pd.DataFrame) -> Path:
    path = folder / "table.csv"
    table.assign(start=[iso(start) for start in table["start"]]).to_csv(path, index=False)
    return path
