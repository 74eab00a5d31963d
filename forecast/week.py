"""The forecast of a planned week: every queue's contacts, their band and handling time, interval by interval."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from forecast.calendar import public_calendar
from forecast.history import Floats, queue_histories
from forecast.queue_week import QueueWeek, queue_week
from forecast.today import told_anew
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
    weeks, opened = _weeks(centre, week, 0), open_intervals(centre, week)
    if now is not None:
        weeks = told_anew(centre, week, now, weeks, _weeks)
    queues = tuple(centre.queues)
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


def _weeks(centre: Centre, week: Week, first: int) -> list[QueueWeek]:
    """Every queue's week from its day `first` on, told from the days before; the days before hold nothing."""
    histories = queue_histories(centre, before=week.date_of(first))
    opened = open_intervals(centre, week)
    return [queue_week(centre, week, queue, histories, opened[row], first) for row, queue in enumerate(histories)]


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
