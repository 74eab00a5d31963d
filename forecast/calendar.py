"""What is special about each date: holidays and the days around them, shifted weekends, events, outages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays
import numpy as np
from numpy.typing import NDArray

from forecast.history import Bools, Floats, weekday
from wfm.centre import Centre, SpecialDay

HOLIDAY_SHAPE, WORKDAY_SHAPE, SHAPES = 7, 8, 9
LONG_HOLIDAY = 3  # official days from which the weekends within count as part of the holiday
AROUND = 2  # days before and after a holiday that differ from others
AROUND_LONG = 7  # and of a long one, whose date moves with the moon or not: its days are told by their distance to it
FAR = "as far as "  # begins the labels of those days: they are seen once a year, so that little is believed of them
NEAR = tuple(f"{distance} {side} " for side in ("before", "after") for distance in range(1, AROUND + 1))
CHANGED = ("holiday", "holiday at a weekend", "weekend of a holiday", "working weekend")
GENERAL_LABELS = (*CHANGED, *(f"{near}a holiday" for near in NEAR))
EVENT = "event "  # begins the labels of what a planner has named


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A queue's dates from `first` (ordinal) on.

    `labels` are the learned effects that a date carries; `factor` is what a planner has stated for it. `shape` is the
    class of its course over the day: a weekday, a holiday on a weekday, or a working weekend. `weekend` are the weekdays
    (0 = Monday) that are free in the country.
    """

    first: int
    labels: tuple[tuple[str, ...], ...]
    factor: Floats
    left_out: Bools
    shape: NDArray[np.int64]
    weekend: frozenset[int] = frozenset((5, 6))

    def part(self, start: int, end: int) -> "Calendar":
        """The dates from one ordinal up to another."""
        rows = slice(start - self.first, end - self.first)
        return Calendar(
            first=start,
            labels=self.labels[rows],
            factor=self.factor[rows],
            left_out=self.left_out[rows],
            shape=self.shape[rows],
            weekend=self.weekend,
        )

    @property
    def free(self) -> Bools:
        """Shape (days,): dates of a weekend on which nobody is said to work."""
        return np.asarray(np.isin(self.shape, sorted(self.weekend)))

    @property
    def weekdays(self) -> Floats:
        """Shape (days, 7): the weekday as 0 or 1; a working weekend is a fifth of every day from Monday to Friday."""
        share = np.eye(7)[weekday(np.arange(self.first, self.first + len(self.labels)))]
        share[self.shape == WORKDAY_SHAPE] = [0.2] * 5 + [0.0] * 2
        return share


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCalendar:
    """A country's public holidays by name, its shifted working days and its weekend."""

    names: dict[date, str]
    workdays: frozenset[date]
    weekend: frozenset[int]
    known: bool


def queue_calendar(centre: Centre, queue: str, *, start: int, end: int) -> Calendar:
    """The calendar of a queue for the dates from ordinal `start` up to `end`."""
    rows = [s for s in centre.special_days if s.queue in (None, queue)]
    years = range(date.fromordinal(start - 30).year, date.fromordinal(end + 30).year + 1)
    public = _overridden(public_calendar(centre.country, years.start, years.stop), rows)
    labels: dict[date, list[str]] = {}
    for day, label in [*_holiday_labels(public), *_other_labels(rows)]:
        labels.setdefault(day, []).append(label)
    dates = [date.fromordinal(ordinal) for ordinal in range(start, end)]
    excluded = {s.date for s in rows if s.kind in ("closed", "outage")}
    return Calendar(
        first=start,
        labels=tuple(tuple(labels.get(day, ())) for day in dates),
        factor=_factors(rows, start, end),
        left_out=np.array([day in excluded for day in dates], dtype=bool),
        shape=np.array([_shape(day, public) for day in dates], dtype=np.int64),
        weekend=public.weekend,
    )


def day_names(centre: Centre, queue: str, *, start: int, end: int) -> dict[date, str]:
    """What special dates from ordinal `start` up to `end` are known by: names of special_days.csv and public holidays,
    and how far a date is from a holiday near it."""
    rows = [s for s in centre.special_days if s.queue in (None, queue)]
    years = range(date.fromordinal(start - 30).year, date.fromordinal(end + 30).year + 1)
    public = _overridden(public_calendar(centre.country, years.start, years.stop), rows)
    names = [(row.date, row.name or row.kind) for row in rows]
    names += [(day, "working weekend") for day in public.workdays - {row.date for row in rows}]
    holiday = [(day, label) for day, label in _holiday_labels(public) if label not in GENERAL_LABELS]
    names += [(day, label) for day, label in holiday if ", day " not in label and not label.startswith((FAR, *NEAR))]
    named = {day for day, _ in names}
    names += [(day, _near_text(label)) for day, label in holiday if label.startswith(NEAR) and day not in named]
    found: dict[date, dict[str, None]] = {}
    for day, name in names:
        if start <= day.toordinal() < end:
            found.setdefault(day, {})[name] = None
    return {day: ", ".join(told) for day, told in found.items()}


@lru_cache(maxsize=32)
def public_calendar(country: str, first_year: int, end_year: int) -> PublicCalendar:
    """Public holidays of the years from the first up to the last; not `known` for a country without a calendar."""
    try:
        found = holidays.country_holidays(country, years=range(first_year, end_year))
    except (NotImplementedError, AttributeError, KeyError):
        return PublicCalendar(names={}, workdays=frozenset(), weekend=frozenset((5, 6)), known=False)
    return PublicCalendar(
        names=dict(sorted(found.items())),
        workdays=frozenset(found.weekend_workdays),
        weekend=frozenset(found.weekend),
        known=True,
    )


def _overridden(public: PublicCalendar, rows: Iterable[SpecialDay]) -> PublicCalendar:
    """What special_days.csv says about holidays and workdays goes before the country's calendar."""
    names, workdays = dict(public.names), set(public.workdays)
    for row in rows:
        if row.kind == "holiday" and row.factor is None:
            names[row.date] = row.name
            workdays.discard(row.date)
        elif row.kind in ("holiday", "workday"):
            names.pop(row.date, None)
            workdays.discard(row.date)
            if row.kind == "workday":
                workdays.add(row.date)
    return PublicCalendar(
        names=dict(sorted(names.items())), workdays=frozenset(workdays), weekend=public.weekend, known=public.known
    )


def _holiday_labels(public: PublicCalendar) -> Iterator[tuple[date, str]]:
    for run in _runs(public):
        official = [day for day in run if day in public.names]
        name = _run_name([public.names[day] for day in official])
        for day in run:
            position = f"{name}, day {(day - official[0]).days + 1}"
            if day in public.names:
                yield day, "holiday at a weekend" if day.weekday() in public.weekend else "holiday"
                yield day, name
                yield day, position
            elif len(official) >= LONG_HOLIDAY:
                yield day, "weekend of a holiday"
                yield day, position
        for distance in range(1, (AROUND_LONG if len(official) >= LONG_HOLIDAY else AROUND) + 1):
            for day, side in ((_shifted(run[0], -distance), "before"), (_shifted(run[-1], distance), "after")):
                if distance <= AROUND:
                    yield day, f"{distance} {side} a holiday"
                    yield day, f"{distance} {side} {name}"
                else:
                    yield day, f"{FAR}{distance} {side} {name}"


def _near_text(label: str) -> str:
    distance, rest = label.split(" ", 1)
    return f"{distance} day{'' if distance == '1' else 's'} {rest}"


def _runs(public: PublicCalendar) -> list[list[date]]:
    """Holidays with the weekends that touch them, in unbroken runs."""
    free: set[date] = set(public.names)
    for day in public.names:
        for step in (-1, 1):
            near = _shifted(day, step)
            while near.weekday() in public.weekend and near not in public.workdays:
                free.add(near)
                near = _shifted(near, step)
    runs: list[list[date]] = []
    for day in sorted(free):
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _run_name(names: list[str]) -> str:
    """The first proper name; days off that stand in for others carry none of their own."""
    proper = [name for name in names if not name.startswith("Day off")] or names
    return proper[0].split(" (")[0].removesuffix("'s Eve")


def _other_labels(rows: Iterable[SpecialDay]) -> Iterator[tuple[date, str]]:
    for row in rows:
        if row.kind == "event" and row.factor is None:
            yield row.date, f"{EVENT}{row.name}"
        elif row.kind == "workday" and row.factor is None:
            yield row.date, "working weekend"


def _factors(rows: Iterable[SpecialDay], start: int, end: int) -> Floats:
    factor = np.ones(end - start)
    for row in rows:
        if row.factor is not None and start <= row.date.toordinal() < end:
            factor[row.date.toordinal() - start] *= row.factor
    return factor


def _shape(day: date, public: PublicCalendar) -> int:
    if day in public.names and day.weekday() not in public.weekend:
        return HOLIDAY_SHAPE
    return WORKDAY_SHAPE if day in public.workdays and day.weekday() in public.weekend else day.weekday()


def _shifted(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)
