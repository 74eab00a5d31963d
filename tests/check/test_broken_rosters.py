"""Each rule is found broken where it is broken, and no other is blamed for it."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.check.roster import (
    EARLY,
    LATE,
    LONG,
    NIGHT,
    SCHOOL,
    SHORT,
    Words,
    ann,
    full_time,
    judged,
    night_team,
    rules,
    worked,
)
from tests.tiny import DAY
from tests.tiny import NIGHT as NIGHT_KIND
from wfm.centre import Absence, Availability, Lock
from wfm.check import Rule

ZONE = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 30, hour, minute, tzinfo=ZONE) + timedelta(days=day)


def away(start: datetime, end: datetime) -> dict[str, Any]:
    return {"absences": (Absence(agent="ann", start=start, end=end, kind="leave"),)}


def can_work(*hours: tuple[int, int]) -> dict[str, Any]:
    """Ann can work these hours of every day."""
    windows = [Availability(agent="ann", weekday=d, start=s * 60, end=e * 60) for d in range(7) for s, e in hours]
    return {"availability": tuple(windows)}


def locked(activity: str, start: datetime | None = None, end: datetime | None = None) -> dict[str, Any]:
    """Ann's Tuesday is locked."""
    return {"locks": (Lock(agent="ann", date=date(2026, 12, 1), start=start, end=end, activity=activity),)}


def days_of(agent: str, days: range | tuple[int, ...], text: str | None) -> dict[tuple[str, int], str | None]:
    return {(agent, day): text for day in days}


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A story, the rules it breaks, the shifts that change and the centre's fields that do."""

    story: str
    breaks: str
    shifts: Words = field(default_factory=dict)
    centre: dict[str, Any] = field(default_factory=dict)


MEETING = "06:00 work 07:30 rest 07:45 work 08:30 meeting 09:00 work 10:00 meal! 11:00 work 13:00 rest 13:15 work 15:00"
BROKEN = [
    Broken(
        story="a second attendance in the evening",
        breaks="one_shift shift min_rest",
        centre=full_time(weekly_minutes=None, daily_minutes_max=None),
        shifts={("ann", 0): EARLY + " gap 20:00 work 22:00"},
    ),
    Broken(
        story="a split shift with three hours between",
        breaks="one_shift shift breaks",
        shifts={("cem", 3): "06:00 work 09:00 gap 12:15 work 15:00"},
        centre=full_time(weekly_minutes=None),
    ),
    Broken(
        story="a start a quarter of an hour off the step",
        breaks="shift",
        shifts={
            (
                "ann",
                0,
            ): "06:15 work 07:45 rest 08:00 work 10:15 meal! 11:15 work 13:15 rest 13:30 work 15:15"
        },
    ),
    Broken(
        story="a start before the earliest",
        breaks="shift",
        shifts={("ann", 0): "05:00 work 06:30 rest 06:45 work 09:00 meal! 10:00 work 12:00 rest 12:15 work 14:00"},
    ),
    Broken(
        story="a length that no choice of paid hours gives",
        breaks="shift",
        shifts={("ann", 0): EARLY.replace("15:00", "14:30")},
    ),
    Broken(
        story="a kind that is not the contract's",
        breaks="shift",
        centre=night_team(start_spread_minutes=None, min_rest_minutes=None),
        shifts={("dee", 4): LATE},
    ),
    Broken(
        story="work marked as unpaid",
        breaks="shift weekly_hours",
        shifts={("cem", 0): EARLY.replace("13:15 work", "13:15 work!")},
    ),
    Broken(
        story="a start that the grid does not know",
        breaks="shift",
        centre={"grid_minutes": 30, "kinds": [replace(DAY, step_minutes=15), NIGHT_KIND]},
        shifts={
            ("ann", 0): "06:15 work 07:45 rest 08:00 work 10:15 meal! 11:15 work 13:15 rest 13:30 work 15:15",
            ("ann", 2): EARLY,
        },
    ),
    Broken(
        story="no meal",
        breaks="breaks daily_hours weekly_hours",
        shifts={("ann", 0): "06:00 work 07:30 rest 07:45 work 13:00 rest 13:15 work 15:00"},
    ),
    Broken(
        story="a meal before its window opens",
        breaks="breaks",
        shifts={("ann", 0): "06:00 work 07:00 rest 07:15 work 08:30 meal! 09:30 work 13:00 rest 13:15 work 15:00"},
    ),
    Broken(
        story="a meal after its window closes",
        breaks="breaks",
        shifts={("ann", 0): "06:00 work 07:30 rest 07:45 work 11:15 meal! 12:15 work 13:00 rest 13:15 work 15:00"},
    ),
    Broken(
        story="a meal that is too short",
        breaks="breaks",
        centre=full_time(weekly_minutes=None, daily_minutes_max=None),
        shifts={("ann", 0): EARLY.replace("11:00", "10:45")},
    ),
    Broken(
        story="a meal taken twice",
        breaks="breaks weekly_hours",
        shifts={
            (
                "cem",
                0,
            ): "06:00 work 07:30 rest 07:45 work 09:00 meal! 10:00 work 11:00 meal! 12:00 work 13:00 rest 13:15 work 15:00"
        },
    ),
    Broken(
        story="a meal that is paid",
        breaks="breaks shift daily_hours weekly_hours",
        shifts={("ann", 0): EARLY.replace("meal!", "meal")},
    ),
    Broken(
        story="a rest that is due and missing",
        breaks="breaks",
        shifts={("ann", 0): EARLY.replace("13:00 rest 13:15 work ", "")},
    ),
    Broken(
        story="a third rest",
        breaks="breaks",
        shifts={("ann", 0): EARLY.replace("13:15 work", "13:15 work 14:00 rest 14:15 work")},
    ),
    Broken(
        story="a rest outside its window",
        breaks="breaks",
        shifts={("ann", 0): EARLY.replace("07:30 rest 07:45", "08:45 rest 09:00")},
    ),
    Broken(
        story="two rests in the window of one",
        breaks="breaks",
        shifts={
            ("ann", 0): "06:00 work 07:00 rest 07:15 work 08:15 rest 08:30 work 10:00 meal! 11:00 work 15:00",
        },
    ),
    Broken(
        story="too little work between meal and rest",
        breaks="breaks",
        shifts={("ann", 0): EARLY.replace("13:00 rest 13:15", "11:30 rest 11:45")},
    ),
    Broken(
        story="too little work before the end",
        breaks="breaks",
        shifts={("bob", 0): "13:00 work 14:30 rest 14:45 work 17:00 meal! 18:00 work 20:30 rest 20:45 work 21:00"},
        centre=full_time(weekly_minutes=None, start_spread_minutes=None, min_rest_minutes=None),
    ),
    Broken(
        story="a rest off the grid",
        breaks="breaks",
        shifts={("ann", 0): EARLY.replace("07:30 rest 07:45", "07:35 rest 07:50")},
    ),
    Broken(
        story="a rest dropped though the session leaves it a place",
        breaks="breaks",
        shifts={("ann", 2): SCHOOL.replace("13:30 rest 13:45 work ", "")},
    ),
    Broken(
        story="two sessions in a shift",
        breaks="training",
        shifts={
            ("ann", 2): SCHOOL.replace("07:45 work", "07:45 work 08:30 training 09:30 work")
            .replace("09:30 work 10:00", "09:30 work 10:30")
            .replace(
                "10:30 meal! 11:00 work 11:45 training 12:45 work 13:30 rest 13:45",
                "10:15 meal! 11:15 work 12:00 training 13:00 work 13:45 rest 14:00",
            )
        },
    ),
    Broken(
        story="a session of a length not offered",
        breaks="training",
        shifts={("ann", 2): SCHOOL.replace("12:45", "12:15")},
    ),
    Broken(
        story="a session in a kind that has none",
        breaks="training",
        centre=night_team(min_rest_minutes=0),
        shifts={("dee", 2): "22:00 work 23:00 training 24:00 work 26:00 meal! 27:00 work 31:00"},
    ),
    Broken(
        story="a session off the grid",
        breaks="training",
        shifts={
            ("ann", 2): SCHOOL.replace("11:45", "11:50")
            .replace("12:45", "12:50")
            .replace("13:30 rest 13:45", "13:45 rest 14:00")
        },
    ),
    Broken(
        story="an early shift after a late one",
        breaks="min_rest start_spread",
        shifts={("ann", 1): LATE},
    ),
    Broken(
        story="an early Monday after last week's night",
        breaks="min_rest",
        centre=worked({("ann", -1): LATE}) | full_time(max_consecutive_days=None, weekends_off=None),
    ),
    Broken(
        story="a shift before the night has ended",
        breaks="min_rest segments shift",
        shifts={("dee", 3): "01:00 work 05:00 meal! 06:00 work 10:00", ("dee", 2): NIGHT.replace("31:00", "32:30")},
        centre={"seats": None} | night_team(min_rest_minutes=None, daily_minutes_max=None),
    ),
    Broken(
        story="a shift from last week that has not ended",
        breaks="min_rest segments",
        shifts={("dee", 0): "01:00 work 05:00 meal! 06:00 work 10:00"},
        centre=worked({("dee", -1): NIGHT}) | {"seats": None} | night_team(min_rest_minutes=None),
    ),
    Broken(
        story="fewer hours than the contract",
        breaks="weekly_hours",
        shifts={("cem", 3): SHORT},
    ),
    Broken(
        story="more hours than the contract",
        breaks="weekly_hours",
        shifts={("ann", 0): LONG},
        centre=full_time(daily_minutes_max=None),
    ),
    Broken(
        story="a full week's hours after a day of leave",
        breaks="weekly_hours",
        centre=away(at(5, 0), at(7, 0)) | full_time(days=None),
    ),
    Broken(
        story="nine hours where eight are allowed",
        breaks="daily_hours",
        shifts={("cem", 0): LONG},
    ),
    Broken(
        story="a night longer than the daily hours",
        breaks="daily_hours",
        centre=night_team(daily_minutes_max=420),
    ),
    Broken(
        story="a day too many",
        breaks="days",
        centre=full_time(days=(3, 4)),
    ),
    Broken(
        story="a day too few",
        breaks="days",
        shifts={("dee", 3): None, ("dee", 4): None},
        centre=night_team(weekly_minutes=None),
    ),
    Broken(
        story="five days in a week of four dates",
        breaks="days absence",
        centre=away(at(4, 0), at(7, 0)) | full_time(weekly_minutes=None),
    ),
    Broken(
        story="six days in a row",
        breaks="consecutive_days",
        centre=full_time(max_consecutive_days=4),
        shifts=days_of("bob", (2,), None),
    ),
    Broken(
        story="a run that began last week",
        breaks="consecutive_days",
        centre=worked({("ann", -1): EARLY}) | full_time(weekends_off=None),
    ),
    Broken(
        story="only single days off",
        breaks="days_off_together",
        shifts={("ann", 4): None, ("ann", 5): EARLY},
    ),
    Broken(
        story="three days off together wanted",
        breaks="days_off_together",
        centre=night_team(min_days_off_together=3),
        shifts={("dee", 4): None, ("dee", 5): NIGHT},
    ),
    Broken(
        story="starts from early to late",
        breaks="start_spread",
        shifts={("ann", 4): LATE},
    ),
    Broken(
        story="nights that begin on both sides of midnight",
        breaks="start_spread",
        shifts={("dee", 5): "01:00 work 05:00 meal! 06:00 work 10:00", ("dee", 4): None},
        centre=night_team(start_spread_minutes=150),
    ),
    Broken(
        story="more nights than allowed",
        breaks="nights",
        centre=night_team(max_nights=2),
    ),
    Broken(
        story="an early shift that begins before five counts as a night",
        breaks="nights",
        centre={"kinds": [replace(DAY, earliest_start=240), NIGHT_KIND]},
        shifts={("cem", 0): "04:30 work 06:00 rest 06:15 work 08:30 meal! 09:30 work 11:30 rest 11:45 work 13:30"},
    ),
    Broken(
        story="no free weekend of two",
        breaks="weekends_off",
        centre=worked({("ann", -7): EARLY, ("ann", -2): EARLY}),
        shifts={("ann", 0): None, ("ann", 5): EARLY, ("ann", 1): None, ("ann", 3): EARLY, ("cem", 3): EARLY}
        | {("ann", 6): EARLY},
    ),
    Broken(
        story="every single weekend wanted free",
        breaks="weekends_off",
        centre=night_team(weekends_off=(1, 1)),
        shifts={("dee", 4): None, ("dee", 5): NIGHT},
    ),
    Broken(
        story="more overtime than the week allows",
        breaks="overtime",
        centre=full_time(overtime_minutes_max=30, daily_minutes_max=None),
        shifts={("ann", 0): LONG},
    ),
    Broken(
        story="more overtime than the month allows",
        breaks="overtime",
        centre=full_time(overtime_minutes_max=60, overtime_month_minutes_max=30, daily_minutes_max=None),
        shifts={("ann", 0): LONG},
    ),
    Broken(
        story="a shift before being hired",
        breaks="employment",
        centre=ann(hired_on=date(2026, 12, 1)) | full_time(weekly_minutes=None),
    ),
    Broken(
        story="a shift on the day of leaving",
        breaks="employment",
        centre=ann(leaves_on=date(2026, 12, 4)) | full_time(weekly_minutes=None, days=None),
    ),
    Broken(
        story="work on a day of leave",
        breaks="absence",
        centre=away(at(2, 0), at(3, 0)) | full_time(weekly_minutes=None, days=None),
    ),
    Broken(
        story="an absence of an hour in the shift",
        breaks="absence",
        centre=away(at(2, 14, 59), at(2, 16)),
    ),
    Broken(
        story="work outside the hours available",
        breaks="availability",
        centre=can_work((7, 20)),
    ),
    Broken(
        story="work across a hole in the hours available",
        breaks="availability",
        centre=can_work((6, 12), (13, 20)),
    ),
    Broken(story="work without a skill", breaks="skills", centre=ann(skills={})),
    Broken(
        story="one shift of somebody without a skill",
        breaks="skills",
        centre=ann(skills={}) | full_time(weekly_minutes=None, days=None),
        shifts=days_of("ann", range(4), None),
    ),
    Broken(story="more people than seats", breaks="seats", centre={"seats": 2}),
    Broken(
        story="a seat still held by last night's shift",
        breaks="seats",
        centre=worked({("dee", -1): NIGHT}),
        shifts={("bob", 0): EARLY, ("dee", 2): NIGHT},
    ),
    Broken(
        story="two in a classroom for one",
        breaks="classroom",
        shifts={("cem", 2): SCHOOL},
    ),
    Broken(story="a session without a classroom", breaks="classroom", centre={"classroom_places": 0}),
    Broken(
        story="a lock on work that the shift does not cover",
        breaks="locks",
        centre=locked("work", at(1, 14), at(1, 16)),
    ),
    Broken(story="a shift on a day locked free", breaks="locks", centre=locked("off")),
    Broken(
        story="a locked session at another time",
        breaks="locks",
        centre=locked("training", at(1, 11, 45), at(1, 12, 45)),
        shifts={
            ("ann", 2): EARLY,
            ("ann", 1): SCHOOL.replace("11:45", "12:00")
            .replace("12:45", "13:00")
            .replace("13:30 rest 13:45", "13:45 rest 14:00"),
        },
    ),
    Broken(story="a locked meeting left out", breaks="locks", centre=locked("meeting", at(1, 8), at(1, 9))),
    Broken(story="a meeting nobody has locked", breaks="locks", shifts={("ann", 1): MEETING}),
    Broken(
        story="a lock on a day without a shift",
        breaks="locks",
        centre=locked("work", at(1, 8), at(1, 9)) | full_time(days=None, weekly_minutes=None),
        shifts={("ann", 1): None},
    ),
    Broken(
        story="a gap between two segments",
        breaks="segments",
        shifts={("cem", 0): EARLY.replace("13:15 work 15:00", "13:15 work 14:00 gap 14:15 work 15:00")},
        centre=full_time(weekly_minutes=None),
    ),
    Broken(
        story="the meal's row left out",
        breaks="segments breaks",
        shifts={("ann", 0): EARLY.replace("meal!", "gap")},
    ),
    Broken(
        story="a shift dated on the day before it starts",
        breaks="segments min_rest",
        shifts={("dee", 4): "46:00 work 50:00 meal! 51:00 work 55:00"},
        centre=night_team(min_rest_minutes=48 * 60),
    ),
    Broken(story="a shift dated in the next week", breaks="segments", shifts={("ann", 7): EARLY}),
    Broken(story="somebody the centre does not know", breaks="unknown", shifts={("eve", 5): EARLY}),
    Broken(
        story="an activity nobody knows",
        breaks="unknown",
        shifts={("ann", 0): EARLY.replace("13:15 work", "13:15 coffee")},
    ),
]


def judge(broken: Broken) -> set[str]:
    return rules(judged(broken.shifts, **broken.centre))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.story.replace(" ", "_"))
def test_a_broken_roster_is_told_by_the_rules_it_breaks(broken: Broken) -> None:
    assert judge(broken) == set(broken.breaks.split())


def test_every_rule_is_broken_in_at_least_two_ways() -> None:
    named = [rule for broken in BROKEN for rule in broken.breaks.split()]
    assert {rule: named.count(rule) for rule in Rule if named.count(rule) < 2} == {}
