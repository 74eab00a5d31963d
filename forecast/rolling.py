"""What every method would have said in past weeks, each told from what was known then."""

from dataclasses import dataclass

import numpy as np

from forecast.calendar import Calendar
from forecast.candidates import Method, tell
from forecast.cleaning import Doubt, cleaned
from forecast.history import Bools, Floats, QueueHistory
from forecast.past import Past

TRIALS = 12  # past weeks on which the methods are tried
TRIAL_DAYS = 28  # a trial needs so many days before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said at the end of a date: `offered` by method, each of shape (ahead, slots); `past` is cleaned."""

    past: Past
    offered: dict[Method, Floats]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Past weeks against what came: `actual` (days tried, slots), NaN where nothing counts; `means` alike by method.

    `week` (days tried,) numbers the trial that a day belongs to, the latest first.
    """

    actual: Floats
    means: dict[Method, Floats]
    week: Floats

    @property
    def seen(self) -> Bools:
        """Intervals with a row that counts."""
        return np.isfinite(self.actual)


class Rolling:
    """A queue's history told again and again; what was said at a date is worked out once."""

    def __init__(self, history: QueueHistory, calendar: Calendar, *, ahead: int) -> None:
        self.history, self.calendar, self.ahead = history, calendar, ahead
        self._said: dict[int, Said] = {}

    def at(self, end: int) -> Said:
        """What the days before ordinal `end` say about the days from it on."""
        if end not in self._said:
            known = self.history.until(end)
            history, doubts = cleaned(known, self.calendar)
            past = Past(history, self.calendar, ahead=self.ahead)
            nothing = {Method.SIX_WEEKS: np.zeros((self.ahead, history.offered.shape[1]))}
            offered = tell(past) if np.nansum(history.offered) else nothing
            self._said[end] = Said(past=past, offered=offered, doubts=doubts)
        return self._said[end]

    def trials(self, end: int, *, leads: range) -> Trials:
        """The last weeks before ordinal `end`, on days told so many days ahead (0: the day after what was known)."""
        truth = self.at(end).past.history
        actual: list[Floats] = []
        means: dict[Method, list[Floats]] = {method: [] for method in Method}
        weeks: list[Floats] = []
        for week in range(1, TRIALS + 1):
            origin = end - 7 * week
            if origin - truth.first < TRIAL_DAYS or not np.nansum(self.history.until(origin).offered):
                break
            days = np.array([lead for lead in leads if lead < min(7 * week, self.ahead)], dtype=int)
            if not days.size:
                continue
            said = self.at(origin)
            rows = truth.offered[origin - truth.first + days]
            actual.append(np.where(said.past.usual_slots[days], rows, np.nan))
            weeks.append(np.full(days.size, week))
            for method in Method:
                means[method].append(said.offered.get(method, said.offered[Method.SIX_WEEKS])[days])
        slots = self.history.offered.shape[1]
        nothing = np.zeros((0, slots))
        return Trials(
            actual=np.vstack([nothing, *actual]),
            means={method: np.vstack([nothing, *parts]) for method, parts in means.items()},
            week=np.concatenate([np.zeros(0), *weeks]),
        )
