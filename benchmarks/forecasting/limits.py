"""How often contacts stay within the forecast's limits: of intervals, and of whole dates."""

from functools import partial

from benchmarks.forecasting.accuracy import WHOLE
from benchmarks.forecasting.histories import history_of
from benchmarks.forecasting.scores import HORIZONS, ORIGINS, scores
from benchmarks.table import Claim

DATE_ORIGINS = 26  # Mondays: of dates there are few
LONG = tuple(name for name in WHOLE if name != "corner_shop")  # long enough for so many
INTERVALS = {"cover80": (0.75, 0.88), "cover95": (0.92, 0.985)}
DATES = {"day_cover80": (0.70, 0.90), "day_cover95": (0.88, 1.0)}


def bands(*, again: bool) -> list[Claim]:
    """Intervals and dates of every whole history, at both horizons."""
    kinds = (("intervals", ORIGINS, INTERVALS, WHOLE), ("dates", DATE_ORIGINS, DATES, LONG))
    return [
        Claim(
            work=f"{name}, {kind}, {origins} Mondays",
            reach=", ".join(map(_reach, ranges, ranges.values())),
            measure=partial(_bands, name, origins, ranges, again),
        )
        for kind, origins, ranges, names in kinds
        for name in names
    ]


def _bands(name: str, origins: int, ranges: dict[str, tuple[float, float]], again: bool) -> tuple[str, bool]:
    found = scores(name, partial(history_of, name), weeks=origins, again=again)
    seen, reached = [], True
    for column, (low, high) in ranges.items():
        for horizon in HORIZONS:
            covered = {queue: value for queue, days, value in found.of(column) if days == horizon}
            outside = [f"{queue} {value:.2%}" for queue, value in covered.items() if not low <= value <= high]
            spread = sorted({f"{min(covered.values()):.2%}", f"{max(covered.values()):.2%}"})
            text = f"{column} {horizon} days {' to '.join(spread)}"
            seen.append(text + (f" (outside: {', '.join(outside)})" if outside and len(covered) > 1 else ""))
            reached &= not outside
    return "; ".join(seen), reached


def _reach(column: str, limits: tuple[float, float]) -> str:
    low, high = limits
    return f"{column} ≥ {low:.0%}" if high >= 1 else f"{column} {100 * low:g} to {100 * high:g}%"
