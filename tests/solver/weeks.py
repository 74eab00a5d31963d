"""One agent's weeks, all of them: what the tables admit by a walk of their own, and what the check says."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise, product
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from solver.calendar import DEAD, automaton
from solver.rules import Person, Rules
from solver.week import FREE, best_week, menu, planned, scratch, worth_of_hours
from tests.solver.fillings import admitted
from tests.tiny import FREE_OF_LIMITS, MONDAY, tiny_agent, tiny_centre
from wfm.centre import Absence, Availability, Centre, Lock, ShiftKind
from wfm.check import check
from wfm.clock import Week
from wfm.problem import Problem
from wfm.roster import Segment, Shift, table_of

Choices = tuple[int, ...]
PLAIN_WEEK, TWO_MONTHS = date(2026, 11, 9), MONDAY
SPRING, AUTUMN = date(2026, 3, 23), date(2026, 10, 19)  # clocks change on their Sundays in Berlin


def shift_kind(name: str, *hours: float, paid: tuple[int, ...] = (8,), sessions: tuple[int, ...] = ()) -> ShiftKind:
    """A kind that starts at each of some hours (evenly apart), of so many paid hours, without breaks."""
    minutes = [round(hour * 60) for hour in hours]
    return ShiftKind(
        kind=name,
        earliest_start=minutes[0],
        latest_start=minutes[-1],
        step_minutes=minutes[1] - minutes[0] if len(minutes) > 1 else 30,
        paid_minutes=tuple(hour * 60 for hour in paid),
        meal=None,
        rests=(),
        min_work_between=60 if sessions else 0,
        session_minutes=sessions,
    )


class Case:
    """A centre of one agent, ann, whose week is tried: `terms` are fields of the contract, the rest is said in days of
    the week (0 = Monday) and hours of the day."""

    def __init__(
        self,
        *kinds: ShiftKind,
        monday: date = PLAIN_WEEK,
        timezone: str = "Asia/Shanghai",
        worked: dict[int, tuple[float, float]] | None = None,
        away: tuple[tuple[float, float], ...] = (),
        hours: tuple[tuple[int, float, float], ...] = (),
        locks: tuple[tuple[int, str] | tuple[int, str, float, float], ...] = (),
        hired: int = -999,
        leaves: int | None = None,
        skilled: bool = True,
        contract_kinds: tuple[str, ...] | None = None,
        **terms: Any,
    ) -> None:
        self.monday, self.zone = monday, ZoneInfo(timezone)
        own = tuple(kind.kind for kind in kinds) if contract_kinds is None else contract_kinds
        agent = tiny_agent(
            "ann",
            hired_on=self._date(hired),
            leaves_on=None if leaves is None else self._date(leaves),
            skills={"enquiry": 1.0} if skilled else {},
        )
        self.centre: Centre = tiny_centre(
            agents=[agent],
            kinds=kinds,
            contracts=[replace(FREE_OF_LIMITS, shifts=own, **terms)],
            timezone=timezone,
            seats=None,
            classroom_places=None,
            grid_minutes=30,
            absences=tuple(
                Absence(agent="ann", start=self._time(0, first), end=self._time(0, last), kind="leave")
                for first, last in away
            ),
            availability=tuple(
                Availability(agent="ann", weekday=day, start=round(first * 60), end=round(last * 60))
                for day, first, last in hours
            ),
            locks=tuple(self._lock(*lock) for lock in locks),
        )
        if worked is not None:
            self.centre = replace(self.centre, worked=self._worked(worked))
        self.week: Week = self.centre.week(monday)
        problem = Problem(centre=self.centre, week=self.week, required=np.zeros((1, self.week.intervals)))
        self.rules = Rules(problem)

    @property
    def months(self) -> int:
        """Months that the week touches."""
        return len({self._date(day).month for day in range(7)})

    def _date(self, day: int) -> date:
        return self.monday + timedelta(days=day)

    def _time(self, day: int, hour: float) -> datetime:
        minutes = round(hour * 60)
        on = self._date(day + minutes // 1440)
        return datetime(on.year, on.month, on.day, minutes % 1440 // 60, minutes % 60, tzinfo=self.zone)

    def _lock(self, day: int, activity: str, start: float | None = None, end: float | None = None) -> Lock:
        times = [None if hour is None else self._time(day, hour) for hour in (start, end)]
        return Lock(agent="ann", date=self._date(day), start=times[0], end=times[1], activity=activity)

    def _worked(self, worked: dict[int, tuple[float, float]]) -> Any:
        week = self.centre.week(self.monday)
        spans = {day: tuple(week.minute(self._time(day, hour)) for hour in hours) for day, hours in worked.items()}
        shifts = [
            Shift(agent="ann", day=day, segments=(Segment(start, end, "work", True),))
            for day, (start, end) in spans.items()
        ]
        return table_of(shifts, week)


def legal_weeks(case: Case, tried: Iterable[Choices]) -> frozenset[Choices]:
    """Which of these weeks the check finds legal; a week is the choice of every day (or FREE)."""
    shown = _shown(case.rules)
    return frozenset(
        week
        for week in tried
        if not check(case.centre, case.week, [shown[choice] for choice in week if choice != FREE], unrostered=())
    )


def all_weeks(case: Case) -> list[Choices]:
    """Every combination of choices of the days, the agent's or not."""
    days = [np.flatnonzero(case.rules.choices.day == day).tolist() for day in range(7)]
    return list(product(*([FREE, *own] for own in days)))


def _shown(rules: Rules) -> dict[int, Shift]:
    """Each choice as one of its shifts; they are all different, so that a week of choices is a roster."""
    shown = {choice: admitted(rules, choice)[0].shift for choice in range(len(rules.choices.day))}
    assert len(set(shown.values())) == len(shown)
    return shown


def admitted_weeks(case: Case, person: Person, *, most: int | None = None) -> set[Choices]:
    """Weeks that a compiled agent's tables admit; `most` paid minutes instead of the bound's."""
    bounds = person.bounds
    limit = bounds.most if most is None else most
    own = {FREE, *person.choices.tolist()}
    days = [[choice for choice in day if choice in own] for day in _by_day(case.rules)]
    return {week for week in product(*days) if _holds(case.rules, person, week, limit)}


def _by_day(rules: Rules) -> list[list[int]]:
    return [[FREE, *np.flatnonzero(rules.choices.day == day).tolist()] for day in range(7)]


def _holds(rules: Rules, person: Person, week: Choices, most: int) -> bool:
    choices, bounds = rules.choices, person.bounds
    taken = [choice for choice in week if choice != FREE]
    paid = sum(int(choices.paid[choice]) for choice in taken)
    clocks = [int(choices.clock[choice]) for choice in taken]
    return (
        calendar_holds(person, tuple(choice != FREE for choice in week))
        and bounds.fewest <= paid <= most
        and sum(bool(choices.night[choice]) for choice in taken) <= bounds.nights
        and all(choices.start[later] >= choices.end[earlier] + bounds.rest for earlier, later in pairwise(taken))
        and (bounds.spread is None or not taken or any(_near(first, clocks, bounds.spread) for first in clocks))
    )


def _near(first: int, clocks: list[int], spread: int) -> bool:
    return all((clock - first) % 1440 <= spread for clock in clocks)


def calendar_holds(person: Person, works: tuple[bool, ...]) -> bool:
    """Whether the automaton walks through these days."""
    step, state = automaton(person.calendars).step, 0
    for day, worked in enumerate(works):
        state = int(step[day, state, int(worked)])
        if state == DEAD:
            return False
    return True


def worth(rules: Rules, person: Person, week: Choices, values: np.ndarray) -> float:
    """What a week is worth: its choices' values, less hours below the target and overtime."""
    taken = [choice for choice in week if choice != FREE]
    paid = sum(int(rules.choices.paid[choice]) for choice in taken)
    rates, bounds = rules.centre.cost, person.bounds
    below, over = max(0.0, bounds.target - paid), max(0, paid - bounds.overtime_after)
    return float(sum(values[choice] for choice in taken)) - rates.below_hours * below - rates.overtime * over


def sessions_of(rules: Rules, week: Choices) -> list[int]:
    """Lengths in order of the week's sessions that a plan asked for: not those without which there is no such shift."""
    choices = rules.choices
    return [int(choices.session[choice]) for choice in week if choice != FREE and not choices.bare[choice]]


def best(
    rules: Rules, person: Person, values: np.ndarray, sessions: list[int], states: int = 1 << 13
) -> tuple[float, Choices]:
    """The solver's best week under values of all choices, with up to the planned sessions in this order.

    `states` of a day have room in the memory from the start.
    """
    choices, bounds = rules.choices, person.bounds
    kept = person.choices[choices.bare[person.choices] | np.isin(choices.session[person.choices], sessions)]
    unit = int(np.gcd.reduce(choices.paid[kept])) if len(kept) else 1
    own = menu(choices, kept, unit, split_nights=bounds.nights < 7)
    most = min(bounds.most // unit, 7 * int(own.paid.max(initial=0)))
    limits = (-(-bounds.fewest // unit), most, min(bounds.nights, 7))
    rates = (rules.centre.cost.below_hours, rules.centre.cost.overtime)
    ends = worth_of_hours(unit, most, bounds.target, bounds.overtime_after, rates)
    clock = choices.clock[own.choice]
    spread = 1440 if bounds.spread is None else bounds.spread
    memory = scratch(len(own.choice), states)
    found: tuple[float, Choices] | None = None
    for anchor in np.unique(clock) if bounds.spread is not None and len(clock) else np.zeros(1, dtype=np.int64):
        usable = (clock - anchor) % 1440 <= spread
        week = np.full(7, FREE, dtype=np.int64)
        value = best_week(
            own, automaton(person.calendars), values[own.choice], usable, planned(sessions), limits, ends,
            bounds.rest, memory, week,
        )  # fmt: skip
        if found is None or value > found[0]:
            found = float(value), tuple(int(own.choice[p]) if p != FREE else FREE for p in week)
    assert found is not None
    return found
