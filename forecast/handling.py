"""Handling time by weekday or weekend and slot, at the level that the latest days show, with limits of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from forecast.band import NORMAL, reaches
from forecast.history import Bools, Floats, QueueHistory
from forecast.intraday import update

# The half-life with which the level forgets, and whether its trend goes on, are what was nearest a week ahead: long
# where times stand still, short where they have taken a step.
HALF_LIVES_DAYS = (7.0, 21.0, 60.0, 180.0)
USUAL = (180.0, True)  # where too few days are known to judge by
TREND_DEVIATION = 0.02  # of the level in a week, expected before any is seen
LEAST_DEVIATION = 0.005  # of a day about the level
MOST_BY_TREND = 2.0  # times the flat level that a trend brings it up to, or down by
LONG_WITHOUT = 14  # days with contacts and no time of them, from which on it is said
MIDDLE_DAYS = 4  # from the last day known to the middle of the week told: so far a trend goes on
PROFILE_HALF_LIFE_DAYS = 120.0
JUDGED_DAYS = 84
LEAD_DAYS = 7
# A slot's own mean outweighs the queue's from so many contacts on: single times stray about as much as they
# last (1), slots by a fourteenth (0.07), and (1 / 0.07)² = 200; weekends differ from working days by a twentieth.
PRIOR_CONTACTS = 200.0
KIND_CONTACTS = 400.0
NEAR_SLOTS = 0.75  # deviation of the normal curve by which slots next to each other are taken together
FARTHEST_ROW = (3.0, 12.0)  # a row beyond (3 + 12 / √contacts) times the median is a fault of the clock
TRIALS = 8  # past weeks from whose errors the limits are learned
SINGLE_VARIANCE = 1.0  # of one contact's time about its mean, in squares of the mean, where nothing could be tried
UNTRIED_VARIANCE = 0.01
ENOUGH = 100  # intervals


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingBand:
    """The mean time of an interval with n contacts strays by √(single / n + common), in shares of its forecast."""

    single: float = SINGLE_VARIANCE
    common: float = UNTRIED_VARIANCE
    reach: Mapping[str, float] = field(default_factory=lambda: dict(NORMAL))

    def limits(self, seconds: Floats, contacts: Floats) -> dict[str, Floats]:
        """Limits by level of the mean time of intervals with so many contacts; shapes alike."""
        deviation = np.sqrt(self.single / np.maximum(contacts, 1.0) + self.common)
        return {name: np.maximum(seconds * (1 + reach * deviation), 0.0) for name, reach in self.reach.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingTimes:
    """Seconds by slot on working days and on free ones, shape (2, slots), and what to mind about them."""

    courses: Floats
    band: HandlingBand
    caveats: tuple[str, ...] = ()

    def seconds(self, free: Bools) -> Floats:
        """Shape (days, slots), for dates of which it is known whether they are free."""
        return np.asarray(self.courses[free.astype(int)])


def handling_times(history: QueueHistory, left_out: Bools, free: Bools) -> HandlingTimes | None:
    """Told from the rows of all days but those left out; `free` says which are of a weekend, both of shape (days,).

    None where no handling time is known.
    """
    seconds, weight = _rows(history, left_out)
    courses = _courses(seconds, weight, free)
    if courses is None:
        return None
    return HandlingTimes(courses=courses, band=_band(seconds, weight, free), caveats=_ended(history, weight))


def _ended(history: QueueHistory, weight: Floats) -> tuple[str, ...]:
    """Said where contacts go on for weeks after the last handling time."""
    last, came = (np.flatnonzero(rows.any(axis=1))[-1:] for rows in (weight > 0, np.nan_to_num(history.offered) > 0))
    if not came.size or came[0] - last[0] < LONG_WITHOUT:
        return ()
    return (f"no handling time since {date.fromordinal(history.first + int(last[0]))}: taken as it was then",)


def handling_update(history: QueueHistory, expected: Floats, free: Bools, slot: int) -> float:
    """The factor for the rest of the last day of history, whose slots before `slot` are known; 1 where nothing speaks.

    `expected` (slots,) are the seconds told for it. Work in units of the queue's mean time stands for contacts.
    """
    days = slice(-JUDGED_DAYS - 1, None)
    seconds, weight = _rows(history, np.zeros(history.days, dtype=bool))
    told = _courses(seconds[:-1], weight[:-1], free[:-1])
    if told is None or not weight[-1, :slot].any():
        return 1.0
    mean = float(expected.mean())
    usual = told[free.astype(int)] / mean
    usual[-1] = expected / mean
    came = np.where(weight > 0, weight * seconds / mean, np.nan)[days]
    due = (weight * usual)[days]
    return update(came=came[-1], expected=due[-1], past=came[:-1], told=due[:-1], slot=slot).factor


def _rows(history: QueueHistory, left_out: Bools) -> tuple[Floats, Floats]:
    """Seconds, 0 where not known, and the contacts each row stands for; shapes (days, slots)."""
    known = np.isfinite(history.aht_seconds) & (history.aht_seconds > 0) & ~left_out[:, None]
    handled = np.nan_to_num(history.offered) - np.nan_to_num(history.abandoned)
    weight = np.where(known, np.maximum(handled, 0.0), 0.0)
    if not weight.any():
        weight = known.astype(float)
    if not weight.any():
        return np.zeros(weight.shape), weight
    fixed, single = FARTHEST_ROW
    most = float(np.median(history.aht_seconds[weight > 0])) * (fixed + single / np.sqrt(np.maximum(weight, 1.0)))
    believed = known & (history.aht_seconds <= most)
    return np.where(believed, history.aht_seconds, 0.0), np.where(believed, weight, 0.0)


def _courses(seconds: Floats, weight: Floats, free: Bools) -> Floats | None:
    """Shape (2, slots): each row weighs by the contacts handled; unweighted, the mean would be too low, for long times
    come with busy slots."""
    if not weight.any():
        return None
    # Where times end before history does, the level stays: a trend must not run over days that know nothing of it.
    days = int(np.flatnonzero(weight.any(axis=1))[-1]) + 1
    seconds, weight, free = seconds[:days], weight[:days], free[:days]
    aged = weight * 0.5 ** (np.arange(days, 0, -1) / PROFILE_HALF_LIFE_DAYS)[:, None]
    kind = free.astype(int)
    steady = np.full(days, np.sum(aged * seconds) / np.sum(aged))
    level, _ = _levels(seconds, weight, _profile(seconds, aged, steady, free)[kind])
    profile = _profile(seconds, aged, level, free)
    _, coming = _levels(seconds, weight, profile[kind])
    return np.asarray(coming * profile)


def _profile(seconds: Floats, weight: Floats, level: Floats, free: Bools) -> Floats:
    """Shape (2, slots): how far a slot lies above the level, on working and on free days, which lean on all days'."""
    load, expected = weight * seconds, weight * level[:, None]
    newest = level[-1]

    # Prior contacts are as old on the whole as those seen.
    def leaning(days: Bools, contacts: float, on: Floats, *, near: bool = False) -> Floats:
        prior = contacts * newest
        came, due = load[days].sum(axis=0), expected[days].sum(axis=0)
        came, due = (_near(came), _near(due)) if near else (came, due)
        return np.asarray((came + prior * on) / (due + prior))

    every = np.ones(len(free), dtype=bool)
    about = leaning(every, PRIOR_CONTACTS, np.ones(seconds.shape[1]), near=True)
    usual = leaning(every, PRIOR_CONTACTS, about)
    shifts = [_shift(load[days].sum(axis=1), (expected[days] * usual).sum(axis=1)) for days in (~free, free)]
    kinds = zip((~free, free), shifts, strict=True)
    return np.vstack([leaning(days, KIND_CONTACTS, usual * shift) for days, shift in kinds])


def _shift(load: Floats, expected: Floats) -> float:
    """How far such days lie above all days: believed in full where it is far more than they stray, not at all where it
    is less (James and Stein's estimate, never below nothing)."""
    seen = expected > 0
    load, expected = load[seen], expected[seen]
    if len(load) < 2:
        return 1.0
    off = float(load.sum() / expected.sum()) - 1
    weight = expected / expected.sum()
    error = float(np.sum(weight * (load / expected - 1 - off) ** 2) * np.sum(weight**2))
    return 1 + off * max(0.0, 1 - error / off**2) if off else 1.0


def _near(values: Floats) -> Floats:
    """Each slot with a share of the ones next to it, around the clock."""
    side = float(np.exp(-0.5 / NEAR_SLOTS**2))
    return np.asarray(values + side * (np.roll(values, 1) + np.roll(values, -1)))


def _levels(seconds: Floats, weight: Floats, profile: Floats) -> tuple[Floats, float]:
    """The level known at the end of each day, shape (days,), and that of the week to come, by the half-life and with the
    trend or without it that served best a week ahead."""
    load, expected = (weight * seconds).sum(axis=1), (weight * profile).sum(axis=1)
    lines = {
        (half_life, trend): line
        for half_life in HALF_LIVES_DAYS
        for trend, line in zip((False, True), _lines(load, expected, half_life), strict=True)
    }
    judged = slice(-min(JUDGED_DAYS, len(load) - LEAD_DAYS), None) if len(load) > 3 * LEAD_DAYS else slice(0, 0)
    missed = {
        option: float(np.abs(load[judged] - (level + LEAD_DAYS * slope)[:-LEAD_DAYS][judged] * expected[judged]).sum())
        for option, (level, slope) in lines.items()
    }
    taken = min(missed, key=lambda option: missed[option]) if any(missed.values()) else USUAL
    (level, slope), (flat, _) = lines[taken], lines[taken[0], False]
    return level, float(_near_flat(level[-1:] + MIDDLE_DAYS * slope[-1:], flat[-1:])[0])


def _near_flat(level: Floats, flat: Floats) -> Floats:
    """The level that a trend leads to, as far as it is plausible: a flat one cannot run away."""
    return np.clip(level, flat / MOST_BY_TREND, flat * MOST_BY_TREND)


def _lines(load: Floats, expected: Floats, half_life: float) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Level and slope a day at the end of each day, shapes (days,), of a flat and of a rising line through the days
    before, which weigh the less the older they are; the slope is drawn to zero as far as the days stray."""
    day = np.arange(len(load), dtype=float)
    columns = {"e": expected, "te": day * expected, "tte": day**2 * expected, "l": load, "tl": day * load}
    means = pd.DataFrame(columns).ewm(halflife=half_life).mean()
    e, te, tte, l, tl = (means[name].to_numpy() for name in columns)
    # By age instead of by date, so that the level is that of the day itself.
    aged, aged2, aged_load = day * e - te, day**2 * e - 2 * day * te + tte, day * l - tl
    flat = pd.Series(np.divide(l, e, out=np.full(len(l), np.nan), where=e > 0)).ffill().bfill().to_numpy()
    days = (1 - 0.5 ** ((day + 1) / half_life)) / (1 - 0.5 ** (1 / half_life))
    drawn = e * (_strayed(load, expected) / (TREND_DEVIATION / 7)) ** 2 / days
    slope = np.divide(
        aged * flat - aged_load,
        aged2 - np.divide(aged**2, e, out=np.zeros(len(l)), where=e > 0) + drawn,
        out=np.zeros(len(l)),
        where=e > 0,
    )
    rising = flat + np.divide(slope * aged, e, out=np.zeros(len(l)), where=e > 0)
    return (flat, np.zeros(len(l))), (_near_flat(rising, flat), slope)


def _strayed(load: Floats, expected: Floats) -> float:
    """Deviation of a day's mean time from the day before it, as a share of it, robust against steps."""
    seen = expected > 0
    times = load[seen] / expected[seen]
    if len(times) < 3:
        return 1.0
    return max(float(1.4826 * np.median(np.abs(np.diff(times))) / np.sqrt(2) / np.median(times)), LEAST_DEVIATION)


def _band(seconds: Floats, weight: Floats, free: Bools) -> HandlingBand:
    """Single and common variance by regression of squared errors on 1/n, the levels from the errors in these units."""
    errors, contacts = [np.zeros(0)], [np.zeros(0)]
    for week in range(1, TRIALS + 1):
        keep = len(seconds) - 7 * week
        said = _courses(seconds[:keep], weight[:keep], free[:keep]) if keep >= 7 else None
        if said is None:
            break
        rows = slice(keep, keep + 7)
        came, handled, mean = seconds[rows], weight[rows], said[free[rows].astype(int)]
        seen = (handled > 0) & (came > 0)
        errors.append(came[seen] / mean[seen] - 1)
        contacts.append(handled[seen])
    error, count = np.concatenate(errors), np.concatenate(contacts)
    if len(error) < ENOUGH:
        return HandlingBand()
    squares = np.minimum(error**2, np.quantile(error**2, 0.99))  # single long calls are not to rule
    design = np.column_stack([1 / np.maximum(count, 1.0), np.ones(len(count))])
    single, common = np.linalg.lstsq(design * np.sqrt(count)[:, None], squares * np.sqrt(count), rcond=None)[0]
    single, common = max(float(single), 1e-4), max(float(common), 1e-6)
    return HandlingBand(
        single=single, common=common, reach=reaches(error / np.sqrt(single / np.maximum(count, 1.0) + common))
    )
