"""Who is there in the weeks to come, and what their hours come to."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from tests.tiny import FULL_TIME, tiny_agent, tiny_centre, tiny_queue
from wfm.centre import Centre
from wfm.hiring import Attrition, Hiring, HiringClass, Transfer
from wfm.supply import (
    class_people,
    class_speed,
    curve_of,
    groups,
    paid_breaks,
    proposed_classes,
    rest_share,
    week_hours,
)

MONDAYS = [date(2026, 11, 30) + timedelta(weeks=week) for week in range(60)]
TODAY = MONDAYS[0]


def two_queues(**given: object) -> Centre:
    agents = [tiny_agent(name, skills={"enquiry": 1.0}) for name in "abcd"]
    agents += [tiny_agent("e", skills={"enquiry": 1.25, "fault": 1.25}), tiny_agent("f", skills={})]
    standard = {"agents": agents, "queues": [tiny_queue(), tiny_queue("fault")]}
    return tiny_centre(**{**standard, **given})


def test_people_are_grouped_by_contract_and_skills_and_whoever_has_none_is_left_out() -> None:
    found = {(g.contract, g.skills): g for g in groups(two_queues(), MONDAYS, today=TODAY)}
    assert set(found) == {("full_time", ("enquiry",)), ("full_time", ("enquiry", "fault"))}
    assert found["full_time", ("enquiry",)].agents[0] == pytest.approx(4)
    assert found["full_time", ("enquiry", "fault")].speed == pytest.approx(0.8)


def test_known_leavers_go_on_their_date_and_no_sooner() -> None:
    leaver = tiny_agent("ann", leaves_on=MONDAYS[5] + timedelta(days=3))
    (found,) = groups(tiny_centre(agents=[leaver]), MONDAYS, today=TODAY)
    assert found.agents[:6].tolist() == pytest.approx([1, 1, 1, 1, 1, 3 / 7])
    assert found.agents[6:].sum() == 0


def test_people_hired_already_come_on_their_date() -> None:
    (found,) = groups(tiny_centre(agents=[tiny_agent("new", hired_on=MONDAYS[4])]), MONDAYS, today=TODAY)
    assert found.agents[:5].tolist() == [0, 0, 0, 0, 1]
    assert found.agents[10] < found.agents[5] < 1


def test_the_others_go_by_the_curve_but_not_within_their_notice() -> None:
    hiring = Hiring(attrition=Attrition(annual=0.2, first_months_factor=1, notice_weeks=8))
    (found,) = groups(tiny_centre(agents=[tiny_agent("ann")], hiring=hiring), MONDAYS, today=TODAY)
    assert found.agents[:9].tolist() == [1] * 9
    assert found.agents[-1] == pytest.approx(0.8 ** (51 / (365.25 / 7)))


def test_a_transfer_moves_people_after_their_training() -> None:
    transfer = Transfer(
        date=MONDAYS[10], agents=2, contract="full_time", queues=("enquiry",), to_contract="full_time",
        to_queues=("enquiry", "fault"), weeks_training=3,
    )  # fmt: skip
    of = two_queues(hiring=Hiring(attrition=Attrition(annual=0.0), transfers=(transfer,)))
    found = {g.skills: g for g in groups(of, MONDAYS, today=TODAY)}
    assert found["enquiry",].agents[[9, 10, 59]].tolist() == pytest.approx([4, 2, 2])
    assert found["enquiry", "fault"].agents[[9, 10, 59]].tolist() == pytest.approx([1, 3, 3])
    assert found["enquiry", "fault"].learning[[9, 10, 12, 13]].tolist() == pytest.approx([0, 2, 2, 0])
    assert sum(g.agents for g in found.values()) == pytest.approx(np.full(60, 5.0))


def test_hours_are_those_paid_less_leave_training_breaks_absence_and_what_rosters_cannot_fit() -> None:
    months = tuple(0.1 if month == 7 else 0.05 for month in range(1, 13))
    of = tiny_centre(hiring=Hiring(leave=months, efficiency=0.9))
    found = week_hours(of, FULL_TIME, MONDAYS)
    july = MONDAYS.index(date(2027, 7, 5))
    training = 15 * 12 / (365.25 / 7)
    share = (1 - paid_breaks(of, FULL_TIME)) * 0.95 * 0.9
    assert found.most[0] == pytest.approx((40 * 0.95 - training) * share)
    assert found.most[july] == pytest.approx((40 * 0.9 - training) * share)
    assert found.least[0] == pytest.approx((32 * 0.95 - training) * share)
    assert found.paid_least[0] == pytest.approx(32 * 0.95 + 40 * 0.05) and found.paid_most[0] == 40
    assert found.overtime.sum() == 0


def test_no_time_off_leaves_the_full_hours_paid_and_given() -> None:
    found = week_hours(tiny_centre(hiring=Hiring(time_off=0.0)), FULL_TIME, MONDAYS)
    assert found.least == pytest.approx(found.most) and found.paid_least == pytest.approx(found.paid_most)


def test_overtime_is_a_share_of_what_week_and_month_allow() -> None:
    busy = replace(FULL_TIME, overtime_minutes_max=20 * 60, overtime_month_minutes_max=10 * 60)
    of = tiny_centre(contracts=[busy], agents=[tiny_agent("ann")], hiring=Hiring(overtime=0.5, leave=(0.0,) * 12))
    found = week_hours(of, busy, MONDAYS)
    assert found.overtime[0] == pytest.approx(10 * 12 / (365.25 / 7) * 0.5 * found.at_work)


def test_paid_breaks_are_those_of_the_contract_s_shifts() -> None:
    of = tiny_centre()
    assert paid_breaks(of, FULL_TIME) == pytest.approx(np.mean([30 / 420, 30 / 480, 30 / 540]))
    assert 0 < rest_share(of) < 0.1


def test_a_class_learns_drops_out_comes_through_and_speeds_up() -> None:
    one = HiringClass(
        name="k",
        contract="full_time",
        queues=("enquiry",),
        size=(1, 5),
        weeks_training=4,
        drop_out=0.2,
        ramp=(2.0, 1.25),
    )
    learning, trained = class_people(one, curve_of(tiny_centre()), start=2, weeks=20)
    assert learning[:7].tolist() == pytest.approx([0, 0, 1, 0.95, 0.9, 0.85, 0])
    assert trained[:6].sum() == 0 and trained[6] == pytest.approx(0.8) and trained[19] < 0.8
    assert class_speed(one, start=2, weeks=20)[[6, 9, 10, 13, 14, 19]].tolist() == [0.5, 0.5, 0.8, 0.8, 1, 1]


def test_a_class_without_training_works_at_once() -> None:
    one = HiringClass(name="k", contract="full_time", queues=("enquiry",), size=(1, 5), weeks_training=0, drop_out=0.1)
    learning, trained = class_people(one, curve_of(tiny_centre()), start=1, weeks=3)
    assert learning.sum() == 0 and trained[:2].tolist() == pytest.approx([0, 0.9])


def test_classes_are_proposed_for_every_queue_that_somebody_serves() -> None:
    found = proposed_classes(two_queues())
    assert [(one.contract, one.queues) for one in found] == [
        ("full_time", ("enquiry",)),
        ("full_time", ("enquiry", "fault")),
    ]
