"""The rostering problem of a week, complete: a solver parses and defaults nothing."""

from dataclasses import dataclass

from wfm.centre import Centre
from wfm.clock import Week
from wfm.demand import Floats
from wfm.roster import Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A roster of the week under way: shifts that start before `now` (minutes of the week) stay, the others should."""

    shifts: tuple[Shift, ...]
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Roster the agents of a centre for a week. `required` has shape (queues, intervals): agents_rostered."""

    centre: Centre
    week: Week
    required: Floats
    standing: Standing | None = None


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
