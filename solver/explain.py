"""Why a roster is as it is, found by asking again: what one agent's best week would be if one thing were otherwise.

Every figure is a best response under the true cost while all other agents stay, so it is what the change would save at
once; with everybody replanned it can only be more.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from solver.blockers import NAMES
from solver.crew import Crew, Member, Wish, ask
from solver.filling import LOST
from solver.rules import Mask, Rules
from solver.search import Budget, Search
from solver.week import FREE, planned
from wfm.centre import Contract, Request
from wfm.cost import request_met, week_requests
from wfm.problem import Problem
from wfm.progress import never, silent

ASKED = 60  # agents of a contract asked what a rule relaxed for them would save
LEAST = 1.0  # agent-minutes worth telling
LURE = 1e6  # agent-minutes that no week outweighs
NEVER = float("inf")
HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Where the agents who can serve a queue are in an interval, on average over it; `busy` serve any queue."""

    able: int
    busy: float
    on_break: float
    in_training: float
    off_duty: int
    absent: int
    seats_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What something more would save: agent-minutes at once, for whom it was tried, as one reads it."""

    what: str
    saves: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refused request and its price: agent-minutes that granting it would cost beyond what it is weighed at."""

    request: Request
    price: float | None


class Inquiry:
    """A roster laid out to be asked about. `problem.standing` holds its shifts."""

    def __init__(self, problem: Problem) -> None:
        assert problem.standing is not None
        self._rules = Rules(problem)
        self._crew = Crew(self._rules)
        budget = Budget(time_limit=NEVER, work_limit=None, stop=never)
        self._search = Search(self._crew, problem.required, budget, silent, seed=1)
        self._search.load(self._crew.standing())
        self._number = {m.person.agent.agent: i for i, m in enumerate(self._crew.members)}

    def presence(self, queue: str, interval: int) -> Presence:
        """Who is where in an interval, among the agents who can serve a queue."""
        crew, week = self._crew, self._rules.week
        column = list(self._rules.centre.queues).index(queue)
        able = [m for m in crew.members if crew.groups.rate[m.group, column] > 0]
        names = {m.person.agent.agent for m in able}
        first, last = interval * week.interval_minutes, (interval + 1) * week.interval_minutes
        spent: defaultdict[str, float] = defaultdict(float)
        on_duty = set()
        for shift in crew.shifts(self._search.placed):
            if shift.agent in names and shift.start < last and shift.end > first:
                on_duty.add(shift.agent)
                for s in shift.segments:
                    spent[s.activity] += max(0, min(s.end, last) - max(s.start, first)) / week.interval_minutes
        day = week.day_of(first)
        absent = sum(not m.person.entitlement.present[day] for m in able if m.person.agent.agent not in on_duty)
        seats, slots = self._search.state.seats, self._search.state.seat
        left = int(seats - slots[first // self._rules.slot : -(-last // self._rules.slot)].max())
        return Presence(
            able=len(able),
            busy=spent["work"],
            on_break=spent["rest"] + spent["meal"],
            in_training=spent["training"] + spent["meeting"],
            off_duty=len(able) - len(on_duty) - absent,
            absent=absent,
            seats_left=None if self._rules.centre.seats is None else left,
        )

    def refusals(self) -> list[Refusal]:
        """Every refused request with its price, the dearest last; None where no legal week grants it."""
        centre, week, crew = self._rules.centre, self._rules.week, self._crew
        shifts = defaultdict(list)
        for shift in crew.shifts(self._search.placed):
            shifts[shift.agent].append(shift)
        found = []
        for wish in week_requests(centre, week):
            if wish.agent in self._number and not request_met(centre, week, wish, shifts[wish.agent]):
                found.append(Refusal(request=wish, price=self._price(wish)))
        return sorted(found, key=lambda refusal: NEVER if refusal.price is None else refusal.price)

    def _price(self, wish: Request) -> float | None:
        i, choices = self._number[wish.agent], self._rules.choices
        member = self._crew.members[i]
        effect = self._crew.granted(wish, member.menu.choice)
        here = choices.day[member.menu.choice] == self._rules.week.day(wish.date)
        lured = here & (effect > 0)  # a wish for a kind of shift is granted by working it, any other by not doing
        barred = here & ~lured if wish.kind == "shift" else effect < 0
        granted = self._lured(i, member, lured, barred)
        stood, _ = self._ask(i, member)
        return None if granted is None else max(0.0, stood - granted)

    def hindrances(self, queue: str, interval: int) -> dict[str, int]:
        """What keeps agents from one more interval at work, by how many of those asked.

        `elsewhere`: they could come, at a loss elsewhere; else a rule without which they could, or `several rules`.
        """
        crew, rules = self._crew, self._rules
        column = list(rules.centre.queues).index(queue)
        first = interval * rules.week.interval_minutes // rules.slot
        there = self._search.on_shift(first)
        able = [i for i, m in enumerate(crew.members) if crew.groups.rate[m.group, column] > 0 and not there[i]]
        found: Counter[str] = Counter()
        for i in np.random.default_rng(1).permutation(able)[:ASKED].tolist():
            found[self._hindrance(i, first)] += 1
        return dict(found.most_common())

    def _hindrance(self, i: int, slot: int) -> str:
        if self._covers(i, self._crew.members[i], slot):
            return "elsewhere"
        name = self._crew.members[i].person.agent.agent
        for rule in NAMES:
            person = self._rules.person(name, without=[rule])
            if len(person.choices) and self._covers(i, self._crew.member(person), slot):
                return rule
        return "several rules"

    def _covers(self, i: int, member: Member, slot: int) -> bool:
        """Whether some legal week has a shift over a slot."""
        over = (member.menu.start <= slot) & (member.menu.end > slot)
        return bool(over.any()) and self._lured(i, member, over, np.zeros(len(over), dtype=bool)) is not None

    def _lured(self, i: int, member: Member, lured: Mask, barred: Mask) -> float | None:
        """Worth of the best week without the barred choices and, where any are lured, with one of them."""
        worth = np.where(barred, -LOST, member.wish.worth + np.where(lured, LURE, 0.0))
        _, best = self._ask(i, replace(member, wish=member.wish._replace(worth=worth)))
        if best <= -LOST / 2 or (lured.any() and best < LURE / 2):
            return None
        return best - LURE * lured.any()

    def savings(self) -> list[Saving]:
        """What one more agent of each contract and skills, or a rule relaxed by a step, would save at once."""
        found = [*self._newcomers(), *self._relaxed()]
        return sorted((one for one in found if one.saves > LEAST), key=lambda one: -one.saves)

    def _newcomers(self) -> Iterator[Saving]:
        """One more agent like those there are: present all week, nothing owed, wished or charged."""
        crew = self._crew
        freest: dict[tuple[str, int], int] = {}
        for i, member in enumerate(crew.members):
            key = (member.person.agent.contract, int(self._search.state.able[member.group]))
            if key not in freest or len(member.menu.choice) > len(crew.members[freest[key]].menu.choice):
                freest[key] = i
        for (contract, _), i in freest.items():
            member, size = crew.members[i], len(crew.members[i].menu.choice)
            wish = Wish(0.0, 0, np.zeros(size), np.zeros(size, dtype=np.int64))
            points = np.zeros(size, dtype=np.int64)
            new = replace(member, wish=wish, points=points, training=planned(()))
            kept = self._search.placed.choice[i].copy()
            self._search.placed.choice[i] = FREE  # the shifts stay booked: the new one comes on top of them
            _, best = self._ask(i, new)
            self._search.placed.choice[i] = kept
            skills = " + ".join(member.person.agent.skills)
            yield Saving(what=f"one more agent of {contract} with {skills}", saves=best)

    def _relaxed(self) -> Iterator[Saving]:
        """A step of a contract's rules for a single agent: the most that any of those asked would save."""
        members: defaultdict[str, list[int]] = defaultdict(list)
        for i, member in enumerate(self._crew.members):
            members[member.person.agent.contract].append(i)
        for contract, own in members.items():
            asked = np.random.default_rng(1).permutation(own)[:ASKED].tolist()
            for what, step in STEPS.items():
                changed = step(self._rules.centre.contracts[contract])
                if changed is not None:
                    yield Saving(
                        what=f"{what} for one agent of {contract}", saves=max(self._gain(i, changed) for i in asked)
                    )

    def _gain(self, i: int, contract: Contract) -> float:
        """What other terms of the contract would save beyond what a new week under today's would."""
        name = self._crew.members[i].person.agent.agent
        facts = self._rules.facts[name]
        more = contract.overtime_minutes_max - facts.contract.overtime_minutes_max
        fewest, most = facts.entitlement.minutes
        own = replace(facts.entitlement, minutes=(fewest, most + more))
        self._rules.facts[name] = replace(facts, contract=contract, entitlement=own)
        try:
            changed = self._crew.member(self._rules.person(name))
        finally:
            self._rules.facts[name] = facts
        (_, today), (_, relaxed) = self._ask(i, self._crew.members[i]), self._ask(i, changed)
        return relaxed - today if min(today, relaxed) > -LOST / 2 else 0.0

    def _ask(self, i: int, member: Member) -> tuple[float, float]:
        return ask(self._crew, self._search.state, self._search.placed, i, member)


def _step(field: str, by: int, least: int = 0) -> Callable[[Contract], Contract | None]:
    """A contract with one limit moved; None where it has no such limit or it cannot move."""

    def moved(contract: Contract) -> Contract | None:
        limit = getattr(contract, field)
        return None if limit is None or limit + by < least else replace(contract, **{field: limit + by})

    return moved


STEPS = {
    "an hour less of rest": _step("min_rest_minutes", -HOUR),
    "an hour more between the week's starts": _step("start_spread_minutes", HOUR),
    "one night more": _step("max_nights", 1),
    "one more day in a row": _step("max_consecutive_days", 1),
    "one day less off together": _step("min_days_off_together", -1),
    "an hour of overtime": _step("overtime_minutes_max", HOUR),
}

__all__ = ["Inquiry", "Presence", "Refusal", "Saving"]
