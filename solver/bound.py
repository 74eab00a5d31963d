"""The proved bound: the Lagrangian of the whole problem at given prices, evaluated exactly agent by agent.

For any prices p of cover, s of seats and r of classroom places (s, r >= 0) every legal roster costs at least

    sum over queues and intervals of min_S (c(S) + p S)              what cover costs if it can be bought at p
  - sum over agents of the dearest legal week at these prices        what the agents' own weeks can sell at most
  - what last week's tail sells - s (seats - tail) - r (places - tail)

because each capacity is only relaxed, not changed. Per agent the week is exact (`solver.week`, `solver.filling`);
training counts at a share of its cost, which is never more than it costs, and fairness at the higher of two straight
lines below it.
"""

import numpy as np
from numba import njit

from solver.crew import Crew, Floats, Ints, Member
from solver.filling import LOST, best_value
from solver.planes import queue_value
from solver.relaxation import Prices
from solver.staffing import Staffing
from solver.week import Menu, best_week, menu, scratch, worth_of_hours
from wfm.progress import Stop, never


def lower_bound(crew: Crew, state: Staffing, prices: Prices, *, stop: Stop = never) -> float:
    """Agent-minutes that no legal roster undercuts; 0, which none does, where it is stopped.

    `state` is the staffing before anybody is rostered.
    """
    centre = crew.rules.centre
    minutes = state.slot_minutes * state.per_interval
    rates = (centre.cost.shortage, centre.cost.shortage_deep, centre.cost.surplus)
    bought = queue_value(state.required, state.weight, np.array(rates), prices.queue).sum() * minutes
    tail = sum(
        float((state.share[g].sum(axis=0) * _best_queue(state, prices, g)).sum()) for g in range(len(state.rate))
    )
    left = (state.seats - state.seat) * prices.seat
    places = (state.rooms - state.room) * prices.room
    total = bought - tail * minutes - float(left[prices.seat > 0].sum()) - float(places[prices.room > 0].sum())
    sold = _sold(crew, state, prices, stop)
    return 0.0 if sold is None else float(total) - sold + _outsiders(crew)


def _best_queue(state: Staffing, prices: Prices, group: int) -> Floats:
    """What an agent of a group earns per minute at work, by interval."""
    able = state.rate[group] > 0
    return np.asarray((prices.queue[able] * state.rate[group][able][:, None]).max(axis=0))


def _outsiders(crew: Crew) -> float:
    """Cost of employed agents who have no skill and so no week: hours below and training not placed."""
    rates = crew.rules.centre.cost
    members = {m.person.agent.agent for m in crew.members}
    return sum(
        rates.below_hours * own.target_minutes + rates.training * own.training_due
        for name, own in crew.rules.entitlements.items()
        if name not in members
    )


def _sold(crew: Crew, state: Staffing, prices: Prices, stop: Stop) -> float | None:
    """Sum over agents of the most a legal week is worth, less the agent's constant costs; None where it is stopped."""
    tables = _Tables(crew, state, prices)
    known: dict[tuple[object, ...], float] = {}
    rates = crew.rules.centre.cost

    def best(member: Member, training: float, unfair: float) -> float:
        key = (member.group, *_week_key(member), training, unfair)
        if key not in known:
            known[key] = tables.best(member, training, unfair)
        return known[key]

    total = 0.0
    for member, training, allowed in zip(crew.members, prices.training.tolist(), crew.allowance.tolist(), strict=True):
        if stop():
            return None
        worth = best(member, training, 0.0)
        if np.isfinite(allowed):  # max(0, points - allowed) is at least either of its two lines
            worth = min(worth, best(member, training, rates.fairness) + rates.fairness * allowed)
        total += worth - member.wish.base - rates.training * training * member.person.due
    return total


def _week_key(member: Member) -> tuple[object, ...]:
    person = member.person
    b = person.bounds
    return (
        person.choices.tobytes(),
        person.calendars.tobytes(),
        (b.fewest, b.relaxed_most, b.target, b.overtime_after, b.rest, b.nights, b.spread),
        (member.wish.worth.tobytes(), member.wish.refused.tobytes()) if member.wish.concerned else None,
    )


class _Tables:
    """Values of choices by skill group, computed once, and menus of frames (choices with the best session)."""

    def __init__(self, crew: Crew, state: Staffing, prices: Prices) -> None:
        self.crew, self.state, self.prices = crew, state, prices
        # Memory of its own: the bound may be reckoned while the search goes on.
        self.walk = scratch(max((len(m.person.choices) for m in crew.members), default=1))
        self.fill = crew.new_fill_scratch()
        self._values: dict[int, Floats] = {}
        self._menus: dict[tuple[bytes, bool], tuple[Menu, Ints, Ints]] = {}
        self.seat = np.concatenate([[0.0], np.cumsum(prices.seat)])
        self.room = np.concatenate([[0.0], np.cumsum(prices.room)])

    def values(self, group: int) -> Floats:
        """Value of every choice for an agent of a group, without any reward for training."""
        if group not in self._values:
            state, crew = self.state, self.crew
            earned = np.zeros(len(state.seat))
            per_slot = np.repeat(_best_queue(state, self.prices, group), state.per_interval) * state.slot_minutes
            earned[: len(per_slot)] = per_slot
            work = np.concatenate([[0.0], np.cumsum(earned)])
            choices = crew.rules.choices
            wanted = np.zeros(len(choices.day), dtype=bool)
            for member in crew.members:
                if member.group == group:
                    wanted[member.person.choices] = True
            at, ids = crew.choice_shapes
            self._values[group] = _choice_values(
                crew.table, wanted, choices.start, choices.session, at, ids, work, self.seat, self.room,
                *self.fill,
            )  # fmt: skip
        return self._values[group]

    def frames(self, member: Member) -> tuple[Menu, Ints, Ints]:
        """Menu of the member's frames, and for every choice of the member its frame's place in the menu."""
        choices, picked = self.crew.rules.choices, member.person.choices
        split = member.person.bounds.nights < 7
        key = (picked.tobytes(), split)
        if key not in self._menus:
            rows = np.stack([a[picked] for a in (choices.day, choices.kind, choices.start, choices.end, choices.paid)])
            _, first, frame = np.unique(rows, axis=1, return_index=True, return_inverse=True)
            unit = int(np.gcd.reduce(choices.paid[picked])) if len(picked) else 1
            own = menu(choices, picked[first], unit, split_nights=split)
            own = own._replace(session=np.zeros_like(own.session))
            place = np.empty(len(first), dtype=np.int64)
            place[np.searchsorted(picked[first][np.argsort(picked[first])], own.choice)] = np.arange(len(own.choice))
            order = np.argsort(np.argsort(picked[first]))
            self._menus[key] = (own, place[order][frame.reshape(-1)], np.array([unit]))
        return self._menus[key]

    def best(self, member: Member, training: float, unfair: float) -> float:
        """The most a legal week is worth at these prices, a ledger point costing `unfair`; a free week where none is."""
        crew, bounds = self.crew, member.person.bounds
        choices, picked = crew.rules.choices, member.person.choices
        own, place, units = self.frames(member)
        unit = int(units[0])
        reward = crew.rules.centre.cost.training * training * crew.rules.slot
        worth = self.values(member.group)[picked] + reward * choices.session[picked]
        value = np.full(len(own.choice), -LOST)
        np.maximum.at(value, place, worth)
        value -= unfair * choices.points[own.choice]
        if member.wish.concerned:
            wish = crew.wish(member.person, own.choice)
            value += wish.worth - unfair * wish.refused
        most = min(bounds.relaxed_most // unit, 7 * int(own.paid.max(initial=0)))
        if most < 0:
            return -crew.rules.centre.cost.below_hours * bounds.target
        rates = (crew.rules.centre.cost.below_hours, crew.rules.centre.cost.overtime)
        ends = worth_of_hours(unit, most, bounds.target, bounds.overtime_after, rates)
        clock = choices.clock[own.choice]
        week = np.empty(7, dtype=np.int64)
        best = -LOST
        for anchor in member.anchors:
            usable = (clock - anchor) % 1440 <= member.spread
            found = best_week(
                own, member.auto, value, usable, np.zeros(0, dtype=np.int64),
                (-(-bounds.fewest // unit), most, min(bounds.nights, 7) if bounds.nights < 7 else 0), ends,
                bounds.rest, self.walk, week,
            )  # fmt: skip
            best = max(best, float(found))
        return best if best > -LOST else float(ends[0])


@njit(cache=True, nogil=True)
def _choice_values(table, wanted, start, session, at, ids, work, seat, room, before, after, came):  # type: ignore[no-untyped-def]
    value = np.full(len(wanted), -LOST)
    for choice in range(len(wanted)):
        if wanted[choice]:
            for i in range(at[choice], at[choice + 1]):
                found = best_value(table, ids[i], start[choice], session[choice], work, seat, room, before, after, came)
                value[choice] = max(value[choice], found)
    return value
