"""A week told from a few: each weekday's course leans on those like it, as far as that tells days left out best."""

import numpy as np
from numpy.typing import NDArray

from forecast.history import Bools, Floats

WIDTHS = (0.0, 0.75, 1.5, 3.0)  # slots: deviation of the normal curve by which a course is smoothed
LEANINGS = (0.0, 100.0, 300.0, 1000.0, 3000.0)  # contacts with which the course of like weekdays weighs
LIKELY_LEANING = 300.0  # where a weekday is known but once and none can be left out
ALIKE_WIDTH = 1.5
ALIKE = 0.1  # courses that differ by so little are alike, whichever is nearest
DATES_AVERAGED = 6  # of a weekday, the latest, as in the six-week mean
HALF_LIFE_DAYS = 28.0
NEVER_NOTHING = 1e-3  # of what a slot would hold if all were alike


def weekday_courses(filled: Floats, totals: Floats, weekdays: NDArray[np.int64], current: Bools) -> Floats:
    """Shape (7, slots): contacts of each weekday's slots in use; NaN elsewhere and for a weekday that is not known.

    `filled` (days, slots) is history without a gap, `totals` (days,) NaN where a date is not to be learned from,
    `current` (7, slots) are the slots in use. The level is the mean of a weekday's last dates, those without a contact
    among them: what the latest days of all weekdays lay above theirs is not followed. Raises ValueError where no contacts
    are known.
    """
    counted = np.isfinite(totals) & current[weekdays].any(axis=1)
    if not np.nansum(totals):
        raise ValueError("no day of the history can be used")
    of_weekday = (weekdays == np.arange(7)[:, None]) & counted
    later = of_weekday.sum(axis=1, keepdims=True) - of_weekday.cumsum(axis=1)
    members = of_weekday & (later < DATES_AVERAGED)
    known = members.any(axis=0)
    offered = np.where(current[weekdays] & known[:, None], filled, 0.0)
    recency = known * 0.5 ** (np.arange(len(totals) - 1, -1, -1) / HALF_LIFE_DAYS)
    days, sums = members.sum(axis=1), members @ np.nan_to_num(totals)
    means = np.divide(sums, days, out=np.full(7, np.nan), where=days > 0)
    return np.where(current, _shares(offered, recency, members, current) * means[:, None], np.nan)


def _shares(offered: Floats, recency: Floats, members: Bools, current: Bools) -> Floats:
    """Shape (7, slots): shares of a day, with the width and the leanings that tell each day from the others best."""
    counts = (members * recency) @ offered
    alike = _alike(counts, current)
    smoothers = {
        day: [_smoother(current[day], width) for width in WIDTHS] for day in np.flatnonzero(members.any(axis=1))
    }
    missed = np.zeros((7, len(WIDTHS), len(LEANINGS)))
    for day, choices in smoothers.items():
        days = np.flatnonzero(members[day])
        left = counts[day] - recency[days, None] * offered[days]
        for at, smoother in enumerate(choices):
            for place, weight in enumerate(LEANINGS):
                course = _leaning(left @ smoother, alike[day] @ smoother, weight, current[day])
                missed[day, at, place] = -recency[days] @ (offered[days] * np.log(np.maximum(course, 1e-12))).sum(
                    axis=1
                )
    width = int(missed.min(axis=2).sum(axis=0).argmin())
    shares = np.full(counts.shape, np.nan)
    for day, choices in smoothers.items():
        leaning = LEANINGS[int(missed[day, width].argmin())] if members[day].sum() > 1 else LIKELY_LEANING
        shares[day] = _leaning(counts[day] @ choices[width], alike[day] @ choices[width], leaning, current[day])
    return shares


def _leaning(own: Floats, others: Floats, weight: float, used: Bools) -> Floats:
    """Shares over the slots in use, from the own counts and so many contacts at the course of the others."""
    course = others / max(float(others.sum()), 1e-9)
    seen = own.sum(axis=-1, keepdims=True)
    mixed = np.divide(own + weight * course, seen + weight, out=np.zeros(own.shape) + course, where=seen + weight > 0)
    mixed = np.maximum(mixed, NEVER_NOTHING * used / max(int(used.sum()), 1))
    return np.asarray(mixed / mixed.sum(axis=-1, keepdims=True))


def _alike(counts: Floats, current: Bools) -> Floats:
    """Shape (7, slots): by weekday the contacts of the others whose course is nearest; of nobody where there are none."""
    smooth = np.vstack([row @ _smoother(used, ALIKE_WIDTH) for row, used in zip(counts, current, strict=True)])
    found = np.zeros_like(counts)
    for day in np.flatnonzero(counts.any(axis=1)):
        shared = np.where(current[day], smooth, 0.0)
        total = shared.sum(axis=1, keepdims=True)
        shares = np.divide(shared, total, out=np.zeros_like(shared), where=total > 0)
        far = np.where(total[:, 0] > 0, np.abs(shares - shares[day]).sum(axis=1), np.inf)
        far[day] = np.inf
        if np.isfinite(far.min()):
            found[day] = np.where(current[day], counts[far <= max(2 * far.min(), ALIKE)].sum(axis=0), 0.0)
    return found


def _smoother(used: Bools, width: float) -> Floats:
    """Shape (slots, slots): spreads what came in a slot over those about it that are in use; around the clock if all are."""
    slots = len(used)
    if width == 0:
        return np.diag(used.astype(float))
    apart = np.abs(np.arange(slots)[:, None] - np.arange(slots))
    if used.all():
        apart = np.minimum(apart, slots - apart)
    curve = np.exp(-0.5 * (apart / width) ** 2) * (apart <= 2 * width + 1) * np.outer(used, used)
    # Each slot is told as the mean of those near it: at the edge of the hours there are fewer, not less.
    return np.asarray((curve / np.maximum(curve.sum(axis=1, keepdims=True), 1e-12)).T)
