"""The requirement corrected by replay: targets are met, no more than met where nothing holds it, and it says what does."""

from dataclasses import replace

import numpy as np
import pytest

from tests.forecast.centres import centre, rows
from tests.replay.people import FIRST, LAST, MONDAY, person, queue
from wfm.centre import Agent, Centre, Channel, Queue
from wfm.demand import Floats, Forecast, Requirement
from wfm.replay import correction
from wfm.replay.correction import Correction, Floor, corrected
from wfm.requirement import require


def told(*queues: Queue, offered: float, agents: tuple[Agent, ...] = ()) -> tuple[Centre, Forecast, Requirement]:
    """A week of the same hour again and again."""
    of = centre(rows("calls", first=FIRST, last=LAST, course=lambda *_: 1.0))
    of = replace(of, queues={one.queue: one for one in queues}, agents={one.agent: one for one in agents})
    week = of.week(MONDAY)
    flat = np.full((len(queues), week.intervals), offered)
    forecast = Forecast(
        week=week,
        queues=tuple(of.queues),
        offered=flat,
        limits={"p10": flat, "p90": flat},
        aht_seconds=np.full_like(flat, 240.0),
    )
    return of, forecast, require(of, forecast, opened=np.ones(flat.shape, dtype=bool))


def afresh(of: Centre, forecast: Forecast, agents: Floats) -> Floats:
    return Floor(of, forecast, seed=999, workers=1).service(agents)


def by_name(found: tuple[Correction, ...]) -> dict[str, Correction]:
    return {one.queue: one for one in found}


def test_a_queue_that_nothing_holds_meets_its_target_and_misses_it_with_three_percent_less() -> None:
    of, forecast, needed = told(queue("calls", max_occupancy=1.0), offered=300.0)
    after, (one,) = corrected(of, forecast, needed, workers=1)
    assert one.held_by is None
    (level,) = afresh(of, forecast, after.agents)
    assert abs(level - 0.8) <= 0.01
    assert afresh(of, forecast, 0.97 * after.agents)[0] < 0.8


def test_shared_skills_need_fewer_than_erlang_says() -> None:
    queues = (queue("calls", max_occupancy=1.0), queue("faults", max_occupancy=1.0))
    both = tuple(person(str(number), {"calls": 1.0, "faults": 1.0}) for number in range(8))
    apart = tuple(person(str(number), {("calls", "faults")[number % 2]: 1.0}) for number in range(8))
    hours = {}
    for name, people in {"both": both, "apart": apart}.items():
        of, forecast, needed = told(*queues, offered=40.0, agents=people)
        after, found = corrected(of, forecast, needed, workers=1)
        assert np.all(afresh(of, forecast, after.agents) >= 0.79)
        hours[name] = sum(one.hours for one in found)
    assert hours["both"] < 0.93 * hours["apart"]


def test_what_keeps_a_queue_above_its_target_is_named() -> None:
    capped = queue("calls", max_occupancy=0.6)
    staffed = replace(queue("faults", max_occupancy=1.0), min_agents=60.0)
    of, forecast, needed = told(capped, staffed, offered=300.0)
    found = by_name(corrected(of, forecast, needed, workers=1)[1])
    assert (found["calls"].held_by, found["faults"].held_by) == ("max_occupancy", "min_agents")
    assert found["calls"].service_level > 0.81 and found["faults"].hours == pytest.approx(60 * 168)


def test_nothing_goes_below_what_the_occupancy_and_the_minimum_ask_for() -> None:
    of, forecast, needed = told(replace(queue("calls", max_occupancy=0.85), min_agents=7.0), offered=20.0)
    after, _ = corrected(of, forecast, needed, workers=1)
    assert np.all(after.agents >= np.maximum(7.0, 20.0 * 240 / 3600 / 0.85) - 1e-9)


def test_deferred_work_stays_as_it_is() -> None:
    later = replace(
        queue("mail", max_occupancy=0.85), channel=Channel.DEFERRED, threshold_seconds=4 * 3600.0, patience_seconds=None
    )
    of, forecast, needed = told(later, offered=60.0)
    after, (one,) = corrected(of, forecast, needed, workers=1)
    np.testing.assert_array_equal(after.agents, needed.agents)
    assert one.held_by == "max_occupancy"


def test_deferred_work_without_a_cap_is_given_what_its_target_needs() -> None:
    later = replace(
        queue("mail", max_occupancy=1.0), channel=Channel.DEFERRED, threshold_seconds=4 * 3600.0, patience_seconds=None
    )
    later = replace(later, service_level=0.95)
    of, forecast, needed = told(later, offered=60.0)
    after, (one,) = corrected(of, forecast, needed, workers=1)
    fresh = Floor(of, forecast, seed=999, workers=1).replayed(after.agents, seed=999, runs=200)
    assert fresh.whole.within.sum() / fresh.whole.offered.sum() > 0.945
    assert one.hours < 1.06 * one.erlang_hours


def test_a_target_that_no_number_of_agents_meets_is_said_and_asks_for_no_more() -> None:
    later = replace(
        queue("mail", max_occupancy=0.9), channel=Channel.DEFERRED, threshold_seconds=60.0, patience_seconds=None
    )
    of, forecast, needed = told(later, queue("calls", max_occupancy=1.0), offered=20.0)
    after, found = corrected(of, forecast, needed, workers=1)
    assert by_name(found)["mail"].held_by == "out of reach"
    np.testing.assert_array_equal(after.agents[0], needed.agents[0])
    assert by_name(found)["calls"].held_by is None


def test_where_nothing_caps_the_occupancy_it_is_the_help_of_others_that_holds_a_queue_up() -> None:
    queues = (queue("calls", max_occupancy=1.0), replace(queue("bank", max_occupancy=1.0), service_level=0.99))
    both = (person("1", {"calls": 1.0, "bank": 1.0}),)
    of, forecast, needed = told(*queues, offered=300.0, agents=both)
    found = by_name(corrected(of, forecast, needed, workers=1)[1])
    assert found["calls"].service_level > 0.81 and found["calls"].held_by == "other queues"


def test_the_rostered_grow_with_those_at_work() -> None:
    of, forecast, needed = told(queue("calls", max_occupancy=1.0), offered=100.0)
    after, _ = corrected(of, forecast, needed, workers=1)
    np.testing.assert_allclose(after.rostered / after.agents, needed.rostered / needed.agents)


def test_a_stop_ends_with_what_was_reached() -> None:
    of, forecast, needed = told(queue("calls", max_occupancy=1.0), offered=100.0)
    after, _ = corrected(of, forecast, needed, workers=1, stop=lambda: True)
    np.testing.assert_array_equal(after.agents, needed.agents)


def test_who_was_helped_by_a_queue_that_is_given_up_finds_what_its_target_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(correction, "ENOUGH_CONTACTS", 200_000)
    monkeypatch.setattr(correction, "FRESH_CONTACTS", 400_000)
    later = replace(
        queue("mail", max_occupancy=0.9), channel=Channel.DEFERRED, threshold_seconds=60.0, patience_seconds=None
    )
    calls = replace(queue("calls", max_occupancy=1.0), service_level=0.95)
    both = (person("1", {"mail": 1.0, "calls": 1.0}),)
    of, forecast, needed = told(later, calls, offered=20.0, agents=both)
    after, found = corrected(of, forecast, needed, workers=1)
    assert [one.held_by for one in found] == ["out of reach", None]
    np.testing.assert_array_equal(after.agents[0], needed.agents[0])
    assert abs(afresh(of, forecast, after.agents)[1] - 0.95) <= 0.01


def test_a_queue_that_lies_on_the_lowest_comes_up_with_its_next_step() -> None:
    moves = correction._Moves(agents=np.array([[3.0, 2.0]]), lowest=np.array([[2.0, 1.9]]), root=np.array([[1.0, 1.0]]))
    for _ in range(20):
        moves.go(np.array([0.1]), near=(0.0, 0.003))
    np.testing.assert_array_equal(moves.now, moves.lowest)
    moves.go(np.array([-0.1]), near=(0.0, 0.003))
    assert moves.now[0, 0] > moves.lowest[0, 0]


@pytest.mark.parametrize(
    ("agents", "capped", "helped", "held_by"),
    [
        ([5.0, 5.0, 5.0], True, False, "max_occupancy"),
        ([5.0, 5.0, 9.0], True, False, "max_occupancy"),
        ([5.0, 9.0, 9.0], True, False, None),  # one interval on the cap does not hold the others up
        ([5.0, 9.0, 9.0], False, True, None),
        ([9.0, 9.0, 9.0], False, True, None),  # nobody helps so much that it could not go lower
        ([5.0, 5.0, 5.0], False, True, "other queues"),
        ([5.0, 5.0, 5.0], False, False, "max_occupancy"),
    ],
)
def test_a_floor_holds_a_queue_up_where_most_of_its_hours_lie_on_it(
    agents: list[float], capped: bool, helped: bool, held_by: str | None
) -> None:
    least = {"max_occupancy": np.full(3, 5.0), "min_agents": np.zeros(3)}
    found = correction._held_by(least, np.array(agents), capped=capped, above=True, helped=helped)
    assert found == held_by
