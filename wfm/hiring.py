"""What a centre says of the people it will have: attrition, leave, hiring classes, transfers, overtime, time off.

Values only, as capacity.toml states them; every one has a default, so that a centre without the file gets a plan.
"""

from dataclasses import dataclass, field
from datetime import date

MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Attrition:
    """How people leave who have not said so yet. `annual` None is the centre's own rate.

    In the first months of employment the hazard is `first_months_factor` times the later one; nobody is gone within
    `notice_weeks` from today whose leaving date is not known.
    """

    annual: float | None = None
    first_months: float = 6.0
    first_months_factor: float = 2.0
    notice_weeks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HiringClass:
    """People who may be hired and trained together, several times over: `size` [least, most], `ramp` the handling time
    relative to the usual one in each four weeks after training.

    `queues` are the skills they get, `drop_out` the share that is gone by the end of training, `earliest` the first
    date a class may begin (None: any), `max_classes` how many over the whole plan (None: no limit).
    """

    name: str
    contract: str
    queues: tuple[str, ...]
    size: tuple[int, int]
    weeks_training: int = 6
    ramp: tuple[float, ...] = (1.4, 1.3, 1.2, 1.1)
    drop_out: float = 0.1
    cost_per_hire: float = 0.0
    earliest: date | None = None
    every_weeks: int = 4
    max_classes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """So many agents of one contract and set of skills who get another contract or other skills from a date on, after
    weeks of training in which they answer nothing."""

    date: date
    agents: float
    contract: str
    queues: tuple[str, ...]
    to_contract: str
    to_queues: tuple[str, ...]
    weeks_training: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiring:
    """capacity.toml as a whole.

    `efficiency`: share of the hours at work that meet the load where it is, for shifts never fit it exactly. `leave`:
    share of the contract's hours on leave by calendar month. `overtime`: share of the contract's most overtime that
    can be had week after week; `time_off`: share of the hours between the contract's least and most that can be left
    out unpaid (VTO). `shortage_pay`: what an hour short costs, in hours' mean pay, times the queue's weight. `classes`
    None: nobody has said; the program proposes some.
    """

    attrition: Attrition = field(default_factory=Attrition)
    efficiency: float = 0.95
    leave: tuple[float, ...] = (0.06,) * MONTHS
    overtime: float = 0.5
    time_off: float = 1.0
    shortage_pay: float = 3.0
    classes: tuple[HiringClass, ...] | None = None
    classes_at_once: int | None = None
    trainees_at_once: int | None = None
    transfers: tuple[Transfer, ...] = ()
