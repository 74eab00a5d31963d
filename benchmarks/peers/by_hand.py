"""A roster as it is made by hand: one agent after the other gets the same shift on all days where it is needed most."""

import numpy as np

from benchmarks.peers.offer import FREE, Candidate, Floats, Ints, Offer, Picks
from solver.rules import WORKED_DAYS
from wfm.coverage import DEEP

NEVER = -1e9


def roster(offer: Offer, *, seconds: float, workers: int) -> Picks:
    """Legal for everybody whose hours can be made of equal shifts; others stay free. It needs neither limit."""
    picks = np.full((len(offer.candidates), 7), FREE)
    cover = offer.present.copy()
    for i, candidate in enumerate(offer.candidates):
        value = candidate.rate * (offer.frames.presence[candidate.frames] @ _need(offer, cover)) + candidate.worth
        picks[i] = _week(offer, candidate, value)
        cover += candidate.rate * offer.frames.presence[picks[i][picks[i] != FREE]].sum(axis=0).A1
    return picks


def _need(offer: Offer, cover: Floats) -> Floats:
    """What one more agent saves in each interval, agent-minutes."""
    rates = offer.problem.centre.cost
    missing = offer.required - cover
    rate = np.where(missing > DEEP * offer.required, rates.shortage_deep, rates.shortage)
    return np.where(missing > 0, rate, -rates.surplus) * offer.minutes


def _week(offer: Offer, candidate: Candidate, value: Floats) -> Ints:
    """The best legal calendar with the best shift to repeat on it."""
    frames, own = offer.frames, candidate.frames
    alike = np.stack([frames.kind[own], frames.clock[own], frames.paid[own]])
    kinds, pattern = np.unique(alike, axis=1, return_inverse=True)
    table, frame = np.full((kinds.shape[1], 7), NEVER), np.full((kinds.shape[1], 7), FREE)
    table[pattern.reshape(-1), frames.day[own]] = value
    frame[pattern.reshape(-1), frames.day[own]] = own
    night = np.zeros(kinds.shape[1], dtype=bool)
    night[pattern.reshape(-1)] = frames.night[own]
    bounds, days = candidate.member.person.bounds, WORKED_DAYS.sum(axis=1)
    paid = days[:, None] * kinds[2]
    legal = candidate.member.person.calendars[:, None] & (paid >= bounds.fewest) & (paid <= bounds.most)
    legal &= days[:, None] * night <= bounds.nights
    total = np.where(legal, WORKED_DAYS @ table.T, NEVER)
    calendar, best = np.unravel_index(int(total.argmax()), total.shape)
    if total[calendar, best] <= NEVER / 2:
        return np.full(7, FREE)
    return np.where(WORKED_DAYS[calendar], frame[best], FREE)
