"""The rest of a day under way, told anew from what its first hours brought.

How far the day so far, and its last two hours, lay above what was expected is followed only as far as on past days they
spoke for the rest: the raw ratio is often worse than none.
"""

from dataclasses import dataclass

import numpy as np

from forecast.band import Band, conformal_band
from forecast.history import Floats

LATELY_HOURS = 2
PRIOR_CONTACTS = 10.0  # a ratio of few contacts says little: it is that of so many more at what was expected
PRIOR_DAYS = 5.0  # days on which mornings said nothing, believed before any is seen
FARTHEST = 1.0  # an error on the log scale beyond which it is not followed
FEWEST_DAYS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """`factor` for all that is still to come of the day, `ratio` of what came so far to what was expected.

    The bands are of the intervals to come and of their sum.
    """

    factor: float
    ratio: float
    band: Band
    rest_band: Band


def update(*, came: Floats, expected: Floats, past: Floats, told: Floats, slot: int) -> Update:
    """What the slots before `slot` say about those from it on.

    `came` and `expected` have shape (slots,), NaN in `came` where no row is; `past` (days, slots) is what came on days
    gone by, NaN where nothing counts, `told` what was expected then.
    """
    so_far = _errors(came[None], expected[None], slot)[0]
    errors = _errors(past, told, slot)
    rest = np.isfinite(past[:, slot:])
    after, usual = past[:, slot:], told[:, slot:]
    counts = np.where(rest, usual, 0.0).sum(axis=1)
    weights = _weights(errors, _log_ratio(after, usual), counts)
    moved = usual * np.exp(errors @ weights)[:, None]
    missed = [np.abs(np.where(rest, after - said, 0.0)).sum() for said in (moved, usual)]
    if missed[0] >= missed[1]:
        weights, moved = np.zeros_like(weights), usual
    whole = rest.any(axis=1)
    sums = (np.where(rest, values, 0.0).sum(axis=1)[whole] for values in (after, moved))
    return Update(
        factor=float(np.exp(np.clip(so_far @ weights, -FARTHEST, FARTHEST))),
        ratio=float(np.exp(so_far[0])),
        band=conformal_band(after[rest], moved[rest]),
        rest_band=conformal_band(*sums),
    )


def _errors(came: Floats, expected: Floats, slot: int) -> Floats:
    """Shape (days, 2): log ratios of the day so far and of its last hours."""
    lately = max(0, slot - LATELY_HOURS * came.shape[1] // 24)
    return np.stack([_log_ratio(came[:, at:slot], expected[:, at:slot]) for at in (0, lately)], axis=1)


def _log_ratio(came: Floats, expected: Floats) -> Floats:
    known = np.isfinite(came)
    counted, told = (np.where(known, values, 0.0).sum(axis=1) for values in (came, expected))
    return np.asarray(np.clip(np.log((counted + PRIOR_CONTACTS) / (told + PRIOR_CONTACTS)), -FARTHEST, FARTHEST))


def _weights(errors: Floats, rests: Floats, counts: Floats) -> Floats:
    """Of each error in the log factor for the rest: least squares through nothing, days by their contacts, drawn to 0."""
    if (counts > 0).sum() < FEWEST_DAYS or not errors.std(axis=0).all():
        return np.zeros(errors.shape[1])
    weight = counts / counts[counts > 0].mean()
    squares = errors.T @ (errors * weight[:, None])
    ridge = np.diag(PRIOR_DAYS * np.mean(errors**2, axis=0))
    return np.asarray(np.linalg.solve(squares + ridge, (errors * weight[:, None]).T @ rests))
