"""The methods that compete for each queue: all of one signature, from a queue's past to contacts by date and slot."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np

from forecast.average import weekday_mean
from forecast.harmonics import harmonic_shapes
from forecast.history import Floats
from forecast.level import poisson_totals
from forecast.past import Past

WEEKS_AVERAGED = 6
EVENTS_DAYS = 133  # of history from which on the six-week mean trusts what is learned of special dates
LEAST = 0.5 / WEEKS_AVERAGED  # half a contact in the weeks averaged: what is open is never nothing


class Method(StrEnum):
    """How a queue was forecast."""

    SIX_WEEKS = "six-week mean"
    MEAN_SHAPE = "day total x mean shape"
    HARMONIC_SHAPE = "day total x harmonic shape"
    FACTOR_SHAPE = "day total x factor shape"
    FACTORS = "factor model"
    AVERAGED_LEVELS = "averaged day totals x factor shape"
    AVERAGED_MODELS = "average of three models"


Candidate = Callable[[Past], Floats]


def tell(past: Past) -> dict[Method, Floats]:
    """Every method that gives finite numbers, each of shape (ahead, slots); the six-week mean is always there."""
    told: dict[Method, Floats] = {}
    least = np.minimum(LEAST, 0.5 * six_week_mean(past))
    for method, candidate in CANDIDATES.items():
        try:
            said = candidate(past)
        except (ValueError, np.linalg.LinAlgError):
            continue
        if np.all(np.isfinite(said)):
            told[method] = np.maximum(said, least)
    return told


def six_week_mean(past: Past) -> Floats:
    """Mean of the last six days of the weekday; where no row is, the queue's shape at the weekday's level.

    Where nineteen weeks are known, special dates are passed over for older ones and coming ones have their learned effect
    on top. A shorter history has hardly seen any twice: there it is the mean that planners take.
    """
    special = np.array([bool(labels) for labels in past.before.labels])
    seasoned = past.history.days >= EVENTS_DAYS
    passed_over = seasoned and special[-7 * WEEKS_AVERAGED :].mean() <= 0.5
    mean = weekday_mean(past.history, weeks=WEEKS_AVERAGED, left_out=special if passed_over else None)
    usual, known = past.shapes[:7], np.isfinite(mean)
    share = np.where(known, usual, 0.0).sum(axis=1)
    level = np.divide(np.nansum(mean, axis=1), share, out=np.zeros(7), where=share > 0)
    level = np.where(share > 0, level, level[share > 0].mean())
    guess = np.maximum(level, LEAST)[:, None] * usual
    filled = np.where(known & (mean > 0), mean, np.where(known, np.minimum(guess, LEAST), guess))
    return np.asarray(past.coming.weekdays @ filled * (_effect(past) if seasoned else 1.0))


def _effect(past: Past) -> Floats:
    """What is learned of special dates to come, as factors of shape (ahead, 1)."""
    try:
        effect = past.level.effect
    except (ValueError, np.linalg.LinAlgError):
        effect = np.ones(past.ahead)
    return np.asarray(np.where(np.isfinite(effect), effect, 1.0)[:, None])


def _mean_shape(past: Past) -> Floats:
    return np.asarray(past.level.mean[:, None] * past.shapes[past.coming.shape])


def _harmonic_shape(past: Past) -> Floats:
    shapes = harmonic_shapes(past.history.offered, past.before.shape, past.current, past.shapes)
    return np.asarray(past.level.mean[:, None] * shapes[past.coming.shape])


def _factor_shape(past: Past) -> Floats:
    return np.asarray(past.level.mean[:, None] * _factor_shares(past))


def _averaged_levels(past: Past) -> Floats:
    return np.asarray(_averaged_totals(past)[:, None] * _factor_shares(past))


def _averaged_models(past: Past) -> Floats:
    return (_factor_shape(past) + past.factors + six_week_mean(past)) / 3


def _averaged_totals(past: Past) -> Floats:
    """The mean of three day totals: regression with autoregression, Poisson regression, factor model."""
    poisson = poisson_totals(past.totals, past.calendar, ahead=past.ahead)
    return (past.level.mean + poisson + _totals(past, past.factors)) / 3


def _factor_shares(past: Past) -> Floats:
    """Where the factor model expects nobody the mean shape stands in."""
    total = _totals(past, past.factors)[:, None]
    mean = past.shapes[past.coming.shape]
    return np.asarray(np.divide(past.factors, total, out=mean.copy(), where=total > 0))


def _totals(past: Past, offered: Floats) -> Floats:
    return np.asarray(np.where(past.usual_slots, offered, 0.0).sum(axis=1))


CANDIDATES: dict[Method, Candidate] = {
    Method.SIX_WEEKS: six_week_mean,
    Method.MEAN_SHAPE: _mean_shape,
    Method.HARMONIC_SHAPE: _harmonic_shape,
    Method.FACTOR_SHAPE: _factor_shape,
    Method.FACTORS: lambda past: past.factors,
    Method.AVERAGED_LEVELS: _averaged_levels,
    Method.AVERAGED_MODELS: _averaged_models,
}
