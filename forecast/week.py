"""The forecast of a planned week: every queue's contacts, their band and handling time, interval by interval."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from forecast.calendar import public_calendar
from forecast.history import Bools, Floats, QueueHistory, queue_histories
from forecast.queue_week import QueueWeek, queue_rolling, queue_week
from forecast.rolling import Rolling
from forecast.today import complete_by, told_anew
from wfm.centre import Centre
from wfm.clock import Week
from wfm.demand import BAND, LEVELS, Forecast
from wfm.faults import Fault, FaultyInput
from wfm.opening import open_intervals

GAP_DAYS = 42


def forecast(centre: Centre, week: Week, *, now: datetime | None = None, seed: int = 1) -> Forecast:
    """The week told from the history before it.

    With `now` (aware, within the week) it is told from all rows that were complete by then: the days that are over as
    they were told on Monday, today and the days to come anew, the rest of today as its first hours suggest. `seed` is
    taken so that all steps are called alike; nothing here is drawn at random. Raises FaultyInput where the history ends
    more than six weeks before the week, ValueError for a `now` outside it.
    """
    _require_recent_history(centre, week)
    opened, queues = open_intervals(centre, week), tuple(centre.queues)
    weeks = _told(centre, week, now, opened)
    return Forecast(
        week=week,
        queues=queues,
        offered=_rows([one.offered for one in weeks], opened.shape),
        limits={name: _rows([one.limits[name] for one in weeks], opened.shape) for name in LEVELS},
        aht_seconds=_rows([one.aht_seconds for one in weeks], opened.shape),
        aht_limits={name: _rows([one.aht_limits[name] for one in weeks], opened.shape) for name in BAND},
        day_limits={name: _rows([one.day_limits[name] for one in weeks], (len(weeks), 7)) for name in LEVELS},
        method={queue: one.method for queue, one in zip(queues, weeks, strict=True)},
        caveats=(
            *_calendar_caveats(centre, week),
            *(f"{q}: {text}" for q, one in zip(queues, weeks, strict=True) for text in one.caveats),
        ),
        proposals=tuple(proposal for one in weeks for proposal in one.proposals),
    )


def _rows(parts: list[Floats], shape: tuple[int, int]) -> Floats:
    return np.stack(parts) if parts else np.zeros(shape)


def _told(centre: Centre, week: Week, now: datetime | None, opened: Bools) -> list[QueueWeek]:
    """Every queue's week; what its days say is worked out once, whichever date of the week is told from them."""
    known = centre if now is None else complete_by(centre, week, now)
    monday = queue_histories(known, before=week.monday)
    if now is None:
        rolling = {q: queue_rolling(centre, week, q, seen=monday[q], monday=monday[q]) for q in monday}
        return _weeks(rolling, week, monday, opened, 0)
    today = week.day_of(week.minute(now))
    seen = queue_histories(known, before=week.date_of(today + 1))
    rolling = {q: queue_rolling(centre, week, q, seen=seen[q], monday=monday[q]) for q in monday}
    weeks = _weeks(rolling, week, monday, opened, 0)
    before = queue_histories(known, before=week.date_of(today))
    anew = _weeks(rolling, week, before, opened, today) if today else weeks
    return told_anew(rolling, week, now, weeks, anew)


def _weeks(
    rolling: dict[str, Rolling], week: Week, histories: dict[str, QueueHistory], opened: Bools, first: int
) -> list[QueueWeek]:
    """Every queue's week from its day `first` on, told from its history before; the days before hold nothing."""
    return [
        queue_week(rolling[queue], week, queue, histories, opened[row], first) for row, queue in enumerate(histories)
    ]


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
