"""Past Mondays of a queue on which anybody may be asked, and how near an answer came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from benchmarks.forecasting.asked import Asked
from forecast.backtest import FEWEST_DAYS
from forecast.calendar import Calendar, queue_calendar
from forecast.history import Bools, Floats, QueueHistory, current_slots, queue_histories, to_the_week_s_end, weekday
from wfm.centre import Centre


@dataclass(frozen=True, slots=True, kw_only=True)
class Monday:
    """What was known of a queue at the beginning of a Monday, the calendar over what was known and what came, and what
    came: `actual` and `scored` have shape (days, slots)."""

    known: QueueHistory
    calendar: Calendar
    country: str
    actual: Floats
    scored: Bools

    def asked(self) -> Asked:
        """The same as a question; dates and rows that a planner has named as outage or closure are not known."""
        left_out = self.calendar.part(self.known.first, self.known.end).left_out
        return Asked(
            start=date.fromordinal(self.known.end),
            minutes=1440 // self.actual.shape[1],
            country=self.country,
            days=len(self.actual),
            known=np.where(left_out[:, None], np.nan, self.known.offered),
            used=current_slots(self.known),
        )


def mondays(centre: Centre, *, count: int, days: int) -> list[Monday]:
    """The last Mondays of the first queue with so many days after them, at most `count`; as the backtest takes them."""
    after = centre.history["start"].max().date() + timedelta(days=1)
    queue, history = next(iter(queue_histories(centre, before=after).items()))
    history = to_the_week_s_end(history)
    calendar = queue_calendar(centre, queue, start=history.first, end=history.end)
    latest = history.end - days
    latest -= (latest + 6) % 7
    found = []
    for start in range(latest - 7 * (count - 1), latest + 1, 7):
        known = history.until(start)
        if start - history.first < FEWEST_DAYS:
            continue
        rows = slice(start - history.first, start - history.first + days)
        open_then = current_slots(known)[weekday(history.ordinals[rows])]
        scored = np.isfinite(history.offered[rows]) & open_then & ~calendar.left_out[rows, None]
        found.append(
            Monday(
                known=known,
                calendar=calendar.part(history.first, start + days),
                country=centre.country,
                actual=history.offered[rows],
                scored=scored,
            )
        )
    return found


def wape(origins: Sequence[Monday], said: Sequence[Floats]) -> float:
    """Sum of the misses over the sum of the contacts, over all Mondays; `said` has the shape of each one's actual."""
    pairs = list(zip(origins, said, strict=True))
    missed = sum(float(np.abs(mean - origin.actual)[origin.scored].sum()) for origin, mean in pairs)
    return missed / sum(float(origin.actual[origin.scored].sum()) for origin in origins)
