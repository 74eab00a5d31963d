"""Leeway: the rules of a contract, each relaxed by one step."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from wfm.centre import Contract

HOUR = 60

Relax = Callable[[Contract], Contract | None]


class Step(NamedTuple):
    """One step of a rule: its name, what changes, and the contract with it (None where it has no such limit)."""

    rule: str
    what: str
    relax: Relax


def _limit(field: str, by: int) -> Relax:
    """Move a limit; not below nothing."""

    def relaxed(contract: Contract) -> Contract | None:
        limit = getattr(contract, field)
        return None if limit is None or limit + by < 0 else replace(contract, **{field: limit + by})

    return relaxed


def _range(field: str, side: int, by: int) -> Relax:
    """Move one end of a range; not below nothing."""

    def relaxed(contract: Contract) -> Contract | None:
        ends = getattr(contract, field)
        if ends is None or ends[side] + by < 0:
            return None
        changed: Any = (ends[0] + by, ends[1]) if side == 0 else (ends[0], ends[1] + by)
        return replace(contract, **{field: changed})

    return relaxed


STEPS = (
    Step("min_rest", "an hour less of rest", _limit("min_rest_minutes", -HOUR)),
    Step("start_spread", "an hour more between the week's starts", _limit("start_spread_minutes", HOUR)),
    Step("nights", "one night more", _limit("max_nights", 1)),
    Step("consecutive_days", "one more day in a row", _limit("max_consecutive_days", 1)),
    Step("days_off_together", "one day less off together", _limit("min_days_off_together", -1)),
    Step("weekends_off", "one weekend off less", _range("weekends_off", 0, -1)),
    Step("daily_hours", "an hour more a day", _limit("daily_minutes_max", HOUR)),
    Step("days", "one more day a week", _range("days", 1, 1)),
    Step("days", "one day a week less", _range("days", 0, -1)),
    Step("weekly_hours", "an hour less a week", _range("weekly_minutes", 0, -HOUR)),
    Step("weekly_hours", "an hour more a week", _range("weekly_minutes", 1, HOUR)),
    Step("overtime", "an hour of overtime", _limit("overtime_minutes_max", HOUR)),
    Step("overtime", "an hour of overtime more a month", _limit("overtime_month_minutes_max", HOUR)),
)

__all__ = ["STEPS", "Step"]
