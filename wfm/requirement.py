"""The agents that a forecast requires, and how each number came about; docs/requirement.md tells it with an example."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from wfm.adjusting import change_text
from wfm.centre import Centre, Channel, Measure, Queue
from wfm.clock import Week, iso
from wfm.demand import Floats, Forecast, Requirement
from wfm.erlang import ROUNDING, agents_needed, performance
from wfm.opening import open_intervals

Bools = NDArray[np.bool_]

# A smooth forecast never reaches 0: less than one contact in a thousand intervals needs nobody waiting for it.
TINY_CONTACTS = 1e-3
MOVED_DIGITS = 4  # requirement.csv has six: what differs by less from a number of it has not been moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One number on the way to a requirement: its name, its value as `text` shows it, and where it comes from."""

    name: str
    value: float
    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The requirement of one queue and interval unfolded to its inputs, in the order of the reckoning."""

    queue: str
    start: datetime
    steps: tuple[Step, ...]
    agents: float
    rostered: float

    def __str__(self) -> str:
        title = f"Required for queue {self.queue} at {iso(self.start)}"
        wide = [max(len(step.name) for step in self.steps), max(len(step.text) for step in self.steps)]
        rows = (f"  {step.name:<{wide[0]}}  {step.text:>{wide[1]}}  {step.source}".rstrip() for step in self.steps)
        return "\n".join((title, *rows))


def require(centre: Centre, forecast: Forecast, *, opened: Bools | None = None) -> Requirement:
    """Agents at work, and rostered with absence and attrition on top, for every queue and interval of the forecast.

    `opened` has shape (queues of the centre, intervals); without it the centre's opening hours hold.
    """
    agents = at_work(centre, forecast, opened=opened)
    return Requirement(
        week=forecast.week,
        queues=forecast.queues,
        agents=agents,
        rostered=agents / presence(centre, forecast.week),
    )


def at_work(centre: Centre, forecast: Forecast, *, opened: Bools | None = None) -> Floats:
    """Agents needed at work, shape (queues, intervals); `opened` as for `require`."""
    rows = _opened(centre, forecast, opened)
    agents = np.zeros_like(forecast.offered)
    for row, name in enumerate(forecast.queues):
        agents[row] = _agents(_queue(centre, name), forecast, row, rows[name])
    return agents


def explain(
    centre: Centre, forecast: Forecast, *, queue: str, start: datetime, opened: Bools | None = None
) -> Explanation:
    """How the requirement of the interval that holds `start` (aware) comes about.

    ValueError for a queue the forecast does not have and for a time outside its week.
    """
    row, at = _row(forecast, queue), _interval(forecast.week, start)
    target = _queue(centre, queue)
    rows = _opened(centre, forecast, opened)
    is_open = rows[queue]
    agents = float(_agents(target, forecast, row, is_open)[at])
    changes = {
        measure: change_text(
            forecast,
            centre.adjustments,
            queue=queue,
            interval=at,
            measure=measure,
            opened=np.array([rows[name] for name in forecast.queues]),
        )
        for measure in Measure
    }
    steps = [
        _offered_step(forecast, row, at, changes[Measure.CONTACTS]),
        _aht_step(forecast, row, at, changes[Measure.AHT]),
    ]
    if not is_open[at]:
        steps.append(Step(name="open", value=0.0, text="closed", source="a closed queue needs nobody"))
    elif target.channel is Channel.DEFERRED:
        steps += _deferred_steps(target, forecast, row, at, is_open)
    else:
        steps += _served_steps(target, forecast, row, at)
    if is_open[at]:
        steps.append(_step("min_agents", target.min_agents, "queues.csv, within opening hours"))
    steps.append(_step("agents", agents, "at work: what the load needs, at least min_agents" if is_open[at] else ""))
    rostered = agents / presence(centre, forecast.week)
    return Explanation(
        queue=queue,
        start=forecast.week.wall(at * forecast.week.interval_minutes),
        steps=(*steps, *_presence_steps(centre, forecast.week, agents, rostered)),
        agents=agents,
        rostered=rostered,
    )


def moved_by_replay(told: Explanation, corrected: Requirement) -> Explanation:
    """Erlang's number explained, with what a replay moved as the last step: it ends where the corrected requirement is."""
    at = corrected.queues.index(told.queue), _interval(corrected.week, told.start)
    rostered = float(corrected.rostered[at])
    moved = round(rostered - told.rostered, MOVED_DIGITS) + 0.0  # no -0
    step = Step(
        name="moved by replay",
        value=moved,
        text=f"{moved:+,.6g} agents",
        source=f"from {told.rostered:,.6g} to {rostered:,.6g} rostered, as a simulated week meets the targets so",
    )
    return replace(told, steps=(*told.steps, step), agents=float(corrected.agents[at]), rostered=rostered)


def presence(centre: Centre, week: Week) -> float:
    """Share of the people rostered who will be at work: those neither absent nor gone by then."""
    staying: float = (1 - centre.annual_attrition) ** (weeks_ahead(centre, week) / 52)
    return (1 - centre.absence_rate) * staying


def weeks_ahead(centre: Centre, week: Week) -> float:
    """Weeks from the end of the last interval of history to the planned Monday; 0 where history reaches it."""
    if centre.history.empty:
        return 0.0
    end = centre.history["start"].max() + pd.Timedelta(minutes=centre.interval_minutes)
    return max(0.0, float((pd.Timestamp(week.wall(0)) - end) / pd.Timedelta(weeks=1)))


def levelled(work: Floats, opened: Bools, *, span: int) -> Floats:
    """Work of each interval spread evenly over the open ones of the `span` intervals that begin with its own.

    Work that finds none of them open is done in the first open interval after. The week is a ring: what is due after
    its end stands for what the week before, taken to be alike, leaves to its beginning. The sum is kept, unless the
    queue never opens: then all is 0.
    """
    size = len(work)
    if not opened.any():
        return np.zeros(size)
    span = min(max(1, span), size)
    ring = np.tile(opened, 2)
    reach = sliding_window_view(ring, span)[:size].sum(axis=1)
    share = np.divide(work, reach, out=np.zeros(size), where=reach > 0)
    arrived = sliding_window_view(np.tile(share, 2), span)[size - span + 1 : 2 * size - span + 1].sum(axis=1)
    stranded = np.flatnonzero(reach == 0)
    open_at = np.flatnonzero(ring)
    later = open_at[np.searchsorted(open_at, stranded)] % size
    done: Floats = arrived * opened + np.bincount(later, weights=work[stranded], minlength=size)
    return done


def _agents(queue: Queue, forecast: Forecast, row: int, opened: Bools) -> Floats:
    if queue.channel is Channel.DEFERRED:
        agents = _deferred_load(queue, forecast, row, opened) / queue.max_occupancy
    else:
        agents = _servers(queue, forecast, row) / queue.concurrency
    return np.where(opened, np.maximum(agents, queue.min_agents), 0.0)


def _servers(queue: Queue, forecast: Forecast, row: int) -> NDArray[np.int64]:
    offered = forecast.offered[row]
    busy = offered >= TINY_CONTACTS
    return agents_needed(
        arrivals=np.where(busy, offered, 0.0) / _seconds(forecast.week),
        aht_seconds=np.where(busy, forecast.aht_seconds[row], 0.0),
        threshold_seconds=queue.threshold_seconds,
        patience_seconds=queue.patience_seconds,
        service_level=queue.service_level,
        max_occupancy=queue.max_occupancy,
    )


def _deferred_load(queue: Queue, forecast: Forecast, row: int, opened: Bools) -> Floats:
    """Erlangs worked in each interval once the work is levelled."""
    offered = forecast.offered[row]
    work = np.where(offered > 0, offered * forecast.aht_seconds[row], 0.0)
    return levelled(work, opened, span=_span(queue, forecast.week)) / _seconds(forecast.week)


def _span(queue: Queue, week: Week) -> int:
    # Counted from the start of the arrival's interval, so that the earliest contact in it is done in time too.
    return max(1, int(queue.threshold_seconds // _seconds(week)))


def _seconds(week: Week) -> int:
    return week.interval_minutes * 60


def _opened(centre: Centre, forecast: Forecast, opened: Bools | None) -> dict[str, Bools]:
    rows = open_intervals(centre, forecast.week) if opened is None else opened
    return dict(zip(centre.queues, rows, strict=True))


def _queue(centre: Centre, name: str) -> Queue:
    if name not in centre.queues:
        raise ValueError(f"forecast: queue {name!r} is not in queues.csv, which has {', '.join(centre.queues)}")
    return centre.queues[name]


def _row(forecast: Forecast, queue: str) -> int:
    if queue not in forecast.queues:
        raise ValueError(f"queue {queue!r} is not in the forecast, which has {', '.join(forecast.queues)}")
    return forecast.queues.index(queue)


def _interval(week: Week, start: datetime) -> int:
    if start.tzinfo is None:
        raise ValueError(f"start {start} needs a time zone")
    at = week.minute(start) // week.interval_minutes
    if not 0 <= at < week.intervals:
        last = week.text(week.minutes - week.interval_minutes)
        raise ValueError(f"start {start:%Y-%m-%dT%H:%M} lies outside the week from {week.text(0)} to {last}")
    return at


def _step(name: str, value: float, source: str, unit: str = "") -> Step:
    return Step(name=name, value=float(value), text=f"{value:,.6g}{unit}", source=source)


def _share(name: str, value: float, source: str) -> Step:
    return Step(name=name, value=float(value), text=f"{value:.3%}", source=source)


def _offered_step(forecast: Forecast, row: int, at: int, change: str | None) -> Step:
    source = f"forecast.csv: contacts in {forecast.week.interval_minutes} minutes"
    if forecast.quantile is not None:
        source += f" that are not exceeded with a chance of {forecast.quantile:.1%}"
    return _step("offered", forecast.offered[row, at], _changed(source, change))


def _aht_step(forecast: Forecast, row: int, at: int, change: str | None) -> Step:
    return _step(
        "aht_seconds", forecast.aht_seconds[row, at], _changed("forecast.csv: mean handling time", change), " s"
    )


def _changed(source: str, change: str | None) -> str:
    return source if change is None else f"{source}; {change}"


def _served_steps(queue: Queue, forecast: Forecast, row: int, at: int) -> list[Step]:
    offered, aht, seconds = forecast.offered[row, at], forecast.aht_seconds[row, at], _seconds(forecast.week)
    servers = int(_servers(queue, forecast, row)[at])
    if servers == 0:
        source = f"fewer than {TINY_CONTACTS:g} contacts, or none that take time, need nobody"
        return [_step("servers", 0.0, source)]
    steps = [
        _step("load", offered * aht / seconds, "offered × aht_seconds / seconds of the interval", " erlangs"),
        *_target_steps(queue),
        *_trial_steps(queue, servers - 1, offered / seconds, aht, "one fewer"),
        *_trial_steps(queue, servers, offered / seconds, aht, "the smallest number that meets both"),
    ]
    if queue.concurrency != 1:
        steps.append(_step("concurrency", queue.concurrency, "queues.csv: contacts an agent serves at once"))
        steps.append(_step("agents for the load", servers / queue.concurrency, "servers / concurrency"))
    return steps


def _target_steps(queue: Queue) -> list[Step]:
    target = _share(
        "target", queue.service_level, f"queues.csv: answered within {queue.threshold_seconds:g} s / offered"
    )
    cap = _share("max_occupancy", queue.max_occupancy, "queues.csv: the largest share of time busy")
    if queue.patience_seconds is None:
        formula = Step(
            name="formula", value=0.0, text="Erlang C", source="no patience_seconds in queues.csv: nobody leaves"
        )
    else:
        source = f"queues.csv: callers wait {queue.patience_seconds:g} s on average, then leave and count as missed"
        formula = Step(name="formula", value=queue.patience_seconds, text="Erlang A", source=source)
    return [target, cap, formula]


def _trial_steps(queue: Queue, servers: int, arrivals: float, aht: float, source: str) -> list[Step]:
    fare = performance(
        servers=servers,
        arrivals=arrivals,
        aht_seconds=aht,
        threshold_seconds=queue.threshold_seconds,
        patience_seconds=queue.patience_seconds,
    )
    level, occupancy = float(fare.service_level), float(fare.occupancy)
    met = f"{'meets' if level >= queue.service_level - ROUNDING else 'misses'} {queue.service_level:.3%}"
    kept = f"{'within' if occupancy <= queue.max_occupancy + ROUNDING else 'above'} {queue.max_occupancy:.3%}"
    return [
        _step("servers", servers, source),
        _share("  service level", level, met),
        _share("  occupancy", occupancy, kept),
    ]


def _deferred_steps(queue: Queue, forecast: Forecast, row: int, at: int, opened: Bools) -> list[Step]:
    week, span = forecast.week, _span(queue, forecast.week)
    load = float(_deferred_load(queue, forecast, row, opened)[at])
    earliest = week.text((at - span + 1) * week.interval_minutes)
    since = f"work arrived since {earliest}, each interval's spread evenly over its open intervals until due"
    return [
        _step("threshold_seconds", queue.threshold_seconds, "queues.csv: from arrival to done", " s"),
        _step("work done here", load * _seconds(week), since, " s"),
        _step("load", load, "work done here / seconds of the interval", " erlangs"),
        _share("max_occupancy", queue.max_occupancy, "queues.csv: the largest share of time busy"),
        _step("agents for the load", load / queue.max_occupancy, "load / max_occupancy"),
    ]


def _presence_steps(centre: Centre, week: Week, agents: float, rostered: float) -> list[Step]:
    return [
        _share("absence_rate", centre.absence_rate, "centre.toml: lost unplanned"),
        _share("annual_attrition", centre.annual_attrition, "centre.toml"),
        _step("weeks ahead", weeks_ahead(centre, week), "from the end of history to the Monday planned"),
        _share("presence", presence(centre, week), "(1 − absence_rate) × (1 − annual_attrition)^(weeks ahead / 52)"),
        _step("agents_rostered", rostered, "agents / presence"),
    ]
