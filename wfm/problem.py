"""The rostering problem of a week, complete: a solver parses and defaults nothing."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from wfm.centre import Centre
from wfm.clock import Week
from wfm.demand import Floats
from wfm.ledger import allowances
from wfm.roster import Shift

Ints = NDArray[np.int64]

OPTIMAL = 1e-6  # share of the cost (of 1 at least) that cost and bound of an optimal roster may be apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A roster of the week under way: shifts that start before `now` (minutes of the week) stay, the others should.

    It may break rules, as one edited by hand can: whoever's week does gets another.
    """

    shifts: tuple[Shift, ...]
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What a part of a centre has from the whole, where the problem's centre holds the part's agents and queues alone.

    `allowances` are ledger points by agent, whose mean is the whole centre's, and `recorded_from` is the first date on
    record there. `seats` and `rooms` are the part's own places in every interval, the last entry those after the week;
    None is no limit. `seat_price` is what all parts pay for a seat, in agent-minutes a minute; None is a price of one's
    own, at which nothing is proved for the whole.
    """

    allowances: dict[str, float]
    recorded_from: date
    seats: Ints | None
    rooms: Ints | None
    seat_price: Floats | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Roster the agents of a centre for a week. `required` has shape (queues, intervals): agents_rostered.

    `portion` is None where the centre is whole.
    """

    centre: Centre
    week: Week
    required: Floats
    standing: Standing | None = None
    portion: Portion | None = None

    @property
    def allowances(self) -> dict[str, float]:
        """Ledger points each agent may gain this week before they cost."""
        return allowances(self.centre, self.week) if self.portion is None else self.portion.allowances

    @property
    def capped(self) -> bool:
        """Whether places are a part's own share: what they prove there proves nothing of the whole centre."""
        return self.portion is not None and (self.portion.seats is not None or self.portion.rooms is not None)

    @property
    def recorded_from(self) -> date:
        """The first date of worked.csv, at the latest the planned Monday."""
        if self.portion is not None:
            return self.portion.recorded_from
        worked = self.centre.worked
        if worked is None or worked.empty:
            return self.week.monday
        first: date = worked["date"].min()
        return min(self.week.monday, first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A member of an irreducible clashing set: a rule and, where it concerns one, the agent and the date (ISO)."""

    rule: str
    agent: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a solver found. `shifts` is None where no legal roster was found in time.

    `bound` is a proved lower bound of the cost in agent-minutes. `unrostered` gives every employed agent without
    a shift the reason. `clashes` is empty unless the locks contradict the rules or the capacities.
    """

    shifts: tuple[Shift, ...] | None
    bound: float
    unrostered: dict[str, str]
    clashes: tuple[Clash, ...]
