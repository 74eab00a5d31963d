"""The cost of a roster: one number in agent-minutes and the terms it is made of (docs/cost.md tells them in words)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from wfm.centre import Centre, Request, published_shifts, reaching_into
from wfm.clock import Week
from wfm.coverage import DEEP, presence, skill_groups, staffed
from wfm.demand import Floats
from wfm.entitlement import entitlements
from wfm.kind import kinds_of
from wfm.ledger import unfair_points
from wfm.roster import Activity, Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a roster costs. `terms` are agent-minutes by the names of `[cost]`; hours are agent-hours.

    `staffed` has shape (queues, intervals): effective agents after sharing, last week's tail included.
    """

    terms: dict[str, float]
    staffed: Floats
    required_hours: float
    short_hours: float
    surplus_hours: float
    training_due: int
    training_placed: int
    requests: int
    requests_met: int

    @property
    def total(self) -> float:
        """The cost: the sum of the terms."""
        return sum(self.terms.values())


def reckon(centre: Centre, week: Week, required: Floats, shifts: Sequence[Shift]) -> Cost:
    """Count the cost of the week's shifts against `required` rostered agents, shape (queues, intervals)."""
    by_agent: dict[str, list[Shift]] = {}
    for shift in shifts:
        by_agent.setdefault(shift.agent, []).append(shift)
    rates = centre.cost
    staffing, coverage_terms, hours = _coverage(centre, week, required, shifts)
    entitled = entitlements(centre, week)
    overtime = below = 0.0
    due = placed = 0
    for name, own in entitled.items():
        paid = sum(shift.paid_minutes for shift in by_agent.get(name, ()))
        below += max(0.0, own.target_minutes - paid)
        overtime += max(0, paid - own.overtime_after) if own.overtime_after is not None else 0
        due += own.training_due
        trained = sum(shift.minutes_of(Activity.TRAINING) for shift in by_agent.get(name, ()))
        placed += min(trained, own.training_due)
    wishes = week_requests(centre, week)
    refused = [wish for wish in wishes if not request_met(centre, week, wish, by_agent.get(wish.agent, ()))]
    terms = coverage_terms | {
        "overtime": rates.overtime * overtime,
        "below_hours": rates.below_hours * below,
        "request": rates.request * sum(wish.weight for wish in refused),
        "training": rates.training * (due - placed),
        "fairness": rates.fairness * unfair_points(centre, week, by_agent, Counter(wish.agent for wish in refused)),
        "change": rates.change * changed_shifts(centre, week, shifts),
    }
    return Cost(
        terms=terms,
        staffed=staffing,
        required_hours=hours[0],
        short_hours=hours[1],
        surplus_hours=hours[2],
        training_due=due,
        training_placed=placed,
        requests=len(wishes),
        requests_met=len(wishes) - len(refused),
    )


def _coverage(
    centre: Centre, week: Week, required: Floats, shifts: Sequence[Shift]
) -> tuple[Floats, dict[str, float], tuple[float, float, float]]:
    groups = skill_groups(centre)
    at_work = presence(groups, week, [*reaching_into(centre, week), *shifts])
    rates = centre.cost
    weights = [queue.weight for queue in centre.queues.values()]
    staffing = staffed(groups, at_work, required, weights, (rates.shortage, rates.shortage_deep, rates.surplus))
    short, surplus = np.maximum(required - staffing, 0), np.maximum(staffing - required, 0)
    deep = np.maximum(short - DEEP * required, 0)
    weight, minutes = np.array(weights)[:, None], week.interval_minutes
    shortage = rates.shortage * (short - deep) + rates.shortage_deep * deep
    terms = {
        "shortage": float((weight * shortage).sum() * minutes),
        "surplus": float(rates.surplus * surplus.sum() * minutes),
    }
    required_hours, short_hours, surplus_hours = (
        float(table.sum() * minutes / 60) for table in (required, short, surplus)
    )
    return staffing, terms, (required_hours, short_hours, surplus_hours)


def week_requests(centre: Centre, week: Week) -> list[Request]:
    """Requests for dates of the week on which their agent is employed."""
    return [
        wish
        for wish in centre.requests
        if 0 <= week.day(wish.date) < 7 and centre.agents[wish.agent].employed_on(wish.date)
    ]


def request_met(centre: Centre, week: Week, wish: Request, shifts: Iterable[Shift]) -> bool:
    """Whether the agent's shifts grant a wish; a day without a shift grants every wish but one for a kind of shift."""
    own = next((shift for shift in shifts if week.date_of(shift.day) == wish.date), None)
    if own is None:
        return wish.kind != "shift"
    match wish.kind:
        case "off":
            return False
        case "shift":
            return wish.value in kinds_of(centre, week, own)
        case "start_after":
            return own.start >= min(week.at(own.day, wish.clock or 0), default=own.start)
        case _:
            return own.end <= max(week.at(own.day, wish.clock or 0), default=own.end)


def changed_shifts(centre: Centre, week: Week, shifts: Sequence[Shift]) -> int:
    """Shifts that differ from the published week in date, start or end, dropped and added ones included."""
    published = published_shifts(centre, week)
    if published is None:
        return 0
    was = {(s.agent, s.day): (s.start, s.end) for own in published.values() for s in own if s.agent in centre.agents}
    now = {(s.agent, s.day): (s.start, s.end) for s in shifts}
    return sum(was.get(key) != now.get(key) for key in was.keys() | now.keys())
