"""One agent's shifts as an iCalendar file (RFC 5545) that imports into any calendar."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, Timezone, TimezoneDaylight, TimezoneStandard

from wfm.centre import Centre
from wfm.clock import Week
from wfm.exchange.agent import own_shifts
from wfm.exchange.codes import hours_text
from wfm.exchange.plaintext import clean
from wfm.roster import Shift

BEFORE, AFTER = timedelta(days=400), timedelta(days=60)  # of the week: where the time zone's rules are told


def agent_calendar(centre: Centre, week: Week, agent: str, shifts: Iterable[Shift], *, sequence: int = 0) -> bytes:
    """An event for each shift of the agent; one exported anew replaces the earlier of its date.

    `sequence` is the version of the roster: calendars keep the higher of two.
    """
    calendar = Calendar()
    calendar.add("PRODID", "-//wfm//roster//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", clean(f"{centre.name}: {agent}"))
    calendar.add("X-WR-TIMEZONE", centre.timezone)
    calendar.add_component(time_zone(week))
    for shift in own_shifts(agent, shifts):
        calendar.add_component(_event(shift, centre=centre, week=week, sequence=sequence))
    return bytes(calendar.to_ical())


def time_zone(week: Week) -> Timezone:
    """VTIMEZONE of the week's zone: the offset a year before and every change from then until after the week."""
    zone = ZoneInfo(week.timezone)
    first = week.wall(0).astimezone(UTC) - BEFORE
    component = Timezone()
    component.add("TZID", week.timezone)
    component.add_component(_observance(first, first, zone))
    for change in _changes(zone, first, first + BEFORE + AFTER):
        component.add_component(_observance(change, change - timedelta(minutes=1), zone))
    return component


def _event(shift: Shift, *, centre: Centre, week: Week, sequence: int) -> Event:
    day = week.date_of(shift.day)
    start, end = week.wall(shift.start), week.wall(shift.end)
    event = Event()
    event.add("UID", _uid(centre.name, shift.agent, day))
    event.add("DTSTAMP", week.wall(0).astimezone(UTC))
    event.add("SEQUENCE", sequence)
    event.add("DTSTART", _moment(start))
    event.add("DTEND", _moment(end))
    event.add("SUMMARY", f"Shift {start:%H:%M}-{end:%H:%M}")
    event.add("DESCRIPTION", "\n".join(_description(shift, week)))
    event.add("TRANSP", "OPAQUE")
    return event


def _description(shift: Shift, week: Week) -> Iterator[str]:
    for segment in shift.segments:
        yield f"{week.wall(segment.start):%H:%M}-{week.wall(segment.end):%H:%M} {clean(segment.activity)}"
    yield f"{hours_text(shift.paid_minutes)} paid hours"


def _uid(centre: str, agent: str, day: date) -> str:
    named = f"{centre}\0{agent}\0{day.isoformat()}".encode(errors="backslashreplace")
    return f"{hashlib.sha256(named).hexdigest()[:32]}@wfm.local"


def _moment(wall: datetime) -> datetime:
    """Wall time with its zone; in UTC the second time the clock shows it, for TZID means the first (RFC 5545, 3.3.5)."""
    return wall.astimezone(UTC) if wall.fold else wall


def _changes(zone: tzinfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """Instants at which the zone's offset changes, to the minute."""
    before = first
    while before < last:
        after = before + timedelta(days=1)
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            low, high = 0, 1440
            while high - low > 1:
                middle = (low + high) // 2
                at = before + timedelta(minutes=middle)
                same = at.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield before + timedelta(minutes=high)
        before = after


def _observance(onset: datetime, before: datetime, zone: tzinfo) -> Component:
    """The offset from an instant on; DTSTART is what the clock would have shown had it not changed."""
    new, old = onset.astimezone(zone), before.astimezone(zone)
    component = TimezoneDaylight() if new.dst() else TimezoneStandard()
    component.add("DTSTART", (onset.astimezone(UTC) + (old.utcoffset() or timedelta())).replace(tzinfo=None))
    component.add("TZOFFSETFROM", old.utcoffset() or timedelta())
    component.add("TZOFFSETTO", new.utcoffset() or timedelta())
    component.add("TZNAME", new.tzname() or str(new.utcoffset()))
    return component
