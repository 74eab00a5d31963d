"""The plain regressions of the day totals against statsmodels' own."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.tsa.ar_model import AutoReg

from forecast.level import AR_LAGS, _continued, _ridge


def test_residuals_are_carried_on_as_an_autoregression_of_statsmodels_does() -> None:
    random = np.random.default_rng(1)
    series = np.zeros(182)
    for day in range(AR_LAGS, len(series)):
        series[day] = 0.5 * series[day - 1] - 0.2 * series[day - 3] + 0.3 * series[day - 7] + random.normal(0, 0.05)
    fit = AutoReg(series, lags=AR_LAGS, trend="n").fit()
    said = fit.predict(start=len(series), end=len(series) + 27)
    assert np.abs(said).max() > 0.01
    assert _continued(series, 28) == pytest.approx(said, rel=1e-8, abs=1e-12)


def test_residuals_that_would_grow_without_end_are_not_carried_on() -> None:
    growing = 1.05 ** np.arange(100.0) + np.random.default_rng(4).normal(0, 0.01, 100)
    assert not _continued(growing, 7).any()


def test_least_squares_without_prior_are_those_of_statsmodels() -> None:
    random = np.random.default_rng(2)
    design = np.column_stack([np.ones(300), random.normal(size=(300, 6))])
    values = design @ random.normal(size=7) + random.normal(size=300)
    weights = random.uniform(0.1, 1.0, 300)
    found = _ridge(design, values, weights, np.zeros(7))
    assert found == pytest.approx(sm.WLS(values, design, weights=weights).fit().params, rel=1e-8)


def test_what_is_drawn_to_zero_is_as_though_it_had_been_seen_there() -> None:
    """Least squares with one more row for each coefficient."""
    random = np.random.default_rng(3)
    design, drawn = random.normal(size=(50, 4)), np.array([0.0, 0.5, 2.0, 10.0])
    values, weights = random.normal(size=50), random.uniform(0.1, 1.0, 50)
    rows, zeros = np.vstack([design, np.diag(drawn)]), np.concatenate([values, np.zeros(4)])
    seen = sm.WLS(zeros, rows, weights=np.concatenate([weights, np.ones(4)])).fit().params
    assert _ridge(design, values, weights, drawn) == pytest.approx(seen, rel=1e-8)
