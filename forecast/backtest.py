"""How accurate the forecast would have been in past weeks, beside the averages that planners use."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd

from forecast.average import weekday_mean
from forecast.band import Band
from forecast.calendar import queue_calendar
from forecast.candidates import Method
from forecast.history import Bools, Floats, QueueHistory, current_slots, queue_histories, weekday
from forecast.model import WEEK, told
from forecast.rolling import Rolling
from wfm.centre import Centre
from wfm.demand import LEVELS

COLUMNS = (
    *("queue", "horizon_days", "method", "wape", "bias", "mase", "day_wape", "cover80", "cover95", "seconds"),
    *("day_cover80", "day_cover95"),
)
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
    rolling: Rolling
    start: int
    actual: Floats
    scored: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a method said at an origin: shape (days of the horizon, slots)."""

    mean: Floats
    limits: dict[str, Floats]
    day_bands: tuple[Band, ...]  # one for each week of the horizon


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
        calendar = queue_calendar(centre, queue, start=history.first, end=history.end + max(horizons))
        rolling = Rolling(history, calendar, ahead=max(horizons))
        for horizon in horizons:
            origins = _origins(rolling, weeks, horizon)
            rows += [{"queue": queue, "horizon_days": horizon, **row} for row in _scores(history, origins)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _after_history(centre: Centre) -> date:
    starts = centre.history["start"]
    return date(1970, 1, 1) if starts.empty else starts.max().date() + timedelta(days=1)


def _origins(rolling: Rolling, weeks: int, horizon: int) -> list[Origin]:
    history = rolling.history
    latest = history.end - horizon
    latest -= (latest + 6) % 7
    origins = []
    for start in range(latest - 7 * (weeks - 1), latest + 1, 7):
        known = history.until(start)
        if known.days < FEWEST_DAYS:
            continue
        rows = slice(start - history.first, start - history.first + horizon)
        usual = current_slots(known)[weekday(history.ordinals[rows])]
        scored = np.isfinite(history.offered[rows]) & usual & ~rolling.calendar.left_out[rows, None]
        if scored.any():
            origins.append(
                Origin(
                    known=known,
                    rolling=rolling,
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
    rows.append(_floor(origins, chosen, scale))
    # What the candidates said is known by now: their seconds are in those of the choice.
    return [*rows, *(_score(str(m), origins, [_candidate(o, m) for o in origins], scale, 0.0) for m in Method)]


def _timed(tell: Callable[[Origin], Said], origins: list[Origin]) -> tuple[list[Said], float]:
    begun = time.perf_counter()
    said = [tell(origin) for origin in origins]
    return said, time.perf_counter() - begun


def _chosen(origin: Origin) -> Said:
    """Week by week, as each would be planned on its own."""
    found = told(origin.rolling, end=origin.start, start=origin.start, days=len(origin.actual))
    weeks = [band.limits(found.offered[WEEK * n : WEEK * (n + 1)]) for n, band in enumerate(found.bands)]
    limits = {name: np.vstack([week[name] for week in weeks]) for name in LEVELS}
    return Said(mean=found.offered, limits=limits, day_bands=found.day_bands)


def _candidate(origin: Origin, method: Method) -> Said:
    said = origin.rolling.at(origin.start).offered
    return _counted(said.get(method, said[Method.SIX_WEEKS])[: len(origin.actual)])


def _averaged(origin: Origin, *, weeks: int) -> Said:
    return _counted(np.nan_to_num(weekday_mean(origin.known, weeks=weeks))[np.arange(len(origin.actual)) % 7])


def _counted(mean: Floats) -> Said:
    """With the limits of a Poisson count."""
    band = Band(variance=0.0)
    return Said(mean=mean, limits=band.limits(mean), day_bands=(band,) * (len(mean) // WEEK))


def _score(method: str, origins: list[Origin], said: list[Said], scale: float, seconds: float) -> dict[str, object]:
    pairs = list(zip(origins, said, strict=True))
    actual = _stacked([o.actual for o in origins], origins)
    error = _stacked([s.mean - o.actual for o, s in pairs], origins)
    limits = {name: _stacked([s.limits[name] for s in said], origins) for name in LEVELS}
    total = max(actual.sum(), 1.0)
    days = [_days(o, s) for o, s in pairs]
    day_actual, day_mean = (np.concatenate([day[name] for day in days]) for name in ("actual", "mean"))
    day_limits = {name: np.concatenate([day[name] for day in days]) for name in LEVELS}
    return {
        "method": method,
        "wape": float(np.abs(error).sum() / total),
        "bias": float(error.sum() / total),
        "mase": float(np.abs(error).mean() / scale),
        "day_wape": float(np.abs(day_mean - day_actual).sum() / total),
        "cover80": _cover(actual, limits, "p10", "p90"),
        "cover95": _cover(actual, limits, "p2_5", "p97_5"),
        "seconds": seconds,
        "day_cover80": _cover(day_actual, day_limits, "p10", "p90"),
        "day_cover95": _cover(day_actual, day_limits, "p2_5", "p97_5"),
    }


def _days(origin: Origin, said: Said) -> dict[str, Floats]:
    """Dates with a row: what came, the mean told, and the limits of a date's contacts."""
    counted = origin.scored.any(axis=1)
    mean = np.where(origin.scored, said.mean, 0.0).sum(axis=1)
    weeks = [band.limits(mean[WEEK * n : WEEK * (n + 1)]) for n, band in enumerate(said.day_bands)]
    found = {name: np.concatenate([week[name] for week in weeks]) for name in LEVELS}
    actual = np.where(origin.scored, origin.actual, 0.0).sum(axis=1)
    return {name: values[counted] for name, values in {"actual": actual, "mean": mean, **found}.items()}


def _cover(actual: Floats, limits: dict[str, Floats], low: str, high: str) -> float:
    return float(np.mean((actual >= limits[low]) & (actual <= limits[high])))


def _floor(origins: list[Origin], said: list[Said], scale: float) -> dict[str, object]:
    """The error left to a forecast that knows the mean: 0.798·Σ√L / ΣL, taking the chosen mean for L."""
    mean = _stacked([s.mean for s in said], origins)
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
        "day_cover80": 0.8,
        "day_cover95": 0.95,
    }


def _as_a_week_ago(history: QueueHistory) -> float:
    """Mean absolute difference between an interval and the same a week before."""
    recent = history.offered[-SCALE_DAYS:]
    difference = np.abs(recent[7:] - recent[:-7])
    seen = np.isfinite(difference)
    return max(float(difference[seen].mean()), 1e-3) if seen.any() else 1.0


def _stacked(parts: list[Floats], origins: list[Origin]) -> Floats:
    return np.concatenate([part[origin.scored] for part, origin in zip(parts, origins, strict=True)])
