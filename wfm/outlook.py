"""Many weeks ahead: contacts by queue, and the agent-hours and agents at once that they require."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from wfm.centre import Centre
from wfm.demand import Floats, Forecast
from wfm.requirement import at_work

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """A forecast of weeks in a row by the wall clock, in which a week always has 7 days of 24 hours.

    `offered` are contacts, `opened` whether the queue is open, both of shape (queues, weeks, intervals of a week);
    `aht_seconds` (queues, intervals of a week). `low` and `high` are factors on a week's contacts between which 80% of
    such weeks are expected, shape (queues, weeks). `caveats` are what a planner should know before trusting it.
    """

    mondays: tuple[date, ...]
    queues: tuple[str, ...]
    offered: Floats
    low: Floats
    high: Floats
    aht_seconds: Floats
    opened: Bools
    method: Mapping[str, str] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()

    @property
    def contacts(self) -> Floats:
        """Contacts of whole weeks, shape (queues, weeks)."""
        return np.asarray(self.offered.sum(axis=2))


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyRequirement:
    """Agent-hours at work by queue and week, for the contacts expected and for the limits of their band, and the most
    agents at work at once: of each queue, and of all together, shape (weeks,)."""

    hours: Floats
    hours_low: Floats
    hours_high: Floats
    peak: Floats
    peak_together: Floats


def weekly_requirement(centre: Centre, outlook: Outlook) -> WeeklyRequirement:
    """Every interval of every week is staffed by the formulas of the requirement, absence and attrition left to supply."""
    shape = outlook.contacts.shape
    hours, low, high, peak = (np.zeros(shape) for _ in range(4))
    together = np.zeros(shape[1])
    step = centre.interval_minutes / 60
    for week in range(shape[1]):
        expected = _agents(centre, outlook, week, np.ones(shape[0]))
        hours[:, week] = expected.sum(axis=1) * step
        peak[:, week] = expected.max(axis=1, initial=0.0)
        together[week] = expected.sum(axis=0).max(initial=0.0)
        low[:, week] = _agents(centre, outlook, week, outlook.low[:, week]).sum(axis=1) * step
        high[:, week] = _agents(centre, outlook, week, outlook.high[:, week]).sum(axis=1) * step
    return WeeklyRequirement(hours=hours, hours_low=low, hours_high=high, peak=peak, peak_together=together)


def _agents(centre: Centre, outlook: Outlook, week: int, factor: Floats) -> Floats:
    forecast = Forecast(
        week=centre.week(outlook.mondays[week]),
        queues=outlook.queues,
        offered=outlook.offered[:, week] * factor[:, None],
        limits={},
        aht_seconds=outlook.aht_seconds,
    )
    return at_work(centre, forecast, opened=outlook.opened[:, week])
