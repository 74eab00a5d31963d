"""The cost of a roster, term by term, against sums done by hand."""

from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.check.roster import EARLY, LATE, LONG, NIGHT, SCHOOL, SEVEN, full_time, worked
from tests.tiny import FULL_TIME, MONDAY, NIGHT_TEAM, shift_at, tiny_agent, tiny_centre, tiny_queue
from wfm.centre import Absence, CostRates, LedgerEntry, Request
from wfm.cost import Cost, reckon
from wfm.roster import table_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NO_RULES = {"weekly_minutes": None, "days": None, "training_minutes_month": 0}
Words = dict[tuple[str, int], str]
Needs = dict[tuple[int, int], float]


def counted(words: Words | None = None, needs: Needs | None = None, *, free: bool = True, **overrides: Any) -> Cost:
    """The cost of shifts against needs by (queue, half-hour of the week); `free`: contracts ask and owe nothing."""
    if free:
        contracts = [replace(FULL_TIME, **NO_RULES), replace(NIGHT_TEAM, **NO_RULES)]
        overrides = {"contracts": contracts, **overrides}
    centre = tiny_centre(**overrides)
    week = centre.week(MONDAY)
    required = np.zeros((len(centre.queues), week.intervals))
    for cell, agents in (needs or {}).items():
        required[cell] = agents
    return reckon(centre, week, required, [shift_at(week, *key, text) for key, text in (words or {}).items()])


def only_ann(**terms: Any) -> dict[str, Any]:
    """A centre of ann alone under the full-time contract, changed so; she owes no training."""
    terms = {"training_minutes_month": 0, **terms}
    return {"agents": [tiny_agent("ann")], **full_time(**terms), "free": False}


def nonzero(cost: Cost) -> dict[str, float]:
    return {name: value for name, value in cost.terms.items() if value}


def test_nothing_needed_and_nothing_asked_costs_nothing() -> None:
    cost = counted()
    assert cost.total == 0
    assert set(cost.terms) == {field.name for field in fields(CostRates)} - {"shortage_deep"}


def test_the_first_tenth_of_a_shortage_costs_one_a_minute_and_the_rest_four() -> None:
    # Two agents short for half an hour: 0.2 at 1 and 1.8 at 4 an agent-minute.
    cost = counted(needs={(0, 20): 2.0})
    assert nonzero(cost) == {"shortage": pytest.approx(30 * (0.2 + 1.8 * 4))}
    assert (cost.required_hours, cost.short_hours, cost.surplus_hours) == (1.0, 1.0, 0.0)


def test_a_shortage_within_the_first_tenth_costs_one_a_minute() -> None:
    beginner = {"agents": [tiny_agent("ann", skills={"enquiry": 1.05})]}
    cost = counted({("ann", 0): "10:00 work 10:30"}, {(0, 20): 1.0}, **beginner)
    assert nonzero(cost) == {"shortage": pytest.approx(30 * (1 - 1 / 1.05))}


def test_a_queues_weight_multiplies_its_shortage_but_no_surplus() -> None:
    queues = {"queues": [tiny_queue(weight=3.0)]}
    assert nonzero(counted(needs={(0, 20): 1.0}, **queues)) == {"shortage": pytest.approx(3 * 30 * (0.1 + 0.9 * 4))}
    assert nonzero(counted({("ann", 0): "10:00 work 11:00"}, **queues)) == {"surplus": pytest.approx(60 * 0.1)}


def test_breaks_training_and_meetings_answer_nobody() -> None:
    text = "10:00 meal! 10:30 rest 11:00 training 12:00 meeting 12:30 work 13:00"
    needs = {(0, half): 1.0 for half in range(20, 26)}
    cost = counted({("ann", 0): text}, needs)
    assert cost.short_hours == 2.5
    assert cost.staffed[0, 20:26].tolist() == [0, 0, 0, 0, 0, 1]


def test_last_weeks_tail_answers_this_weeks_calls_and_the_future_is_neither_short_nor_surplus() -> None:
    cost = counted({("dee", 6): NIGHT}, {(0, 0): 1.0}, **worked({("dee", -1): NIGHT}))
    assert cost.short_hours == 0
    # The tail works six hours, one half-hour of it needed; Sunday's night two hours of the week.
    assert cost.surplus_hours == 6 - 0.5 + 2


def test_agents_are_shared_among_their_queues_so_that_it_costs_least() -> None:
    queues = [tiny_queue("enquiry"), tiny_queue("fault", weight=2.0)]
    both = tiny_agent("ann", skills={"enquiry": 1.0, "fault": 1.0})
    cost = counted({("ann", 0): "10:00 work 10:30"}, {(0, 20): 1.0, (1, 20): 1.0}, queues=queues, agents=[both])
    # Nine tenths to the heavy queue, a tenth to the depth of the other; what is left: 0.8 deep and 0.1, 0.1 weighs 2.
    assert cost.staffed[:, 20] == pytest.approx([0.1, 0.9])
    assert cost.total == pytest.approx(30 * (0.1 + 0.8 * 4 + 2 * 0.1))


def test_overtime_costs_half_a_minute_from_the_weekly_maximum_on() -> None:
    week = {("ann", day): LONG for day in range(5)}  # nine paid hours a day
    assert counted(week, **only_ann(overtime_minutes_max=300)).terms["overtime"] == 0.5 * 5 * 60
    assert counted({("ann", 0): LONG}, **only_ann()).terms["overtime"] == 0


def test_hours_below_the_contract_cost_half_a_minute() -> None:
    three = {("ann", day): EARLY for day in range(3)}  # 24 of 32 hours
    assert counted(three, **only_ann()).terms["below_hours"] == 0.5 * 8 * 60
    assert counted(**only_ann()).terms["below_hours"] == 0.5 * 32 * 60
    away = Absence(
        agent="ann",
        start=datetime(2026, 12, 5, tzinfo=SHANGHAI),
        end=datetime(2026, 12, 7, tzinfo=SHANGHAI),
        kind="leave",
    )
    assert counted(**only_ann(), absences=(away,)).terms["below_hours"] == pytest.approx(0.5 * 32 * 60 * 5 / 7)


def test_training_that_is_due_and_not_placed_costs_two_a_minute() -> None:
    owed = {("ann", date(2026, 11, 1)): 120, ("ann", date(2026, 12, 1)): 0}
    alone: dict[str, Any] = {**only_ann(**NO_RULES), "owed": owed}
    none, one, two = (counted({("ann", day): SCHOOL for day in range(n)}, **alone) for n in range(3))
    assert [cost.terms["training"] for cost in (none, one, two)] == [240, 120, 0]
    assert [(cost.training_due, cost.training_placed) for cost in (none, one, two)] == [(120, 0), (120, 60), (120, 120)]


def test_training_beyond_what_is_due_earns_nothing_for_others() -> None:
    owed = {(agent, date(2026, month, 1)): 0 for agent in ("ann", "bob") for month in (11, 12)}
    owed["bob", date(2026, 11, 1)] = 60
    people = {"agents": [tiny_agent("ann"), tiny_agent("bob")], "owed": owed}
    cost = counted({("ann", 0): SCHOOL}, **people)
    assert (cost.training_due, cost.training_placed, cost.terms["training"]) == (60, 0, 120)


@pytest.mark.parametrize(
    ("kind", "value", "granted", "refused"),
    [
        ("off", None, None, EARLY),
        ("shift", "day", EARLY, None),
        ("start_after", "07:00", SEVEN, EARLY),
        ("start_after", "07:00", None, EARLY),
        ("end_before", "15:00", EARLY, SEVEN),
        ("end_before", "15:00", None, LATE),
    ],
)
def test_a_refused_request_costs_sixty_times_its_weight(
    kind: str, value: str | None, granted: str | None, refused: str | None
) -> None:
    clock = int(value[:2]) * 60 if value and ":" in value else None
    wish = Request(agent="ann", date=date(2026, 12, 1), kind=kind, value=value or "", clock=clock, weight=1.5)
    for text, cost, met in ((granted, 0.0, 1), (refused, 90.0, 0)):
        found = counted({("ann", 1): text} if text else {}, requests=(wish,))
        assert (found.terms["request"], found.requests, found.requests_met) == (cost, 1, met)


def test_a_wish_for_one_kind_is_not_met_by_another() -> None:
    wish = Request(agent="dee", date=date(2026, 12, 1), kind="shift", value="day", clock=None, weight=1.0)
    assert counted({("dee", 1): NIGHT}, requests=(wish,)).requests_met == 0
    assert counted({("dee", 1): NIGHT}, requests=(replace(wish, value="night"),)).requests_met == 1


def test_an_end_after_midnight_is_not_before_the_evening() -> None:
    wish = Request(agent="dee", date=date(2026, 12, 1), kind="end_before", value="23:00", clock=23 * 60, weight=1.0)
    assert counted({("dee", 1): NIGHT}, requests=(wish,)).requests_met == 0


def test_wishes_outside_the_week_or_employment_are_not_counted() -> None:
    wish = Request(agent="ann", date=date(2026, 12, 7), kind="off", value="", clock=None, weight=1.0)
    late = replace(wish, date=date(2026, 12, 4))
    agents = {"agents": [tiny_agent("ann", leaves_on=date(2026, 12, 4))]}
    assert counted(requests=(wish, late), **agents).requests == 0


def test_every_changed_dropped_or_added_shift_of_a_published_week_costs_sixty() -> None:
    week = tiny_centre().week(MONDAY)
    published = {("ann", 0): EARLY, ("ann", 1): EARLY, ("bob", 0): EARLY}
    table = table_of([shift_at(week, *key, text) for key, text in published.items()], week)
    assert counted(published, published=table).terms["change"] == 0
    # Moved, dropped and added; a break placed elsewhere is no change.
    other_break = EARLY.replace("07:30 rest 07:45", "08:00 rest 08:15")
    changed = {("ann", 0): SEVEN, ("bob", 0): other_break, ("bob", 1): EARLY}
    assert counted(changed, published=table).terms["change"] == 3 * 60


def test_burdens_above_the_contracts_mean_cost_thirty_a_point() -> None:
    # A week on the ledger: ann 4, bob 0. At that pace the mean becomes 4: ann may gain nothing, bob four points.
    ledger = tuple(
        LedgerEntry(agent=agent, week=date(2026, 11, 23), kind="night", points=points)
        for agent, points in (("ann", 4.0), ("bob", 0.0))
    )
    people = {"agents": [tiny_agent("ann"), tiny_agent("bob")], "ledger": ledger}
    evening = "14:00 work 22:30"
    words = (EARLY, "05:00 work 13:00", "07:00 work 15:00", "04:30 work 12:30", evening, "16:00 work 24:30")
    points = [counted({("ann", 1): text}, **people).terms["fairness"] / 30 for text in words]
    # Early before seven, night before five or after midnight, late after ten at night: one point each.
    assert points == [1, 1, 0, 1, 1, 1]
    assert counted({("ann", 5): evening}, **people).terms["fairness"] == 60
    assert counted({("bob", day): EARLY for day in range(4)}, **people).terms["fairness"] == 0
    assert counted({("bob", day): EARLY for day in range(5)}, **people).terms["fairness"] == 30


def test_without_a_ledger_burdens_are_counted_from_the_weeks_worked() -> None:
    people: dict[str, Any] = {"agents": [tiny_agent("ann"), tiny_agent("bob")]}
    people |= worked({("ann", day): EARLY for day in range(-7, -3)} | {("bob", -7): "09:00 work 15:00"})
    assert counted({("ann", 0): EARLY}, **people).terms["fairness"] == 30
    assert counted({("bob", 0): EARLY}, **people).terms["fairness"] == 0


def test_a_refused_request_is_a_burden_too() -> None:
    ledger = (LedgerEntry(agent="ann", week=date(2026, 11, 23), kind="refused", points=2.0),)
    people = {"agents": [tiny_agent("ann"), tiny_agent("bob")], "ledger": ledger}
    wish = Request(agent="ann", date=date(2026, 12, 1), kind="off", value="", clock=None, weight=1.0)
    cost = counted({("ann", 1): "09:00 work 15:00"}, requests=(wish,), **people)
    assert (cost.terms["request"], cost.terms["fairness"]) == (60, 30)


def test_the_rates_of_the_centre_are_used_and_the_total_is_their_sum() -> None:
    rates = CostRates(shortage=2, shortage_deep=10, surplus=1, below_hours=3)
    cost = counted({("ann", 0): "10:00 work 10:30"}, {(0, 21): 1.0}, cost=rates, **only_ann(days=None))
    assert nonzero(cost) == {
        "shortage": pytest.approx(30 * (0.1 * 2 + 0.9 * 10)),
        "surplus": pytest.approx(30),
        "below_hours": 3 * (32 * 60 - 30),
    }
    assert cost.total == pytest.approx(sum(cost.terms.values()))


def test_a_clock_change_does_not_shift_the_staffing() -> None:
    centre = tiny_centre(timezone="Europe/Berlin", contracts=[replace(FULL_TIME, **NO_RULES), NIGHT_TEAM])
    week = centre.week(date(2026, 10, 19))
    required = np.zeros((1, week.intervals))
    eight = week.at(6, 8 * 60)[0]
    required[0, eight // 30] = 1
    shift = shift_at(week, "ann", 6, "08:00 work 08:30")
    assert week.wall(eight) - week.wall(0) == timedelta(days=6, hours=8)  # by the clock; an hour more has elapsed
    assert reckon(centre, week, required, [shift]).short_hours == 0
