"""Rounds of best responses at the relaxation's prices, which are pressed where cover stays off the target.

docs/decisions/0018-prices-are-pressed.md has the argument and figures.
"""

from dataclasses import dataclass, field

import numpy as np

from solver.crew import Placed
from solver.pricing import Pricing
from solver.relaxation import Prices
from solver.search import Search

ROUND = 4  # sweeps at prices that are pressed; after each round the true cost speaks
WORTH_A_ROUND = 0.03  # share of the gap: a round that saves less is a poor one
POOR_ROUNDS = 2  # in a row, after which there is no other: prices pressed again may yet lead somewhere
TRUE_SWEEPS = 3  # as many sweeps as a round must leave time for
PULL = 0.01  # of the target, for each agent that cover is off it: ten agents are worth 0.2, twice what surplus costs


@dataclass(slots=True)
class Guidance:
    """The prices that lead a search, the newest there are, and where they have led to. `left`: rounds that may yet save
    little, `scarce`: whether time is dear at these prices, `dear`: members whose training is yet to be cut anew at them;
    `seconds` is what a sweep took."""

    search: Search
    pricing: Pricing
    left: int = 0
    scarce: bool = False
    dear: list[int] = field(default_factory=list)
    seconds: float = 0.0
    prices: Prices | None = None
    led: Placed | None = None

    def round(self, *, cut: bool) -> bool:
        """Lead one round and let the true cost speak, if there are prices and time for it; whether it was done.

        `cut` has training cut anew where prices say that time is dear.
        """
        search = self.search
        self._take()
        if not self.left or not self._affordable(ROUND + TRUE_SWEEPS):
            return False
        before = search.best.cost
        self._lead(cut=cut)
        search.turn("sweep at true cost")
        if search.cost() > search.best.cost:
            search.restore()
        self.pricing.led = True
        saved, worth = before - search.best.cost, WORTH_A_ROUND * (search.best.cost - search.bound)
        self.left = POOR_ROUNDS if saved > worth else self.left - 1
        finer = self.prices is not None and self.prices.coarse  # may come
        if not (self.scarce or (finer and saved)):
            self.left = 0  # days of skill groups save more in the time; where time is dear the next round often does
        if not self.left or self.pricing.beside:
            self.pricing.press(search.state.guide)
        return True

    def _take(self) -> None:
        """Take up prices that have come since."""
        found = self.pricing.prices
        if found is None or found is self.prices:
            return
        self.prices = found
        dear = found.dear(self.search.crew.groups.rate)
        self.dear = np.flatnonzero(dear[self.search.crew.group]).tolist()
        self.left, self.scarce = POOR_ROUNDS, bool(self.dear)
        self.search.guide(found)

    def _lead(self, *, cut: bool) -> None:
        """Sweeps from where the last round led to, prices pressed after each, while there is time for the true cost.

        Training is `cut` anew once there are weeks to begin from that these prices led to: without them the many ways
        to cut it take three times as long, and end dearer.
        """
        search = self.search
        if self.led is not None:
            search.load(self.led)  # sweeps under the true cost have left the way to the target
        elif self.pricing.beside and not self.dear:
            search.turn("sweep before the first round")  # where time is not dear it ends cheaper from there
        self.seconds = 0.0
        for number in range(1, ROUND + 1):
            if not self._affordable(TRUE_SWEEPS):
                break
            begun = search.budget.seconds
            search.turn(f"sweep {number} at the relaxation's prices", rho=PULL, lenient=True)
            search.press(PULL)
            if cut:
                search.crew.cut(self.dear)
                self.dear = []
            self.seconds = search.budget.seconds - begun
        self.led = search.placed.copy()

    def _affordable(self, sweeps: int) -> bool:
        """Whether time and work are left for so many sweeps."""
        left = self.search.budget.work_left
        if left is not None:
            return left >= sweeps * self.search.sweep_work
        return self.search.budget.seconds_left >= sweeps * self.seconds
