"""Every contact of a week as an event: who takes it, who gives up, who is busy with what; one compiled loop.

A contact goes to an agent who is free and has the skill: of those for whom the queue comes first the longest idle. An
agent who becomes free takes the queue that comes first among the own, and of equal ones the contact that has waited
longest in terms of its queue's threshold. A chat goes to those who have chats already and room for one more; deferred
work is done when no live contact waits and is put aside when one comes that finds nobody else. Who goes on a break or
home ends the contact at hand first, or puts deferred work aside.
"""

import math
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Kernel = TypeVar("Kernel", bound=Callable[..., object])

VOICE, CHAT, DEFERRED = 0, 1, 2
COMPLETION, ABANDONMENT, REDIAL = 0, 1, 2
_NOBODY = -1


def _compiled(function: Kernel) -> Kernel:
    """Compile once with numba; the machine code is kept beside the source, and runs may go on beside each other.

    Some fifty arrays go from function to function. Nothing here allocates: without counting references to them, and
    without copying their descriptions from call to call, the loop takes a twentieth of the time.
    """
    kernel: Kernel = njit(cache=True, nogil=True, _nrt=False, forceinline=True)(function)
    return kernel


class Routing(NamedTuple):
    """Who may serve what. Agents of one group have the same skills, priorities and slots.

    `channel`, `threshold` (seconds) by queue; `factor` (agents, queues) of handling time, 0 without the skill; `group`
    by agent; `slots` (groups, queues) contacts served at once. Lists of a queue's groups, those first for whom it comes
    first: `groups` and their `group_tier` between `groups_of[q]` and `groups_of[q + 1]`; of a group's queues likewise.
    """

    channel: Ints
    threshold: Floats
    factor: Floats
    group: Ints
    slots: Ints
    groups_of: Ints
    groups: Ints
    group_tier: Ints
    queues_of: Ints
    queues: Ints
    queue_tier: Ints


class Contacts(NamedTuple):
    """Contacts in order of time: `start` in seconds, `queue`, `need` seconds of handling at factor 1, `patience` in
    seconds (inf: never leaves), `redials` how often the caller tries again, `delay` seconds after giving up."""

    start: Floats
    queue: Ints
    need: Floats
    patience: Floats
    redials: Ints
    delay: Floats


class Attendance(NamedTuple):
    """When agents come to work and leave it, in order of time: `time` in seconds, `agent`, `comes`."""

    time: Floats
    agent: Ints
    comes: NDArray[np.bool_]


class Tally(NamedTuple):
    """What is counted: arrays of shape (queues, intervals) by the start of a contact, deferred work by when it is due.

    `wait` is the sum of seconds until answered (deferred: until done); `busy` (groups, queues, intervals) and `overrun`
    (groups, intervals) are seconds of agents, the latter those worked on a break or after the shift.
    """

    offered: Floats
    answered: Floats
    within: Floats
    abandoned: Floats
    wait: Floats
    busy: Floats
    overrun: Floats


class _State(NamedTuple):
    """Where everybody is. Lists are linked: waiting callers by queue, agents by list of their group.

    A group has a list for each number of chats in hand (0: idle) and one, the last, for those at deferred work. `most` is
    the number of chats that those in hand allow beside each other. `share` of an agent's time are the live contacts in
    hand, `left` is when the agent last went on a break or home. `opened` (queues, intervals): when callers call again.
    """

    heap_time: Floats
    heap_what: Ints
    heap_size: Ints
    first: Ints
    last: Ints
    before: Ints
    after: Ints
    waiting: NDArray[np.bool_]
    since: Floats
    need: Floats
    redials: Ints
    here: NDArray[np.bool_]
    left: Floats
    share: Floats
    load: Ints
    most: Ints
    doing: Ints
    done_at: Floats
    listed: Ints
    listed_since: Floats
    list_first: Ints
    list_last: Ints
    list_before: Ints
    list_after: Ints
    lists: int
    seconds: float
    opened: NDArray[np.bool_]


def simulate(
    routing: Routing,
    contacts: Contacts,
    attendance: Attendance,
    *,
    interval_seconds: float,
    intervals: int,
    opened: NDArray[np.bool_] | None = None,
) -> Tally:
    """One run from an empty floor until the last contact is done or nobody is left who could take it.

    Who would call again when the queue is not `opened` (queues, intervals; None: always) is lost.
    """
    queues, (groups, _) = len(routing.channel), routing.slots.shape
    offered, answered, within, abandoned, wait = np.zeros((5, queues, intervals))
    tally = Tally(
        offered=offered,
        answered=answered,
        within=within,
        abandoned=abandoned,
        wait=wait,
        busy=np.zeros((groups, queues, intervals)),
        overrun=np.zeros((groups, intervals)),
    )
    opened = np.ones((queues, intervals), dtype=np.bool_) if opened is None else opened
    _run(
        routing, contacts, attendance, _state(routing, contacts, len(attendance.time), interval_seconds, opened), tally
    )
    return tally


def _state(routing: Routing, contacts: Contacts, turns: int, seconds: float, opened: NDArray[np.bool_]) -> _State:
    agents, queues = routing.factor.shape
    count, lists = len(contacts.start), max(2, int(routing.slots.max(initial=1)) + 1)
    attempts = count + int(contacts.redials.sum())
    # For each attempt a patience that ends, a completion and work put aside; the rest is put aside by going home.
    events = 3 * attempts + turns + agents * lists
    named = len(routing.slots) * lists

    def nobody(size: int) -> Ints:
        return np.full(size, _NOBODY, dtype=np.int64)

    return _State(
        heap_time=np.zeros(events),
        heap_what=np.zeros(events, dtype=np.int64),
        heap_size=np.zeros(1, dtype=np.int64),
        first=nobody(queues),
        last=nobody(queues),
        before=nobody(count),
        after=nobody(count),
        waiting=np.zeros(count, dtype=np.bool_),
        since=contacts.start.copy(),
        need=contacts.need.copy(),
        redials=contacts.redials.copy(),
        here=np.zeros(agents, dtype=np.bool_),
        left=np.zeros(agents),
        share=np.zeros(agents),
        load=np.zeros(agents, dtype=np.int64),
        most=np.full(agents, lists - 1, dtype=np.int64),
        doing=nobody(agents),
        done_at=np.zeros(agents),
        listed=nobody(agents),
        listed_since=np.zeros(agents),
        list_first=nobody(named),
        list_last=nobody(named),
        list_before=nobody(agents),
        list_after=nobody(agents),
        lists=lists,
        seconds=seconds,
        opened=np.ascontiguousarray(opened),
    )


@_compiled
def _run(routing: Routing, contacts: Contacts, attendance: Attendance, state: _State, tally: Tally) -> None:
    caller, turn = 0, 0
    while True:
        arrives = contacts.start[caller] if caller < len(contacts.start) else math.inf
        turns = attendance.time[turn] if turn < len(attendance.time) else math.inf
        due = state.heap_time[0] if state.heap_size[0] else math.inf
        if turns <= arrives and turns <= due:
            if turns == math.inf:
                return
            agent = attendance.agent[turn]
            if attendance.comes[turn]:
                _come(routing, contacts, state, tally, agent, turns)
            else:
                _leave(routing, contacts, state, tally, agent, turns)
            turn += 1
        elif arrives <= due:
            _arrive(routing, contacts, state, tally, caller, arrives)
            caller += 1
        else:
            what = _pop(state)
            kind, agent, who = what >> 60, (what >> 32) & 0xFFFFFFF, what & 0xFFFFFFFF
            if kind == COMPLETION:
                _complete(routing, contacts, state, tally, agent, who, due)
            elif kind == ABANDONMENT:
                _abandon(contacts, state, tally, who, due)
            else:
                _arrive(routing, contacts, state, tally, who, due)


@_compiled
def _arrive(routing: Routing, contacts: Contacts, state: _State, tally: Tally, caller: int, now: float) -> None:
    queue = contacts.queue[caller]
    state.since[caller] = now
    judged = now + routing.threshold[queue] if routing.channel[queue] == DEFERRED else now
    _count(tally.offered, queue, judged, 1.0, state.seconds)
    agent = _free_agent(routing, state, queue)
    if agent != _NOBODY:
        aside = state.doing[agent]
        if aside != _NOBODY:
            _put_aside(routing, contacts, state, tally, agent, now)
        _serve(routing, contacts, state, tally, agent, caller, now)
        if aside != _NOBODY:
            _hand_on(routing, contacts, state, tally, contacts.queue[aside], now)
        return
    _wait_last(state, queue, caller)
    if contacts.patience[caller] < math.inf:
        _push(state, now + contacts.patience[caller], (ABANDONMENT << 60) | caller)


@_compiled
def _abandon(contacts: Contacts, state: _State, tally: Tally, caller: int, now: float) -> None:
    if not state.waiting[caller] or state.since[caller] + contacts.patience[caller] != now:
        return  # answered in the meantime
    queue = contacts.queue[caller]
    _wait_no_longer(state, queue, caller)
    _count(tally.abandoned, queue, state.since[caller], 1.0, state.seconds)
    if state.redials[caller] > 0:
        state.redials[caller] -= 1
        again = now + contacts.delay[caller]
        interval = math.floor(again / state.seconds)
        if interval < state.opened.shape[1] and state.opened[queue, interval]:
            _push(state, again, (REDIAL << 60) | caller)


@_compiled
def _complete(
    routing: Routing, contacts: Contacts, state: _State, tally: Tally, agent: int, caller: int, now: float
) -> None:
    queue = contacts.queue[caller]
    if routing.channel[queue] == DEFERRED:
        if state.doing[agent] != caller or state.done_at[agent] != now:
            return  # put aside in the meantime
        _done(routing, state, tally, queue, caller, now)
        state.doing[agent] = _NOBODY
    else:
        share = 1.0 / routing.slots[routing.group[agent], queue]
        if not state.here[agent]:
            _overrun(routing, state, tally, agent, now, share)
        state.share[agent] -= share
        state.load[agent] -= 1 if routing.channel[queue] == CHAT else state.load[agent]
        if state.load[agent] == 0:
            state.most[agent] = state.lists - 1
            state.share[agent] = 0.0
    _unlist(state, agent)
    if state.here[agent]:
        _take(routing, contacts, state, tally, agent, now)


@_compiled
def _come(routing: Routing, contacts: Contacts, state: _State, tally: Tally, agent: int, now: float) -> None:
    if state.share[agent] > 0.0:  # a contact has outlasted the whole break
        _overrun(routing, state, tally, agent, now, state.share[agent])
    state.here[agent] = True
    _take(routing, contacts, state, tally, agent, now)


@_compiled
def _leave(routing: Routing, contacts: Contacts, state: _State, tally: Tally, agent: int, now: float) -> None:
    state.here[agent] = False
    state.left[agent] = now
    aside = state.doing[agent]
    if aside != _NOBODY:
        _put_aside(routing, contacts, state, tally, agent, now)
        _hand_on(routing, contacts, state, tally, contacts.queue[aside], now)
    _unlist(state, agent)


@_compiled
def _take(routing: Routing, contacts: Contacts, state: _State, tally: Tally, agent: int, now: float) -> None:
    """Contacts that wait, as many as the agent can serve at once; then the list of those who can take more."""
    while True:
        queue = _next_queue(routing, state, agent, now)
        if queue < 0:
            break
        caller = state.first[queue]
        _wait_no_longer(state, queue, caller)
        _serve(routing, contacts, state, tally, agent, caller, now)
    if state.listed[agent] < 0 and state.load[agent] < state.most[agent]:
        _list(routing, state, agent, state.load[agent], now)


@_compiled
def _next_queue(routing: Routing, state: _State, agent: int, now: float) -> int:
    """The queue to serve next, -1 where none waits that the agent has room for; deferred work comes last."""
    if state.doing[agent] != _NOBODY:
        return -1
    live = _most_urgent(routing, state, agent, now, False)
    return live if live >= 0 or state.load[agent] > 0 else _most_urgent(routing, state, agent, now, True)


@_compiled
def _most_urgent(routing: Routing, state: _State, agent: int, now: float, deferred: bool) -> int:
    """Of the queues with somebody waiting that come first for the agent, the one that has waited longest."""
    group = routing.group[agent]
    best, best_tier, best_urgency = -1, 0, 0.0
    for i in range(routing.queues_of[group], routing.queues_of[group + 1]):
        queue, tier = routing.queues[i], routing.queue_tier[i]
        if best >= 0 and tier > best_tier:
            break
        channel = routing.channel[queue]
        if state.first[queue] == _NOBODY or (channel == DEFERRED) != deferred:
            continue
        most = min(state.most[agent], routing.slots[group, queue])
        if state.load[agent] > 0 and (channel != CHAT or state.load[agent] >= most):
            continue
        urgency = (now - state.since[state.first[queue]]) / max(1.0, routing.threshold[queue])
        if best < 0 or urgency > best_urgency:
            best, best_tier, best_urgency = queue, tier, urgency
    return best


@_compiled
def _free_agent(routing: Routing, state: _State, queue: int) -> int:
    """Who takes a contact that arrives, -1 where all are busy."""
    channel = routing.channel[queue]
    if channel == CHAT:
        for level in range(state.lists - 2, 0, -1):
            agent = _longest(routing, state, queue, level)
            if agent >= 0:
                return agent
    agent = _longest(routing, state, queue, 0)
    if agent < 0 and channel != DEFERRED:
        agent = _longest(routing, state, queue, state.lists - 1)
    return agent


@_compiled
def _longest(routing: Routing, state: _State, queue: int, level: int) -> int:
    """Of the agents on these lists who can take the queue, those first for whom it comes first, the longest there."""
    best, best_tier, best_since = -1, 0, 0.0
    for i in range(routing.groups_of[queue], routing.groups_of[queue + 1]):
        group, tier = routing.groups[i], routing.group_tier[i]
        if best >= 0 and tier > best_tier:
            break
        agent = state.list_first[group * state.lists + level]
        if agent == _NOBODY or (0 < level < state.lists - 1 and level >= routing.slots[group, queue]):
            continue
        if best < 0 or state.listed_since[agent] < best_since:
            best, best_tier, best_since = agent, tier, state.listed_since[agent]
    return best


@_compiled
def _serve(
    routing: Routing, contacts: Contacts, state: _State, tally: Tally, agent: int, caller: int, now: float
) -> None:
    queue, group = contacts.queue[caller], routing.group[agent]
    end = now + state.need[caller] * routing.factor[agent, queue]
    _unlist(state, agent)
    channel = routing.channel[queue]
    if channel == DEFERRED:
        state.doing[agent], state.done_at[agent] = caller, end
        _list(routing, state, agent, state.lists - 1, now)
    else:
        waited = now - state.since[caller]
        _count(tally.answered, queue, state.since[caller], 1.0, state.seconds)
        _count(tally.wait, queue, state.since[caller], waited, state.seconds)
        if waited <= routing.threshold[queue]:
            _count(tally.within, queue, state.since[caller], 1.0, state.seconds)
        if channel == CHAT:
            state.load[agent] += 1
            state.most[agent] = min(state.most[agent], routing.slots[group, queue])
            if state.load[agent] < state.most[agent]:
                _list(routing, state, agent, state.load[agent], now)
        else:
            state.load[agent] = state.lists  # no room for anything beside
        state.share[agent] += 1.0 / routing.slots[group, queue]
    _spread(tally.busy[group], queue, now, end, 1.0 / routing.slots[group, queue], state.seconds)
    _push(state, end, (COMPLETION << 60) | (agent << 32) | caller)


@_compiled
def _put_aside(routing: Routing, contacts: Contacts, state: _State, tally: Tally, agent: int, now: float) -> None:
    """Deferred work goes back to the head of its queue with what is left of it."""
    caller = state.doing[agent]
    queue, group = contacts.queue[caller], routing.group[agent]
    end = state.done_at[agent]
    state.need[caller] = (end - now) / routing.factor[agent, queue]
    _spread(tally.busy[group], queue, now, end, -1.0, state.seconds)
    state.doing[agent] = _NOBODY
    _unlist(state, agent)
    _wait_first(state, queue, caller)


@_compiled
def _hand_on(routing: Routing, contacts: Contacts, state: _State, tally: Tally, queue: int, now: float) -> None:
    """Deferred work just put aside may suit somebody idle."""
    agent = _free_agent(routing, state, queue)
    if agent != _NOBODY:
        caller = state.first[queue]
        _wait_no_longer(state, queue, caller)
        _serve(routing, contacts, state, tally, agent, caller, now)


@_compiled
def _done(routing: Routing, state: _State, tally: Tally, queue: int, caller: int, now: float) -> None:
    since = state.since[caller]
    due = since + routing.threshold[queue]
    _count(tally.answered, queue, due, 1.0, state.seconds)
    _count(tally.wait, queue, due, now - since, state.seconds)
    if now <= due:
        _count(tally.within, queue, due, 1.0, state.seconds)


@_compiled
def _count(counts: Floats, queue: int, time: float, value: float, seconds: float) -> None:
    interval = math.floor(time / seconds)
    if 0 <= interval < counts.shape[1]:
        counts[queue, interval] += value


@_compiled
def _overrun(routing: Routing, state: _State, tally: Tally, agent: int, now: float, share: float) -> None:
    """Add a part of the time since the agent should have left."""
    _spread(tally.overrun, routing.group[agent], state.left[agent], now, share, state.seconds)


@_compiled
def _spread(counts: Floats, row: int, start: float, end: float, share: float, seconds: float) -> None:
    """Add a part of a stretch of time to the intervals it lies in."""
    interval = math.floor(start / seconds)
    while start < end:
        edge = min(end, (interval + 1) * seconds)
        if 0 <= interval < counts.shape[1]:
            counts[row, interval] += share * (edge - start)
        start = edge
        interval += 1


@_compiled
def _wait_last(state: _State, queue: int, caller: int) -> None:
    _append(state.first, state.last, state.before, state.after, queue, caller)
    state.waiting[caller] = True


@_compiled
def _wait_first(state: _State, queue: int, caller: int) -> None:
    _append(state.last, state.first, state.after, state.before, queue, caller)  # the list read backwards
    state.waiting[caller] = True


@_compiled
def _wait_no_longer(state: _State, queue: int, caller: int) -> None:
    _remove(state.first, state.last, state.before, state.after, queue, caller)
    state.waiting[caller] = False


@_compiled
def _list(routing: Routing, state: _State, agent: int, level: int, now: float) -> None:
    at = routing.group[agent] * state.lists + level
    _append(state.list_first, state.list_last, state.list_before, state.list_after, at, agent)
    state.listed[agent] = at
    state.listed_since[agent] = now


@_compiled
def _unlist(state: _State, agent: int) -> None:
    at = state.listed[agent]
    if at >= 0:
        _remove(state.list_first, state.list_last, state.list_before, state.list_after, at, agent)
        state.listed[agent] = _NOBODY


@_compiled
def _append(first: Ints, last: Ints, before: Ints, after: Ints, at: int, who: int) -> None:
    """Put somebody at the end of the linked list `at`."""
    tail = last[at]
    before[who], after[who] = tail, _NOBODY
    if tail == _NOBODY:
        first[at] = who
    else:
        after[tail] = who
    last[at] = who


@_compiled
def _remove(first: Ints, last: Ints, before: Ints, after: Ints, at: int, who: int) -> None:
    """Take somebody out of the linked list `at`."""
    ahead, behind = before[who], after[who]
    if ahead == _NOBODY:
        first[at] = behind
    else:
        after[ahead] = behind
    if behind == _NOBODY:
        last[at] = ahead
    else:
        before[behind] = ahead


@_compiled
def _push(state: _State, time: float, what: int) -> None:
    at = state.heap_size[0]
    state.heap_size[0] = at + 1
    while at > 0:
        parent = (at - 1) >> 1
        if state.heap_time[parent] <= time:
            break
        state.heap_time[at] = state.heap_time[parent]
        state.heap_what[at] = state.heap_what[parent]
        at = parent
    state.heap_time[at] = time
    state.heap_what[at] = what


@_compiled
def _pop(state: _State) -> int:
    what = state.heap_what[0]
    size = state.heap_size[0] - 1
    state.heap_size[0] = size
    time, moved = state.heap_time[size], state.heap_what[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and state.heap_time[child + 1] < state.heap_time[child]:
            child += 1
        if state.heap_time[child] >= time:
            break
        state.heap_time[at] = state.heap_time[child]
        state.heap_what[at] = state.heap_what[child]
        at = child
    state.heap_time[at] = time
    state.heap_what[at] = moved
    return int(what)
