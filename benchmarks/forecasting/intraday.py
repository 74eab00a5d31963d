"""How near the rest of a day comes when it is told anew from its first hours, against the forecast of that morning."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.command import Failed
from benchmarks.forecasting.histories import history_of, whole_weeks
from benchmarks.forecasting.scores import ORIGINS
from benchmarks.record import recorded
from benchmarks.table import Claim
from forecast import forecast
from forecast.backtest import FEWEST_DAYS
from forecast.history import Floats
from wfm.centre import Centre
from wfm.demand import matrix

SETS = ("bank_us", "bank_us, 30 minutes", "nyc_ems", "bank_il_feb")
HOURS = (10, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The rests of some days from an hour on: contacts, and those missed by what was told on Monday, at midnight and then."""

    hour: int
    contacts: float
    monday: float
    morning: float
    update: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What was measured of a history, an hour each: the fields of `Rest`, and how many days it was."""

    days: int
    found: list[dict[str, float]]

    def each(self) -> list[Rest]:
        """As values."""
        return [Rest(hour=int(f["hour"]), **{k: v for k, v in f.items() if k != "hour"}) for f in self.found]


def intraday(*, again: bool) -> list[Claim]:
    """A line for each real history; the days of its last 8 weeks, of fewer where it is too short."""
    reach = f"WAPE of the rest of the day from {HOURS[0]}:00 on ≤ that of the forecast of the same morning"
    return [
        Claim(work=f"{name}, told anew at {_hours()}", reach=reach, measure=partial(_intraday, name, again))
        for name in SETS
    ]


def updated(centre: Centre, *, weeks: int) -> Updated:
    """The days of the last weeks told on Monday, at their midnight and at each of the hours; all queues together."""
    seen: dict[int, list[Rest]] = {hour: [] for hour in HOURS}
    for monday in _mondays(centre, weeks):
        for rest in _of_week(centre, monday):
            seen[rest.hour].append(rest)
    days = max(len(rests) for rests in seen.values())
    if not days:
        raise Failed(f"no Monday has {FEWEST_DAYS} days before it and a week after it")
    return Updated(days=days, found=[asdict(_sum(hour, rests)) for hour, rests in seen.items()])


def _intraday(name: str, again: bool) -> tuple[str, bool]:
    place = f"forecast-intraday-{name.replace(', ', '-').replace(' ', '_')}"
    found = recorded(place, Updated, lambda: updated(history_of(name), weeks=ORIGINS), again=again)
    told = "; ".join(_text(rest) for rest in found.each())
    return f"{found.days} days; {told}", all(rest.update <= rest.morning for rest in found.each())


def _mondays(centre: Centre, weeks: int) -> list[date]:
    first, end = whole_weeks(centre)
    every = [end - timedelta(weeks=back) for back in range(weeks, 0, -1)]
    return [monday for monday in every if (monday - first).days >= FEWEST_DAYS]


def _of_week(centre: Centre, monday: date) -> Iterator[Rest]:
    """Each day's rest at each hour, as far as it has rows."""
    week, queues, zone = centre.week(monday), tuple(centre.queues), ZoneInfo(centre.timezone)
    came = matrix(centre.history, week, queues, "offered")
    known = matrix(centre.history.assign(known=1.0), week, queues, "known") > 0
    starts = [week.wall(week.interval_minutes * number) for number in range(week.intervals)]
    told = forecast(centre, week).offered
    for day in range(7):
        midnight = datetime.combine(week.date_of(day), datetime.min.time(), zone)
        today = np.array([start.date() == midnight.date() for start in starts]) & known
        if not today.any():
            continue
        morning = forecast(centre, week, now=midnight).offered
        for hour in HOURS:
            now = midnight.replace(hour=hour)
            rest = today & np.array([start >= now for start in starts])

            def missed(said: Floats, rest: np.ndarray = rest) -> float:
                return float(np.abs(said - came)[rest].sum())

            if rest.any():
                update = forecast(centre, week, now=now).offered
                yield Rest(
                    hour=hour,
                    contacts=float(came[rest].sum()),
                    monday=missed(told),
                    morning=missed(morning),
                    update=missed(update),
                )


def _sum(hour: int, rests: list[Rest]) -> Rest:
    return Rest(
        hour=hour,
        contacts=sum(rest.contacts for rest in rests),
        monday=sum(rest.monday for rest in rests),
        morning=sum(rest.morning for rest in rests),
        update=sum(rest.update for rest in rests),
    )


def _text(rest: Rest) -> str:
    figures = ", ".join(f"{name} {getattr(rest, name) / rest.contacts:.4f}" for name in ("monday", "morning", "update"))
    return f"{rest.hour}:00 {figures} ({rest.update / rest.morning - 1:+.1%})"


def _hours() -> str:
    return ", ".join(f"{hour}:00" for hour in HOURS)
