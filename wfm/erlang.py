"""How a queue of contacts fares with so many servers, and how many servers its target needs.

Contacts arrive at random (Poisson) and take exponential handling time. Where callers' patience is known (its mean,
exponential) they leave when it ends: Erlang A, M/M/n+M. Without it nobody leaves: Erlang C, M/M/n.

Sources: Erlang B and C: R. B. Cooper, Introduction to Queueing Theory, 2nd ed., ch. 3. Erlang A: C. Palm,
Methods of judging the annoyance caused by congestion, Tele 4 (1957); O. Garnett, A. Mandelbaum, M. Reiman, Designing
a call center with impatient customers, M&SOM 4 (2002); A. Mandelbaum, S. Zeltyn, Service engineering in action: the
Palm/Erlang-A queue (2007), whose building blocks are used here: with arrivals λ, capacity nμ, leaving rate θ

    H(x) = (1 − e^(−θx)) / θ,   E(x) = exp(λH(x) − nμx),   J(t) = ∫ from t to ∞ of E,   J = J(0),
    b = Erlang B of n − 1 servers (1/b is their ε);  a caller who finds all busy, and is patient, waits x
    with density λbE(x) / (1 + bλJ).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Kernel = TypeVar("Kernel", bound=Callable[..., object])

# A target is met within rounding, so that 100% of a queue without waits counts as met.
ROUNDING = 1e-12
_NEGLIGIBLE = 1e-17
# Callers who would wait 11 days on average do not leave; Erlang A's series would only grow long over them.
_ENDLESS_SECONDS = 1e6


def _compiled(function: Kernel) -> Kernel:
    """Compile once with numba; the machine code is kept beside the source."""
    kernel: Kernel = njit(cache=True)(function)
    return kernel


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """How a queue fares, element by element.

    `service_level` answered within the threshold / offered (abandoned are missed), `waiting` share that has to wait,
    `abandoned` share that leaves, `asa_seconds` mean wait of the answered (inf where the queue grows without end),
    `occupancy` share of time that a server is busy.
    """

    service_level: Floats
    waiting: Floats
    abandoned: Floats
    asa_seconds: Floats
    occupancy: Floats


def performance(
    *,
    servers: ArrayLike,
    arrivals: ArrayLike,
    aht_seconds: ArrayLike,
    threshold_seconds: float,
    patience_seconds: float | None,
) -> Performance:
    """Fare of queues with these servers; arrays broadcast.

    `servers` whole numbers, `arrivals` contacts a second, `patience_seconds` the mean patience, None where nobody
    leaves (Erlang C).
    """
    count, rate, aht = np.broadcast_arrays(np.asarray(servers, dtype=np.int64), *_checked_load(arrivals, aht_seconds))
    rows = _performances(
        count.flatten(), rate.flatten(), aht.flatten(), float(threshold_seconds), _leaving(patience_seconds)
    )
    level, waiting, abandoned, asa, occupancy = (column.reshape(count.shape) for column in rows.T)
    return Performance(service_level=level, waiting=waiting, abandoned=abandoned, asa_seconds=asa, occupancy=occupancy)


def agents_needed(
    *,
    arrivals: ArrayLike,
    aht_seconds: ArrayLike,
    threshold_seconds: float,
    patience_seconds: float | None,
    service_level: float,
    max_occupancy: float,
) -> NDArray[np.int64]:
    """The smallest whole number of servers with at least this service level and at most this occupancy.

    Arrays broadcast; `arrivals` contacts a second; 0 where there is no load. ValueError for a target out of range.
    """
    if not 0 <= service_level <= 1 or not 0 < max_occupancy <= 1:
        raise ValueError(
            f"service_level must lie in 0…1 and max_occupancy above 0 and up to 1; "
            f"got {service_level} and {max_occupancy}"
        )
    rate, aht = _checked_load(arrivals, aht_seconds)
    target = (float(threshold_seconds), _leaving(patience_seconds), float(service_level), float(max_occupancy))
    return _smallest_each(rate.flatten(), aht.flatten(), *target).reshape(rate.shape)


def blocking(*, servers: int, load: float) -> float:
    """Erlang B: the share of contacts that find all of `servers` busy where nobody can wait; `load` in erlangs."""
    return _blocking(servers, load)


def wait_probability(*, servers: int, load: float) -> float:
    """Erlang C: the share of contacts that have to wait where nobody leaves; 1 where the load is too much."""
    return 1.0 if load >= servers else _wait_probability(servers, load)


def _checked_load(arrivals: ArrayLike, aht_seconds: ArrayLike) -> tuple[Floats, Floats]:
    rate, aht = np.broadcast_arrays(np.asarray(arrivals, dtype=float), np.asarray(aht_seconds, dtype=float))
    for name, values in (("arrivals", rate), ("aht_seconds", aht)):
        wrong = ~(np.isfinite(values) & (values >= 0))
        if wrong.any():
            raise ValueError(f"{name} must be numbers of 0 or more; got {values[wrong][0]}")
    return rate, aht


def _leaving(patience_seconds: float | None) -> float:
    """Rate at which one waiting caller leaves, a second; 0 where nobody leaves."""
    if patience_seconds is None or patience_seconds > _ENDLESS_SECONDS:
        return 0.0
    if not patience_seconds > 0:
        raise ValueError(f"patience_seconds must be above 0, or absent where nobody leaves; got {patience_seconds}")
    return 1.0 / patience_seconds


@_compiled
def _blocking(servers: int, load: float) -> float:
    # The recursion stays between 0 and 1, so it neither overflows nor cancels, whatever the number of servers.
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


@_compiled
def _wait_probability(servers: int, load: float) -> float:
    blocked = _blocking(servers, load)
    return servers * blocked / (servers - load * (1.0 - blocked))


@_compiled
def _erlang_c(servers: int, load: float, aht: float, threshold: float) -> tuple[float, float, float, float, float]:
    if load >= servers:
        return 0.0, 1.0, 0.0, math.inf, 1.0
    waiting = _wait_probability(servers, load)
    spare = (servers - load) / aht
    return 1.0 - waiting * math.exp(-spare * threshold), waiting, 0.0, waiting / spare, load / servers


@_compiled
def _mass(arrival: float, capacity: float, leaving: float) -> tuple[float, float]:
    """J of the module's docstring as (log of a scale, J / scale).

    J = Σ over k of tₖ / nμ with tₖ = Π over i = 1…k of λ / (nμ + iθ): all terms are positive. Summed from the largest
    both ways, so that an overload with patient callers neither overflows nor takes a step for each caller waiting.
    """
    size = capacity / leaving
    peak = max(0.0, math.floor((arrival - capacity) / leaving))
    scale = 0.0
    if peak > 0:
        scale = peak * math.log(arrival / leaving) - math.lgamma(size + peak + 1) + math.lgamma(size + 1)
    total, term, k = 1.0, 1.0, peak
    while True:
        k += 1
        ratio = arrival / (capacity + k * leaving)
        term *= ratio
        total += term
        if term * ratio < _NEGLIGIBLE * total * (1 - ratio):
            break
    term, k = 1.0, peak
    while k > 0:
        ratio = (capacity + k * leaving) / arrival
        term *= ratio
        total += term
        k -= 1
        if term * ratio < _NEGLIGIBLE * total * (1 - ratio):
            break
    return scale, total / capacity


@_compiled
def _delay(arrival: float, capacity: float, leaving: float, scale: float) -> float:
    """∫ x E(x) dx = −dJ/d(nμ) = Σ over k of tₖ / nμ · Σ over i = 0…k of 1 / (nμ + iθ), divided by e^scale."""
    term, total, harmonic, k, shift = 1.0, 1.0 / capacity, 1.0 / capacity, 0.0, 0.0
    while True:
        k += 1
        rate = capacity + k * leaving
        ratio = arrival / rate
        harmonic += 1.0 / rate
        term *= ratio
        total += term * harmonic
        if term > 1e200:
            term, total, shift = term * 1e-200, total * 1e-200, shift + 200 * math.log(10.0)
        if ratio < 1 and term * harmonic < _NEGLIGIBLE * total * (1 - ratio):
            break
    return total / capacity * math.exp(shift - scale)


@_compiled
def _erlang_a_level(
    servers: int, load: float, aht: float, threshold: float, leaving: float
) -> tuple[float, float, float]:
    """Service level, share abandoned, share that waits.

    Answered within T: V = 0, or 0 < V ≤ T and patience > V. As λe^(−θx)E(x) = E′(x) + nμE(x), the integral is
    E(T) − 1 + nμ(J − J(T)); and J(T) is E(T) times J for arrivals λe^(−θT).
    """
    arrival, capacity = load / aht, servers / aht
    blocked = _blocking(servers - 1, load)
    scale, mass = _mass(arrival, capacity, leaving)
    later_scale, later_mass = _mass(arrival * math.exp(-leaving * threshold), capacity, leaving)
    log_edge = -arrival * math.expm1(-leaving * threshold) / leaving - capacity * threshold
    one, edge = math.exp(-scale), math.exp(log_edge - scale)
    beyond = math.exp(log_edge + later_scale - scale) * later_mass
    whole = one + blocked * arrival * mass
    level = (one + blocked * (edge - one + capacity * (mass - beyond))) / whole
    abandoned = blocked * (one + (arrival - capacity) * mass) / whole
    return min(max(level, 0.0), 1.0), max(0.0, abandoned), blocked * arrival * mass / whole


@_compiled
def _erlang_a(
    servers: int, load: float, aht: float, threshold: float, leaving: float
) -> tuple[float, float, float, float, float]:
    if servers < 1:
        return 0.0, 1.0, 1.0, math.inf, 1.0
    arrival, capacity = load / aht, servers / aht
    level, abandoned, waiting = _erlang_a_level(servers, load, aht, threshold, leaving)
    blocked = _blocking(servers - 1, load)
    scale, mass = _mass(arrival, capacity, leaving)
    whole = math.exp(-scale) + blocked * arrival * mass
    waited = blocked * (capacity * _delay(arrival, capacity, leaving, scale) - mass) / whole
    asa = max(0.0, waited) / (1 - abandoned)
    return level, waiting, abandoned, asa, min(1.0, load * (1 - abandoned) / servers)


@_compiled
def _performances(servers: NDArray[np.int64], rate: Floats, aht: Floats, threshold: float, leaving: float) -> Floats:
    rows = np.zeros((servers.size, 5))
    for i in range(servers.size):
        load = rate[i] * aht[i]
        if load <= 0:
            rows[i] = (1.0, 0.0, 0.0, 0.0, 0.0)
        elif leaving > 0:
            rows[i] = _erlang_a(servers[i], load, aht[i], threshold, leaving)
        else:
            rows[i] = _erlang_c(servers[i], load, aht[i], threshold)
    return rows


@_compiled
def _meets(servers: int, load: float, aht: float, threshold: float, leaving: float, target: float, cap: float) -> bool:
    if leaving > 0:
        level, abandoned, _ = _erlang_a_level(servers, load, aht, threshold, leaving)
        occupancy = load * (1 - abandoned) / servers
    else:
        level, _, _, _, occupancy = _erlang_c(servers, load, aht, threshold)
    return level >= target - ROUNDING and occupancy <= cap + ROUNDING


@_compiled
def _smallest(load: float, aht: float, threshold: float, leaving: float, target: float, cap: float) -> int:
    # At least the target's share is served, by servers busy at most to the cap: nothing smaller can do.
    served = target if leaving > 0 else 1.0
    low = max(1, math.ceil(load * served / cap - 1e-6))
    if _meets(low, load, aht, threshold, leaving, target, cap):
        return low
    step = 1
    while not _meets(low + step, load, aht, threshold, leaving, target, cap):
        low, step = low + step, 2 * step
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        if _meets(middle, load, aht, threshold, leaving, target, cap):
            high = middle
        else:
            low = middle
    return high


@_compiled
def _smallest_each(
    rate: Floats, aht: Floats, threshold: float, leaving: float, target: float, cap: float
) -> NDArray[np.int64]:
    found = np.zeros(rate.size, dtype=np.int64)
    for i in range(rate.size):
        load = rate[i] * aht[i]
        if load > 0:
            found[i] = _smallest(load, aht[i], threshold, leaving, target, cap)
    return found
