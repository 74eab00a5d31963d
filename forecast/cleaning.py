"""History as models may learn from it: stated closures out, outages and spikes found, and each of these proposed."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from forecast.calendar import EVENT, Calendar
from forecast.history import Bools, Floats, QueueHistory, weekday

NEAR_WEEKS = 4  # what is usual is told by the same weekdays so many weeks before and after
FEWEST_NEAR = 4
SLOT_DEVIATIONS = 8.0  # robust deviations of the square root from which on a slot is doubted, and
SLOT_RATIO = 3.0  # how many times more or less than usual it must be
DAY_DEVIATIONS = 6.0
DAY_RATIO = 2.0
SILENT = 0.05  # a day with less than this share of what its weekday holds is silent
LOUD = 0.3  # and was cut off, where the days about it hold at least this share
LONGEST_AT_THE_END = 14  # days: a queue that has been silent for longer may well stay so
ENOUGH_CONTACTS = 20.0  # a day that usually holds fewer is not judged
OF_A_DAY = 0.25  # where so much of a day is doubted the whole of it is
SHORT_DAYS = 56  # of history, below which there are not yet weekdays enough to tell what is usual by
GROSS = 20.0  # times what all weekdays hold at that time, and every other date of the weekday: then it is a fault
FEWEST_DATES = 3


class Kind(StrEnum):
    """What history looks like where it is left out."""

    OUTAGE = "outage"
    SPIKE = "spike"
    NOT_BEGUN = "not begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Dates from ordinal `first` to `last` in slots from `start` up to `end` that are left out, proposed to the planner.

    `offered` contacts were counted where `usual` would be expected.
    """

    kind: Kind
    first: int
    last: int
    start: int
    end: int
    offered: float
    usual: float


def cleaned(history: QueueHistory, calendar: Calendar) -> tuple[QueueHistory, tuple[Doubt, ...]]:
    """Contacts that count, NaN where they do not, stated factors taken out; and what was doubted.

    Left out are closures and outages that special_days.csv names, and what is doubted. Dates that carry a label
    (holidays, days about them, named events) are never doubted: to name a date is to keep it. Nothing is overwritten:
    the history given stays as it is.
    """
    past = calendar.part(history.first, history.end)
    unknown = past.left_out | (past.factor <= 0)
    offered = history.offered / np.where(unknown, np.nan, past.factor)[:, None]
    if not np.nansum(offered):
        return replace(history, offered=offered), ()
    named = np.array([bool(labels) for labels in past.labels])
    events = np.array([any(label.startswith(EVENT) for label in labels) for labels in past.labels])
    # A history is as short as the days of the queue are: the silent ones before it began say nothing of what is usual.
    silent = [doubt for doubt in _silence(offered, history.first, named, events) if doubt.kind is Kind.NOT_BEGUN]
    begun = int(np.isfinite(_without(offered, silent, history.first)).any(axis=1).argmax())
    short = history.days - begun < SHORT_DAYS
    gross = _gross(offered[begun:], history.first + begun, named[begun:]) if short else []
    kept = _without(offered, gross, history.first)
    doubts = [*gross, *_silence(kept, history.first, named, events)]
    kept = _without(kept, doubts, history.first)
    usual = _about(kept, ~named)
    slots = _odd_slots(kept, usual, history.first, named)
    if slots:
        kept = _without(kept, slots, history.first)
        usual = _about(kept, ~named)
    days = _odd_days(kept, usual, history.first, named)
    return replace(history, offered=_without(kept, days, history.first)), (*doubts, *slots, *days)


def _without(offered: Floats, doubts: list[Doubt], first: int) -> Floats:
    kept = offered.copy()
    for doubt in doubts:
        kept[doubt.first - first : doubt.last - first + 1, doubt.start : doubt.end] = np.nan
    return kept


def _silence(offered: Floats, first: int, named: Bools, events: Bools) -> list[Doubt]:
    """Runs of days without contacts that begin or end at once: an outage, or a queue that had not begun."""
    totals = _totals(offered)
    usual = np.empty_like(totals)
    days = weekday(np.arange(first, first + len(totals)))
    for day in range(7):
        known = totals[(days == day) & (totals > 0)]
        usual[days == day] = np.median(known) if known.size else np.nan
    share = np.divide(totals, usual, out=np.full(len(totals), np.nan), where=usual >= ENOUGH_CONTACTS)
    silent = share < SILENT
    known = np.flatnonzero(np.isfinite(share))
    loud = known[~silent[known]]
    doubts = []
    for run in _runs(silent[known]):
        begin, end = known[run[0]], known[run[-1]]
        before, after = loud[loud < begin][-14:], loud[loud > end][:14]
        sides = [np.median(share[side]) for side in (before, after) if side.size]
        ended = not after.size and end - begin >= LONGEST_AT_THE_END
        if not sides or min(sides) < LOUD or ended:
            continue
        begins = 0 if not before.size else int(begin)
        within = np.zeros(len(totals), dtype=bool)
        within[begins : end + 1] = True
        # A holiday amid an outage is part of it; silent days about a holiday may well be its own. Events are kept.
        mostly = named[known[run]].mean() <= 0.5
        doubted = within & ~(events if mostly else named)
        if not doubted[known[run]].any():
            continue
        spans = _runs(doubted) if before.size else [np.flatnonzero(within)]
        for span in spans:
            of = slice(int(span[0]), int(span[-1]) + 1)
            doubts.append(
                Doubt(
                    kind=Kind.OUTAGE if before.size else Kind.NOT_BEGUN,
                    first=first + of.start,
                    last=first + of.stop - 1,
                    start=0,
                    end=offered.shape[1],
                    offered=float(np.nansum(totals[of])),
                    usual=float(np.nansum(usual[of])),
                )
            )
    return doubts


def _gross(offered: Floats, first: int, named: Bools) -> list[Doubt]:
    """Stretches of a short history so high that they can only be a fault: a weekday seen once or twice has no usual."""
    known = np.isfinite(offered)
    slots = known.sum(axis=0) >= FEWEST_DATES
    usual = np.zeros(offered.shape[1])
    usual[slots] = np.nanmedian(offered[:, slots], axis=0)
    positive = offered[known & (offered > 0)]
    expected = np.maximum(usual, float(np.median(positive))) * np.ones_like(offered)
    counts, days = np.nan_to_num(offered), weekday(np.arange(first, first + len(offered)))
    others = np.zeros_like(counts)
    for day in range(7):
        rows = np.flatnonzero(days == day)
        for row in rows:
            others[row] = counts[rows[rows != row]].max(axis=0, initial=0.0)
    odd = slots & (counts > GROSS * np.maximum(expected, others)) & ~named[:, None]
    doubts = []
    for at in np.flatnonzero(odd.any(axis=1)):
        whole = odd[at].sum() > OF_A_DAY * known[at].sum()
        runs = [np.arange(offered.shape[1], dtype=np.int64)] if whole else _runs(odd[at])
        shown = np.where(known[at], expected[at], np.nan)
        doubts += [_stretch(offered[at], shown, first + int(at), run) for run in runs]
    return doubts


def _odd_slots(offered: Floats, usual: Floats, first: int, named: Bools) -> list[Doubt]:
    """Stretches of a day far from what the same weekdays about it hold at that time, given the level of the day."""
    level = _level(offered, usual)
    expected = usual * level[:, None]
    error = 2 * (np.sqrt(offered) - np.sqrt(expected))
    scale = max(1.0, _deviation(error[np.isfinite(error)]))
    far = np.abs(error) > SLOT_DEVIATIONS * scale
    odd = far & ((offered > SLOT_RATIO * expected) | (SLOT_RATIO * offered < expected)) & ~named[:, None]
    doubts = []
    for day in np.flatnonzero(odd.any(axis=1)):
        whole = np.nansum(np.where(odd[day], expected[day], 0.0)) > OF_A_DAY * np.nansum(expected[day])
        runs = [np.arange(offered.shape[1], dtype=np.int64)] if whole else _runs(odd[day])
        doubts += [_stretch(offered[day], expected[day], first + int(day), run) for run in runs]
    return doubts


def _stretch(offered: Floats, expected: Floats, day: int, run: NDArray[np.int64]) -> Doubt:
    start, end = int(run[0]), int(run[-1]) + 1
    counted, usual = float(np.nansum(offered[start:end])), float(np.nansum(expected[start:end]))
    kind = Kind.SPIKE if counted > usual else Kind.OUTAGE
    return Doubt(kind=kind, first=day, last=day, start=start, end=end, offered=counted, usual=usual)


def _odd_days(offered: Floats, usual_rows: Floats, first: int, named: Bools) -> list[Doubt]:
    """Days whose total is far from that of the same weekdays about it."""
    both = np.isfinite(offered) & np.isfinite(usual_rows)
    totals = np.where(both, offered, 0.0).sum(axis=1)
    usual = np.where(both, usual_rows, 0.0).sum(axis=1)
    judged = usual >= ENOUGH_CONTACTS
    log = np.log(np.maximum(totals, 0.5) / np.where(judged, usual, 1.0))
    ordinary = log[judged & ~named]
    if not ordinary.size:
        return []
    # Days stray as counts do at least, and as days of this queue do.
    scale = np.maximum(_deviation(ordinary), 1 / np.sqrt(np.maximum(usual, 1.0)))
    odd = judged & ~named & (np.abs(log) > np.maximum(DAY_DEVIATIONS * scale, np.log(DAY_RATIO)))
    every = np.arange(offered.shape[1], dtype=np.int64)
    return [
        _stretch(offered[day], np.where(both[day], usual_rows[day], np.nan), first + int(day), every)
        for day in np.flatnonzero(odd)
    ]


def _about(offered: Floats, ordinary: Bools) -> Floats:
    """Shape (days, slots): median of each slot over the same weekdays about a date; NaN where too few are known."""
    days, slots = offered.shape
    weeks = -(-days // 7)
    usual = np.full((7 * weeks, slots), np.nan)
    usual[:days][ordinary] = offered[ordinary]
    by_week = usual.reshape(weeks, 7 * slots)
    used = np.isfinite(by_week).any(axis=0)
    by_week[:, used] = _running_median(by_week[:, used])
    return usual[:days]


def _running_median(values: Floats) -> Floats:
    """Shape (weeks, slots): median over the weeks about each; ten times as fast as pandas' on so few."""
    edge = np.full((NEAR_WEEKS, values.shape[1]), np.nan)
    near = np.sort(sliding_window_view(np.vstack([edge, values, edge]), 2 * NEAR_WEEKS + 1, axis=0), axis=-1)
    known = np.isfinite(near).sum(axis=-1, keepdims=True)  # NaN is sorted to the end
    middle = [np.take_along_axis(near, np.maximum(at, 0), axis=-1) for at in ((known - 1) // 2, known // 2)]
    return np.asarray(np.where(known >= FEWEST_NEAR, (middle[0] + middle[1]) / 2, np.nan)[..., 0])


def _level(offered: Floats, usual: Floats) -> Floats:
    """How far a whole day is up or down: the median over its slots of counted to usual, busy slots only."""
    busy = np.isfinite(offered) & (usual >= 1.0)
    ratio = np.where(busy, offered / np.where(busy, usual, 1.0), np.nan)
    order = np.sort(ratio, axis=1)
    count = busy.sum(axis=1)
    middle = order[np.arange(len(order)), np.maximum(count - 1, 0) // 2]
    # A day most of which is doubtful has no level of its own to be judged by.
    return np.where((count > 0) & (middle > 1 / SLOT_RATIO) & (middle < SLOT_RATIO), middle, 1.0)


def _totals(offered: Floats) -> Floats:
    return np.where(np.isfinite(offered).any(axis=1), np.nansum(offered, axis=1), np.nan)


def _deviation(values: Floats) -> float:
    return 1.4826 * float(np.median(np.abs(values - np.median(values)))) if values.size else 0.0


def _runs(flags: Bools) -> list[NDArray[np.int64]]:
    """Positions of unbroken runs of true."""
    at = np.flatnonzero(flags)
    return [] if not at.size else np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
