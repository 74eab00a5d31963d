"""What the solver must reach on each instance, and what of it was seen: the worst of all seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.instances import INSTANCES
from benchmarks.planned import Planned
from benchmarks.table import Claim
from benchmarks.traced import Traced, traced_week

SEEDS = (1, 2, 3)
SCALES = (1000, 2000, 5000, 10000, 20000)
SCALED_GAP, SCALED_SECONDS, STEEPEST = 0.002, 600.0, 1.15
SMALL_SEEDS = tuple(range(1, 51))
SMALL_SECONDS, SMALL_PROVED, SMALL_GAP_HOURS = 10.0, 48, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`gaps` are shares of the required hours by seconds of the roster step, the last its time limit; None: no claim.

    `everybody` claims that nobody is left without a roster.
    """

    gaps: dict[float, float]
    first_roster: float | None = None
    first_bound: float | None = None
    peak_mb: float | None = None
    everybody: bool = False

    @property
    def reach(self) -> str:
        """The claim in words."""
        parts = ["0 violations", *(f"gap ≤ {share:.2%} at {seconds:g} s" for seconds, share in self.gaps.items())]
        parts += [f"first roster ≤ {self.first_roster:g} s"] if self.first_roster else []
        parts += [f"bound ≤ {self.first_bound:g} s"] if self.first_bound else []
        parts += [f"≤ {self.peak_mb / 1024:g} GB"] if self.peak_mb else []
        return ", ".join(parts + (["nobody without a roster"] if self.everybody else []))


SCARCE = Target(gaps={60: 0.002, 300: 0.001}, everybody=True)
TARGETS = {
    "single_skill": Target(gaps={30: 0.0005, 60: 0.0002}),
    "single_skill_1600": Target(gaps={60: 0.001}),
    "guangzhou": Target(gaps={60: 0.001, 300: 0.0004}, first_roster=15, first_bound=40, peak_mb=2048),
    "guangzhou_tight_seats": SCARCE,
    "guangzhou_short": SCARCE,
    "guangzhou_scarce": SCARCE,
    "connected_5000": Target(gaps={180: 0.001}),
    "sites_20000": Target(gaps={600: 0.002}, peak_mb=6144),
}


def target(name: str, *, seeds: Sequence[int] = SEEDS, again: bool) -> list[Claim]:
    """An instance of `TARGETS`."""
    agents = INSTANCES[name](seeds[0]).agents
    work = f"{name}: {agents:,} agents, {listed(seeds)}"
    return [Claim(work=work, reach=TARGETS[name].reach, measure=partial(_target, name, seeds, again))]


def proved(name: str, *, seeds: Sequence[int], least: int, again: bool) -> list[Claim]:
    """Small centres: as many proved optimal in 10 s, the rest nearly."""
    least = min(least, len(seeds))
    reach = f"0 violations, {least} of {len(seeds)} `optimal` in {SMALL_SECONDS:g} s"
    reach += f", the rest gap ≤ {SMALL_GAP_HOURS} h" if least < len(seeds) else ""
    return [Claim(work=f"{name}, {listed(seeds)}", reach=reach, measure=partial(_proved, name, seeds, least, again))]


def scaling(*, seeds: Sequence[int] = SEEDS, again: bool) -> list[Claim]:
    """How the time to a gap grows with the agents, in sites of at most 2,500."""
    return [
        Claim(
            work=f"sites of up to 2,500 agents, {SCALES[0]:,} to {SCALES[-1]:,} in all, {listed(seeds)}",
            reach=f"gap ≤ {SCALED_GAP:.1%} within {SCALED_SECONDS:g} s each, log-log slope ≤ {STEEPEST}",
            measure=partial(_scaling, seeds, again),
        )
    ]


def slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Of the straight line nearest to the logarithms (least squares)."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def listed(seeds: Sequence[int]) -> str:
    """Seeds in words."""
    return f"seeds {seeds[0]} to {seeds[-1]}" if len(seeds) > len(SEEDS) else f"seeds {', '.join(map(str, seeds))}"


def _target(name: str, seeds: Sequence[int], again: bool) -> tuple[str, bool]:
    wanted = TARGETS[name]
    limit = max(wanted.gaps)
    found = [traced_week(name, seed=seed, time_limit=limit, again=again) for seed in seeds]
    gaps = {seconds: _worst([one.gap_at(seconds) for one in found]) for seconds in wanted.gaps}
    roster, bound = _worst([one.first_roster for one in found]), _worst([one.first_bound for one in found])
    memory, left_out = max(one.peak_mb for one in found), max(one.without_week for one in found)
    seen = [f"{max(one.checked for one in found)} violations"]
    seen += [f"gap {_share(gap)} at {seconds:g} s" for seconds, gap in gaps.items()]
    seen += [f"first roster {_seconds(roster)}", f"bound {_seconds(bound)}", f"{memory / 1024:.1f} GB"]
    seen += [f"{left_out} without a roster", *_costs(found)]
    reached = (
        all(_legal(one) for one in found)
        and all(_within(gaps[seconds], share) for seconds, share in wanted.gaps.items())
        and (wanted.first_roster is None or _within(roster, wanted.first_roster))
        and (wanted.first_bound is None or _within(bound, wanted.first_bound))
        and (wanted.peak_mb is None or memory <= wanted.peak_mb)
        and not (wanted.everybody and left_out)
    )
    return "; ".join(seen), reached


def _proved(name: str, seeds: Sequence[int], least: int, again: bool) -> tuple[str, bool]:
    found = [traced_week(name, seed=seed, time_limit=SMALL_SECONDS, again=again) for seed in seeds]
    optimal = [one for one in found if one.status == "optimal"]
    gap = max((one.gap_hours for one in found if one.status != "optimal"), default=0.0)
    slowest = max(one.roster_seconds for one in found)
    seen = f"{max(one.checked for one in found)} violations; {len(optimal)} of {len(found)} `optimal`; "
    seen += f"at worst {slowest:.1f} s and a gap of {gap:.2f} h"
    return seen, all(map(_legal, found)) and len(optimal) >= least and gap <= SMALL_GAP_HOURS


def _scaling(seeds: Sequence[int], again: bool) -> tuple[str, bool]:
    seconds: list[float | None] = []
    violations = 0
    for agents in SCALES:
        found = [
            traced_week(f"sites_{agents}", seed=seed, time_limit=SCALED_SECONDS, until=SCALED_GAP, again=again)
            for seed in seeds
        ]
        violations += sum(one.checked for one in found)
        seconds.append(_worst([one.seconds_to(SCALED_GAP) for one in found]))
    seen = ", ".join(f"{agents:,} in {_seconds(one)}" for agents, one in zip(SCALES, seconds, strict=True))
    times = [one for one in seconds if one is not None]
    if len(times) < len(SCALES):
        return f"{violations} violations; {seen}", False
    steepness = slope(SCALES, times)
    return f"{violations} violations; {seen}; slope {steepness:.2f}", steepness <= STEEPEST and not violations


def _worst(values: Sequence[float | None]) -> float | None:
    """The largest; None where one is missing."""
    known = [value for value in values if value is not None]
    return max(known) if len(known) == len(values) else None


def _within(value: float | None, limit: float) -> bool:
    return value is not None and value <= limit


def _legal(found: Planned) -> bool:
    return found.checked == 0 and found.violations == 0 and found.unexplained == 0 and found.kept_time


def _costs(found: Sequence[Traced]) -> list[str]:
    return [f"cost {one.cost:,.0f}, bound {one.bound:,.0f}" for one in found]


def _share(gap: float | None) -> str:
    return "none" if gap is None else f"{gap:.3%}"


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"
