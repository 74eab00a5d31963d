"""Coverage cost as planes: the cheapest sharing of an interval costs the highest of finitely many linear functions.

For prices p of the queues, every roster's coverage costs at least  sum_q min_S (c_q(S) + p_q S) - sum_g n_g max_q
(rate_gq p_q)  (weak duality); over all breakpoints of the prices the highest of these is the cost itself (strong
duality: an optimal price sits on breakpoints, for each queue -surplus, weight*shortage or weight*shortage_deep, or
tied to another queue's by the ratio of an agent's rates).
"""

from itertools import product
from math import inf, prod

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from wfm.coverage import DEEP
from wfm.demand import Floats


def breakpoints(weights: Floats, rates: Floats, rate: Floats, *, most: float = inf) -> list[NDArray[np.float64]]:
    """Prices that can matter, by queue. `rates` = (shortage, shortage_deep, surplus), `rate` (groups, queues).

    Where they would make more than `most` planes, as many agents with times of their own do who serve several queues,
    it stops as soon as they do.
    """
    found = [{-rates[2], rates[0] * w, rates[1] * w} for w in weights]
    for _, g, q, other in product(range(len(weights) - 1), *map(range, (len(rate), len(weights), len(weights)))):
        if q != other and rate[g, q] > 0 and rate[g, other] > 0 and prod(map(len, found)) <= most:
            tied = (round(price * rate[g, q] / rate[g, other], 12) for price in found[q])
            found[other] |= {price for price in tied if -rates[2] <= price <= rates[1] * weights[other]}
    return [np.unique(np.round(list(prices), 12)) for prices in found]


def queue_value(required: Floats, weights: Floats, rates: Floats, prices: Floats) -> Floats:
    """min_S (c(S) + price S) by queue and interval; all arrays (queues, intervals) but `weights`, per minute.

    The minimum lies at nobody, at the edge of the first tenth of shortage, or at the requirement.
    """
    weight = weights[:, None]
    edge = weight * rates[0] * DEEP * required
    nobody = edge + weight * rates[1] * (1 - DEEP) * required
    return np.asarray(np.minimum(np.minimum(nobody, edge + prices * (1 - DEEP) * required), prices * required))


def planes(required: Floats, weights: Floats, rates: Floats, rate: Floats) -> tuple[Floats, Floats]:
    """Planes (constant, slope by group) of one interval; `required` by queue. Shapes (planes,), (planes, groups)."""
    prices = np.array(list(product(*breakpoints(weights, rates, rate))))
    constant = np.array([queue_value(required[:, None], weights, rates, row[:, None]).sum() for row in prices])
    able = np.where(rate > 0, rate, np.nan)
    slope = -np.nanmax(prices[:, None, :] * able[None], axis=2)
    return constant, slope


def whole_costs(constant: Floats, slope: Floats, most: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """All whole numbers by group from 0 to `most`, shape (points, groups), and the highest plane at each."""
    points = np.stack(np.meshgrid(*(np.arange(n + 1) for n in most), indexing="ij"), axis=-1).reshape(-1, len(most))
    return points, (constant[:, None] + slope @ points.T).max(axis=0)


def hull_slopes(points: NDArray[np.int64], cost: Floats) -> Floats:
    """Slopes of the lower hull of a cost over whole numbers, shape (planes, groups).

    Required numbers are fractions, people are not: the hull lies above the cost of fractions of people.
    """
    scale = max(1.0, float(np.ptp(cost)))
    # One point far above gives the hull a volume even where the cost is a plane.
    roof = np.append(points.max(axis=0) / 2, cost.max() / scale + 1.0)
    equations = ConvexHull(np.vstack([np.column_stack([points, cost / scale]), roof])).equations
    below = equations[equations[:, -2] < -1e-9]
    return np.asarray(np.unique((below[:, :-2] / -below[:, -2, None] * scale).round(6), axis=0))
