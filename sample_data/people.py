"""The staff of a centre: who they are, what they can do, when they joined and when they leave."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from sample_data import names
from sample_data.blueprint import Blueprint, apportion, chance

TEAM_SIZE = 20
BEGINNER = ((60, 1.3), (120, 1.2), (183, 1.1))  # employed for fewer days than this: aht_factor


def agents(plan: Blueprint, seed: int) -> pd.DataFrame:
    """Columns of agents.csv and `crew` and `skills` (indices into the blueprint); dates, None where open-ended.

    Besides the blueprint's number there are the few who left within the last worked weeks.
    """
    rng = chance(seed, "agents")
    left = round(plan.agents * plan.annual_attrition * plan.weeks_worked / 52)
    count = plan.agents + left
    order = rng.permutation(count)
    crew, skills = (column[order] for column in _crews_and_skills(plan, count))
    hired = _hired(plan, count, rng)
    table = pd.DataFrame(
        {
            "agent": [f"A{i + 1:0{max(4, len(str(count)))}d}" for i in range(count)],
            "name": names.people(count, rng, latin=plan.latin_names),
            "contract": [plan.crews[c].contract for c in crew],
            "hired_on": hired,
            "leaves_on": _leaves(plan, hired, left, rng),
            "crew": crew,
            "skills": skills,
        }
    )
    table["team"] = _teams(plan, skills)
    domain = plan.centre.replace("_", "-")
    table["email"] = [f"{a.lower()}@{domain}.example" if rng.random() < 0.9 else "" for a in table["agent"]]
    return table


def skills(plan: Blueprint, staff: pd.DataFrame) -> pd.DataFrame:
    """Rows of skills.csv; beginners handle contacts more slowly in their first six months."""
    rows = [
        (agent, queue, _factor(plan.monday, hired))
        for agent, hired, of in zip(staff["agent"], staff["hired_on"], staff["skills"], strict=True)
        for queue in plan.skill_sets[of][0]
    ]
    return pd.DataFrame(rows, columns=["agent", "queue", "aht_factor"])


def _crews_and_skills(plan: Blueprint, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Every crew has the centre's mix of skill sets, but for those that its hours make useless."""
    crew = np.repeat(np.arange(len(plan.crews)), apportion(count, tuple(c.share for c in plan.crews)))
    sets = np.zeros(count, dtype=np.int64)
    carried = np.zeros(len(plan.skill_sets))
    for c, of in enumerate(plan.crews):
        members = np.flatnonzero(crew == c)
        useful = [not set(queues) <= set(of.never_queues) for queues, _ in plan.skill_sets]
        shares = np.array([share for _, share in plan.skill_sets]) * useful
        wanted = np.maximum(carried + shares / shares.sum() * len(members), 1e-9) * useful
        heads = np.array(apportion(len(members), tuple(wanted)))
        carried = carried + shares / shares.sum() * len(members) - heads
        sets[members] = np.repeat(np.arange(len(heads)), heads)
    return crew, sets


def _hired(plan: Blueprint, count: int, rng: np.random.Generator) -> list[date]:
    """As many joined in each of the last years as left; the others have been there for up to 18 years."""
    recent = rng.random(count) < 2 * plan.annual_attrition
    weeks_ago = np.where(recent, rng.integers(0, 104, count), rng.integers(104, 936, count))
    hired = [plan.monday - timedelta(weeks=int(weeks)) for weeks in weeks_ago]
    joining = round(plan.agents * plan.annual_attrition / 52)
    for i in rng.choice(np.flatnonzero(recent), size=min(joining, int(recent.sum())), replace=False):
        hired[i] = plan.monday + timedelta(days=int(rng.choice([0, 2])))
    return hired


def _leaves(plan: Blueprint, hired: list[date], left: int, rng: np.random.Generator) -> list[date | None]:
    """Leaving dates known today: the last weeks' (Mondays), this week's, and those of the next quarter."""
    leaves: list[date | None] = [None] * len(hired)
    settled = [i for i, day in enumerate(hired) if day < plan.monday - timedelta(weeks=plan.weeks_worked)]
    weekly = plan.agents * plan.annual_attrition / 52
    going = rng.permutation(settled)[: left + round(13 * weekly)]
    for n, i in enumerate(going):
        if n < left:
            leaves[i] = plan.monday - timedelta(weeks=int(rng.integers(0, plan.weeks_worked)))
        elif n < left + round(weekly):
            leaves[i] = plan.monday + timedelta(days=int(rng.integers(2, 6)))
        else:
            leaves[i] = plan.monday + timedelta(days=int(rng.integers(7, 91)))
    return leaves


def _teams(plan: Blueprint, sets: np.ndarray) -> list[str]:
    queue = [plan.skill_sets[s][0][0] for s in sets]
    seen = dict.fromkeys(queue, 0)
    teams = []
    for name in queue:
        teams.append(names.team(name, seen[name] // TEAM_SIZE + 1))
        seen[name] += 1
    return teams


def _factor(monday: date, hired: date) -> float:
    tenure = (monday - hired).days
    return next((factor for days, factor in BEGINNER if tenure < days), 1.0)
