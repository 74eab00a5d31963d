"""One peer's answer to one instance, in a process of its own: python -m benchmarks.peers.answer PEER AGENTS SECONDS SEED.

The last line it prints is the answer as JSON.
"""

import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from importlib.metadata import version

from benchmarks.peers.completion import complete
from benchmarks.peers.instance import instance
from benchmarks.peers.offer import Offer, offer_of
from solver import solve
from wfm.check import check
from wfm.cost import reckon
from wfm.problem import Problem
from wfm.roster import Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The module and function that ask a peer (None: we ourselves), the package it needs, what is left out for it."""

    title: str
    place: tuple[str, str] | None
    package: str
    left_out: str


WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
INSIDES = "breaks and training as averages"
PEERS = {
    "ours": Peer(title="`solver.solve`", place=None, package="wfm", left_out="nothing"),
    "cp_sat": Peer(title="CP-SAT, textbook's model", place=("textbook", "cp_sat"), package="ortools", left_out=INSIDES),
    "highs": Peer(title="HiGHS, the same model", place=("textbook", "highs"), package="ortools", left_out=INSIDES),
    "pyworkforce": Peer(
        title="pyworkforce",
        place=("counts", "roster"),
        package="pyworkforce",
        left_out=f"{INSIDES}; rest, days off, most hours, wishes and fairness, decided by hand before",
    ),
    "timefold": Peer(
        title="Timefold",
        place=("streams", "roster"),
        package="timefold",
        left_out=f"{INSIDES}; points for refused requests",
    ),
    "by_hand": Peer(
        title="by hand: one shift a person, greedily",
        place=("by_hand", "roster"),
        package="wfm",
        left_out=f"{INSIDES}; different shifts in a week",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a peer: seconds, seconds of processor and memory of its own part; completing its roster comes on top.

    `cost` is None where it found no roster; `broken` counts violations by rule; `cores` and `version` are those used.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    cores: int
    version: str
    cost: float | None = None
    short_hours: float = 0.0
    surplus_hours: float = 0.0
    broken: str = ""


def answer(name: str, problem: Problem, *, seconds: float) -> Answer:
    """Let a peer roster the problem, complete what it found, judge and count it."""
    cores, offer = len(os.sched_getaffinity(0)), offer_of(problem)
    place = PEERS[name].place
    rostering = _ours if place is None else _theirs(*place)
    begun, used = time.monotonic(), _cpu_seconds()
    completed = rostering(offer, seconds, cores)
    found = Answer(
        seconds=time.monotonic() - begun,
        cpu_seconds=_cpu_seconds() - used,
        peak_mb=max(resource.getrusage(who).ru_maxrss for who in WHO) / 1024,
        cores=cores,
        version=version(PEERS[name].package),
    )
    if completed is None:
        return found
    shifts, reasons = completed()
    cost = reckon(problem.centre, problem.week, problem.required, shifts)
    broken = Counter(v.rule.value for v in check(problem.centre, problem.week, shifts, unrostered=reasons))
    return replace(
        found,
        cost=cost.total,
        short_hours=cost.short_hours,
        surplus_hours=cost.surplus_hours,
        broken=", ".join(f"{count} {rule}" for rule, count in broken.most_common()),
    )


Finished = Callable[[], tuple[Sequence[Shift], Collection[str]]]  # shifts, and who may be without one


def _ours(offer: Offer, seconds: float, cores: int) -> Finished | None:
    result = solve(offer.problem, time_limit=seconds, workers=max(2, cores))  # a single one is for limits of work
    shifts = result.shifts
    return None if shifts is None else lambda: (shifts, result.unrostered)


def _theirs(module: str, function: str) -> Callable[[Offer, float, int], Finished | None]:
    def rostering(offer: Offer, seconds: float, cores: int) -> Finished | None:
        picks = getattr(import_module(f"benchmarks.peers.{module}"), function)(offer, seconds=seconds, workers=cores)
        return None if picks is None else lambda: (complete(offer, picks), _may_be_free(offer))

    return rostering


def _may_be_free(offer: Offer) -> set[str]:
    """Agents who need no shift: nothing is legal for them, or a free week is."""
    needed = {candidate.name for candidate in offer.candidates if not candidate.may_stay_free}
    return set(offer.problem.centre.agents) - needed


def _cpu_seconds() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in WHO)


if __name__ == "__main__":
    peer, agents, limit, seed = sys.argv[1:]
    given = answer(peer, instance(agents=int(agents), seed=int(seed)), seconds=float(limit))
    print(json.dumps(asdict(given)))
