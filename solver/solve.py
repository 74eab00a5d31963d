"""Solve a rostering problem: compile the rules, price, roster, improve, prove; each step keeps the best so far."""

import time
from dataclasses import replace
from threading import Thread

import numpy as np

from solver.apart import solve_apart
from solver.bound import lower_bound, unproved
from solver.crew import Crew, Cut, Floats, Placed
from solver.errand import NOTHING, Known, Terms
from solver.exact import prove, small_enough
from solver.neighbourhood import neighbourhoods, plan_anew, promising
from solver.relaxation import Prices, free_prices, price
from solver.rules import Rules
from solver.search import Budget, Search
from solver.squeeze import squeeze
from solver.staffing import open_staffing
from solver.standing import take_up
from wfm.problem import Clash, Problem, Result
from wfm.progress import Report, Stop, never, silent

PRICE_SHARE = 0.75  # of the time left, after which the relaxation is given up
FINE_PRICES = 4.0  # times what coarse prices took must be left of the time for fine ones
PRICE_SECONDS = 120.0  # likewise
FIRST_ROUND, NEXT_ROUND = 4, 6  # sweeps at prices that are pressed; after each round the true cost speaks
WORTH_A_ROUND = 0.03  # share of the gap that a round must have saved for another one
SHORT_PRICE = 0.5  # of the rate of a shortage, above which the relaxation has too few people in an interval
RAISED = 0.2  # a minute, by which its price must have been pressed up to be tried in the bound
TRUE_SWEEPS = 3  # as many sweeps as a round must leave time for
PULL = 0.01  # of the target, for each agent that cover is off it: ten agents are worth 0.2, twice what surplus costs
PATIENCE = 3  # sweeps under the true cost after which capacities that still do not hold are forced
BEAT = 0.05  # seconds between looks at the prices under way
EXHAUSTED = 1e-3  # agent-minutes a unit of work: where no neighbourhood saves more the roster is taken for good
WORTH_A_SWEEP = 0.05  # share of the gap that neighbourhoods have saved when everybody is asked again
STALLED = 0.01  # share of the gap: where a sweep saves less, neighbourhoods gain more in its time
DEAR = 0.5  # agent-minutes that a minute at work saves on average, from which on many short sessions are better


def solve(
    problem: Problem,
    *,
    time_limit: float,
    work_limit: float | None = None,
    seed: int = 1,
    workers: int = 2,
    report: Report = silent,
    stop: Stop = never,
) -> Result:
    """Roster the week within `time_limit` seconds (and `work_limit` units of work); `stop` ends it early.

    With a work limit and one worker no clock decides: the same problem and seed give the same roster. A large centre of
    several parts that share nothing but places is solved part by part (`solver.apart`).
    """
    terms = Terms(time_limit=time_limit, work_limit=work_limit, seed=seed, workers=workers)
    result = None if problem.portion is not None else solve_apart(problem, terms, report=report, stop=stop)
    return solve_whole(problem, terms, report=report, stop=stop)[0] if result is None else result


def solve_whole(
    problem: Problem, terms: Terms, *, known: Known = NOTHING, report: Report, stop: Stop
) -> tuple[Result, Known]:
    """Roster a centre, or a part of one, as one problem; it begins with the standing roster and with what is `known`."""
    budget = Budget(time_limit=terms.time_limit, work_limit=terms.work_limit, stop=stop)
    crew = Crew(Rules(problem))
    search = Search(crew, problem.required, budget, report, seed=terms.seed)
    search.tell(f"{len(crew.members):,} agents, {len(crew.groups.rate)} skill groups: rules compiled")
    pricing = Pricing(search, problem, known)
    search.bound = max(search.bound, pricing.bound)
    if problem.standing is not None:
        anew = take_up(search)
        search.keep(
            "standing roster taken up" + (f"; new weeks for those that break rules: {len(anew)}" if anew else "")
        )
    beside = terms.workers > 1 and not budget.counted
    if beside:
        pricing.begin()
    clashes = improve(search, pricing, beside=beside)
    if search.best.placed is not None and not budget.over:
        if small_enough(search) and not search.left_out and not problem.capped:
            prove(search, budget, workers=terms.workers, seed=terms.seed)
        else:
            polish(search, workers=terms.workers)
    pricing.end()
    # Whoever is left out does not work, which the bound's weeks do not know: then nothing but zero is proved.
    search.bound = unproved(problem.week, problem.portion) if search.left_out else max(search.bound, pricing.bound)
    if search.best.placed is None:
        result = Result(shifts=None, bound=search.bound, unrostered={}, clashes=())
    else:
        result = search.result(search.best.placed, search.bound, clashes)
    return result, pricing.known


class Pricing:
    """Prices and bound from the relaxation, in a thread beside the first sweeps where there is a core for it."""

    def __init__(self, search: Search, problem: Problem, known: Known) -> None:
        self._search, self._crew, self._budget = search, search.crew, search.budget
        self._required = problem.required
        self._state = open_staffing(self._crew.rules, self._crew.groups, problem.required)
        self._thread: Thread | None = None
        self._given_up = False
        self.prices: Prices | None = known.prices
        self._least = unproved(problem.week, problem.portion)
        self.bound = self._least if known.bound is None else known.bound
        self._done = known.prices is not None and known.bound is not None

    def begin(self) -> None:
        """Start in the background."""
        self._thread = Thread(target=self.run, daemon=True)
        self._thread.start()

    def run_here(self) -> None:
        """Do it now, unless it has begun in the background."""
        if self._thread is None:
            self.run()

    def run(self) -> None:
        """Solve the relaxation and evaluate the bound at its prices, as far as they are not known.

        Coarse prices come soon; where there is time the fine ones take their place.
        """
        if self._done:
            return
        begun = self._budget.seconds
        if self.prices is None:
            self.prices = self._price(fine=False)
        if self._stopped():
            return
        self._evaluate(self.prices or free_prices(self._crew, self._required))
        spent = self._budget.seconds - begun
        if self.prices is None or not self.prices.coarse or self._thread is None:
            return
        if self._budget.seconds_left > FINE_PRICES * spent and (fine := self._price(fine=True)) is not None:
            self.prices = fine
            self._evaluate(fine)

    def _price(self, *, fine: bool) -> Prices | None:
        seconds = PRICE_SECONDS if self._budget.counted else min(PRICE_SECONDS, PRICE_SHARE * self._budget.seconds_left)
        return price(self._crew, self._state, seconds=seconds, fine=fine, stop=self._stopped)

    def press(self, guide: Floats, *, beside: bool) -> None:
        """Evaluate the bound once more where the relaxation is short of people and the search had to press its prices up:
        real weeks cost more there than the relaxation knows. `beside` does it in the background."""
        prices, weight = self.prices, self._state.weight[:, None]
        if prices is None or not self.ready or self._stopped():
            return
        short = prices.queue > SHORT_PRICE * weight * self._state.rates[0]
        raised = np.where(
            short & (guide > prices.queue + RAISED), np.minimum(guide, weight * self._state.rates[1]), prices.queue
        )
        if (raised > prices.queue).any():
            at = replace(prices, queue=raised)
            if beside:
                self._thread = Thread(target=self._evaluate, args=(at,), daemon=True)
                self._thread.start()
            else:
                self._evaluate(at)

    def _evaluate(self, prices: Prices) -> None:
        found = lower_bound(self._crew, self._state, prices, stop=self._stopped)
        self.bound = max(self.bound, found)
        self._search.bound = max(self._search.bound, self.bound)

    def _stopped(self) -> bool:
        return self._given_up or (self._budget.asked if self._budget.counted else self._budget.over)

    def end(self) -> None:
        """Give up what is still under way: nothing may run on when the roster is handed out."""
        self._given_up = True
        if self._thread is not None:
            self._thread.join()

    def wait(self) -> None:
        """Until prices and bound are there, or the time is up."""
        while not self.ready and not self._stopped():
            time.sleep(BEAT)

    @property
    def known(self) -> Known:
        """What was found, for the next time; a bound whose evaluation did not end is none."""
        return Known(prices=self.prices, bound=self.bound if self.bound > self._least else None)

    @property
    def ready(self) -> bool:
        """Whether prices and bound are there."""
        return self._thread is None or not self._thread.is_alive()


def improve(search: Search, pricing: Pricing, *, beside: bool) -> list[Clash]:
    """Best responses pulled to the requirement, then to the relaxation's target, then under the true cost.

    `beside` tells whether a bound may be evaluated in the background.
    """
    if not search.swept:
        search.sweep(rho=2 * PULL)  # without prices the pull is all that speaks for the requirement
        search.keep("first roster")
    pricing.run_here()
    turns = 0  # of the next round at prices; none comes after one that saved little
    prices: Prices | None = None
    led: Placed | None = None
    sweeps, seconds = 0, 0.0
    clashes: list[Clash] = []
    settled = search.crew.rules.problem.standing is not None  # how training is cut: sessions that stand stay
    while not search.budget.over:
        before = search.best.cost
        if pricing.prices is not prices and pricing.prices is not None:
            turns, prices = FIRST_ROUND if led is None else NEXT_ROUND, pricing.prices
            search.guide(prices)
            if not settled:
                search.crew.cut(Cut.MOST, dear(search.crew, prices))
        if turns and affordable(search, turns + TRUE_SWEEPS, seconds):
            if led is not None:
                search.load(led)  # sweeps under the true cost have left the way to the target
            begun = search.budget.seconds
            lead(search, turns)
            seconds = (search.budget.seconds - begun) / turns
            led = search.placed.copy()
            search.sweep(rho=0.0)
            search.trade()
            search.keep("sweep at true cost")
            if search.cost() > search.best.cost:
                search.restore()
            gained = before - search.best.cost
            turns = NEXT_ROUND if gained > WORTH_A_ROUND * (search.best.cost - search.bound) else 0
            if not turns:
                pricing.press(search.state.guide, beside=beside)
            continue
        sweeps += 1
        search.sweep(rho=0.0)
        search.trade()
        search.keep(f"sweep {sweeps} at true cost")
        if search.best.placed is None and sweeps >= PATIENCE and search.swept:
            clashes = squeeze(search)
        if before - search.best.cost < STALLED * (search.best.cost - search.bound):
            if not pricing.ready:
                pricing.wait()  # another sweep would gain nothing and take the time from it
            elif settled:
                break
            else:
                search.crew.cut(Cut.ANY, range(len(search.crew.members)))
                settled = True
    if search.best.placed is None and search.swept:
        clashes = squeeze(search)
    return clashes


def lead(search: Search, sweeps: int) -> None:
    """Best responses at the relaxation's prices, pressed after each sweep, while there is time for the true cost."""
    seconds = 0.0
    for number in range(1, sweeps + 1):
        if not affordable(search, TRUE_SWEEPS, seconds):
            return
        begun = search.budget.seconds
        search.sweep(rho=PULL, lenient=True)
        search.trade()
        search.keep(f"sweep {number} at the relaxation's prices")
        search.press(PULL)
        seconds = search.budget.seconds - begun


def affordable(search: Search, sweeps: int, seconds: float) -> bool:
    """Whether time and work are left for so many sweeps of so many seconds each."""
    left = search.budget.work_left
    return search.budget.seconds_left >= sweeps * seconds if left is None else left >= sweeps * search.sweep_work


def dear(crew: Crew, prices: Prices) -> list[int]:
    """Members whose time at work is so short that it pays to drop rests for sessions."""
    worth = [prices.earned(rate).mean() for rate in crew.groups.rate]
    return [i for i, member in enumerate(crew.members) if worth[member.group] >= DEAR]


def polish(search: Search, *, workers: int) -> None:
    """CP-SAT on the most promising neighbourhoods, and a sweep whenever they have changed enough, while anything helps."""
    search.restore()
    search.trade()
    todo, tried, since = neighbourhoods(search), 0, 0.0
    while todo and not search.budget.over:
        picked = promising(search, todo, workers)
        if not picked or picked[0].worth < EXHAUSTED:
            break
        saved = plan_anew(search, picked)
        tried, since = tried + len(picked), since + saved
        if saved:
            search.keep(f"{tried} neighbourhoods")
        if since > WORTH_A_SWEEP * (search.best.cost - search.bound):
            since = 0.0
            search.sweep(rho=0.0)
            search.trade()
            search.keep(f"sweep after {tried} neighbourhoods")
