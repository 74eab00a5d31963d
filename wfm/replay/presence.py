"""Who is at work when: the roster, less those who are absent, gone or late in this run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wfm.centre import Centre
from wfm.clock import Week
from wfm.replay.chance import streams
from wfm.replay.engine import Attendance, Floats, Ints
from wfm.requirement import weeks_ahead
from wfm.roster import Activity, Shift

DATES = 8  # on which shifts begin that are at work in a week: its own and the Sunday before


@dataclass(frozen=True, slots=True, kw_only=True)
class Rostered:
    """Stretches of work without a break in between, by agent and time: `start` and `end` in seconds of the week.

    `shift` numbers the shift of each stretch by agent and date, `opening` are those with which a shift begins. `absent`,
    `gone` and `late` are the chances of a shift, of an agent's whole week and of a shift; `late_seconds` the mean of the
    latter.
    """

    agent: Ints
    start: Floats
    end: Floats
    shift: Ints
    opening: Ints
    agents: int
    absent: float = 0.0
    gone: float = 0.0
    late: float = 0.0
    late_seconds: float = 0.0


def rostered(centre: Centre, week: Week, shifts: Sequence[Shift]) -> Rostered:
    """The roster's work from Monday 00:00 on; lateness is part of what the absence rate says is lost."""
    number = {agent: row for row, agent in enumerate(centre.agents)}
    rows: list[tuple[int, float, float, int]] = []
    opening: list[int] = []
    for shift in shifts:
        if shift.agent not in number:
            continue
        first, agent = len(rows), number[shift.agent]
        turn = agent * DATES + min(max(shift.day, -1), 6) + 1
        rows += [(agent, 60.0 * max(0, start), 60.0 * end, turn) for start, end in _stretches(shift) if end > 0]
        if len(rows) > first and rows[first][1] == 60.0 * shift.start:
            opening.append(first)
    of, starts, ends, turns = np.array(rows, dtype=float).reshape(-1, 4).T
    assumed, total = centre.replay, float((ends - starts).sum())
    late = 60.0 * assumed.late_minutes * len(opening) / total if total else 0.0  # of all work, were everybody late
    lost = min(assumed.late_share * late, centre.absence_rate)
    return Rostered(
        agent=of.astype(np.int64),
        start=starts,
        end=ends,
        shift=turns.astype(np.int64),
        opening=np.array(opening, dtype=np.int64),
        agents=len(number),
        absent=1.0 - (1.0 - centre.absence_rate) / (1.0 - lost),
        gone=1.0 - (1.0 - centre.annual_attrition) ** (weeks_ahead(centre, week) / 52),
        late=lost / late if late else 0.0,
        late_seconds=60.0 * assumed.late_minutes,
    )


def attendance(rostered: Rostered, seed: np.random.SeedSequence) -> Attendance:
    """One draw of who comes: the same seed keeps the same agents away on the same dates, whatever the roster."""
    shifts, agents = streams(seed, 2)
    chance = shifts.random((int(rostered.shift.max(initial=-1)) + 1, 3))  # a row for each: others do not shift it
    missing = chance[rostered.shift, 0] < rostered.absent
    gone = agents.random(rostered.agents) < rostered.gone
    late, how = chance[rostered.shift[rostered.opening], 1:].T
    delay = np.where(late < rostered.late, -np.log1p(-how) * rostered.late_seconds, 0.0)
    start = rostered.start.copy()
    start[rostered.opening] += delay
    there = ~missing & ~gone[rostered.agent] & (start < rostered.end)
    return turns(agent=rostered.agent[there], start=start[there], end=rostered.end[there])


def turns(*, agent: Ints, start: Floats, end: Floats) -> Attendance:
    """Stretches of work as comings and leavings in order of time."""
    time = np.concatenate([start, end])
    comes = np.repeat([True, False], len(start))
    order = np.lexsort((comes, time))  # who leaves and comes at one moment leaves first
    return Attendance(
        time=time[order],
        agent=np.concatenate([agent, agent])[order],
        comes=comes[order],
    )


def present(attendance: Attendance, group: Ints, groups: int, *, interval_seconds: float, intervals: int) -> Floats:
    """Seconds of presence by (group, interval)."""
    # Each coming adds what is left of its interval, and every later one whole; each leaving takes that off again.
    interval = np.floor(attendance.time / interval_seconds).astype(np.int64)
    inside = interval < intervals
    at = (group[attendance.agent][inside], interval[inside])
    sign = np.where(attendance.comes[inside], 1.0, -1.0)
    part, heads = np.zeros((groups, intervals)), np.zeros((groups, intervals + 1))
    np.add.at(part, at, sign * ((at[1] + 1) * interval_seconds - attendance.time[inside]))
    np.add.at(heads, (at[0], at[1] + 1), sign)
    return np.asarray(part + np.cumsum(heads, axis=1)[:, :-1] * interval_seconds)


def _stretches(shift: Shift) -> list[tuple[int, int]]:
    """Work from start to end in minutes of the week; pieces without a gap are one."""
    found: list[tuple[int, int]] = []
    for segment in shift.segments:
        if segment.activity == Activity.WORK:
            if found and found[-1][1] == segment.start:
                found[-1] = (found[-1][0], segment.end)
            else:
                found.append((segment.start, segment.end))
    return found
