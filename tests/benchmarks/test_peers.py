"""Peers are asked fairly: what they are offered is legal, what they answer is kept, and its faults are told."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers import by_hand, counts, instance, textbook
from benchmarks.peers.__main__ import beaten
from benchmarks.peers.answer import Answer
from benchmarks.peers.completion import complete
from benchmarks.peers.offer import FREE, Offer, offer_of
from wfm.check import Rule, check


@pytest.fixture(scope="module")
def offer(tmp_path_factory: pytest.TempPathFactory) -> Offer:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(instance, "PLACE", Path(tmp_path_factory.mktemp("peers")))
        return offer_of(instance.instance(agents=12, seed=1))


@pytest.mark.parametrize("peer", [by_hand.roster, textbook.cp_sat, counts.roster])
def test_a_peers_roster_is_completed_to_a_legal_one_of_the_very_shifts_it_chose(peer, offer):
    picks = peer(offer, seconds=9.0, workers=1)
    shifts = complete(offer, picks)
    frames, slot = offer.frames, offer.crew.rules.slot
    chosen = {
        (candidate.name, frames.start[f] * slot, frames.end[f] * slot, frames.paid[f])
        for candidate, week in zip(offer.candidates, picks, strict=True)
        for f in week[week != FREE]
    }
    assert chosen
    assert {(s.agent, s.start, s.end, s.paid_minutes) for s in shifts} == chosen
    assert check(offer.problem.centre, offer.problem.week, shifts) == []


def test_a_week_of_seven_days_is_kept_and_its_violations_are_told(offer):
    picks = np.full((len(offer.candidates), 7), FREE)
    own = offer.candidates[0].frames
    picks[0] = [own[offer.frames.day[own] == day][0] for day in range(7)]
    shifts = complete(offer, picks)
    broken = Counter(violation.rule for violation in check(offer.problem.centre, offer.problem.week, shifts))
    assert len(shifts) == 7
    assert broken[Rule.DAYS] and broken[Rule.DAYS_OFF_TOGETHER]


@pytest.mark.parametrize(
    ("cost", "broken", "is_beaten"), [(99.0, "", True), (99.0, "1 days", False), (101.0, "", False)]
)
def test_only_a_legal_roster_that_costs_less_beats_ours(cost, broken, is_beaten):
    ours = Answer(seconds=1, cpu_seconds=1, peak_mb=1, cores=1, version="", cost=100.0)
    theirs = Answer(seconds=1, cpu_seconds=1, peak_mb=1, cores=1, version="", cost=cost, broken=broken)
    assert beaten(theirs, ours) is is_beaten


def test_having_no_roster_beats_nobody():
    none = Answer(seconds=1, cpu_seconds=1, peak_mb=1, cores=1, version="")
    assert not beaten(none, none)
