"""A violation of a rule, and the rules by their names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date
from enum import StrEnum

import pandas as pd

COLUMNS = ("rule", "agent", "date", "message")


class Rule(StrEnum):
    """The hard rules, by the names that files, reports and the app use."""

    ONE_SHIFT = "one_shift"
    SHIFT = "shift"
    BREAKS = "breaks"
    TRAINING = "training"
    MIN_REST = "min_rest"
    WEEKLY_HOURS = "weekly_hours"
    DAILY_HOURS = "daily_hours"
    DAYS = "days"
    CONSECUTIVE_DAYS = "consecutive_days"
    DAYS_OFF_TOGETHER = "days_off_together"
    START_SPREAD = "start_spread"
    NIGHTS = "nights"
    WEEKENDS_OFF = "weekends_off"
    OVERTIME = "overtime"
    EMPLOYMENT = "employment"
    ABSENCE = "absence"
    AVAILABILITY = "availability"
    SKILLS = "skills"
    SEATS = "seats"
    CLASSROOM = "classroom"
    LOCKS = "locks"
    SEGMENTS = "segments"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule broken: `agent` is empty where many share it (seats, classroom), `date` None where it is the week's."""

    rule: Rule
    agent: str
    date: Date | None
    message: str


def violations_table(violations: Iterable[Violation]) -> pd.DataFrame:
    """Rows of violations.csv in the order given: rule, agent, date (datetime.date or None), message."""
    rows = [(str(v.rule), v.agent, v.date, v.message) for v in violations]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
