"""How accurate the forecast would have been in past weeks, beside the averages that planners use."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd

from forecast.average import weekday_mean
from forecast.band import NORMAL_WIDTH, Band, widened
from forecast.calendar import Calendar, queue_calendar
from forecast.history import Bools, Floats, QueueHistory, current_slots, queue_histories, weekday
from forecast.model import queue_forecast
from wfm.centre import Centre

COLUMNS = ("queue", "horizon_days", "method", "wape", "bias", "mase", "day_wape", "cover80", "cover95", "seconds")
POISSON_ERROR = float(np.sqrt(2 / np.pi))  # mean absolute deviation over standard deviation: 0.798
FEWEST_DAYS = 14  # of history before an origin
SCALE_DAYS = 182  # over which MASE takes the error of "as a week ago"
CHOSEN, FLOOR = "chosen", "floor"
AVERAGES = {"last_week": 1, "mean4": 4, "mean6": 6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What is known of a queue at the beginning of a Monday, and the rows that came after.

    `actual` and `scored` have shape (days of the horizon, slots).
    """

    known: QueueHistory
    calendar: Calendar
    start: int
    actual: Floats
    scored: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a method said at an origin: shape (days of the horizon, slots)."""

    mean: Floats
    low: Floats
    high: Floats


def backtest(centre: Centre, *, weeks: int = 8, horizons: tuple[int, ...] = (7,)) -> pd.DataFrame:
    """Accuracy by queue, horizon and method from the last `weeks` Mondays on, in the columns of backtest.csv.

    Each Monday knows only the days before it; `seconds` is for all of them. Scored are open intervals with a row,
    outages and closures left out. `floor` is what a Poisson count of the chosen mean errs. Averages and floor have the
    band of such a count. A queue too short for a single week to be scored has no row. ValueError: a horizon that is
    not whole weeks.
    """
    if any(days <= 0 or days % 7 for days in horizons):
        raise ValueError(f"a horizon is a whole number of weeks, such as 7 or 28 days; got {horizons}")
    rows: list[dict[str, object]] = []
    for queue, history in queue_histories(centre, before=_after_history(centre)).items():
        calendar = queue_calendar(centre, queue, start=history.first, end=max(history.end, history.first + 1))
        for horizon in horizons:
            origins = _origins(history, calendar, weeks, horizon)
            rows += [{"queue": queue, "horizon_days": horizon, **row} for row in _scores(history, origins)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _after_history(centre: Centre) -> date:
    starts = centre.history["start"]
    return date(1970, 1, 1) if starts.empty else starts.max().date() + timedelta(days=1)


def _origins(history: QueueHistory, calendar: Calendar, weeks: int, horizon: int) -> list[Origin]:
    latest = history.end - horizon
    latest -= (latest + 6) % 7
    origins = []
    for start in range(latest - 7 * (weeks - 1), latest + 1, 7):
        known = history.until(start)
        if known.days < FEWEST_DAYS:
            continue
        rows = slice(start - history.first, start - history.first + horizon)
        usual = current_slots(known)[weekday(history.ordinals[rows])]
        scored = np.isfinite(history.offered[rows]) & usual & ~calendar.left_out[rows, None]
        if scored.any():
            origins.append(
                Origin(
                    known=known,
                    calendar=calendar.part(history.first, start + horizon),
                    start=start,
                    actual=history.offered[rows],
                    scored=scored,
                )
            )
    return origins


def _scores(history: QueueHistory, origins: list[Origin]) -> list[dict[str, object]]:
    if not origins:
        return []
    scale = _as_a_week_ago(history.until(origins[0].start))
    chosen, seconds = _timed(_chosen, origins)
    rows = [_score(CHOSEN, origins, chosen, scale, seconds)]
    for method, averaged in AVERAGES.items():
        said, seconds = _timed(partial(_averaged, weeks=averaged), origins)
        rows.append(_score(method, origins, said, scale, seconds))
    return [*rows, _floor(origins, chosen, scale)]


def _timed(tell: Callable[[Origin], Said], origins: list[Origin]) -> tuple[list[Said], float]:
    begun = time.perf_counter()
    said = [tell(origin) for origin in origins]
    return said, time.perf_counter() - begun


def _chosen(origin: Origin) -> Said:
    """Week by week, as each would be planned on its own."""
    parts = []
    for start in range(origin.start, origin.start + len(origin.actual), 7):
        told = queue_forecast(origin.known, origin.calendar.part(origin.known.first, start + 7), start=start, days=7)
        parts.append((told.offered, *told.band.limits(told.offered)))
    mean, low, high = (np.vstack(part) for part in zip(*parts, strict=True))
    return Said(mean=mean, low=low, high=high)


def _averaged(origin: Origin, *, weeks: int) -> Said:
    mean = np.nan_to_num(weekday_mean(origin.known, weeks=weeks))[np.arange(len(origin.actual)) % 7]
    low, high = Band(variance=0.0, width=NORMAL_WIDTH).limits(mean)
    return Said(mean=mean, low=low, high=high)


def _score(method: str, origins: list[Origin], said: list[Said], scale: float, seconds: float) -> dict[str, object]:
    scored = [origin.scored for origin in origins]
    actual = _stacked([origin.actual for origin in origins], scored)
    mean, low, high = (_stacked([getattr(s, side) for s in said], scored) for side in ("mean", "low", "high"))
    error = _stacked([s.mean - o.actual for s, o in zip(said, origins, strict=True)], scored)
    total = max(actual.sum(), 1.0)
    days = np.concatenate(
        [np.where(o.scored, s.mean - o.actual, 0.0).sum(axis=1) for s, o in zip(said, origins, strict=True)]
    )
    wide_low, wide_high = widened(mean, low, high, cover=0.95)
    return {
        "method": method,
        "wape": float(np.abs(error).sum() / total),
        "bias": float(error.sum() / total),
        "mase": float(np.abs(error).mean() / scale),
        "day_wape": float(np.abs(days).sum() / total),
        "cover80": float(np.mean((actual >= low) & (actual <= high))),
        "cover95": float(np.mean((actual >= wide_low) & (actual <= wide_high))),
        "seconds": seconds,
    }


def _floor(origins: list[Origin], said: list[Said], scale: float) -> dict[str, object]:
    """The error left to a forecast that knows the mean: 0.798·Σ√L / ΣL, taking the chosen mean for L."""
    scored = [origin.scored for origin in origins]
    mean = _stacked([s.mean for s in said], scored)
    days = np.concatenate([np.where(o.scored, s.mean, 0.0).sum(axis=1) for s, o in zip(said, origins, strict=True)])
    total = max(mean.sum(), 1.0)
    return {
        "method": FLOOR,
        "wape": float(POISSON_ERROR * np.sqrt(mean).sum() / total),
        "bias": 0.0,
        "mase": float(POISSON_ERROR * np.sqrt(mean).mean() / scale),
        "day_wape": float(POISSON_ERROR * np.sqrt(days).sum() / total),
        "cover80": 0.8,
        "cover95": 0.95,
        "seconds": 0.0,
    }


def _as_a_week_ago(history: QueueHistory) -> float:
    """Mean absolute difference between an interval and the same a week before."""
    recent = history.offered[-SCALE_DAYS:]
    difference = np.abs(recent[7:] - recent[:-7])
    seen = np.isfinite(difference)
    return max(float(difference[seen].mean()), 1e-3) if seen.any() else 1.0


def _stacked(parts: list[Floats], scored: list[Bools]) -> Floats:
    return np.concatenate([part[mask] for part, mask in zip(parts, scored, strict=True)])
