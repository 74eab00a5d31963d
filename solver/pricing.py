"""Prices and bound of a search: found beside the first sweeps where there is a core for it, and bettered as it goes on."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import inf
from threading import Thread

import numpy as np

from solver.bound import Weeks, lower_bound, unproved
from solver.crew import Floats
from solver.errand import Known
from solver.relaxation import Prices, free_prices, price
from solver.search import Search
from solver.staffing import open_staffing
from wfm.problem import Problem

PRICE_SHARE = 0.75  # of the time left, after which the relaxation is given up
PRICE_SECONDS = 120.0  # likewise
FINE_PRICES = 4.0  # times what coarse prices took must be left of the time for fine ones
MOST_RAISED = 8  # prices tried in the bound after a round, where there is a core for it; one where there is none
FIRST_STEP = 0.25  # of the way to where the search had to press it
RAISED = 0.2  # of the rate of a shortage, by which the search must have pressed a price up for it to be tried
BEAT = 0.05  # seconds between looks at the prices under way


class Pricing:
    """Prices and bound from the relaxation, in a thread beside the first sweeps where there is a core for it."""

    def __init__(self, search: Search, problem: Problem, known: Known) -> None:
        self._search, self._crew, self._budget = search, search.crew, search.budget
        self._required = problem.required
        self._state = open_staffing(self._crew.rules, self._crew.groups, problem.required)
        self._thread: Thread | None = None
        self._raising: Thread | None = None
        self._given_up = False
        self.led = False  # whether prices have led the search through a round
        self.prices: Prices | None = known.prices
        self._proof: Prices | None = known.prices  # at which the bound was evaluated
        self._asked: dict[int, tuple[float, float]] = {}  # by number of queue and interval: rates pressed up, and price
        self._tried: set[int] = set()  # of those
        self._weeks: Weeks = {}  # at the prices of the proof
        self._least = unproved(problem.week, problem.portion)
        self.bound = self._least if known.bound is None else known.bound
        self._done = known.prices is not None and known.bound is not None

    def begin(self) -> None:
        """Start in the background."""
        self._thread = _started(self.run)

    def run_here(self) -> None:
        """Do it now, unless it has begun in the background."""
        if self._thread is None:
            self.run()

    def run(self) -> None:
        """Solve the relaxation and evaluate the bound at its prices, as far as they are not known.

        Coarse prices come soon; where there is time the fine ones take their place. Where time is dear the search needs
        them soon: the bound at the coarse ones waits for its first round, for with the fine ones on their way three would
        share two cores.
        """
        if self._done:
            return
        begun = self._budget.seconds
        if self.prices is None:
            self.prices = self._price(fine=False)
        if self._stopped():
            return
        spent = self._budget.seconds - begun
        found, enough = self.prices, self._budget.seconds_left > FINE_PRICES * spent
        if found is not None and found.coarse and self.beside and enough:
            self._refine(found)
        self._evaluate(self.prices or free_prices(self._crew, self._required))

    def _refine(self, coarse: Prices) -> None:
        if not coarse.dear(self._crew.groups.rate).any():
            self._evaluate(coarse)
            self.prices = self._price(fine=True) or coarse
            return
        with ThreadPoolExecutor(1) as beside:
            fine = beside.submit(self._price, fine=True)
            while not (fine.done() or self.led or self._stopped()):
                time.sleep(BEAT)
            if not fine.done():
                self._evaluate(coarse)
            self.prices = fine.result() or coarse

    def _price(self, *, fine: bool) -> Prices | None:
        seconds = PRICE_SECONDS if self._budget.counted else min(PRICE_SECONDS, PRICE_SHARE * self._budget.seconds_left)
        return price(self._crew, self._state, seconds=seconds, fine=fine, stop=self._stopped)

    def press(self, guide: Floats) -> None:
        """Try the bound at higher prices where the search had to press its own up: real weeks may cost more there than the
        relaxation knows. In the background, if the prices were found there; what is asked while these are still under
        way is tried when they are there."""
        proof = self._proof
        if proof is None:
            return
        rate, most = (self._state.weight[:, None] * self._state.rates[tier] for tier in range(2))
        up = (guide - proof.queue) / rate
        raised = np.maximum(np.minimum(guide, most), rate)
        for cell in np.flatnonzero(up > RAISED).tolist():
            if up.flat[cell] > self._asked.get(cell, (0.0, 0.0))[0]:
                self._asked[cell] = float(up.flat[cell]), float(raised.flat[cell])
        if not self.ready or self._stopped() or (self._raising and self._raising.is_alive()):
            return
        if self.beside:
            self._raising = _started(lambda: self._raise(MOST_RAISED))
        else:
            self._raise(1)

    def _raise(self, most: int) -> None:
        """So many prices one after the other, those first that were pressed most, each in steps that double while the bound
        gets better by it: it is concave in a price, so that further up it will not where once it has not."""
        for _ in range(most):
            untried = self._asked.keys() - self._tried
            if self._proof is None or not untried or self._stopped():
                return
            cell = max(untried, key=self._asked.__getitem__)
            self._tried.add(cell)
            now = float(self._proof.queue.flat[cell])
            step = FIRST_STEP * (self._asked[cell][1] - now)
            while step > 0 and now + step <= self._dearest(cell) and self._better(cell, now + step):
                step *= 2

    def _dearest(self, cell: int) -> float:
        """What a deep shortage costs there: no higher price can better the bound."""
        return float(self._state.weight[cell // self._state.required.shape[1]] * self._state.rates[1])

    def _better(self, cell: int, price: float) -> bool:
        """Whether the bound is better at this price of one queue in one interval; then it stays."""
        assert self._proof is not None
        queue, before = self._proof.queue.copy(), self.bound
        queue.flat[cell] = price
        self._evaluate(replace(self._proof, queue=queue))
        return self.bound > before

    def _evaluate(self, prices: Prices) -> None:
        weeks = self._weeks.copy()
        found = lower_bound(self._crew, self._state, prices, weeks=weeks, stop=self._stopped)
        if found >= self.bound:
            self.bound, self._proof, self._weeks = found, prices, weeks
        self._search.bound = max(self._search.bound, self.bound)

    def _stopped(self) -> bool:
        return self._given_up or (self._budget.asked if self._budget.counted else self._budget.over)

    def end(self) -> None:
        """Give up what is still under way: nothing may run on when the roster is handed out."""
        self._given_up = True
        for thread in (self._thread, self._raising):
            if thread is not None:
                thread.join()

    def wait(self, used: Prices | None, seconds: float = inf) -> None:
        """Until there are other prices than those in use, or there will be no more, or the time is up."""
        until = self._budget.seconds + seconds
        while self.prices is used and not self.ready and not self._stopped() and self._budget.seconds < until:
            time.sleep(BEAT)

    @property
    def known(self) -> Known:
        """What was found, for the next time; a bound whose evaluation did not end is none."""
        return Known(prices=self.prices, bound=self.bound if self.bound > self._least else None)

    @property
    def beside(self) -> bool:
        """Whether there is a core for it, so that it takes no time from the search."""
        return self._thread is not None

    @property
    def ready(self) -> bool:
        """Whether prices and bound are there."""
        return self._thread is None or not self._thread.is_alive()


def _started(work: Callable[[], None]) -> Thread:
    thread = Thread(target=work, daemon=True)
    thread.start()
    return thread
