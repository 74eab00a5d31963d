"""Who may serve what, as the tables that the simulation reads."""

import numpy as np

from wfm.centre import Centre, Channel, Queue
from wfm.replay.engine import CHAT, DEFERRED, VOICE, Floats, Ints, Routing

_CHANNELS = {Channel.VOICE: VOICE, Channel.CHAT: CHAT, Channel.DEFERRED: DEFERRED}
_GOLDEN = 0.6180339887498949  # its multiples fill 0…1 evenly, however many are taken

Kind = tuple[tuple[int, int, int], ...]  # of an agent: queue, priority and slots of every skill


def routing(centre: Centre) -> Routing:
    """Tables of all agents and queues of the centre, in its order.

    A queue comes first for an agent by the `priority` of skills.csv. Where it has none, contacts go first to the agents
    with the fewest skills, and an agent takes the contact that has waited longest for its threshold.
    """
    names = {name: row for row, name in enumerate(centre.queues)}
    factor = np.zeros((len(centre.agents), len(names)))
    for row, agent in enumerate(centre.agents.values()):
        for name, times in agent.skills.items():
            factor[row, names[name]] = times
    kinds, group = kinds_of(centre)
    return tables(centre, factor=factor, group=group, kinds=kinds)


def kinds_of(centre: Centre) -> tuple[list[Kind], Ints]:
    """The kinds of agents there are, and the number of each agent's."""
    names = {name: row for row, name in enumerate(centre.queues)}
    kinds: dict[Kind, int] = {}
    group = np.zeros(len(centre.agents), dtype=np.int64)
    for row, agent in enumerate(centre.agents.values()):
        kind = tuple(
            (names[name], agent.priorities.get(name, 0), _slots(centre.queues[name], row))
            for name in sorted(agent.skills, key=names.__getitem__)
        )
        group[row] = kinds.setdefault(kind, len(kinds))
    return list(kinds), group


def tables(centre: Centre, *, factor: Floats, group: Ints, kinds: list[Kind]) -> Routing:
    """The tables for groups of agents given by their kinds; `factor` (agents, queues), `group` by agent."""
    queues = len(centre.queues)
    slots = np.ones((max(1, len(kinds)), queues), dtype=np.int64)
    by_queue: list[list[tuple[int, int]]] = [[] for _ in range(queues)]
    for number, kind in enumerate(kinds):
        for queue, priority, at_once in kind:
            slots[number, queue] = at_once
            by_queue[queue].append((priority or len(kind), number))
    of_queue = [sorted(groups) for groups in by_queue]
    of_group = [sorted((priority, queue) for queue, priority, _ in kind) for kind in kinds]
    return Routing(
        channel=np.array([_CHANNELS[queue.channel] for queue in centre.queues.values()], dtype=np.int64),
        threshold=np.array([queue.threshold_seconds for queue in centre.queues.values()], dtype=float),
        factor=factor,
        group=group,
        slots=slots,
        groups_of=_ends(of_queue),
        groups=_flat(of_queue, 1),
        group_tier=_flat(of_queue, 0),
        queues_of=_ends(of_group),
        queues=_flat(of_group, 1),
        queue_tier=_flat(of_group, 0),
    )


def _ends(lists: list[list[tuple[int, int]]]) -> Ints:
    return np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)


def _flat(lists: list[list[tuple[int, int]]], part: int) -> Ints:
    return np.array([pair[part] for one in lists for pair in one], dtype=np.int64)


def _slots(queue: Queue, row: int) -> int:
    """Contacts an agent serves at once; of a fraction so many agents serve one more that the mean is right."""
    if queue.channel is not Channel.CHAT:
        return 1
    whole = int(queue.concurrency)
    return max(1, whole + int((row + 1) * _GOLDEN % 1.0 < queue.concurrency - whole))
