"""Which method forecasts a queue: the nearest on past weeks, unless one that cannot go far wrong is not clearly beaten.

That one is halfway between the six-week mean and the models. Where there is little to go by it is what makes the most of
a few weeks, or the six-week mean.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from forecast.candidates import FEW_DAYS, Method
from forecast.history import Floats
from forecast.rolling import Trials

FREE_DAYS = 154  # of history, from which on every method may be taken
ENOUGH_TRIALS = 3
CLEAR = 0.25  # standard errors by which a method must be nearer than halfway,
CLEAR_BACK = 1.0  # and the six-week mean, for then the models would say nothing at all
FARTHER = 0.05  # of its miss, by which more a few weeks must miss than their mean: one to three trials stray by so much
ROUNDED = 0.001  # of the contacts: so little is no miss
KNOWING = 2.0  # power of the share of today's history that a trial knew, with which it counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The method taken, the error of each on past weeks (WAPE, weighed as they count), and why it is not the nearest one
    where it is not."""

    method: Method
    wape: dict[Method, float]
    reason: str | None = None


def choose(trials: Trials, *, among: Collection[Method], known_days: int, span_days: int) -> Choice:
    """Judge the methods that can be told now by trials of the same lead."""
    if span_days < FEW_DAYS:
        few = f"{known_days} days of history are too few for more (at least {FEW_DAYS} needed)"
        return _of_few_weeks(trials, among=among, span_days=span_days, reason=few)
    weeks = np.unique(trials.week)
    if not np.nansum(trials.actual):
        return _mean("the last weeks hold no contacts")
    if len(weeks) < ENOUGH_TRIALS:
        return _mean(f"only {len(weeks)} past weeks could be tried")
    missed, wape = _tried(trials, weeks, among, span_days)
    best = min(wape, key=lambda method: wape[method])
    usual = Method.HALFWAY if Method.HALFWAY in missed else Method.SIX_WEEKS
    free = span_days >= FREE_DAYS
    if free and best is not Method.SIX_WEEKS and _nearer(missed, best, usual, by=CLEAR):
        return Choice(method=best, wape=wape)
    taken = Method.SIX_WEEKS if _nearer(missed, Method.SIX_WEEKS, usual, by=CLEAR_BACK) else usual
    return Choice(method=taken, wape=wape, reason=_reason(taken, best, wape, weeks=len(weeks), free=free))


def _of_few_weeks(trials: Trials, *, among: Collection[Method], span_days: int, reason: str) -> Choice:
    """What makes the most of them, unless the past weeks that could be tried speak against it: these are too few to ask
    for more than that."""
    if Method.FEW_WEEKS not in among:
        return _mean(reason)
    if not np.nansum(trials.actual):
        return Choice(method=Method.FEW_WEEKS, wape={}, reason=reason)
    weeks = np.unique(trials.week)
    _, wape = _tried(trials, weeks, (Method.SIX_WEEKS, Method.FEW_WEEKS), span_days)
    if wape[Method.FEW_WEEKS] <= (1 + FARTHER) * wape[Method.SIX_WEEKS] + ROUNDED:
        return Choice(method=Method.FEW_WEEKS, wape=wape, reason=reason)
    errors = f"(WAPE {wape[Method.FEW_WEEKS]:.1%} against {wape[Method.SIX_WEEKS]:.1%})"
    tried = f"{Method.FEW_WEEKS} was farther off in the last {7 * len(weeks)} days {errors}"
    return Choice(method=Method.SIX_WEEKS, wape=wape, reason=f"{reason}, and {tried}")


def _reason(taken: Method, best: Method, wape: Mapping[Method, float], *, weeks: int, free: bool) -> str | None:
    if best is taken:
        return f"in the last {weeks} weeks nothing was nearer" if taken is Method.SIX_WEEKS else None
    errors = f"(WAPE {wape[best]:.1%} against {wape[taken]:.1%})"
    if free or best is Method.SIX_WEEKS:
        return f"in the last {weeks} weeks {best} was not clearly nearer {errors}"
    return (
        f"{best} was nearer in the last {weeks} weeks {errors}, but is relied on from {FREE_DAYS} days of history only"
    )


def _tried(
    trials: Trials, weeks: Floats, among: Collection[Method], span_days: int
) -> tuple[dict[Method, Floats], dict[Method, float]]:
    """By method the contacts missed in each week, as far as the week counts, and their share of those that came."""
    # What was told from much less history than there is now says less about what would be told now.
    weights = np.maximum(1 - 7 * weeks / span_days, 0.0) ** KNOWING
    missed = _missed(trials, weeks, weights, among)
    total = float(_by_week(trials.actual, trials, weeks) @ weights)
    return missed, {method: float(miss.sum() / total) for method, miss in missed.items()}


def _missed(trials: Trials, weeks: Floats, weights: Floats, among: Collection[Method]) -> dict[Method, Floats]:
    """By method the contacts missed in each week, as far as the week counts."""
    return {
        method: _by_week(np.abs(mean - trials.actual), trials, weeks) * weights
        for method, mean in trials.means.items()
        if method in among
    }


def _by_week(values: Floats, trials: Trials, weeks: Floats) -> Floats:
    days = np.where(trials.seen, values, 0.0).sum(axis=1)
    return np.array([days[trials.week == week].sum() for week in weeks])


def _nearer(missed: Mapping[Method, Floats], one: Method, other: Method, *, by: float) -> bool:
    """Whether the first missed fewer contacts than the second, by so many standard errors over the weeks."""
    gain = missed[other] - missed[one]
    error = float(gain.std(ddof=1) / np.sqrt(len(gain)))
    return bool(gain.mean() > max(by * error, 0.0))


def _mean(reason: str) -> Choice:
    return Choice(method=Method.SIX_WEEKS, wape={}, reason=reason)
