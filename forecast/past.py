"""What is known of a queue at the beginning of a date, with what several models need of it worked out once."""

from contextlib import suppress
from dataclasses import replace
from functools import cached_property

import numpy as np

from forecast.average import weekday_mean
from forecast.calendar import WORKDAY_SHAPE, Calendar
from forecast.factors import factor_forecast
from forecast.few_weeks import weekday_courses
from forecast.history import Bools, Floats, QueueHistory, current_slots, weekday
from forecast.level import DayDesign, DayTotals, day_design, day_totals, doubting_single_dates, poisson_totals
from forecast.shape import shapes
from forecast.six_weeks import WEEKS_AVERAGED, moved, six_week_mean, special_dates

REACH_DAYS = 1826  # five years: older history is left out, it says little and takes time
ENOUGH_ROWS = 0.75  # a day's total is recovered from rows that usually hold so much of it
ALL_WEEKS = 10_000


class Past:
    """History of a queue, cleaned, and the dates `ahead` of its end that are to be told.

    `calendar` covers both. Arrays about the past have shape (days, …), about what is to come (ahead, …). The history
    begins with the first date of which anything is known: how long it is says how much can be learned from it.
    """

    def __init__(self, history: QueueHistory, calendar: Calendar, *, ahead: int) -> None:
        drop = max(0, history.days - REACH_DAYS)
        known = np.flatnonzero(np.isfinite(history.offered[drop:]).any(axis=1))
        drop += int(known[0]) if known.size else 0
        first = history.first + drop
        self.history = replace(
            history,
            first=first,
            offered=history.offered[drop:],
            abandoned=history.abandoned[drop:],
            aht_seconds=history.aht_seconds[drop:],
        )
        self.calendar = calendar.part(first, history.end + ahead)
        self.before = calendar.part(first, history.end)
        self.coming = calendar.part(history.end, history.end + ahead)
        self.ahead = ahead

    @cached_property
    def current(self) -> Bools:
        """Shape (7, slots): slots of a weekday that are in use."""
        return current_slots(self.history)

    @cached_property
    def usual_slots(self) -> Bools:
        """Shape (ahead, slots): slots in use on the dates to come."""
        weekdays = np.argmax(self.coming.weekdays, axis=1)
        working = self.current[:5].any(axis=0)
        return np.where((self.coming.shape == WORKDAY_SHAPE)[:, None], working, self.current[weekdays])

    @cached_property
    def profile(self) -> Floats:
        """Shape (days, slots): what a date's weekday usually holds, over all of history."""
        return np.asarray(self.before.weekdays @ np.where(self.current, np.nan_to_num(self._all_weeks), 0.0))

    @cached_property
    def _all_weeks(self) -> Floats:
        return weekday_mean(self.history, weeks=ALL_WEEKS)

    @cached_property
    def totals(self) -> Floats:
        """Contacts of each date; NaN where the rows there are would usually hold too little of the day.

        Of a weekday on which nobody ever calls each row holds as much as the next: its dates are known to be nothing.
        """
        days = weekday(self.history.ordinals)
        called = self.profile.any(axis=1, keepdims=True)
        weight = np.where(called, self.profile, self.current[days].astype(float))
        seen = np.isfinite(self.history.offered) & (weight > 0)
        whole = weight.sum(axis=1)
        held = np.where(seen, weight, 0.0).sum(axis=1)
        part = np.divide(held, whole, out=np.zeros(len(whole)), where=whole > 0)
        counted = np.where(seen, self.history.offered, 0.0).sum(axis=1)
        return np.asarray(np.divide(counted, part, out=np.full(len(part), np.nan), where=part >= ENOUGH_ROWS))

    @cached_property
    def shapes(self) -> Floats:
        """Shares of a day's contacts by shape class: (SHAPES, slots)."""
        return shapes(self.history.offered, self.before.shape, self.current)

    @cached_property
    def design(self) -> DayDesign:
        """What the calendar has for regressions on the dates whose total is known."""
        design = day_design(self.calendar, np.isfinite(self.totals), self.ahead)
        return doubting_single_dates(design, self.totals)

    @cached_property
    def level(self) -> DayTotals:
        """Day totals by regression."""
        return day_totals(self.totals, self.design)

    @cached_property
    def poisson(self) -> Floats:
        """Day totals by Poisson regression: (ahead,)."""
        return poisson_totals(self.totals, self.calendar, ahead=self.ahead)

    @cached_property
    def six_weeks(self) -> Floats:
        """The mean that planners use: (ahead, slots)."""
        return six_week_mean(self.history, self.before, self.coming, shapes=self.shapes, level=self._effects)

    @cached_property
    def few_weeks(self) -> Floats:
        """What a few weeks say whose weekdays lean on each other: (ahead, slots).

        ValueError where most of the days have too few rows for it: the mean takes each row as it is.
        """
        days, special = weekday(self.history.ordinals), special_dates(self.history, self.before)
        usable = np.isfinite(self.totals)
        if 2 * usable.sum() < np.isfinite(self.history.offered).any(axis=1).sum():
            raise ValueError("most days have too few rows")
        kept = usable if special is None else usable & ~special
        # A weekday of which every date is special is told from these: nothing else is known of it.
        kept = kept | (usable & ~np.isin(days, days[kept]))
        courses = weekday_courses(self.filled, np.where(kept, self.totals, np.nan), days, self.current)
        # A weekday none of whose dates is whole still has rows of its own, nearer to it than other weekdays are.
        unknown = ~np.isfinite(courses).any(axis=1, keepdims=True)
        courses = np.where(unknown, weekday_mean(self.history, weeks=WEEKS_AVERAGED, left_out=special), courses)
        return moved(courses, self.history, self.coming, shapes=self.shapes, level=self._effects)

    @cached_property
    def _effects(self) -> DayTotals | None:
        with suppress(ValueError, np.linalg.LinAlgError):
            return self.level
        return None

    @cached_property
    def factors(self) -> Floats:
        """The factor model: (ahead, slots)."""
        return factor_forecast(self.filled, self.design)

    @cached_property
    def factor_totals(self) -> Floats:
        """Day totals of the factor model: (ahead,)."""
        return np.asarray(np.where(self.usual_slots, self.factors, 0.0).sum(axis=1))

    @cached_property
    def factor_shares(self) -> Floats:
        """The factor model's course of each day, (ahead, slots); where it expects nobody the mean shape stands in."""
        total, mean = self.factor_totals[:, None], self.shapes[self.coming.shape]
        return np.asarray(np.divide(self.factors, total, out=mean.copy(), where=total > 0))

    @cached_property
    def averaged_totals(self) -> Floats:
        """The mean of three day totals: regression with autoregression, Poisson regression, factor model."""
        return (self.level.mean + self.poisson + self.factor_totals) / 3

    @cached_property
    def filled(self) -> Floats:
        """History, (days, slots), with missing rows at what is usual for the weekday, at the level of the day."""
        total = self.profile.sum(axis=1)
        level = np.divide(np.nan_to_num(self.totals), total, out=np.zeros(len(total)), where=total > 0)
        offered = self.history.offered
        filled = np.where(np.isfinite(offered), np.nan_to_num(offered), self.profile * level[:, None])
        return np.where(self.current.any(axis=0), filled, 0.0)
