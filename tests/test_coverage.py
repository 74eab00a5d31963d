"""Agents at work shared out among their queues: against sharings found by trying."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.check.roster import EARLY, NIGHT, WEEK
from tests.tiny import shift_at, tiny_agent, tiny_centre, tiny_queue
from wfm.coverage import SkillGroups, coverage_table, presence, skill_groups, staffed
from wfm.demand import Floats, Requirement

RATES = (1.0, 4.0, 0.1)
QUEUES = ("enquiry", "fault", "orders")


def cost(cover: Floats, required: Floats, weights: tuple[float, ...]) -> float:
    """Shortage, deep shortage and surplus of queues in one interval, per minute."""
    short, surplus = np.maximum(required - cover, 0), np.maximum(cover - required, 0)
    deep = np.maximum(short - 0.1 * required, 0)
    return float((np.array(weights) * (short - deep + 4 * deep)).sum() + 0.1 * surplus.sum())


def groups(*rates: tuple[float, ...]) -> SkillGroups:
    return SkillGroups(of={f"a{number}": number for number in range(len(rates))}, rate=np.array(rates))


def one(
    at_work: tuple[float, ...], required: tuple[float, ...], weights: tuple[float, ...], *rates: tuple[float, ...]
) -> Floats:
    """The solved sharing of a single interval."""
    column = staffed(groups(*rates), np.array(at_work)[:, None], np.array(required)[:, None], weights, RATES)
    return column[:, 0]


def test_agents_are_grouped_by_skills_and_handling_time() -> None:
    skills = ({"enquiry": 1.0}, {"fault": 1.25, "enquiry": 1.0}, {"enquiry": 1.0}, {}, {"enquiry": 1.3})
    agents = [tiny_agent(f"a{number}", skills=own) for number, own in enumerate(skills)]
    found = skill_groups(tiny_centre(queues=[tiny_queue(queue) for queue in QUEUES], agents=agents))
    assert found.of == {"a0": 0, "a1": 1, "a2": 0, "a4": 2}
    assert found.rate == pytest.approx(np.array([[1, 0, 0], [1, 0.8, 0], [1 / 1.3, 0, 0]]))


def test_only_work_counts_and_is_averaged_over_the_interval() -> None:
    found = presence(skill_groups(tiny_centre()), WEEK, [shift_at(WEEK, "ann", 0, EARLY)])
    # Half-hours from 07:00: work, half a rest's quarter hour, work; the meal lasts from 10:00 to 11:00.
    assert found[0, 14:24].tolist() == [1, 0.5, 1, 1, 1, 1, 0, 0, 1, 1]
    assert found[0, :12].sum() == found[0, 30:].sum() == 0


def test_last_weeks_tail_counts_and_next_weeks_time_does_not() -> None:
    centre = tiny_centre()
    night = [shift_at(WEEK, "dee", day, NIGHT) for day in (-1, 6)]
    found = presence(skill_groups(centre), WEEK, night)
    # Sunday's night works until 02:00 and from 03:00 to 07:00, next Sunday's from 22:00 on.
    assert found.sum() / 2 == 6 + 2
    assert found[0, :4].tolist() == [1, 1, 1, 1] and found[0, 4] == 0


def test_nobody_at_work_is_nobody_staffed() -> None:
    assert presence(skill_groups(tiny_centre()), WEEK, []).sum() == 0
    assert one((0.0,), (3.0,), (1.0,), (1.0,)).tolist() == [0]


def test_a_beginner_counts_one_over_the_handling_time_factor() -> None:
    assert one((2.0,), (5.0,), (1.0,), (1 / 1.3,)) == pytest.approx([2 / 1.3])


def test_everyone_at_work_is_shared_out_in_full_even_where_too_many() -> None:
    assert one((5.0, 1.0), (1.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)) == pytest.approx([5, 1])
    assert one((9.0,), (1.0, 2.0), (1.0, 1.0), (1.0, 1.0)).sum() == pytest.approx(9)


def test_scarce_agents_go_where_shortage_weighs_more() -> None:
    # The deep shortage of the heavy queue first, then that of the light one, before anybody's first tenth.
    assert one((4.0,), (4.0, 4.0), (1.0, 2.0), (1.0, 1.0)) == pytest.approx([0.4, 3.6])
    # At half the speed an agent there relieves 3 where the other queue's is 4.
    assert one((4.0,), (4.0, 4.0), (1.0, 1.5), (1.0, 0.5)) == pytest.approx([3.6, 0.2])


def test_a_chain_of_skills_relieves_a_queue_that_is_not_ones_own() -> None:
    # Two who know enquiry and fault, one who knows fault and orders: all three queues are met.
    assert one((2.0, 1.0), (1.0, 1.0, 1.0), (1.0, 1.0, 1.0), (1.0, 1.0, 0.0), (0.0, 1.0, 1.0)) == pytest.approx(
        [1, 1, 1]
    )


tens = st.integers(0, 2).map(lambda number: 10.0 * number)
weight = st.sampled_from([0.5, 1.0, 2.0])


@settings(deadline=None, max_examples=40)
@given(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 4)),
    st.tuples(tens, tens, tens),
    st.tuples(weight, weight, weight),
)
def test_no_sharing_of_whole_agents_costs_less(
    at_work: tuple[int, int, int], required: tuple[float, ...], weights: tuple[float, ...]
) -> None:
    # With a requirement in tens every bend of the cost lies on whole agents, so a best sharing is of whole agents.
    rates = ((1.0, 1.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 0.0))
    first, second, third = at_work
    least = min(
        cost(np.array([x + third, first - x + y, second - y], dtype=float), np.array(required), weights)
        for x, y in product(range(first + 1), range(second + 1))
    )
    cover = one(tuple(map(float, at_work)), required, weights, *rates)
    assert cost(cover, np.array(required), weights) == pytest.approx(least, abs=1e-6)
    assert cover.sum() == pytest.approx(sum(at_work))


@settings(deadline=None, max_examples=60)
@given(
    st.tuples(st.floats(0, 8), st.floats(0, 8), st.floats(0, 8)),
    st.tuples(st.floats(0, 12), st.floats(0, 12)),
    st.tuples(weight, weight),
    st.tuples(st.floats(0.5, 1.2), st.floats(0.5, 1.2)),
)
def test_no_sharing_of_those_who_know_two_queues_costs_less(
    at_work: tuple[float, float, float],
    required: tuple[float, float],
    weights: tuple[float, float],
    rate: tuple[float, float],
) -> None:
    first, second, both = at_work

    def cover(share: float) -> Floats:
        return np.array([first + share * rate[0], second + (both - share) * rate[1]])

    # The cost bends where a queue has nine tenths or all of its requirement: the best share is at a bend or an end.
    bends = [(part * required[0] - first) / rate[0] for part in (0.9, 1.0)]
    bends += [both - (part * required[1] - second) / rate[1] for part in (0.9, 1.0)]
    shares = [0.0, both, *(bend for bend in bends if 0 <= bend <= both)]
    least = min(cost(cover(share), np.array(required), weights) for share in shares)
    found = one(at_work, required, weights, (1.0, 0.0), (0.0, 1.0), rate)
    assert cost(found, np.array(required), weights) == pytest.approx(least, abs=1e-6)


def test_a_week_solved_in_parts_is_the_week_solved_by_the_interval() -> None:
    random = np.random.default_rng(1)
    queues, intervals = 12, 336
    rates = np.where(random.random((20, queues)) < 0.3, 1.0, 0.0)
    rates[:, 0] = 1.0
    at_work, required = random.integers(0, 5, (20, intervals)) * 1.0, random.random((queues, intervals)) * 8
    weights = (1.0,) * queues
    found = staffed(groups(*map(tuple, rates)), at_work, required, weights, RATES)
    for interval in (0, 150, 335):
        alone = one(tuple(at_work[:, interval]), tuple(required[:, interval]), weights, *map(tuple, rates))
        costs = [cost(cover, required[:, interval], weights) for cover in (found[:, interval], alone)]
        assert costs[0] == pytest.approx(costs[1], abs=1e-6)


def test_the_coverage_table_has_a_row_for_each_queue_and_interval() -> None:
    required = np.arange(2.0 * WEEK.intervals).reshape(2, -1)
    requirement = Requirement(week=WEEK, queues=QUEUES[:2], agents=required * 0.9, rostered=required)
    table = coverage_table(requirement, required + 1)
    assert list(table.columns) == ["start", "queue", "required", "staffed"]
    assert len(table) == 2 * WEEK.intervals
    last = table.iloc[-1]
    assert (last["start"], last["queue"]) == (pd.Timestamp("2026-12-06T23:30", tz="Asia/Shanghai"), "fault")
    assert (last["required"], last["staffed"]) == (required[1, -1], required[1, -1] + 1)
