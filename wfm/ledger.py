"""The ledger of burdens: nights, weekends, early and late shifts, refused requests, and who has had a fair share."""

from collections import Counter
from functools import lru_cache

import numpy as np

from wfm.centre import Centre, worked_before
from wfm.clock import Week
from wfm.kind import is_night
from wfm.roster import Shift

EARLY_UNTIL = 7 * 60  # a shift that starts before this wall time is early
LATE_AFTER = 22 * 60  # one that ends after it is late; a night is neither


def points_of(week: Week, start: int, end: int, day: int) -> dict[str, int]:
    """Ledger points of a shift by kind: night, early or late, and weekend; one each."""
    found = {}
    if is_night(week, start, end):
        found["night"] = 1
    elif start < min(week.at(day, EARLY_UNTIL), default=0):
        found["early"] = 1
    elif end > max(week.at(day, LATE_AFTER), default=end):
        found["late"] = 1
    if week.date_of(day).weekday() >= 5:
        found["weekend"] = 1
    return found


def points_of_week(week: Week, shifts: list[Shift]) -> int:
    """Points of an agent's shifts, requests aside."""
    return sum(_points(week, s.start, s.end, s.day) for s in shifts)


@lru_cache(maxsize=1 << 16)  # thousands of people begin and end at the same few hundred times
def _points(week: Week, start: int, end: int, day: int) -> int:
    return sum(points_of(week, start, end, day).values())


@lru_cache(maxsize=4)
def allowances(centre: Centre, week: Week) -> dict[str, float]:
    """Points each agent may gain this week before they are above the mean of the contract; inf without a ledger.

    The ledger of w weeks before (ledger.csv, else counted from worked.csv) has a mean m by contract; with a week as
    those before the mean becomes m (w + 1) / w, and an agent who stands at b may gain max(0, m (w + 1) / w - b).
    """
    points, weeks = _points_before(centre, week)
    if not weeks:
        return dict.fromkeys(centre.agents, float("inf"))
    found: dict[str, float] = {}
    for contract in centre.contracts:
        members = [name for name, agent in centre.agents.items() if agent.contract == contract]
        if members:
            mean = float(np.mean([points[name] for name in members])) * (weeks + 1) / weeks
            found |= {name: max(0.0, mean - points[name]) for name in members}
    return found


def _points_before(centre: Centre, week: Week) -> tuple[dict[str, float], int]:
    """Points of every agent before the week and how many weeks they come from."""
    points = dict.fromkeys(centre.agents, 0.0)
    if centre.ledger is not None:
        earlier = [entry for entry in centre.ledger if entry.week < week.monday]
        for entry in earlier:
            if entry.agent in points:
                points[entry.agent] += entry.points
        return points, len({entry.week for entry in earlier})
    days: set[int] = set()
    for name, shifts in worked_before(centre, week).items():
        days |= {shift.day // 7 for shift in shifts}
        if name in points:
            points[name] = float(points_of_week(week, shifts))
    return points, len(days)


def unfair_points(centre: Centre, week: Week, by_agent: dict[str, list[Shift]], refused: Counter[str]) -> float:
    """Points of this week beyond each agent's allowance, refused requests counted as one each."""
    allowed = allowances(centre, week)
    names = by_agent.keys() | refused.keys()
    return sum(max(0.0, points_of_week(week, by_agent.get(n, [])) + refused[n] - allowed[n]) for n in sorted(names))
