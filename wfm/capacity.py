"""The capacity problem, complete: what every week needs, what its people can give, and who may be hired; and its result."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

OPTIMAL = 1e-6  # of the cost: a gap up to which a plan is called optimal, as for rosters
HOURS = 1e-3  # hours are whole multiples of it, so that a solver reckons exactly
RATES = 1e-5  # rates are whole multiples of this share of the highest one


@dataclass(frozen=True, slots=True, kw_only=True)
class Hire:
    """A class of the plan, decided: how many begin on which Monday."""

    name: str
    start: date
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Hours of a contract that can be had beyond those paid anyway, each at a `rate`; `hours` (pools, weeks)."""

    contract: str
    overtime: bool
    rate: float
    hours: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A class of a kind (index) that may begin in a week, for people of a pool (index): hours with contacts that each
    hired gives by week, the weeks of training (first, end), cost of each hired."""

    kind: int
    start: int
    pool: int
    least: int
    most: int
    hours: Floats
    training: tuple[int, int]
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityProblem:
    """Cheapest hours for every week.

    `demand` (queues, weeks) and `free` (pools, weeks) are hours with contacts; `free` cost nothing more. A pool is a set
    of queues (indices) that its people serve. `shortage` (queues,) is what an hour short costs. `most_classes` limits
    the classes of each kind. `money` is the unit of which all rates are multiples, `fixed` what is paid in any case.
    """

    demand: Floats
    shortage: Floats
    pools: tuple[tuple[int, ...], ...]
    free: Floats
    steps: tuple[Step, ...]
    options: tuple[Option, ...]
    most_classes: tuple[int | None, ...]
    classes_at_once: int | None
    trainees_at_once: int | None
    money: float
    fixed: float

    def trained_in(self, week: int) -> tuple[int, ...]:
        """Options (indices) whose class is in training in a week."""
        return tuple(n for n, option in enumerate(self.options) if option.training[0] <= week < option.training[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Who serves what: hours served by pool and queue (pools, queues, weeks), hours of each step used (steps, pools,
    weeks), hours short (queues, weeks), and hours paid that nobody needs (pools, weeks)."""

    served: Floats
    used: Floats
    short: Floats
    surplus: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Marginal:
    """What the whole plan would cost more (less: below 0) with one more, and with one fewer; None where that cannot be,
    or was not found out in time. `proved`: nothing cheaper was left open."""

    one_more: float | None
    one_fewer: float | None
    proved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """A plan for a problem: `sizes` of its options, what it costs, a proved lower bound of what any plan costs (None
    where hires were given), how hours are shared.

    `seconds` were spent until these sizes stood, proved or not. `people` tells of one agent in each class that is hired, all other hires standing; `classes` of one class of each
    kind, everything else planned anew; `unhired` is the cost without any hire.
    """

    sizes: tuple[int, ...]
    cost: float
    bound: float | None
    sharing: Sharing
    unhired: float
    seconds: float = 0.0
    people: dict[int, Marginal]
    classes: dict[int, Marginal]
