"""The textbook's model: a boolean for each agent, day and shift, given to CP-SAT and to HiGHS through OR-Tools.

Exact for all rules but the insides of shifts, seats and classroom. All numbers are whole: presence in hundredths of an
agent, pay in quarters of an hour.
"""

import time
from datetime import timedelta
from functools import partial

import numpy as np
from ortools.math_opt.python.mathopt import SolveParameters, SolverType
from ortools.math_opt.solvers.highs_pb2 import HighsOptionsProto
from ortools.sat.sat_parameters_pb2 import SatParameters

from benchmarks.peers import by_hand
from benchmarks.peers.offer import FREE, Candidate, Floats, Ints, Offer, Picks, thinned
from benchmarks.peers.programme import Programme
from solver.rules import WORKED_DAYS
from wfm.coverage import DEEP

PART = 100  # of an agent
QUARTER = 15  # minutes of pay
FILLING_SECONDS = 10.0
THINNED_FROM = 100  # agents; with twice as many shifts neither solver gets as far

# Found by trial: CP-SAT's whole portfolio spends its time on a bound, HiGHS' simplex method on the first relaxation.
SAT = SatParameters(use_lns_only=True, linearization_level=2, symmetry_level=0, cp_model_probing_level=0)
HIGHS = HighsOptionsProto(string_options={"mip_lp_solver": "ipm"})


def roster(offer: Offer, *, solver: SolverType, seconds: float, workers: int) -> Picks | None:
    """The frames a solver finds within the time, building included, from the roster made by hand; None where none."""
    begun = time.monotonic()
    offer = thinned(offer) if len(offer.candidates) >= THINNED_FROM else offer
    programme = Programme()
    own = [_agent(programme, offer, candidate) for candidate in offer.candidates]
    _coverage(programme, offer, own)
    hint = _start(programme, offer, own, by_hand.roster(offer, seconds=seconds, workers=workers))
    left = seconds - (time.monotonic() - begun)
    if left <= 0:
        return None
    limits = SolveParameters(time_limit=timedelta(seconds=left))
    if solver == SolverType.CP_SAT:
        limits.threads, limits.cp_sat = 2 * workers, SAT  # a single one has no neighbourhoods
    else:
        limits.highs = HIGHS  # as many threads as there are cores
    values = programme.values(solver, limits, hint=hint)
    return None if values is None else _picks(offer, own, values)


cp_sat = partial(roster, solver=SolverType.CP_SAT)
highs = partial(roster, solver=SolverType.HIGHS)


def _start(programme: Programme, offer: Offer, own: list[Ints], picks: Picks) -> Floats | None:
    """A roster as values of all columns: HiGHS fills in what follows from it, and the weeks that are not in it."""
    upper = programme.upper
    for candidate, columns, week in zip(offer.candidates, own, picks, strict=True):
        if (week != FREE).any():
            upper[columns[~np.isin(candidate.frames, week)]] = 0
    limits = SolveParameters(time_limit=timedelta(seconds=FILLING_SECONDS))
    return programme.values(SolverType.HIGHS, limits, upper=upper)


def _agent(programme: Programme, offer: Offer, candidate: Candidate) -> Ints:
    """Rules and own costs of an agent; the columns of its frames."""
    frames, own, person = offer.frames, candidate.frames, candidate.member.person
    bounds, rates = person.bounds, offer.problem.centre.cost
    picked = programme.add_columns(len(own), cost=-candidate.worth, upper=1, whole=True)
    works = WORKED_DAYS[person.calendars]
    calendar = programme.add_columns(len(works), upper=1, whole=True)
    programme.rule((calendar, 1), low=1, high=1)
    for day in range(7):
        programme.rule((picked[frames.day[own] == day], 1), (calendar, -works[:, day].astype(float)), low=0, high=0)
    pay = frames.paid[own] // QUARTER
    below = programme.add_columns(1, cost=rates.below_hours * QUARTER)
    over = programme.add_columns(1, cost=rates.overtime * QUARTER)
    programme.rule((picked, pay), low=np.ceil(bounds.fewest / QUARTER), high=bounds.most // QUARTER)
    programme.rule((picked, pay), (below, 1), low=round(bounds.target / QUARTER))
    programme.rule((picked, pay), (over, -1), high=bounds.overtime_after // QUARTER)
    if bounds.nights < 7:
        programme.rule((picked[frames.night[own]], 1), high=bounds.nights)
    if np.isfinite(candidate.allowance):
        unfair = programme.add_columns(1, cost=rates.fairness / PART)
        programme.rule((picked, PART * candidate.points), (unfair, -1), high=round(PART * candidate.allowance))
    _rest(programme, offer, candidate, picked)
    _spread(programme, offer, candidate, picked)
    return picked


def _rest(programme: Programme, offer: Offer, candidate: Candidate, picked: Ints) -> None:
    """Of the frames that end after a time and those of the next day that begin too soon after it, at most one."""
    frames, own, rest = offer.frames, candidate.frames, candidate.member.person.bounds.rest
    for day in range(6):
        today, tomorrow = frames.day[own] == day, frames.day[own] == day + 1
        for end in np.unique(frames.end[own[today]]):
            soon = tomorrow & (frames.start[own] < end + rest)
            if soon.any():
                programme.rule((picked[today & (frames.end[own] >= end)], 1), (picked[soon], 1), high=1)


def _spread(programme: Programme, offer: Offer, candidate: Candidate, picked: Ints) -> None:
    """All starts on one arc of the clock."""
    anchors, clock = candidate.member.anchors, offer.frames.clock[candidate.frames]
    if len(anchors) == 1:
        return
    arc = programme.add_columns(len(anchors), upper=1, whole=True)
    programme.rule((arc, 1), low=1, high=1)
    for start in np.unique(clock):
        held = (start - anchors) % 1440 <= candidate.member.spread
        programme.rule((picked[clock == start], 1), (arc[held], -7), high=0)


def _coverage(programme: Programme, offer: Offer, picked: list[Ints]) -> None:
    """Shortage and surplus of every interval, through the number of agents of each pace on each frame."""
    rates, weight = offer.problem.centre.cost, next(iter(offer.problem.centre.queues.values())).weight
    minutes, intervals = offer.minutes / PART, len(offer.required)
    need = np.round(PART * (offer.required - offer.present))
    cover = programme.add_rows(intervals, low=need, high=need)
    shallow = np.maximum(0, np.round(PART * DEEP * offer.required))
    programme.put(cover, programme.add_columns(intervals, cost=weight * rates.shortage * minutes, upper=shallow), 1)
    programme.put(cover, programme.add_columns(intervals, cost=weight * rates.shortage_deep * minutes), 1)
    programme.put(cover, programme.add_columns(intervals, cost=rates.surplus * minutes), -1)
    for rate in sorted({candidate.rate for candidate in offer.candidates}):
        counts = programme.add_columns(len(offer.frames.day), whole=True, upper=len(offer.candidates))
        linked = programme.add_rows(len(counts), low=0, high=0)
        programme.put(linked, counts, -1)
        for candidate, columns in zip(offer.candidates, picked, strict=True):
            if candidate.rate == rate:
                programme.put(linked[candidate.frames], columns, 1)
        work = offer.frames.presence.tocoo()
        programme.put(cover[work.col], counts[work.row], np.round(PART * rate * work.data))


def _picks(offer: Offer, picked: list[Ints], values: Floats) -> Picks:
    picks = np.full((len(offer.candidates), 7), FREE)
    for i, (candidate, columns) in enumerate(zip(offer.candidates, picked, strict=True)):
        chosen = candidate.frames[values[columns] > 0.5]
        picks[i, offer.frames.day[chosen]] = chosen
    return picks
