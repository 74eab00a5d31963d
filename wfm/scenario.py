"""What-if scenarios: named layers of changes laid over a centre and its forecast, which themselves stay as they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast
from zlib import crc32

import numpy as np
import pandas as pd

from wfm.adjusting import adjusted
from wfm.centre import Adjustment, Agent, Centre, Change, Channel, Measure, OpeningHours, Queue
from wfm.clock import Week
from wfm.demand import Forecast, Limits
from wfm.opening import LOOKBACK_DAYS, open_intervals

ALL = "*"  # in the place of a name: each of them
BASE = "base"  # the centre as its files say: no scenario may have this name

Factors = Mapping[str, float]  # by queue or contract; ALL goes first, a name's own factor on top
Changes = Mapping[str, Mapping[str, object]]  # new values of fields, by queue or contract; likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """A campaign or an outage: factors of contacts and handling time from `start` to `end` (aware, exclusive).

    `queue` None is all queues.
    """

    queue: str | None
    start: datetime
    end: datetime
    volume: float = 1.0
    aht: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossTraining:
    """A share of those who can serve one queue and not the other learn the other."""

    queue: str
    learned_from: str
    share: float
    aht_factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Won:
    """A client won, its contacts like those of a queue there is: `volume` and `aht` are factors of that queue's.

    `fields` are columns of queues.csv that differ. A `share` of the agents of that queue serve the new one too, with
    `aht_factor`, or as well as they serve that queue where it is None.
    """

    client: str
    queue: str
    like: str
    volume: float
    aht: float
    share: float
    aht_factor: float | None
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Changes of one name; what is None or empty stays as it is.

    `volume`, `aht` and `patience` are factors by queue, `staff` of the number of people by contract. `queues` and
    `contracts` have new values by the fields of Queue and Contract. `lost` names clients. `on` names the scenarios that
    lie below this one.
    """

    name: str
    reason: str = ""
    on: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    won: tuple[Won, ...] = ()
    queues: Changes = field(default_factory=dict)
    volume: Factors = field(default_factory=dict)
    aht: Factors = field(default_factory=dict)
    patience: Factors = field(default_factory=dict)
    days: tuple[DayChange, ...] = ()
    absence_rate: float | None = None
    annual_attrition: float | None = None
    seats: int | None = None
    classroom_places: int | None = None
    contracts: Changes = field(default_factory=dict)
    staff: Factors = field(default_factory=dict)
    skills: tuple[CrossTraining, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """What a sweep varies, for one queue or contract or, with `of` None, for all of them."""

    factor: str
    values: tuple[float, ...]
    of: str | None = None

    @property
    def label(self) -> str:
        """The factor with what it is of."""
        return self.factor if self.of is None else f"{self.factor} of {self.of}"

    def at(self, value: float) -> Scenario:
        """The layer that gives the factor a value."""
        return FACTORS[self.factor].layer(self.of or ALL, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One or two factors varied over one scenario, or with `on` None over the base; `roster`: each point is rostered."""

    name: str
    factors: tuple[Factor, ...]
    on: str | None = None
    roster: bool = False

    def points(self) -> list[tuple[float, ...]]:
        """The values of the factors at every point, the last factor's changing first."""
        grid = np.meshgrid(*(factor.values for factor in self.factors), indexing="ij")
        return list(zip(*(axis.ravel().tolist() for axis in grid), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A factor that can be swept: the layer for (a name or ALL, a value), and whether it is of a queue or contract.

    Without `required` it changes rosters only, not the requirement; `whole` numbers have no fraction.
    """

    layer: Callable[[str, float], Scenario]
    of: str | None
    required: bool = True
    whole: bool = False


def apply(centre: Centre, forecast: Forecast, layers: Sequence[Scenario], *, seed: int = 1) -> tuple[Centre, Forecast]:
    """The centre and its forecast with the layers on top, the first at the bottom; the ones given are not changed.

    `seed` picks who is copied and who learns: of two scenarios with the same seed the one that asks for more people takes
    those of the other and some more.
    """
    for layer in layers:
        centre, forecast = _apply(centre, forecast, layer, seed)
    return centre, forecast


def layers_of(scenario: Scenario, others: Mapping[str, Scenario]) -> list[Scenario]:
    """The scenario and those it lies on, the lowest first; each once."""
    found: list[Scenario] = []
    for name in scenario.on:
        found += [layer for layer in layers_of(others[name], others) if layer not in found]
    return [*found, scenario]


def _apply(centre: Centre, forecast: Forecast, layer: Scenario, seed: int) -> tuple[Centre, Forecast]:
    for client in layer.lost:
        centre, forecast = _lose(centre, forecast, client)
    for won in layer.won:
        centre, forecast = _win(centre, forecast, won, seed)
    centre = replace(centre, queues=_changed_queues(centre, layer))
    forecast = _changed_load(centre, forecast, layer)
    numbers = ("absence_rate", "annual_attrition", "seats", "classroom_places")
    centre = replace(centre, **{name: value for name in numbers if (value := getattr(layer, name)) is not None})
    centre = replace(centre, contracts={n: _changed(c, layer.contracts, n) for n, c in centre.contracts.items()})
    centre = _staffed(centre, forecast.week, layer.staff, seed)
    for training in layer.skills:
        who = _picked(centre, [training.learned_from], [training.queue], training.share, seed)
        centre = _taught(centre, training.queue, dict.fromkeys(who, training.aht_factor))
    return centre, forecast


def _changed(value: Any, changes: Changes, name: str) -> Any:
    """The value with the fields that ALL and then its own name change."""
    return replace(value, **{**changes.get(ALL, {}), **changes.get(name, {})})


def _factor(factors: Factors, name: str) -> float:
    return factors.get(ALL, 1.0) * factors.get(name, 1.0)


def _changed_queues(centre: Centre, layer: Scenario) -> dict[str, Queue]:
    found = {}
    for name, queue in centre.queues.items():
        changed = cast(Queue, _changed(queue, layer.queues, name))
        if queue.channel is Channel.DEFERRED:
            changed = replace(changed, patience_seconds=None)  # nobody waits on the line
        if changed.patience_seconds is not None:
            patience = changed.patience_seconds * _factor(layer.patience, name)
            changed = replace(changed, patience_seconds=patience)
        found[name] = changed
    return found


def _changed_load(centre: Centre, forecast: Forecast, layer: Scenario) -> Forecast:
    """The forecast with the factors of the week, then those of days; what the model alone says stays beside it."""
    week = forecast.week
    start, end = week.wall(0), week.wall(week.minutes)
    spans = [(queue, start, end, _factor(layer.volume, queue), _factor(layer.aht, queue)) for queue in forecast.queues]
    spans += [
        (queue, day.start, day.end, day.volume, day.aht)
        for day in layer.days
        for queue in forecast.queues
        if day.queue in (None, queue)
    ]
    rows = [
        Adjustment(
            layer=layer.name,
            queue=queue,
            start=start,
            end=end,
            measure=measure,
            kind=Change.FACTOR,
            value=value,
            reason=layer.reason,
        )
        for queue, start, end, volume, aht in spans
        for measure, value in ((Measure.CONTACTS, volume), (Measure.AHT, aht))
        if value != 1.0
    ]
    if not rows:
        return forecast
    made = adjusted(forecast, rows, opened=open_intervals(centre, week))
    return replace(made, offered_model=forecast.offered_model, aht_model=forecast.aht_model)


def _lose(centre: Centre, forecast: Forecast, client: str) -> tuple[Centre, Forecast]:
    """Without the client's queues, their hours, days and adjustments, and the skills in them.

    History stays: the end of it says how far ahead the week is.
    """
    gone = {name for name, queue in centre.queues.items() if queue.client == client}
    kept = [row for row, name in enumerate(forecast.queues) if name not in gone]
    agents = {
        name: replace(agent, skills={queue: aht for queue, aht in agent.skills.items() if queue not in gone})
        for name, agent in centre.agents.items()
    }
    centre = replace(
        centre,
        queues={name: queue for name, queue in centre.queues.items() if name not in gone},
        hours=None if centre.hours is None else tuple(row for row in centre.hours if row.queue not in gone),
        special_days=tuple(day for day in centre.special_days if day.queue not in gone),
        adjustments=tuple(row for row in centre.adjustments if row.queue not in gone),
        agents=agents,
        # Whoever has no skill left stays without a shift: what was to be done in it is off too.
        locks=tuple(row for row in centre.locks if agents[row.agent].skills or not centre.agents[row.agent].skills),
    )
    return centre, _rows(forecast, kept, tuple(forecast.queues[row] for row in kept))


def _win(centre: Centre, forecast: Forecast, won: Won, seed: int) -> tuple[Centre, Forecast]:
    """With one more queue: targets, hours, contacts and people like those of a queue there is."""
    model = centre.queues[won.like]
    queue = replace(model, queue=won.queue, client=won.client, **cast(dict[str, Any], won.fields))
    hours = centre.hours or ()
    alike: list[OpeningHours] = [replace(row, queue=won.queue) for row in hours if row.queue == won.like]
    days = [replace(day, queue=won.queue) for day in centre.special_days if day.queue == won.like]
    centre = replace(
        centre,
        queues={**centre.queues, won.queue: queue},
        hours=None if centre.hours is None else (*hours, *alike),
        special_days=(*centre.special_days, *days),
        # Where no hours are stated the queue is open when its history has rows.
        history=centre.history if alike else _with_history(centre.history, won),
    )
    who = _picked(centre, [won.like], [won.queue], won.share, seed)
    skills = {name: won.aht_factor or centre.agents[name].skills[won.like] for name in who}
    at = forecast.queues.index(won.like)
    forecast = _rows(forecast, [*range(len(forecast.queues)), at], (*forecast.queues, won.queue))
    load = Scenario(name=won.queue, volume={won.queue: won.volume}, aht={won.queue: won.aht})
    method = forecast.method | ({won.queue: forecast.method[won.like]} if won.like in forecast.method else {})
    return _taught(centre, won.queue, skills), replace(_changed_load(centre, forecast, load), method=method)


def _with_history(history: pd.DataFrame, won: Won) -> pd.DataFrame:
    if history.empty:
        return history
    recent = history["start"] > history["start"].max() - pd.Timedelta(days=LOOKBACK_DAYS + 1)
    rows = history[recent & (history["queue"] == won.like)]
    return pd.concat([history, rows.assign(queue=won.queue, offered=rows["offered"] * won.volume)], ignore_index=True)


def _rows(forecast: Forecast, rows: list[int], queues: tuple[str, ...]) -> Forecast:
    """The forecast with these of its rows, under these names."""

    def of(limits: Limits) -> Limits:
        return {name: values[rows] for name, values in limits.items()}

    return replace(
        forecast,
        queues=queues,
        offered=forecast.offered[rows],
        limits=of(forecast.limits),
        aht_seconds=forecast.aht_seconds[rows],
        aht_limits=of(forecast.aht_limits),
        day_limits=of(forecast.day_limits),
        method={name: text for name, text in forecast.method.items() if name in queues},
        offered_model=None if forecast.offered_model is None else forecast.offered_model[rows],
        aht_model=None if forecast.aht_model is None else forecast.aht_model[rows],
    )


def _staffed(centre: Centre, week: Week, staff: Factors, seed: int) -> Centre:
    """With the number of people of each contract multiplied: copies come, or those hired last go."""
    if not staff:
        return centre
    gone: set[str] = set()
    new: list[tuple[Agent, str]] = []
    for contract in centre.contracts:
        people = [
            agent
            for agent in centre.agents.values()
            if agent.contract == contract and any(agent.employed_on(week.date_of(day)) for day in range(7))
        ]
        more = round(len(people) * _factor(staff, contract)) - len(people)
        if more < 0:
            last = sorted(people, key=lambda agent: (agent.hired_on, agent.agent), reverse=True)
            gone |= {agent.agent for agent in last[:-more]}
        elif people:
            order = _order(seed, contract, len(people))
            new += [_copy(people[order[n % len(people)]], n // len(people), week, centre) for n in range(more)]
    copies = {agent.agent: agent for agent, _ in new}
    models = {agent.agent: model for agent, model in new}
    hours = [
        replace(row, agent=copy) for copy, model in models.items() for row in centre.availability if row.agent == model
    ]
    stays = [name for name in centre.agents if name not in gone]
    return replace(
        centre,
        agents={name: centre.agents[name] for name in stays} | copies,
        absences=tuple(row for row in centre.absences if row.agent not in gone),
        availability=(*(row for row in centre.availability if row.agent not in gone), *hours),
        requests=tuple(row for row in centre.requests if row.agent not in gone),
        owed={key: minutes for key, minutes in centre.owed.items() if key[0] not in gone},
        locks=tuple(row for row in centre.locks if row.agent not in gone),
        ledger=None if centre.ledger is None else tuple(row for row in centre.ledger if row.agent not in gone),
    )


def _copy(model: Agent, number: int, week: Week, centre: Centre) -> tuple[Agent, str]:
    """Somebody hired on the Monday with the model's contract, team, skills and availability, and nothing of the past."""
    name = f"{model.agent}+{number + 1}"
    while name in centre.agents:
        name += "+"
    return replace(model, agent=name, name="", email=None, hired_on=week.monday, leaves_on=None), model.agent


def _picked(centre: Centre, having: list[str], lacking: list[str], share: float, seed: int) -> list[str]:
    """A share of the agents who have some skills and lack others."""
    able = [
        name
        for name, agent in centre.agents.items()
        if all(queue in agent.skills for queue in having) and not any(queue in agent.skills for queue in lacking)
    ]
    order = _order(seed, "\0".join([*having, *lacking]), len(able))
    return [able[place] for place in sorted(order[: round(share * len(able))])]


def _taught(centre: Centre, queue: str, factors: Factors) -> Centre:
    if queue not in centre.queues:  # a layer below has lost it
        return centre
    agents = {
        name: replace(agent, skills={**agent.skills, queue: factors[name]}) if name in factors else agent
        for name, agent in centre.agents.items()
    }
    return replace(centre, agents=agents)


def _order(seed: int, what: str, size: int) -> list[int]:
    """An order by lot that another size or purpose does not disturb."""
    return [int(place) for place in np.random.default_rng([seed, crc32(what.encode())]).permutation(size)]


def _by_name(name: str) -> Kind:
    """A factor by queue."""
    return Kind(layer=lambda of, value: Scenario(name="", **{name: {of: value}}), of="queue")  # type: ignore[arg-type]


def _of_queue(name: str, *, required: bool = True) -> Kind:
    return Kind(layer=lambda of, value: Scenario(name="", queues={of: {name: value}}), of="queue", required=required)


def _of_centre(name: str, *, required: bool = True, whole: bool = False) -> Kind:
    def layer(_: str, value: float) -> Scenario:
        return Scenario(name="", **{name: round(value) if whole else value})  # type: ignore[arg-type]

    return Kind(layer=layer, of=None, required=required, whole=whole)


def _of_contract(name: str, *, minutes: int = 1) -> Kind:
    """A field of Contract; `minutes` is what one of the factor's units is in it."""

    def layer(of: str, value: float) -> Scenario:
        return Scenario(name="", contracts={of: {name: round(value * minutes)}})

    return Kind(layer=layer, of="contract", required=False, whole=minutes == 1)


FACTORS: Mapping[str, Kind] = {
    **{name: _by_name(name) for name in ("volume", "aht", "patience")},
    **{
        name: _of_queue(name)
        for name in ("service_level", "threshold_seconds", "patience_seconds", "max_occupancy", "min_agents")
    },
    **{name: _of_centre(name) for name in ("absence_rate", "annual_attrition")},
    **{name: _of_centre(name, required=False, whole=True) for name in ("seats", "classroom_places")},
    "staff": Kind(layer=lambda of, value: Scenario(name="", staff={of: value}), of="contract", required=False),
    "daily_hours_max": _of_contract("daily_minutes_max", minutes=60),
    "min_rest_hours": _of_contract("min_rest_minutes", minutes=60),
    "max_consecutive_days": _of_contract("max_consecutive_days"),
    "min_days_off_together": _of_contract("min_days_off_together"),
    "start_spread_hours": _of_contract("start_spread_minutes", minutes=60),
    "max_nights": _of_contract("max_nights"),
    "overtime_hours_max": _of_contract("overtime_minutes_max", minutes=60),
    "overtime_month_max": _of_contract("overtime_month_minutes_max", minutes=60),
    "training_hours_month": _of_contract("training_minutes_month", minutes=60),
}


def words(scenario: Scenario) -> list[str]:
    """The changes of a scenario as short lines a planner reads."""
    standard, found = Scenario(name=""), []
    if scenario.on:
        found.append(f"on top of {', '.join(scenario.on)}")
    found += [f"lost: {client}" for client in scenario.lost]
    found += [f"won: {won.client} ({won.queue}, {won.volume:g} × {won.like})" for won in scenario.won]
    for name in ("volume", "aht", "patience", "staff"):
        found += [f"{name} of {_whom(of)} × {value:g}" for of, value in getattr(scenario, name).items()]
    for changes in (scenario.queues, scenario.contracts):
        found += [_setting(name, _whom(of), value) for of, own in changes.items() for name, value in own.items()]
    found += [
        f"{day.start:%Y-%m-%d %H:%M} to {day.end:%Y-%m-%d %H:%M}, {_whom(day.queue or ALL)}: "
        + ", ".join(f"{name} × {value:g}" for name, value in (("volume", day.volume), ("aht", day.aht)) if value != 1)
        for day in scenario.days
    ]
    for name in ("absence_rate", "annual_attrition", "seats", "classroom_places"):
        if getattr(scenario, name) != getattr(standard, name):
            found.append(f"{name} = {getattr(scenario, name):g}")
    found += [f"{one.share:.0%} of {one.learned_from} learn {one.queue}" for one in scenario.skills]
    return found


def _setting(name: str, of: str, value: object) -> str:
    """A field with its new value as the files have it: hours, not minutes."""
    parts = value if isinstance(value, tuple) else (value,)
    if "minutes" in name:
        name, parts = name.replace("minutes", "hours"), tuple(part / 60 for part in parts)
    return f"{name} of {of} = {', '.join(f'{p:g}' if isinstance(p, int | float) else str(p) for p in parts)}"


def _whom(name: str) -> str:
    return "all" if name == ALL else name
