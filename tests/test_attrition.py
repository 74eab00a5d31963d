"""How many are still there: what a planner expects of a survival curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.attrition import WEEKS_A_YEAR, survival, yearly_loss


@given(annual=st.floats(0.001, 0.9), months=st.floats(0, 24), factor=st.floats(0.2, 8))
def test_a_steady_population_loses_exactly_the_annual_rate(annual: float, months: float, factor: float) -> None:
    curve = survival(annual=annual, first_months=months, first_months_factor=factor)
    assert yearly_loss(curve) == pytest.approx(annual, rel=1e-6)
    # Counted head by head: tenures spread as the curve, and each asked whether it is there a year on.
    tenures = (np.arange(400_000) + 0.5) * (40 / curve.late) / 400_000
    there = curve.share(tenures)
    stay = curve.staying(tenures, WEEKS_A_YEAR)
    assert 1 - (there @ stay) / there.sum() == pytest.approx(annual, rel=1e-3)


def test_without_a_difference_in_the_first_months_it_is_the_requirement_s_attrition() -> None:
    curve = survival(annual=0.077, first_months=6, first_months_factor=1)
    assert curve.share(WEEKS_A_YEAR * 1.5) == pytest.approx((1 - 0.077) ** 1.5)


def test_the_first_months_lose_more_and_who_has_been_there_long_loses_less() -> None:
    curve = survival(annual=0.1, first_months=6, first_months_factor=3)
    assert curve.staying(0, 26) < curve.staying(104, 26)
    assert 1 - curve.staying(0, 4) == pytest.approx(3 * (1 - curve.staying(104, 4)), rel=0.05)


def test_nobody_leaves_where_attrition_is_nought() -> None:
    curve = survival(annual=0, first_months=6, first_months_factor=2)
    assert curve.share([0, 52, 520]).tolist() == [1, 1, 1]


@pytest.mark.parametrize("wrong", [{"annual": 1.0}, {"annual": -0.1}, {"first_months_factor": 0.0}])
def test_a_rate_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="annual of at least 0"):
        survival(**({"annual": 0.1, "first_months": 6.0, "first_months_factor": 2.0} | wrong))
