"""The one module that converts wall time of the centre to minutes and intervals of the week, and back.

Inside, time is whole minutes elapsed since Monday 00:00 of the planned week: negative before it,
beyond `Week.minutes` after it. A week in which the clock changes has 167 or 169 hours.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The planned week: Monday 00:00 to Monday 00:00 in the centre's time zone."""

    monday: date
    timezone: str
    interval_minutes: int
    grid_minutes: int

    def __post_init__(self) -> None:
        if self.monday.weekday() != 0:
            raise ValueError(f"a week is named by its Monday; {self.monday} is a {self.monday:%A}")

    @property
    def minutes(self) -> int:
        """Elapsed minutes of the week: 10,080 unless the clock changes in it."""
        return self.midnight(7)

    @property
    def intervals(self) -> int:
        """Number of demand intervals in the week."""
        return self.minutes // self.interval_minutes

    def date_of(self, day: int) -> date:
        """The date `day` days after Monday (negative before it)."""
        return self.monday + timedelta(days=day)

    def day(self, value: date) -> int:
        """Days from Monday to a date."""
        return (value - self.monday).days

    def midnight(self, day: int) -> int:
        """Minute at which the date `day` days after Monday begins (its first instant, should 00:00 not exist)."""
        return _minute(self.timezone, self.monday, self.date_of(day), 0, 0)

    def day_of(self, minute: int) -> int:
        """The day (0 = Monday) whose date the clock shows at this minute."""
        return self.day(self.wall(minute).date())

    def at(self, day: int, clock: int) -> tuple[int, ...]:
        """Minutes at which the clock shows `clock` minutes past midnight of a day (over 1,440: on the days after).

        Empty where the clock skips this wall time, two where it shows it twice.
        """
        return _at(self.timezone, self.monday, self.date_of(day + clock // 1440), clock % 1440)

    def minute(self, wall: datetime) -> int:
        """Minute of an aware datetime."""
        return (wall.astimezone(UTC) - _origin(self.timezone, self.monday)) // MINUTE

    def holds(self, wall: datetime) -> bool:
        """Whether an aware datetime lies in the week."""
        return 0 <= self.minute(wall) < self.minutes

    def wall(self, minute: int) -> datetime:
        """The centre's wall time at a minute, aware."""
        return (_origin(self.timezone, self.monday) + minute * MINUTE).astimezone(ZoneInfo(self.timezone))

    def text(self, minute: int) -> str:
        """ISO 8601 wall time to the minute, as files carry it."""
        return iso(self.wall(minute))


def iso(wall: datetime) -> str:
    """ISO 8601 local wall time of an aware datetime; with an offset where the wall time is ambiguous."""
    text = wall.strftime("%Y-%m-%dT%H:%M")
    if wall.replace(fold=0).utcoffset() == wall.replace(fold=1).utcoffset():
        return text
    offset = wall.strftime("%z")
    return f"{text}{offset[:3]}:{offset[3:]}"


def parse_wall(text: str, timezone: str) -> datetime:
    """Read ISO 8601 local wall time: the first of two without an offset; ValueError where it does not exist."""
    try:
        value = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("an ISO 8601 time such as 2026-11-30T22:00") from None
    zone = ZoneInfo(timezone)
    if value.tzinfo is not None:
        return value.astimezone(zone)
    local = value.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != value:
        raise ValueError(f"a wall time that exists in {timezone} (the clock skips this one)")
    return local


def clock_text(minutes: int) -> str:
    """Minutes past midnight as HH:MM; 26:00 is 02:00 of the next day."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@lru_cache(maxsize=4096)
def _origin(timezone: str, monday: date) -> datetime:
    return datetime(monday.year, monday.month, monday.day, tzinfo=ZoneInfo(timezone)).astimezone(UTC)


@lru_cache(maxsize=65536)
def _minute(timezone: str, monday: date, day: date, clock: int, fold: int) -> int:
    local = datetime(day.year, day.month, day.day, clock // 60, clock % 60, tzinfo=ZoneInfo(timezone), fold=fold)
    return (local.astimezone(UTC) - _origin(timezone, monday)) // MINUTE


@lru_cache(maxsize=65536)
def _at(timezone: str, monday: date, day: date, clock: int) -> tuple[int, ...]:
    first, second = (_minute(timezone, monday, day, clock, fold) for fold in (0, 1))
    shown = (_origin(timezone, monday) + first * MINUTE).astimezone(ZoneInfo(timezone))
    if (shown.hour * 60 + shown.minute, shown.date()) != (clock, day):
        return ()
    return (first,) if first == second else (first, second)
