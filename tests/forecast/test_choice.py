"""Which method is taken for a queue, from what each would have said in past weeks."""

import numpy as np
import pytest

from forecast.candidates import Method
from forecast.choice import choose
from forecast.rolling import Trials

WEEKS = 8


def trials(*, better: float, noise: float = 0.0, weeks: int = WEEKS) -> Trials:
    """A hundred contacts a day; the six-week mean is out by ten, the factor model by ten less `better`, or so."""
    random = np.random.default_rng(1)
    week = np.repeat(np.arange(weeks) + 1, 7)
    actual = np.full((len(week), 1), 100.0)
    off = 10.0 - better + noise * random.standard_normal(weeks)[week - 1]
    means = {method: actual + 20.0 for method in Method}
    means[Method.SIX_WEEKS] = actual + 10.0
    means[Method.FACTORS] = actual + off[:, None]
    return Trials(actual=actual, means=means, week=week)


def test_the_nearest_method_is_taken_where_it_is_clearly_nearer() -> None:
    found = choose(trials(better=3.0), among=tuple(Method), known_days=200, span_days=200, later=False)
    assert found.method is Method.FACTORS and found.reason is None
    assert found.wape[Method.FACTORS] == pytest.approx(0.07)


def test_the_six_week_mean_is_kept_where_the_nearest_was_so_by_luck() -> None:
    found = choose(trials(better=0.1, noise=3.0), among=tuple(Method), known_days=200, span_days=200, later=False)
    assert found.method is Method.SIX_WEEKS
    assert found.reason is not None and "nearer" in found.reason


def test_the_six_week_mean_is_kept_where_it_was_the_nearest() -> None:
    found = choose(trials(better=-1.0), among=tuple(Method), known_days=200, span_days=200, later=False)
    assert found.method is Method.SIX_WEEKS
    assert found.reason == "in the last 8 weeks nothing was nearer"


@pytest.mark.parametrize(("days", "weeks", "text"), [(30, 8, "30 days"), (70, 2, "only 2 past weeks")])
def test_little_history_is_no_ground_for_a_choice(days: int, weeks: int, text: str) -> None:
    found = choose(trials(better=5.0, weeks=weeks), among=tuple(Method), known_days=days, span_days=days, later=False)
    assert found.method is Method.SIX_WEEKS
    assert found.reason is not None and text in found.reason


def test_a_short_history_is_told_by_the_mean_from_the_second_week_on() -> None:
    known = {"among": tuple(Method), "known_days": 120, "span_days": 120}
    assert choose(trials(better=3.0), **known, later=True).method is Method.SIX_WEEKS
    assert choose(trials(better=3.0), **{**known, "span_days": 150}, later=True).method is Method.FACTORS


def test_on_a_short_history_only_the_average_of_models_competes_with_the_mean() -> None:
    tried = trials(better=3.0)
    assert choose(tried, among=tuple(Method), known_days=120, span_days=120, later=False).method is Method.SIX_WEEKS
    tried.means[Method.AVERAGED_MODELS][:] = tried.means[Method.FACTORS]
    found = choose(tried, among=tuple(Method), known_days=120, span_days=120, later=False)
    assert found.method is Method.AVERAGED_MODELS
