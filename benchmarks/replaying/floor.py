"""A floor in steady state, as a question that any simulator can be asked: queues, groups of agents, how long."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A queue of calls: Poisson arrivals, exponential handling and, unless None, patience; times in seconds."""

    per_hour: float
    aht: float
    patience: float | None
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Agents alike: `skills` are queues by number with the priority of each, 1 first."""

    agents: int
    skills: dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Everybody is there all the time. Calls that come in the first `warm_seconds` are not counted, those of the
    `seconds` after them are.

    A call goes to a free agent for whom its queue has the lowest priority number, of equal ones to the longest idle. An
    agent who becomes free takes the queue of the lowest number, of equal ones that of the largest wait / threshold.
    """

    lines: tuple[Line, ...]
    crews: tuple[Crew, ...]
    warm_seconds: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Calls of one run by queue: offered, answered, answered within the threshold, abandoned; seconds waited by the
    answered."""

    offered: list[float]
    answered: list[float]
    within: list[float]
    abandoned: list[float]
    wait: list[float]


def written(floor: Floor, path: Path) -> None:
    """Keep a question as JSON."""
    path.write_text(json.dumps(asdict(floor)), encoding="utf-8")


def question(path: Path) -> Floor:
    """A question as it was kept."""
    fields = json.loads(path.read_text(encoding="utf-8"))
    lines = tuple(Line(**line) for line in fields["lines"])
    crews = tuple(
        Crew(agents=crew["agents"], skills={int(queue): first for queue, first in crew["skills"].items()})
        for crew in fields["crews"]
    )
    return Floor(**fields | {"lines": lines, "crews": crews})
