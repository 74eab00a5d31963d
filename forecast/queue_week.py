"""A queue's share of a planned week: contacts, handling time and limits, interval by interval."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from forecast.calendar import Calendar, queue_calendar
from forecast.cleaning import Doubt, Kind
from forecast.handling import HandlingBand, HandlingTimes, handling_times
from forecast.history import Bools, Floats, QueueHistory, current_slots
from forecast.model import told
from forecast.rolling import Rolling
from wfm.centre import Centre
from wfm.clock import Week
from wfm.demand import Proposal, by_date
from wfm.opening import wall_clock

Number = TypeVar("Number", np.float64, np.bool_)

ASSUMED_AHT_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueWeek:
    """A queue's week: contacts, handling time and limits by interval, shape (intervals,), and of dates, shape (7,)."""

    offered: Floats
    limits: dict[str, Floats]
    day_limits: dict[str, Floats]
    aht_seconds: Floats
    aht_limits: dict[str, Floats]
    method: str
    caveats: tuple[str, ...]
    proposals: tuple[Proposal, ...]


def queue_rolling(centre: Centre, week: Week, queue: str, *, seen: QueueHistory, monday: QueueHistory) -> Rolling:
    """All that is seen of a queue, to be told from any date of the week on from what was known then; `monday` is what
    was known when the week began."""
    start = week.monday.toordinal()
    ahead = start + 7 - monday.end
    first = min(monday.first, seen.first, start)
    calendar = queue_calendar(centre, queue, start=first, end=max(seen.end, monday.end) + ahead)
    return Rolling(seen, calendar, ahead=ahead)


def queue_week(
    rolling: Rolling, week: Week, queue: str, histories: dict[str, QueueHistory], opened: Bools, first: int
) -> QueueWeek:
    """A queue's week from its day `first` on, told from its history before; `opened` has shape (intervals,)."""
    history, start, calendar = histories[queue], week.date_of(first).toordinal(), rolling.calendar
    found = told(rolling, end=history.end, start=start, days=7 - first)
    slots = np.vstack([np.zeros((first, found.offered.shape[1])), found.offered])
    offered = np.where(opened, _by_interval(slots, week), 0.0)
    dates = by_date(offered, week)
    handling, unknown = _handling(history, calendar, histories)
    aht = _by_interval(handling.seconds(calendar.part(week.monday.toordinal(), week.monday.toordinal() + 7).free), week)
    return QueueWeek(
        offered=offered,
        limits={name: np.where(opened, limit, 0.0) for name, limit in found.bands[0].limits(offered).items()},
        day_limits={name: np.where(dates > 0, limit, 0.0) for name, limit in found.day_bands[0].limits(dates).items()},
        aht_seconds=aht,
        aht_limits=handling.band.limits(aht, offered),
        method=str(found.choices[0].method),
        caveats=(*found.caveats, *unknown, *_guessed(history, opened, week)),
        proposals=_proposals(found.doubts, queue, week.interval_minutes),
    )


def _by_interval(slots: NDArray[Number], week: Week) -> NDArray[Number]:
    """(7, slots of the wall clock) as intervals of the week; an hour that the clock shows twice comes twice."""
    days, clocks = wall_clock(week)
    return np.asarray(slots[days, clocks // week.interval_minutes])


def _handling(
    history: QueueHistory, calendar: Calendar, histories: dict[str, QueueHistory]
) -> tuple[HandlingTimes, tuple[str, ...]]:
    past = calendar.part(history.first, history.end)
    found = handling_times(history, past.left_out, past.free)
    if found is not None:
        return found, found.caveats
    others = np.concatenate([other.aht_seconds[other.aht_seconds > 0] for other in histories.values()])
    assumed = float(others.mean()) if others.size else ASSUMED_AHT_SECONDS
    source = "the mean of the other queues" if others.size else "a guess"
    return (
        HandlingTimes(courses=np.full((2, history.offered.shape[1]), assumed), band=HandlingBand()),
        (f"no handling time in history; {assumed:.0f} s assumed, {source}",),
    )


def _proposals(doubts: tuple[Doubt, ...], queue: str, minutes: int) -> tuple[Proposal, ...]:
    """One for each date, so that the planner can take it over into special_days.csv."""
    return tuple(
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
    )


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
