"""What a roster costs in money: paid hours at the pay of their contract, overtime dearer."""

from collections.abc import Iterable
from dataclasses import dataclass

from wfm.centre import Centre
from wfm.clock import Week
from wfm.entitlement import entitlements
from wfm.roster import Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """Paid hours of a contract in the week, those of overtime among them, and their money in the centre's currency.

    `money` is None where hours are paid and contracts.toml has no pay_hour for them.
    """

    hours: float
    overtime_hours: float
    money: float | None


def pay(centre: Centre, week: Week, shifts: Iterable[Shift]) -> dict[str, Pay]:
    """The pay of the week's shifts by contract, in the order of contracts.toml."""
    paid: dict[str, int] = {}
    for shift in shifts:
        if 0 <= shift.day < 7:
            paid[shift.agent] = paid.get(shift.agent, 0) + shift.paid_minutes
    hours = dict.fromkeys(centre.contracts, 0.0)
    overtime = dict.fromkeys(centre.contracts, 0.0)
    for name, own in entitlements(centre, week).items():
        contract, minutes = centre.agents[name].contract, paid.get(name, 0)
        hours[contract] += minutes / 60
        if own.overtime_after is not None:
            overtime[contract] += max(0, minutes - own.overtime_after) / 60
    return {
        name: Pay(hours=hours[name], overtime_hours=overtime[name], money=_money(centre, name, hours, overtime))
        for name in centre.contracts
    }


def total(paid: dict[str, Pay]) -> Pay:
    """All contracts together; no money where one of them has none."""
    money = [own.money for own in paid.values()]
    return Pay(
        hours=sum(own.hours for own in paid.values()),
        overtime_hours=sum(own.overtime_hours for own in paid.values()),
        money=None if None in money else sum(one for one in money if one is not None),
    )


def _money(centre: Centre, name: str, hours: dict[str, float], overtime: dict[str, float]) -> float | None:
    rates = centre.contracts[name]
    if not hours[name]:
        return 0.0
    if rates.pay_hour is None:
        return None
    return rates.pay_hour * (hours[name] + (rates.overtime_pay - 1) * overtime[name])
