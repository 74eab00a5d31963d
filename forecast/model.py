"""The forecast of one queue: the method that was nearest on past weeks, with limits as wide as its errors were."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from forecast.band import Band, conformal_band
from forecast.calendar import Calendar
from forecast.candidates import Method
from forecast.choice import Choice, choose
from forecast.cleaning import Doubt, Kind
from forecast.history import Bools, Floats, QueueHistory, weekday
from forecast.rolling import Rolling, Said, Trials
from forecast.six_weeks import WEEKS_AVERAGED

WEEK = 7
FEW_DAYS_WITHOUT = 13  # rows amid history, of which nothing is said
MUCH_LACKING = 0.25
LATER = 6 * WEEK  # leads in days from the second week up to here are judged together


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueForecast:
    """Contacts by date and slot of the wall clock, shape (days, slots), for all slots as though they were open.

    `bands` and `day_bands` hold the limits of intervals and of whole days, one for each week of seven dates; `choices`
    says of each such week which method was taken and why. `doubts` are what of history was left out.
    """

    offered: Floats
    bands: tuple[Band, ...]
    day_bands: tuple[Band, ...]
    choices: tuple[Choice, ...]
    doubts: tuple[Doubt, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What past weeks say of days told so long ahead: the method to take, and the limits its errors ask for."""

    trials: Trials
    choice: Choice
    band: Band
    day_band: Band


def queue_forecast(history: QueueHistory, calendar: Calendar, *, start: int, days: int) -> QueueForecast:
    """The dates from ordinal `start` on; the calendar reaches from the first date of history to the last wanted.

    Dates between the end of history and the start are unknown, as they are in the trials on past weeks.
    """
    rolling = Rolling(history, calendar, ahead=start + days - history.end)
    return told(rolling, end=history.end, start=start, days=days)


def told(rolling: Rolling, *, end: int, start: int, days: int) -> QueueForecast:
    """The dates from `start` on as told from those before `end` alone."""
    said = rolling.at(end)
    known = said.past.history
    if not np.nansum(known.offered):
        return _nothing(days, known.offered.shape[1])
    offered: list[Floats] = []
    judged: list[Judged] = []
    by_leads: dict[range, Judged] = {}
    for first in range(start, start + days, WEEK):
        lead = first - end
        leads = range(lead, lead + WEEK) if lead < WEEK else range(WEEK, min(LATER, start + days - end))
        if leads not in by_leads:
            by_leads[leads] = _judged(rolling, end, leads)
        judged.append(by_leads[leads])
        offered.append(said.offered[judged[-1].choice.method][lead : min(lead + WEEK, start + days - end)])
    choices = tuple(one.choice for one in judged)
    factor = rolling.calendar.part(start, start + days).factor
    return QueueForecast(
        offered=np.vstack(offered) * factor[:, None],
        bands=tuple(one.band for one in judged),
        day_bands=tuple(one.day_band for one in judged),
        choices=choices,
        doubts=said.doubts,
        caveats=(*_reasons(choices), *_gaps(said)),
    )


def tried(rolling: Rolling, *, end: int, days: int) -> tuple[Trials, Method]:
    """Past weeks before `end` told so many days ahead, and the method that would be taken for them."""
    judged = _judged(rolling, end, range(days))
    return judged.trials, judged.choice.method


def _judged(rolling: Rolling, end: int, leads: range) -> Judged:
    """Trials of these leads from the days before `end`, the method they speak for, and how far it strayed."""
    said = rolling.at(end)
    trials, known = rolling.trials(end, leads=leads), said.past.history
    choice = choose(trials, among=said.offered, known_days=_known_days(known), span_days=known.days)
    mean = trials.means[choice.method]
    band = conformal_band(trials.actual[trials.seen], mean[trials.seen])
    return Judged(trials=trials, choice=choice, band=band, day_band=_day_band(trials, mean))


def _nothing(days: int, slots: int) -> QueueForecast:
    weeks = -(-days // WEEK)
    return QueueForecast(
        offered=np.zeros((days, slots)),
        bands=(Band(),) * weeks,
        day_bands=(Band(),) * weeks,
        choices=(Choice(method=Method.SIX_WEEKS, wape={}, reason="no contacts in history"),) * weeks,
        caveats=("no contacts in history",),
    )


def _day_band(trials: Trials, mean: Floats) -> Band:
    """From the totals of the intervals that have a row."""
    any_row = trials.seen.any(axis=1)
    actual = np.where(trials.seen, trials.actual, 0.0).sum(axis=1)[any_row]
    return conformal_band(actual, np.where(trials.seen, mean, 0.0).sum(axis=1)[any_row])


def _known_days(history: QueueHistory) -> int:
    return int(np.isfinite(history.offered).any(axis=1).sum())


def _reasons(choices: tuple[Choice, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{choice.method} used: {choice.reason}" for choice in choices if choice.reason))


def _gaps(said: Said) -> tuple[str, ...]:
    """What is wrong with history, in words."""
    history = said.past.history
    known = np.isfinite(history.offered)
    silent = history.days - 1 - int(np.flatnonzero(known.any(axis=1))[-1])
    recent = history.offered[-7 * WEEKS_AVERAGED :]
    found = []
    if silent >= 14:
        found.append(f"the last {silent} days of history have no usable row of it; older days were used")
    elif not np.nansum(recent):
        found.append(f"no contacts in the last {WEEKS_AVERAGED} weeks")
    lacking = _lacking(history, said.past.current)
    if lacking > MUCH_LACKING:
        found.append(
            f"{lacking:.0%} of the rows of days in the last {WEEKS_AVERAGED} weeks are missing: taken as unknown"
        )
    missing = _without_rows(said, longer=FEW_DAYS_WITHOUT)
    if missing:
        spans = ", ".join(f"{date.fromordinal(first)} to {date.fromordinal(last)}" for first, last in missing)
        found.append(f"no rows from {spans}: taken as unknown")
    for kind, text in TOLD_OF.items():
        days = sum(doubt.last - doubt.first + 1 for doubt in said.doubts if doubt.kind is kind)
        if days:
            found.append(text.format(days=days))
    return tuple(found)


def _lacking(history: QueueHistory, current: Bools) -> float:
    """Share of the slots in use without a row, on the latest dates that have any.

    In use on a date is what lies between the first and the last slot that its weekday had a row in from then on: the
    hours may have been cut since.
    """
    known: Bools = np.isfinite(history.offered[-7 * WEEKS_AVERAGED :])
    days = weekday(history.ordinals)[-7 * WEEKS_AVERAGED :]
    used = current[days] & np.any(known, axis=1, keepdims=True)
    for day in range(7):
        since = np.maximum.accumulate(known[days == day][::-1], axis=0)[::-1]
        begun, goes_on = np.maximum.accumulate(since, axis=1), np.maximum.accumulate(since[:, ::-1], axis=1)[:, ::-1]
        used[days == day] &= begun & goes_on
    return 1 - float((known & used).sum() / used.sum()) if used.any() else 0.0


def _without_rows(said: Said, *, longer: int) -> list[tuple[int, int]]:
    """First and last ordinals of gaps amid history of at least so many dates that nobody and nothing has left out."""
    history, doubted = said.past.history, np.zeros(said.past.history.days, dtype=bool)
    for doubt in said.doubts:
        doubted[max(doubt.first - history.first, 0) : max(doubt.last + 1 - history.first, 0)] = True
    known = np.flatnonzero(np.isfinite(history.offered).any(axis=1) | said.past.before.left_out | doubted)
    gaps = np.flatnonzero(np.diff(known) > longer)
    return [(history.first + int(known[at]) + 1, history.first + int(known[at + 1]) - 1) for at in gaps]


TOLD_OF = {
    Kind.OUTAGE: "{days} dates hold what looks like an outage and are left out there; special_days.csv decides otherwise",
    Kind.SPIKE: "{days} dates hold a spike far above what is usual and are left out there; name them in special_days.csv",
    Kind.NOT_BEGUN: "the first {days} dates have no contacts: the queue is taken to have begun after them",
}
