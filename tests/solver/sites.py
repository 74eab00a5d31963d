"""Centres of several sites: one centre said again and again under other names, which share nothing but places."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from wfm.centre import Agent, Centre
from wfm.problem import Problem

OWNED = ("absences", "availability", "requests", "locks", "ledger")


def sites(problem: Problem, names: Sequence[str], *, load: Sequence[float] | None = None, **changes: Any) -> Problem:
    """A centre with a copy of `problem`'s agents and queues for every name; `changes` are fields of the centre.

    `load` scales what is required of each site.
    """
    copies = [_named(problem.centre, name) for name in names]
    centre = replace(
        problem.centre,
        agents={name: agent for copy in copies for name, agent in copy.agents.items()},
        queues={name: queue for copy in copies for name, queue in copy.queues.items()},
        owed={key: minutes for copy in copies for key, minutes in copy.owed.items()},
        worked=_stacked(copies, "worked"),
        published=_stacked(copies, "published"),
        **{
            field: None
            if getattr(problem.centre, field) is None
            else tuple(item for copy in copies for item in getattr(copy, field))
            for field in OWNED
        },
    )
    required = np.vstack([problem.required * scale for scale in load or [1.0] * len(names)])
    return replace(problem, centre=replace(centre, **changes), required=required)


def _named(centre: Centre, site: str) -> Centre:
    def moved(agent: Agent) -> Agent:
        skills = {f"{site}.{queue}": factor for queue, factor in agent.skills.items()}
        return replace(agent, agent=f"{site}.{agent.agent}", skills=skills)

    agents = [moved(agent) for agent in centre.agents.values()]
    return replace(
        centre,
        agents={agent.agent: agent for agent in agents},
        queues={f"{site}.{name}": replace(queue, queue=f"{site}.{name}") for name, queue in centre.queues.items()},
        owed={(f"{site}.{name}", month): minutes for (name, month), minutes in centre.owed.items()},
        worked=_renamed(centre.worked, site),
        published=_renamed(centre.published, site),
        **{
            field: tuple(replace(item, agent=f"{site}.{item.agent}") for item in getattr(centre, field))
            for field in OWNED
            if getattr(centre, field) is not None
        },
    )


def _renamed(table: pd.DataFrame | None, site: str) -> pd.DataFrame | None:
    return None if table is None else table.assign(agent=site + "." + table["agent"])


def _stacked(copies: list[Centre], field: str) -> pd.DataFrame | None:
    tables = [getattr(copy, field) for copy in copies]
    return None if tables[0] is None else pd.concat(tables, ignore_index=True)
