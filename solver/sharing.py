"""The cheapest way to share the hours of given people among queues, all weeks in one network of flows."""

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from wfm.capacity import HOURS, CapacityProblem, Sharing

Ints = NDArray[np.int64]


def whole(hours: NDArray[np.float64]) -> Ints:
    """Hours in the whole units in which they are reckoned."""
    return np.asarray(np.rint(hours / HOURS), dtype=np.int64)


def rate_of(problem: CapacityProblem, rate: float) -> int:
    """A rate in whole units of money."""
    return round(rate / problem.money)


class Network:
    """The flows of a problem: built once, solved for as many hiring plans as one likes.

    Source → pools (hours paid anyway, hours by step) → their queues → sink; source → queues is what is short.
    """

    def __init__(self, problem: CapacityProblem) -> None:
        self.problem = problem
        self.demand, self.free = whole(problem.demand), whole(problem.free)
        self.options = whole(np.array([o.hours for o in problem.options]).reshape(-1, self.free.shape[1]))
        queues, weeks = self.demand.shape
        pools, steps = len(problem.pools), len(problem.steps)
        self._shape = (queues, pools, steps, weeks)
        serving = [(pool, queue) for pool, served in enumerate(problem.pools) for queue in served]
        self._pool, self._queue = np.array(serving, dtype=np.int64).reshape(-1, 2).T

    def free_hours(self, sizes: NDArray[np.int64]) -> Ints:
        """Hours paid anyway by pool and week with so many hired of each option."""
        total = self.free.copy()
        for option, size in enumerate(sizes):
            if size:
                total[self.problem.options[option].pool] += size * self.options[option]
        return total

    def share(self, sizes: NDArray[np.int64]) -> tuple[int, Sharing]:
        """The cheapest cost of the weeks, in whole units, hires not counted, and how hours are shared."""
        problem, (queues, pools, steps, weeks) = self.problem, self._shape
        free = self.free_hours(sizes)
        source, sink = 0, 1
        pool_node = 2 + np.arange(pools * weeks).reshape(pools, weeks)
        queue_node = 2 + pools * weeks + np.arange(queues * weeks).reshape(queues, weeks)
        parts = [(np.full(free.size, source), pool_node.ravel(), free.ravel(), np.zeros(free.size, dtype=np.int64))]
        for step in problem.steps:
            rate = np.full(free.size, rate_of(problem, step.rate))
            parts.append((np.full(free.size, source), pool_node.ravel(), whole(step.hours).ravel(), rate))
        between = (pool_node[self._pool].ravel(), queue_node[self._queue].ravel())
        ample = np.tile(self.demand.sum(axis=0), len(self._pool))
        parts.append((*between, ample, np.zeros(ample.size, dtype=np.int64)))
        demand, rates = self.demand.ravel(), np.array([rate_of(problem, one) for one in problem.shortage])
        parts.append((np.full(demand.size, source), queue_node.ravel(), demand, np.repeat(rates, weeks)))
        parts.append((queue_node.ravel(), np.full(demand.size, sink), demand, np.zeros(demand.size, dtype=np.int64)))
        columns = [np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True)]
        flow = min_cost_flow.SimpleMinCostFlow()
        arcs = flow.add_arcs_with_capacity_and_unit_cost(*columns)
        flow.set_node_supply(source, int(demand.sum()))
        flow.set_node_supply(sink, -int(demand.sum()))
        if flow.solve() != flow.OPTIMAL:
            raise ArithmeticError("the flow of hours has no solution, though shortage is always allowed")
        flows = np.asarray(flow.flows(arcs))
        ends = np.cumsum([len(part[0]) for part in parts])
        pieces = np.split(flows, ends[:-1])
        served = np.zeros((pools, queues, weeks))
        served[self._pool, self._queue] = pieces[1 + steps].reshape(-1, weeks)
        return int(flow.optimal_cost()), Sharing(
            served=served * HOURS,
            used=np.array(pieces[1 : 1 + steps]).reshape(steps, pools, weeks) * HOURS,
            short=pieces[2 + steps].reshape(queues, weeks) * HOURS,
            surplus=(free - pieces[0].reshape(pools, weeks)) * HOURS,
        )
