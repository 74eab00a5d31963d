"""Staffing formulas, held to another library, to published tables, and to the waiting room written out state by state."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyworkforce.queuing import ErlangC
from scipy.linalg import expm

from wfm.erlang import agents_needed, blocking, performance, wait_probability

CALLS = {"aht_seconds": 180.0, "threshold_seconds": 20.0}
QUEUES_WITH_PATIENCE = [
    # servers, load in erlangs, aht, threshold, patience: quiet, busy, overloaded, very patient, large
    (5, 3.0, 180.0, 20.0, 120.0),
    (12, 11.5, 240.0, 20.0, 60.0),
    (10, 18.0, 300.0, 30.0, 90.0),
    (20, 25.0, 200.0, 20.0, 2000.0),
    (600, 580.0, 300.0, 20.0, 120.0),
    (3000, 3100.0, 300.0, 20.0, 150.0),
]


def waiting_room(servers: int, load: float, aht: float, patience: float) -> np.ndarray:
    """Probability of each number of contacts present, from the balance of arrivals with departures alone."""
    present = np.arange(1, servers + int(20 * load) + 400)
    leaving = np.minimum(present, servers) / aht + np.maximum(present - servers, 0) / patience
    weight = np.concatenate(([0.0], np.cumsum(np.log(load / aht) - np.log(leaving))))
    chance = np.exp(weight - weight.max())
    return chance / chance.sum()


@pytest.mark.parametrize(
    ("servers", "load", "expected"),
    [(10, 4.461, 0.01), (20, 12.03, 0.01), (50, 37.9, 0.01), (100, 84.06, 0.01), (5, 2.8811, 0.1)],
)
def test_lost_calls_agree_with_the_printed_erlang_b_tables(servers: int, load: float, expected: float) -> None:
    assert blocking(servers=servers, load=load) == pytest.approx(expected, rel=2e-3)


def test_one_server_waits_as_often_as_it_is_busy_and_two_as_the_formula_by_hand_says() -> None:
    assert wait_probability(servers=1, load=0.6) == pytest.approx(0.6)
    # n = 2: a² / (2 + a)
    assert wait_probability(servers=2, load=1.0) == pytest.approx(1 / 3)


def test_the_well_known_half_hour_of_360_calls_of_four_minutes_and_55_agents() -> None:
    fare = performance(
        servers=55, arrivals=360 / 1800, aht_seconds=240, threshold_seconds=15, patience_seconds=None
    )  # fmt: skip
    assert fare.waiting == pytest.approx(0.239, abs=5e-4)
    assert fare.asa_seconds == pytest.approx(8.2, abs=0.05)
    assert fare.occupancy == pytest.approx(0.873, abs=5e-4)
    assert fare.service_level == pytest.approx(0.846, abs=5e-4)


@pytest.mark.parametrize("load", [1.7, 9.3, 47.0, 133.4, 560.0])
@pytest.mark.parametrize("margin", [1, 3, 10])
def test_erlang_c_agrees_with_pyworkforce(load: float, margin: int) -> None:
    servers = math.ceil(load) + margin
    other = ErlangC(transactions=load * 10, aht=3.0, asa=20 / 60, interval=30)
    ours = performance(servers=servers, arrivals=load / 180, patience_seconds=None, **CALLS)
    assert ours.waiting == pytest.approx(other.waiting_probability(servers), rel=1e-9)
    assert ours.service_level == pytest.approx(other.service_level(servers), rel=1e-9)
    assert ours.occupancy == pytest.approx(other.achieved_occupancy(servers), rel=1e-9)


@pytest.mark.parametrize("load", [3.0, 9.3, 47.0, 133.4, 560.0])
@pytest.mark.parametrize(("level", "cap"), [(0.8, 0.88), (0.8, 1.0), (0.95, 0.9), (0.6, 0.8)])
def test_the_number_needed_agrees_with_pyworkforce(load: float, level: float, cap: float) -> None:
    other = ErlangC(transactions=load * 10, aht=3.0, asa=20 / 60, interval=30)
    ours = agents_needed(
        arrivals=load / 180, patience_seconds=None, service_level=level, max_occupancy=cap, **CALLS
    )  # fmt: skip
    assert ours == other.required_positions(service_level=level, max_occupancy=cap)["raw_positions"]


@pytest.mark.parametrize(("servers", "load", "aht", "threshold", "patience"), QUEUES_WITH_PATIENCE)
def test_with_patience_the_queue_fares_as_its_states_written_out_say(
    servers: int, load: float, aht: float, threshold: float, patience: float
) -> None:
    chance = waiting_room(servers, load, aht, patience)
    present = np.arange(len(chance))
    waiting = np.maximum(present - servers, 0) @ chance
    busy = np.minimum(present, servers) @ chance
    ours = performance(
        servers=servers, arrivals=load / aht, aht_seconds=aht, threshold_seconds=threshold, patience_seconds=patience
    )
    assert ours.waiting == pytest.approx(chance[servers:].sum(), rel=1e-8)
    assert ours.abandoned == pytest.approx(waiting / patience / (load / aht), rel=1e-7, abs=1e-12)
    assert load * (1 - ours.abandoned) == pytest.approx(busy, rel=1e-9)
    assert ours.occupancy == pytest.approx(busy / servers, rel=1e-9)


@pytest.mark.parametrize(("servers", "load", "aht", "threshold", "patience"), QUEUES_WITH_PATIENCE[:4])
def test_the_answered_within_the_threshold_are_those_who_move_up_to_an_agent_in_time(
    servers: int, load: float, aht: float, threshold: float, patience: float
) -> None:
    chance = waiting_room(servers, load, aht, patience)
    places = min(len(chance) - servers, 400)
    # State j: j callers ahead in the queue. It moves to j − 1, from 0 to an agent (last column), or the caller leaves.
    rates = np.zeros((places + 1, places + 1))
    for ahead in range(places):
        up = servers / aht + ahead / patience
        rates[ahead, ahead - 1 if ahead else places] = up
        rates[ahead, ahead] = -up - 1 / patience
    answered = expm(rates * threshold)[:places, places]
    expected = chance[:servers].sum() + chance[servers : servers + places] @ answered
    ours = performance(
        servers=servers, arrivals=load / aht, aht_seconds=aht, threshold_seconds=threshold, patience_seconds=patience
    )
    assert ours.service_level == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("servers", "load", "aht", "threshold", "patience"), QUEUES_WITH_PATIENCE)
def test_the_mean_wait_of_the_answered_is_the_area_over_the_share_answered_by_each_time(
    servers: int, load: float, aht: float, threshold: float, patience: float
) -> None:
    def answered_by(seconds: float) -> float:
        fare = performance(
            servers=servers, arrivals=load / aht, aht_seconds=aht, threshold_seconds=seconds, patience_seconds=patience
        )
        return float(fare.service_level / (1 - fare.abandoned))

    fare = performance(
        servers=servers, arrivals=load / aht, aht_seconds=aht, threshold_seconds=threshold, patience_seconds=patience
    )
    times = np.linspace(0, 5 * aht, 4001)
    late = [1 - answered_by(seconds) for seconds in times]
    assert fare.asa_seconds == pytest.approx(np.trapezoid(late, times), rel=2e-3)


@pytest.mark.parametrize("load", [0.5, 8.0, 90.0])
def test_callers_of_endless_patience_make_erlang_a_erlang_c(load: float) -> None:
    servers = math.ceil(load * 1.05) + 1
    patient = performance(servers=servers, arrivals=load / 180, patience_seconds=9.9e5, **CALLS)
    endless = performance(servers=servers, arrivals=load / 180, patience_seconds=None, **CALLS)
    assert patient.service_level == pytest.approx(endless.service_level, abs=1e-2)
    assert patient.service_level >= endless.service_level
    assert patient.asa_seconds == pytest.approx(endless.asa_seconds, rel=2e-2)


@pytest.mark.parametrize(("servers", "load", "aht", "threshold", "patience"), QUEUES_WITH_PATIENCE)
def test_given_time_enough_everybody_is_answered_who_does_not_leave(
    servers: int, load: float, aht: float, threshold: float, patience: float
) -> None:
    fare = performance(
        servers=servers, arrivals=load / aht, aht_seconds=aht, threshold_seconds=1e7, patience_seconds=patience
    )
    assert fare.service_level == pytest.approx(1 - fare.abandoned, abs=1e-9)
    assert fare.service_level < 1


def test_an_hour_with_far_too_few_agents_has_numbers_and_no_overflow() -> None:
    fare = performance(
        servers=[0, 1, 100, 2500], arrivals=10.0, aht_seconds=300.0, threshold_seconds=20.0, patience_seconds=9e4
    )
    assert fare.service_level == pytest.approx([0, 0, 0, 0], abs=1e-2)
    assert fare.abandoned == pytest.approx([1, 1 - 1 / 3000, 1 - 100 / 3000, 1 / 6], abs=1e-2)
    assert np.all((fare.occupancy > 0.98) & (fare.occupancy <= 1))


def test_without_patience_too_few_agents_answer_nobody_in_time_and_the_queue_grows_without_end() -> None:
    fare = performance(servers=[7, 8], arrivals=8 / 180, patience_seconds=None, **CALLS)
    assert fare.service_level.tolist() == [0, 0]
    assert np.isinf(fare.asa_seconds).all()


def test_no_calls_need_no_agents() -> None:
    needed = agents_needed(
        arrivals=[0.0, 0.1], patience_seconds=60.0, service_level=0.8, max_occupancy=0.9, **CALLS
    )  # fmt: skip
    assert needed[0] == 0 < needed[1]


def test_everybody_at_once_is_a_target_that_can_be_met() -> None:
    needed = agents_needed(
        arrivals=0.1, aht_seconds=180, threshold_seconds=0, patience_seconds=60.0, service_level=1.0, max_occupancy=1.0
    )
    assert 18 < needed < 120


@pytest.mark.parametrize("wrong", [{"service_level": 1.2}, {"max_occupancy": 0.0}, {"patience_seconds": 0.0}])
def test_a_target_that_means_nothing_is_refused(wrong: dict[str, float]) -> None:
    target = {"patience_seconds": 60.0, "service_level": 0.8, "max_occupancy": 0.9, **wrong}
    with pytest.raises(ValueError, match=next(iter(wrong))):
        agents_needed(arrivals=0.1, **CALLS, **target)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -1.0])
def test_a_load_that_is_no_number_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="arrivals"):
        agents_needed(arrivals=wrong, patience_seconds=60.0, service_level=0.8, max_occupancy=0.9, **CALLS)


patiences = st.one_of(st.none(), st.floats(5, 3000))
targets = st.fixed_dictionaries(
    {
        "aht_seconds": st.floats(30, 900),
        "threshold_seconds": st.floats(0, 300),
        "patience_seconds": patiences,
        "service_level": st.floats(0.05, 0.99),
        "max_occupancy": st.floats(0.3, 1.0),
    }
)
rates = st.floats(1e-4, 1.0)


@settings(deadline=None, max_examples=150)
@given(target=targets, arrivals=rates)
def test_the_number_needed_meets_both_targets_and_one_fewer_does_not(target: dict[str, float], arrivals: float) -> None:
    needed = int(agents_needed(arrivals=arrivals, **target))
    queue = {key: target[key] for key in ("aht_seconds", "threshold_seconds", "patience_seconds")}
    fare = performance(servers=[needed - 1, needed], arrivals=arrivals, **queue)
    level, cap = target["service_level"], target["max_occupancy"]
    met = (fare.service_level >= level - 1e-9) & (fare.occupancy <= cap + 1e-9)
    missed = (fare.service_level < level + 1e-9) | (fare.occupancy > cap - 1e-9)
    assert met[1] and missed[0]


@settings(deadline=None, max_examples=100)
@given(target=targets, arrivals=rates, more=st.floats(1.0, 3.0))
def test_more_calls_never_need_fewer_agents(target: dict[str, float], arrivals: float, more: float) -> None:
    few, many = agents_needed(arrivals=[arrivals, arrivals * more], **target)
    assert few <= many


@settings(deadline=None, max_examples=100)
@given(target=targets, arrivals=rates, higher=st.floats(0.05, 0.99))
def test_a_higher_target_never_needs_fewer_agents(target: dict[str, float], arrivals: float, higher: float) -> None:
    low, high = sorted([target["service_level"], higher])
    few = agents_needed(arrivals=arrivals, **{**target, "service_level": low})
    many = agents_needed(arrivals=arrivals, **{**target, "service_level": high})
    assert few <= many
