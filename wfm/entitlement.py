"""What the week may ask of an agent and owes to them: days, hours and training, scaled to a part of a week."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache, lru_cache
from math import ceil, floor

from wfm.centre import Agent, Centre
from wfm.clock import Week


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """An agent's week. `present[d]`: employed and not absent all of day d. Minutes are paid minutes.

    `shifts` and `minutes` are the hard bounds (inclusive; `minutes[1]` includes allowed overtime),
    `target_minutes` the hours below which each minute costs, `overtime_after` those above which each costs,
    `training_due` what is owed this week, rounded down to what sessions can make up.
    """

    present: tuple[bool, ...]
    shifts: tuple[int, int]
    minutes: tuple[int, int]
    target_minutes: float
    overtime_after: int | None
    training_due: int

    @property
    def available_days(self) -> int:
        """Dates on which the agent is employed and not absent all day."""
        return sum(self.present)


UNLIMITED_MINUTES = 7 * 24 * 60


@lru_cache(maxsize=4)
def entitlements(centre: Centre, week: Week) -> dict[str, Entitlement]:
    """The week of every agent employed on at least one of its dates, in the order of agents.csv. Not to be changed: it is
    kept."""
    absent = absent_dates(centre, week)
    return {
        name: _entitlement(centre, week, agent, absent.get(name, frozenset()))
        for name, agent in centre.agents.items()
        if any(agent.employed_on(week.date_of(day)) for day in range(7))
    }


def absent_dates(centre: Centre, week: Week) -> dict[str, frozenset[int]]:
    """Days of the week (0 = Monday) that each agent's absences cover from midnight to midnight."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for absence in centre.absences:
        start, end = week.minute(absence.start), week.minute(absence.end)
        if end > 0 and start < week.minutes:
            spans.setdefault(absence.agent, []).append((start, end))
    return {agent: _covered_days(sorted(found), week) for agent, found in spans.items()}


def _covered_days(spans: list[tuple[int, int]], week: Week) -> frozenset[int]:
    days = []
    for day in range(7):
        reached, end = week.midnight(day), week.midnight(day + 1)
        for span in spans:
            if span[0] <= reached < span[1]:
                reached = span[1]
        if reached >= end:
            days.append(day)
    return frozenset(days)


def _entitlement(centre: Centre, week: Week, agent: Agent, absent: frozenset[int]) -> Entitlement:
    contract = centre.contracts[agent.contract]
    present = tuple(agent.employed_on(week.date_of(day)) and day not in absent for day in range(7))
    part = Fraction(sum(present), 7)
    fewest, most = contract.days or (0, 7)
    shifts = (floor(fewest * part), ceil(most * part))
    lowest, highest = contract.weekly_minutes or (0, UNLIMITED_MINUTES)
    if part == 1:
        minutes = (lowest, highest + contract.overtime_minutes_max)
    else:
        half = Fraction(min(min(centre.kinds[kind].paid_minutes) for kind in contract.shifts), 2)
        minutes = (max(0, ceil(lowest * part - half)), floor(min(Fraction(highest), highest * part + half)))
    return Entitlement(
        present=present,
        shifts=shifts,
        minutes=minutes,
        target_minutes=float(lowest * part),
        overtime_after=None if contract.weekly_minutes is None else highest,
        training_due=_training_due(centre, week, agent, sessions=min(shifts[1], sum(present))),
    )


def _training_due(centre: Centre, week: Week, agent: Agent, *, sessions: int) -> int:
    contract = centre.contracts[agent.contract]
    lengths = frozenset(length for kind in contract.shifts for length in centre.kinds[kind].session_minutes)
    owed = sum(
        (_owed_in_month(centre, agent, dates, contract.training_minutes_month) for dates in _months(week)), Fraction(0)
    )
    return _made_up(lengths, sessions, floor(owed))


@cache
def _made_up(lengths: frozenset[int], sessions: int, owed: int) -> int:
    """The most minutes, none beyond what is owed, that so many sessions of these lengths can make up."""
    sums = {0}
    for _ in range(sessions):
        sums |= {placed + length for placed in sums for length in lengths if placed + length <= owed}
    return max(sums)


def _months(week: Week) -> list[list[date]]:
    """The week's dates, split by month."""
    dates = [week.date_of(day) for day in range(7)]
    return [found for month in dict.fromkeys(d.replace(day=1) for d in dates) if (found := _in_month(dates, month))]


def _in_month(dates: list[date], month: date) -> list[date]:
    return [d for d in dates if d.replace(day=1) == month]


def _owed_in_month(centre: Centre, agent: Agent, dates: list[date], monthly_minutes: int) -> Fraction:
    first = dates[0].replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    owed = centre.owed.get((agent.agent, first))
    if owed is None:
        return Fraction(monthly_minutes * len(dates), last.day)
    return Fraction(owed * len(dates), (last - dates[0]).days + 1)
