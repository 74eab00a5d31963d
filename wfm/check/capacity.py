"""Rules about what all agents share: seats and classroom places; and names that the centre does not know."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.centre import Centre
from wfm.check.violation import Rule, Violation
from wfm.clock import Week
from wfm.roster import HOLDS_SEAT, Activity, Shift

Minutes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Everybody's shifts: those of the roster judged, and the `tail` of last week's that reach into the week."""

    centre: Centre
    week: Week
    shifts: tuple[Shift, ...]
    tail: tuple[Shift, ...]


def seats(floor: Floor) -> Iterator[Violation]:
    """At no moment more people in work or rest than seats."""
    return _crowded(floor, Rule.SEATS, "seats", floor.centre.seats, HOLDS_SEAT)


def classroom(floor: Floor) -> Iterator[Violation]:
    """At no moment more people in training than classroom places."""
    room = frozenset({Activity.TRAINING})
    return _crowded(floor, Rule.CLASSROOM, "classroom places", floor.centre.classroom_places, room)


def unknown(floor: Floor) -> Iterator[Violation]:
    """Agents are those of agents.csv, activities those that a roster may name."""
    known = {str(activity) for activity in Activity}
    for shift in floor.shifts:
        date = floor.week.date_of(shift.day)
        if shift.agent not in floor.centre.agents:
            message = f"{shift.agent!r} is not an agent of the centre"
            yield Violation(rule=Rule.UNKNOWN, agent=shift.agent, date=date, message=message)
        for activity in sorted({segment.activity for segment in shift.segments} - known):
            message = f"activity {activity!r}; {', '.join(Activity)} are allowed"
            yield Violation(rule=Rule.UNKNOWN, agent=shift.agent, date=date, message=message)


def peak(floor: Floor) -> int:
    """Most people holding a seat at once from Monday 00:00 on."""
    return int(_occupancy(floor, HOLDS_SEAT)[1].max(initial=0))


def _crowded(
    floor: Floor, rule: Rule, what: str, places: int | None, activities: Collection[str]
) -> Iterator[Violation]:
    """One violation for each stretch of time with too many people."""
    if places is None:
        return
    times, counts = _occupancy(floor, activities)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (counts > places).astype(np.int8), [0]))))
    for first, end in edges.reshape(-1, 2):
        start = int(times[first])
        span = f"{floor.week.text(start)} to {floor.week.text(int(times[end]))}"
        message = f"{span}: up to {int(counts[first:end].max())} people at once; {places} {what}"
        date = floor.week.date_of(floor.week.day_of(start))
        yield Violation(rule=rule, agent="", date=date, message=message)


def _occupancy(floor: Floor, activities: Collection[str]) -> tuple[Minutes, Minutes]:
    """People in any of the activities from Monday 00:00 on: minutes of change, and the count from each of them on."""
    rows = [
        (max(segment.start, 0), segment.end)
        for shift in (*floor.shifts, *floor.tail)
        for segment in shift.segments
        if segment.activity in activities and segment.end > max(segment.start, 0)
    ]
    spans = np.array(rows, dtype=np.int64).reshape(-1, 2)
    times = np.unique(spans)
    came, went = (np.bincount(np.searchsorted(times, side), minlength=len(times)) for side in spans.T)
    return times, np.cumsum(came - went)
