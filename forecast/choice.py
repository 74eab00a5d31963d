"""Which method forecasts a queue: the nearest on past weeks, and the six-week mean unless that is clearly beaten."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from forecast.candidates import Method
from forecast.rolling import Trials

ENOUGH_DAYS = 56  # of history; more than the mean is not told from fewer
ENOUGH_TRIALS = 3
LONG_DAYS = 147  # of history; a shorter one has seen one season only
CLEAR = 0.5  # standard errors by which the six-week mean must be beaten
CLEARER = 1.0  # the same where history is short: what was nearer in one season may not be in the next
CAUTIOUS = (Method.SIX_WEEKS, Method.AVERAGED_MODELS)  # all that is tried there


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The method taken, the error of each on past weeks (WAPE), and why it is not the nearest one where it is not."""

    method: Method
    wape: dict[Method, float]
    reason: str | None = None


def choose(trials: Trials, *, among: Collection[Method], known_days: int, span_days: int, later: bool) -> Choice:
    """Judge the methods that can be told now by trials of the same lead."""
    if span_days < ENOUGH_DAYS:
        return _mean(f"{known_days} days of history are too few for more (at least {ENOUGH_DAYS} needed)")
    seen = trials.seen
    weeks = np.unique(trials.week)
    total = np.nansum(trials.actual)
    if not total:
        return _mean("the last weeks hold no contacts")
    if later and span_days < LONG_DAYS:
        return _mean(f"{known_days} days of history are too few for more from the second week on ({LONG_DAYS} needed)")
    if len(weeks) < ENOUGH_TRIALS:
        return _mean(f"only {len(weeks)} past weeks could be tried")
    missed = {
        m: np.where(seen, np.abs(mean - trials.actual), 0.0).sum(axis=1)
        for m, mean in trials.means.items()
        if m in among and (span_days >= LONG_DAYS or m in CAUTIOUS)
    }
    by_week = {m: np.array([miss[trials.week == week].sum() for week in weeks]) for m, miss in missed.items()}
    wape = {m: float(miss.sum() / total) for m, miss in by_week.items()}
    clear = CLEAR if span_days >= LONG_DAYS else CLEARER
    best = min(wape, key=lambda method: wape[method])
    gain = by_week[Method.SIX_WEEKS] - by_week[best]
    error = float(gain.std(ddof=1) / np.sqrt(len(gain)))
    if best is not Method.SIX_WEEKS and gain.mean() <= clear * error:
        return Choice(
            method=Method.SIX_WEEKS,
            wape=wape,
            reason=f"in the last {len(weeks)} weeks {best} was not clearly nearer "
            f"(WAPE {wape[best]:.1%} against {wape[Method.SIX_WEEKS]:.1%})",
        )
    reason = None if best is not Method.SIX_WEEKS else f"in the last {len(weeks)} weeks nothing was nearer"
    return Choice(method=best, wape=wape, reason=reason)


def _mean(reason: str) -> Choice:
    return Choice(method=Method.SIX_WEEKS, wape={}, reason=reason)
