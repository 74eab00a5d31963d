"""Coverage: everyone at work shared out among the own queues so that shortage and surplus cost least.

Agents with the same skills and handling-time factors form a skill group. In each interval the sharing is the optimum
of a small linear programme; its duals are of no use here, so any exact LP code serves (HiGHS, through SciPy).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from wfm.centre import Centre
from wfm.clock import Week
from wfm.demand import Floats, Requirement
from wfm.roster import Activity, Shift

DEEP = 0.1  # the share of the requirement beyond which shortage costs more
CHUNK_ENTRIES = 20_000  # of sharing variables in one LP: small enough for a fast simplex


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillGroups:
    """Agents by skills: `of` maps agent to group; `rate[group, queue]` is 1 / aht_factor, 0 without the skill."""

    of: dict[str, int]
    rate: Floats


def skill_groups(centre: Centre) -> SkillGroups:
    """The skill groups of all agents who have a skill, in order of first appearance."""
    queues = list(centre.queues)
    keys: dict[tuple[float, ...], int] = {}
    of: dict[str, int] = {}
    for name, agent in centre.agents.items():
        if agent.skills:
            key = tuple(1 / agent.skills[queue] if queue in agent.skills else 0.0 for queue in queues)
            of[name] = keys.setdefault(key, len(keys))
    return SkillGroups(of=of, rate=np.array(list(keys), dtype=float).reshape(len(keys), len(queues)))


def presence(groups: SkillGroups, week: Week, shifts: Iterable[Shift]) -> Floats:
    """Agents at work by (group, interval), averaged over the interval; time outside the week is left out."""
    work = [
        (groups.of[shift.agent], segment.start, segment.end)
        for shift in shifts
        if shift.agent in groups.of
        for segment in shift.segments
        if segment.activity == Activity.WORK and segment.end > 0 and segment.start < week.minutes
    ]
    at_work = np.zeros((len(groups.rate), week.minutes + 1), dtype=np.int32)
    if work:
        group, start, end = np.array(work).T
        np.add.at(at_work, (group, np.clip(start, 0, week.minutes)), 1)
        np.add.at(at_work, (group, np.clip(end, 0, week.minutes)), -1)
    minutes = np.cumsum(at_work, axis=1)[:, : week.intervals * week.interval_minutes]
    return np.asarray(minutes.reshape(len(groups.rate), week.intervals, week.interval_minutes).mean(axis=2))


def staffed(
    groups: SkillGroups, at_work: Floats, required: Floats, weights: Sequence[float], rates: tuple[float, float, float]
) -> Floats:
    """Effective agents by (queue, interval) under the cheapest sharing.

    `at_work` (groups, intervals), `required` (queues, intervals), `rates` = (shortage, shortage_deep, surplus).
    """
    result = np.zeros_like(required)
    arcs = max(1, int(np.count_nonzero(groups.rate)))
    step = max(1, CHUNK_ENTRIES // arcs)
    for first in range(0, required.shape[1], step):
        part = slice(first, min(first + step, required.shape[1]))
        result[:, part] = _share(groups.rate, at_work[:, part], required[:, part], np.asarray(weights), rates)
    return result


def _share(
    rate: Floats, at_work: Floats, required: Floats, weights: Floats, rates: tuple[float, float, float]
) -> Floats:
    """One LP: variables are shares (arc, interval), then shortage of the first tenth, deep shortage and surplus."""
    queues, intervals = required.shape
    group, queue = np.nonzero(rate)
    arcs, cells = len(group) * intervals, queues * intervals
    t = np.arange(intervals)
    arc_queue = (queue[:, None] * intervals + t).ravel()
    arc_group = (group[:, None] * intervals + t).ravel()
    arc_rate = np.repeat(rate[group, queue], intervals)
    cell, every = np.arange(cells), np.arange(arcs)
    rows = np.concatenate([arc_queue, cell, cell, cell, cells + arc_group])
    columns = np.concatenate([every, arcs + cell, arcs + cells + cell, arcs + 2 * cells + cell, every])
    ones = np.ones(cells)
    values = np.concatenate([arc_rate, ones, ones, -ones, np.ones(arcs)])
    weight = np.repeat(weights, intervals)
    cost = np.concatenate([np.zeros(arcs), rates[0] * weight, rates[1] * weight, np.full(cells, rates[2])])
    upper = np.full(len(cost), np.inf)
    upper[arcs : arcs + cells] = DEEP * required.ravel()
    solution = linprog(
        cost,
        A_eq=coo_matrix((values, (rows, columns)), shape=(cells + at_work.size, len(cost))).tocsr(),
        b_eq=np.concatenate([required.ravel(), at_work.ravel()]),
        bounds=np.column_stack([np.zeros(len(cost)), upper]),
        method="highs",
    )
    if solution.x is None:
        raise RuntimeError(f"the sharing of agents among queues could not be solved: {solution.message}")
    share = solution.x[:arcs] * arc_rate
    return np.asarray(np.bincount(arc_queue, weights=share, minlength=cells).reshape(queues, intervals))


def coverage_table(requirement: Requirement, staffing: Floats) -> pd.DataFrame:
    """Rows of coverage.csv: start (aware), queue, required, staffed."""
    table = requirement.table().rename(columns={"agents_rostered": "required"})
    return table[["start", "queue", "required"]].assign(staffed=staffing.reshape(-1))
