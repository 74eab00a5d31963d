"""Which method is taken for a queue, from what each would have said in past weeks."""

import numpy as np
import pytest

from forecast.candidates import Method
from forecast.choice import choose
from forecast.rolling import Trials

WEEKS = 8


def trials(*, better: float, noise: float = 0.0, weeks: int = WEEKS) -> Trials:
    """A hundred contacts a day; the six-week mean is out by ten, the factor model by ten less `better`, or so.

    Both are out to the same side, so that halfway is out by their mean.
    """
    random = np.random.default_rng(1)
    week = np.repeat(np.arange(weeks) + 1, 7)
    actual = np.full((len(week), 1), 100.0)
    off = 10.0 - better + noise * random.standard_normal(weeks)[week - 1]
    means = {method: actual + 20.0 for method in Method}
    means[Method.SIX_WEEKS] = actual + 10.0
    means[Method.FACTORS] = actual + off[:, None]
    means[Method.HALFWAY] = (means[Method.SIX_WEEKS] + means[Method.FACTORS]) / 2
    return Trials(actual=actual, means=means, week=week)


def test_the_nearest_method_is_taken_where_it_is_clearly_nearer() -> None:
    found = choose(trials(better=3.0), among=tuple(Method), known_days=200, span_days=200)
    assert found.method is Method.FACTORS and found.reason is None
    assert found.wape[Method.FACTORS] == pytest.approx(0.07)


def test_it_is_met_halfway_where_the_nearest_was_so_by_luck() -> None:
    found = choose(trials(better=0.1, noise=3.0), among=tuple(Method), known_days=200, span_days=200)
    assert found.method is Method.HALFWAY
    assert found.reason is not None and "not clearly nearer" in found.reason


def test_a_short_history_goes_halfway_only_and_says_what_was_nearer() -> None:
    found = choose(trials(better=3.0), among=tuple(Method), known_days=100, span_days=100)
    assert found.method is Method.HALFWAY
    assert found.reason is not None and "factor model was nearer" in found.reason and "154 days" in found.reason


def test_without_models_to_meet_it_the_six_week_mean_is_kept() -> None:
    among = [method for method in Method if method is not Method.HALFWAY]
    found = choose(trials(better=3.0), among=among, known_days=100, span_days=100)
    assert found.method is Method.SIX_WEEKS


def test_a_trial_that_knew_little_counts_for_little() -> None:
    """The factor model was three nearer in the last four weeks and three farther in the four before."""
    shown = trials(better=3.0)
    shown.means[Method.FACTORS][shown.week > 4] += 6.0
    taken = {days: choose(shown, among=tuple(Method), known_days=days, span_days=days) for days in (160, 1600)}
    wape = [found.wape[Method.SIX_WEEKS] - found.wape[Method.FACTORS] for found in taken.values()]
    assert wape[0] > 0.003 > wape[1]


def test_the_six_week_mean_is_kept_where_it_was_the_nearest() -> None:
    found = choose(trials(better=-1.0), among=tuple(Method), known_days=200, span_days=200)
    assert found.method is Method.SIX_WEEKS
    assert found.reason == "in the last 8 weeks nothing was nearer"


@pytest.mark.parametrize(
    ("days", "weeks", "taken", "text"),
    [(30, 0, Method.FEW_WEEKS, "30 days"), (70, 2, Method.SIX_WEEKS, "only 2 past weeks")],
)
def test_little_history_is_no_ground_for_a_choice(days: int, weeks: int, taken: Method, text: str) -> None:
    found = choose(trials(better=5.0, weeks=weeks), among=tuple(Method), known_days=days, span_days=days)
    assert found.method is taken
    assert found.reason is not None and text in found.reason


@pytest.mark.parametrize(
    ("off", "taken"), [(5.0, Method.FEW_WEEKS), (10.3, Method.FEW_WEEKS), (12.0, Method.SIX_WEEKS)]
)
@pytest.mark.parametrize("weeks", [1, 3])
def test_a_few_weeks_are_made_the_most_of_unless_that_clearly_missed_more(
    off: float, taken: Method, weeks: int
) -> None:
    shown = trials(better=0.0, weeks=weeks)
    shown.means[Method.FEW_WEEKS] = shown.actual + off
    found = choose(shown, among=tuple(Method), known_days=49, span_days=49)
    assert found.method is taken
    assert found.reason is not None and "49 days" in found.reason
    assert ("farther off" in found.reason) == (taken is Method.SIX_WEEKS)
