"""A roster: the shifts of named agents, each a row of segments in minutes of the week."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import pandas as pd

from wfm.clock import Week

COLUMNS = ("agent", "date", "start", "end", "activity", "paid")


class Activity(StrEnum):
    """What an agent does in a segment."""

    WORK = "work"
    REST = "rest"
    MEAL = "meal"
    TRAINING = "training"
    MEETING = "meeting"


HOLDS_SEAT = frozenset({Activity.WORK, Activity.REST})


class Segment(NamedTuple):
    """A piece of a shift, in minutes of the week. `activity` is a plain string: a roster from elsewhere may err."""

    start: int
    end: int
    activity: str
    paid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """All segments of an agent with one date, sorted by start; `day` is days from the week's Monday to the date."""

    agent: str
    day: int
    segments: tuple[Segment, ...]

    @property
    def start(self) -> int:
        """Minute of the week at which the shift starts."""
        return self.segments[0].start

    @property
    def end(self) -> int:
        """Minute of the week at which the last segment ends."""
        return max(segment.end for segment in self.segments)

    @property
    def paid_minutes(self) -> int:
        """Paid minutes of all segments."""
        return sum(segment.end - segment.start for segment in self.segments if segment.paid)

    def minutes_of(self, activity: str) -> int:
        """Minutes spent in one activity."""
        return sum(s.end - s.start for s in self.segments if s.activity == activity)


def shifts_of(table: pd.DataFrame, week: Week) -> list[Shift]:
    """Shifts of a roster table (columns `COLUMNS`; date as datetime.date, start and end aware), by agent and time."""
    if table.empty:
        return []
    origin = pd.Timestamp(week.wall(0)).tz_convert("UTC")
    minutes = {
        side: ((table[side].dt.tz_convert("UTC") - origin) // pd.Timedelta(minutes=1)).to_numpy()
        for side in ("start", "end")
    }
    # A centre's last weeks are hundreds of thousands of rows: whole columns become Python's values at once.
    day = {value: week.day(value) for value in table["date"].unique()}
    segments = map(
        Segment,
        minutes["start"].tolist(),
        minutes["end"].tolist(),
        map(str, table["activity"].tolist()),
        table["paid"].astype(bool).tolist(),
    )
    grouped: defaultdict[tuple[str, int], list[Segment]] = defaultdict(list)
    owners = zip(map(str, table["agent"].tolist()), map(day.__getitem__, table["date"]), strict=True)
    for owner, segment in zip(owners, segments, strict=True):
        grouped[owner].append(segment)
    shifts = [
        Shift(agent=agent, day=day, segments=tuple(sorted(segments))) for (agent, day), segments in grouped.items()
    ]
    return sorted(shifts, key=lambda shift: (shift.agent, shift.start, shift.day))


def table_of(shifts: Iterable[Shift], week: Week) -> pd.DataFrame:
    """The roster as a table with columns `COLUMNS`, in order of agent and time; the inverse of `shifts_of`."""
    rows = [
        (shift.agent, week.date_of(shift.day), segment.start, segment.end, segment.activity, segment.paid)
        for shift in sorted(shifts, key=lambda shift: (shift.agent, shift.start, shift.day))
        for segment in shift.segments
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    origin = pd.Timestamp(week.wall(0)).tz_convert("UTC")
    for side in ("start", "end"):
        elapsed = pd.to_timedelta(table[side].astype("int64"), unit="min")
        table[side] = (origin + elapsed).dt.tz_convert(week.timezone)
    table["paid"] = table["paid"].astype(bool)
    return table
