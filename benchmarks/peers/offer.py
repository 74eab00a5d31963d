"""What peers are offered: legal shifts of each agent without their insides, and how much of each is work on average.

None of the peers can state breaks with windows or training sessions at this size. So each sees a shift as a frame (day,
kind, start, end, pay) whose breaks are spread evenly over their windows, and training evenly over everybody's work.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from solver.blockers import has_legal_week
from solver.crew import Crew, Member
from solver.rules import EVERYBODY, Rules
from solver.staffing import open_staffing
from wfm.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FREE = -1
TAKEN = ("day", "kind", "start", "end", "clock", "paid", "night", "points", "owner")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frames:
    """Shifts without insides, one array each: day, kind, start and end in slots, wall time of the start, paid minutes.

    `owner` is the solver's, of shifts made around one agent's locks; `presence` are agents at work, shape (frames, intervals).
    """

    day: Ints
    kind: Ints
    start: Ints
    end: Ints
    clock: Ints
    paid: Ints
    night: Mask
    points: Ints
    owner: Ints
    presence: csr_matrix


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """An agent with legal shifts and a legal week: `frames` are the legal ones, `worth` (agent-minutes) and `points` theirs to this agent.

    `rate` are agents of the queue's own pace, `allowance` points that cost nothing (inf is no limit).
    """

    member: Member
    rate: float
    frames: Ints
    worth: Floats
    points: Ints
    allowance: float

    @property
    def name(self) -> str:
        """The agent."""
        return self.member.person.agent.agent

    @property
    def may_stay_free(self) -> bool:
        """Whether a week without a shift is legal."""
        return bool(self.member.person.calendars[0]) and self.member.person.bounds.fewest == 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Offer:
    """A problem as peers get it. `required` and `present` (last week's tail) are agents by interval;
    `frame_of` maps the solver's choices to frames."""

    problem: Problem
    crew: Crew
    frames: Frames
    frame_of: Ints
    required: Floats
    present: Floats
    candidates: tuple[Candidate, ...]

    @property
    def minutes(self) -> int:
        """Minutes of an interval."""
        return self.problem.week.interval_minutes


# For each candidate and day a frame or FREE: what a peer hands back.
Picks = NDArray[np.int64]


def offer_of(problem: Problem) -> Offer:
    """Compile a problem of one queue."""
    crew = Crew(Rules(problem))
    choices = crew.rules.choices
    keys = np.stack([choices.day, choices.kind, choices.start, choices.end, choices.paid, choices.owner])
    _, first, frame_of = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    frame_of = frame_of.reshape(-1)
    due = sum(m.person.due for m in crew.members)
    paid = sum(m.person.bounds.target for m in crew.members)
    frames = Frames(
        **{name: getattr(choices, name)[first] for name in TAKEN},
        presence=csr_matrix((1 - due / paid) * np.array([_presence(crew.rules, int(c)) for c in first])),
    )
    allowance = crew.allowance
    candidates = tuple(
        _candidate(crew, member, float(allowance[i]), frame_of)
        for i, member in enumerate(crew.members)
        if len(member.menu.choice) and has_legal_week(crew.rules, member.person)
    )
    return Offer(
        problem=problem,
        crew=crew,
        frames=frames,
        frame_of=frame_of,
        required=problem.required[0],
        present=open_staffing(crew.rules, crew.groups, problem.required).cover[0].copy(),
        candidates=candidates,
    )


def thinned(offer: Offer) -> Offer:
    """The same with shifts that start on the hour alone, but for days on which locks fix a segment."""
    whole = (offer.frames.clock % 60 == 0) | (offer.frames.owner != EVERYBODY)
    kept = []
    for candidate in offer.candidates:
        mask = whole[candidate.frames]
        worth, points = candidate.worth[mask], candidate.points[mask]
        kept.append(replace(candidate, frames=candidate.frames[mask], worth=worth, points=points))
    return replace(offer, candidates=tuple(kept))


def _presence(rules: Rules, choice: int) -> Floats:
    """The share of a choice that is work in each interval, every break spread over its window."""
    start, shape = int(rules.choices.start[choice]), rules.shapes[rules.choices.shapes[choice][0]]
    work = np.zeros(max(rules.horizon, rules.slots))
    work[start : start + shape.slots] = 1.0
    for held in shape.blocks:
        places = range(start + held.first, start + held.last + 1, shape.step)
        for at in places:
            work[at : at + held.slots] -= 1 / len(places)
    for fixed in shape.fixed:
        work[start + fixed.offset : start + fixed.offset + fixed.slots] = 0.0
    per_interval = rules.week.interval_minutes // rules.slot
    return np.asarray(np.maximum(work[: rules.slots], 0.0).reshape(-1, per_interval).mean(axis=1))


def _candidate(crew: Crew, member: Member, allowance: float, frame_of: Ints) -> Candidate:
    frames, first = np.unique(frame_of[member.menu.choice], return_index=True)
    return Candidate(
        member=member,
        rate=float(crew.groups.rate[member.group, 0]),
        frames=frames,
        worth=member.wish.worth[first],
        points=member.points[first],
        allowance=allowance,
    )
