"""guangzhou_10000 is a centre of real size, and its past is plausible and legal."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sample_data.contacts import true_means
from sample_data.guangzhou import GUANGZHOU
from tests.sample_data.worked_weeks import violations
from wfm.centre import Centre, Channel
from wfm.check import peak_seats
from wfm.demand import Forecast, matrix
from wfm.entitlement import entitlements
from wfm.requirement import require
from wfm.roster import shifts_of

MONDAY = date(2026, 11, 30)


def daily(history: pd.DataFrame, queue: str) -> pd.Series:
    """Contacts of a queue by date."""
    own = history[history["queue"] == queue]
    return own.groupby(own["start"].dt.date)["offered"].sum()


def test_a_year_has_fifty_million_contacts(guangzhou: Centre) -> None:
    history = guangzhou.history
    begin = history["start"].min()
    year = (history["start"] - begin) // pd.Timedelta(weeks=52)
    for total in history.groupby(year)["offered"].sum() * 365.25 / 364:
        assert total == pytest.approx(50e6, rel=0.03)


def test_the_history_ends_where_the_planned_week_begins(guangzhou: Centre) -> None:
    first, last = guangzhou.history["start"].min(), guangzhou.history["start"].max()
    midnight = pd.Timestamp(MONDAY, tz="Asia/Shanghai")
    assert last + pd.Timedelta(minutes=15) == midnight
    assert first == midnight - pd.Timedelta(weeks=104)


def test_eight_queues_of_three_clients_and_three_channels(guangzhou: Centre) -> None:
    assert len(guangzhou.queues) == 8
    assert len({queue.client for queue in guangzhou.queues.values()}) == 3
    assert {queue.channel for queue in guangzhou.queues.values()} == set(Channel)


def test_the_size_of_the_staff(guangzhou: Centre) -> None:
    employed = [agent for agent in guangzhou.agents.values() if agent.employed_on(MONDAY)]
    assert len(employed) == pytest.approx(2300, abs=10)
    assert guangzhou.seats == 1500
    assert len(guangzhou.contracts) >= 4
    skills = {frozenset(agent.skills) for agent in employed}
    assert 20 <= len(skills) <= 25
    assert {len(of) for of in skills} == {1, 2, 3, 4}


def test_beginners_take_longer(guangzhou: Centre) -> None:
    factors = {
        agent.agent: set(agent.skills.values())
        for agent in guangzhou.agents.values()
        if agent.hired_on >= MONDAY - timedelta(days=180)
    }
    assert factors
    assert all(factor <= {1.1, 1.2, 1.3} for factor in factors.values())
    assert 0.05 < len([a for a in guangzhou.agents.values() if a.hired_on >= MONDAY - timedelta(days=365)]) / 2300 < 0.1


def test_every_file_but_the_published_roster_and_the_ledger_is_there(guangzhou_folder: Path) -> None:
    tables = "queues hours history special_days agents skills absences availability requests training locks worked"
    expected = {f"{name}.csv" for name in tables.split()} | {"centre.toml", "contracts.toml", "shifts.toml"}
    expected.add("capacity.toml")
    assert {path.name for path in guangzhou_folder.iterdir()} == expected


def test_some_rows_are_missing_and_some_days_are_outages(guangzhou: Centre) -> None:
    complete = 104 * 7 * (6 * 96 + 44 + 56)  # six queues always open, two for 11 and 14 hours a day
    assert 200 < complete - len(guangzhou.history) < 1500
    outages = {special.date for special in guangzhou.special_days if special.kind == "outage"}
    assert 3 <= len(outages) <= 5
    down = daily(guangzhou.history, "enquiry")
    assert down[date(2025, 3, 18)] < 0.9 * down[date(2025, 3, 11)]


def test_spring_festival_is_quiet_and_its_working_weekend_is_not(guangzhou: Centre) -> None:
    orders = daily(guangzhou.history, "orders")
    assert orders[date(2026, 2, 17)] < 0.7 * orders[date(2026, 2, 10)]
    assert orders[date(2026, 2, 14)] > 1.1 * orders[date(2026, 2, 7)]  # both Saturdays, the later one worked


def test_billing_days_bring_enquiries(guangzhou: Centre) -> None:
    enquiries = daily(guangzhou.history, "enquiry")
    assert enquiries[date(2026, 11, 25)] > 1.05 * enquiries[date(2026, 11, 18)]


def test_counts_vary_more_than_chance_alone(guangzhou: Centre) -> None:
    own = guangzhou.history[guangzhou.history["queue"] == "enquiry"].tail(60 * 96)
    noon = own[own["start"].dt.hour == 11]
    by_day = noon.groupby(noon["start"].dt.date)["offered"]
    spread = by_day.var().mean() / by_day.mean().mean()
    assert spread > 1.3


def test_the_true_means_are_those_of_the_weeks_before(guangzhou: Centre) -> None:
    means = true_means("guangzhou_10000")
    assert list(means.columns) == ["start", "queue", "offered", "aht_seconds"]
    assert len(means) == 8 * 672
    last_week = guangzhou.history[guangzhou.history["start"] >= pd.Timestamp("2026-11-23", tz="Asia/Shanghai")]
    assert means["offered"].sum() == pytest.approx(last_week["offered"].sum(), rel=0.08)


def test_the_staff_can_just_carry_the_week(guangzhou: Centre) -> None:
    """Required hours are 90-96% of the hours left after rests, training and leave: tight, and not hopeless."""
    week = guangzhou.week(MONDAY)
    means, queues = true_means("guangzhou_10000"), tuple(guangzhou.queues)
    offered = matrix(means, week, queues, "offered")
    aht = np.nan_to_num(matrix(means, week, queues, "aht_seconds"))
    forecast = Forecast(
        week=week, queues=queues, offered=offered, limits={"p10": offered, "p90": offered}, aht_seconds=aht
    )
    required = require(guangzhou, forecast).rostered.sum() / 4
    supply = 0.0
    for agent in entitlements(guangzhou, week).values():
        if agent.available_days:
            paid = agent.minutes[1] if agent.overtime_after is None else agent.overtime_after
            supply += (paid * 0.94 - agent.training_due) / 60
    assert 0.90 < required / supply < 0.96


def test_the_worked_weeks_are_legal(guangzhou: Centre) -> None:
    assert violations(guangzhou, MONDAY, GUANGZHOU.weeks_worked) == []


def test_last_sundays_night_staffs_monday_morning_and_leaves_seats(guangzhou: Centre) -> None:
    week = guangzhou.week(MONDAY)
    assert guangzhou.worked is not None
    tail = [shift for shift in shifts_of(guangzhou.worked, week) if shift.end > 0]
    assert len(tail) > 200
    assert peak_seats(guangzhou, week, []) <= 1500


def test_every_full_timer_had_a_free_weekend_of_late(guangzhou: Centre) -> None:
    week = guangzhou.week(MONDAY)
    assert guangzhou.worked is not None
    worked: dict[str, set[int]] = {}
    for shift in shifts_of(guangzhou.worked, week):
        if shift.day >= -21 and shift.day % 7 >= 5:
            worked.setdefault(shift.agent, set()).add(shift.day // 7)
    weekends = Counter(
        len(of) for agent, of in worked.items() if guangzhou.contracts[guangzhou.agents[agent].contract].weekends_off
    )
    assert set(weekends) <= {1, 2}
