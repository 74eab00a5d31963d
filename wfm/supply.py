"""The people of the weeks to come, by contract and skills, and the hours at work they can give."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from wfm.attrition import WEEKS_A_MONTH, Survival, survival
from wfm.centre import Agent, Break, Centre, Contract, ShiftKind
from wfm.demand import Floats
from wfm.hiring import HiringClass
from wfm.kind import length_of, rests_due

WEEK = 7
THURSDAY = 3  # the day that says to which month a week belongs
RAMP_WEEKS = 4  # of each step of a ramp
STANDARD_HOURS = 40.0  # a week, of a contract that says nothing

Skills = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekHours:
    """What an agent of a contract is paid and gives in each week, arrays of shape (weeks,).

    `least` and `most`: hours with contacts at a handling time of 1, at the least and the most paid hours that the plan
    may give; `overtime` those on top. `paid_least` and `paid_most` are the paid hours, leave and training included;
    `at_work` is the share of an hour rostered beyond training that is spent with contacts.
    """

    least: Floats
    most: Floats
    overtime: Floats
    paid_least: Floats
    paid_most: Floats
    at_work: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People of one contract and set of skills: expected `agents` by week, and those of them in training for a
    transfer; `speed` is contacts' hours done in an hour, the mean of 1 / aht_factor."""

    contract: str
    skills: Skills
    agents: Floats
    learning: Floats
    speed: float


def curve_of(centre: Centre) -> Survival:
    """The centre's survival curve."""
    said = centre.hiring.attrition
    return survival(
        annual=annual_attrition(centre),
        first_months=said.first_months,
        first_months_factor=said.first_months_factor,
    )


def annual_attrition(centre: Centre) -> float:
    """That of capacity.toml, else the centre's."""
    said = centre.hiring.attrition.annual
    return centre.annual_attrition if said is None else said


def groups(centre: Centre, mondays: Sequence[date], *, today: date) -> list[Group]:
    """Expected people of each week, transfers done. Whoever has no skill is left out.

    Whose leaving date is known stays until then; the others go by the survival curve from `today` on, given how long
    they have been there.
    """
    present = _present(centre, mondays, today)
    members: dict[tuple[str, Skills], list[int]] = {}
    everyone = list(centre.agents.values())
    for row, agent in enumerate(everyone):
        if agent.skills:
            members.setdefault((agent.contract, ordered(centre, agent.skills)), []).append(row)
    found = {
        key: Group(
            contract=key[0],
            skills=key[1],
            agents=present[rows].sum(axis=0),
            learning=np.zeros(len(mondays)),
            speed=float(np.mean([_speed(everyone[row]) for row in rows])),
        )
        for key, rows in members.items()
    }
    return list(_transferred(centre, found, mondays).values())


def ordered(centre: Centre, queues: Iterable[str]) -> Skills:
    """Skills in the order of the centre's queues."""
    known = set(queues)
    return tuple(queue for queue in centre.queues if queue in known)


def week_hours(centre: Centre, contract: Contract, mondays: Sequence[date]) -> WeekHours:
    """The hours of an agent of this contract by week."""
    hiring = centre.hiring
    leave = np.array([hiring.leave[(monday + timedelta(days=THURSDAY)).month - 1] for monday in mondays])
    low, high = _contract_hours(centre, contract)
    low = high - (high - low) * hiring.time_off
    training = contract.training_minutes_month / 60 / WEEKS_A_MONTH
    at_work = (1 - paid_breaks(centre, contract)) * (1 - centre.absence_rate) * hiring.efficiency
    overtime = contract.overtime_minutes_max / 60
    if contract.overtime_month_minutes_max is not None:
        overtime = min(overtime, contract.overtime_month_minutes_max / 60 / WEEKS_A_MONTH)
    return WeekHours(
        least=np.maximum(low * (1 - leave) - training, 0.0) * at_work,
        most=np.maximum(high * (1 - leave) - training, 0.0) * at_work,
        overtime=overtime * hiring.overtime * (1 - leave) * at_work,
        paid_least=low * (1 - leave) + high * leave,
        paid_most=np.full(len(mondays), high),
        at_work=at_work,
    )


def paid_breaks(centre: Centre, contract: Contract) -> float:
    """Share of paid time that is break, the mean over the kinds of shift of the contract and their lengths."""
    shares = [_paid_break_minutes(kind, paid) / paid for kind in _kinds(centre, contract) for paid in kind.paid_minutes]
    return float(np.mean(shares)) if shares else 0.0


def rest_share(centre: Centre) -> float:
    """Share of the time at a workplace that is rest, over all contracts in use: a rest keeps the seat."""
    used = {agent.contract for agent in centre.agents.values()}
    kinds = {kind.kind: kind for name in used for kind in _kinds(centre, centre.contracts[name])}
    shares = [_rest_minutes(kind, paid) for kind in kinds.values() for paid in kind.paid_minutes]
    return float(np.mean(shares)) if shares else 0.0


def class_people(one: HiringClass, curve: Survival, *, start: int, weeks: int) -> tuple[Floats, Floats]:
    """Expected share of a class by week that is in training, and that has come through it; shape (weeks,).

    Who drops out does so evenly over the training; after it the survival curve holds, tenure counted from the start.
    """
    since = np.arange(weeks) - start
    length = one.weeks_training
    learning = (since >= 0) & (since < length)
    left = one.drop_out * np.clip(since, 0, length) / max(length, 1)
    trained = (1 - one.drop_out) * curve.staying(length, np.maximum(since - length, 0))
    return np.where(learning, 1 - left, 0.0), np.where(since >= length, trained, 0.0)


def class_speed(one: HiringClass, *, start: int, weeks: int) -> Floats:
    """1 / handling time relative to the usual by week: the ramp, four weeks a step, from the end of training on."""
    step = (np.arange(weeks) - start - one.weeks_training) // RAMP_WEEKS
    factors = np.array([*one.ramp, 1.0])
    return np.asarray(1 / factors[np.clip(step, 0, len(one.ramp))])


def proposed_classes(centre: Centre) -> tuple[HiringClass, ...]:
    """Classes for a centre that has named none: for each queue one with the contract and skills that most of those have
    who serve it, up to a twentieth of the agents."""
    found: dict[tuple[str, Skills], HiringClass] = {}
    for queue in centre.queues:
        having = [(a.contract, ordered(centre, a.skills)) for a in centre.agents.values() if queue in a.skills]
        if not having:
            continue
        contract, skills = max(dict.fromkeys(having), key=having.count)
        found.setdefault(
            (contract, skills),
            HiringClass(
                name=f"{queue} {contract}",
                contract=contract,
                queues=skills,
                size=(1, max(1, round(len(centre.agents) / 20))),
            ),
        )
    return tuple(found.values())


def _present(centre: Centre, mondays: Sequence[date], today: date) -> Floats:
    """Shape (agents, weeks): expected share of each week in which an agent is employed."""
    curve, notice = curve_of(centre), centre.hiring.attrition.notice_weeks
    agents = centre.agents.values()
    hired = np.array([agent.hired_on.toordinal() for agent in agents], dtype=float).reshape(-1, 1)
    known = np.array([agent.leaves_on is not None for agent in agents], dtype=bool).reshape(-1, 1)
    leaves = np.array([(agent.leaves_on or date.max).toordinal() for agent in agents], dtype=float).reshape(-1, 1)
    first = np.array([monday.toordinal() for monday in mondays], dtype=float)
    employed = np.clip(np.minimum(first + WEEK, leaves) - np.maximum(first, hired), 0, WEEK) / WEEK
    tenure = np.maximum(today.toordinal() - hired, 0.0) / WEEK
    ahead = np.maximum((first - np.maximum(hired, today.toordinal())) / WEEK - notice, 0.0)
    return np.asarray(employed * np.where(known, 1.0, curve.staying(tenure, ahead)))


def _transferred(
    centre: Centre, found: dict[tuple[str, Skills], Group], mondays: Sequence[date]
) -> dict[tuple[str, Skills], Group]:
    weeks = len(mondays)
    for transfer in sorted(centre.hiring.transfers, key=lambda one: one.date):
        key = (transfer.contract, ordered(centre, transfer.queues))
        target = (transfer.to_contract, ordered(centre, transfer.to_queues))
        begins = max(0, sum(monday <= transfer.date for monday in mondays) - 1)
        source = found.get(key)
        if source is None or source.agents[begins] <= 0 or key == target or transfer.date > mondays[-1] + timedelta(6):
            continue
        share = min(1.0, transfer.agents / source.agents[begins])
        moved = np.where(np.arange(weeks) >= begins, share * source.agents, 0.0)
        away = np.where(np.arange(weeks) < begins + transfer.weeks_training, moved, 0.0)
        old = found.get(target) or Group(
            contract=target[0], skills=target[1], agents=np.zeros(weeks), learning=np.zeros(weeks), speed=source.speed
        )
        heads = float(old.agents.mean()), float(moved.mean())
        speed = (old.speed * heads[0] + source.speed * heads[1]) / (sum(heads) or 1.0)
        found[key] = Group(
            contract=key[0], skills=key[1], agents=source.agents - moved,
            learning=np.minimum(source.learning, source.agents - moved), speed=source.speed,
        )  # fmt: skip
        found[target] = Group(
            contract=target[0], skills=target[1], agents=old.agents + moved, learning=old.learning + away, speed=speed
        )
    return found


def unmet_transfers(centre: Centre) -> list[str]:
    """Transfers from a contract and skills that nobody has, in words."""
    have = {(agent.contract, ordered(centre, agent.skills)) for agent in centre.agents.values()}
    have |= {(t.to_contract, ordered(centre, t.to_queues)) for t in centre.hiring.transfers}
    return [
        f"the transfer of {t.date} finds nobody with contract {t.contract} and exactly the skills {', '.join(t.queues)}"
        for t in centre.hiring.transfers
        if (t.contract, ordered(centre, t.queues)) not in have
    ]


def _speed(agent: Agent) -> float:
    return float(np.mean([1 / factor for factor in agent.skills.values()]))


def _contract_hours(centre: Centre, contract: Contract) -> tuple[float, float]:
    """Least and most paid hours a week; of a contract without them what its days and shifts come to."""
    if contract.weekly_minutes is not None:
        return contract.weekly_minutes[0] / 60, contract.weekly_minutes[1] / 60
    lengths = [paid for kind in _kinds(centre, contract) for paid in kind.paid_minutes]
    if not lengths or contract.days is None:
        return STANDARD_HOURS, STANDARD_HOURS
    hours = float(np.mean(lengths)) / 60
    return contract.days[0] * hours, contract.days[1] * hours


def _kinds(centre: Centre, contract: Contract) -> list[ShiftKind]:
    return [centre.kinds[name] for name in contract.shifts if name in centre.kinds]


def _paid_break_minutes(kind: ShiftKind, paid: int) -> int:
    meal = kind.meal.minutes if kind.meal is not None and kind.meal.paid else 0
    return meal + sum(rest.minutes for rest in _due(kind, paid) if rest.paid)


def _rest_minutes(kind: ShiftKind, paid: int) -> float:
    """Share of the time with a seat that is rest."""
    rests = _due(kind, paid)
    meal = kind.meal.minutes if kind.meal is not None and kind.meal.paid else 0
    seated = paid - meal + sum(rest.minutes for rest in rests if not rest.paid)
    return sum(rest.minutes for rest in rests) / seated


def _due(kind: ShiftKind, paid: int) -> list[Break]:
    length = length_of(paid, meal=kind.meal, rests=kind.rests, min_work_between=kind.min_work_between)
    return rests_due(kind.rests, length=length, min_work_between=kind.min_work_between)
