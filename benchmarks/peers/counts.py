"""pyworkforce: how many agents on each shift (`MinAbsDifference`), then who takes them (`MinHoursRoster`).

It knows no agents while it counts, and neither rest nor most hours nor days off while it assigns (a shift with two
forbidden successors is itself forbidden). So the roster made by hand decides each agent's days, kind and pay a day,
and it moves the starts as far as rest allows. Its minima hold for all agents of a call: one call for each contract,
number of days and pay.
"""

import time
from collections import Counter

import numpy as np
from pyworkforce.rostering import MinHoursRoster
from pyworkforce.scheduling import MinAbsDifference

from benchmarks.peers import by_hand
from benchmarks.peers.offer import FREE, Candidate, Ints, Offer, Picks
from solver.rules import EVERYBODY

PART = 20  # of an agent: it counts in whole numbers
COUNTING = 0.3  # share of the time for the first step
SHARES = (1.0, 0.9, 0.8, 0.7, 0.5, 0.0)  # of the counts that are asked for: what cannot be met is `INFEASIBLE`


def roster(offer: Offer, *, seconds: float, workers: int) -> Picks:
    """Frames for everybody whom a call could assign; others stay as made by hand."""
    begun = time.monotonic()
    picks = by_hand.roster(offer, seconds=seconds, workers=workers)
    open_to = [_movable(offer, candidate, week) for candidate, week in zip(offer.candidates, picks, strict=True)]
    wanted = _counts(offer, np.unique(np.concatenate(open_to)), seconds=COUNTING * seconds, workers=workers)
    able = Counter(frame for own in open_to for frame in own.tolist())
    teams: dict[tuple[str, int, int], list[int]] = {}
    for i, candidate in enumerate(offer.candidates):
        if len(open_to[i]):
            pay, days = int(offer.frames.paid[open_to[i][0]]), int((picks[i] != FREE).sum())
            teams.setdefault((candidate.member.person.agent.contract, days, pay), []).append(i)
    for done, ((_, days, pay), team) in enumerate(teams.items()):
        left = (seconds - (time.monotonic() - begun)) / (len(teams) - done)
        due = _due(offer, [open_to[i] for i in team], wanted, able)
        found = _assign(offer, {i: open_to[i] for i in team}, due, days, pay, seconds=left, workers=workers)
        for i, frame in found:
            picks[i, offer.frames.day[frame]] = frame
    return picks


def _movable(offer: Offer, candidate: Candidate, week: Ints) -> Ints:
    """Frames of the week's days, kind, pay and night or not, so near its start that any of them keep the rest; none for a locked week."""
    frames, own, held = offer.frames, candidate.frames, week[week != FREE]
    if not len(held) or (frames.owner[held] != EVERYBODY).any():
        return np.zeros(0, dtype=np.int64)
    first, a_day = held[0], offer.problem.week.minutes // 7 // offer.crew.rules.slot
    reach = (a_day - candidate.member.person.bounds.rest - (frames.end[first] - frames.start[first])) // 2
    away = (frames.start[own] - a_day * frames.day[own]) - (frames.start[first] - a_day * frames.day[first])
    alike = (frames.kind[own] == frames.kind[first]) & (frames.paid[own] == frames.paid[first])
    alike &= frames.night[own] == frames.night[first]
    return np.asarray(own[alike & (np.abs(away) <= reach) & np.isin(frames.day[own], frames.day[held])])


def _counts(offer: Offer, frames: Ints, *, seconds: float, workers: int) -> dict[int, int]:
    """Agents on each frame; the week is one long day, for its days know no nights."""
    presence = np.round(PART * offer.frames.presence[frames].toarray()).astype(int)
    need = np.maximum(0, np.round(PART * (offer.required - offer.present))).astype(int)
    found = MinAbsDifference(
        num_days=1,
        periods=len(need),
        shifts_coverage={str(frame): row.tolist() for frame, row in zip(frames, presence, strict=True)},
        required_resources=[need.tolist()],
        max_period_concurrency=PART * len(offer.candidates),
        max_shift_concurrency=len(offer.candidates),
        max_search_time=float(seconds),
        num_search_workers=workers,
    ).solve()
    return {int(row["shift"]): row["resources"] for row in found["resources_shifts"] if row["day"] >= 0}


def _due(offer: Offer, team: list[Ints], wanted: dict[int, int], able: Counter[int]) -> dict[int, float]:
    """A team's share of the counts by frame, on no day more than work that day."""
    own = Counter(frame for frames in team for frame in frames.tolist())
    due = {frame: wanted.get(frame, 0) * count / able[frame] for frame, count in own.items()}
    there, asked = np.zeros(7), np.full(7, 1e-9)
    for frames in team:
        there[np.unique(offer.frames.day[frames])] += 1
    np.add.at(asked, offer.frames.day[list(due)], list(due.values()))
    part = np.minimum(1, there / asked)
    return {frame: float(count * part[offer.frames.day[frame]]) for frame, count in due.items()}


def _assign(
    offer: Offer, open_to: dict[int, Ints], due: dict[int, float], days: int, pay: int, *, seconds: float, workers: int
) -> list[tuple[int, int]]:
    """(candidate, frame) of a team, as many of the due ones as it can take."""
    frames = offer.frames
    shift = {frame: f"{frames.kind[frame]} {frames.clock[frame]}" for frame in due}
    at = {(shift[frame], int(frames.day[frame])): frame for frame in due}
    names, until = sorted(set(shift.values())), time.monotonic() + seconds
    bans = [
        {"resource": i, "shift": name, "day": day}
        for i, own in open_to.items()
        for day in range(7)
        for name in names
        if at.get((name, day), FREE) not in own
    ]
    for share in SHARES:
        found = MinHoursRoster(
            num_days=7,
            resources=list(open_to),
            shifts=names,
            shifts_hours=[pay // 60] * len(names),
            min_working_hours=days * pay // 60,
            banned_shifts=bans,
            max_resting=7 - days,
            required_resources={
                name: [int(share * due.get(at.get((name, day), FREE), 0)) for day in range(7)] for name in names
            },
            max_search_time=max(1.0, (until - time.monotonic()) / 2),
            num_search_workers=workers,
        ).solve()
        if found["total_shifts"]:
            return [(row["resource"], at[row["shift"], row["day"]]) for row in found["resource_shifts"]]
        if time.monotonic() > until:
            break
    return []
