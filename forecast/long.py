"""Contacts of weeks far ahead: the level of today, a trend that fades, the season of the year, holidays.

What is told a year and a half ahead must not run away: the trend fades out, and every week stays within what history
has held, by a margin.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from forecast.average import weekday_mean
from forecast.calendar import queue_calendar
from forecast.cleaning import cleaned
from forecast.handling import handling_times
from forecast.history import Bools, Floats, QueueHistory, queue_histories, weekday
from forecast.level import ANNUAL_FROM_DAYS, YEAR, season, shrunk_fit
from forecast.level import HALF_LIFE_DAYS as FIT_HALF_LIFE_DAYS
from forecast.past import Past
from forecast.queue_week import ASSUMED_AHT_SECONDS
from wfm.centre import Centre
from wfm.clock import Week
from wfm.opening import open_intervals, wall_clock
from wfm.outlook import Outlook

WEEK = 7
DAY_MINUTES = 1440
FEW_DAYS = 28  # known days from which on a level is fitted; below it the mean of the weekdays stands for every week
SEASON_FROM_DAYS = 364
SEASON_PRIOR = 0.1
TREND_FADES_YEARS = 1.0  # all the trend ever adds is what it would add in so many years undamped
LATELY_DAYS = 56  # the level is that of these days
LEVEL_LIMIT = 3.0  # by so much at most they may lie off the fit
MARGIN = 2.0  # a week is at most so many times the highest of the last two years, at least the lowest over it
YEARS_JUDGED = 2
Z80 = 1.2816  # half of the band of 80% in standard deviations
LEAST_DEVIATION = 0.01  # of a week's contacts on the log scale
LEAST_DRIFT = 0.005  # of the level in a week on the log scale
BLOCK = 8  # weeks over which the level is averaged to see how it drifts
LABELS_BEFORE_TREND = 1 + 7 + 31  # columns of the design beside labels, in front of the trend


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A queue: contacts of each date (days,), the drift of its level and what weeks stray about it, on the log scale."""

    totals: Floats
    deviation: float
    drift: float
    method: str
    caveats: tuple[str, ...] = ()


def outlook(centre: Centre, first: date, *, weeks: int) -> Outlook:
    """The `weeks` from a Monday on, told from all history before it."""
    histories = queue_histories(centre, before=first)
    mondays = tuple(first + timedelta(weeks=week) for week in range(weeks))
    usual = _usually_open(centre, mondays)
    slots = usual.shape[2]
    offered, opened, aht, told, caveats = [], [], [], [], []
    for row, (queue, history) in enumerate(histories.items()):
        start, days = first.toordinal(), WEEK * weeks
        calendar = queue_calendar(centre, queue, start=min(history.first, start), end=start + days)
        known, _ = cleaned(history, calendar)
        past = Past(known, calendar, ahead=start + days - known.end)
        coming = calendar.part(start, start + days)
        open_days = np.tile(usual[row], (weeks, 1)) & ~_closed(centre, queue, start, days)[:, None]
        one = _told(past, days, np.asarray(open_days.any(axis=1)), coming.factor)
        told.append(one)
        offered.append((_shares(past, coming.shape, open_days) * one.totals[:, None]).reshape(weeks, WEEK * slots))
        opened.append(open_days.reshape(weeks, WEEK * slots))
        seconds, ended = _handling(history, histories, past)
        aht.append(seconds.reshape(WEEK * slots))
        caveats += [f"{queue}: {text}" for text in (*one.caveats, *ended)]
    ahead = np.arange(1, weeks + 1)
    spread = np.array([Z80 * np.sqrt(one.deviation**2 + one.drift**2 * ahead) for one in told]).reshape(-1, weeks)
    shape = (len(told), weeks, WEEK * slots)
    return Outlook(
        mondays=mondays,
        queues=tuple(histories),
        offered=np.array(offered).reshape(shape),
        low=np.exp(-spread),
        high=np.exp(spread),
        aht_seconds=np.array(aht).reshape(len(told), WEEK * slots),
        opened=np.array(opened, dtype=bool).reshape(shape),
        method={queue: one.method for queue, one in zip(histories, told, strict=True)},
        caveats=tuple(caveats),
    )


def _told(past: Past, days: int, is_open: Bools, factor: Floats) -> _Told:
    """Day totals of the last `days` that the past looks ahead to."""
    known = np.isfinite(past.totals)
    if not known.any() or not np.nansum(past.totals):
        return _Told(
            totals=np.zeros(days), deviation=LEAST_DEVIATION, drift=LEAST_DRIFT, method="none",
            caveats=("no contacts in history",),
        )  # fmt: skip
    if known.sum() < FEW_DAYS:
        mean = np.nan_to_num(weekday_mean(past.history, weeks=6)).sum(axis=1)
        totals = mean[weekday(np.arange(past.history.end + past.ahead - days, past.history.end + past.ahead))]
        few = f"only {int(known.sum())} days of history: every week as the mean of these"
        return _Told(
            totals=np.where(is_open, totals * factor, 0.0), deviation=0.1, drift=0.02, method="mean", caveats=(few,)
        )
    coming, fitted, seasonal = _fit(past, known)
    totals = np.where(is_open, coming[-days:] * factor, 0.0)
    limited, beyond = _plausible(totals, past, known)
    caveats = [] if seasonal else ["less than a year of history: the season of the year is not known and left out"]
    if beyond:
        caveats.append(f"{beyond} weeks were brought back to what the history of two years makes plausible")
    deviation, drift = _straying(past.totals, fitted, known)
    method = "level, fading trend" + (", season" if seasonal else "") + ", holidays"
    return _Told(totals=limited, deviation=deviation, drift=drift, method=method, caveats=tuple(caveats))


def _fit(past: Past, known: Bools) -> tuple[Floats, Floats, bool]:
    """Contacts of the days ahead and those fitted to history, and whether a season was."""
    design, prior = np.vstack([past.design.past, past.design.future]), past.design.prior
    length, ahead = past.history.days, past.ahead
    years = (np.arange(length + ahead) - (length - 1)) / YEAR
    trend = LABELS_BEFORE_TREND + len(past.design.names)
    seasonal = length >= ANNUAL_FROM_DAYS
    if not seasonal and length >= SEASON_FROM_DAYS:
        columns = season(years)
        design, seasonal = np.hstack([design, columns]), True
        prior = np.concatenate([prior, np.full(columns.shape[1], SEASON_PRIOR)])
    design[length:, trend] = TREND_FADES_YEARS * -np.expm1(-years[length:] / TREND_FADES_YEARS)
    recency = np.power(0.5, np.arange(length, 0, -1) / FIT_HALF_LIFE_DAYS)
    logs = np.log(np.maximum(np.nan_to_num(past.totals), 0.5))
    coefficients = shrunk_fit(design[:length][known], logs[known], recency[known], prior)
    fitted = np.exp(design[:length] @ coefficients)
    lately = np.flatnonzero(known)[-LATELY_DAYS:]
    ratio = float(past.totals[lately].sum() / fitted[lately].sum())
    level = float(np.clip(ratio, 1 / LEVEL_LIMIT, LEVEL_LIMIT))
    return np.exp(design[length:] @ coefficients) * level, fitted, seasonal


def _plausible(totals: Floats, past: Past, known: Bools) -> tuple[Floats, int]:
    """Weeks held within the history of the last years by a margin, and how many were beyond."""
    weeks = _by_week(np.where(known, past.totals, 0.0))[-round(YEARS_JUDGED * YEAR / WEEK) :]
    whole = _by_week(known.astype(float))[-len(weeks) :]
    full = whole >= whole.max()
    low, high = weeks[full].min() / MARGIN, weeks[full].max() * MARGIN
    sums = totals.reshape(-1, WEEK).sum(axis=1)
    # Weeks in which the queue is closed for days are low for a reason: only what is too much is brought back there.
    opened = (totals.reshape(-1, WEEK) > 0).sum(axis=1)
    least = np.where(opened >= opened.max(), low, 0.0)
    held = np.clip(sums, least, high)
    scale = np.divide(held, sums, out=np.ones_like(sums), where=sums > 0)
    return totals * np.repeat(scale, WEEK), int((np.abs(scale - 1) > 1e-9).sum())


def _straying(totals: Floats, fitted: Floats, known: Bools) -> tuple[float, float]:
    """How far single weeks lie off the fit, and how far the level drifts in a week, on the log scale."""
    came = _by_week(np.where(known, np.nan_to_num(totals), 0.0))
    said = _by_week(np.where(known, fitted, 0.0))
    use = (came > 0) & (said > 0)
    off = np.log(came[use] / said[use])[-round(YEARS_JUDGED * YEAR / WEEK) :]
    if len(off) < 2 * BLOCK:
        return 0.1, 0.02
    deviation = 1.4826 * float(np.median(np.abs(off - np.median(off))))
    blocks = off[len(off) % BLOCK :].reshape(-1, BLOCK).mean(axis=1)
    drift = float(np.std(np.diff(blocks))) / np.sqrt(BLOCK) if len(blocks) > 2 else 0.02
    return max(deviation, LEAST_DEVIATION), max(drift, LEAST_DRIFT)


def _by_week(values: Floats) -> Floats:
    """Sums over weeks of seven dates, the last one ending with the last date."""
    return np.asarray(values[len(values) % WEEK :].reshape(-1, WEEK).sum(axis=1))


def _shares(past: Past, classes: NDArray[np.int64], opened: Bools) -> Floats:
    """Shape (days, slots): shares of each date's contacts over its open slots, by the course of its kind of day."""
    if not np.nansum(past.history.offered):
        return np.zeros(opened.shape)
    course = np.where(opened, past.shapes[classes], 0.0)
    total = course.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(course, total, out=np.zeros_like(course), where=total > 0))


def _handling(history: QueueHistory, histories: dict[str, QueueHistory], past: Past) -> tuple[Floats, tuple[str, ...]]:
    """Shape (7, slots): seconds, and what to mind; the other queues' mean where the queue has none, a guess where none
    has."""
    found = handling_times(past.history, past.before.left_out, past.before.free)
    if found is not None:
        return found.seconds(np.isin(np.arange(WEEK), sorted(past.calendar.weekend))), found.caveats
    others = np.concatenate([other.aht_seconds[other.aht_seconds > 0] for other in histories.values()])
    return np.full((WEEK, history.offered.shape[1]), float(others.mean()) if others.size else ASSUMED_AHT_SECONDS), ()


def _usually_open(centre: Centre, mondays: tuple[date, ...]) -> Bools:
    """Shape (queues, 7, slots): open by the wall clock in a week about which hours.csv and special_days.csv say nothing
    of single dates; in the last of all where every one is named."""
    named = {row.date for row in centre.hours or () if row.date} | {day.date for day in centre.special_days}
    plain = [centre.week(monday) for monday in reversed(mondays)]
    plain = [week for week in plain if week.intervals * week.interval_minutes == WEEK * DAY_MINUTES] or plain
    week = next((one for one in plain if not named & {one.date_of(day) for day in range(-1, WEEK)}), plain[0])
    return _by_clock(open_intervals(centre, week), week)


def _by_clock(opened: Bools, week: Week) -> Bools:
    days, clocks = wall_clock(week)
    laid = np.zeros((len(opened), WEEK, DAY_MINUTES // week.interval_minutes), dtype=bool)
    laid[:, days, clocks // week.interval_minutes] = opened
    return laid


def _closed(centre: Centre, queue: str, start: int, days: int) -> Bools:
    closed = {
        row.date.toordinal() for row in centre.special_days if row.kind == "closed" and row.queue in (None, queue)
    }
    return np.isin(np.arange(start, start + days), sorted(closed))
