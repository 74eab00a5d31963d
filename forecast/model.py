"""The forecast of one queue: day total times shape, with the six-week mean where that is not to be trusted."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from forecast.average import weekday_mean
from forecast.band import Band, conformal_band
from forecast.calendar import Calendar
from forecast.day_total import day_totals
from forecast.history import Bools, Floats, QueueHistory, current_slots
from forecast.shape import shapes

WEEKS_AVERAGED = 6
ENOUGH_DAYS = 56  # day total x shape is not told from fewer days
ENOUGH_ROWS = 0.75  # a day's total is recovered from rows that usually hold so much of it
TRIALS = 3  # past weeks on which the methods are tried
TRIAL_DAYS = 28  # a trial needs so many days before it
ALL_WEEKS = 10_000


class Method(StrEnum):
    """How a queue was forecast."""

    DAY_TOTAL = "day total x shape"
    SIX_WEEKS = "six-week mean"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueForecast:
    """Contacts by date and slot of the wall clock, shape (days, slots), for all slots as though they were open."""

    offered: Floats
    band: Band
    method: Method
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trials:
    """What the methods would have said of past weeks: shape (intervals with a row,), each method against `actual`."""

    actual: Floats
    means: dict[Method, Floats]

    def wape(self, method: Method) -> float:
        return float(np.abs(self.means[method] - self.actual).sum() / self.actual.sum())


def queue_forecast(history: QueueHistory, calendar: Calendar, *, start: int, days: int) -> QueueForecast:
    """The dates from ordinal `start` on; the calendar reaches from the first date of history to the last wanted.

    Dates between the end of history and the start are unknown, as they are in the trials on past weeks.
    """
    history = _cleaned(history, calendar)
    if not np.nansum(history.offered):
        nothing = np.zeros((days, history.offered.shape[1]))
        return QueueForecast(offered=nothing, band=Band(), method=Method.SIX_WEEKS, caveats=("no contacts in history",))
    candidates = _candidates(history, calendar, start, days)
    trials = _trials(history, calendar, start - history.end)
    refused = _refusal(history, candidates, trials)
    method = Method.SIX_WEEKS if refused else Method.DAY_TOTAL
    return QueueForecast(
        offered=candidates[method] * calendar.part(start, start + days).factor[:, None],
        band=conformal_band(trials.actual, trials.means[method]),
        method=method,
        caveats=tuple([f"six-week mean used: {refused}"] if refused else []) + _gaps(history),
    )


def _cleaned(history: QueueHistory, calendar: Calendar) -> QueueHistory:
    """Without outages and closures, and with stated factors taken out."""
    past = calendar.part(history.first, history.end)
    unknown = past.left_out | (past.factor <= 0)
    factor = np.where(unknown, np.nan, past.factor)
    return replace(history, offered=history.offered / factor[:, None])


def _candidates(history: QueueHistory, calendar: Calendar, start: int, days: int) -> dict[Method, Floats]:
    """Every method that gives finite numbers, each of shape (days, slots); the six-week mean is always there."""
    past, ahead = calendar.part(history.first, history.end), calendar.part(start, start + days)
    current = current_slots(history)
    shape = shapes(history.offered, past.shape, current)
    average = _six_weeks(history, past, ahead, shape)
    try:
        totals = day_totals(
            _recovered_totals(history, past, current),
            calendar.part(history.first, start + days),
            ahead=start + days - history.end,
        )
    except (ValueError, np.linalg.LinAlgError):
        return {Method.SIX_WEEKS: average}
    mean, effect = totals.mean[-days:], totals.effect[-days:]
    if not np.all(np.isfinite(mean) & np.isfinite(effect)):
        return {Method.SIX_WEEKS: average}
    return {Method.SIX_WEEKS: average * effect[:, None], Method.DAY_TOTAL: mean[:, None] * shape[ahead.shape]}


def _six_weeks(history: QueueHistory, past: Calendar, ahead: Calendar, shape: Floats) -> Floats:
    """Mean of the last six ordinary days of the weekday; where no row is, the queue's shape at the weekday's level."""
    special = np.array([bool(labels) for labels in past.labels])
    recent = slice(-7 * WEEKS_AVERAGED, None)
    mostly_special = special[recent].mean() > 0.5
    mean = weekday_mean(history, weeks=WEEKS_AVERAGED, left_out=None if mostly_special else special)
    usual = shape[:7]
    known = np.isfinite(mean)
    share = np.where(known, usual, 0.0).sum(axis=1)
    level = np.divide(np.nansum(mean, axis=1), share, out=np.zeros(7), where=share > 0)
    level = np.where(share > 0, level, level[share > 0].mean())
    least = 0.5 / WEEKS_AVERAGED  # half a contact in the weeks averaged: what is open is never nothing
    guess = np.maximum(level, least)[:, None] * usual
    filled = np.where(known & (mean > 0), mean, np.where(known, np.minimum(guess, least), guess))
    return np.asarray(ahead.weekdays @ filled)


def _recovered_totals(history: QueueHistory, past: Calendar, current: Bools) -> Floats:
    """Contacts of each date; NaN where the rows there are would usually hold too little of the day."""
    profile = np.where(current, np.nan_to_num(weekday_mean(history, weeks=ALL_WEEKS)), 0.0)
    usual = past.weekdays @ profile
    seen = np.isfinite(history.offered) & (usual > 0)
    whole = usual.sum(axis=1)
    part = np.divide(np.where(seen, usual, 0.0).sum(axis=1), whole, out=np.zeros(len(whole)), where=whole > 0)
    counted = np.where(seen, history.offered, 0.0).sum(axis=1)
    return np.asarray(np.divide(counted, part, out=np.full(len(part), np.nan), where=part >= ENOUGH_ROWS))


def _trials(history: QueueHistory, calendar: Calendar, gap: int) -> _Trials:
    """Both methods on the last weeks, each told from as long before as the week planned is from the history's end."""
    actual, means = [np.zeros(0)], {method: [np.zeros(0)] for method in Method}
    for week in range(1, TRIALS + 1):
        start = history.end - 7 * week
        known = history.until(start - gap)
        if known.days < TRIAL_DAYS or not np.nansum(known.offered):
            break
        said = _candidates(known, calendar, start, 7)
        rows = history.offered[start - history.first : start - history.first + 7]
        seen = np.isfinite(rows)
        actual.append(rows[seen])
        for method in Method:
            means[method].append(said.get(method, said[Method.SIX_WEEKS])[seen])
    return _Trials(actual=np.concatenate(actual), means={m: np.concatenate(parts) for m, parts in means.items()})


def _refusal(history: QueueHistory, candidates: dict[Method, Floats], trials: _Trials) -> str | None:
    """Why day total x shape is not to be used; None where it is."""
    known = int(np.isfinite(history.offered).any(axis=1).sum())
    span = history.days
    if span < ENOUGH_DAYS or not trials.actual.size:
        return f"{known} days of history are too few for more (at least {ENOUGH_DAYS} needed, more with a gap)"
    if Method.DAY_TOTAL not in candidates:
        return "the fit of day totals failed"
    if not trials.actual.sum():
        return "the last weeks hold no contacts"
    ours, mean = trials.wape(Method.DAY_TOTAL), trials.wape(Method.SIX_WEEKS)
    if ours > mean:
        return f"in the last weeks it was nearer than {Method.DAY_TOTAL} (WAPE {mean:.1%} against {ours:.1%})"
    return None


def _gaps(history: QueueHistory) -> tuple[str, ...]:
    """What is wrong with the latest history, in words."""
    known = np.isfinite(history.offered)
    silent = history.days - 1 - int(np.flatnonzero(known.any(axis=1))[-1])
    recent = history.offered[-7 * WEEKS_AVERAGED :]
    if silent >= 14:
        return (f"the last {silent} days of history have no usable row of it; older days were used",)
    return () if np.nansum(recent) else (f"no contacts in the last {WEEKS_AVERAGED} weeks",)
