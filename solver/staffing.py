"""Who is at work where: agents by skill group shared among queues, seats and classroom places taken.

The search keeps a sharing of its own, mended along chains of queues (an agent, or a part of an agent's interval, moves
from a to b so that another can move from b to c). It is close to, never better than, the optimum that `wfm.coverage`
computes for the report.
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

UNLIMITED = 1 << 40  # places where there is no limit
FULL = 1e4  # what a slot costs in which all seats or places are taken: worth avoiding at any price
EPSILON = 1e-9  # agents too few to move
LEAST = 1e-7  # cost per minute worth a move


class Staffing(NamedTuple):
    """State of the week. Queues q, intervals t, groups g, slots s (of which `per_interval` make an interval).

    `cover[q, t]` effective agents, `share[t, g, q]` agents of a group at a queue (whoever comes to an interval has all of
    its shares looked at), `gain[q, t]` what one more agent at a queue is worth per interval after the best chain of
    moves, `seat[s]`, `room[s]` taken seats and places of the `seats[s]`, `rooms[s]` there are.
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
    seats: Ints
    rooms: Ints
    per_interval: int
    slot_minutes: float
    guide: Floats
    target: Floats
    seat_price: Floats
    room_price: Floats
    full: float


def open_staffing(rules: Rules, groups: SkillGroups, required: Floats) -> Staffing:
    """The week before anybody is rostered: only last week's shifts that reach into it."""
    centre, week = rules.centre, rules.week
    queues, intervals = required.shape
    portion = rules.problem.portion
    state = Staffing(
        required=np.ascontiguousarray(required),
        weight=np.array([queue.weight for queue in centre.queues.values()], dtype=float),
        rates=np.array([centre.cost.shortage, centre.cost.shortage_deep, centre.cost.surplus]),
        rate=groups.rate.copy(),
        able=np.array([sum(1 << q for q in np.flatnonzero(row)) for row in groups.rate], dtype=np.int64),
        cover=np.zeros((queues, intervals)),
        share=np.zeros((intervals, len(groups.rate), queues)),
        gain=np.zeros((queues, intervals)),
        seat=np.zeros(rules.horizon, dtype=np.int64),
        room=np.zeros(rules.horizon, dtype=np.int64),
        seats=_places(rules, centre.seats, None if portion is None else portion.seats),
        rooms=_places(rules, centre.classroom_places, None if portion is None else portion.rooms),
        per_interval=week.interval_minutes // rules.slot,
        slot_minutes=float(rules.slot),
        guide=np.zeros((queues, intervals)),
        target=required.copy(),
        seat_price=np.zeros(rules.horizon),
        room_price=np.zeros(rules.horizon),
        full=FULL,
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


def _places(rules: Rules, places: int | None, share: Ints | None) -> Ints:
    """Places by slot: all there are or, of a part of the centre, its share of them by interval."""
    if places is None:
        return np.full(rules.horizon, UNLIMITED)
    if share is None:
        return np.full(rules.horizon, places)
    interval = np.arange(rules.horizon) * rules.slot // rules.week.interval_minutes
    return np.asarray(share[np.minimum(interval, len(share) - 1)])


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
def _moves(state, t, direct):  # type: ignore[no-untyped-def]
    """direct[q]: bit set of queues to which some agents now at q could go."""
    direct[:] = 0
    for g in range(state.share.shape[1]):
        able = state.able[g]
        for q in range(len(direct)):
            if able >> q & 1 and state.share[t, g, q] > EPSILON:
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
def _slopes(state, q, t):  # type: ignore[no-untyped-def]
    """What a bit more cover saves and how far that goes, what a bit less costs and how far that goes."""
    need, cover, weight = state.required[q, t], state.cover[q, t], state.weight[q]
    edge = (1 - DEEP) * need
    shallow, deep, surplus = weight * state.rates[0], weight * state.rates[1], -state.rates[2]
    won, up = surplus, 1e18
    if cover < edge - EPSILON:
        won, up = deep, edge - cover
    elif cover < need - EPSILON:
        won, up = shallow, need - cover
    lost, down = deep, max(cover, 0.0)
    if cover > need + EPSILON:
        lost, down = surplus, cover - need
    elif cover > edge + EPSILON:
        lost, down = shallow, cover - edge
    return won, up, lost, down


@njit(cache=True, nogil=True)
def refresh(state, t, rho):  # type: ignore[no-untyped-def]
    """Recompute gain[:, t]."""
    queues = state.cover.shape[0]
    if rho > 0:
        for q in range(queues):
            state.gain[q, t] = state.guide[q, t] + rho * (2 * (state.target[q, t] - state.cover[q, t]) - 1)
        return
    # What is short, dearest first: an agent's time is spread over all of it that chains of moves can reach.
    price, short, at = np.empty(2 * queues), np.empty(2 * queues), np.empty(2 * queues, dtype=np.int64)
    held = 0
    for q in range(queues):
        need, cover = state.required[q, t], state.cover[q, t]
        edge = (1 - DEEP) * need
        for tier in range(2):
            amount = edge - cover if tier else need - max(cover, edge)
            if amount > EPSILON:
                worth = state.weight[q] * state.rates[tier]
                i = held
                while i > 0 and price[i - 1] < worth:
                    price[i], short[i], at[i] = price[i - 1], short[i - 1], at[i - 1]
                    i -= 1
                price[i], short[i], at[i] = worth, amount, q
                held += 1
    direct, reach = np.empty(queues, dtype=np.int64), np.empty(queues, dtype=np.int64)
    if held > 0:
        _moves(state, t, direct)
        _close(direct, reach)
    amount = 1.0 / state.per_interval
    for q in range(queues):
        left, gained = amount, 0.0
        for i in range(held):
            if reach[q] >> at[i] & 1:
                part = min(left, short[i])
                gained += part * price[i]
                left -= part
        state.gain[q, t] = (gained - left * state.rates[2]) / amount


@njit(cache=True, nogil=True)
def refresh_all(state, rho):  # type: ignore[no-untyped-def]
    """Recompute every gain, after the guide has changed."""
    for t in range(state.cover.shape[1]):
        refresh(state, t, rho)


@njit(cache=True, nogil=True)
def _level(state, t):  # type: ignore[no-untyped-def]
    """Whether no move between two queues could lower the cost, were it possible."""
    most, least = -1e300, 1e300
    for q in range(state.cover.shape[0]):
        won, _, lost, _ = _slopes(state, q, t)
        most, least = max(most, won), min(least, lost)
    return most - least <= LEAST


@njit(cache=True, nogil=True)
def _mend(state, t):  # type: ignore[no-untyped-def]
    """Move agents, also parts of them, along chains of queues in interval t while that lowers the cost."""
    if _level(state, t):
        return
    queues = state.cover.shape[0]
    direct, reach = np.empty(queues, dtype=np.int64), np.empty(queues, dtype=np.int64)
    won, lost, up, down = np.empty(queues), np.empty(queues), np.empty(queues), np.empty(queues)
    for _ in range(8 * queues):
        for q in range(queues):
            won[q], up[q], lost[q], down[q] = _slopes(state, q, t)
        if won.max() - lost.min() <= LEAST:
            return
        _moves(state, t, direct)
        _close(direct, reach)
        best, origin, goal = LEAST, -1, -1
        for a in range(queues):
            for b in range(queues):
                if a != b and down[a] > EPSILON and reach[a] >> b & 1 and won[b] - lost[a] > best:
                    best, origin, goal = won[b] - lost[a], a, b
        if origin < 0 or not _pass_on(state, t, origin, goal, direct, won[goal], up[goal], lost[origin], down[origin]):
            return


@njit(cache=True, nogil=True)
def _pass_on(state, t, origin, goal, direct, won, up, lost, down):  # type: ignore[no-untyped-def]
    """Move agents along the shortest chain from queue to queue as far as it saves; whether it did."""
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
    hops = 0
    q = goal
    while q != origin:
        line[hops] = q
        hops += 1
        q = parent[q]
    # Per agent-minute taken from the origin: who moves at each hop, and how much; cover between stays as it is.
    group, moved = np.empty(queues, dtype=np.int64), np.empty(queues)
    flow, most, q = 1.0, down, origin
    for i in range(hops - 1, -1, -1):
        to, best = line[i], -1
        for g in range(state.share.shape[1]):
            able = state.able[g] >> q & 1 and state.able[g] >> to & 1
            if able and (best < 0 or state.share[t, g, q] > state.share[t, best, q]):
                best = g
        group[i], moved[i] = best, flow / state.rate[best, q]
        most = min(most, state.share[t, best, q] / moved[i])
        flow = moved[i] * state.rate[best, to]
        q = to
    most = min(most, up / flow)
    if won * flow - lost <= LEAST or most <= EPSILON:
        return False
    q = origin
    for i in range(hops - 1, -1, -1):
        amount = min(most * moved[i], state.share[t, group[i], q])
        state.share[t, group[i], q] -= amount
        state.share[t, group[i], line[i]] += amount
        state.cover[q, t] -= amount * state.rate[group[i], q]
        state.cover[line[i], t] += amount * state.rate[group[i], line[i]]
        q = line[i]
    return True


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
        state.share[t, g, to] += amount
        state.cover[to, t] += amount * state.rate[g, to]
        if rho == 0 and queues > 1:
            _mend(state, t)
        refresh(state, t, rho)


@njit(cache=True, nogil=True)
def remove_work(state, g, first, last, rho):  # type: ignore[no-untyped-def]
    """Undo the work of an agent of group g from slot first to last, from the queues that miss it least."""
    queues = state.cover.shape[0]
    for s in range(first, last):
        t = s // state.per_interval
        if t >= state.cover.shape[1]:
            return
        left = 1.0 / state.per_interval
        while left > 1e-12:
            least, at = 1e300, -1
            for q in range(queues):
                if state.able[g] >> q & 1 and state.share[t, g, q] > (1e-12 if left > EPSILON else 0.0):
                    part = min(left, state.share[t, g, q])
                    lost = (
                        cell_cost(state, q, t, state.cover[q, t] - part * state.rate[g, q])
                        - cell_cost(state, q, t, state.cover[q, t])
                        if rho == 0
                        else state.gain[q, t] * part
                    ) / part
                    if lost < least:
                        least, at = lost, q
            if at < 0:
                break  # nothing is left but the rounding of earlier moves
            part = min(left, state.share[t, g, at])
            state.share[t, g, at] -= part
            state.cover[at, t] -= part * state.rate[g, at]
            left -= part
        if rho == 0 and queues > 1:
            _mend(state, t)
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
        seat[s + 1] = seat[s] + state.seat_price[s] + state.full * max(0, 1 + state.seat[s] - state.seats[s])
        room[s + 1] = room[s] + state.room_price[s] + state.full * max(0, 1 + state.room[s] - state.rooms[s])


@njit(cache=True, nogil=True)
def crowding(state):  # type: ignore[no-untyped-def]
    """Seats and classroom places taken beyond those there are, summed over slots."""
    return np.maximum(state.seat - state.seats, 0).sum() + np.maximum(state.room - state.rooms, 0).sum()


@njit(cache=True, nogil=True)
def mend_all(state):  # type: ignore[no-untyped-def]
    """Mend the sharing of every interval and recompute the true gains."""
    for t in range(state.cover.shape[1]):
        _mend(state, t)
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


@njit(cache=True, nogil=True)
def cost_curve(state, g, t, amounts, cost):  # type: ignore[no-untyped-def]
    """cost[k]: cost per minute of interval t with amounts[k] (ascending) more agents of group g; the state stays."""
    share, cover = state.share[t].copy(), state.cover[:, t].copy()
    queues, there = len(cover), 0.0
    for k in range(len(amounts)):
        while there < amounts[k] - EPSILON:
            part = min(1.0, amounts[k] - there)
            best, to = -1e300, -1
            for q in range(queues):
                if state.able[g] >> q & 1:
                    worth = _slopes(state, q, t)[0] * state.rate[g, q]
                    if worth > best:
                        best, to = worth, q
            state.share[t, g, to] += part
            state.cover[to, t] += part * state.rate[g, to]
            if queues > 1:
                _mend(state, t)
            there += part
        cost[k] = 0.0
        for q in range(queues):
            cost[k] += cell_cost(state, q, t, state.cover[q, t])
    state.share[t] = share
    state.cover[:, t] = cover


def copied(state: Staffing) -> Staffing:
    """A copy of what people change."""
    return state._replace(
        cover=state.cover.copy(), share=state.share.copy(), gain=state.gain.copy(), seat=state.seat.copy(),
        room=state.room.copy(),
    )  # fmt: skip


def paste(kept: Staffing, state: Staffing) -> None:
    """Take back to a copy what people have changed since."""
    for was, now in ((kept.cover, state.cover), (kept.share, state.share), (kept.gain, state.gain)):
        now[:] = was
    state.seat[:], state.room[:] = kept.seat, kept.room
