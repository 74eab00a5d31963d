"""The capacity problem put together from a centre, what its weeks require and who is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from wfm.capacity import HOURS, RATES, CapacityProblem, Floats, Hire, Option, Step
from wfm.centre import Centre
from wfm.hiring import HiringClass
from wfm.outlook import WeeklyRequirement
from wfm.supply import (
    Group,
    Skills,
    WeekHours,
    class_people,
    class_speed,
    curve_of,
    groups,
    ordered,
    proposed_classes,
    unmet_transfers,
    week_hours,
)

WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The problem with what its indices stand for: `pools` by skills, `classes` by kind.

    `currency` None: nobody has said what an hour costs, so that cost is in hours of pay. `pay` is what an hour costs
    by contract, 1 then.
    """

    mondays: tuple[date, ...]
    queues: tuple[str, ...]
    groups: tuple[Group, ...]
    hours: dict[str, WeekHours]
    pools: tuple[Skills, ...]
    classes: tuple[HiringClass, ...]
    pay: dict[str, float]
    currency: str | None
    problem: CapacityProblem
    caveats: tuple[str, ...]

    def options_of(self, kind: int) -> list[int]:
        """Indices of the options of a class."""
        return [n for n, option in enumerate(self.problem.options) if option.kind == kind]

    def sizes(self, hires: Sequence[Hire]) -> tuple[int, ...]:
        """Sizes of the options that are these hires; ValueError where a class cannot begin then."""
        kinds = {one.name: kind for kind, one in enumerate(self.classes)}
        sizes = [0] * len(self.problem.options)
        for hire in hires:
            at = [
                n
                for n in self.options_of(kinds[hire.name])
                if self.mondays[self.problem.options[n].start] == hire.start
            ]
            if not at:
                raise ValueError(f"a Monday of the plan on which class {hire.name} can begin, got {hire.start}")
            sizes[at[0]] += hire.size
        return tuple(sizes)


def capacity_case(
    centre: Centre,
    required: WeeklyRequirement,
    mondays: Sequence[date],
    *,
    today: date,
    starts: Sequence[date] | None = None,
) -> Case:
    """The complete problem. With `starts` classes may begin on just these Mondays, of any size: for hires decided."""
    hiring = centre.hiring
    classes = proposed_classes(centre) if hiring.classes is None else hiring.classes
    people = groups(centre, mondays, today=today)
    used = dict.fromkeys([*(group.contract for group in people), *(one.contract for one in classes)])
    hours = {name: week_hours(centre, centre.contracts[name], mondays) for name in used}
    money = {name: centre.contracts[name].pay_hour for name in used}
    in_money = bool(used) and all(money.values())
    pay = {name: float(rate) if in_money and rate else 1.0 for name, rate in money.items()}
    skills = dict.fromkeys([*(g.skills for g in people), *(ordered(centre, one.queues) for one in classes)])
    pools = tuple(skills)
    mean_pay = _mean_pay(people, hours, pay)
    shortage = np.array([hiring.shortage_pay * mean_pay * queue.weight for queue in centre.queues.values()])
    rates = _rates(centre, people, hours, pay)
    unit = RATES * max([*shortage, *(rate for pair in rates.values() for rate in pair)], default=1.0)
    steps = _steps(pools, people, hours, rates, unit)
    options = _options(centre, classes, pools, hours, pay, mondays, in_money, unit, starts)
    queues = tuple(centre.queues)
    problem = CapacityProblem(
        demand=required.hours,
        shortage=np.rint(shortage / unit) * unit,
        pools=tuple(tuple(queues.index(queue) for queue in pool) for pool in pools),
        free=_free(pools, people, hours, len(mondays)),
        steps=steps,
        options=options,
        most_classes=tuple(one.max_classes for one in classes),
        classes_at_once=hiring.classes_at_once,
        trainees_at_once=hiring.trainees_at_once,
        money=unit,
        fixed=_rounded(sum(float(g.agents @ hours[g.contract].paid_least) * pay[g.contract] for g in people), unit),
    )
    return Case(
        mondays=tuple(mondays),
        queues=queues,
        groups=tuple(people),
        hours=hours,
        pools=pools,
        classes=classes,
        pay=pay,
        currency=(centre.currency or "money") if in_money else None,
        problem=problem,
        caveats=(*_money_caveats(money, in_money, classes), *unmet_transfers(centre), *_class_caveats(hiring.classes)),
    )


def _mean_pay(people: Sequence[Group], hours: dict[str, WeekHours], pay: dict[str, float]) -> float:
    weights = [float(g.agents[0] * hours[g.contract].paid_most[0]) for g in people]
    rates = [pay[g.contract] for g in people]
    return float(np.average(rates, weights=weights)) if sum(weights) else float(np.mean(list(pay.values()) or [1.0]))


def _rates(
    centre: Centre, people: Sequence[Group], hours: dict[str, WeekHours], pay: dict[str, float]
) -> dict[str, tuple[float, float]]:
    """What an hour with contacts costs by contract: beyond the least paid hours, and as overtime."""
    found = {}
    for name in dict.fromkeys(group.contract for group in people):
        own = [group for group in people if group.contract == name]
        heads = [float(group.agents[0]) for group in own]
        speed = float(np.average([g.speed for g in own], weights=heads if sum(heads) else None))
        rate = pay[name] / (hours[name].at_work * speed)
        found[name] = (rate, rate * centre.contracts[name].overtime_pay)
    return found


def _steps(
    pools: Sequence[Skills],
    people: Sequence[Group],
    hours: dict[str, WeekHours],
    rates: dict[str, tuple[float, float]],
    unit: float,
) -> tuple[Step, ...]:
    steps = []
    for contract, pair in rates.items():
        own = hours[contract]
        for overtime, each in ((False, own.most - own.least), (True, own.overtime)):
            given = np.zeros((len(pools), len(each)))
            for group in people:
                if group.contract == contract:
                    given[pools.index(group.skills)] += (group.agents - group.learning) * group.speed * each
            if given.any():
                rate = max(1, round(pair[overtime] / unit)) * unit
                steps.append(Step(contract=contract, overtime=overtime, rate=rate, hours=_whole(given)))
    return tuple(steps)


def _free(pools: Sequence[Skills], people: Sequence[Group], hours: dict[str, WeekHours], weeks: int) -> Floats:
    free = np.zeros((len(pools), weeks))
    for group in people:
        free[pools.index(group.skills)] += (group.agents - group.learning) * group.speed * hours[group.contract].least
    return _whole(free)


def _options(
    centre: Centre,
    classes: Sequence[HiringClass],
    pools: Sequence[Skills],
    hours: dict[str, WeekHours],
    pay: dict[str, float],
    mondays: Sequence[date],
    in_money: bool,
    unit: float,
    starts: Sequence[date] | None,
) -> tuple[Option, ...]:
    curve, weeks = curve_of(centre), len(mondays)
    found = []
    for kind, one in enumerate(classes):
        own = hours[one.contract]
        for start in _starts(one, mondays) if starts is None else sorted({mondays.index(day) for day in starts}):
            learning, trained = class_people(one, curve, start=start, weeks=weeks)
            given = trained * class_speed(one, start=start, weeks=weeks) * own.most
            paid = float((learning + trained) @ own.paid_most) * pay[one.contract]
            cost = paid + (one.cost_per_hire if in_money else 0.0)
            found.append(
                Option(
                    kind=kind,
                    start=start,
                    pool=pools.index(ordered(centre, one.queues)),
                    least=one.size[0] if starts is None else 0,
                    most=one.size[1],
                    hours=_whole(given),
                    training=(start, min(weeks, start + one.weeks_training)),
                    cost=_rounded(cost, unit),
                )
            )
    return tuple(found)


def _starts(one: HiringClass, mondays: Sequence[date]) -> list[int]:
    """Weeks in which a class may begin so that its training ends within the plan."""
    first = next((week for week, monday in enumerate(mondays) if one.earliest is None or monday >= one.earliest), None)
    if first is None:
        return []
    return list(range(first, len(mondays) - one.weeks_training, one.every_weeks))


def _money_caveats(money: dict[str, float | None], in_money: bool, classes: Sequence[HiringClass]) -> list[str]:
    if in_money:
        return []
    without = ", ".join(name for name, rate in money.items() if not rate)
    found = [f"no pay_hour in contracts.toml for {without}: every paid hour counts 1, and no money is told"]
    if any(one.cost_per_hire for one in classes):
        found.append("cost_per_hire is left out, for it is money")
    return found


def _class_caveats(classes: tuple[HiringClass, ...] | None) -> list[str]:
    return ["capacity.toml names no class: those of the plan are proposals"] if classes is None else []


def _whole(hours: Floats) -> Floats:
    return np.asarray(np.rint(hours / HOURS) * HOURS)


def _rounded(cost: float, unit: float) -> float:
    return round(cost / (unit * HOURS)) * unit * HOURS
