"""The same floor simulated by SimPy: every call a process that waits for an agent or gives up.

python -m benchmarks.replaying.by_simpy QUESTION SEED… prints the seconds of each run as a line of JSON.
"""

import json
import random
import sys
import time
from collections import deque
from collections.abc import Generator
from pathlib import Path
from typing import Any

import simpy

from benchmarks.replaying.floor import Counted, Floor, question

Waiting = deque[tuple[float, simpy.Event]]  # since when, and what tells the call its agent


def simpy_run(floor: Floor, *, seed: int) -> Counted:
    """One run."""
    size = len(floor.lines)
    found = Counted(**{name: [0.0] * size for name in ("offered", "answered", "within", "abandoned", "wait")})
    environment = simpy.Environment()
    desk = _Desk(floor)
    chance = random.Random(seed)
    for queue in range(size):
        environment.process(_arrivals(environment, floor, desk, found, queue, chance))
    environment.run()
    return found


class _Desk:
    """Who is idle and who waits."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.idle: list[deque[tuple[float, int]]] = [
            deque((0.0, number) for _ in range(crew.agents)) for number, crew in enumerate(floor.crews)
        ]
        self.waiting: list[Waiting] = [deque() for _ in floor.lines]

    def agent_for(self, queue: int) -> int | None:
        """The crew whose longest idle agent takes the call."""
        able = [
            (crew.skills[queue], self.idle[number][0][0], number)
            for number, crew in enumerate(self.floor.crews)
            if queue in crew.skills and self.idle[number]
        ]
        if not able:
            return None
        number = min(able)[2]
        self.idle[number].popleft()
        return number

    def call_for(self, number: int, now: float) -> simpy.Event | None:
        """The call that an agent of the crew takes next."""
        able = [
            (first, -(now - self.waiting[queue][0][0]) / max(1.0, self.floor.lines[queue].threshold), queue)
            for queue, first in self.floor.crews[number].skills.items()
            if self.waiting[queue]
        ]
        return self.waiting[min(able)[2]].popleft()[1] if able else None


def _arrivals(
    environment: simpy.Environment, floor: Floor, desk: _Desk, found: Counted, queue: int, chance: random.Random
) -> Generator[simpy.Event, Any, None]:
    rate = floor.lines[queue].per_hour / 3600
    while True:
        yield environment.timeout(chance.expovariate(rate))
        if environment.now >= floor.warm_seconds + floor.seconds:
            return
        environment.process(_call(environment, floor, desk, found, queue, chance))


def _call(
    environment: simpy.Environment, floor: Floor, desk: _Desk, found: Counted, queue: int, chance: random.Random
) -> Generator[simpy.Event, Any, None]:
    line, since = floor.lines[queue], environment.now
    counts = since >= floor.warm_seconds
    found.offered[queue] += counts
    crew = desk.agent_for(queue)
    if crew is None:
        answered = environment.event()
        entry = (since, answered)
        desk.waiting[queue].append(entry)
        if line.patience is None:
            yield answered
        else:
            yield answered | environment.timeout(chance.expovariate(1 / line.patience))
        if not answered.triggered:
            desk.waiting[queue].remove(entry)
            found.abandoned[queue] += counts
            return
        crew = answered.value
    waited = environment.now - since
    found.answered[queue] += counts
    found.within[queue] += counts and waited <= line.threshold
    found.wait[queue] += waited if counts else 0.0
    yield environment.timeout(chance.expovariate(1 / line.aht))
    following = desk.call_for(crew, environment.now)
    if following is None:
        desk.idle[crew].append((environment.now, crew))
    else:
        following.succeed(crew)


def main() -> None:
    """The command line."""
    floor, seconds = question(Path(sys.argv[1])), []
    for seed in sys.argv[2:]:
        begun = time.perf_counter()
        simpy_run(floor, seed=int(seed))
        seconds.append(time.perf_counter() - begun)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
