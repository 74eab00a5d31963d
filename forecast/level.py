"""Contacts of whole days: a weighted regression of their logarithm with autoregressive residuals, and a Poisson one."""

import warnings
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.calendar import EVENT, FAR, GENERAL_LABELS, Calendar
from forecast.history import Bools, Floats

HALF_LIFE_DAYS = 730.0
POISSON_HALF_LIFE_DAYS = 90.0
AR_LAGS = 7
AR_DAYS = 182
YEAR = 365.25
ANNUAL_FROM_DAYS = 550  # a season of the year is told from a trend only when some of it was seen twice
ROUNDS = 3
START_SCALE = 0.05  # of residuals on the log scale, before any are seen
OUTLIER = 3.0  # residuals beyond so many scales count less (Huber)
STEPS_DAYS = (21, 63)  # before the end of history, at which its level may have taken a step
LABELS_FROM = 8  # columns before those of the labels: the level and seven weekdays
POISSON_NEAR = 1e-4  # of the deviance, at which a Poisson regression is done
FLOOR_TOTAL = 0.5  # stands for a day without contacts, whose logarithm does not exist

# Standard deviation, on the log scale, that each kind of effect is expected to have before the data are seen.
PRIORS = {
    "weekday": 1.0,
    "label": 0.3,
    "far label": 0.1,
    "month day": 0.04,
    "trend": 0.05,
    "season": 0.1,
    "step": 0.02,
    "once": 0.05,
}
LARGE = 0.35  # on the log scale: what a date was off by that is no chance, even where it was seen once


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTotals:
    """Forecast of whole days: `mean` contacts, and the factors by which a date's labels move it, all of them (`effect`)
    and the events that a planner has named alone (`event_effect`)."""

    mean: Floats
    effect: Floats
    event_effect: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class DayDesign:
    """Columns for the dates known of history, for all of its dates and for those to come, with the prior deviation of
    each (inf: free); `names` are the labels, whose columns follow the weekdays'.

    `known` (dates of history,) says which are known, `live_past` and `live_future` which are of a weekday that is.
    """

    learned: Floats
    past: Floats
    future: Floats
    prior: Floats
    names: list[str]
    known: Bools
    live_past: Bools
    live_future: Bools


def day_totals(totals: Floats, design: DayDesign) -> DayTotals:
    """The dates to come of the design, from totals of the dates before (NaN where not known or left out).

    Effects are shrunk: each has a pseudo-observation of zero, weighted by residual variance over prior variance.
    Raises ValueError where no day is known.
    """
    known, names = design.known, design.names
    if not known.any():
        raise ValueError("no day of the history can be used")
    age = np.arange(len(totals), 0, -1) - 1.0
    recency: Floats = np.power(0.5, age / HALF_LIFE_DAYS)
    logs = np.log(np.maximum(totals, FLOOR_TOTAL))
    coefficients = shrunk_fit(design.learned, logs[known], recency[known], design.prior)
    fitted = design.past @ coefficients
    carried = carried_on(logs - fitted, design)
    level = np.sum(recency[known] * totals[known]) / np.sum(recency[known] * np.exp(fitted[known]))
    mean = np.exp(design.future @ coefficients + carried) * level
    own = slice(LABELS_FROM, LABELS_FROM + len(names))
    labels = design.future[:, own] * coefficients[own]
    events = np.array([name.startswith(EVENT) for name in names], dtype=bool)
    return DayTotals(mean=mean, effect=np.exp(labels.sum(axis=1)), event_effect=np.exp(labels[:, events].sum(axis=1)))


def poisson_totals(totals: Floats, calendar: Calendar, *, ahead: int) -> Floats:
    """The same dates by a Poisson regression that forgets sooner: of the mean itself, holidays alike whatever their name.

    Raises ValueError where no day is known.
    """
    known = np.isfinite(totals)
    if not known.any():
        raise ValueError("no day of the history can be used")
    design = _plain_design(calendar, known, ahead)
    recency = np.power(0.5, np.arange(len(totals), 0, -1) / POISSON_HALF_LIFE_DAYS)
    counted = np.maximum(totals[known], FLOOR_TOTAL)
    coefficients = poisson_fit(counted, design[:-ahead][known], weights=recency[known])
    return np.asarray(np.exp(design[-ahead:] @ coefficients))


def poisson_fit(
    counts: Floats, design: Floats, *, weights: Floats | None = None, exposure: Floats | None = None
) -> Floats:
    """Coefficients of a Poisson regression with the logarithm as link; a column that others make up shares with them.

    Begun at the regression of the logarithms, it is there in two rounds instead of five, to nine digits.
    """
    import statsmodels.api as sm  # here, since it takes a second to load and most commands forecast nothing

    model = sm.GLM(counts, design, family=sm.families.Poisson(), freq_weights=weights, exposure=exposure)
    some = np.maximum(counts, FLOOR_TOTAL)
    logs = np.log(some if exposure is None else some / exposure)
    roots = np.sqrt(some if weights is None else some * weights)
    start = np.linalg.lstsq(design * roots[:, None], logs * roots, rcond=None)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a perfect fit is no fault of a regular history
        return np.asarray(model.fit(start_params=start, maxiter=50, tol=POISSON_NEAR).params, dtype=float)


def _plain_design(calendar: Calendar, known: Bools, ahead: int) -> Floats:
    """Weekdays seen, the labels that all holidays share, trend and season; a weekday never seen is Monday to Friday's mean."""
    days = len(calendar.labels)
    seen = calendar.weekdays[:-ahead][known].sum(axis=0) > 0
    weekdays = calendar.weekdays[:, seen] + np.where(seen, 0.0, calendar.weekdays).sum(axis=1)[:, None] / seen.sum()
    flags = [np.array([label in labels for labels in calendar.labels]) for label in GENERAL_LABELS]
    flags = [flag for flag in flags if flag[:-ahead][known].sum() >= 2]
    years = (np.arange(days) - (days - ahead - 1)) / YEAR
    columns = [weekdays, *[flag[:, None].astype(float) for flag in flags]]
    if days - ahead >= ANNUAL_FROM_DAYS:
        columns.append(season(years))
    return np.hstack(columns)


def day_design(calendar: Calendar, known: Bools, ahead: int) -> DayDesign:
    """The columns of a calendar, the last dates of which are `ahead` of history."""
    days, weekdays = len(calendar.labels), calendar.weekdays
    found = {label for labels, seen in zip(calendar.labels, known, strict=False) if seen for label in labels}
    names = sorted(found, key=lambda label: (label.startswith(FAR), label))
    index = {name: column for column, name in enumerate(names)}
    flags = np.zeros((days, len(names)))
    for row, labels in enumerate(calendar.labels):
        for label in labels:
            if label in index:
                flags[row, index[label]] = 1.0
    far = np.array([name.startswith(FAR) for name in names], dtype=bool)
    ordinals = calendar.first + np.arange(days)
    month_day = np.eye(31)[_month_day(ordinals) - 1]
    years = (ordinals - ordinals[-ahead - 1]) / YEAR
    parts = [
        (np.ones((days, 1)), np.inf),
        (weekdays, PRIORS["weekday"]),
        (flags[:, ~far], PRIORS["label"]),
        (flags[:, far], PRIORS["far label"]),
        (month_day, PRIORS["month day"]),
        (years[:, None], PRIORS["trend"]),
    ]
    if days - ahead >= ANNUAL_FROM_DAYS:
        parts.append((season(years), PRIORS["season"]))
    parts.append((_earlier(days, ahead), PRIORS["step"]))
    design = np.hstack([block for block, _ in parts])
    prior = np.concatenate([np.full(block.shape[1], deviation) for block, deviation in parts])
    live = weekdays @ (weekdays[:-ahead][known].sum(axis=0) > 0) > 0
    return DayDesign(
        learned=design[:-ahead][known],
        past=design[:-ahead],
        future=design[-ahead:],
        prior=prior,
        names=names,
        known=known,
        live_past=live[:-ahead],
        live_future=live[-ahead:],
    )


def doubting_single_dates(design: DayDesign, totals: Floats) -> DayDesign:
    """The design with little belief in what a holiday, or a day about one, did the only time that it was seen: it may
    have snowed. A large effect is believed, and so are the events that a planner has named."""
    labels = slice(LABELS_FROM, LABELS_FROM + len(design.names))
    flags = design.learned[:, labels]
    once = np.array([not name.startswith(EVENT) for name in design.names], dtype=bool) & (flags.sum(axis=0) == 1)
    if not once.any():
        return design
    logs = np.log(np.maximum(totals[design.known], FLOOR_TOTAL))
    coefficients = _ridge(design.learned, logs, np.ones(len(logs)), START_SCALE / design.prior)
    off = flags.T @ (flags[:, once] @ coefficients[labels][once])
    prior = design.prior.copy()
    small = LABELS_FROM + np.flatnonzero(once & (np.abs(off) < LARGE))
    prior[small] = np.minimum(prior[small], PRIORS["once"])
    return replace(design, prior=prior)


def _earlier(days: int, ahead: int) -> Floats:
    """Columns that lift the dates before each of some days: a level that has taken steps is told from its newest."""
    age = (days - ahead) - np.arange(days)
    return np.stack([(age > knot).astype(float) for knot in STEPS_DAYS], axis=1)


def season(years: Floats) -> Floats:
    """Columns of the season of the year, for times in years."""
    turns = 2 * np.pi * years[:, None] * np.array([1.0, 2.0])
    return np.hstack([np.sin(turns), np.cos(turns)])


def _month_day(ordinals: NDArray[np.int64]) -> NDArray[np.int64]:
    """Day of the month (1-31) of dates given as proleptic ordinals."""
    dates = (ordinals - 719163).astype("datetime64[D]")
    return np.asarray((dates - dates.astype("datetime64[M]")).astype(np.int64) + 1)


def shrunk_fit(design: Floats, values: Floats, recency: Floats, prior: Floats) -> Floats:
    """Weighted least squares in a few rounds, which learn the residual scale and play outliers down.

    By normal equations: with priors they are well posed, and a fit takes a millisecond instead of the thirty that
    statsmodels' WLS spends on a decomposition; hundreds of fits are needed for one choice.
    """
    coefficients = _ridge(design, values, recency, START_SCALE / prior)
    for _ in range(ROUNDS - 1):
        strayed = np.abs(values - design @ coefficients)
        scale = min(max(1.4826 * float(np.median(strayed)), 0.005), 1.0)
        weights = recency * np.minimum(1.0, OUTLIER * scale / np.maximum(strayed, 1e-12))
        coefficients = _ridge(design, values, weights, scale / prior)
    return coefficients


def _ridge(design: Floats, values: Floats, weights: Floats, drawn: Floats) -> Floats:
    """Weighted least squares, every coefficient drawn to zero by so much; 0 leaves it free."""
    weighted = design * weights[:, None]
    return np.asarray(np.linalg.solve(design.T @ weighted + np.diag(drawn**2), weighted.T @ values))


def carried_on(residuals: Floats, design: DayDesign) -> Floats:
    """What the latest residuals say about the days to come, counted in days of weekdays that have history."""
    past = np.where(design.known, residuals, 0.0)[design.live_past][-AR_DAYS:]
    steps = int(design.live_future.sum())
    carried = np.zeros(len(design.live_future))
    if len(past) < 6 * AR_LAGS or not steps:
        return carried
    limit = OUTLIER * 1.4826 * float(np.median(np.abs(past)))
    if limit > 0:
        carried[design.live_future] = np.clip(_continued(np.clip(past, -limit, limit), steps), -limit, limit)
    return carried


def _continued(residuals: Floats, steps: int) -> Floats:
    """Autoregressive forecast of the next steps; zero where the process found would grow without end.

    The regression on the days before is statsmodels' `AutoReg` without its tables, in a fifth of its time.
    """
    import statsmodels.api as sm  # here, as above

    lagged = np.stack([residuals[AR_LAGS - lag : -lag] for lag in range(1, AR_LAGS + 1)], axis=1)
    weights = np.asarray(sm.OLS(residuals[AR_LAGS:], lagged).fit().params, dtype=float)
    companion = np.vstack([weights, np.eye(AR_LAGS - 1, AR_LAGS)])
    if not np.all(np.isfinite(weights)) or np.abs(np.linalg.eigvals(companion)).max() >= 1:
        return np.zeros(steps)
    said = np.concatenate([residuals[-AR_LAGS:], np.zeros(steps)])
    for step in range(AR_LAGS, AR_LAGS + steps):
        said[step] = said[step - AR_LAGS : step][::-1] @ weights
    return said[AR_LAGS:]
