"""What a forecast requires, and that every number can be reckoned again from what `explain` shows."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import TypedDict, Unpack

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.centre import Centre, Channel, CostRates, OpeningHours, Queue
from wfm.demand import Forecast
from wfm.erlang import agents_needed, performance
from wfm.requirement import (
    TINY_CONTACTS,
    Explanation,
    explain,
    levelled,
    moved_by_replay,
    presence,
    require,
    weeks_ahead,
)

MONDAY = date(2026, 11, 30)
ZONE = "Asia/Shanghai"
TEN = 40  # the interval of Monday 10:00


class Changes(TypedDict, total=False):
    """Fields of a queue that differ from the usual one."""

    channel: Channel
    service_level: float
    threshold_seconds: float
    patience_seconds: float | None
    max_occupancy: float
    concurrency: float
    min_agents: float


def queue(name: str = "enquiry", **changes: Unpack[Changes]) -> Queue:
    usual = Queue(
        queue=name,
        client="telecom",
        channel=Channel.VOICE,
        service_level=0.8,
        threshold_seconds=20.0,
        patience_seconds=120.0,
        max_occupancy=0.88,
        concurrency=1.0,
        weight=1.0,
        min_agents=0.0,
    )
    return replace(usual, **changes)


def centre(*queues: Queue, open_from: int = 0, open_to: int = 1440, timezone: str = ZONE) -> Centre:
    hours = tuple(
        OpeningHours(queue=q.queue, weekday=day, date=None, open=open_from, close=open_to)
        for q in queues
        for day in range(7)
    )
    history = pd.DataFrame({"start": pd.DatetimeIndex(["2026-11-29T23:45"]).tz_localize(timezone), "queue": "enquiry"})
    return Centre(
        name="Test",
        timezone=timezone,
        country="CN",
        interval_minutes=15,
        grid_minutes=15,
        seats=None,
        absence_rate=0.05,
        annual_attrition=0.077,
        classroom_places=None,
        currency="CNY",
        cost=CostRates(),
        queues={q.queue: q for q in queues},
        hours=hours,
        history=history,
        special_days=(),
        agents={},
        contracts={},
        kinds={},
        absences=(),
        availability=(),
        requests=(),
        owed={},
        locks=(),
        worked=None,
        published=None,
        ledger=None,
    )


def forecast(of: Centre, offered: float | np.ndarray, aht: float = 240.0, monday: date = MONDAY) -> Forecast:
    week = of.week(monday)
    contacts = np.zeros((len(of.queues), week.intervals)) + offered
    return Forecast(
        week=week,
        queues=tuple(of.queues),
        offered=contacts,
        limits={"p10": contacts, "p90": contacts},
        aht_seconds=np.full_like(contacts, aht),
    )


def value(explanation: Explanation, name: str) -> float:
    return [step.value for step in explanation.steps if step.name.strip() == name][-1]


def test_voice_gets_the_smallest_number_that_meets_target_and_cap_by_erlang_a() -> None:
    shop = centre(queue())
    needed = require(shop, forecast(shop, 300.0)).agents
    expected = agents_needed(
        arrivals=300 / 900, aht_seconds=240, threshold_seconds=20, patience_seconds=120,
        service_level=0.8, max_occupancy=0.88,
    )  # fmt: skip
    assert needed.shape == (1, 672)
    assert (needed == expected).all()


def test_a_queue_without_patience_is_staffed_by_erlang_c_and_needs_more() -> None:
    both = centre(queue("leave", max_occupancy=1.0), queue("stay", max_occupancy=1.0, patience_seconds=None))
    leave, stay = require(both, forecast(both, 300.0)).agents[:, TEN]
    assert leave < stay
    fare = performance(
        servers=stay, arrivals=300 / 900, aht_seconds=240, threshold_seconds=20, patience_seconds=None
    )  # fmt: skip
    assert fare.service_level >= 0.8


def test_the_occupancy_cap_asks_for_more_than_the_service_level_alone_on_a_big_queue() -> None:
    both = centre(queue("capped", max_occupancy=0.8), queue("free", max_occupancy=1.0))
    capped, free = require(both, forecast(both, 1500.0)).agents[:, TEN]
    assert capped > free
    assert capped == pytest.approx(1500 * 240 / 900 / 0.8, abs=1)


def test_a_chat_agent_who_serves_two_at_once_counts_for_two_and_halves_of_agents_are_kept() -> None:
    both = centre(
        queue("chat", channel=Channel.CHAT, concurrency=2.0), queue("single", channel=Channel.CHAT, concurrency=1.0)
    )
    contacts = np.linspace(1, 200, 672)
    double, single = require(both, forecast(both, contacts)).agents
    assert (double == single / 2).all()
    assert (double % 1 == 0.5).any()


def test_nobody_is_needed_while_closed_and_min_agents_while_open_even_without_a_contact() -> None:
    shop = centre(queue(min_agents=2.0), open_from=480, open_to=1200)
    quiet = require(shop, forecast(shop, 0.0)).agents[0].reshape(7, 96)
    assert (quiet[:, 32:80] == 2).all()
    assert (quiet[:, :32] == 0).all() and (quiet[:, 80:] == 0).all()
    busy = require(shop, forecast(shop, 60.0)).agents[0].reshape(7, 96)
    assert (busy[:, 32:80] > 2).all() and (busy[:, :32] == 0).all()


def test_a_trace_of_a_contact_needs_nobody_and_a_rare_contact_needs_one() -> None:
    shop = centre(queue())
    assert require(shop, forecast(shop, TINY_CONTACTS / 2)).agents.max() == 0
    assert require(shop, forecast(shop, TINY_CONTACTS * 2)).agents.min() == 1


def test_handling_time_that_is_unknown_where_nothing_is_offered_does_no_harm() -> None:
    shop = centre(queue(), queue("mail", channel=Channel.DEFERRED, threshold_seconds=86400.0))
    unknown = replace(forecast(shop, 0.0), aht_seconds=np.full((2, 672), np.nan))
    assert require(shop, unknown).agents.max() == 0


def test_absence_and_six_weeks_of_attrition_come_on_top_unrounded() -> None:
    shop = centre(queue())
    week = forecast(shop, 300.0, monday=date(2027, 1, 11))
    found = require(shop, week)
    assert weeks_ahead(shop, week.week) == 6
    assert found.rostered == pytest.approx(found.agents / (0.95 * 0.923 ** (6 / 52)))
    assert not np.any(found.rostered % 1 == 0)


def test_a_history_that_ends_at_the_monday_or_after_it_leaves_absence_alone() -> None:
    shop = centre(queue())
    assert presence(shop, shop.week(MONDAY)) == pytest.approx(0.95)
    assert presence(shop, shop.week(date(2026, 11, 23))) == pytest.approx(0.95)
    assert presence(replace(shop, history=shop.history.iloc[:0]), shop.week(MONDAY)) == pytest.approx(0.95)


def test_callbacks_due_within_a_day_are_levelled_flat_where_the_desk_never_closes() -> None:
    desk = centre(queue(channel=Channel.DEFERRED, threshold_seconds=86400.0, patience_seconds=None))
    daily = np.tile(np.concatenate([np.zeros(32), np.full(40, 36.0), np.zeros(24)]), 7)
    needed = require(desk, forecast(desk, daily)).agents[0]
    assert needed == pytest.approx(np.full(672, 36 * 240 / 900 * 40 / 96 / 0.88))


def test_callbacks_of_the_night_are_done_after_the_desk_opens_and_none_is_lost() -> None:
    mail = queue(channel=Channel.DEFERRED, threshold_seconds=4 * 3600.0, patience_seconds=None, max_occupancy=0.8)
    desk = centre(mail, open_from=480, open_to=1200)
    needed = require(desk, forecast(desk, 9.0)).agents[0]
    assert (needed.reshape(7, 96)[:, :32] == 0).all()
    assert needed.sum() * 900 * 0.8 == pytest.approx(672 * 9 * 240)


def test_one_contact_is_worked_on_within_its_time_and_at_no_other() -> None:
    mail = queue(channel=Channel.DEFERRED, threshold_seconds=2 * 3600.0, patience_seconds=None)
    desk = centre(mail)
    contacts = np.zeros(672)
    contacts[TEN] = 8.0
    worked = np.flatnonzero(require(desk, forecast(desk, contacts)).agents[0])
    assert worked.tolist() == list(range(TEN, TEN + 8))


def test_what_arrives_on_sunday_night_is_taken_to_have_arrived_the_sunday_before_too() -> None:
    opened = np.ones(672, dtype=bool)
    opened[-4:] = False
    work = np.zeros(672)
    work[-2] = 60.0
    done = levelled(work, opened, span=8)
    assert done[:6] == pytest.approx([10.0] * 6)
    assert done[6:] == pytest.approx(0.0)


def test_a_week_whose_clock_changes_is_staffed_in_all_its_hours() -> None:
    desk = centre(queue(channel=Channel.DEFERRED, threshold_seconds=86400.0), queue("calls"), timezone="Europe/Berlin")
    found = require(desk, forecast(desk, 9.0, monday=date(2026, 10, 19)))
    assert found.agents.shape == (2, 676)
    assert (found.agents > 0).all()


@settings(deadline=None, max_examples=60)
@given(
    work=st.lists(st.floats(0, 1e4), min_size=24, max_size=24),
    opened=st.lists(st.booleans(), min_size=24, max_size=24).filter(any),
    span=st.integers(0, 40),
)
def test_levelling_neither_loses_work_nor_does_it_while_closed(
    work: list[float], opened: list[bool], span: int
) -> None:
    done = levelled(np.array(work), np.array(opened), span=span)
    assert done.sum() == pytest.approx(sum(work))
    assert (done >= 0).all()
    assert (done[~np.array(opened)] == 0).all()


def test_a_queue_that_never_opens_needs_nobody_for_its_mail() -> None:
    assert levelled(np.ones(8), np.zeros(8, dtype=bool), span=4).tolist() == [0.0] * 8


@settings(deadline=None, max_examples=25)
@given(
    channel=st.sampled_from(list(Channel)),
    patience=st.one_of(st.none(), st.floats(20, 600)),
    offered=st.floats(0, 400),
    more=st.floats(0, 200),
)
def test_more_contacts_never_need_fewer_people(
    channel: Channel, patience: float | None, offered: float, more: float
) -> None:
    desk = centre(queue(channel=channel, patience_seconds=patience, concurrency=1.5, min_agents=1.0))
    few, many = (require(desk, forecast(desk, contacts)).rostered for contacts in (offered, offered + more))
    assert (few <= many + 1e-9).all()


@pytest.mark.parametrize(
    "of",
    [
        queue(),
        queue(patience_seconds=None),
        queue(max_occupancy=1.0, min_agents=500.0),
        queue(channel=Channel.CHAT, concurrency=2.5),
        queue(channel=Channel.DEFERRED, threshold_seconds=7200.0, patience_seconds=None),
    ],
)
def test_the_explanation_ends_in_the_number_of_the_requirement(of: Queue) -> None:
    desk = centre(of, open_from=480, open_to=1200)
    week = forecast(desk, np.linspace(0, 300, 672), monday=date(2026, 12, 14))
    found = require(desk, week)
    for at in (TEN, 100, 300, 329, 671):
        told = explain(desk, week, queue="enquiry", start=week.week.wall(at * 15))
        assert (told.agents, told.rostered) == (found.agents[0, at], pytest.approx(found.rostered[0, at]))
        assert value(told, "agents_rostered") == pytest.approx(value(told, "agents") / value(told, "presence"))


def test_the_explanation_of_a_call_queue_shows_that_one_agent_fewer_misses() -> None:
    desk = centre(queue())
    told = explain(desk, forecast(desk, 300.0), queue="enquiry", start=datetime(2026, 11, 30, 2, 5, tzinfo=UTC))
    assert value(told, "load") == pytest.approx(300 * 240 / 900)
    fewer, enough = (step.value for step in told.steps if step.name == "servers")
    assert fewer == enough - 1
    levels = [step for step in told.steps if step.name.strip() in ("service level", "occupancy")]
    assert any(step.source.startswith(("misses", "above")) for step in levels[:2])
    assert all(step.source.startswith(("meets", "within")) for step in levels[2:])
    text = str(told)
    assert text.startswith("Required for queue enquiry at 2026-11-30T10:00\n")
    for shown in ("Erlang A", "80 erlangs", "80.000%", "88.000%", "absence_rate", "5.000%", "agents_rostered"):
        assert shown in text


def test_the_explanation_of_a_corrected_number_ends_with_what_the_replay_moved() -> None:
    desk = centre(queue())
    week = forecast(desk, 300.0)
    found = require(desk, week)
    start = week.week.wall(600)
    erlang = explain(desk, week, queue="enquiry", start=start)
    fewer = replace(found, agents=0.9 * found.agents, rostered=0.9 * found.rostered)
    told = moved_by_replay(erlang, fewer)
    *before, last = told.steps
    assert tuple(before) == erlang.steps and last.name == "moved by replay"
    assert (told.agents, told.rostered) == (pytest.approx(0.9 * erlang.agents), pytest.approx(0.9 * erlang.rostered))
    assert last.value == pytest.approx(-0.1 * erlang.rostered, abs=1e-4) and last.text.startswith("-")
    assert f"from {erlang.rostered:,.6g} to {told.rostered:,.6g} rostered" in last.source
    assert moved_by_replay(erlang, found).steps[-1].text == "+0 agents"


def test_the_worked_number_in_the_docs_is_what_the_code_says() -> None:
    desk = centre(queue())
    week = forecast(desk, 312.0, aht=241.0, monday=date(2027, 1, 11))
    page = Path(__file__).parents[1] / "docs" / "requirement.md"
    assert str(explain(desk, week, queue="enquiry", start=week.week.wall(600))) in page.read_text(encoding="utf-8")


def test_the_explanation_of_deferred_work_reaches_from_the_work_done_to_the_agents() -> None:
    desk = centre(queue(channel=Channel.DEFERRED, threshold_seconds=7200.0, patience_seconds=None))
    told = explain(desk, forecast(desk, 30.0), queue="enquiry", start=datetime(2026, 11, 30, 2, tzinfo=UTC))
    assert value(told, "work done here") == pytest.approx(30 * 240)
    assert value(told, "agents for the load") == pytest.approx(30 * 240 / 900 / 0.88)
    assert "since 2026-11-30T08:15" in str(told)


def test_the_explanation_says_closed_where_the_queue_is_closed() -> None:
    desk = centre(queue(min_agents=3.0), open_from=480, open_to=1200)
    told = explain(desk, forecast(desk, 30.0), queue="enquiry", start=datetime(2026, 11, 29, 17, tzinfo=UTC))
    assert told.agents == 0
    assert "closed" in str(told)


def test_an_explanation_of_what_is_not_there_names_what_is() -> None:
    desk = centre(queue(), queue("fault"))
    week = forecast(desk, 30.0)
    with pytest.raises(ValueError, match="'faults'.*enquiry, fault"):
        explain(desk, week, queue="faults", start=week.week.wall(0))
    with pytest.raises(ValueError, match="2026-12-07T00:00.*2026-11-30T00:00 to 2026-12-06T23:45"):
        explain(desk, week, queue="fault", start=week.week.wall(10080))


def test_a_week_of_eight_queues_with_six_hundred_agents_each_is_reckoned_in_two_seconds() -> None:
    kinds = (
        [queue(f"voice{i}") for i in range(4)]
        + [queue(f"patient{i}", patience_seconds=None, max_occupancy=1.0) for i in range(2)]
        + [queue("chat", channel=Channel.CHAT, concurrency=2.0)]
        + [queue("mail", channel=Channel.DEFERRED, threshold_seconds=86400.0)]
    )
    desk = centre(*kinds)
    curve = 1000 + 950 * np.sin(np.linspace(0, 14 * np.pi, 672))
    require(desk, forecast(desk, 1.0))  # compiles where no earlier run has left the machine code
    began = perf_counter()
    found = require(desk, forecast(desk, curve))
    assert perf_counter() - began < 2
    assert found.agents.max() > 550


def test_a_higher_quantile_never_needs_fewer_agents_and_lies_between_its_levels() -> None:
    """Between two levels contacts lie on a straight line; beyond the outermost nothing is claimed."""
    shop = centre(queue())
    flat = forecast(shop, 300.0)
    told = replace(flat, limits={"p10": flat.offered * 0.8, "p50": flat.offered, "p90": flat.offered * 1.2})
    assert told.at(0.7).offered == pytest.approx(flat.offered * 1.1)
    assert told.at(0.7).quantile == 0.7
    needed = [require(shop, told.at(quantile)).agents for quantile in (0.1, 0.3, 0.5, 0.8, 0.9)]
    assert np.all(np.diff(needed, axis=0) >= 0) and needed[-1].sum() > needed[0].sum()
    for beyond in (0.05, 0.95):
        with pytest.raises(ValueError, match=r"a quantile from 0\.1 to 0\.9 is expected"):
            told.at(beyond)
    start = datetime(2026, 11, 30, 2, tzinfo=UTC)
    source = explain(shop, told.at(0.8), queue="enquiry", start=start).steps[0].source
    assert "not exceeded with a chance of 80.0%" in source


def test_the_limits_of_a_date_are_those_of_its_sum() -> None:
    flat = forecast(centre(queue()), 300.0)
    told = replace(flat, day_limits={"p10": np.full((1, 7), 9.0), "p90": np.full((1, 7), 99.0)})
    table = told.day_table()
    assert list(table.columns) == ["date", "queue", "offered", "offered_p10", "offered_p90"]
    assert table["offered"].tolist() == pytest.approx([300.0 * 96] * 7)
    assert table["date"].tolist() == [MONDAY] + [date(2026, 12, day) for day in range(1, 7)]
