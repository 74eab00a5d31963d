"""How accurate the forecast would have been in past weeks, beside the averages that planners use."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd

from forecast.average import weekday_mean
from forecast.band import Band
from forecast.calendar import day_names, queue_calendar
from forecast.candidates import Method
from forecast.history import Bools, Floats, QueueHistory, current_slots, queue_histories, to_the_week_s_end, weekday
from forecast.model import WEEK, told
from forecast.rolling import Rolling
from forecast.scores import Outcome, Scores, as_a_week_ago, floor, inside, score
from wfm.accuracy import AVERAGES, CHOSEN, DAYS, FLOOR, SCORES, WEEKS, Backtest
from wfm.centre import Centre
from wfm.demand import LEVELS
from wfm.progress import Progress, Report, Stop, never, silent

FEWEST_DAYS = 14  # of history before an origin

Row = dict[str, object]


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

    def outcome(self, mean: Floats, limits: dict[str, Floats], day_bands: tuple[Band, ...]) -> Outcome:
        """What came beside what was said."""
        return Outcome(actual=self.actual, scored=self.scored, mean=mean, limits=limits, day_bands=day_bands)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A queue forecast from some Mondays on over a horizon: outcomes by method, one for each origin."""

    origins: list[Origin]
    outcomes: dict[str, list[Outcome]]
    seconds: dict[str, float]


def backtest(
    centre: Centre,
    *,
    weeks: int = 8,
    horizons: tuple[int, ...] = (7,),
    report: Report = silent,
    stop: Stop = never,
) -> Backtest:
    """Accuracy from the last `weeks` Mondays on, of the queues that were done before `stop` was asked.

    Each Monday knows only the days before it; `seconds` is for all of them. Scored are open intervals with a row,
    outages and closures left out. `floor` is what a Poisson count of the chosen mean errs. Averages and floor have the
    band of such a count. A queue too short for a single week to be scored has no row. Weeks are those of the longest
    horizon, dates those of the first week of the shortest. Each queue is reported by its name. ValueError: a horizon
    that is not whole weeks.
    """
    if not horizons or any(days <= 0 or days % WEEK for days in horizons):
        raise ValueError(f"a horizon is a whole number of weeks, such as 7 or 28 days; got {horizons}")
    begun = time.monotonic()
    scores: list[Row] = []
    by_week: list[Row] = []
    days: list[Row] = []
    for queue, history in queue_histories(centre, before=_after_history(centre)).items():
        if stop():
            break
        report(Progress(step="backtest", seconds=time.monotonic() - begun, message=queue))
        calendar = queue_calendar(centre, queue, start=history.first, end=history.end + max(horizons))
        rolling = Rolling(history, calendar, ahead=max(horizons))
        trials = {horizon: _trial(rolling, weeks, horizon) for horizon in horizons}
        names = day_names(centre, queue, start=history.first, end=history.end)
        scores += [{"queue": queue, "horizon_days": h, **row} for h in horizons for row in _score_rows(trials[h])]
        by_week += [{"queue": queue, **row} for row in _week_rows(trials[max(horizons)], max(horizons) // WEEK)]
        days += [{"queue": queue, **row} for row in _day_rows(trials[min(horizons)], names)]
    return Backtest(
        scores=pd.DataFrame(scores, columns=list(SCORES)),
        weeks=pd.DataFrame(by_week, columns=list(WEEKS)),
        days=pd.DataFrame(days, columns=list(DAYS)),
    )


def _after_history(centre: Centre) -> date:
    starts = centre.history["start"]
    return date(1970, 1, 1) if starts.empty else starts.max().date() + timedelta(days=1)


def _trial(rolling: Rolling, weeks: int, horizon: int) -> Trial:
    origins = _origins(rolling, weeks, horizon)
    tellers: dict[str, Callable[[Origin], Outcome]] = {CHOSEN: _chosen}
    tellers |= {method: partial(_averaged, weeks=averaged) for method, averaged in AVERAGES.items()}
    outcomes, seconds = {}, {}
    for method, tell in tellers.items():
        begun = time.perf_counter()
        outcomes[method] = [tell(origin) for origin in origins]
        seconds[method] = time.perf_counter() - begun
    # What the candidates said is known by now: their seconds are in those of the choice.
    said = {method for origin in origins for method in rolling.at(origin.start).offered}
    outcomes |= {str(m): [_candidate(origin, m) for origin in origins] for m in Method if m in said}
    return Trial(origins=origins, outcomes=outcomes, seconds=seconds)


def _origins(rolling: Rolling, weeks: int, horizon: int) -> list[Origin]:
    history = to_the_week_s_end(rolling.history)
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


def _chosen(origin: Origin) -> Outcome:
    """Week by week, as each would be planned on its own."""
    found = told(origin.rolling, end=origin.start, start=origin.start, days=len(origin.actual))
    weeks = [band.limits(found.offered[WEEK * n : WEEK * (n + 1)]) for n, band in enumerate(found.bands)]
    limits = {name: np.vstack([week[name] for week in weeks]) for name in LEVELS}
    return origin.outcome(found.offered, limits, found.day_bands)


def _candidate(origin: Origin, method: Method) -> Outcome:
    said = origin.rolling.at(origin.start).offered
    return _counted(origin, said.get(method, said[Method.SIX_WEEKS])[: len(origin.actual)])


def _averaged(origin: Origin, *, weeks: int) -> Outcome:
    days = np.arange(len(origin.actual)) % 7
    return _counted(origin, np.nan_to_num(weekday_mean(origin.known, weeks=weeks))[days])


def _counted(origin: Origin, mean: Floats) -> Outcome:
    """With the limits of a Poisson count."""
    band = Band(variance=0.0)
    return origin.outcome(mean, band.limits(mean), (band,) * (len(mean) // WEEK))


def _score_rows(trial: Trial) -> Iterator[Row]:
    if not trial.origins:
        return
    scale = _scale(trial)
    found = _named_scores(trial.outcomes, scale=scale)
    found |= {str(m): score(trial.outcomes[str(m)], scale=scale) for m in Method if str(m) in trial.outcomes}
    for method, scores in found.items():
        yield {"method": method, **scores, "seconds": trial.seconds.get(method, 0.0)}


def _week_rows(trial: Trial, weeks: int) -> Iterator[Row]:
    for number in range(weeks):
        parts = {method: [o.week(number) for o in trial.outcomes[method]] for method in (CHOSEN, *AVERAGES)}
        parts = {method: [part for part in these if part.scored.any()] for method, these in parts.items()}
        if parts[CHOSEN]:
            for method, scores in _named_scores(parts, scale=_scale(trial)).items():
                yield {"horizon_week": number + 1, "method": method, **scores}


def _named_scores(outcomes: Mapping[str, Sequence[Outcome]], *, scale: float) -> dict[str, Scores]:
    """By the methods of METHODS, in their order."""
    found = {method: score(outcomes[method], scale=scale) for method in (CHOSEN, *AVERAGES)}
    return {**found, FLOOR: floor(outcomes[CHOSEN], scale=scale)}


def _scale(trial: Trial) -> float:
    first = trial.origins[0]
    return as_a_week_ago(first.rolling.history.until(first.start))


def _day_rows(trial: Trial, names: Mapping[date, str]) -> Iterator[Row]:
    pairs = zip(trial.outcomes[CHOSEN], trial.outcomes["mean6"], strict=True)
    for origin, (chosen, average) in zip(trial.origins, pairs, strict=True):
        week, averages = chosen.week(0), average.week(0).day_totals()["mean"]
        totals = week.day_totals()
        within = inside(totals["actual"], totals, "p10", "p90")
        for place, day in enumerate(np.flatnonzero(week.counted)):
            on = date.fromordinal(origin.start + int(day))
            actual, said = float(totals["actual"][place]), float(totals["mean"][place])
            yield {
                "date": on,
                "actual": actual,
                "chosen": said,
                "mean6": float(averages[place]),
                "error": said - actual,
                "error_share": (said - actual) / max(actual, 1.0),
                "inside80": bool(within[place]),
                "label": names.get(on, ""),
            }
