"""How near the forecast of handling time comes to what is at all possible."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np

from benchmarks.command import Failed
from benchmarks.forecasting.histories import history_of, whole_weeks
from benchmarks.forecasting.scores import ORIGINS
from benchmarks.record import recorded
from benchmarks.table import Claim
from forecast import forecast
from forecast.backtest import FEWEST_DAYS
from forecast.calendar import public_calendar
from forecast.history import Bools, Floats
from sample_data.centres import blueprint
from sample_data.contacts import all_means
from wfm.centre import Centre
from wfm.clock import Week
from wfm.demand import matrix

SAMPLE, REAL = "guangzhou_10000", "bank_il_feb"
SAMPLE_NEAR, SAMPLE_BIAS, REAL_NEAR = 1.05, 0.01, 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Of a queue: error and bias of the forecast, and the error of what it is held against; shares of the time worked.

    Every interval weighs by the contacts handled.
    """

    of: str
    wape: float
    bias: float
    against: float

    @property
    def ratio(self) -> float:
        """The forecast's error over the other one."""
        return self.wape / self.against


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What was measured, a queue or a week each: the fields of `Missed`."""

    found: list[dict[str, str | float]]

    def each(self) -> list[Missed]:
        """As values."""
        return [Missed(of=str(f["of"]), **{k: float(v) for k, v in f.items() if k != "of"}) for f in self.found]


def handling(*, again: bool) -> list[Claim]:
    """The sample against its true means, and the one real history against what its other weeks say."""
    return [
        Claim(
            work=f"handling time, {SAMPLE}, 7 days, {ORIGINS} Mondays",
            reach=f"every queue: WAPE ≤ {SAMPLE_NEAR} of the true means', bias within {SAMPLE_BIAS:.0%}",
            measure=partial(_sample, again),
        ),
        Claim(
            work=f"handling time, {REAL}, 7 days, every Monday with {FEWEST_DAYS} days before it",
            reach=f"each: WAPE ≤ {REAL_NEAR} of what the mean of all other days errs",
            measure=partial(_real, again),
        ),
    ]


def missed(of: str, *, said: Floats, other: Floats, actual: Floats, handled: Floats) -> Missed:
    """Compare two forecasts with what came; arrays of one shape, only where contacts were handled and timed."""
    counted = np.isfinite(actual) & (actual > 0) & (handled > 0)
    weight, truth = handled[counted], actual[counted]
    total = float(weight @ truth)
    if not total:
        raise Failed(f"{of} has no handling time")
    return Missed(
        of=of,
        wape=float(weight @ np.abs(said[counted] - truth)) / total,
        bias=float(weight @ (said[counted] - truth)) / total,
        against=float(weight @ np.abs(other[counted] - truth)) / total,
    )


def mean_of_other_days(seconds: Floats, handled: Floats, *, weekend: Bools, told: slice) -> Floats:
    """Shape of the days told: the mean by slot over all days but these, apart for weekends, weighted by contacts.

    `seconds` and `handled` have shape (days, slots). A slot without a contact has the mean of all.
    """
    others = np.ones(len(seconds), dtype=bool)
    others[told] = False
    known = np.isfinite(seconds) & (seconds > 0) & others[:, None]
    weight = np.where(known, handled, 0.0)
    worked = weight * np.where(known, seconds, 0.0)
    by_kind = []
    for days in (~weekend, weekend):
        contacts = weight[days].sum(axis=0)
        overall = np.full(contacts.shape, worked.sum() / weight.sum())
        by_kind.append(np.divide(worked[days].sum(axis=0), contacts, out=overall, where=contacts > 0))
    return np.asarray(np.stack(by_kind)[weekend[told].astype(int)])


def _sample(again: bool) -> tuple[str, bool]:
    found = recorded(f"forecast-handling-{SAMPLE}", Timed, _measured_sample, again=again).each()
    worst = max(found, key=lambda one: one.ratio)
    skewed = max(found, key=lambda one: abs(one.bias))
    far = [f"{one.of} {one.ratio:.3f}" for one in found if one.ratio > SAMPLE_NEAR and one is not worst]
    seen = f"at most {worst.ratio:.3f} ({worst.of}: {worst.wape:.4f} against {worst.against:.4f}); "
    seen += f"bias at most {skewed.bias:+.2%} ({skewed.of})"
    reached = worst.ratio <= SAMPLE_NEAR and abs(skewed.bias) <= SAMPLE_BIAS
    return "; ".join([seen, *far]), reached


def _measured_sample() -> Timed:
    centre, means = history_of(SAMPLE), all_means(blueprint(SAMPLE))
    told = list(_weeks(centre, ORIGINS))
    parts = [(_told(centre, week), *_came(centre, week)) for week in told]
    said, actual, handled = (np.concatenate(part, axis=1) for part in zip(*parts, strict=True))
    days = np.array([(week.monday - blueprint(SAMPLE).first).days for week in told])
    true = np.concatenate([means.aht_seconds[:, (means.day >= day) & (means.day < day + 7)] for day in days], axis=1)
    rows = [
        missed(queue, said=said[q], other=true[q], actual=actual[q], handled=handled[q])
        for q, queue in enumerate(centre.queues)
    ]
    return Timed(found=[asdict(row) for row in rows])


def _real(again: bool) -> tuple[str, bool]:
    history_of(REAL)  # says at once where it is not there
    found = recorded(f"forecast-handling-{REAL}", Timed, _measured_real, again=again).each()
    seen = [
        f"{one.of}: {one.ratio:.3f} ({one.wape:.4f} against {one.against:.4f}), bias {one.bias:+.1%}" for one in found
    ]
    return "; ".join(seen), bool(found) and all(one.ratio <= REAL_NEAR for one in found)


def _measured_real() -> Timed:
    centre = history_of(REAL)
    first, end = whole_weeks(centre)
    weeks = [centre.week(first + timedelta(weeks=n)) for n in range((end - first).days // 7)]
    actual, handled = zip(*(_came(centre, week) for week in weeks), strict=True)
    seconds, contacts = (np.concatenate([part[0].reshape(7, -1) for part in parts]) for parts in (actual, handled))
    free = public_calendar(centre.country, first.year, end.year + 1).weekend
    weekend = np.array([day % 7 in free for day in range(len(seconds))])
    rows = []
    for number, week in enumerate(weeks):
        if 7 * number < FEWEST_DAYS:
            continue
        told = slice(7 * number, 7 * number + 7)
        other = mean_of_other_days(seconds, contacts, weekend=weekend, told=told)
        said = _told(centre, week)[0].reshape(7, -1)
        rows.append(missed(f"{week.monday}", said=said, other=other, actual=seconds[told], handled=contacts[told]))
    return Timed(found=[asdict(row) for row in rows])


def _weeks(centre: Centre, count: int) -> Iterator[Week]:
    """The last whole weeks of the history."""
    _, end = whole_weeks(centre)
    mondays: list[date] = [end - timedelta(weeks=back) for back in range(count, 0, -1)]
    yield from map(centre.week, mondays)


def _told(centre: Centre, week: Week) -> Floats:
    """What the forecast said, (queues, intervals): it knows only what lies before the week."""
    return forecast(centre, week).aht_seconds


def _came(centre: Centre, week: Week) -> tuple[Floats, Floats]:
    """Handling time (NaN or 0 where nobody was served) and contacts handled, (queues, intervals)."""
    queues = tuple(centre.queues)
    handled = centre.history.assign(handled=centre.history["offered"] - centre.history["abandoned"].fillna(0.0))
    return matrix(handled, week, queues, "aht_seconds"), matrix(handled, week, queues, "handled")
