"""The true day level of every queue: weekday, holidays, shifted working weekends, special dates, season, trend."""

from datetime import date, timedelta

import holidays
import numpy as np
from numpy.typing import NDArray

from sample_data.blueprint import Blueprint, SpecialDate, Stream

Floats = NDArray[np.float64]
SATURDAY = 5
AFTER_HOLIDAY = 1.12
BEFORE_HOLIDAY = 0.96
FESTIVAL = "Chinese New Year"


def day_levels(plan: Blueprint, dates: list[date]) -> Floats:
    """Shape (queues, dates): the level of each day, 1 for an average working day at the start of the history."""
    free = free_days(plan, dates)
    season = np.array([_season(plan, day) for day in dates])
    levels: Floats = np.array([_stream_levels(plan, stream, dates, free) for stream in plan.streams]) * season
    return levels


def free_days(plan: Blueprint, dates: list[date]) -> NDArray[np.bool_]:
    """Which dates run like a day off: weekends that are not worked, and public holidays."""
    calendar = _calendar(plan, dates)
    return np.array([day in calendar or (day.weekday() >= SATURDAY and not _worked(calendar, day)) for day in dates])


def _stream_levels(plan: Blueprint, stream: Stream, dates: list[date], free: NDArray[np.bool_]) -> Floats:
    calendar = _calendar(plan, dates)
    levels = np.array([_weekday_level(stream, calendar, day) for day in dates])
    for i, day in enumerate(dates):
        if day in calendar:
            levels[i] = stream.holiday * (0.85 if FESTIVAL in str(calendar[day]) else 1.0)
        elif day - timedelta(days=1) in calendar and not free[i]:
            levels[i] *= AFTER_HOLIDAY
        elif day + timedelta(days=1) in calendar:
            levels[i] *= BEFORE_HOLIDAY
    position = {day: i for i, day in enumerate(dates)}
    for special in plan.special_dates:
        if special.queue in (None, stream.queue) and special.date in position and not _is_outage(special):
            levels[position[special.date]] *= special.effect
    return levels


def _weekday_level(stream: Stream, calendar: holidays.HolidayBase, day: date) -> float:
    return 0.97 * stream.week[0] if _worked(calendar, day) else stream.week[day.weekday()]


def _worked(calendar: holidays.HolidayBase, day: date) -> bool:
    return day.weekday() >= SATURDAY and bool(calendar.is_working_day(day))


def _is_outage(special: SpecialDate) -> bool:
    return special.kind == "outage"


def _season(plan: Blueprint, day: date) -> float:
    years = (day - plan.first).days / 365.25
    summer = 0.03 * np.cos(2 * np.pi * (day.timetuple().tm_yday - 205) / 365.25)
    return float((1 + plan.trend) ** years * (1 + summer))


def _calendar(plan: Blueprint, dates: list[date]) -> holidays.HolidayBase:
    years = range(dates[0].year, dates[-1].year + 2)
    return holidays.country_holidays(plan.country, years=years)
