"""A capacity plan as tables: supply and demand by week and queue, headcount by contract and skills, the hires."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pandas as pd

from wfm.capacity import Floats, Hire, Staffing
from wfm.capacity_problem import Case
from wfm.centre import Centre
from wfm.outlook import Outlook, WeeklyRequirement
from wfm.supply import class_people, curve_of, ordered, rest_share

WEEKS = (
    "week", "queue", "contacts", "contacts_p10", "contacts_p90", "required_hours", "required_p10", "required_p90",
    "supplied_hours", "short_hours", "surplus_hours", "short_agents", "short_cost", "peak_agents", "peak_seats", "seats",
)  # fmt: skip
HEADCOUNT = (
    "week", "contract", "skills", "agents", "hired", "in_training", "paid_hours", "hours", "overtime_hours",
    "time_off_hours",
)  # fmt: skip
HIRES = (
    "class", "contract", "skills", "start", "size", "ready", "ready_agents", "cost", "one_more", "one_fewer",
)  # fmt: skip
WEEK = 7


def weeks_table(
    centre: Centre, case: Case, outlook: Outlook, required: WeeklyRequirement, staffing: Staffing
) -> pd.DataFrame:
    """Rows of capacity.csv: every week's queues, then all of them together with an empty queue."""
    supplied, surplus = _by_queue(case, staffing)
    short, contacts = staffing.sharing.short, outlook.contacts
    per_agent = _hours_per_agent(case)
    seated = (1 - centre.absence_rate) * (1 - rest_share(centre))
    by_queue = {
        "contacts": contacts,
        "contacts_p10": contacts * outlook.low,
        "contacts_p90": contacts * outlook.high,
        "required_hours": required.hours,
        "required_p10": required.hours_low,
        "required_p90": required.hours_high,
        "supplied_hours": supplied,
        "short_hours": short,
        "surplus_hours": surplus,
        "short_agents": short / per_agent,
        "short_cost": short * case.problem.shortage[:, None],
    }
    count, weeks = contacts.shape
    every = {name: np.vstack([values, values.sum(axis=0)]) for name, values in by_queue.items()}
    for name in ("contacts", "required"):  # queues stray on their own: limits of a sum are not the sum of limits
        middle = every["contacts" if name == "contacts" else "required_hours"]
        for limit in ("p10", "p90"):
            off = every[f"{name}_{limit}"][:-1] - middle[:-1]
            every[f"{name}_{limit}"][-1] = middle[-1] + np.sign(off.sum(axis=0)) * np.sqrt((off**2).sum(axis=0))
    every["peak_agents"] = np.vstack([required.peak, required.peak_together])
    every["peak_seats"] = every["peak_agents"] / seated
    table = pd.DataFrame({name: values.T.reshape(-1) for name, values in every.items()})
    table.insert(0, "week", np.repeat(np.array(case.mondays, dtype=object), count + 1))
    table.insert(1, "queue", [*case.queues, ""] * weeks)
    table["seats"] = [None if queue else centre.seats for queue in table["queue"]]
    return table[list(WEEKS)]


def headcount_table(centre: Centre, case: Case, staffing: Staffing) -> pd.DataFrame:
    """Rows of headcount.csv: expected people of every week by contract and skills, those hired apart."""
    weeks = len(case.mondays)
    kinds = [(one.contract, ordered(centre, one.queues)) for one in case.classes]
    keys = list(dict.fromkeys([*((g.contract, g.skills) for g in case.groups), *kinds]))
    parts = []
    for contract, skills in keys:
        pool, own = case.pools.index(skills), case.hours[contract]
        agents, learning, speed = np.zeros(weeks), np.zeros(weeks), 1.0
        for group in case.groups:
            if (group.contract, group.skills) == (contract, skills):
                agents, learning, speed = group.agents, group.learning, group.speed
        hired, training, given = _hired(centre, case, staffing, (contract, skills), kinds)
        regular, overtime, most = _steps(centre, case, staffing, contract, pool)
        if not (agents.any() or hired.any() or training.any()):
            continue
        paid = agents * own.paid_least + (hired + training) * own.paid_most + regular + overtime
        parts.append(
            pd.DataFrame(
                {
                    "week": np.array(case.mondays, dtype=object),
                    "contract": contract,
                    "skills": " ".join(skills),
                    "agents": agents,
                    "hired": hired,
                    "in_training": training + learning,
                    "paid_hours": paid,
                    "hours": (agents - learning) * speed * own.most + given,
                    "overtime_hours": overtime,
                    "time_off_hours": most - regular,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)[list(HEADCOUNT)] if parts else pd.DataFrame(columns=list(HEADCOUNT))


def hires_table(centre: Centre, case: Case, staffing: Staffing) -> pd.DataFrame:
    """Rows of hiring.csv, in order of time; `cost` of all who are hired, to the plan's end."""
    rows = []
    curve = curve_of(centre)
    for number, (size, option) in enumerate(zip(staffing.sizes, case.problem.options, strict=True)):
        if not size:
            continue
        one = case.classes[option.kind]
        _, trained = class_people(one, curve, start=0, weeks=one.weeks_training + 1)
        told = staffing.people.get(number)
        rows.append(
            (
                one.name, one.contract, " ".join(ordered(centre, one.queues)), case.mondays[option.start], size,
                case.mondays[option.start] + timedelta(weeks=one.weeks_training), size * float(trained[-1]),
                size * option.cost, told and told.one_more, told and told.one_fewer,
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(HIRES)).sort_values(["start", "class"], ignore_index=True)


def hires_of(case: Case, staffing: Staffing) -> list[Hire]:
    """The classes that begin, in order of time."""
    found = [
        Hire(name=case.classes[option.kind].name, start=case.mondays[option.start], size=size)
        for size, option in zip(staffing.sizes, case.problem.options, strict=True)
        if size
    ]
    return sorted(found, key=lambda hire: (hire.start, hire.name))


def cost_terms(case: Case, staffing: Staffing) -> dict[str, float]:
    """What the cost is made of."""
    used = [float(rows.sum()) * step.rate for rows, step in zip(staffing.sharing.used, case.problem.steps, strict=True)]
    overtime = [step.overtime for step in case.problem.steps]
    return {
        "pay": case.problem.fixed,
        "further_hours": sum(cost for cost, over in zip(used, overtime, strict=True) if not over),
        "overtime": sum(cost for cost, over in zip(used, overtime, strict=True) if over),
        "hiring": sum(size * o.cost for size, o in zip(staffing.sizes, case.problem.options, strict=True)),
        "shortage": float((staffing.sharing.short.sum(axis=1) * case.problem.shortage).sum()),
    }


def broken_limits(centre: Centre, case: Case, hires: Sequence[Hire]) -> list[str]:
    """What of capacity.toml hires that were decided do not keep, in words."""
    found, hiring = [], centre.hiring
    for one in case.classes:
        own = [hire for hire in hires if hire.name == one.name and hire.size]
        for hire in own:
            if not one.size[0] <= hire.size <= one.size[1]:
                found.append(f"{one.name} {hire.start}: {hire.size} people, from {one.size[0]} to {one.size[1]} may be")
            if one.earliest is not None and hire.start < one.earliest:
                found.append(f"{one.name} {hire.start}: not before {one.earliest}")
        if one.max_classes is not None and len(own) > one.max_classes:
            found.append(f"{one.name}: {len(own)} classes, at most {one.max_classes}")
    lengths = {one.name: one.weeks_training for one in case.classes}
    for monday in case.mondays:
        inside = [h for h in hires if h.size and 0 <= (monday - h.start).days < WEEK * lengths[h.name]]
        people = sum(hire.size for hire in inside)
        if hiring.classes_at_once is not None and len(inside) > hiring.classes_at_once:
            found.append(f"{monday}: {len(inside)} classes at once, at most {hiring.classes_at_once}")
        if hiring.trainees_at_once is not None and people > hiring.trainees_at_once:
            found.append(f"{monday}: {people} in training, at most {hiring.trainees_at_once}")
    return found


def _by_queue(case: Case, staffing: Staffing) -> tuple[Floats, Floats]:
    """Hours supplied and hours that nobody needs, by queue and week; a pool's spare hours go by its queues' demand."""
    shared = staffing.sharing
    surplus = np.zeros_like(shared.short)
    for pool, queues in enumerate(case.problem.pools):
        wanted = case.problem.demand[list(queues)]
        total = wanted.sum(axis=0)
        part = np.divide(wanted, total, out=np.full_like(wanted, 1 / len(queues)), where=total > 0)
        surplus[list(queues)] += part * shared.surplus[pool]
    return shared.served.sum(axis=0) + surplus, surplus


def _hours_per_agent(case: Case) -> Floats:
    """Hours with contacts that an agent gives at most, the mean over all by week."""
    heads = sum((group.agents for group in case.groups), np.zeros(len(case.mondays)))
    given = sum((g.agents * g.speed * case.hours[g.contract].most for g in case.groups), np.zeros(len(case.mondays)))
    mean = np.divide(given, heads, out=np.zeros_like(given), where=heads > 0)
    return np.where(mean > 0, mean, np.nan)


def _hired(
    centre: Centre,
    case: Case,
    staffing: Staffing,
    key: tuple[str, tuple[str, ...]],
    kinds: list[tuple[str, tuple[str, ...]]],
) -> tuple[Floats, Floats, Floats]:
    """Of the classes of a contract and skills: people trained, people in training, hours they give."""
    weeks, curve = len(case.mondays), curve_of(centre)
    trained, learning, given = (np.zeros(weeks) for _ in range(3))
    for size, option in zip(staffing.sizes, case.problem.options, strict=True):
        if size and kinds[option.kind] == key:
            inside, through = class_people(case.classes[option.kind], curve, start=option.start, weeks=weeks)
            trained += size * through
            learning += size * inside
            given += size * option.hours
    return trained, learning, given


def _steps(centre: Centre, case: Case, staffing: Staffing, contract: str, pool: int) -> tuple[Floats, Floats, Floats]:
    """Paid hours beyond the least: used, overtime used, and the most there are without overtime."""
    regular, overtime, most = (np.zeros(len(case.mondays)) for _ in range(3))
    for step, used in zip(case.problem.steps, staffing.sharing.used, strict=True):
        if step.contract != contract:
            continue
        if step.overtime:
            overtime = used[pool] * step.rate / (case.pay[contract] * centre.contracts[contract].overtime_pay)
        else:
            regular = used[pool] * step.rate / case.pay[contract]
            most = step.hours[pool] * step.rate / case.pay[contract]
    return regular, overtime, most
