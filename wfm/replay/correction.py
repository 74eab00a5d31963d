"""A requirement that meets its targets when every contact is simulated: Erlang's, moved queue by queue until it does.

Erlang looks at each queue and interval alone and in steady state. Agents who share skills help each other, so that it
asks for too many; what one interval leaves to the next makes it ask for too few. What a queue has above its load is
moved by so many square roots of the load in every interval alike, which moves the service level of all intervals alike
(the square-root rule: S. Halfin, W. Whitt, Heavy-traffic limits for queues with many exponential servers, Operations
Research 29, 1981).
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields, replace
from itertools import count

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.centre import Centre, Channel
from wfm.demand import Floats, Forecast, Requirement
from wfm.progress import Stop, never
from wfm.replay.engine import Ints
from wfm.replay.outcome import Replayed, summed
from wfm.replay.presence import Rostered
from wfm.replay.routing import Kind, kinds_of, tables
from wfm.replay.traffic import expected
from wfm.replay.week import runs_of

FIRST_STEP, LAST_STEP, LARGEST_STEP = 0.3, 0.0005, 1.0  # square roots of the load
FURTHEST = 8.0  # likewise: whoever waits with so many above the load waits for something else than agents
GROWTH = 1.5  # of a step that goes the same way as the last
ROUNDS = 40
NEAR = (0.0, 0.003)  # of the service level: so little above the target is no more than met
POINT = 0.01
ENOUGH_CONTACTS = 400_000  # of a round: then chance moves a queue's week by tenths of a point
LEAST_RUNS, MOST_RUNS = 2, 200
# Chance drawn afresh finds out what met its target by luck. Deferred work strays by four points from week to week where
# it is near its occupancy: that takes many weeks.
FRESH_CONTACTS, FRESH_LEAST = 8_000_000, 16
FRESH_ROUNDS, FRESH_STEP = 12, 0.005
FRESH_NEAR = (0.0, 0.006)
# Of a queue's agent-hours, on a floor that is said to hold it: less, and most of them could go lower. Where all lie on
# one of the two floors, one of them has so much.
MOSTLY = 0.5
EVEN_ROUNDS = 50  # of sharing queues among the kinds of agents there are


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """How far Erlang was off for a queue: agent-hours at work and the simulated service level before and after.

    `low` and `high` hold the latter with 95%, from chance drawn afresh. `held_by` names what keeps most of the hours of
    a queue more than a point above its target where they are: `max_occupancy`, `min_agents`, or `other queues` whose
    agents help out; None where nothing does.
    `out of reach`: no number of agents meets the target, so that Erlang's stands.
    """

    queue: str
    target: float
    erlang_hours: float
    hours: float
    erlang_service_level: float
    service_level: float
    low: float
    high: float
    held_by: str | None


def correction_table(corrections: Iterable[Correction]) -> pd.DataFrame:
    """Rows of correction.csv: the fields of Correction, a queue each."""
    return pd.DataFrame([asdict(one) for one in corrections], columns=[field.name for field in fields(Correction)])


def corrected(
    centre: Centre,
    forecast: Forecast,
    requirement: Requirement,
    *,
    seed: int = 1,
    workers: int = 2,
    report: Callable[[str], None] = lambda _message: None,
    stop: Stop = never,
) -> tuple[Requirement, tuple[Correction, ...]]:
    """The requirement moved until a floor staffed exactly by it meets every queue's target over the week.

    The floor is staffed by kinds of agents as the centre has them. The forecast is taken as certain and everybody
    comes. Nothing goes below `min_agents` or what `max_occupancy` asks for. A stop ends with what was reached.
    """
    floor = Floor(centre, forecast, seed=seed, workers=workers)
    least = _least(centre, forecast, requirement)
    target = np.array([centre.queues[name].service_level for name in forecast.queues])
    moves = _Moves(
        agents=requirement.agents,
        lowest=np.maximum(*least.values()),
        root=np.sqrt(_work(centre, forecast, requirement)) * (requirement.agents > 0),
    )
    number = count(1)

    def told(service: Floats) -> Floats:
        report(_round(next(number), forecast.queues, service))
        return service

    erlang = floor.service(requirement.agents)
    service = _moved(floor, moves, target, erlang, told=told, stop=stop)
    # What is given up no longer helps the others, which went down beside it: they look for their place once more.
    while moves.give_up(service < target - POINT) and not stop():
        service = _moved(floor, moves, target, floor.service(moves.now), told=told, stop=stop)
    moves.begin_again(FRESH_STEP)
    for turn in range(FRESH_ROUNDS + 1):
        replayed = floor.replayed(moves.now, seed=seed + 1 + turn, runs=floor.fresh_runs)
        service = told(_service(replayed))
        over = stop() or turn == FRESH_ROUNDS
        near = FRESH_NEAR if turn < FRESH_ROUNDS // 2 else (FRESH_NEAR[0], np.inf)  # in the end nobody is left short
        if over or not moves.go(service - target, near=near):
            break
    found = replace(requirement, agents=moves.now, rostered=moves.now * _absence(requirement))
    corrections = _corrections(centre, requirement, found, erlang, replayed, least, floor.helped)
    return found, tuple(
        replace(one, held_by="out of reach") if fixed else one
        for one, fixed in zip(corrections, moves.fixed, strict=True)
    )


def _moved(
    floor: "Floor", moves: "_Moves", target: Floats, service: Floats, *, told: Callable[[Floats], Floats], stop: Stop
) -> Floats:
    """Rounds until no queue moves any more, from the service level of where they are; that of where they end.

    The same chance in every round: one that moves nothing but itself is seen by the smallest step.
    """
    for turn in range(ROUNDS):
        service = told(floor.service(moves.now) if turn else service)
        if stop() or not moves.go(service - target, near=NEAR):
            break
    return service


class _Moves:
    """How far each queue is moved from the requirement, in square roots of its work, and how far it goes next."""

    def __init__(self, *, agents: Floats, lowest: Floats, root: Floats) -> None:
        self.agents, self.lowest, self.root = agents, lowest, root
        self.now = agents
        rooms = np.divide(lowest - agents, root, out=np.zeros_like(root), where=root > 0)
        self.deepest = rooms.min(axis=1, initial=0.0)  # from here on down all that moves lies on the lowest
        self.moved, self.way = np.zeros((2, len(agents)))
        self.step = np.full(len(agents), FIRST_STEP)
        self.fixed = np.zeros(len(agents), dtype=np.bool_)

    def begin_again(self, step: float) -> None:
        """Forget which way each queue went, and how far."""
        self.way, self.step = np.zeros_like(self.way), np.full_like(self.step, step)

    def give_up(self, short: NDArray[np.bool_]) -> bool:
        """Of the short those that went furthest go back and stay, the others begin again; whether there were some."""
        hopeless = short & (self.moved >= FURTHEST) & ~self.fixed
        self.fixed = self.fixed | hopeless
        self.moved = np.where(hopeless, 0.0, self.moved)
        self._place()
        self.begin_again(FIRST_STEP)
        return bool(hopeless.any())

    def go(self, above: Floats, *, near: tuple[float, float]) -> bool:
        """A step for each queue that is further from its target than `near` allows; whether there was one."""
        low, high = near
        wanted = np.where(above < low, 1.0, np.where(above > high, -1.0, 0.0))
        wanted[(wanted < 0) & np.all(self.now <= self.lowest + 1e-9, axis=1)] = 0.0
        wanted[self.fixed | ((wanted > 0) & (self.moved >= FURTHEST))] = 0.0
        turned, again = wanted * self.way < 0, self.way == wanted
        change = np.where(turned, 0.5, np.where(again, GROWTH, 1.0))
        self.step = np.where(wanted != 0, np.clip(self.step * change, LAST_STEP, LARGEST_STEP), self.step)
        self.way = np.where(wanted != 0, wanted, self.way)
        self.moved = np.maximum(self.moved + wanted * self.step, self.deepest)  # the way back up begins at once
        self._place()
        return bool(wanted.any())

    def _place(self) -> None:
        self.now = np.maximum(self.agents + self.moved[:, None] * self.root, self.lowest)


def _round(turn: int, queues: tuple[str, ...], service: Floats) -> str:
    return f"round {turn}: " + ", ".join(f"{queue} {level:.1%}" for queue, level in zip(queues, service, strict=True))


class Floor:
    """A floor staffed exactly as asked, whatever is asked, and the same contacts each time."""

    def __init__(self, centre: Centre, forecast: Forecast, *, seed: int, workers: int) -> None:
        self.centre, self.forecast, self.seed, self.workers = centre, forecast, seed, workers
        certain = expected(centre, forecast)
        self.traffic = replace(certain, spread=np.zeros_like(certain.spread))
        self.kinds, number = _kinds(centre)
        self.can = np.zeros((len(self.kinds), len(centre.queues)))
        for row, kind in enumerate(self.kinds):
            self.can[row, [queue for queue, _, _ in kind]] = 1.0
        self.people = np.bincount(number, minlength=len(self.kinds)).astype(float)
        beside = self.can[self.can.sum(axis=1) > 1]
        self.helped: NDArray[np.bool_] = np.asarray(beside.any(axis=0))  # queues that share agents with others
        contacts = max(1.0, float(forecast.offered.sum()))
        self.runs = int(np.clip(np.ceil(ENOUGH_CONTACTS / contacts), LEAST_RUNS, MOST_RUNS))
        self.fresh_runs = int(np.clip(np.ceil(FRESH_CONTACTS / contacts), FRESH_LEAST, MOST_RUNS))

    def service(self, agents: Floats) -> Floats:
        """Service level of the week by queue; 1 where no contact comes."""
        return _service(self.replayed(agents, seed=self.seed, runs=self.runs))

    def replayed(self, agents: Floats, *, seed: int, runs: int) -> Replayed:
        """The week with these agents at work by (queue, interval)."""
        rostered, group = _staffed(self._by_kind(agents), self.traffic.interval_seconds)
        routing = tables(self.centre, factor=self.can[group], group=group, kinds=self.kinds)
        weeks = runs_of(routing, self.traffic, rostered, replications=runs, seed=seed, workers=self.workers)
        target = np.array([self.centre.queues[name].service_level for name in self.forecast.queues])
        return summed(list(weeks), week=self.forecast.week, queues=self.forecast.queues, target=target)

    def _by_kind(self, agents: Floats) -> Floats:
        """Agents by (kind, interval): each queue's shared among the kinds that can serve it, so that in the week's sum
        the kinds are used as evenly as they are there."""
        total = agents.sum(axis=1)
        use = self.can * total
        for _ in range(EVEN_ROUNDS):
            use *= _part(self.people * total.sum() / self.people.sum(), use.sum(axis=1))[:, None]
            use *= _part(total, use.sum(axis=0))
        return np.asarray((use * _part(np.ones(len(total)), total)) @ agents)


def _service(replayed: Replayed) -> Floats:
    level = replayed.whole.columns(replayed.target)["service_level"][:, 0]
    return np.where(np.isnan(level), 1.0, level)


def _kinds(centre: Centre) -> tuple[list[Kind], Ints]:
    """The centre's kinds of agents, and of each queue that nobody can serve one that can serve it alone."""
    kinds, number = kinds_of(centre)
    able = {queue for kind in kinds for queue, _, _ in kind}
    alone: list[Kind] = [((queue, 0, 1),) for queue in range(len(centre.queues)) if queue not in able]
    return [*kinds, *alone], np.concatenate([number, np.arange(len(alone)) + len(kinds)])


def _staffed(agents: Floats, seconds: float) -> tuple[Rostered, Ints]:
    """Fictitious people for agents by (kind, interval), and the kind of each; a part of an agent is there for that part
    of the interval, next to where he is needed longer."""
    rows: list[Floats] = []
    group: list[int] = []
    for kind, needed in enumerate(agents):
        whole = int(np.ceil(needed.max(initial=0.0) - 1e-9))
        part = np.clip(needed - np.arange(whole)[:, None], 0.0, 1.0)
        before = np.pad(part, ((0, 0), (1, 0)))[:, :-1]
        after = np.pad(part, ((0, 0), (0, 1)))[:, 1:]
        one, at = np.nonzero(part > 1e-9)
        length = part[one, at]
        late = np.where(after[one, at] > before[one, at], 1.0 - length, 0.0)
        rows.append(np.column_stack([one + len(group), (at + late) * seconds, (at + late + length) * seconds]))
        group += [kind] * whole
    person, start, end = np.vstack([np.zeros((0, 3)), *rows]).T
    keep = np.append(True, (person[1:] != person[:-1]) | (start[1:] > end[:-1] + 1e-6)) if len(person) else person > 0
    first = np.flatnonzero(keep)
    last = np.append(first[1:], len(person)) - 1
    return Rostered(
        agent=person[first].astype(np.int64),
        start=start[first],
        end=end[last] if len(first) else end,
        shift=np.arange(len(first)),
        opening=np.zeros(0, dtype=np.int64),
        agents=len(group),
    ), np.array(group, dtype=np.int64)


def _load(centre: Centre, forecast: Forecast) -> Floats:
    """Agents busy without a pause, by (queue, interval)."""
    seconds = forecast.week.interval_minutes * 60
    concurrency = np.array([centre.queues[name].concurrency for name in forecast.queues])
    return np.asarray(forecast.offered * forecast.aht_seconds / seconds / concurrency[:, None])


def _work(centre: Centre, forecast: Forecast, requirement: Requirement) -> Floats:
    """Agents busy without a pause where the work is done: deferred work is done later than it comes."""
    queues = [centre.queues[name] for name in forecast.queues]
    cap = np.array([queue.max_occupancy for queue in queues])[:, None]
    deferred = np.array([queue.channel is Channel.DEFERRED for queue in queues])[:, None]
    return np.where(deferred, requirement.agents * cap, _load(centre, forecast))


def _least(centre: Centre, forecast: Forecast, requirement: Requirement) -> dict[str, Floats]:
    """What holds the requirement up, by name: shape (queues, intervals). Deferred work has nothing but its occupancy."""
    queues = [centre.queues[name] for name in forecast.queues]
    cap = np.array([queue.max_occupancy for queue in queues])[:, None]
    deferred = np.array([queue.channel is Channel.DEFERRED for queue in queues])[:, None]
    some = np.array([queue.min_agents for queue in queues])[:, None]
    busy = np.where(deferred, requirement.agents, np.minimum(_load(centre, forecast) / cap, requirement.agents))
    return {"max_occupancy": busy, "min_agents": np.minimum(some, requirement.agents)}


def _absence(requirement: Requirement) -> float:
    """What a rostered agent more than one at work stands for."""
    total = float(requirement.agents.sum())
    return float(requirement.rostered.sum()) / total if total > 0 else 1.0


def _corrections(
    centre: Centre,
    before: Requirement,
    after: Requirement,
    erlang: Floats,
    replayed: Replayed,
    least: dict[str, Floats],
    helped: NDArray[np.bool_],
) -> tuple[Correction, ...]:
    hours = before.week.interval_minutes / 60
    figures = {name: values[:, 0] for name, values in replayed.whole.columns(replayed.target).items()}
    return tuple(
        Correction(
            queue=queue,
            target=centre.queues[queue].service_level,
            erlang_hours=float(before.agents[row].sum() * hours),
            hours=float(after.agents[row].sum() * hours),
            erlang_service_level=float(erlang[row]),
            service_level=float(figures["service_level"][row]),
            low=float(figures["low"][row]),
            high=float(figures["high"][row]),
            held_by=_held_by(
                {name: values[row] for name, values in least.items()},
                after.agents[row],
                capped=centre.queues[queue].max_occupancy < 1.0,
                above=bool(figures["service_level"][row] > centre.queues[queue].service_level + POINT),
                helped=bool(helped[row]),
            ),
        )
        for row, queue in enumerate(before.queues)
    )


def _held_by(least: dict[str, Floats], agents: Floats, *, capped: bool, above: bool, helped: bool) -> str | None:
    """The floor that most of the agents lie on, or, where it is only that nobody is busier than all the time, the help of
    others, if there is any: a queue by itself is above by chance then. None where most could go lower."""
    if not above:
        return None
    held = {name: float(agents[(agents <= floor + 1e-9) & (agents > 0)].sum()) for name, floor in least.items()}
    name = max(held, key=lambda one: held[one])
    if held[name] <= 0 or held[name] < MOSTLY * float(agents.sum()):
        return None
    return "other queues" if helped and name == "max_occupancy" and not capped else name


def _part(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0))
