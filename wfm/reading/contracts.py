"""contracts.toml: labour rules by contract; a key left out is no limit."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from wfm.centre import Contract
from wfm.reading import keys
from wfm.reading.settings import Document, Section

Reader = Callable[[object], Any]

_WEEK_HOURS = 7 * 24


def read_contracts(
    document: Document, *, kinds: Collection[str] | None, training_minutes_month: int
) -> dict[str, Contract]:
    """Contracts by name; hours become minutes. `kinds` None: shifts.toml could not be read."""
    if not document.values and not document.broken:
        document.root().fault("", "a table for each contract", "an empty file")
    return {name: _contract(name, section, kinds, training_minutes_month) for name, section in document.sections()}


def read_contract_changes(section: Section, *, kinds: Collection[str] | None) -> dict[str, object]:
    """New values by the fields of Contract, for the keys that stand in a table; each may be left out."""
    found = {field: section.value(key, read, None) for key, (field, read) in contract_readers(kinds).items()}
    section.finish()
    return {field: value for field, value in found.items() if value is not None}


def _contract(name: str, section: Section, kinds: Collection[str] | None, training: int) -> Contract:
    standard = Contract(contract=name, shifts=(), training_minutes_month=training)
    values = {
        field: section.value(key, read, getattr(standard, field), required=key == "shifts")
        for key, (field, read) in contract_readers(kinds).items()
    }
    section.finish()
    return replace(standard, **values)


def contract_readers(kinds: Collection[str] | None) -> dict[str, tuple[str, Reader]]:
    """Field of Contract and reader of each key."""
    kind = keys.known(kinds, "a kind of shift of shifts.toml")
    return {
        "shifts": ("shifts", keys.several(kind)),
        "weekly_hours": ("weekly_minutes", keys.pair(keys.hours(high=_WEEK_HOURS))),
        "days": ("days", keys.pair(keys.whole(low=0, high=7))),
        "daily_hours_max": ("daily_minutes_max", keys.hours(above=0, high=24)),
        "min_rest_hours": ("min_rest_minutes", keys.hours(high=_WEEK_HOURS)),
        "max_consecutive_days": ("max_consecutive_days", keys.whole(low=1)),
        "min_days_off_together": ("min_days_off_together", keys.whole(low=0, high=7)),
        "start_spread_hours": ("start_spread_minutes", keys.hours(high=24)),
        "max_nights": ("max_nights", keys.whole(low=0)),
        "weekends_off": ("weekends_off", _weekends),
        "overtime_hours_max": ("overtime_minutes_max", keys.hours()),
        "overtime_month_max": ("overtime_month_minutes_max", keys.hours()),
        "training_hours_month": ("training_minutes_month", keys.hours()),
        "pay_hour": ("pay_hour", keys.number(low=0)),
        "overtime_pay": ("overtime_pay", keys.number(low=0)),
    }


def _weekends(value: object) -> tuple[int, int]:
    found = keys.pair(keys.whole(low=0))(value)
    if found[1] < 1:
        raise ValueError("a list [weekends off, of how many in a row], such as [1, 4]")
    return found
