"""The methods that compete for each queue: all of one signature, from a queue's past to contacts by date and slot."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np

from forecast.harmonics import harmonic_shapes
from forecast.history import Floats
from forecast.past import Past
from forecast.six_weeks import LEAST

FEW_DAYS = 56  # of history, below which a few weeks are made the most of; from it on the others can be tried


class Method(StrEnum):
    """How a queue was forecast."""

    SIX_WEEKS = "six-week mean"
    FEW_WEEKS = "weekday mean x shared shape"
    HALFWAY = "half six-week mean, half models"
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
    least = np.minimum(LEAST, 0.5 * past.six_weeks)
    for method, candidate in CANDIDATES.items():
        try:
            said = candidate(past)
        except (ValueError, np.linalg.LinAlgError):
            continue
        if np.all(np.isfinite(said)):
            told[method] = np.maximum(said, least)
    return told


def _few_weeks(past: Past) -> Floats:
    if past.history.days >= FEW_DAYS:
        raise ValueError("only told from a few weeks")
    return past.few_weeks


def _mean_shape(past: Past) -> Floats:
    return np.asarray(past.level.mean[:, None] * past.shapes[past.coming.shape])


def _harmonic_shape(past: Past) -> Floats:
    shapes = harmonic_shapes(past.history.offered, past.before.shape, past.current, past.shapes)
    return np.asarray(past.level.mean[:, None] * shapes[past.coming.shape])


def _factor_shape(past: Past) -> Floats:
    return np.asarray(past.level.mean[:, None] * past.factor_shares)


def _averaged_levels(past: Past) -> Floats:
    return np.asarray(past.averaged_totals[:, None] * past.factor_shares)


def _averaged_models(past: Past) -> Floats:
    return (_factor_shape(past) + past.factors + past.six_weeks) / 3


def _halfway(past: Past) -> Floats:
    """Errors of a mean and of models cancel out in part: of all it loses least where history is short."""
    return (past.six_weeks + _averaged_levels(past)) / 2


CANDIDATES: dict[Method, Candidate] = {
    Method.SIX_WEEKS: lambda past: past.six_weeks,
    Method.FEW_WEEKS: _few_weeks,
    Method.HALFWAY: _halfway,
    Method.MEAN_SHAPE: _mean_shape,
    Method.HARMONIC_SHAPE: _harmonic_shape,
    Method.FACTOR_SHAPE: _factor_shape,
    Method.FACTORS: lambda past: past.factors,
    Method.AVERAGED_LEVELS: _averaged_levels,
    Method.AVERAGED_MODELS: _averaged_models,
}
