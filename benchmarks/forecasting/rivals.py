"""Forecasters that a planner could take instead, each as well used as we could; packages of the extra `forecast-peers`.

All have one signature: from a question to contacts by date and slot, shape (days, slots), 0 where a slot is not in use.
What was tried and not kept stands in docs/benchmarks.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from benchmarks.forecasting.asked import Asked, Bools, Floats

YEAR = 364
PROPHET_DAYS = 5 * YEAR  # as far back as our own looks; nearer than three years
DAILY_ORDER, WEEKLY_ORDER = 8, 3
TREND_PRIOR = 0.01  # of Prophet's changepoints; its default of 0.05 follows noise here
MSTL_DAYS = YEAR // 2
SHAPE_WEEKS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A forecaster: its name, the package that brings it, how it is used in words, and its answer to a question."""

    title: str
    package: str
    used: str
    tell: Callable[[Asked], Floats]


def prophet(asked: Asked) -> Floats:
    """Roots of intervals with a course of the day for each weekday, the week, the year where two are known, and holidays.

    On square roots busy and quiet slots stray alike, and it was nearer so than with seasons that multiply.
    """
    from prophet import Prophet

    known = asked.recent(PROPHET_DAYS)
    table = _rows(asked, -len(known), np.isfinite(known))
    table["y"] = known[np.isfinite(known)] ** 0.5
    model = Prophet(
        daily_seasonality=False,
        weekly_seasonality=False,
        yearly_seasonality="auto",
        changepoint_prior_scale=TREND_PRIOR,
        uncertainty_samples=0,
    )
    model.add_seasonality("weekly", period=7, fourier_order=WEEKLY_ORDER)
    for day in np.unique(table["ds"].dt.dayofweek):
        model.add_seasonality(f"daily{day}", period=1, fourier_order=DAILY_ORDER, condition_name=f"on{day}")
    model.add_country_holidays(asked.country)
    model.fit(table)
    wanted = _rows(asked, 0, asked.in_use())
    return _placed(model.predict(wanted)["yhat"].to_numpy(), asked.in_use(), power=0.5)


def mstl(asked: Asked, *, power: float) -> Floats:
    """Slots in use one after the other, seasons of day and week, the trend by exponential smoothing.

    On contacts (`power` 1) or their roots (0.5): which is nearer differs from history to history.
    """
    from statsforecast.models import MSTL, AutoETS

    known, used = _filled(asked, MSTL_DAYS)
    a_day = {int(slots) for slots in asked.used.sum(axis=1) if slots}
    # Days of different lengths have no season of their own: the week's alone is there then.
    seasons = [*(a_day if len(a_day) == 1 else ()), int(asked.used.sum())]
    model = MSTL(season_length=seasons, trend_forecaster=AutoETS(model="ZZN"))
    wanted = asked.in_use()
    told = model.forecast(y=known[used] ** power, h=int(wanted.sum()))["mean"]
    return _placed(told, wanted, power=power)


def auto_ets(asked: Asked) -> Floats:
    """Day totals with a season of a week, times the mean course of the last six same weekdays.

    On intervals it knows no season longer than 24, neither a day of quarters of an hour nor a week.
    """
    from statsforecast.models import AutoETS

    known, used = _filled(asked, len(asked.known))
    courses = np.where(used, known, 0.0)
    weekdays, coming = asked.weekdays(-len(known), 0), asked.weekdays(0, asked.days)
    opened: Bools = asked.used.sum(axis=1) > 0
    model = AutoETS(season_length=int(opened.sum()))
    totals = courses.sum(axis=1)[opened[weekdays]]
    told = model.forecast(y=totals, h=int(opened[coming].sum()))["mean"]
    course = np.stack([courses[weekdays == day][-SHAPE_WEEKS:].sum(axis=0) for day in range(7)])
    share = course / np.maximum(course.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(_placed(told, opened[coming], power=1.0)[:, None] * share[coming])


RIVALS = {
    "prophet": Rival(
        title="Prophet",
        package="prophet",
        used="square roots of intervals, a course of the day for each weekday, week, year, holidays",
        tell=prophet,
    ),
    "mstl": Rival(
        title="MSTL",
        package="statsforecast",
        used="intervals, seasons of day and week, trend by ETS",
        tell=partial(mstl, power=1.0),
    ),
    "mstl_roots": Rival(
        title="MSTL on square roots",
        package="statsforecast",
        used="otherwise as MSTL",
        tell=partial(mstl, power=0.5),
    ),
    "auto_ets": Rival(
        title="AutoETS",
        package="statsforecast",
        used="day totals with a season of a week, times the mean course of six weeks",
        tell=auto_ets,
    ),
}


def _rows(asked: Asked, begin: int, chosen: Bools) -> pd.DataFrame:
    """A row for each chosen slot of the dates from so many days after the start on, with its weekday as conditions."""
    day, slot = np.nonzero(chosen)
    first = pd.Timestamp(asked.start) + pd.Timedelta(days=begin)
    starts = first + pd.to_timedelta(day, unit="D") + pd.to_timedelta(slot * asked.minutes, unit="min")
    table = pd.DataFrame({"ds": starts})
    return table.assign(**{f"on{weekday}": table["ds"].dt.dayofweek == weekday for weekday in range(7)})


def _filled(asked: Asked, days: int) -> tuple[Floats, Bools]:
    """The recent past without gaps, a missing row at the mean of the last six same weekdays; and which slots are used."""
    known = asked.recent(days)
    weekdays = asked.weekdays(-len(known), 0)
    usual = np.zeros((7, known.shape[1]))
    for day in range(7):
        rows = known[weekdays == day][-SHAPE_WEEKS:]
        count = np.isfinite(rows).sum(axis=0)
        usual[day] = np.nansum(rows, axis=0) / np.maximum(count, 1)
    return np.where(np.isfinite(known), known, usual[weekdays]), np.asarray(asked.used[weekdays])


def _placed(told: Floats, wanted: Bools, *, power: float) -> Floats:
    """Contacts from their powers, in the places wanted; nothing elsewhere."""
    found = np.zeros(wanted.shape)
    found[wanted] = np.maximum(told, 0.0) ** (1 / power)
    return found
