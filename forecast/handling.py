"""Handling time by weekday or weekend and slot, at the level that the latest days show, with limits of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from forecast.band import NORMAL, reaches
from forecast.history import Bools, Floats, QueueHistory, weekday
from forecast.intraday import update

# The half-life with which the level forgets is the one that was nearest a week ahead: long where times stand still,
# short where they trend or have taken a step.
HALF_LIVES_DAYS = (7.0, 21.0, 60.0, 180.0)
PROFILE_HALF_LIFE_DAYS = 120.0
JUDGED_DAYS = 84
LEAD_DAYS = 7
# A slot's own mean outweighs the queue's from so many contacts on: single times stray about as much as they
# last (1), slots by a twentieth (0.05), and (1 / 0.05)² = 400.
PRIOR_CONTACTS = 400.0
WEEKEND_FROM = 5
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
    """Shape (7, slots): seconds by weekday and slot, alike on working days and alike at weekends."""

    seconds: Floats
    band: HandlingBand


def handling_times(history: QueueHistory, left_out: Bools) -> HandlingTimes | None:
    """Told from the rows of all days but those left out (days,); None where no handling time is known."""
    seconds = _seconds(history, left_out)
    if seconds is None:
        return None
    return HandlingTimes(seconds=seconds, band=_band(history, left_out))


def handling_update(history: QueueHistory, expected: Floats, slot: int) -> float:
    """The factor for the rest of the last day of history, whose slots before `slot` are known; 1 where nothing speaks.

    `expected` (slots,) are the seconds told for it. Work in units of the queue's mean time stands for contacts.
    """
    days = slice(-JUDGED_DAYS - 1, None)
    seconds, weight = _rows(history, np.zeros(history.days, dtype=bool))
    told = _seconds(history.until(history.end - 1), np.zeros(history.days - 1, dtype=bool))
    if told is None or not weight[-1, :slot].any():
        return 1.0
    mean = float(expected.mean())
    usual = told[weekday(history.ordinals)] / mean
    usual[-1] = expected / mean
    came = np.where(weight > 0, weight * seconds / mean, np.nan)[days]
    due = (weight * usual)[days]
    return update(came=came[-1], expected=due[-1], past=came[:-1], told=due[:-1], slot=slot).factor


def _seconds(history: QueueHistory, left_out: Bools) -> Floats | None:
    """Each row weighs by the contacts handled: an unweighted mean would be too low, for long times come with busy slots."""
    seconds, weight = _rows(history, left_out)
    if not weight.any():
        return None
    weekend = weekday(history.ordinals) >= WEEKEND_FROM
    recency = 0.5 ** (np.arange(history.days, 0, -1) / PROFILE_HALF_LIFE_DAYS)
    aged = weight * recency[:, None]
    steady = np.full(history.days, np.sum(aged * seconds) / np.sum(aged))
    level = _levels(seconds, weight, _profile(seconds, aged, steady, weekend)[weekend.astype(int)])
    profile = _profile(seconds, aged, level, weekend)
    return np.asarray(level[-1] * profile[(np.arange(7) >= WEEKEND_FROM).astype(int)])


def _rows(history: QueueHistory, left_out: Bools) -> tuple[Floats, Floats]:
    """Seconds, 0 where not known, and the contacts each row stands for; shapes (days, slots)."""
    known = np.isfinite(history.aht_seconds) & (history.aht_seconds > 0) & ~left_out[:, None]
    handled = np.nan_to_num(history.offered) - np.nan_to_num(history.abandoned)
    weight = np.where(known, np.maximum(handled, 0.0), 0.0)
    if not weight.any():
        weight = known.astype(float)
    return np.where(known, history.aht_seconds, 0.0), weight


def _profile(seconds: Floats, weight: Floats, level: Floats, weekend: Bools) -> Floats:
    """Shape (2, slots): how far a slot lies above the level, on working days and at weekends."""
    load, expected = weight * seconds, weight * level[:, None]
    # Prior contacts are as old on the whole as those seen.
    return np.vstack(
        [
            (load[days].sum(axis=0) + PRIOR_CONTACTS * level[-1])
            / (expected[days].sum(axis=0) + PRIOR_CONTACTS * level[-1])
            for days in (~weekend, weekend)
        ]
    )


def _levels(seconds: Floats, weight: Floats, profile: Floats) -> Floats:
    """The level known at the end of each day, shape (days,), with the half-life that served best a week ahead."""
    load, expected = pd.Series((weight * seconds).sum(axis=1)), pd.Series((weight * profile).sum(axis=1))
    candidates = [
        (load.ewm(halflife=days).mean() / expected.ewm(halflife=days).mean()).ffill().bfill().to_numpy()
        for days in HALF_LIVES_DAYS
    ]
    judged = slice(-min(JUDGED_DAYS, len(load) - LEAD_DAYS), None) if len(load) > 3 * LEAD_DAYS else slice(0, 0)
    missed = [float(np.abs(load[judged] - level[:-LEAD_DAYS][judged] * expected[judged]).sum()) for level in candidates]
    return np.asarray(candidates[int(np.argmin(missed))] if any(missed) else candidates[-1])


def _band(history: QueueHistory, left_out: Bools) -> HandlingBand:
    """Single and common variance by regression of squared errors on 1/n, the levels from the errors in these units."""
    errors, contacts = [np.zeros(0)], [np.zeros(0)]
    for week in range(1, TRIALS + 1):
        keep = history.days - 7 * week
        said = _seconds(history.until(history.first + keep), left_out[:keep]) if keep >= 7 else None
        if said is None:
            break
        rows = slice(keep, keep + 7)
        seconds, weight = _rows(history, left_out)
        seconds, weight = seconds[rows], weight[rows]
        mean = said[weekday(history.ordinals[rows])]
        seen = (weight > 0) & (seconds > 0)
        errors.append(seconds[seen] / mean[seen] - 1)
        contacts.append(weight[seen])
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
