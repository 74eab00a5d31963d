"""What a scenario changes reaches the simulated weeks, and two rosters are compared on the same ones."""

from dataclasses import replace

import numpy as np
import pytest

from tests.replay.floors import CERTAIN, forecast_of, office
from tests.tiny import MONDAY, shift_at, tiny_queue
from wfm.centre import Centre
from wfm.comparison import ALL_QUEUES
from wfm.demand import Forecast
from wfm.replay import replay
from wfm.replay.traffic import contacts, expected
from wfm.roster import Shift
from wfm.scenario import CrossTraining, Scenario, apply
from wfm.simulated import Simulated, simulated

FLOOR = {"calls": 1.0}, {"calls": 1.0}, {"calls": 1.0}, {"orders": 1.0}, {"orders": 1.0}, {"orders": 1.0}
CALLS = [tiny_queue(name, client=name, patience_seconds=120.0) for name in ("calls", "orders")]


def week_of(*layers: Scenario, runs: int = 8) -> Simulated:
    """The same roster of three agents for each of two queues under layers of changes."""
    centre, told, shifts = floor()
    of, load = apply(centre, told, layers)
    return simulated(replay(of, load, shifts, replications=runs, seed=1))


def floor() -> tuple[Centre, Forecast, list[Shift]]:
    assumed = replace(CERTAIN, handling_cv=1.0, redial_share=0.3)
    centre = office(*FLOOR, queues=CALLS, absence_rate=0.05, replay=assumed)
    week = centre.week(MONDAY)
    shifts = [shift_at(week, agent, day, "00:00 work 24:00") for agent in centre.agents for day in range(7)]
    return centre, forecast_of(centre, hourly=25, aht=240, spread=0.1), shifts


@pytest.mark.parametrize(
    ("layer", "better"),
    [
        (Scenario(name="more", volume={"calls": 1.2}), False),
        (Scenario(name="longer", aht={"calls": 1.2}), False),
        (Scenario(name="slower", queues={"calls": {"threshold_seconds": 5.0}}), False),
        (Scenario(name="absent", absence_rate=0.2), False),
        (
            Scenario(
                name="both", skills=(CrossTraining(queue="calls", learned_from="orders", share=1, aht_factor=1.0),)
            ),
            True,
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Scenario) else "",
)
def test_what_a_scenario_changes_changes_the_service_of_the_same_roster(layer: Scenario, better: bool) -> None:
    base, changed = week_of(), week_of(layer)
    low, high = changed.from_base(base)["service", "calls"]
    assert low > 0 if better else high < 0


def test_callers_who_are_less_patient_give_up_more_often() -> None:
    base, changed = week_of(), week_of(Scenario(name="hasty", patience={"calls": 0.25}))
    assert changed.from_base(base)["abandoned", "calls"][0] > 0


def test_a_higher_target_is_met_in_fewer_weeks() -> None:
    base = week_of()
    levels = [base.figures["service", name] for name in ("calls", "orders")]
    low, high = (min(levels) / 100 - 0.3, max(levels) / 100 + 0.1)  # type: ignore[type-var,operator]
    easy = week_of(Scenario(name="easy", queues={"*": {"service_level": low}}))
    hard = week_of(Scenario(name="hard", queues={"calls": {"service_level": high}, "orders": {"service_level": low}}))
    assert [easy.figures["p_target", name] for name in (ALL_QUEUES, "calls", "orders")] == [100, 100, 100]
    assert [hard.figures["p_target", name] for name in (ALL_QUEUES, "calls", "orders")] == [0, 0, 100]
    assert hard.figures["service", "calls"] == easy.figures["service", "calls"]


def test_a_queue_that_a_scenario_leaves_alone_gets_the_very_same_contacts() -> None:
    base, changed = week_of(), week_of(Scenario(name="more", volume={"calls": 1.5}))
    assert changed.figures["service", "orders"] == base.figures["service", "orders"]
    assert changed.from_base(base)["service", "orders"] == (0.0, 0.0)
    centre, told, _ = floor()
    of, load = apply(centre, told, [Scenario(name="lost", lost=("calls",))])
    both, alone = (contacts(expected(*each), np.random.SeedSequence(1)) for each in ((centre, told), (of, load)))
    assert len(alone.need) and both.need[both.queue == 1].tolist() == alone.need.tolist()


def test_more_contacts_come_in_no_interval_fewer() -> None:
    centre, told, _ = floor()
    more = replace(told, offered=1.1 * told.offered)
    counts = [
        np.bincount((came.start // 3600).astype(int), minlength=168)
        for came in (contacts(expected(centre, each), np.random.SeedSequence(1)) for each in (told, more))
    ]
    assert np.all(counts[1] >= counts[0]) and counts[1].sum() > 1.05 * counts[0].sum()


def test_the_same_weeks_make_a_difference_surer_than_the_figures() -> None:
    base, changed = week_of(), week_of(Scenario(name="more", volume={"*": 1.05}))
    low, high = changed.from_base(base)["service", ALL_QUEUES]
    reach = [np.diff(one.sure["service", ALL_QUEUES])[0] for one in (base, changed)]
    assert high - low < 0.7 * np.hypot(*reach)


def test_weeks_that_are_not_the_same_ones_have_no_interval_of_their_difference() -> None:
    assert week_of(runs=3).from_base(week_of(runs=4)) == {}
