"""How much nearer than the six-week mean the forecast must be, and that it is never worse."""

from dataclasses import dataclass
from functools import partial

from benchmarks.forecasting.histories import cut, cut_ends, history_of
from benchmarks.forecasting.scores import Scored, scores
from benchmarks.table import Claim

WORSE = 0.02  # than the six-week mean, at most
WHOLE = ("bank_us", "bank_us, 30 minutes", "nyc_ems", "guangzhou_10000", "corner_shop")
CUTS = {"bank_us": (12, 16, 26), "nyc_ems": (12, 16, 26, 52)}  # weeks
CUT_COUNT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """A history, a horizon in days, and the share by which the error is to lie below the six-week mean's."""

    history: str
    days: int
    least: float


BELOW = {
    "bank_us": (
        Below(history="bank_us", days=7, least=0.18),
        Below(history="bank_us, 30 minutes", days=7, least=0.20),
        Below(history="bank_us", days=28, least=0.15),
        Below(history="bank_us, 30 minutes", days=28, least=0.15),
    ),
    "nyc_ems": (
        Below(history="nyc_ems", days=7, least=0.06),
        Below(history="nyc_ems", days=28, least=0.06),
    ),
}


def nearer(name: str, *, again: bool) -> list[Claim]:
    """The claims about one of `BELOW`."""
    return [
        Claim(
            work=f"{wanted.history}, {wanted.days} days, 8 Mondays",
            reach=f"WAPE ≥ {wanted.least:.0%} below the six-week mean's",
            measure=partial(_nearer, wanted, again),
        )
        for wanted in BELOW[name]
    ]


def never_worse(*, again: bool) -> list[Claim]:
    """Whole histories, and cuts of the real ones, at both horizons."""
    reach = f"WAPE ≤ {WORSE:.0%} above the six-week mean's, every queue and horizon"
    whole = [Claim(work=name, reach=reach, measure=partial(_whole, name, again)) for name in WHOLE]
    cuts = [
        Claim(
            work=f"{name} as if only {weeks} weeks long",
            reach=reach,
            measure=partial(_cuts, name, weeks, again),
        )
        for name, lengths in CUTS.items()
        for weeks in lengths
    ]
    return whole + cuts


def guarded(found: dict[str, Scored]) -> tuple[str, bool]:
    """What is seen of backtests by name: the worst of them, and each that is worse than it may be."""
    margins = {
        f"{name}, {queue}, {days} days" if queue not in name else f"{name}, {days} days": margin
        for name, one in found.items()
        for queue, days, margin in one.margins()
    }
    if not margins:
        return "nothing could be scored", False
    at_fault = {name: margin for name, margin in margins.items() if margin > WORSE}
    best, worst = min(margins, key=margins.__getitem__), max(margins, key=margins.__getitem__)
    seen = f"{len(at_fault)} of {len(margins)} worse; {_signed(margins[best])} ({best}) "
    seen += f"to {_signed(margins[worst])} ({worst})"
    others = [f"{name} {_signed(margin)}" for name, margin in at_fault.items() if name != worst]
    return "; ".join([seen, *others]), not at_fault


def _nearer(wanted: Below, again: bool) -> tuple[str, bool]:
    found = scores(wanted.history, partial(history_of, wanted.history), again=again)
    seen, reached = [], True
    for queue, days, margin in found.margins():
        if days == wanted.days:
            figures = {m: _one(found, queue, days, m) for m in ("chosen", "mean6", "floor")}
            seen.append(f"{-margin:.1%} below: {figures['chosen']:.4f} against {figures['mean6']:.4f}")
            seen.append(f"floor {figures['floor']:.4f}")
            reached &= -margin >= wanted.least
    return "; ".join(seen), reached and bool(seen)


def _one(found: Scored, queue: str, days: int, method: str) -> float:
    return next(value for q, d, value in found.of("wape", method=method) if (q, d) == (queue, days))


def _whole(name: str, again: bool) -> tuple[str, bool]:
    return guarded({name: scores(name, partial(history_of, name), again=again)})


def _cuts(name: str, weeks: int, again: bool) -> tuple[str, bool]:
    centre = history_of(name)
    ends = cut_ends(centre, weeks=weeks, count=CUT_COUNT)
    found = {
        f"{name} up to {end}": scores(
            f"{name} {weeks} weeks up to {end}", partial(cut, centre, end=end, weeks=weeks), again=again
        )
        for end in ends
    }
    return guarded(found)


def _signed(margin: float) -> str:
    return f"{margin:+.1%}"
