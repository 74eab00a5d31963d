"""The proved bound: the Lagrangian of the whole problem at given prices, evaluated exactly agent by agent.

For any prices p of cover, s of seats and r of classroom places (s, r >= 0) every legal roster costs at least

    sum over queues and intervals of min_S (c(S) + p S)              what cover costs if it can be bought at p
  - sum over agents of the dearest legal week at these prices        what the agents' own weeks can sell at most
  - what last week's tail sells - s (seats - tail) - r (places - tail)

because each capacity is only relaxed, not changed. Per agent the week is exact (`solver.week`, `solver.filling`), the
training that is due and points of the ledger included.
"""

from dataclasses import dataclass
from hashlib import sha256
from math import inf
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solver.crew import Crew, Floats, Ints, Member
from solver.filling import LOST, best_value
from solver.planes import queue_value
from solver.relaxation import Prices
from solver.staffing import Staffing
from solver.week import (
    FREE,
    Menu,
    Training,
    best_week,
    both,
    counting,
    menu,
    owed,
    planned,
    scratch,
    spared,
    worth_of_hours,
)
from wfm.clock import Week
from wfm.problem import Portion
from wfm.progress import Stop, never

TOLERATED = 1.0  # agent-minutes by which an agent's week may be overrated for the sake of time
LARGEST = 1e7  # states times steps of a walk that counts training and points: a larger one takes too long


Weeks = dict[tuple[object, ...], float]  # what the dearest legal week of an agent is worth, by all that it depends on


def lower_bound(
    crew: Crew, state: Staffing, prices: Prices, *, weeks: Weeks | None = None, stop: Stop = never
) -> float:
    """Agent-minutes that no legal roster undercuts; where it is stopped, those that need no proof (`unproved`).

    `state` is the staffing before anybody is rostered. `weeks` known from other prices are made use of and added to:
    whoever has not the skill for the one queue whose price is another need not be asked again.
    """
    centre = crew.rules.centre
    minutes = state.slot_minutes * state.per_interval
    rates = (centre.cost.shortage, centre.cost.shortage_deep, centre.cost.surplus)
    bought = queue_value(state.required, state.weight, np.array(rates), prices.queue).sum() * minutes
    tail = sum(
        float((state.share[:, g].sum(axis=1) * prices.earned(state.rate[g])).sum()) for g in range(len(state.rate))
    )
    left = (state.seats - state.seat) * prices.seat
    places = (state.rooms - state.room) * prices.room
    total = bought - tail * minutes - float(left[prices.seat > 0].sum()) - float(places[prices.room > 0].sum())
    sold = _sold(crew, state, prices, {} if weeks is None else weeks, stop)
    if sold is None:
        return unproved(crew.rules.week, crew.rules.problem.portion)
    return float(total) - sold + _outsiders(crew)


def unproved(week: Week, portion: Portion | None) -> float:
    """A bound that needs no proof: nothing costs less than 0, from which a part of a centre pays for its seats."""
    if portion is None or portion.seats is None or portion.seat_price is None:
        return 0.0
    return 0.0 - float(portion.seats[:-1] @ portion.seat_price) * week.interval_minutes


def _outsiders(crew: Crew) -> float:
    """Cost of employed agents who have no skill and so no week: hours below and training not placed."""
    rates = crew.rules.centre.cost
    return sum(
        rates.below_hours * own.target_minutes + rates.training * own.training_due
        for name, own in crew.rules.entitlements.items()
        if name not in crew.number
    )


def _sold(crew: Crew, state: Staffing, prices: Prices, weeks: Weeks, stop: Stop) -> float | None:
    """Sum over agents of the most a legal week is worth, less the agent's constant costs; None where it is stopped."""
    tables = _Tables(crew, state, prices)
    total = 0.0
    for member, allowed in zip(crew.members, crew.allowance.tolist(), strict=True):
        if stop():
            return None
        key = (tables.priced(member.group), *_week_key(member), allowed)
        if key not in weeks:
            weeks[key] = tables.dearest(member, allowed)
        total += weeks[key] - member.wish.base
    return total


def _week_key(member: Member) -> tuple[object, ...]:
    person = member.person
    b = person.bounds
    return (
        person.choices.tobytes(),
        person.calendars.tobytes(),
        person.due,
        (b.fewest, b.relaxed_most, b.target, b.overtime_after, b.rest, b.nights, b.spread),
        tuple(member.anchors),  # an agent whose training is cut anew may be asked at other clocks
        (member.wish.worth.tobytes(), member.wish.refused.tobytes()) if member.wish.concerned else None,
    )


class _Tables:
    """Values of choices by skill group and menus of all choices, made once."""

    def __init__(self, crew: Crew, state: Staffing, prices: Prices) -> None:
        self.crew, self.state, self.prices = crew, state, prices
        # Memory of its own: the bound may be reckoned while the search goes on.
        self.walk = scratch(max((len(m.person.choices) for m in crew.members), default=1))
        self.fill = crew.new_fill_scratch()
        self._values: dict[int, Floats] = {}
        self._priced: dict[int, bytes] = {}
        self._menus: dict[tuple[bytes, bool], _Offer] = {}
        self.seat = np.concatenate([[0.0], np.cumsum(prices.seat)])
        self.room = np.concatenate([[0.0], np.cumsum(prices.room)])

    def earned(self, group: int) -> Floats:
        """What an agent of a group earns at work in every interval, by the minute."""
        return self.prices.earned(self.state.rate[group])

    def priced(self, group: int) -> bytes:
        """Tells all prices that concern a group from others."""
        if group not in self._priced:
            parts = (self.earned(group), self.seat, self.room, self.prices.training[group])
            self._priced[group] = sha256(b"".join(np.asarray(part).tobytes() for part in parts)).digest()
        return self._priced[group]

    def values(self, group: int) -> Floats:
        """Value of every choice for an agent of a group, without any reward for training."""
        if group not in self._values:
            state, crew = self.state, self.crew
            earned = np.zeros(len(state.seat))
            per_slot = np.repeat(self.earned(group), state.per_interval) * state.slot_minutes
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

    def menu(self, member: Member) -> "_Offer":
        """What the member may choose from."""
        picked, split = member.person.choices, member.person.bounds.nights < 7
        key = (picked.tobytes(), split)
        if key not in self._menus:
            self._menus[key] = _offer(self.crew, picked, split)
        return self._menus[key]

    def dearest(self, member: Member, allowed: float) -> float:
        """No legal week is worth more at these prices where each ledger point beyond those `allowed` costs.

        Points first cost nothing, then all of them. Only where the one week has more than are allowed and the other
        fewer, the week is walked again with its points counted.
        """
        unfair = self.crew.rules.centre.cost.fairness
        if unfair == 0 or allowed == inf:
            return self._charged(member, 0.0)[0]

        def lost(points: float) -> float:
            return unfair * max(0.0, points - allowed)

        free, gained = self._charged(member, 0.0)
        if lost(gained) == 0:
            return free
        charged, fewer = self._charged(member, unfair)
        charged += unfair * allowed
        if fewer >= allowed:
            return min(free, charged)
        seen = max(free - lost(gained), charged - unfair * (allowed - fewer))
        return min(free, charged, max(seen, self._counted(member, allowed, seen)))

    def _charged(self, member: Member, charge: float) -> tuple[float, float]:
        """No legal week is worth more where a ledger point costs `charge`; and the points of the one that is. A free week
        where there is none.

        Training first counts at a price a minute. Where the best week then places more or less than is due, so that
        the price tells too much of it, the week is walked again with what is placed counted.
        """
        crew, person = self.crew, member.person
        rates, slot, offer = crew.rules.centre.cost, crew.rules.slot, self.menu(member)
        worth, points = self._worth(member, charge)
        session = crew.rules.choices.session[person.choices]
        priced, price = self._with_training(member, worth)
        best, week = self._walk(member, offer.frames, offer.unit, offer.dearest(priced), planned(()), -LOST)
        if best <= -LOST:
            return -rates.below_hours * person.bounds.target - rates.training * person.due, 0.0
        within = [offer.framed[offer.at[p] : offer.at[p + 1]] for p in week if p != FREE]
        taken = [int(found[np.argmax(priced[found])]) for found in within]
        trained = int(session[taken].sum()) * slot
        hoped = best - price * person.due
        true = hoped - rates.training * max(0, person.due - trained) + price * (person.due - trained)
        gained = float(points[taken].sum())
        if hoped - true <= TOLERATED:
            return hoped, gained
        training = self._owed(member)
        exact, week = self._walk(member, offer.full, offer.unit, worth[offer.order], training, true)
        if exact > true:
            gained = float(points[offer.order[week[week != FREE]]].sum())
        return min(hoped, max(true, exact)), gained

    def _counted(self, member: Member, allowed: float, beat: float) -> float:
        """No legal week that is worth more than `beat` is worth more than this, its ledger points counted.

        Each point costs, and the week's end gives back what those allowed have cost. Training first has its price; unless
        that settles it, it is counted with the points.
        """
        unfair, offer, due = self.crew.rules.centre.cost.fairness, self.menu(member), member.person.due
        worth, points = self._worth(member, unfair)
        fewest = int(points.min(initial=0))
        back = spared(fewest, int(points.max(initial=0)), unfair, allowed)
        priced, price = self._with_training(member, worth)
        own, order = counting(offer.frames, offer.dearest(points) - fewest)
        value = offer.dearest(priced)[order]
        hoped = self._walk(member, own, offer.unit, value, back, beat + price * due)[0] - price * due
        if hoped - beat <= TOLERATED:
            return hoped
        training = self._owed(member)
        hours = min(member.person.bounds.relaxed_most // offer.unit, 7 * int(own.paid.max(initial=0)))
        if member.auto.states * hours * training.step.size * back.step.size > LARGEST:
            return hoped
        session = self.crew.rules.choices.session[member.person.choices]
        own, order = counting(offer.full, (session + training.step.shape[1] * (points - fewest))[offer.order])
        value = worth[offer.order][order]
        return min(hoped, self._walk(member, own, offer.unit, value, both(training, back), beat)[0])

    def _worth(self, member: Member, charge: float) -> tuple[Floats, Ints]:
        """What the person's choices are worth with every ledger point charged and without training, and their points."""
        choices, own = self.crew.rules.choices, member.person.choices
        wish = self.crew.wish(member.person, own)
        points = choices.points[own] + wish.refused
        return self.values(member.group)[own] + wish.worth - charge * points, points

    def _owed(self, member: Member) -> Training:
        """How the member's training adds up, each minute due that is not placed at its cost."""
        rules, person = self.crew.rules, member.person
        longest = int(rules.choices.session[person.choices].max(initial=0))
        return owed(person.due, longest, rules.slot, rules.centre.cost.training)

    def _with_training(self, member: Member, worth: Floats) -> tuple[Floats, float]:
        """The same with training at its price, and that price by the minute."""
        rules = self.crew.rules
        price = rules.centre.cost.training * float(self.prices.training[member.group])
        return worth + price * rules.slot * rules.choices.session[member.person.choices], price

    def _walk(
        self, member: Member, own: Menu, unit: int, value: Floats, training: Training, beat: float
    ) -> tuple[float, Ints]:
        """Worth of the best week, -LOST if none is worth more than `beat`, and its positions."""
        bounds, clock = member.person.bounds, self.crew.rules.choices.clock[own.choice]
        most = min(bounds.relaxed_most // unit, 7 * int(own.paid.max(initial=0)))
        best, taken = -LOST, np.full(7, FREE, dtype=np.int64)
        if most < 0:
            return best, taken
        rates = self.crew.rules.centre.cost
        ends = worth_of_hours(unit, most, bounds.target, bounds.overtime_after, (rates.below_hours, rates.overtime))
        limits = (-(-bounds.fewest // unit), most, min(bounds.nights, 7) if bounds.nights < 7 else 0)
        for anchor in member.anchors:
            usable = (clock - anchor) % 1440 <= member.spread
            week = np.full(7, FREE, dtype=np.int64)
            found = best_week(
                own, member.auto, value, usable, training, limits, ends, bounds.rest, self.walk, week, max(best, beat)
            )
            if found > best:
                best, taken = float(found), week
        return best, taken


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """Choices of an agent: `full` with every session counted, `order` its choices as the person's; `frames` of which the
    session is open, `framed[at[i]:at[i + 1]]` those of the person's choices that are frame i. `unit` is minutes."""

    full: Menu
    order: Ints
    frames: Menu
    framed: Ints
    at: Ints
    unit: int

    def dearest(self, values: NDArray[Any]) -> NDArray[Any]:
        """The highest of the choices' values by frame."""
        return np.maximum.reduceat(values[self.framed], self.at[:-1]) if len(values) else values


def _offer(crew: Crew, picked: Ints, split: bool) -> _Offer:
    choices = crew.rules.choices
    rows = np.stack([a[picked] for a in (choices.day, choices.kind, choices.start, choices.end, choices.paid)])
    _, first, frame = np.unique(rows, axis=1, return_index=True, return_inverse=True)
    unit = int(np.gcd.reduce(choices.paid[picked])) if len(picked) else 1
    full = menu(choices, picked, unit, split_nights=split)
    frames = menu(choices, picked[first], unit, split_nights=split)
    place = np.empty(len(choices.day), dtype=np.int64)
    place[frames.choice] = np.arange(len(first))
    of = place[picked[first]][frame.reshape(-1)]
    framed = np.argsort(of, kind="stable")
    return _Offer(
        full=full._replace(counted=full.session),
        order=np.searchsorted(picked, full.choice),
        frames=frames._replace(session=np.zeros_like(frames.session), counted=np.zeros_like(frames.counted)),
        framed=framed,
        at=np.searchsorted(of[framed], np.arange(len(first) + 1)),
        unit=unit,
    )


@njit(cache=True, nogil=True)
def _choice_values(table, wanted, start, session, at, ids, work, seat, room, before, after, came):  # type: ignore[no-untyped-def]
    value = np.full(len(wanted), -LOST)
    for choice in range(len(wanted)):
        if wanted[choice]:
            for i in range(at[choice], at[choice + 1]):
                found = best_value(table, ids[i], start[choice], session[choice], work, seat, room, before, after, came)
                value[choice] = max(value[choice], found)
    return value
