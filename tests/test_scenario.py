"""What changes a planner can lay over a centre, and what each of them comes to."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from tests.tiny import FREE_OF_LIMITS, FULL_TIME, MONDAY, shift_at, tiny_agent, tiny_centre, tiny_queue
from wfm.centre import Absence, Availability, Centre, Channel, Lock, OpeningHours, Request, SpecialDay
from wfm.demand import Forecast
from wfm.money import pay, total
from wfm.requirement import require
from wfm.scenario import (
    ALL,
    FACTORS,
    CrossTraining,
    DayChange,
    Factor,
    Scenario,
    Sweep,
    Won,
    apply,
    layers_of,
    words,
)
from wfm.service import service, together
from wfm.whatif import Task, Terms, evaluate

SHANGHAI = ZoneInfo("Asia/Shanghai")


def centre_of(**overrides: Any) -> Centre:
    """Two clients of one queue each, open all week from 8 to 20."""
    queues = [tiny_queue(), tiny_queue("bank", client="bank", patience_seconds=None)]
    hours = tuple(
        OpeningHours(queue=queue.queue, weekday=day, date=None, open=8 * 60, close=20 * 60)
        for queue in queues
        for day in range(7)
    )
    agents = [tiny_agent(f"a{n:02d}", hired_on=date(2020, 1, 1) + timedelta(days=n)) for n in range(20)]
    agents += [tiny_agent(f"b{n:02d}", skills={"bank": 1.0, "enquiry": 1.2}) for n in range(10)]
    return tiny_centre(**{"queues": queues, "hours": hours, "agents": agents, "contracts": [FULL_TIME], **overrides})


def forecast_of(centre: Centre, contacts: float = 20.0) -> Forecast:
    week = centre.week(MONDAY)
    shape = (len(centre.queues), week.intervals)
    return Forecast(
        week=week,
        queues=tuple(centre.queues),
        offered=np.full(shape, contacts),
        limits={"p10": np.full(shape, 0.8 * contacts), "p90": np.full(shape, 1.2 * contacts)},
        aht_seconds=np.full(shape, 240.0),
    )


def test_twice_the_volume_requires_what_twice_the_forecast_does() -> None:
    centre = centre_of()
    of, load = apply(centre, forecast_of(centre), [Scenario(name="double", volume={ALL: 2.0})])
    doubled = require(centre, forecast_of(centre, 40.0))
    np.testing.assert_allclose(require(of, load).rostered, doubled.rostered)
    np.testing.assert_allclose(load.limits["p90"], 48.0)


def test_a_queues_own_factor_goes_on_top_of_that_of_all() -> None:
    centre = centre_of()
    _, load = apply(
        centre, forecast_of(centre), [Scenario(name="x", volume={ALL: 1.5, "bank": 2.0}, aht={"bank": 0.5})]
    )
    assert (load.offered[0, 0], load.offered[1, 0], load.aht_seconds[1, 0]) == (30.0, 60.0, 120.0)


def test_the_base_is_not_changed_by_what_is_laid_over_it() -> None:
    centre = centre_of()
    forecast = forecast_of(centre)
    before = forecast.offered.copy(), dict(centre.queues), dict(centre.agents), dict(centre.contracts)
    everything = Scenario(
        name="all", lost=("bank",), volume={ALL: 3.0}, queues={ALL: {"service_level": 0.9}}, staff={ALL: 0.5},
        contracts={ALL: {"min_rest_minutes": 600}}, seats=1,
    )  # fmt: skip
    apply(centre, forecast, [everything])
    np.testing.assert_array_equal(forecast.offered, before[0])
    assert (centre.queues, centre.agents, centre.contracts) == before[1:] and centre.seats == 3


def test_a_campaign_changes_its_hours_and_no_others() -> None:
    centre = centre_of()
    start = datetime(2026, 12, 2, 10, tzinfo=SHANGHAI)
    day = DayChange(queue="bank", start=start, end=start + timedelta(hours=2), volume=1.6)
    _, load = apply(centre, forecast_of(centre), [Scenario(name="x", days=(day,))])
    changed = np.argwhere(load.offered != 20.0)
    assert changed.tolist() == [[1, 2 * 48 + 20 + n] for n in range(4)]
    assert load.offered[1, 2 * 48 + 20] == pytest.approx(32.0)


def test_an_outage_on_a_day_leaves_it_without_contacts() -> None:
    centre = centre_of()
    start = datetime(2026, 12, 2, tzinfo=SHANGHAI)
    day = DayChange(queue=None, start=start, end=start + timedelta(days=1), volume=0.0)
    of, load = apply(centre, forecast_of(centre), [Scenario(name="x", days=(day,))])
    assert require(of, load).agents[:, 2 * 48 : 3 * 48].sum() == 0


def test_a_client_lost_takes_queues_hours_and_skills_along() -> None:
    special = SpecialDay(date=MONDAY, queue="bank", name="x", kind="event", factor=None)
    centre = centre_of(special_days=(special,))
    of, load = apply(centre, forecast_of(centre), [Scenario(name="x", lost=("bank",))])
    assert list(of.queues) == ["enquiry"] == list(load.queues) and load.offered.shape[0] == 1
    assert {row.queue for row in of.hours or ()} == {"enquiry"} and not of.special_days
    assert of.agents["b00"].skills == {"enquiry": 1.2}
    np.testing.assert_allclose(require(of, load).agents[0], require(centre, forecast_of(centre)).agents[0])


def test_who_has_no_skill_left_is_not_held_to_a_lock() -> None:
    centre = centre_of()
    locks = tuple(Lock(agent=name, date=MONDAY, start=None, end=None, activity="off") for name in sorted(centre.agents))
    of, _ = apply(replace(centre, locks=locks), forecast_of(centre), [Scenario(name="x", lost=("bank",))])
    assert {lock.agent for lock in of.locks} == {name for name, agent in of.agents.items() if agent.skills}


def won(**changes: Any) -> Won:
    standard = Won(client="shop", queue="new", like="bank", volume=0.5, aht=1.0, share=0.5, aht_factor=1.3)
    return replace(standard, **changes)


def test_a_client_won_comes_with_contacts_hours_and_people_like_those_of_a_queue() -> None:
    centre = centre_of()
    fields: dict[str, object] = {"service_level": 0.9}
    of, load = apply(centre, forecast_of(centre), [Scenario(name="x", won=(won(fields=fields),))])
    assert load.queues[-1] == "new" and load.offered[-1, 0] == 10.0
    assert (of.queues["new"].client, of.queues["new"].service_level) == ("shop", 0.9)
    assert [agent.skills["new"] for agent in of.agents.values() if "new" in agent.skills] == [1.3] * 5
    needed = require(of, load).agents
    assert (needed[-1] > 0).tolist() == (needed[1] > 0).tolist()


def test_without_stated_hours_a_queue_won_is_open_when_the_one_it_is_like_is() -> None:
    start = pd.date_range("2026-11-23T08:00", periods=8, freq="30min", tz="Asia/Shanghai")
    history = pd.DataFrame({"start": start, "queue": "bank", "offered": 5.0, "aht_seconds": 60.0, "abandoned": 0.0})
    centre = centre_of(hours=None, history=history)
    of, load = apply(centre, forecast_of(centre), [Scenario(name="x", won=(won(),))])
    assert (require(of, load).agents[-1] > 0).sum() == 8


def test_a_client_won_and_lost_again_is_as_if_it_had_never_come() -> None:
    centre = centre_of()
    below = Scenario(name="won", won=(won(),))
    layers = layers_of(Scenario(name="lost", on=("won",), lost=("shop",)), {"won": below})
    of, load = apply(centre, forecast_of(centre), layers)
    assert (of.queues, of.agents, of.hours) == (centre.queues, centre.agents, centre.hours)
    np.testing.assert_array_equal(load.offered, forecast_of(centre).offered)


def test_a_scenario_below_two_others_is_laid_once() -> None:
    names = {name: Scenario(name=name, on=on) for name, on in {"a": (), "b": ("a",), "c": ("a",)}.items()}
    found = layers_of(Scenario(name="d", on=("b", "c")), names)
    assert [layer.name for layer in found] == ["a", "b", "c", "d"]


def test_a_stricter_target_and_less_absence_change_the_requirement() -> None:
    centre = centre_of()
    base = require(centre, forecast_of(centre)).rostered.sum()
    strict = Scenario(name="x", queues={"enquiry": {"service_level": 0.95, "threshold_seconds": 10.0}})
    assert require(*apply(centre, forecast_of(centre), [strict])).rostered.sum() > base
    present = require(*apply(centre, forecast_of(centre), [Scenario(name="x", absence_rate=0.0)])).rostered.sum()
    assert present == pytest.approx(base * 0.95)


def test_patience_is_multiplied_where_callers_have_one() -> None:
    chats = tiny_queue("mail", channel=Channel.DEFERRED, patience_seconds=None, threshold_seconds=86400.0)
    centre = centre_of(queues=[tiny_queue(), tiny_queue("bank", client="bank", patience_seconds=None), chats])
    of, _ = apply(centre, forecast_of(centre), [Scenario(name="x", patience={ALL: 2.0})])
    assert [queue.patience_seconds for queue in of.queues.values()] == [240.0, None, None]
    given = Scenario(name="x", queues={ALL: {"patience_seconds": 60.0}}, patience={"bank": 2.0})
    of, _ = apply(centre, forecast_of(centre), [given])
    assert [queue.patience_seconds for queue in of.queues.values()] == [60.0, 120.0, None]


@pytest.mark.parametrize(("factor", "people"), [(1.1, 33), (1.0, 30), (0.9, 27), (2.5, 75), (0.0, 0)])
def test_staff_is_multiplied_to_the_nearest_head(factor: float, people: int) -> None:
    centre = centre_of()
    of, _ = apply(centre, forecast_of(centre), [Scenario(name="x", staff={"full_time": factor})])
    assert len(of.agents) == people


def test_more_people_are_copies_of_those_there_are_without_their_past() -> None:
    availability = tuple(Availability(agent=f"a{n:02d}", weekday=0, start=480, end=1200) for n in range(20))
    centre = centre_of(availability=availability)
    of, _ = apply(centre, forecast_of(centre), [Scenario(name="x", staff={"full_time": 1.5})], seed=3)
    new = {name: agent for name, agent in of.agents.items() if name not in centre.agents}
    assert len(new) == 15 and all(agent.hired_on == MONDAY for agent in new.values())
    for name, agent in new.items():
        model = name.partition("+")[0]
        assert agent.skills == centre.agents[model].skills
        assert (name in {row.agent for row in of.availability}) == model.startswith("a")
    fewer, _ = apply(centre, forecast_of(centre), [Scenario(name="x", staff={"full_time": 1.2})], seed=3)
    assert set(fewer.agents) < set(of.agents)


def test_of_fewer_people_those_hired_last_go_with_all_that_is_said_of_them() -> None:
    noon = datetime(2026, 12, 1, 12, tzinfo=SHANGHAI)
    centre = centre_of(
        absences=(Absence(agent="a19", start=noon, end=noon + timedelta(hours=2), kind="leave"),),
        requests=(Request(agent="a19", date=MONDAY, kind="off", value="", clock=None, weight=1.0),),
        locks=(Lock(agent="a19", date=MONDAY, start=None, end=None, activity="off"),),
        owed={("a19", date(2026, 12, 1)): 60},
    )
    centre = replace(centre, agents={name: agent for name, agent in centre.agents.items() if name[0] == "a"})
    of, _ = apply(centre, forecast_of(centre), [Scenario(name="x", staff={ALL: 0.9})])
    assert set(centre.agents) - set(of.agents) == {"a18", "a19"}
    assert not of.absences and not of.requests and not of.locks and not of.owed


def test_a_share_of_those_who_can_one_queue_learns_another() -> None:
    centre = centre_of()
    layer = Scenario(
        name="x", skills=(CrossTraining(queue="bank", learned_from="enquiry", share=0.25, aht_factor=1.1),)
    )
    of, _ = apply(centre, forecast_of(centre), [layer])
    learned = [
        name for name in of.agents if "bank" in of.agents[name].skills and "bank" not in centre.agents[name].skills
    ]
    assert len(learned) == 5 and all(of.agents[name].skills["bank"] == 1.1 for name in learned)
    again, _ = apply(centre, forecast_of(centre), [layer])
    assert again.agents == of.agents


def test_ten_hours_of_rest_let_in_a_roster_that_eleven_forbid() -> None:
    def lock(day: date, clock: int, hours: int) -> Lock:
        start = datetime(day.year, day.month, day.day, clock, tzinfo=SHANGHAI)
        return Lock(agent="ann", date=day, start=start, end=start + timedelta(hours=hours), activity="work")

    rested = replace(FREE_OF_LIMITS, shifts=("day",), min_rest_minutes=11 * 60)
    locks = (lock(MONDAY, 12, 8), lock(MONDAY + timedelta(days=1), 6, 8))
    centre = tiny_centre(agents=[tiny_agent("ann")], contracts=[rested], locks=locks)
    forecast = forecast_of(centre, 0.0)
    terms = Terms(time_limit=10.0, seed=1, runs=0)
    ten = Scenario(name="ten", contracts={"full_time": {"min_rest_minutes": 600}})
    eleven = evaluate(centre, forecast, Task(name="base", layers=(), roster=True), terms)
    assert eleven.status == "infeasible" and not eleven.legal
    eased = evaluate(centre, forecast, Task(name="ten", layers=(ten,), roster=True), terms)
    assert eased.legal and eased.figures["violations", ""] == 0 and eased.figures["rostered", ""] == 1


def test_the_points_of_a_sweep_over_two_factors_are_their_grid() -> None:
    volume, absence = Factor(factor="volume", values=(0.9, 1.1)), Factor(factor="absence_rate", values=(0.0, 0.1))
    sweep = Sweep(name="x", factors=(volume, absence))
    assert sweep.points() == [(0.9, 0.0), (0.9, 0.1), (1.1, 0.0), (1.1, 0.1)]
    assert volume.at(0.9).volume == {ALL: 0.9} and absence.at(0.1).absence_rate == 0.1


@pytest.mark.parametrize("factor", FACTORS)
def test_every_factor_can_be_laid_over_a_centre(factor: str) -> None:
    centre = centre_of()
    kind = FACTORS[factor]
    of = {"queue": "enquiry", "contract": "full_time"}.get(kind.of or "")
    value = 1.0 if kind.whole else 0.5
    changed, load = apply(centre, forecast_of(centre), [Factor(factor=factor, values=(value,), of=of).at(value)])
    before = (centre.queues, centre.contracts, centre.agents, centre.seats, centre.classroom_places)
    before = (*before, centre.absence_rate, centre.annual_attrition)
    after = (changed.queues, changed.contracts, changed.agents, changed.seats, changed.classroom_places)
    after = (*after, changed.absence_rate, changed.annual_attrition)
    assert (after != before) == (factor not in ("volume", "aht", "classroom_places"))
    required = require(centre, forecast_of(centre)).rostered.sum()
    if not kind.required:
        assert require(changed, load).rostered.sum() == required


def test_changes_are_told_in_the_words_of_the_files() -> None:
    layer = Scenario(name="x", contracts={"full_time": {"min_rest_minutes": 630}}, staff={ALL: 1.1}, seats=12)
    assert words(layer) == ["staff of all × 1.1", "min_rest_hours of full_time = 10.5", "seats = 12"]


def test_overtime_is_paid_at_its_rate_and_without_a_pay_nothing_is_told() -> None:
    paid = replace(FULL_TIME, weekly_minutes=(0, 14 * 60), overtime_minutes_max=600, pay_hour=20.0, overtime_pay=2.0)
    centre = tiny_centre(agents=[tiny_agent("ann")], contracts=[paid])
    week = centre.week(MONDAY)
    shifts = [shift_at(week, "ann", day, "08:00 work 12:00 meal! 13:00 work 17:00") for day in range(2)]
    found = pay(centre, week, shifts)["full_time"]
    assert (found.hours, found.overtime_hours, found.money) == (16.0, 2.0, 20.0 * 14 + 40.0 * 2)
    silent = replace(centre, contracts={"full_time": replace(paid, pay_hour=None)})
    assert total(pay(silent, week, shifts)).money is None and total(pay(silent, week, [])).money == 0.0


def test_the_service_of_the_required_cover_meets_its_target_and_less_does_not() -> None:
    centre = centre_of()
    forecast = forecast_of(centre)
    needed = require(centre, forecast)
    met = service(centre, forecast, needed.rostered)
    assert all(level is not None and level >= 0.8 for level in met.values())
    less = together(service(centre, forecast, 0.7 * needed.rostered), forecast)
    assert less is not None and less < 0.6
    assert service(centre, forecast, 0.0 * needed.rostered) == pytest.approx({"enquiry": 0.0, "bank": 0.0}, abs=1e-6)
