"""What a corrected requirement must be with fresh chance: enough, no more than what holds it, and not 3% too much."""

import pytest

from benchmarks.replaying.afresh import ASKED, CENTRES, Met, uncapped


@pytest.mark.parametrize(
    ("level", "with_less", "held_by", "kept"),
    [
        (0.801, 0.78, None, True),
        (0.788, 0.75, "max_occupancy", False),  # a point and more below, whatever is said
        (0.82, 0.79, None, False),  # above, and nothing named
        (0.95, 0.94, "other queues", True),
        (0.805, 0.8, None, False),  # 3% less would do as well
    ],
)
def test_a_requirement_is_judged_by_its_distance_and_by_what_it_names(
    level: float, with_less: float, held_by: str | None, kept: bool
) -> None:
    assert Met(queue="calls", target=0.8, level=level, with_less=with_less, held_by=held_by).kept == kept


def test_the_centres_that_nothing_caps_have_no_cap_and_no_minimum() -> None:
    assert {name for name, _ in ASKED} == set(CENTRES)
    for name in CENTRES:
        if name.endswith("no caps"):
            plan = CENTRES[name](1)
            assert plan == uncapped(plan)
