"""The centres on which the solver is measured are what they are said to be."""

from pathlib import Path

import pytest

from benchmarks import instances
from benchmarks.instances import INSTANCES, make, scaled
from benchmarks.single_skill import TAIL, single_skill, write_single_skill
from sample_data.folder import write
from wfm.centre import worked_before
from wfm.ledger import allowances
from wfm.reading import read_centre

LIKE_GUANGZHOU = ("guangzhou", "guangzhou_tight_seats", "guangzhou_short", "guangzhou_scarce")


def test_sites_share_neither_queues_nor_people(tmp_path: Path) -> None:
    write(scaled(3, agents=90, sites=3), tmp_path)
    centre = read_centre(tmp_path)
    sites = [{queue.partition("_")[0] for queue in agent.skills} for agent in centre.agents.values()]
    assert {queue.partition("_")[0] for queue in centre.queues} == {"s1", "s2", "s3"}
    assert all(len(own) == 1 for own in sites)
    assert set().union(*sites) == {"s1", "s2", "s3"}


@pytest.mark.parametrize(("agents", "sites"), [(1000, 1), (2500, 1), (5000, 2), (20000, 8)])
def test_a_site_has_at_most_2500_people(agents: int, sites: int) -> None:
    plan = scaled(1, agents=agents)
    assert len({stream.queue.partition("_")[0] for stream in plan.streams}) == sites
    assert sum(stream.share for stream in plan.streams) == pytest.approx(1.0)


def test_only_what_is_said_sets_a_variant_of_guangzhou_apart() -> None:
    plain, tight, short, scarce = (INSTANCES[name](2) for name in LIKE_GUANGZHOU)
    assert tight.seats < plain.seats and tight.agents == plain.agents
    assert short.agents < plain.agents and short.contacts_per_week == plain.contacts_per_week
    assert scarce.agents == plain.agents
    held = [
        sum(share for queues, share in plan.skill_sets if instances.SCARCE_QUEUE in queues)
        / sum(share for _, share in plan.skill_sets)
        for plan in (plain, scarce)
    ]
    assert held[1] < held[0]


def test_a_single_skill_has_no_wishes_no_fairness_and_a_tail_of_fixed_size(tmp_path: Path) -> None:
    plan = single_skill(1, agents=1750)
    write_single_skill(plan, tmp_path)
    centre = read_centre(tmp_path)
    week = centre.week(plan.monday)
    tail = [shift for shifts in worked_before(centre, week).values() for shift in shifts if shift.end > 0]
    assert len(tail) == TAIL
    assert centre.requests == ()
    assert set(allowances(centre, week).values()) == {float("inf")}


@pytest.mark.parametrize("seed", [1, 17, 50])
def test_a_small_centre_is_as_small_as_it_is_said(seed: int, tmp_path: Path) -> None:
    make("small", tmp_path, seed=seed)
    centre = read_centre(tmp_path)
    assert centre.hours is not None
    assert 6 <= INSTANCES["small"](seed).agents <= 12
    assert len(centre.queues) <= 2
    assert all(hours.close - hours.open <= 14 * 60 for hours in centre.hours)
