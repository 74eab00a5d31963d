"""A factor model: each day's course is a mixture of a few courses, whose strengths follow the calendar.

Shen and Huang, Interday forecasting and intraday updating of call center arrivals (M&SOM 2008): counts on the
square-root scale, a singular value decomposition, and a time series of each factor's score.
"""

import numpy as np

from forecast.band import ANSCOMBE
from forecast.history import Floats
from forecast.level import DayDesign, carried_on, shrunk_fit

FACTORS = 4
WHOLE_DAYS = 28  # from which on a decomposition is tried
HALF_LIFE_DAYS = 365.0
SCORE_PRIORS = 3.0  # a factor after the first varies about zero: effects are as large as the factor itself


def factor_forecast(filled: Floats, design: DayDesign) -> Floats:
    """Contacts of the dates to come of the design, shape (ahead, slots).

    `filled` (days, slots) is history without a gap; the days known are learned from. ValueError where these are too few.
    """
    whole = design.known
    if whole.sum() < WHOLE_DAYS:
        raise ValueError(f"at least {WHOLE_DAYS} whole days are needed")
    used = np.asarray(filled.any(axis=0))
    roots = np.sqrt(filled[:, used] + ANSCOMBE)
    _, _, courses = np.linalg.svd(roots[whole], full_matrices=False)
    courses = courses[:FACTORS]
    scores = roots @ courses.T
    fitted, told = _scores_told(scores, design)
    # The mean of a square is the square of the mean and the variance.
    stray = np.mean((roots[whole] - fitted[whole] @ courses) ** 2, axis=0)
    result = np.zeros((len(design.future), filled.shape[1]))
    result[:, used] = np.maximum(np.maximum(told @ courses, 0.0) ** 2 + stray - ANSCOMBE, 0.0)
    return result


def _scores_told(scores: Floats, design: DayDesign) -> tuple[Floats, Floats]:
    """Each factor's score as the calendar has it, for the days of history, and for those to come with what it carries."""
    whole = design.known
    recency = np.power(0.5, np.arange(len(scores), 0, -1) / HALF_LIFE_DAYS)
    size = np.concatenate([np.abs(scores[whole, :1]).mean(axis=0), scores[whole, 1:].std(axis=0)])
    size = np.maximum(size, 1e-9)
    units = scores / size
    fitted, told = np.empty_like(units), np.empty((len(design.future), scores.shape[1]))
    for factor in range(scores.shape[1]):
        wide = design.prior if factor == 0 else design.prior * SCORE_PRIORS
        coefficients = shrunk_fit(design.learned, units[whole, factor], recency[whole], wide)
        fitted[:, factor] = design.past @ coefficients
        carried = carried_on(units[:, factor] - fitted[:, factor], design)
        told[:, factor] = design.future @ coefficients + carried
    return fitted * size, told * size
