"""What a planner changes of the model's forecast: layers laid on top in order, the model's own numbers kept beside."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wfm.centre import Adjustment, Change, Measure
from wfm.clock import Week
from wfm.demand import Floats, Forecast, Limits, by_date

Bools = NDArray[np.bool_]

ROUNDED = 1e-3  # what forecast.csv rounds away is no change


def adjusted(forecast: Forecast, adjustments: Iterable[Adjustment], *, opened: Bools) -> Forecast:
    """The model's forecast with the active adjustments on top, in their order; limits go along in proportion.

    `opened` has shape (queues of the forecast, intervals). What lies outside the week changes nothing, and a total
    replaces what earlier rows made of its period. The forecast itself where no row concerns the week.
    """
    active = [one for one in adjustments if one.active and _span(one, forecast.week).any()]
    if not active:
        return forecast
    offered, aht, caveats = forecast.offered.copy(), forecast.aht_seconds.copy(), list(forecast.caveats)
    for one in active:
        span = _span(one, forecast.week)
        for row in _rows(one, forecast.queues):
            here = span & opened[row]
            if one.kind is Change.FACTOR:
                (offered if one.measure is Measure.CONTACTS else aht)[row, span] *= one.value
            elif one.measure is Measure.AHT:
                aht[row, span] = one.value
            elif here.any():
                offered[row, span] = 0.0
                offered[row, here] = one.value * _shares(forecast.offered[row, here])
            elif one.value:
                caveats.append(_nowhere(one, forecast.queues[row]))
    return replace(
        forecast,
        offered=offered,
        limits=_scaled(forecast.limits, forecast.offered, offered),
        day_limits=_scaled(
            forecast.day_limits, by_date(forecast.offered, forecast.week), by_date(offered, forecast.week)
        ),
        aht_seconds=aht,
        aht_limits=_scaled(forecast.aht_limits, forecast.aht_seconds, aht),
        caveats=tuple(caveats),
        offered_model=forecast.offered,
        aht_model=forecast.aht_seconds,
    )


def change_text(
    forecast: Forecast,
    adjustments: Sequence[Adjustment],
    *,
    queue: str,
    interval: int,
    measure: Measure,
    opened: Bools,
) -> str | None:
    """What changed a number of the model, by which layer and why; None where the number is the model's.

    Layers are named only where they make the forecast what it is: forecast.csv may be older than adjustments.csv, or
    edited.
    """
    model = forecast.offered_model if measure is Measure.CONTACTS else forecast.aht_model
    row = forecast.queues.index(queue)
    number = (forecast.offered if measure is Measure.CONTACTS else forecast.aht_seconds)[row, interval]
    if model is None or _same(model[row, interval], number):
        return None
    said = f"the model says {model[row, interval]:,.6g}"
    changing = [
        one
        for one in adjustments
        if one.active and one.measure is measure and one.queue in (None, queue) and _span(one, forecast.week)[interval]
    ]
    if not changing or not _same(_again(forecast, adjustments, opened, measure)[row, interval], number):
        return f"{said}; adjustments.csv now says something else than this"
    return f"{said}; changed by {', then '.join(_words(one) for one in changing)}"


def _words(one: Adjustment) -> str:
    figures = {
        (Measure.CONTACTS, Change.ABSOLUTE): f"{one.value:,.6g} contacts in total",
        (Measure.AHT, Change.ABSOLUTE): f"{one.value:,.6g} s",
    }
    return f"{one.layer} ({figures.get((one.measure, one.kind), f'× {one.value:,.6g}')}: {one.reason})"


def _again(forecast: Forecast, adjustments: Sequence[Adjustment], opened: Bools, measure: Measure) -> Floats:
    """What today's adjustments make of the model's numbers."""
    alone = replace(
        forecast,
        offered=forecast.offered if forecast.offered_model is None else forecast.offered_model,
        aht_seconds=forecast.aht_seconds if forecast.aht_model is None else forecast.aht_model,
    )
    made = adjusted(alone, adjustments, opened=opened)
    return made.offered if measure is Measure.CONTACTS else made.aht_seconds


def _same(one: float, other: float) -> bool:
    return bool(np.isclose(one, other, rtol=ROUNDED, atol=ROUNDED))


def _span(one: Adjustment, week: Week) -> Bools:
    """Intervals of the week that begin in the adjustment's period."""
    starts = np.arange(week.intervals) * week.interval_minutes
    return np.asarray((starts >= week.minute(one.start)) & (starts < week.minute(one.end)))


def _rows(one: Adjustment, queues: tuple[str, ...]) -> list[int]:
    return [row for row, queue in enumerate(queues) if one.queue in (None, queue)]


def _shares(model: Floats) -> Floats:
    total = model.sum()
    return model / total if total > 0 else np.full(len(model), 1 / len(model))


def _scaled(limits: Limits, model: Floats, now: Floats) -> dict[str, Floats]:
    """Limits as far from the changed numbers as they were from the model's, in proportion.

    Where the model has nothing the queue's limits as a whole give the proportion; without any, the number itself.
    """
    ratio = np.divide(now, model, out=np.ones_like(now), where=model > 0)
    new = (model <= 0) & (now > 0)
    total = model.sum(axis=1, keepdims=True)
    found = {}
    for name, limit in limits.items():
        usual = np.divide(limit.sum(axis=1, keepdims=True), total, out=np.ones_like(total), where=total > 0)
        found[name] = np.where(new, now * usual, limit * ratio)
    return found


def _nowhere(one: Adjustment, queue: str) -> str:
    until = f"{one.end:%Y-%m-%dT%H:%M}"
    return f"{queue}: closed from {one.start:%Y-%m-%dT%H:%M} to {until}; the contacts of {one.layer} are left out"
