"""Which classes open, as an integer programme: branch and cut proves in seconds what CP-SAT does not in a minute.

Two things make it fast. The hours that a pool gains in a week are columns, so that a row over a set of queues names
pools and not all classes. And only rows are written down that are near to binding, one in ten.
"""

from collections.abc import Callable, Collection
from typing import Final

import numpy as np

from solver.linear import ROUNDING, STARTING, Programme
from solver.sharing import Ints, Network
from solver.shortfall import Row, Shortfall
from wfm.capacity import HOURS
from wfm.progress import Stop

SCALE: Final = 10**6  # costs in whole units are divided by it, hours in whole units by that of hours: both near 1
NEAR = 2  # classes of the largest whose hours a row may be away from binding and is written down


class Openings:
    """Columns: sizes of the options, whether they open, how many of a kind have opened; hours gained by pool and week;
    hours at each rate and week."""

    def __init__(
        self, network: Network, shortfall: Shortfall, rows: Collection[Row], prices: Ints, count: tuple[int, int] | None
    ) -> None:
        self.network, self.shortfall, self.problem = network, shortfall, network.problem
        self.programme, options = Programme(), self.problem.options
        most = np.array([option.most for option in options], dtype=float)
        least = np.array([option.least for option in options], dtype=float)
        self._sizes = self.programme.add_columns(len(options), cost=prices * 1.0 / SCALE, upper=most, whole=True)
        self._opened = self.programme.add_columns(len(options), upper=1.0, whole=True)
        for factors, low, high in ((most, -np.inf, 0.0), (least, 0.0, np.inf)):
            between = self.programme.add_rows(len(options), low=low, high=high)
            self.programme.put(between, self._sizes, 1.0)
            self.programme.put(between, self._opened, -factors)
        self._counts(count)
        self._limits()
        self._weeks(rows)

    def solve(self, seconds: float, gap: int, stop: Stop) -> tuple[Ints | None, int] | None:
        """Sizes (None where none were found) and a bound of the cost in whole units; None without an answer."""
        found = self.programme.solve_whole(seconds=seconds - STARTING, stop=stop, gap=gap / SCALE)
        if found is None:
            return None
        sizes = None if found.values is None else np.asarray(found.values[self._sizes], dtype=np.int64)
        if not np.isfinite(found.bound):  # out of time before there was one, or nothing is allowed
            return sizes, 0
        return sizes, int(np.floor(SCALE * (found.bound - ROUNDING * abs(found.bound))))

    def _counts(self, count: tuple[int, int] | None) -> None:
        """Classes of each kind opened until each of its starts: to branch on these settles many dates at once."""
        options = self.problem.options
        for kind, most in enumerate(self.problem.most_classes):
            own = sorted((n for n, option in enumerate(options) if option.kind == kind), key=lambda n: options[n].start)
            if not own:
                continue
            upper = float(len(own) if most is None else min(most, len(own)))
            until = self.programme.add_columns(len(own), upper=upper, whole=True)
            rows = self.programme.add_rows(len(own), low=0.0, high=0.0)
            self.programme.put(rows, until, 1.0)
            self.programme.put(rows[1:], until[:-1], -1.0)
            self.programme.put(rows, self._opened[own], -1.0)
            if count is not None and count[0] == kind:
                self.programme.put(self.programme.add_rows(1, low=count[1], high=count[1]), until[-1:], 1.0)

    def _limits(self) -> None:
        problem, known = self.problem, set()
        for week in range(problem.demand.shape[1]):
            inside = problem.trained_in(week)
            if inside and inside not in known:
                known.add(inside)
                for most, columns in (
                    (problem.classes_at_once, self._opened),
                    (problem.trainees_at_once, self._sizes),
                ):
                    if most is not None:
                        row = self.programme.add_rows(1, low=-np.inf, high=most)
                        self.programme.put(row, columns[list(inside)], 1.0)

    def _weeks(self, rows: Collection[Row]) -> None:
        programme, shortfall = self.programme, self.shortfall
        pools, weeks = len(shortfall.pools), self.problem.demand.shape[1]
        gained = programme.add_columns(pools * weeks).reshape(pools, weeks)
        sums = programme.add_rows(pools * weeks, low=0.0, high=0.0).reshape(pools, weeks)
        programme.put(sums, gained, -1.0)
        for n, option in enumerate(self.problem.options):
            given = np.flatnonzero(self.network.options[n])
            at = sums[shortfall.pools.index(option.pool), given]
            programme.put(at, self._sizes[n], self.network.options[n, given] * HOURS)
        keys = {key: at for at, key in enumerate(sorted({(row.level, row.week) for row in rows}))}
        if not keys:
            return
        steps = np.diff([0, *shortfall.levels])[[level for level, _ in keys]]
        beyond = programme.add_columns(len(keys), cost=steps / (SCALE * HOURS))
        ordered = sorted(rows)
        numbers = programme.add_rows(len(ordered), low=np.array([row.need for row in ordered]) * HOURS, high=np.inf)
        programme.put(numbers, beyond[[keys[row.level, row.week] for row in ordered]], 1.0)
        for number, row in zip(numbers, ordered, strict=True):
            programme.put(number, gained[list(row.hit), row.week], 1.0)


def prove(
    network: Network,
    shortfall: Shortfall,
    *,
    near: Ints,
    prices: Ints,
    count: tuple[int, int] | None,
    gap: int,
    left: Callable[[], float],
    stop: Stop,
) -> tuple[Ints | None, int] | None:
    """The best sizes found and a bound in whole units; None where there is no answer.

    It begins with the rows that nearly bind with sizes `near`, and adds those that do with the sizes found until no row
    known says that these cost more. A `gap` in whole units is near enough.
    """
    hours = [int(o.most * h.max()) for o, h in zip(network.problem.options, network.options, strict=True)]
    reach = NEAR * max(hours, default=0)
    rows, new = frozenset[Row](), shortfall.close(near, reach)
    best: tuple[int, Ints] | None = None
    bound: int | None = None
    while left() > STARTING and not stop():
        rows |= new
        found = Openings(network, shortfall, rows, prices, count).solve(left(), gap, stop)
        if found is None:
            break
        sizes, least = found
        bound = least if bound is None else max(bound, least)
        if sizes is None:
            break
        cost = network.share(sizes)[0] + int(prices @ sizes)
        best = (cost, sizes) if best is None or cost < best[0] else best
        new = shortfall.close(sizes, reach)
        if shortfall.close(sizes, 0) <= rows:
            break
    return None if bound is None else (None if best is None else best[1], bound)
