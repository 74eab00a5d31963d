"""What a planner knows and the model does not is laid on top of the forecast, and can be taken off again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tiny import MONDAY, tiny_centre, tiny_queue
from wfm.adjusting import adjusted
from wfm.centre import Adjustment, Change, Measure
from wfm.demand import Forecast, by_date
from wfm.requirement import explain

CENTRE = tiny_centre(queues=[tiny_queue("enquiry"), tiny_queue("faults")], interval_minutes=60, grid_minutes=60)
WEEK = CENTRE.week(MONDAY)
EIGHT, NOON = 8, 12  # intervals of Monday
OPENED = np.tile((np.arange(WEEK.intervals) % 24 >= EIGHT) & (np.arange(WEEK.intervals) % 24 < 20), (2, 1))


def change(day: int = 0, first: int = EIGHT, last: int = NOON, **changes: Any) -> Adjustment:
    """A factor of 2 on the contacts of enquiry on a day of the week, from the first hour to the last."""
    midnight = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=WEEK.wall(0).tzinfo) + timedelta(days=day)
    standard = Adjustment(
        layer="mailing",
        queue="enquiry",
        start=midnight + timedelta(hours=first),
        end=midnight + timedelta(hours=last),
        measure=Measure.CONTACTS,
        kind=Change.FACTOR,
        value=2.0,
        reason="letters to customers",
    )
    return replace(standard, **changes)


def model() -> Forecast:
    """10, 11, … contacts in the open hours of a day, 200 s each."""
    offered = np.where(OPENED, 2.0 + np.arange(WEEK.intervals) % 24, 0.0)
    offered[1] = 0.0  # nobody has ever called about faults
    return Forecast(
        week=WEEK,
        queues=("enquiry", "faults"),
        offered=offered,
        limits={"p10": 0.5 * offered, "p90": 1.5 * offered},
        day_limits={"p90": 1.25 * by_date(offered, WEEK)},
        aht_seconds=np.full(offered.shape, 200.0),
        aht_limits={"p90": np.full(offered.shape, 220.0)},
    )


def laid_on(*adjustments: Adjustment) -> Forecast:
    return adjusted(model(), adjustments, opened=OPENED)


def test_a_factor_multiplies_its_hours_with_their_limits_and_no_others() -> None:
    found = laid_on(change())
    np.testing.assert_allclose(found.offered[0, EIGHT:NOON], [20, 22, 24, 26])
    np.testing.assert_array_equal(found.offered[0, NOON:], model().offered[0, NOON:])
    np.testing.assert_allclose(found.limits["p90"], 1.5 * found.offered)
    np.testing.assert_allclose(found.day_limits["p90"], 1.25 * by_date(found.offered, WEEK))
    assert found.offered_model is not None
    np.testing.assert_array_equal(found.offered_model, model().offered)


def test_contacts_in_total_go_to_the_open_hours_as_the_model_has_them() -> None:
    found = laid_on(change(first=0, last=NOON, kind=Change.ABSOLUTE, value=460.0))
    np.testing.assert_allclose(found.offered[0, EIGHT:NOON], [100, 110, 120, 130])
    assert not found.offered[0, :EIGHT].any()


def test_contacts_in_total_are_spread_evenly_where_the_model_has_none_and_every_queue_gets_them() -> None:
    found = laid_on(change(first=0, last=NOON, kind=Change.ABSOLUTE, value=460.0, queue=None))
    np.testing.assert_allclose(found.offered[1, :24], [*[0] * 8, *[115] * 4, *[0] * 12])
    assert found.offered[0, :NOON].sum() == pytest.approx(460)
    np.testing.assert_allclose(found.limits["p90"][1], found.offered[1])  # how far off they may be nobody knows


def test_contacts_while_closed_are_left_out_and_said_so() -> None:
    found = laid_on(change(first=0, last=6, kind=Change.ABSOLUTE, value=100.0))
    np.testing.assert_array_equal(found.offered, model().offered)
    assert found.caveats == (
        "enquiry: closed from 2026-11-30T00:00 to 2026-11-30T06:00; the contacts of mailing are left out",
    )


def test_handling_time_takes_a_factor_or_the_seconds_said() -> None:
    found = laid_on(
        change(measure=Measure.AHT, value=1.1), change(day=1, measure=Measure.AHT, kind=Change.ABSOLUTE, value=150.0)
    )
    np.testing.assert_allclose(found.aht_seconds[0, EIGHT:NOON], 220)
    np.testing.assert_allclose(found.aht_seconds[0, 24 + EIGHT : 24 + NOON], 150)
    np.testing.assert_allclose(found.aht_limits["p90"], 1.1 * found.aht_seconds)
    np.testing.assert_array_equal(found.offered, model().offered)


def test_rows_apply_in_their_order() -> None:
    total = change(kind=Change.ABSOLUTE, value=92.0)
    assert laid_on(total, change()).offered[0, EIGHT:NOON].sum() == pytest.approx(184)
    assert laid_on(change(), total).offered[0, EIGHT:NOON].sum() == pytest.approx(92)


def test_a_layer_switched_off_or_of_another_week_leaves_the_model_alone() -> None:
    found = laid_on(change(active=False), change(day=7), change(day=-2))
    assert found.offered_model is None and found.aht_model is None
    np.testing.assert_array_equal(found.offered, model().offered)
    assert "offered_model" not in found.table()


def test_a_period_that_reaches_beyond_the_week_changes_its_part() -> None:
    found = laid_on(change(day=-3, first=0, last=24 * 4))
    np.testing.assert_allclose(found.offered[0, :24], 2 * model().offered[0, :24])
    np.testing.assert_array_equal(found.offered[0, 24:], model().offered[0, 24:])


@given(
    st.lists(
        st.builds(
            change,
            day=st.integers(-1, 7),
            first=st.integers(0, 11),
            last=st.integers(12, 24),
            queue=st.sampled_from(["enquiry", "faults", None]),
            measure=st.sampled_from(Measure),
            kind=st.sampled_from(Change),
            value=st.floats(0, 1e4),
        ),
        max_size=6,
    )
)
def test_whatever_is_laid_on_no_number_is_negative_and_limits_keep_their_order(layers: list[Adjustment]) -> None:
    found = laid_on(*layers)
    for values in (found.offered, found.aht_seconds, *found.limits.values(), *found.day_limits.values()):
        assert np.isfinite(values).all() and (values >= 0).all()
    assert (found.limits["p10"] <= found.limits["p90"] + 1e-9).all()
    assert not found.offered[~OPENED].any()


def test_a_number_that_was_changed_says_by_which_layer_and_why() -> None:
    layers = (change(), change(layer="strike", value=0.6, queue=None, reason="trains stand still"))
    told = _sources(laid_on(*layers), layers)
    assert told["offered"] == (
        "forecast.csv: contacts in 60 minutes; the model says 10; changed by mailing (× 2: letters to customers), "
        "then strike (× 0.6: trains stand still)"
    )
    assert told["aht_seconds"] == "forecast.csv: mean handling time"


def test_a_forecast_older_than_its_changes_does_not_name_layers_it_never_saw() -> None:
    told = _sources(laid_on(change()), (change(value=3.0),))
    assert told["offered"].endswith("; the model says 10; adjustments.csv now says something else than this")


def _sources(forecast: Forecast, layers: tuple[Adjustment, ...]) -> dict[str, str]:
    centre = replace(CENTRE, adjustments=layers)
    told = explain(centre, forecast, queue="enquiry", start=WEEK.wall(EIGHT * 60), opened=OPENED)
    return {step.name: step.source for step in told.steps}
