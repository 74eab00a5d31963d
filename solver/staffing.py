"""Who is at work where: agents by skill group shared among queues, seats and classroom places taken.

The search keeps a sharing of its own, slot by slot and in whole agents, mended along chains of queues (an agent moves
from a to b so that another can move from b to c). It is close to, never better than, the optimum that
`wfm.coverage` computes for the report.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solver.rules import Rules
from wfm.centre import worked_before
from wfm.coverage import DEEP, SkillGroups
from wfm.roster import HOLDS_SEAT, Activity

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FULL = 1e4  # what a slot costs in which all seats or places are taken: worth avoiding at any price
EPSILON = 1e-9


class Staffing(NamedTuple):
    """State of the week. Queues q, intervals t, groups g, slots s (of which `per_interval` make an interval).

    `cover[q, t]` effective agents, `share[g, q, t]` agents of a group at a queue, `gain[q, t]` what one more agent at
    a queue is worth per interval after the best chain of moves, `seat[s]`, `room[s]` taken seats and places.
    `rates` = (shortage, shortage_deep, surplus); `guide` prices replace the true ones while `rho` > 0:
    guide + rho * (2 (target - cover) - 1).
    """

    required: Floats
    weight: Floats
    rates: Floats
    rate: Floats
    able: Ints
    cover: Floats
    share: Floats
    gain: Floats
    seat: Ints
    room: Ints
    seats: int
    rooms: int
    per_interval: int
    slot_minutes: float
    guide: Floats
    target: Floats
    seat_price: Floats
    room_price: Floats


def open_staffing(rules: Rules, groups: SkillGroups, required: Floats) -> Staffing:
    """The week before anybody is rostered: only last week's shifts that reach into it."""
    centre, week = rules.centre, rules.week
    queues, intervals = required.shape
    unlimited = 1 << 40
    state = Staffing(
        required=np.ascontiguousarray(required),
        weight=np.array([queue.weight for queue in centre.queues.values()], dtype=float),
        rates=np.array([centre.cost.shortage, centre.cost.shortage_deep, centre.cost.surplus]),
        rate=groups.rate.copy(),
        able=np.array([sum(1 << q for q in np.flatnonzero(row)) for row in groups.rate], dtype=np.int64),
        cover=np.zeros((queues, intervals)),
        share=np.zeros((len(groups.rate), queues, intervals)),
        gain=np.zeros((queues, intervals)),
        seat=np.zeros(rules.horizon, dtype=np.int64),
        room=np.zeros(rules.horizon, dtype=np.int64),
        seats=unlimited if centre.seats is None else centre.seats,
        rooms=unlimited if centre.classroom_places is None else centre.classroom_places,
        per_interval=week.interval_minutes // rules.slot,
        slot_minutes=float(rules.slot),
        guide=np.zeros((queues, intervals)),
        target=required.copy(),
        seat_price=np.zeros(rules.horizon),
        room_price=np.zeros(rules.horizon),
    )
    refresh_all(state, 0.0)
    for name, shifts in worked_before(centre, week).items():
        for segment in (segment for shift in shifts for segment in shift.segments if segment.end > 0):
            first, last = -(-max(segment.start, 0) // rules.slot), -(-segment.end // rules.slot)
            if segment.activity in HOLDS_SEAT:
                state.seat[first:last] += 1
            if segment.activity == Activity.TRAINING:
                state.room[first:last] += 1
            if segment.activity == Activity.WORK and name in groups.of:
                add_work(state, groups.of[name], first, last, 0.0)
    return state


@njit(cache=True, nogil=True)
def cell_cost(state, q, t, cover):  # type: ignore[no-untyped-def]
    """Cost per minute of a queue and interval with this cover."""
    need = state.required[q, t]
    if cover >= need:
        return state.rates[2] * (cover - need)
    short = need - cover
    shallow = min(short, DEEP * need)
    return state.weight[q] * (state.rates[0] * shallow + state.rates[1] * (short - shallow))


@njit(cache=True, nogil=True)
def _moves(state, t, least, direct):  # type: ignore[no-untyped-def]
    """direct[q]: bit set of queues to which some agents now at q (at least `least` of a group) could go."""
    queues = state.cover.shape[0]
    direct[:] = 0
    for g in range(state.share.shape[0]):
        able = state.able[g]
        for q in range(queues):
            if able >> q & 1 and state.share[g, q, t] >= least:
                direct[q] |= able


@njit(cache=True, nogil=True)
def _close(direct, reach):  # type: ignore[no-untyped-def]
    """reach[q]: bit set of queues that a chain of moves from q can feed, q itself included."""
    queues = len(direct)
    for q in range(queues):
        reach[q] = direct[q] | 1 << q
    for middle in range(queues):
        for q in range(queues):
            if reach[q] >> middle & 1:
                reach[q] |= reach[middle]


@njit(cache=True, nogil=True)
def refresh(state, t, rho):  # type: ignore[no-untyped-def]
    """Recompute gain[:, t]."""
    queues = state.cover.shape[0]
    if rho > 0:
        for q in range(queues):
            state.gain[q, t] = state.guide[q, t] + rho * (2 * (state.target[q, t] - state.cover[q, t]) - 1)
        return
    own = np.empty(queues)
    for q in range(queues):
        own[q] = cell_cost(state, q, t, state.cover[q, t]) - cell_cost(state, q, t, state.cover[q, t] + 1)
    direct, adjacent = np.empty(queues, dtype=np.int64), np.empty(queues, dtype=np.int64)
    _moves(state, t, EPSILON, direct)
    _close(direct, adjacent)
    for q in range(queues):
        best = own[q]
        for other in range(queues):
            if adjacent[q] >> other & 1 and own[other] > best:
                best = own[other]
        state.gain[q, t] = best


@njit(cache=True, nogil=True)
def refresh_all(state, rho):  # type: ignore[no-untyped-def]
    """Recompute every gain, after the guide has changed."""
    for t in range(state.cover.shape[1]):
        refresh(state, t, rho)


@njit(cache=True, nogil=True)
def _shift_share(state, g, origin, goal, t, amount):  # type: ignore[no-untyped-def]
    state.share[g, origin, t] -= amount
    state.share[g, goal, t] += amount
    state.cover[origin, t] -= amount * state.rate[g, origin]
    state.cover[goal, t] += amount * state.rate[g, goal]


@njit(cache=True, nogil=True)
def _mend(state, t, amount):  # type: ignore[no-untyped-def]
    """Move agents along chains of queues in interval t while that lowers the cost."""
    queues = state.cover.shape[0]
    direct, reach = np.empty(queues, dtype=np.int64), np.empty(queues, dtype=np.int64)
    lost, won = np.empty(queues), np.empty(queues)
    for _ in range(4 * queues):
        _moves(state, t, amount - EPSILON, direct)
        _close(direct, reach)
        for q in range(queues):
            cover = state.cover[q, t]
            now = cell_cost(state, q, t, cover)
            lost[q] = cell_cost(state, q, t, cover - amount) - now
            won[q] = now - cell_cost(state, q, t, cover + amount)
        best, origin, goal = 1e-7, -1, -1
        for a in range(queues):
            for b in range(queues):
                if a != b and reach[a] >> b & 1 and won[b] - lost[a] > best:
                    best, origin, goal = won[b] - lost[a], a, b
        if origin < 0:
            return
        _pass_on(state, t, origin, goal, amount, direct)


@njit(cache=True, nogil=True)
def _pass_on(state, t, origin, goal, amount, direct):  # type: ignore[no-untyped-def]
    """Move agents along the shortest chain from queue to queue."""
    queues = state.cover.shape[0]
    parent = np.full(queues, -1, dtype=np.int64)
    line = np.empty(queues, dtype=np.int64)
    line[0], head, tail = origin, 0, 1
    parent[origin] = origin
    while parent[goal] < 0:
        q = line[head]
        head += 1
        for other in range(queues):
            if direct[q] >> other & 1 and parent[other] < 0:
                parent[other] = q
                line[tail] = other
                tail += 1
    while goal != origin:
        at = parent[goal]
        for g in range(state.share.shape[0]):
            if state.able[g] >> at & 1 and state.able[g] >> goal & 1 and state.share[g, at, t] >= amount - EPSILON:
                _shift_share(state, g, at, goal, t, amount)
                break
        goal = at


@njit(cache=True, nogil=True)
def add_work(state, g, first, last, rho):  # type: ignore[no-untyped-def]
    """An agent of group g works from slot first to last: to the queue worth most, chains mended."""
    queues = state.cover.shape[0]
    amount = 1.0 / state.per_interval
    for s in range(first, last):
        t = s // state.per_interval
        if t >= state.cover.shape[1]:
            return
        best, to = -1e300, -1
        for q in range(queues):
            if state.able[g] >> q & 1:
                worth = (
                    cell_cost(state, q, t, state.cover[q, t])
                    - cell_cost(state, q, t, state.cover[q, t] + amount * state.rate[g, q])
                    if rho == 0
                    else state.gain[q, t] * state.rate[g, q]
                )
                if worth > best:
                    best, to = worth, q
        state.share[g, to, t] += amount
        state.cover[to, t] += amount * state.rate[g, to]
        if rho == 0 and queues > 1 and state.gain[to, t] > best / amount + 1e-7:
            _mend(state, t, amount)
        refresh(state, t, rho)


@njit(cache=True, nogil=True)
def remove_work(state, g, first, last, rho):  # type: ignore[no-untyped-def]
    """Undo the work of an agent of group g from slot first to last, from the queue that misses it least."""
    queues = state.cover.shape[0]
    amount = 1.0 / state.per_interval
    for s in range(first, last):
        t = s // state.per_interval
        if t >= state.cover.shape[1]:
            return
        least, at = 1e300, -1
        for q in range(queues):
            if state.able[g] >> q & 1 and state.share[g, q, t] >= amount - EPSILON:
                lost = (
                    cell_cost(state, q, t, state.cover[q, t] - amount * state.rate[g, q])
                    - cell_cost(state, q, t, state.cover[q, t])
                    if rho == 0
                    else state.gain[q, t]
                )
                if lost < least:
                    least, at = lost, q
        state.share[g, at, t] -= amount
        state.cover[at, t] -= amount * state.rate[g, at]
        if rho == 0 and queues > 1 and least > EPSILON:
            _mend(state, t, amount)
        refresh(state, t, rho)


@njit(cache=True, nogil=True)
def prices(state, g, work, seat, room):  # type: ignore[no-untyped-def]
    """Running sums over slots of what work gains, a seat and a classroom place cost for an agent of group g."""
    slots = len(state.seat)
    work[0] = seat[0] = room[0] = 0.0
    for s in range(slots):
        t = s // state.per_interval
        gained = 0.0
        if t < state.cover.shape[1]:
            gained = -1e300
            for q in range(state.cover.shape[0]):
                if state.able[g] >> q & 1:
                    gained = max(gained, state.gain[q, t] * state.rate[g, q])
        work[s + 1] = work[s] + gained * state.slot_minutes
        seat[s + 1] = seat[s] + state.seat_price[s] + (FULL if state.seat[s] >= state.seats else 0.0)
        room[s + 1] = room[s] + state.room_price[s] + (FULL if state.room[s] >= state.rooms else 0.0)


@njit(cache=True, nogil=True)
def mend_all(state):  # type: ignore[no-untyped-def]
    """Mend the sharing of every interval and recompute the true gains."""
    for t in range(state.cover.shape[1]):
        _mend(state, t, 1.0 / state.per_interval)
        refresh(state, t, 0.0)


@njit(cache=True, nogil=True)
def total_cost(state):  # type: ignore[no-untyped-def]
    """Shortage and surplus of the week in agent-minutes under the search's own sharing."""
    total = 0.0
    for q in range(state.cover.shape[0]):
        for t in range(state.cover.shape[1]):
            total += cell_cost(state, q, t, state.cover[q, t])
    return total * state.slot_minutes * state.per_interval


@njit(cache=True, nogil=True)
def interval_cost(state):  # type: ignore[no-untyped-def]
    """Cost per minute of each interval, over all queues."""
    cost = np.zeros(state.cover.shape[1])
    for q in range(state.cover.shape[0]):
        for t in range(state.cover.shape[1]):
            cost[t] += cell_cost(state, q, t, state.cover[q, t])
    return cost
