"""Who comes and how many call in a simulated week, whatever the floor, and what is made of many runs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from tests.replay.floors import CERTAIN, HOUR, forecast_of, office
from tests.tiny import MONDAY, shift_at, tiny_agent, tiny_queue
from wfm.centre import Centre, Channel
from wfm.replay import Replayed, replay
from wfm.replay.outcome import COUNTED, Period
from wfm.replay.presence import attendance, present, rostered
from wfm.replay.routing import routing
from wfm.replay.traffic import contacts, expected
from wfm.replay.week import one_run
from wfm.roster import Shift

CALLS = {"calls": 1.0}
NINE_TO_FIVE = "09:00 work 12:00 meal! 13:00 work 15:00 rest 15:15 work 17:00"


def shifts_of(centre: Centre, text: str = NINE_TO_FIVE, days: Sequence[int] = range(7)) -> list[Shift]:
    """Everybody works the same shift on these days."""
    return [shift_at(centre.week(MONDAY), agent, day, text) for agent in centre.agents for day in days]


def week_of(found: Replayed, column: str) -> float:
    """A figure of the first queue's week."""
    table = found.table()
    return float(table.loc[table["day"] == "week", column].iloc[0])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_with_nobody_on_the_floor_callers_call_again_and_again(share: float) -> None:
    assumed = replace(CERTAIN, redial_share=share, redial_minutes=1.0)
    centre = office(CALLS, queues=[tiny_queue("calls", patience_seconds=30.0)], replay=assumed)
    found = replay(centre, forecast_of(centre, hourly=300, aht=60), [], replications=4)
    assert found.whole.offered.mean() == pytest.approx(300 * 168 / (1 - share), rel=0.01)
    assert found.whole.answered.sum() == 0
    assert week_of(found, "service_level") == 0.0
    assert week_of(found, "abandoned") == pytest.approx(1.0, abs=1e-3)


def test_everybody_absent_is_a_week_without_anybody() -> None:
    centre = office(CALLS, absence_rate=0.999999, replay=replace(CERTAIN, late_share=0.1))
    people = rostered(centre, centre.week(MONDAY), shifts_of(centre))
    assert len(attendance(people, np.random.SeedSequence(1)).time) == 0


@pytest.mark.parametrize(("absence", "late"), [(0.05, 0.03), (0.1, 0.5), (0.002, 0.2), (0.0, 0.2)])
def test_absence_with_lateness_in_it_takes_its_share_of_what_is_rostered(absence: float, late: float) -> None:
    replayed = replace(CERTAIN, late_share=late, late_minutes=10.0)
    centre = office(*[CALLS] * 200, absence_rate=absence, replay=replayed)
    shifts = shifts_of(centre)
    people = rostered(centre, centre.week(MONDAY), shifts)
    seconds = 60.0 * sum(shift.minutes_of("work") for shift in shifts)
    group = routing(centre).group
    there = [
        present(attendance(people, np.random.SeedSequence(run)), group, 1, interval_seconds=HOUR, intervals=168).sum()
        for run in range(60)
    ]
    error = np.std(there, ddof=1) / len(there) ** 0.5
    assert np.mean(there) == pytest.approx((1 - absence) * seconds, abs=4 * error + 1e-6 * seconds)


def test_who_is_late_for_training_is_not_late_for_the_phone_after_it() -> None:
    centre = office(CALLS, absence_rate=0.1, replay=replace(CERTAIN, late_share=1.0))
    shifts = shifts_of(centre, "09:00 training 10:00 work 12:00", days=[0])
    assert len(rostered(centre, centre.week(MONDAY), shifts).opening) == 0


def test_the_roster_is_staffed_from_last_weeks_night_to_next_weeks() -> None:
    centre = office(CALLS)
    week = centre.week(MONDAY)
    night = [shift_at(week, "a0", day, "22:00 work 30:00") for day in (-1, 6)]
    people = attendance(rostered(centre, week, night), np.random.SeedSequence(1))
    seconds = present(people, routing(centre).group, 1, interval_seconds=HOUR, intervals=week.intervals)
    assert np.flatnonzero(seconds[0]).tolist() == [0, 1, 2, 3, 4, 5, 166, 167]
    assert seconds.sum() == 8 * HOUR


def test_attrition_takes_whole_weeks_of_agents() -> None:
    centre = replace(office(*[CALLS] * 2000), annual_attrition=0.0)
    people = replace(rostered(centre, centre.week(MONDAY), shifts_of(centre)), gone=0.1)
    came = attendance(people, np.random.SeedSequence(1)).agent
    assert 1 - len(set(came.tolist())) / 2000 == pytest.approx(0.1, abs=0.03)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_dates_differ_as_the_forecast_says_and_have_their_share_in_common(share: float) -> None:
    centre = office(CALLS, replay=replace(CERTAIN, week_share=share))
    traffic = expected(centre, forecast_of(centre, hourly=50, aht=60, spread=0.2))
    totals = []
    for run in range(1500):
        start = contacts(traffic, np.random.SeedSequence(run)).start
        totals.append(np.bincount((start // (24 * HOUR)).astype(int), minlength=7) / 1200)
    days = np.array(totals)
    assert days.mean() == pytest.approx(1.0, abs=0.015)
    assert days.std(axis=0, ddof=1) == pytest.approx(np.full(7, 0.2), abs=0.02)
    between = np.corrcoef(days.T)[np.triu_indices(7, 1)].mean()
    assert between == pytest.approx(share, abs=0.05)


def test_the_week_begins_with_what_the_week_before_left_of_the_mail() -> None:
    mail = tiny_queue("mail", channel=Channel.DEFERRED, threshold_seconds=24 * HOUR)
    centre = office({"mail": 1.0}, queues=[mail])
    traffic = expected(centre, forecast_of(centre, hourly=100, aht=60))
    start = contacts(traffic, np.random.SeedSequence(1)).start
    over = start[start < 0]
    assert len(over) == pytest.approx(100 * 24 / 2, rel=0.1)  # of what came all through Sunday one half is not done yet
    assert over.min() >= -24 * HOUR
    assert np.mean(over > -12 * HOUR) == pytest.approx(0.75, abs=0.05)


@pytest.mark.parametrize("monday", ["2026-10-19", "2026-03-23"])
def test_a_week_in_which_the_clock_changes_is_replayed_hour_by_hour(monday: str) -> None:
    brief = tiny_queue("calls", patience_seconds=30.0)  # nobody is left of the night when the shift begins
    centre = office(CALLS, queues=[brief], timezone="Europe/Berlin", country="DE")
    week = centre.week(date.fromisoformat(monday))
    told = forecast_of(centre, hourly=10, aht=60, week=week)
    shifts = [shift_at(week, "a0", day, "09:00 work 17:00") for day in range(7)]
    found = replay(centre, told, shifts, replications=3)
    assert len(found.interval_table()) == week.intervals in (167, 169)
    per_day = found.days.offered.mean(axis=0)[0]
    assert per_day[6] / per_day[:6].mean() == pytest.approx((week.minutes - 6 * 1440) / 1440, abs=0.15)
    sunday = found.interval_table().query("start.dt.dayofweek == 6 and start.dt.hour in (8, 9, 16, 17)")
    assert (sunday["service_level"] > 0.5).tolist() == [False, True, True, False]


def test_a_forecast_of_other_queues_is_refused() -> None:
    centre = office({"calls": 1.0, "orders": 1.0})
    told = replace(forecast_of(centre, hourly=5, aht=60), queues=("orders", "calls"))
    with pytest.raises(ValueError, match="queues orders, calls; expected calls, orders"):
        replay(centre, told, [], replications=1)


def test_a_target_met_to_the_contact_is_met() -> None:
    period = Period(**{name: np.full((1, 1, 1), 55.0) for name in COUNTED}, occupancy=np.zeros((1, 1)))
    exact = replace(period, offered=np.full((1, 1, 1), 100.0))
    assert exact.columns(np.array([0.55]))["p_target"][0, 0] == 1.0  # 0.55 × 100 is 55.00000000000001 in binary


def test_the_chance_to_meet_a_target_comes_with_wilsons_interval() -> None:
    offered = np.full((20, 1, 1), 10.0)
    within = np.where(np.arange(20) < 15, 9.0, 7.0).reshape(20, 1, 1)
    counted = dict.fromkeys(COUNTED, within) | {"offered": offered}
    found = Period(**counted, occupancy=np.zeros((1, 1))).columns(np.array([0.8]))
    sure = binomtest(15, 20).proportion_ci(0.95, method="wilson")
    assert found["p_target"][0, 0] == 0.75
    assert (found["p_low"][0, 0], found["p_high"][0, 0]) == pytest.approx((sure.low, sure.high))
    reach = 2.093024 * within.std(ddof=1) / 10 / 20**0.5  # Student's t of 19
    assert found["service_level"][0, 0] == pytest.approx(0.85)
    assert found["high"][0, 0] - found["low"][0, 0] == pytest.approx(2 * reach)


@st.composite
def centres(draw: st.DrawFn) -> tuple[Centre, list[Shift], float]:
    """Random floors of up to four queues and six agents, and contacts an hour."""
    channels = draw(st.lists(st.sampled_from(Channel), min_size=1, max_size=4))
    queues = [
        tiny_queue(
            f"q{number}",
            channel=channel,
            threshold_seconds=draw(st.sampled_from([1.0, 20.0, 7200.0, 200_000.0])),
            patience_seconds=None if channel is Channel.DEFERRED else draw(st.sampled_from([None, 5.0, 120.0])),
            concurrency=draw(st.sampled_from([1.0, 2.0, 2.5])) if channel is Channel.CHAT else 1.0,
        )
        for number, channel in enumerate(channels)
    ]
    names = [queue.queue for queue in queues]
    agents = []
    for number in range(draw(st.integers(0, 6))):
        own = draw(st.lists(st.sampled_from(names), unique=True))
        first = {name: draw(st.integers(1, 3)) for name in own if draw(st.booleans())}
        agents.append(tiny_agent(f"a{number}", skills=dict.fromkeys(own, 1.2), priorities=first))
    changes: dict[str, Any] = {"queues": queues, "agents": agents, "absence_rate": draw(st.sampled_from([0.0, 0.3]))}
    centre = office(**changes, replay=replace(CERTAIN, handling_cv=2.0, redial_share=0.5, late_share=0.3))
    text = draw(st.sampled_from([NINE_TO_FIVE, "00:00 work 24:00", "20:00 work 23:00 rest 23:15 work 28:00"]))
    return centre, shifts_of(centre, text), draw(st.sampled_from([0.1, 3.0, 30.0]))


@given(case=centres(), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_whatever_the_floor_nothing_is_counted_twice_or_worked_by_nobody(
    case: tuple[Centre, list[Shift], float], seed: int
) -> None:
    centre, shifts, hourly = case
    told = forecast_of(centre, hourly=hourly, aht=400, spread=0.3)
    people = rostered(centre, told.week, shifts)
    came, at_work = np.random.SeedSequence(seed).spawn(2)
    run = one_run(routing(centre), expected(centre, told), people, came, at_work)
    tally = run.tally
    assert np.all(tally.answered + tally.abandoned <= tally.offered + 1e-9)
    assert np.all(tally.within <= tally.answered + 1e-9)
    assert np.all(tally.wait >= 0)
    assert np.all(tally.busy >= -1e-6)
    assert np.all(tally.overrun >= -1e-6)
    assert np.all(tally.busy.sum(axis=1) <= run.present + tally.overrun + 1e-6)
    again = one_run(routing(centre), expected(centre, told), people, came, at_work)
    assert np.array_equal(again.tally.wait, tally.wait)
