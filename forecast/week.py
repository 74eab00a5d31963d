"""The forecast of a planned week: every queue's contacts, their band and handling time, interval by interval."""

from datetime import date, timedelta
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.calendar import Calendar, public_calendar, queue_calendar
from forecast.cleaning import Doubt, Kind
from forecast.handling import HandlingBand, HandlingTimes, handling_times
from forecast.history import Bools, QueueHistory, current_slots, queue_histories
from forecast.model import queue_forecast
from wfm.centre import Centre
from wfm.clock import Week
from wfm.demand import BAND, LEVELS, Forecast, Proposal, by_date
from wfm.faults import Fault, FaultyInput
from wfm.opening import open_intervals, wall_clock

Number = TypeVar("Number", np.float64, np.bool_)

GAP_DAYS = 42
ASSUMED_AHT_SECONDS = 300.0


def forecast(centre: Centre, week: Week, *, seed: int = 1) -> Forecast:
    """The week told from the history before it.

    `seed` is taken so that all steps are called alike; nothing here is drawn at random. Raises FaultyInput where the
    history ends more than six weeks before the week.
    """
    _require_recent_history(centre, week)
    histories = queue_histories(centre, before=week.monday)
    opened = open_intervals(centre, week)
    start = week.monday.toordinal()
    offered, aht = np.zeros(opened.shape), np.zeros(opened.shape)
    limits = {name: np.zeros(opened.shape) for name in LEVELS}
    aht_limits = {name: np.zeros(opened.shape) for name in LEVELS}
    day_limits = {name: np.zeros((len(histories), 7)) for name in LEVELS}
    methods, caveats, proposals = {}, _calendar_caveats(centre, week), []
    for row, (queue, history) in enumerate(histories.items()):
        calendar = queue_calendar(centre, queue, start=min(history.first, start), end=start + 7)
        told = queue_forecast(history, calendar, start=start, days=7)
        offered[row] = np.where(opened[row], _by_interval(told.offered, week), 0.0)
        for name, limit in told.bands[0].limits(offered[row]).items():
            limits[name][row] = np.where(opened[row], limit, 0.0)
        dates = by_date(offered[row], week)
        for name, limit in told.day_bands[0].limits(dates).items():
            day_limits[name][row] = np.where(dates > 0, limit, 0.0)
        handling, unknown = _handling(history, calendar, histories)
        aht[row] = _by_interval(handling.seconds, week)
        for name, limit in handling.band.limits(aht[row], offered[row]).items():
            aht_limits[name][row] = limit
        proposals += _proposals(told.doubts, queue, week.interval_minutes)
        methods[queue] = str(told.choices[0].method)
        caveats += [f"{queue}: {text}" for text in (*told.caveats, *unknown, *_guessed(history, opened[row], week))]
    return Forecast(
        week=week,
        queues=tuple(centre.queues),
        offered=offered,
        limits=limits,
        aht_seconds=aht,
        aht_limits={name: aht_limits[name] for name in BAND},
        day_limits=day_limits,
        method=methods,
        caveats=tuple(caveats),
        proposals=tuple(proposals),
    )


def history_tail(centre: Centre, *, weeks: int = 6) -> pd.DataFrame:
    """Rows of history.csv of the last weeks, in its columns."""
    history = centre.history
    if history.empty:
        return history
    recent = history["start"] > history["start"].max() - pd.Timedelta(weeks=weeks)
    return pd.DataFrame(history[recent]).reset_index(drop=True)


def _require_recent_history(centre: Centre, week: Week) -> None:
    starts = centre.history["start"]
    before = starts[starts < pd.Timestamp(week.wall(0))]
    last = None if before.empty else before.max().date()
    first_allowed = week.monday - timedelta(days=GAP_DAYS + 1)
    if last is None or last < first_allowed:
        fault = Fault(
            file="history.csv",
            row=len(starts) + 1,
            column="start",
            expected=f"history to end at most six weeks before the week of {week.monday} "
            f"(its last row between {first_allowed} and {week.date_of(-1)})",
            got="no row before the week" if last is None else f"a last row on {last}",
        )
        raise FaultyInput([fault])


def _by_interval(slots: NDArray[Number], week: Week) -> NDArray[Number]:
    """(7, slots of the wall clock) as intervals of the week; an hour that the clock shows twice comes twice."""
    days, clocks = wall_clock(week)
    return np.asarray(slots[days, clocks // week.interval_minutes])


def _handling(
    history: QueueHistory, calendar: Calendar, histories: dict[str, QueueHistory]
) -> tuple[HandlingTimes, tuple[str, ...]]:
    found = handling_times(history, calendar.part(history.first, history.end).left_out)
    if found is not None:
        return found, ()
    others = np.concatenate([other.aht_seconds[other.aht_seconds > 0] for other in histories.values()])
    assumed = float(others.mean()) if others.size else ASSUMED_AHT_SECONDS
    source = "the mean of the other queues" if others.size else "a guess"
    return (
        HandlingTimes(seconds=np.full((7, history.offered.shape[1]), assumed), band=HandlingBand()),
        (f"no handling time in history; {assumed:.0f} s assumed, {source}",),
    )


def _proposals(doubts: tuple[Doubt, ...], queue: str, minutes: int) -> list[Proposal]:
    """One for each date, so that the planner can take it over into special_days.csv."""
    return [
        Proposal(
            date=date.fromordinal(day),
            queue=queue,
            name=f"{doubt.kind} found",
            start=_clock(doubt.start * minutes),
            end=_clock(doubt.end * minutes),
            offered=doubt.offered / (doubt.last - doubt.first + 1),
            usual=doubt.usual / (doubt.last - doubt.first + 1),
        )
        for doubt in doubts
        if doubt.kind is not Kind.NOT_BEGUN
        for day in range(doubt.first, doubt.last + 1)
    ]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _guessed(history: QueueHistory, opened: Bools, week: Week) -> tuple[str, ...]:
    """Open intervals for which the queue has contacts elsewhere, but no row at this weekday and time."""
    if not np.nansum(history.offered):
        return ()
    guessed = np.flatnonzero(opened & ~_by_interval(current_slots(history), week))
    if not guessed.size:
        return ()
    first = week.text(int(guessed[0]) * week.interval_minutes)
    return (f"{guessed.size} open intervals have no history at their weekday and time (first {first}); guessed",)


def _calendar_caveats(centre: Centre, week: Week) -> list[str]:
    last = week.date_of(6)
    calendar = public_calendar(centre.country, last.year - 2, last.year + 1)
    if not calendar.known:
        return [f"no public holidays are known for country {centre.country}; name them in special_days.csv"]
    announced = {day.year for day in calendar.workdays} | {
        s.date.year for s in centre.special_days if s.kind == "workday"
    }
    if announced and last.year not in announced:
        return [f"shifted working days of {last.year} are not known; name them in special_days.csv as workday"]
    return []
