"""agents.csv, skills.csv, training.csv and ledger.csv: who works here, what they can, are owed and have borne."""

from collections.abc import Collection
from datetime import date

from wfm.centre import Agent, LedgerEntry
from wfm.reading import cells
from wfm.reading.folder import Folder
from wfm.reading.queues import QUEUE
from wfm.reading.tables import Table

AGENT = "an agent named in agents.csv"
Skills = dict[str, dict[str, tuple[float, int | None]]]
BURDENS = ("night", "weekend", "early", "late", "refused")


def read_agents(
    folder: Folder, *, required: bool, contracts: Collection[str] | None, queues: Collection[str] | None
) -> tuple[dict[str, Agent], frozenset[str] | None]:
    """Agents by id with their skills, and every id the file gives (faulty rows too) to judge the other files by."""
    table = folder.table("agents", "agent", "name", "team", "contract", "hired_on", "leaves_on", required=required)
    if table is None:
        _skills(folder, agents=None, queues=queues, required=required)
        return {}, None
    agents = table.values("agent", cells.text)
    given = frozenset(filter(None, agents)) if "agent" in table.cells else None
    table.once("agent", agents)
    skills = _skills(folder, agents=given, queues=queues, required=True)
    return {agent.agent: agent for agent in _agents(table, agents, contracts, skills)}, given


def read_training(folder: Folder, *, agents: Collection[str] | None) -> dict[tuple[str, date], int]:
    """Minutes owed by (agent, first of the month)."""
    table = folder.table("training", "agent", "month", "owed_minutes")
    if table is None:
        return {}
    agent = table.values("agent", cells.known(agents, AGENT))
    month = table.values("month", cells.month)
    owed = table.values("owed_minutes", cells.whole(low=0))
    table.once("agent", agent, month)
    return {(one, first): minutes for one, first, minutes in table.sound(zip(agent, month, owed, strict=True))}


def read_ledger(folder: Folder, *, agents: Collection[str] | None) -> tuple[LedgerEntry, ...] | None:
    """Burdens of past weeks; None where the folder keeps no ledger."""
    table = folder.table("ledger", "agent", "week", "kind", "points")
    if table is None:
        return None
    agent = table.values("agent", cells.known(agents, AGENT))
    week = table.values("week", cells.monday)
    kind = table.values("kind", cells.choice(*BURDENS))
    points = table.values("points", cells.number(low=0))
    table.once("agent", agent, week, kind)
    rows = table.sound(zip(agent, week, kind, points, strict=True))
    return tuple(LedgerEntry(agent=one, week=monday, kind=what, points=many) for one, monday, what, many in rows)


def _agents(table: Table, agents: list[str], contracts: Collection[str] | None, skills: Skills) -> list[Agent]:
    name = table.values("name", cells.text, empty="")
    team = table.values("team", cells.text, empty="")
    contract = table.values("contract", cells.known(contracts, "a contract of contracts.toml"))
    hired = table.values("hired_on", cells.day)
    leaves = table.values("leaves_on", cells.day, empty=None)
    email = table.values("email", cells.text, empty=None)
    early = [end is not None and begin is not None and end <= begin for begin, end in zip(hired, leaves, strict=True)]
    table.refuse(early, "leaves_on", "a date after hired_on, or nothing")
    return [
        Agent(
            agent=row[0],
            name=row[1],
            team=row[2],
            contract=row[3],
            hired_on=row[4],
            leaves_on=row[5],
            email=row[6],
            skills={queue: factor for queue, (factor, _) in skills.get(row[0], {}).items()},
            priorities={queue: first for queue, (_, first) in skills.get(row[0], {}).items() if first is not None},
        )
        for row in table.sound(zip(agents, name, team, contract, hired, leaves, email, strict=True))
    ]


def _skills(
    folder: Folder, *, agents: Collection[str] | None, queues: Collection[str] | None, required: bool
) -> Skills:
    """aht_factor and priority by agent and queue."""
    table = folder.table("skills", "agent", "queue", "aht_factor", required=required)
    if table is None:
        return {}
    agent = table.values("agent", cells.known(agents, AGENT))
    queue = table.values("queue", cells.known(queues, QUEUE))
    factor = table.values("aht_factor", cells.number(above=0))
    priority = table.values("priority", cells.whole(low=1), empty=None)
    table.once("agent", agent, queue)
    skills: Skills = {}
    for one, which, times, first in table.sound(zip(agent, queue, factor, priority, strict=True)):
        skills.setdefault(one, {})[which] = (times, first)
    return skills
