"""Who takes which contact when: a floor watched contact by contact."""

import numpy as np
import pytest

from tests.replay.floors import HOUR, office, played
from tests.tiny import tiny_agent, tiny_queue
from wfm.centre import Centre, Channel
from wfm.replay.routing import routing

CALLS = {"calls": 1.0}


def busy_of(centre: Centre, came: list[tuple[float, str, float]], agents: int) -> list[float]:
    """Seconds that each agent, all of one group and there for the day, is busy: told apart by a skill of their own."""
    there = [(name, 0.0, 24 * HOUR) for name in list(centre.agents)[:agents]]
    tally = played(centre, came, there)
    return [float(tally.busy[group].sum()) for group in routing(centre).group[:agents]]


def test_a_call_goes_first_to_those_with_the_fewest_skills_unless_priorities_say_otherwise() -> None:
    both = {"calls": 1.0, "orders": 1.0}
    centre = office(both, CALLS)
    assert busy_of(centre, [(10.0, "calls", 100.0)], 2) == [0.0, 100.0]
    eager = tiny_agent("a0", skills=both, priorities={"calls": 1})
    plain = tiny_agent("a1", skills=CALLS, priorities={"calls": 2})
    assert busy_of(office(both, CALLS, agents=[eager, plain]), [(10.0, "calls", 100.0)], 2) == [100.0, 0.0]


def test_an_agent_takes_the_queue_that_comes_first_and_of_equals_the_longest_wait_for_its_threshold() -> None:
    patient = tiny_queue("orders", patience_seconds=None, threshold_seconds=100.0)
    queues = [tiny_queue("calls", patience_seconds=None), patient]
    both = {"calls": 1.0, "orders": 1.0}
    came = [(0.0, "calls", 60.0), (10.0, "orders", 5.0), (40.0, "calls", 5.0)]
    there = [("a0", 0.0, 24 * HOUR)]
    equal = office(both, queues=queues)  # waits of 50 s for 100 s and of 20 s for 20 s
    assert played(equal, came, there).wait.sum(axis=1).tolist() == [20.0, 55.0]
    first = office(both, queues=queues, agents=[tiny_agent("a0", skills=both, priorities={"orders": 1, "calls": 2})])
    assert played(first, came, there).wait.sum(axis=1).tolist() == [25.0, 50.0]


def test_deferred_work_that_comes_first_is_done_first() -> None:
    queues = [tiny_queue(name, channel=Channel.DEFERRED, threshold_seconds=5 * HOUR) for name in ("mail", "forms")]
    both = {"mail": 1.0, "forms": 1.0}
    agents = [tiny_agent("a0", skills=both, priorities={"mail": 2, "forms": 1})]
    centre = office(both, queues=queues, agents=agents)
    came = [(0.0, "mail", 10.0), (1.0, "forms", 10.0)]  # both wait when the agent comes at 100 s
    assert played(centre, came, [("a0", 100.0, 24 * HOUR)]).wait.sum(axis=1).tolist() == [120.0, 109.0]


def test_a_beginner_takes_longer() -> None:
    assert busy_of(office({"calls": 1.3}), [(0.0, "calls", 100.0)], 1) == [130.0]


def test_work_put_aside_goes_to_somebody_idle_who_cannot_take_the_call() -> None:
    mail = tiny_queue("mail", channel=Channel.DEFERRED, threshold_seconds=2 * HOUR)
    queues = [tiny_queue("calls", patience_seconds=None), mail]
    centre = office({"calls": 1.0, "mail": 1.0}, {"mail": 1.0}, queues=queues)
    # a1 comes at 30 s and idles, for a0 has the only mail; at 40 s a0 takes a call and a1 the rest of the mail.
    there = [("a0", 0.0, 24 * HOUR), ("a1", 30.0, 24 * HOUR)]
    tally = played(centre, [(0.0, "mail", 100.0), (40.0, "calls", 30.0)], there)
    assert tally.wait.sum(axis=1).tolist() == [0.0, 100.0]
    assert tally.busy.sum(axis=2) == pytest.approx(np.array([[30.0, 40.0], [0.0, 60.0]]))


def test_deferred_work_counts_when_it_is_due_and_is_in_time_when_done_by_then() -> None:
    mail = tiny_queue("mail", channel=Channel.DEFERRED, threshold_seconds=2 * HOUR)
    came = [(0.0, "mail", 1.5 * HOUR), (60.0, "mail", 1.0 * HOUR), (23 * HOUR, "mail", 60.0)]
    tally = played(office({"mail": 1.0}, queues=[mail]), came, [("a0", 0.0, 24 * HOUR)])
    assert tally.offered[0, :4].tolist() == [0.0, 0.0, 2.0, 0.0]  # both at 02:00
    assert tally.offered.sum() == 2  # the last is due after the day
    assert (tally.answered[0, 2], tally.within[0, 2]) == (2.0, 1.0)


def test_who_goes_home_ends_the_call_first_and_puts_mail_aside() -> None:
    mail = tiny_queue("mail", channel=Channel.DEFERRED, threshold_seconds=5 * HOUR)
    centre = office({"calls": 1.0, "mail": 1.0}, queues=[tiny_queue("calls", patience_seconds=None), mail])
    there = [("a0", 0.0, HOUR)]
    call = played(centre, [(HOUR - 10, "calls", 60.0), (HOUR - 5, "calls", 60.0)], there)
    assert (call.answered.sum(), call.busy.sum(), call.overrun.sum()) == (1.0, 60.0, 50.0)
    work = played(centre, [(HOUR - 10, "mail", 60.0)], there)
    assert (work.answered.sum(), work.busy.sum(), work.overrun.sum()) == (0.0, 10.0, 0.0)


def test_shifts_that_follow_each_other_without_a_gap_are_both_worked() -> None:
    there = [("a0", 0.0, HOUR), ("a0", HOUR, 2 * HOUR)]
    assert played(office(CALLS), [(1.5 * HOUR, "calls", 10.0)], there).within.sum() == 1.0


def chat_floor(agents: int, concurrency: float, channel: Channel = Channel.CHAT) -> Centre:
    chat = tiny_queue("chat", channel=channel, concurrency=concurrency, patience_seconds=60.0)
    return office(*[{"chat": 1.0}] * agents, queues=[chat])


@pytest.mark.parametrize("agents", [10, 37, 200])
def test_a_fraction_of_a_chat_is_so_many_agents_with_one_more(agents: int) -> None:
    tables = routing(chat_floor(agents, 2.4))
    assert set(tables.slots[:, 0]) == {2, 3}
    assert tables.slots[tables.group, 0].mean() == pytest.approx(2.4, abs=1.5 / agents)


def test_a_chat_that_needs_an_agent_whole_leaves_no_room_for_one_of_another_queue() -> None:
    whole, half = (
        tiny_queue(name, channel=Channel.CHAT, concurrency=at_once, patience_seconds=None)
        for name, at_once in (("advice", 1.0), ("chat", 2.0))
    )
    centre = office({"advice": 1.0, "chat": 1.0}, queues=[whole, half])
    came = [(0.0, "advice", 100.0), (10.0, "chat", 60.0), (20.0, "chat", 60.0), (120.0, "advice", 10.0)]
    # The chats begin beside each other at 100 s, and the second advice when both are done, at 160 s.
    tally = played(centre, came, [("a0", 0.0, 24 * HOUR)])
    assert tally.wait.sum(axis=1).tolist() == [40.0, 90.0 + 80.0]
