"""A large centre whose parts share nothing but places, solved part by part, as many at once as there are workers.

Where seats are scarce the parts first agree on a price: each says what it would pay for a seat at its share, all then
take the mean of it, weighted by seats, as given and say how many they want at this price, which is what each gets.
For any price that is the same for all, the parts' bounds add up to one of the whole centre (`solver.bound`): what they
pay for seats comes to the price of all the seats there are.
"""

import os
import time
from dataclasses import replace

import numpy as np

from solver.bound import unproved
from solver.errand import NOTHING, RAY_ADDRESS, Answer, Cluster, Errand, Local, Terms, Workplace
from solver.parts import FEWEST, Part, merged, portions, problem_of, seats_of, split
from wfm.problem import Portion, Problem, Result, Standing
from wfm.progress import Progress, Report, Stop

SCARCE = 1.2  # seats over the requirement below which a price is agreed on: breaks and surplus hold seats too
FEW = 1e-6  # seats by which a part counts that has none
SHORTEST = 30.0  # seconds for a part where time is limited: with less, fewer and larger parts do better
PRICE_SHARE = 0.3  # of the time limit, for each of both rounds in which a price is agreed on
FIRST_SHARE = 0.3  # of the time left, in which every part gets a roster where not all can be solved at once


def solve_apart(
    problem: Problem,
    terms: Terms,
    *,
    report: Report,
    stop: Stop,
    fewest: int = FEWEST,
    place: Workplace | None = None,
) -> Result | None:
    """The merged result of all parts of at least `fewest` agents; None where the centre is to be solved as one.

    With a work limit each part gets its share by agents and one worker, however many are solved at once. `place` is
    this machine, or the Ray cluster whose address stands in the environment.
    """
    parts = split(problem.centre, fewest=fewest)
    if len(parts) == 1:
        return None
    place = place or _workplace(terms.workers)
    if terms.work_limit is None:
        parts = split(problem.centre, fewest=fewest, most=place.size * terms.time_limit / SHORTEST)
    try:
        shares = portions(problem, parts) if len(parts) > 1 else None
        if shares is None:
            return None
        spread = Spread(problem, parts, shares, terms, place, report, stop)
        if spread.scarce:
            spread.agree()
        if place.size < len(parts) and terms.work_limit is None:
            spread.solve(share=FIRST_SHARE)
        spread.solve(share=1.0)
        return merged(problem, [spread.result(number) for number in range(len(parts))])
    finally:
        place.leave()


def _workplace(workers: int) -> Workplace:
    address = os.environ.get(RAY_ADDRESS)
    return Cluster(address) if address else Local(workers)


class Spread:
    """The parts, what they share, and the best answer of each so far."""

    def __init__(
        self,
        problem: Problem,
        parts: list[Part],
        shares: list[Portion],
        terms: Terms,
        place: Workplace,
        report: Report,
        stop: Stop,
    ) -> None:
        self._problem, self._parts, self._shares, self._terms = problem, parts, shares, terms
        self._place, self._report, self._stop = place, report, stop
        self._begun = time.monotonic()
        self._asked = False
        self._known = [NOTHING] * len(parts)
        self._results: dict[int, Result] = {}
        self._costs: dict[int, float] = {}
        self._bounds: dict[int, float] = {}

    @property
    def scarce(self) -> bool:
        """Whether all parts together may want more seats than there are."""
        seats = self._problem.centre.seats
        return seats is not None and bool((SCARCE * self._problem.required.sum(axis=0) > seats).any())

    def agree(self) -> None:
        """Agree on a price of seats and divide them by what each part wants at it; where one fails nothing changes."""
        common = self._shares
        self._shares = [replace(share, seat_price=None) for share in common]
        offers = self._run(share=PRICE_SHARE, prices_only=True)
        self._shares = common
        prices = [offer.seat_price for _, offer in sorted(offers.items()) if offer.seat_price is not None]
        if len(prices) < len(self._parts):
            return
        weights = [share.seats[:-1] + FEW for share in common if share.seats is not None]
        mean = np.average(prices, axis=0, weights=weights)
        self._shares = [replace(share, seat_price=mean) for share in common]
        known = [answer.known for _, answer in sorted(self._run(share=PRICE_SHARE, prices_only=True).items())]
        seated = [own.prices.seated for own in known if own.prices is not None and own.prices.seated is not None]
        if len(seated) < len(self._parts):
            return
        seats = seats_of(self._problem, self._parts, np.array(seated))
        assert seats is not None
        self._shares = [replace(share, seats=own) for share, own in zip(self._shares, seats, strict=True)]
        self._known = known

    def solve(self, *, share: float) -> None:
        """Solve every part in a share of the time left, beginning with what is known of it."""
        for number, answer in self._run(share=share, prices_only=False).items():
            self._known[number] = answer.known
            if answer.result is not None and (answer.result.shifts is not None or number not in self._results):
                self._results[number] = answer.result

    def result(self, number: int) -> Result:
        """The best of a part."""
        nothing = Result(shifts=None, bound=self._bound(number), unrostered={}, clashes=())
        return self._results.get(number, nothing)

    def _bound(self, number: int) -> float:
        return self._bounds.get(number, unproved(self._problem.week, self._shares[number]))

    def _run(self, *, share: float, prices_only: bool) -> dict[int, Answer]:
        """Run an errand for each part, the largest first; what came of those that ended in time."""
        until = self._seconds + share * max(0.0, self._terms.time_limit - self._seconds)
        waiting = list(range(len(self._parts)))
        ends: dict[int, float] = {}
        found: dict[int, Answer] = {}
        while ends or (waiting and not self._asked):
            while waiting and len(ends) < self._place.size and not self._asked:
                seconds = self._slice(waiting, list(ends.values()), until)
                number = waiting.pop(0)
                ends[number] = self._seconds + seconds
                self._place.begin(number, self._errand(number, seconds, prices_only))
            for number, message in self._place.messages():
                if isinstance(message, Answer):
                    found[number] = message
                elif isinstance(message, Progress):
                    self._tell(number, message)
                else:
                    del ends[number]
                    if number not in found and not self._asked:
                        raise RuntimeError(f"part {number + 1} of the centre ended without an answer")
            if not self._asked and self._stop():
                self._asked = True
                self._place.stop()
        return found

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._begun

    def _slice(self, waiting: list[int], ends: list[float], until: float) -> float:
        """Seconds of the first of those waiting: its share, by agents, of what the lanes have left."""
        left = until - self._seconds
        if self._terms.work_limit is not None:
            return max(0.0, left)
        lanes = [until - end for end in ends] + [left] * (self._place.size - len(ends))
        agents = [len(self._parts[number].agents) for number in waiting]
        return max(0.0, min(left, sum(lanes) * agents[0] / sum(agents)))

    def _errand(self, number: int, seconds: float, prices_only: bool) -> Errand:
        part, terms = self._parts[number], self._terms
        problem = problem_of(self._problem, part, self._shares[number], first=number == 0)
        if number in self._results and (shifts := self._results[number].shifts) is not None:
            problem = replace(problem, standing=Standing(shifts=shifts, now=0))
        own = Terms(
            time_limit=seconds,
            work_limit=terms.work_limit and terms.work_limit * len(part.agents) / len(self._problem.centre.agents),
            seed=int(np.random.SeedSequence((terms.seed, number)).generate_state(1)[0] >> 1),
            # With a work limit one worker, or else how many there are would decide what is found.
            workers=1 if terms.work_limit is not None else max(1, self._place.size // len(self._parts)),
        )
        known = self._known[number]
        return Errand(problem=problem, terms=own, known=known, prices_only=prices_only, sent=time.time())

    def _tell(self, number: int, progress: Progress) -> None:
        """Report what one part found as what all have found."""
        if progress.cost is not None:
            self._costs[number] = progress.cost
        if progress.bound is not None:
            self._bounds[number] = max(self._bound(number), progress.bound)
        cost = sum(self._costs.values()) if len(self._costs) == len(self._parts) else None
        bound = max(0.0, sum(self._bound(part) for part in range(len(self._parts))))
        message = f"part {number + 1} of {len(self._parts)}: {progress.message}"
        self._report(Progress(step="roster", seconds=self._seconds, message=message, cost=cost, bound=bound))
