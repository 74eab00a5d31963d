"""What defines a sample centre: its streams of contacts, its staff and its rules, before chance is added."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = tuple[int, int]  # from, to in minutes past midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A queue and how its contacts come; `share` of all contacts, levels of the 24 hours on working and free days.

    `week` scales the weekdays, `holiday` a public holiday against a working day; `hours` is None where always open,
    else opening and closing by weekday (None: closed that day).
    """

    queue: str
    client: str
    channel: str = "voice"
    service_level: float = 0.8
    threshold_seconds: int = 20
    patience_seconds: int | None = 120
    max_occupancy: float = 0.88
    concurrency: float = 1
    weight: float = 1.0
    min_agents: int = 0
    share: float
    aht_seconds: float
    working_day: tuple[float, ...]
    free_day: tuple[float, ...]
    week: tuple[float, ...]
    holiday: float = 0.75
    hours: tuple[Hours | None, ...] | None = None
    dates_open: dict[date, Hours] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDate:
    """A row of special_days.csv, the `factor` told to the planner (None: to be learned) and its true `effect`.

    An outage has its effect only within `hours`.
    """

    date: date
    queue: str | None
    name: str
    kind: str
    factor: float | None = None
    effect: float = 1.0
    hours: Hours = (0, 1440)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """A way to work a week: kinds of the shifts in order of time, each `paid_hours` long, starting within `starts`.

    `days` fixes the weekdays (0 = Monday); None leaves them to the rotation of free days.
    """

    weight: float = 1.0
    kinds: tuple[str, ...]
    paid_hours: float
    starts: dict[str, Hours]
    days: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A share of the agents with one contract and the same habits; `availability` is (weekday, from, to).

    Training owed: `monthly_training` minutes a month, one of `left_this_month` in a month that ends with the week.
    Nobody of the crew has skills for `never_queues` (closed at the crew's hours) alone.
    """

    contract: str
    share: float
    habits: tuple[Habit, ...]
    availability: tuple[tuple[int, str, str], ...] = ()
    monthly_training: int
    left_this_month: tuple[int, ...] = (0, 0, 0, 15, 30, 45, 60)
    never_queues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """A whole centre. `skill_sets` are (queues, share of agents)."""

    centre: str
    name: str
    seed: int
    timezone: str
    country: str
    interval_minutes: int
    grid_minutes: int
    seats: int
    absence_rate: float = 0.05
    annual_attrition: float = 0.077
    classroom_places: int
    monday: date
    weeks_of_history: int
    contacts_per_week: float
    trend: float = 0.0
    streams: tuple[Stream, ...]
    special_dates: tuple[SpecialDate, ...] = ()
    missing_runs: int = 0
    agents: int
    crews: tuple[Crew, ...]
    skill_sets: tuple[tuple[tuple[str, ...], float], ...]
    contracts_toml: str
    shifts_toml: str
    capacity_toml: str = ""
    weeks_worked: int = 4
    locks: int = 0
    lockable_contracts: tuple[str, ...] = ()
    latin_names: float = 0.12
    currency: str = "CNY"
    training_hours_month: int = 15
    scenarios_toml: str = ""  # an example of what-if; not a file of the centre's own

    @property
    def first(self) -> date:
        """The Monday on which the history begins."""
        return self.monday - timedelta(weeks=self.weeks_of_history)


def chance(seed: int, topic: str) -> np.random.Generator:
    """The random stream of a topic: what is drawn for one topic does not move the others."""
    return np.random.default_rng([seed, *topic.encode()])


def apportion(total: int, shares: tuple[float, ...]) -> list[int]:
    """Whole numbers in proportion to shares that add up to a total (largest remainders)."""
    exact = np.array(shares) / sum(shares) * total
    whole = np.floor(exact).astype(int)
    whole[np.argsort(whole - exact, kind="stable")[: total - whole.sum()]] += 1
    return [int(n) for n in whole]
