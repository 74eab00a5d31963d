"""The search: names at once by best responses, the best roster kept, the clock or the work count obeyed."""

import time
from dataclasses import dataclass
from math import inf

import numpy as np

from solver.blockers import unrostered
from solver.bound import unproved
from solver.crew import Crew, Ints, Placed, book_all, respond
from solver.ledger import own_costs
from solver.relaxation import Prices
from solver.rules import Mask
from solver.staffing import FULL, Floats, Staffing, crowding, mend_all, open_staffing, refresh_all, total_cost
from solver.trade import trade
from solver.week import FREE
from wfm.problem import Clash, Result
from wfm.progress import Progress, Report, Stop, never

SETTLING = 5  # times that people are asked again where seats or places are exceeded
OFF_AGENTS, OFF_SHARE = 1.0, 0.02  # of the target: cover that is further off presses the prices
RESPONSE_WORK = 0.002  # work units of one best response; a unit is about a second of one core


class Budget:
    """What may be spent: seconds and, where given, deterministic work; asks whether to stop."""

    def __init__(self, *, time_limit: float = inf, work_limit: float | None = None, stop: Stop = never) -> None:
        self._begun = time.monotonic()
        self._time_limit, self._work_limit, self._stop = time_limit, work_limit, stop
        self.work = 0.0

    @property
    def seconds(self) -> float:
        """Seconds since the roster step began."""
        return time.monotonic() - self._begun

    @property
    def seconds_left(self) -> float:
        """Seconds until the time limit."""
        return max(0.0, self._time_limit - self.seconds)

    @property
    def work_left(self) -> float | None:
        """Work until the work limit; None without one."""
        return None if self._work_limit is None else max(0.0, self._work_limit - self.work)

    @property
    def counted(self) -> bool:
        """Whether work, not the clock, decides."""
        return self._work_limit is not None

    @property
    def asked(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stop()

    def spend(self, work: float) -> bool:
        """Count work that is about to be done; whether there is time for it."""
        self.work += work
        return not self.over

    @property
    def over(self) -> bool:
        """Whether to stop now."""
        return self._stop() or self.seconds_left <= 0 or self.work_left == 0


@dataclass(slots=True)
class Best:
    """The best roster so far: cost in agent-minutes (search's own sharing), None while none is legal."""

    cost: float
    placed: Placed | None


class Search:
    """A roster under way and the best one so far."""

    def __init__(self, crew: Crew, required: Floats, budget: Budget, report: Report, *, seed: int) -> None:
        self.crew, self.required, self.budget, self._report = crew, required, budget, report
        self.random = np.random.default_rng(seed)
        self.state: Staffing = open_staffing(crew.rules, crew.groups, required)
        self.tail = self.state.cover.copy()  # what shifts of last week cover
        self.placed = crew.nobody()
        self.best = Best(float("inf"), None)
        self.bound = unproved(crew.rules.week, crew.rules.problem.portion)
        self.swept = False  # whether everybody has been asked at least once
        self.left_out: dict[int, str] = {}  # members for whom a capacity leaves no room

    def cost(self, members: Ints | None = None) -> float:
        """Cost of the roster under way; without the own costs of all but some members, if they are named."""
        named = np.arange(len(self.crew.members)) if members is None else members
        return float(total_cost(self.state) + own_costs(self.crew, self.placed, named).sum())

    def legal(self) -> bool:
        """Whether seats and classroom hold (all other rules hold by construction)."""
        return bool(crowding(self.state) == 0)

    def keep(self, message: str) -> None:
        """Remember the roster under way if it is the best legal one; report."""
        if self.swept and self.legal():
            cost = self.cost()
            if cost < self.best.cost - 1e-9:
                self.best = Best(cost, self.placed.copy())
        self.tell(message)

    def tell(self, message: str) -> None:
        """Report progress."""
        cost = None if self.best.placed is None else self.best.cost
        self._report(Progress(step="roster", seconds=self.budget.seconds, message=message, cost=cost, bound=self.bound))

    def sweep(self, *, rho: float, lenient: bool = False) -> None:
        """One best response of every member in random order, as far as the budget goes.

        A `lenient` one lets too many people in for the moment: where seats or places are full they only cost, as much
        as the pull `rho` towards the target does. What is never let in at all is worth much more to whoever comes late.
        """
        full = 2 * rho * self.state.slot_minutes if lenient else FULL
        self.state = self.state._replace(full=full)
        refresh_all(self.state, rho) if rho > 0 else mend_all(self.state)
        if self._respond(self.random.permutation(len(self.crew.members)), rho):
            self.swept = True
            if not lenient:
                self._settle(rho)
        mend_all(self.state)

    def turn(self, message: str, *, rho: float = 0.0, lenient: bool = False) -> None:
        """A sweep and the trades after it; the roster is kept if it is the best."""
        self.sweep(rho=rho, lenient=lenient)
        self.trade()
        self.keep(message)

    def trade(self) -> None:
        """Days traded within the skill groups."""
        trade(self.crew, self.placed, self.random, self.budget.spend, apart=self.left_out)

    def _respond(self, members: Ints, rho: float) -> bool:
        """Best responses of some members; whether the budget held out."""
        for agent in members.tolist():
            if self.budget.over:
                return False
            if agent not in self.left_out:
                respond(self.crew, self.state, self.placed, agent, rho=rho)
                self.budget.work += RESPONSE_WORK
        return True

    def _settle(self, rho: float) -> None:
        """Ask again who is there where seats or places are exceeded: an estimate may have promised too much."""
        for _ in range(SETTLING):
            if self.legal():
                return
            over = np.flatnonzero((self.state.seat > self.state.seats) | (self.state.room > self.state.rooms))
            if not self._respond(np.flatnonzero(self.on_shift(int(over[0]))), rho):
                return

    def on_shift(self, slot: int) -> Mask:
        """Members whose shift, breaks included, lies over a slot."""
        choices, taken = self.crew.rules.choices, self.placed.choice
        return np.asarray(((taken != FREE) & (choices.start[taken] <= slot) & (choices.end[taken] > slot)).any(axis=1))

    def result(self, placed: Placed, bound: float, clashes: list[Clash]) -> Result:
        """A roster of this crew as it is handed out, with a reason for everyone without a shift."""
        shifts = tuple(self.crew.shifts(placed))
        left_out = {self.crew.members[i].person.agent.agent: rule for i, rule in self.left_out.items()}
        reasons, more = unrostered(self.crew.rules, {shift.agent for shift in shifts}, left_out)
        return Result(shifts=shifts, bound=bound, unrostered=reasons, clashes=(*clashes, *more))

    def restore(self) -> None:
        """Go back to the best roster."""
        if self.best.placed is not None:
            self.load(self.best.placed)

    def guide(self, prices: Prices) -> None:
        """Take prices and target from the relaxation."""
        self.state.guide[:] = prices.queue
        self.state.target[:] = prices.target
        self.state.seat_price[:] = prices.seat
        self.state.room_price[:] = prices.room

    def press(self, pull: float) -> None:
        """Raise the guiding prices where cover stays far below the target, lower them where it stays far above.

        What is off by little is left alone: whole people answer to a price, and that is noise.
        """
        off = self.state.target - self.state.cover
        far = np.maximum(np.abs(off) - np.maximum(OFF_AGENTS, OFF_SHARE * self.state.target), 0.0)
        self.state.guide[:] += 2 * pull * np.sign(off) * far

    @property
    def sweep_work(self) -> float:
        """Work units of a sweep."""
        return RESPONSE_WORK * len(self.crew.members)

    def load(self, placed: Placed) -> None:
        """Take up a roster."""
        self.placed = placed.copy()
        self.state = open_staffing(self.crew.rules, self.crew.groups, self.required)._replace(
            guide=self.state.guide,
            target=self.state.target,
            seat_price=self.state.seat_price,
            room_price=self.state.room_price,
        )
        book_all(self.crew, self.state, self.placed)
