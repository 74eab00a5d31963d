"""The rows of the table: what is claimed of a week, what was seen, and whether the one bears the other out."""

from dataclasses import dataclass
from functools import partial

from benchmarks.measure import reading, sample_week, shape_week, sweep, week_twice
from benchmarks.planned import Planned
from benchmarks.table import Claim
from sample_data.shapes import SHAPES

LARGE = 400  # agents from which on a shape gets the longer of the two time limits
SLIPS = 100
VOLUMES = 11  # points of the sweep


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured. `short` is the share of the sample's required hours that may be short, `shape_limits`
    are seconds of the roster step of small and of large shapes."""

    centre: str
    short: float
    seeds: tuple[int, ...]
    shapes: tuple[str, ...]
    repeated: tuple[str, ...]
    shape_limits: tuple[float, float]


SIZES = {
    "big": Size(
        centre="guangzhou_10000",
        short=0.01,
        seeds=(1, 2, 3),
        shapes=tuple(SHAPES),
        repeated=("corner_shop", "clock_back"),
        shape_limits=(20.0, 60.0),
    ),
    "small": Size(
        centre="corner_shop",
        short=0.02,  # twelve people cannot follow the load as two thousand can
        seeds=(1,),
        shapes=("small_office", "one_contract"),
        repeated=("corner_shop",),
        shape_limits=(4.0, 4.0),
    ),
}


def week(size: Size, *, again: bool) -> list[Claim]:
    """The whole plan of the sample."""
    reach = (
        "0 violations, peak within the seats, nobody unrostered without a reason, training placed ≥ 98%, "
        f"short ≤ {size.short:.0%}, ≤ 300 s, ≤ 4 GB, time limit kept"
    )
    work = f"{size.centre}, one week, the whole `wfm plan`"
    return [Claim(work=work, reach=reach, measure=lambda: _week(size, sample_week(size.centre, again=again)))]


def optimal(_: Size, *, again: bool) -> list[Claim]:
    """The sample that is small enough to be proved best."""
    return [
        Claim(
            work="corner_shop, the whole `wfm plan`",
            reach="`optimal`, ≤ 10 s",
            measure=lambda: _optimal(sample_week("corner_shop", again=again)),
        )
    ]


def shapes(size: Size, *, again: bool) -> list[Claim]:
    """Centres of other shapes, a line each over all seeds."""
    return [
        Claim(
            work=f"{name}: {SHAPES[name]['agents']:,} agents, seeds {', '.join(map(str, size.seeds))}",
            reach="0 violations, ≤ 120 s each, time limit kept",
            measure=partial(_shape, name, size, again),
        )
        for name in size.shapes
    ]


def repeat(size: Size, *, again: bool) -> list[Claim]:
    """The same input and seed twice, under a limit of work."""
    return [
        Claim(
            work=f"{name} twice: same seed, `--work-limit 5`, one worker",
            reach="`roster.csv` byte for byte",
            measure=partial(_repeat, name, again),
        )
        for name in size.repeated
    ]


def read(size: Size, *, again: bool) -> list[Claim]:
    """Reading the sample, and its files with slips in them."""
    return [
        Claim(work=f"reading {size.centre}", reach="≤ 10 s", measure=partial(_read, size.centre, again)),
        Claim(
            work=f"{SLIPS} faults planted in its files",
            reach=f"{SLIPS} reported",
            measure=partial(_faults, size.centre, again),
        ),
    ]


def what_if(size: Size, *, again: bool) -> list[Claim]:
    """A curve of the requirement over the volume."""
    work = f"{size.centre}, `wfm whatif`: {VOLUMES} volumes, requirement by queue and interval"
    return [Claim(work=work, reach="≤ 30 s", measure=partial(_swept, size.centre, again))]


ROWS = {
    "week": week,
    "optimal": optimal,
    "shapes": shapes,
    "repeat": repeat,
    "reading": read,
    "whatif": what_if,
}


def _week(size: Size, found: Planned) -> tuple[str, bool]:
    seen = (
        f"{found.violations} violations, {found.checked} by `wfm check`; peak {found.peak_seats:,} of "
        f"{found.seats or 0:,} seats; {found.unrostered:,} of {found.agents:,} unrostered, {found.unexplained} without "
        f"a reason; training {found.placed_share:.1%} of {found.owed / 60:,.0f} h; "
        f"short {found.short_share:.2%} of {found.required_hours:,.0f} h; {found.seconds:.0f} s; "
        f"{found.peak_mb / 1024:.1f} GB; cost {found.cost:,.0f}, bound {found.bound:,.0f}, gap {found.gap_hours:,.1f} h"
    )
    reached = (
        _legal(found)
        and (found.seats is None or found.peak_seats <= found.seats)
        and found.unexplained == 0
        and found.placed_share >= 0.98
        and found.short_share <= size.short
        and found.seconds <= 300
        and found.kept_time
        and found.peak_mb <= 4096
    )
    return seen + _late([found]), reached


def _optimal(found: Planned) -> tuple[str, bool]:
    seen = f"`{found.status}`, {found.seconds:.1f} s, {found.checked} violations, gap {found.gap_hours:.2f} h"
    return seen, _legal(found) and found.status == "optimal" and found.seconds <= 10


def _shape(name: str, size: Size, again: bool) -> tuple[str, bool]:
    limit = size.shape_limits[SHAPES[name]["agents"] >= LARGE]
    found = [shape_week(name, seed=seed, time_limit=limit, again=again) for seed in size.seeds]
    violations = sum(one.checked for one in found)
    slowest, shortest = max(one.seconds for one in found), max(one.short_share for one in found)
    gap = max(one.gap_hours / max(one.required_hours, 1e-9) for one in found)
    seen = f"{violations} violations; at worst {slowest:.0f} s, {shortest:.2%} short, gap {gap:.2%} of the hours"
    unexplained = sum(one.unexplained for one in found)
    seen += f"; {unexplained} unrostered without a reason" if unexplained else ""
    in_time = slowest <= 120 and all(one.kept_time for one in found)
    return seen + _late(found), all(map(_legal, found)) and not unexplained and in_time


def _repeat(name: str, again: bool) -> tuple[str, bool]:
    found = week_twice(name, again=again)
    same = "the same" if found.same else "not the same"
    seen = f"{same}, {found.rows:,} rows; roster step {found.roster_seconds:.0f} s"
    return seen, found.same and found.rows > 0 and found.roster_seconds < found.time_limit


def _read(name: str, again: bool) -> tuple[str, bool]:
    found = reading(name, slips=SLIPS, again=again)
    return f"{found.seconds:.1f} s, {found.peak_mb / 1024:.1f} GB", found.seconds <= 10


def _faults(name: str, again: bool) -> tuple[str, bool]:
    found = reading(name, slips=SLIPS, again=again)
    seen = f"{found.found} of {found.planted} reported, and {found.others} others"
    return seen, found.found == found.planted == SLIPS and found.others == 0


def _legal(found: Planned) -> bool:
    return found.violations == 0 and found.checked == 0 and found.status in ("optimal", "feasible")


def _late(found: list[Planned]) -> str:
    late = [one for one in found if not one.kept_time]
    return "".join(f"; roster step {one.roster_seconds:.0f} s at a limit of {one.time_limit:.0f} s" for one in late)


def _swept(name: str, again: bool) -> tuple[str, bool]:
    found = sweep(name, volumes=VOLUMES, again=again)
    seen = f"{found.seconds:.1f} s, reading and forecast included; the points {found.points_seconds:.1f} s"
    return seen, found.points == VOLUMES and found.seconds <= 30
