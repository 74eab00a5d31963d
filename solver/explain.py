"""Why a roster is as it is, found by asking again: what would be if one thing were otherwise."""

from collections import Counter, defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from solver.answer import answered
from solver.blockers import clashing_members, clashing_rules
from solver.crew import Crew, ask
from solver.crowding import crowds, tried
from solver.filling import LOST
from solver.hindrance import hindrance
from solver.relaxation import Prices, price
from solver.repair import Repair, repairs
from solver.rules import Rules
from solver.saving import Saving, savings
from solver.search import Budget, Search
from solver.staffing import open_staffing
from solver.trial import Yardstick
from wfm.centre import Request
from wfm.cost import request_met, week_requests
from wfm.problem import Clash, Problem
from wfm.progress import silent
from wfm.roster import Activity

ASKED = 40  # agents asked what keeps them from an interval
LURE = 1e6  # agent-minutes that no week outweighs
PRICE_SECONDS = 120.0  # after which prices are done without
NEVER = float("inf")


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
class Refusal:
    """A refused request and its price: agent-minutes that granting it would cost beyond what it is weighed at."""

    request: Request
    price: float | None


class Inquiry:
    """A roster laid out to be asked about. `problem.standing` holds its shifts."""

    def __init__(self, problem: Problem) -> None:
        assert problem.standing is not None
        self._problem = problem
        self._rules = Rules(problem)
        self._crew = Crew(self._rules)
        self._search = Search(self._crew, problem.required, Budget(), silent, seed=1)
        self._search.load(self._crew.standing())
        self._pricing: Future[Prices | None] | None = None
        self._closed = False

    def price(self) -> None:
        """Begin to price beside the questions to come; those that need prices wait for them."""
        crew = copy(self._crew)
        crew.members = self._crew.members.copy()  # questions exchange members for a moment
        empty = open_staffing(self._rules, crew.groups, self._problem.required)
        pool = ThreadPoolExecutor(max_workers=1)
        self._pricing = pool.submit(price, crew, empty, seconds=PRICE_SECONDS, stop=lambda: self._closed)
        pool.shutdown(wait=False)

    def close(self) -> None:
        """Give up pricing that is still under way: the process would wait for it to end."""
        self._closed = True

    @cached_property
    def _prices(self) -> Prices | None:
        if self._pricing is None:
            self.price()
        assert self._pricing is not None
        return self._pricing.result()

    @cached_property
    def _yardstick(self) -> Yardstick:
        return Yardstick(self._problem)

    # -- what more would save ------------------------------------------------------------------------------------------

    @property
    def gained(self) -> float:
        """Agent-minutes saved by searching on with nothing otherwise."""
        return self._yardstick.gained

    def savings(self) -> list[Saving]:
        """What more of anything, or a rule relaxed by a step, would save, the best first."""
        return savings(self._search, self._prices, self._yardstick)

    def eased(self, queue: str, first: int, last: int, *, again: bool) -> Saving:
        """What one agent less needed from interval `first` to before `last` would save; searched `again` if asked."""
        row, minutes, prices = self._queue(queue), self._rules.week.interval_minutes, self._prices
        required = self._problem.required.copy()
        required[row, first:last] = np.maximum(required[row, first:last] - 1, 0)
        return Saving(
            what="one agent less needed",
            at_once=float(self._search.state.gain[row, first:last].sum() * minutes),
            priced=None if prices is None else float(prices.queue[row, first:last].sum() * minutes),
            searched=self._yardstick.saves(replace(self._problem, required=required)) if again else None,
        )

    # -- a short interval ----------------------------------------------------------------------------------------------

    def _queue(self, queue: str) -> int:
        return list(self._rules.centre.queues).index(queue)

    def _able(self, queue: str) -> list[int]:
        rate = self._crew.groups.rate[:, self._queue(queue)]
        return np.flatnonzero(rate[self._crew.group] > 0).tolist()

    def presence(self, queue: str, interval: int) -> Presence:
        """Who is where in an interval, among the agents who can serve a queue."""
        crew, week = self._crew, self._rules.week
        able = [crew.members[i] for i in self._able(queue)]
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
        slots = slice(first // self._rules.slot, -(-last // self._rules.slot))
        left = int((self._search.state.seats - self._search.state.seat)[slots].min())
        return Presence(
            able=len(able),
            busy=spent["work"],
            on_break=spent["rest"] + spent["meal"],
            in_training=spent["training"] + spent["meeting"],
            off_duty=len(able) - len(on_duty) - absent,
            absent=absent,
            seats_left=None if self._rules.centre.seats is None else left,
        )

    def hindrances(self, queue: str, interval: int) -> dict[str, int]:
        """What keeps agents who can serve a queue and are not at work from an interval, by how many of those asked.

        The words are those of `solver.hindrance`.
        """
        minute = interval * self._rules.week.interval_minutes
        at_work = {
            self._crew.number[shift.agent]
            for shift in self._crew.shifts(self._search.placed)
            if any(s.start <= minute < s.end and s.activity == Activity.WORK for s in shift.segments)
        }
        idle = [i for i in self._able(queue) if i not in at_work]
        asked = np.random.default_rng(1).permutation(idle)[:ASKED].tolist()
        found = Counter(hindrance(self._search, i, minute // self._rules.slot) for i in asked)
        return dict(found.most_common())

    # -- wishes --------------------------------------------------------------------------------------------------------

    def refusals(self) -> list[Refusal]:
        """Every refused request with its price, the dearest last; None where no legal week grants it."""
        centre, week, crew = self._rules.centre, self._rules.week, self._crew
        shifts = defaultdict(list)
        for shift in crew.shifts(self._search.placed):
            shifts[shift.agent].append(shift)
        found = []
        for wish in week_requests(centre, week):
            if wish.agent in self._crew.number and not request_met(centre, week, wish, shifts[wish.agent]):
                found.append(Refusal(request=wish, price=self._price(wish)))
        return sorted(found, key=lambda refusal: NEVER if refusal.price is None else refusal.price)

    def _price(self, wish: Request) -> float | None:
        """What the roster costs more with the agent's best week that grants the wish, all others staying."""
        i, choices = self._crew.number[wish.agent], self._rules.choices
        member = self._crew.members[i]
        effect = self._crew.granted(wish, member.menu.choice)
        here = choices.day[member.menu.choice] == self._rules.week.day(wish.date)
        # A wish for a kind of shift is granted by working it, any other by not doing.
        lured = here & (effect > 0)
        barred = here & ~lured if wish.kind == "shift" else effect < 0
        worth = np.where(barred, -LOST, member.wish.worth + np.where(lured, LURE, 0.0))
        granting = replace(member, wish=member.wish._replace(worth=worth))
        _, best = ask(self._crew, self._search.state, self._search.placed, i, granting)
        if best <= -LOST / 2 or (lured.any() and best < LURE / 2) or (wish.kind == "shift" and not lured.any()):
            return None
        return max(0.0, -answered(self._search, i, granting))

    # -- what clashes --------------------------------------------------------------------------------------------------

    def clashes(self) -> list[tuple[tuple[Clash, ...], list[Repair]]]:
        """Every irreducible clash that locks are in, with its repairs, the cheapest first."""
        return [(clash, repairs(self._problem, clash)) for clash in self._clashes()]

    def _clashes(self) -> list[tuple[Clash, ...]]:
        rules = self._rules
        assert self._problem.standing is not None
        rostered = {shift.agent for shift in self._problem.standing.shifts}
        facts = [own for name, own in rules.facts.items() if name not in rostered and (own.pins or own.days_off)]
        alone = [clash for own in facts if (clash := clashing_members(rules, own.agent.agent))]
        crowded = [own.agent.agent for own in facts if own.pins and not clashing_rules(rules, own.agent.agent)]
        if not crowded:
            return alone
        together = [crowd.clashes(rules) for crowd in crowds(self._crew)]
        if not together:
            able = [n for n, own in rules.facts.items() if own.pins and not clashing_rules(rules, n)]
            together = [clash for clash in (tried(self._problem, able)[1],) if clash]
        return [*together, *alone]


__all__ = ["Inquiry", "Presence", "Refusal"]
