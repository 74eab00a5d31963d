"""contracts.toml: labour rules by contract; a key left out is no limit."""

from collections.abc import Collection

from wfm.centre import Contract
from wfm.reading import keys
from wfm.reading.settings import Document, Section

_WEEK_HOURS = 7 * 24


def read_contracts(
    document: Document, *, kinds: Collection[str] | None, training_minutes_month: int
) -> dict[str, Contract]:
    """Contracts by name; hours become minutes. `kinds` None: shifts.toml could not be read."""
    if not document.values and not document.broken:
        document.root().fault("", "a table for each contract", "an empty file")
    return {name: _contract(name, section, kinds, training_minutes_month) for name, section in document.sections()}


def _contract(name: str, section: Section, kinds: Collection[str] | None, training: int) -> Contract:
    kind = keys.known(kinds, "a kind of shift of shifts.toml")
    count = keys.whole(low=0)
    contract = Contract(
        contract=name,
        shifts=section.value("shifts", keys.several(kind), (), required=True),
        weekly_minutes=section.value("weekly_hours", keys.pair(keys.hours(high=_WEEK_HOURS)), None),
        days=section.value("days", keys.pair(keys.whole(low=0, high=7)), None),
        daily_minutes_max=section.value("daily_hours_max", keys.hours(above=0, high=24), None),
        min_rest_minutes=section.value("min_rest_hours", keys.hours(high=_WEEK_HOURS), None),
        max_consecutive_days=section.value("max_consecutive_days", keys.whole(low=1), None),
        min_days_off_together=section.value("min_days_off_together", keys.whole(low=0, high=7), None),
        start_spread_minutes=section.value("start_spread_hours", keys.hours(high=24), None),
        max_nights=section.value("max_nights", count, None),
        weekends_off=section.value("weekends_off", _weekends, None),
        overtime_minutes_max=section.value("overtime_hours_max", keys.hours(), 0),
        overtime_month_minutes_max=section.value("overtime_month_max", keys.hours(), None),
        training_minutes_month=section.value("training_hours_month", keys.hours(), training),
        pay_hour=section.value("pay_hour", keys.number(low=0), None),
        overtime_pay=section.value("overtime_pay", keys.number(low=0), 1.5),
    )
    section.finish()
    return contract


def _weekends(value: object) -> tuple[int, int]:
    found = keys.pair(keys.whole(low=0))(value)
    if found[1] < 1:
        raise ValueError("a list [weekends off, of how many in a row], such as [1, 4]")
    return found
