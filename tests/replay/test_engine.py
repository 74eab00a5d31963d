"""Who takes which contact, when people come and go, and what is counted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.replay.engine import CHAT, DEFERRED, VOICE, Contacts, Routing, Tally, simulate
from wfm.replay.presence import present, turns

HOUR = 3600.0
Rows = list[tuple[float, int, float, float]]  # start, queue, need, patience


def floor(channels: list[int], groups: list[dict[int, int]], of: list[int], *, slots: int = 1) -> Routing:
    """Queues by channel, groups by their queues' priorities, agents by group; thresholds of 20 s, deferred an hour."""
    queues = len(channels)
    by_queue = [sorted((own[q], g) for g, own in enumerate(groups) if q in own) for q in range(queues)]
    by_group = [sorted((first, q) for q, first in own.items()) for own in groups]
    ints = lambda values: np.array(values, dtype=np.int64)
    return Routing(
        channel=ints(channels),
        threshold=np.array([HOUR if one == DEFERRED else 20.0 for one in channels]),
        factor=np.array([[float(q in groups[g]) for q in range(queues)] for g in of]).reshape(len(of), queues),
        group=ints(of),
        slots=ints([[slots if one == CHAT else 1 for one in channels] for _ in groups]),
        groups_of=ints(np.cumsum([0, *map(len, by_queue)])),
        groups=ints([g for own in by_queue for _, g in own]),
        group_tier=ints([first for own in by_queue for first, _ in own]),
        queues_of=ints(np.cumsum([0, *map(len, by_group)])),
        queues=ints([q for own in by_group for _, q in own]),
        queue_tier=ints([first for own in by_group for first, _ in own]),
    )


def came(rows: Rows, *, redials: int = 0, delay: float = 60.0) -> Contacts:
    start, queue, need, patience = np.array(rows, dtype=float).reshape(-1, 4).T
    return Contacts(
        start=start,
        queue=queue.astype(np.int64),
        need=need,
        patience=patience,
        redials=np.full(len(start), redials, dtype=np.int64),
        delay=np.full(len(start), delay),
    )


def played(routing: Routing, contacts: Contacts, work: list[tuple[int, float, float]], *, hours: int = 4) -> Tally:
    agent, start, end = np.array(work, dtype=float).reshape(-1, 3).T
    there = turns(agent=agent.astype(np.int64), start=start, end=end)
    return simulate(routing, contacts, there, interval_seconds=HOUR, intervals=hours)


INF = float("inf")


def test_the_second_caller_waits_for_the_first() -> None:
    tally = played(floor([VOICE], [{0: 1}], [0]), came([(0, 0, 100, INF), (10, 0, 50, INF)]), [(0, 0, HOUR)])
    assert (tally.answered.sum(), tally.within.sum(), tally.wait.sum()) == (2, 1, 90)
    assert tally.busy.sum() == 150 and tally.overrun.sum() == 0


def test_who_gives_up_calls_again_and_counts_each_time() -> None:
    tally = played(floor([VOICE], [{0: 1}], [0]), came([(0, 0, 60, 30)], redials=2), [])
    assert (tally.offered.sum(), tally.abandoned.sum(), tally.answered.sum()) == (3, 3, 0)


def test_the_contact_at_hand_is_ended_before_the_break_and_counts_as_overrun() -> None:
    tally = played(
        floor([VOICE], [{0: 1}], [0]), came([(90, 0, 60, INF), (100, 0, 5, INF)]), [(0, 0, 100), (0, 1000, 1100)]
    )
    assert tally.overrun.sum() == pytest.approx(50) and tally.wait.sum() == pytest.approx(900)


def test_a_contact_that_outlasts_the_break_is_overrun_for_as_long_as_the_break() -> None:
    there = [(0, 0.0, 100.0), (0, 200.0, 300.0), (0, 400.0, 1000.0)]
    tally = played(floor([VOICE], [{0: 1}], [0]), came([(50, 0, 480, INF)]), there)
    assert tally.busy.sum() == pytest.approx(480) and tally.overrun.sum() == pytest.approx(200)


def test_of_chats_that_outlast_the_break_each_is_overrun_for_its_own_part() -> None:
    chats: Rows = [(50, 0, 100, INF), (60, 0, 200, INF)]
    tally = played(floor([CHAT], [{0: 1}], [0], slots=2), came(chats), [(0, 0, 100), (0, 200, 1000)])
    assert tally.overrun.sum() == pytest.approx((50 + 100) / 2)


def test_who_would_call_again_after_closing_is_lost() -> None:
    routing, calls = floor([VOICE], [{0: 1}], [0]), came([(HOUR - 100, 0, 60, 30)], redials=3, delay=30.0)
    opened = np.array([[True, False, True, True]])
    tally = simulate(routing, calls, turns(agent=np.zeros(0, dtype=np.int64), start=np.zeros(0), end=np.zeros(0)),
                     interval_seconds=HOUR, intervals=4, opened=opened)  # fmt: skip
    assert tally.offered[0].tolist() == [2, 0, 0, 0] and tally.abandoned.sum() == 2


def test_the_longest_idle_is_asked_first_among_those_for_whom_the_queue_comes_first() -> None:
    routing = floor([VOICE, VOICE], [{0: 1}, {0: 2, 1: 1}], [0, 0, 1])
    calls: Rows = [(100, 0, 10, INF), (105, 0, 10, INF), (107, 1, 10, INF), (120, 0, 10, INF)]
    tally = played(routing, came(calls), [(0, 50, HOUR), (1, 0, HOUR), (2, 0, HOUR)])
    assert tally.wait.sum() == 0 and tally.busy[0, 0].sum() == 30 and tally.busy[1].sum() == 10


def test_an_agent_takes_the_queue_that_comes_first_even_if_others_have_waited_longer() -> None:
    routing = floor([VOICE, VOICE], [{0: 2, 1: 1}], [0])
    tally = played(routing, came([(0, 0, 100, INF), (10, 0, 10, INF), (50, 1, 10, INF)]), [(0, 0, HOUR)])
    assert tally.wait[1].sum() == 50 and tally.wait[0].sum() == 100


def test_an_agent_chats_with_several_and_no_more() -> None:
    chats: Rows = [(0, 0, 100, INF), (1, 0, 100, INF), (2, 0, 100, INF), (3, 0, 100, INF)]
    tally = played(floor([CHAT], [{0: 1}], [0], slots=3), came(chats), [(0, 0, HOUR)])
    assert tally.wait.sum() == pytest.approx(97) and tally.busy.sum() == pytest.approx(400 / 3)


def test_who_chats_takes_no_call_and_who_calls_no_chat() -> None:
    routing = floor([CHAT, VOICE], [{0: 1, 1: 1}], [0], slots=2)
    tally = played(routing, came([(0, 0, 100, INF), (10, 1, 50, INF), (120, 0, 10, INF)]), [(0, 0, HOUR)])
    assert tally.wait[1].sum() == 90 and tally.wait[0].sum() == pytest.approx(30)


def test_chats_of_n_agents_fare_as_calls_of_all_their_slots() -> None:
    rng = np.random.default_rng(1)
    start = np.sort(rng.random(4000)) * 40 * HOUR
    rows: Rows = [(float(at), 0, float(rng.exponential(240)), float(rng.exponential(90))) for at in start]
    chat = played(floor([CHAT], [{0: 1}], [0] * 3, slots=3), came(rows), [(a, 0, 1e6) for a in range(3)], hours=40)
    voice = played(floor([VOICE], [{0: 1}], [0] * 9), came(rows), [(a, 0, 1e6) for a in range(9)], hours=40)
    for name in ("offered", "answered", "within", "abandoned", "wait"):
        np.testing.assert_allclose(getattr(chat, name), getattr(voice, name))


def test_deferred_work_is_put_aside_for_a_call_and_ended_later() -> None:
    routing = floor([DEFERRED, VOICE], [{0: 1, 1: 1}], [0])
    tally = played(routing, came([(0, 0, 100, INF), (40, 1, 30, INF)]), [(0, 0, HOUR)])
    assert tally.wait[1].sum() == 0 and tally.answered[1].sum() == 1
    assert tally.wait[0].sum() == 130 and tally.busy.sum() == pytest.approx(130)
    assert tally.within[0, 1] == 1  # on the hour in which it was due


def test_deferred_work_put_aside_at_the_end_of_the_shift_is_taken_on_by_somebody_idle() -> None:
    routing = floor([DEFERRED, VOICE], [{0: 1}, {0: 1, 1: 1}], [0, 1])
    calls: Rows = [(0, 0, 100, INF), (1, 1, 60, INF)]
    tally = played(routing, came(calls), [(0, 0, 50), (1, 0, HOUR)])
    assert tally.wait[0].sum() == pytest.approx(111) and tally.busy.sum() == pytest.approx(160)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_or_counted_twice(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    queues, agents = data.draw(st.integers(1, 4)), data.draw(st.integers(0, 6))
    channels = [data.draw(st.sampled_from([VOICE, CHAT, DEFERRED])) for _ in range(queues)]
    groups = [
        {
            int(q): int(rng.integers(1, 3))
            for q in rng.choice(queues, size=int(rng.integers(1, queues + 1)), replace=False)
        }
        for _ in range(3)
    ]
    of = [int(rng.integers(0, 3)) for _ in range(agents)]
    start = np.sort(rng.random(int(rng.integers(0, 200)))) * 4 * HOUR
    rows: Rows = [
        (float(at), int(queue := rng.integers(0, queues)), float(rng.exponential(300)),
         INF if channels[queue] == DEFERRED else float(rng.exponential(200)))
        for at in start
    ]  # fmt: skip
    work = [(a, *sorted(rng.random(2) * 4 * HOUR)) for a in range(agents)]
    work += [(a, end + 60.0, end + 2000.0) for a, _, end in work]
    routing, contacts = floor(channels, groups, of, slots=2), came(rows, redials=data.draw(st.integers(0, 2)))
    tally = played(routing, contacts, work, hours=12)
    assert np.all(tally.answered + tally.abandoned <= tally.offered + 1e-9)
    assert np.all(tally.within <= tally.answered) and np.all(tally.wait >= 0)
    live = [q for q in range(queues) if channels[q] != DEFERRED]
    assert np.all((tally.answered + tally.abandoned)[live] == tally.offered[live])  # everybody ends one way
    agent, begin, end = np.array(work, dtype=float).reshape(-1, 3).T
    there = turns(agent=agent.astype(np.int64), start=begin, end=end)
    seconds = present(there, routing.group, 3, interval_seconds=HOUR, intervals=12)
    assert seconds.sum() == pytest.approx((end - begin).sum())
    assert np.all(tally.busy.sum(axis=1) <= seconds + tally.overrun + 1e-6)
