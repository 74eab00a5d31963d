"""A contact centre as its folder describes it, read and checked once; nothing is parsed after this."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

import pandas as pd

from wfm.clock import Week
from wfm.hiring import Hiring
from wfm.roster import Shift, shifts_of


class Channel(StrEnum):
    """How contacts of a queue arrive and are served."""

    VOICE = "voice"
    CHAT = "chat"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A stream of contacts with its service target."""

    queue: str
    client: str
    channel: Channel
    service_level: float
    threshold_seconds: float
    patience_seconds: float | None
    max_occupancy: float
    concurrency: float
    weight: float
    min_agents: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """Hours of a queue on a weekday (0 = Monday) or on one date; minutes past midnight, close may pass 1,440."""

    queue: str
    weekday: int | None
    date: date | None
    open: int
    close: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A date that is not like others; `queue` None is all queues, `factor` None is learned."""

    date: date
    queue: str | None
    name: str
    kind: str
    factor: float | None


class Measure(StrEnum):
    """What of a forecast a planner changes."""

    CONTACTS = "contacts"
    AHT = "aht"


class Change(StrEnum):
    """How it is changed: multiplied, or put in the place of what the model says."""

    FACTOR = "factor"
    ABSOLUTE = "absolute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A planner's change of the forecast from `start` to `end` (aware, exclusive); `queue` None is each of all queues.

    `value` is a factor, contacts in total over the period, or seconds of handling time. Rows of one `layer` belong
    together; one that is not `active` waits.
    """

    layer: str
    queue: str | None
    start: datetime
    end: datetime
    measure: Measure
    kind: Change
    value: float
    reason: str
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person: `skills` maps queue to aht_factor (1.0 standard, 1.3 a beginner), `priorities` queue to its priority (1
    comes first) where one is given.
    """

    agent: str
    name: str
    team: str
    contract: str
    hired_on: date
    leaves_on: date | None
    email: str | None
    skills: dict[str, float]
    priorities: dict[str, int] = field(default_factory=dict)

    def employed_on(self, day: date) -> bool:
        """Whether a shift may be dated on this day as far as employment goes."""
        return self.hired_on <= day and (self.leaves_on is None or day < self.leaves_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Labour rules of a contract; None is no limit. Hours are minutes here.

    `pay_hour` is what a paid hour costs in the centre's currency, None where nobody has said; an hour of overtime costs
    `overtime_pay` times as much.
    """

    contract: str
    shifts: tuple[str, ...]
    weekly_minutes: tuple[int, int] | None = None
    days: tuple[int, int] | None = None
    daily_minutes_max: int | None = None
    min_rest_minutes: int | None = None
    max_consecutive_days: int | None = None
    min_days_off_together: int | None = None
    start_spread_minutes: int | None = None
    max_nights: int | None = None
    weekends_off: tuple[int, int] | None = None
    overtime_minutes_max: int = 0
    overtime_month_minutes_max: int | None = None
    training_minutes_month: int
    pay_hour: float | None = None
    overtime_pay: float = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A meal or rest of a kind of shift; `earliest` and `latest` are minutes from the shift's start to its own."""

    minutes: int
    paid: bool
    earliest: int
    latest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftKind:
    """A kind of shift: start window (minutes past midnight, may pass 1,440), paid lengths, breaks, training."""

    kind: str
    earliest_start: int
    latest_start: int
    step_minutes: int
    paid_minutes: tuple[int, ...]
    meal: Break | None
    rests: tuple[Break, ...]
    min_work_between: int
    session_minutes: tuple[int, ...]

    def start_clocks(self) -> range:
        """Legal starts as minutes past midnight of the shift's date."""
        return range(self.earliest_start, self.latest_start + 1, self.step_minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Time off, aware datetimes; from 00:00 of the first to 24:00 of the last date where dates were given."""

    agent: str
    start: datetime
    end: datetime
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Hours on a weekday (0 = Monday) in which the agent can work; minutes past midnight, may pass 1,440."""

    agent: str
    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A wish: `off`, `shift` (value: a kind), `start_after` or `end_before` (value: HH:MM, `clock` its minutes)."""

    agent: str
    date: date
    kind: str
    value: str
    clock: int | None
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What the scheduler has fixed for the shift of a date: `work`, `training`, `meeting` with times, or `off`."""

    agent: str
    date: date
    start: datetime | None
    end: datetime | None
    activity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """Burdens an agent bore in a week: points of a kind (night, weekend, early, late, refused)."""

    agent: str
    week: date
    kind: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRates:
    """Rates of the cost in agent-minutes; see docs/cost.md."""

    shortage: float = 1.0
    shortage_deep: float = 4.0
    surplus: float = 0.1
    overtime: float = 0.5
    below_hours: float = 0.5
    request: float = 60.0
    training: float = 2.0
    fairness: float = 30.0
    change: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayAssumptions:
    """What a simulated week takes for granted where no file says it; see docs/replay.md.

    `handling_cv` deviation of handling times in terms of their mean; `redial_share` of those who give up call again,
    after `redial_minutes` on average; `late_share` of shifts begin late, by `late_minutes` on average; `week_share` of
    the variance of a date's contacts is common to the whole week.
    """

    handling_cv: float = 1.0
    redial_share: float = 0.3
    redial_minutes: float = 10.0
    late_share: float = 0.03
    late_minutes: float = 10.0
    week_share: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Centre:
    """Everything a centre's folder says; a file that may be absent has a default. Mappings keep the order of their file; a
    centre equals only itself.

    `history` has columns start (aware datetime64), queue, offered, aht_seconds, abandoned (float, NaN where not
    known). `owed` maps (agent, first of month) to minutes of training still to be placed in that month.
    `worked` and `published` are roster tables with the columns of `wfm.roster.COLUMNS` (date, aware start and end).
    """

    name: str
    timezone: str
    country: str
    interval_minutes: int
    grid_minutes: int
    seats: int | None
    absence_rate: float
    annual_attrition: float
    classroom_places: int | None
    currency: str
    cost: CostRates
    replay: ReplayAssumptions = field(default_factory=ReplayAssumptions)
    queues: dict[str, Queue]
    hours: tuple[OpeningHours, ...] | None = None
    history: pd.DataFrame
    special_days: tuple[SpecialDay, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    agents: dict[str, Agent]
    contracts: dict[str, Contract]
    kinds: dict[str, ShiftKind]
    absences: tuple[Absence, ...] = ()
    availability: tuple[Availability, ...] = ()
    requests: tuple[Request, ...] = ()
    owed: dict[tuple[str, date], int] = field(default_factory=dict)
    locks: tuple[Lock, ...] = ()
    worked: pd.DataFrame | None = None
    published: pd.DataFrame | None = None
    ledger: tuple[LedgerEntry, ...] | None = None
    hiring: Hiring = field(default_factory=Hiring)
    inputs_sha256: str = ""

    def week(self, monday: date) -> Week:
        """The week of this centre that begins on a Monday."""
        return Week(
            monday=monday,
            timezone=self.timezone,
            interval_minutes=self.interval_minutes,
            grid_minutes=self.grid_minutes,
        )

    def monday_after(self) -> date | None:
        """The first Monday from the end of history on; None without history."""
        if self.history.empty:
            return None
        end: date = (self.history["start"].max() + timedelta(minutes=self.interval_minutes)).date()
        return end + timedelta(days=-end.weekday() % 7)


@lru_cache(maxsize=4)
def worked_before(centre: Centre, week: Week) -> dict[str, list[Shift]]:
    """Shifts of worked.csv dated before the week, by agent and in order of time. Not to be changed: it is kept."""
    return _by_agent(centre.worked, week, before=True)


def reaching_into(centre: Centre, week: Week) -> list[Shift]:
    """Shifts of worked.csv dated before the week that end in it."""
    return [shift for shifts in worked_before(centre, week).values() for shift in shifts if shift.end > 0]


@lru_cache(maxsize=4)
def published_shifts(centre: Centre, week: Week) -> dict[str, list[Shift]] | None:
    """Shifts of published.csv dated in the week by agent; None where nothing is published."""
    return None if centre.published is None else _by_agent(centre.published, week, before=False)


def _by_agent(table: pd.DataFrame | None, week: Week, *, before: bool) -> dict[str, list[Shift]]:
    found: dict[str, list[Shift]] = {}
    if table is not None:
        for shift in shifts_of(table, week):
            if (shift.day < 0) if before else (0 <= shift.day < 7):
                found.setdefault(shift.agent, []).append(shift)
    return found
