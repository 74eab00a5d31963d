"""What a week costs at least: rows over sets of queues, whose need exceeds the hours of all who serve any of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.sharing import Ints, Network, rate_of, whole
from wfm.capacity import HOURS, CapacityProblem, Sharing

ENUMERATED = 12  # queues up to which all sets are written down; beyond, those that bind are found one by one
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """In a week, hours at a rate of level `level` or dearer are at least `need` − those of new people whose pool is hit."""

    level: int
    week: int
    hit: tuple[bool, ...]
    need: int


class Shortfall:
    """The rows of a problem known so far: `levels` are its rates in rising order, `pools` those of new people."""

    def __init__(self, problem: CapacityProblem, network: Network) -> None:
        self.problem, self.network = problem, network
        rates = {rate_of(problem, step.rate) for step in problem.steps}
        rates |= {rate_of(problem, one) for one in problem.shortage}
        self.levels = sorted(rate for rate in rates if rate > 0)
        self.pools = sorted({option.pool for option in problem.options})
        self.rows = frozenset(self._all() if len(problem.demand) <= ENUMERATED else ())

    def add(self, rows: frozenset[Row]) -> None:
        """Know these rows from now on."""
        self.rows |= rows  # a new set: others may be going through the old one

    def close(self, sizes: Ints, hours: int) -> frozenset[Row]:
        """The rows known that bind with these sizes of the options, or would with so many hours (whole units) less."""
        rows = list(self.rows)
        if not rows:
            return frozenset()
        level, week, need = (
            np.array(column) for column in zip(*((r.level, r.week, r.need) for r in rows), strict=True)
        )
        gained = self.network.free_hours(sizes) - self.network.free
        left = need - (np.array([row.hit for row in rows]) * gained[self.pools].T[week]).sum(axis=1)
        most = np.zeros((len(self.levels), self.problem.demand.shape[1]), dtype=np.int64)
        np.maximum.at(most, (level, week), left)
        return frozenset(rows[at] for at in np.flatnonzero(left >= most[level, week] - hours))

    def _cheaper(self, level: int) -> Ints:
        """Hours by pool and week that are cheaper than a level, new people left out."""
        steps = [whole(s.hours) for s in self.problem.steps if rate_of(self.problem, s.rate) < self.levels[level]]
        return np.asarray(self.network.free + sum(steps), dtype=np.int64)

    def _dear(self, level: int) -> Bools:
        """Queues whose shortage costs at least a level: the others are rather left short."""
        rates = np.array([rate_of(self.problem, one) for one in self.problem.shortage])
        return np.asarray(rates >= self.levels[level])

    def _hits(self, sets: Bools) -> Bools:
        """Shape (sets, pools): whether a pool serves any queue of a set; `sets` (sets, queues)."""
        serves = np.zeros((len(self.problem.pools), sets.shape[1]), dtype=bool)
        for pool, queues in enumerate(self.problem.pools):
            serves[pool, list(queues)] = True
        return np.asarray(sets.astype(int) @ serves.T.astype(int) > 0)

    def _all(self) -> Iterator[Row]:
        """Of all sets of queues those that say something: for each set of new pools hit the greatest need."""
        queues, weeks = self.network.demand.shape
        sets: Bools = np.asarray((np.arange(1, 2**queues)[:, None] >> np.arange(queues)) & 1, dtype=bool)
        hits = self._hits(sets)
        new, group = np.unique(hits[:, self.pools], axis=0, return_inverse=True)
        covers = np.all(new[:, None, :] <= new[None, :, :], axis=2)  # [a, b]: a hits no pool that b does not
        np.fill_diagonal(covers, False)
        for level in range(len(self.levels)):
            allowed: Bools = np.asarray(~(sets & ~self._dear(level)).any(axis=1))
            need = sets.astype(np.int64) @ self.network.demand - hits.astype(np.int64) @ self._cheaper(level)
            most = np.zeros((len(new), weeks), dtype=np.int64)
            np.maximum.at(most, group.ravel()[allowed], need[allowed])
            beaten = (covers[:, :, None] & (most[:, None, :] >= most[None, :, :])).any(axis=0)
            for one, week in np.argwhere((most > 0) & ~beaten):
                yield Row(level, int(week), tuple(map(bool, new[one])), int(most[one, week]))

    def binding(self, sizes: Ints, sharing: Sharing) -> Iterator[Row]:
        """The set of each level and week that makes this plan's weeks cost what they do."""
        served = sharing.served > HOURS / 2
        for level in range(len(self.levels)):
            dear_steps = [rate_of(self.problem, s.rate) >= self.levels[level] for s in self.problem.steps]
            using: Bools = np.asarray((sharing.used[dear_steps] > HOURS / 2).any(axis=0))  # pools, weeks
            held: Bools = np.asarray((served & using[:, None, :]).any(axis=0))
            held |= (sharing.short > HOURS / 2) & self._dear(level)[:, None]
            while True:  # who could serve these queues and serves others instead: these are held back too
                reach = self._hits(held.T).T  # pools, weeks
                more = held | (served & reach[:, None, :]).any(axis=0)
                if (more == held).all():
                    break
                held = more
            held &= self._dear(level)[:, None]
            hits = self._hits(held.T)
            needs = np.where(held, self.network.demand, 0).sum(axis=0) - (hits * self._cheaper(level).T).sum(axis=1)
            for week in np.flatnonzero(held.any(axis=0) & (needs > 0)):
                yield Row(level, int(week), tuple(map(bool, hits[week, self.pools])), int(needs[week]))
