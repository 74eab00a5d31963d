"""An instance as a rostering problem of this solver, and its roster as shifts of the instance."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import lil_array

from benchmarks.matsp.instance import DAY, LONGEST, MOST_DAYS, REST, SHORTEST, SLOT, STARTS, STINT, Instance, Ints
from benchmarks.matsp.tasks import Shift
from wfm.centre import Absence, Agent, Centre, Channel, Contract, CostRates, Queue, ShiftKind
from wfm.coverage import DEEP
from wfm.demand import Floats
from wfm.problem import Problem
from wfm.roster import Shift as RosterShift

MONDAY = date(2026, 1, 5)  # any week of seven days: 00:00 stands for 06:00
ZONE = "UTC"
MISSING, FEWER, MORE = 1000.0, 0.5, 1.0  # agent-minutes of one missing, of one fewer or more than was spread


def problem(instance: Instance) -> Problem:
    """Everybody has every skill; a contract for each pair of fewest and most minutes; no breaks, and nothing fair."""
    week_slots = 7 * DAY
    if instance.cover.shape[1] != week_slots:
        raise ValueError(f"{instance.name}: a horizon of 7 days is expected, got {instance.cover.shape[1] / DAY:g}")
    centre = _centre(instance)
    needed = np.array([in_stints(cover) for cover in instance.cover])
    spare = sum(fewest for fewest, _ in instance.staff.values()) / SLOT / needed.sum()
    # Who must be there beyond the need is best spread over it; what is short beyond that reserve alone is dear.
    required = needed * min(1 / (1 - DEEP), max(1.0, spare))
    return Problem(centre=centre, week=centre.week(MONDAY), required=required)


def in_stints(cover: Ints) -> Floats:
    """The fewest people who cover a task when each stays for a stint at least, by slot.

    Longer stints are several of `STINT` to 2 `STINT` - 1 slots. Intervals in rows make the programme's optimum whole.
    """
    slots = len(cover)
    stints = [(first, first + n) for n in range(STINT, 2 * STINT) for first in range(slots - n + 1)]
    covers = lil_array((slots, len(stints)))
    for column, (first, last) in enumerate(stints):
        covers[first:last, column] = 1.0
    covers = covers.tocsr()
    found = linprog([last - first for first, last in stints], A_ub=-covers, b_ub=-cover, method="highs-ds")
    return np.asarray((covers @ found.x).round(), dtype=float)


def attendance(instance: Instance, shifts: Sequence[RosterShift]) -> list[Shift]:
    """A roster's shifts in slots."""
    number = {name: i for i, name in enumerate(instance.staff)}
    return [(number[shift.agent], shift.start // SLOT, shift.end // SLOT) for shift in shifts]


def _centre(instance: Instance) -> Centre:
    kinds = {f"s{first}": _kind(first, last) for first, last in STARTS}
    tasks = [f"t{task + 1}" for task in range(len(instance.cover))]
    return Centre(
        name=instance.name,
        timezone=ZONE,
        country="GB",
        interval_minutes=SLOT,
        grid_minutes=SLOT,
        seats=None,
        absence_rate=0.0,
        annual_attrition=0.0,
        classroom_places=None,
        currency="",
        cost=CostRates(shortage=FEWER, shortage_deep=MISSING, surplus=MORE),
        queues={task: _queue(task) for task in tasks},
        history=pd.DataFrame({"start": [], "queue": [], "offered": [], "aht_seconds": [], "abandoned": []}),
        agents={name: _agent(name, minutes, tasks) for name, minutes in instance.staff.items()},
        contracts={_named(minutes): _contract(minutes, tuple(kinds)) for minutes in set(instance.staff.values())},
        kinds=kinds,
        # The horizon ends with its last day.
        absences=tuple(_away_after(name) for name in instance.staff),
        ledger=(),
    )


def _kind(first: int, last: int) -> ShiftKind:
    return ShiftKind(
        kind=f"s{first}",
        earliest_start=first * SLOT,
        latest_start=last * SLOT,
        step_minutes=SLOT,
        paid_minutes=tuple(slots * SLOT for slots in range(SHORTEST, LONGEST + 1)),
        meal=None,
        rests=(),
        min_work_between=0,
        session_minutes=(),
    )


def _contract(minutes: tuple[int, int], kinds: tuple[str, ...]) -> Contract:
    return Contract(
        contract=_named(minutes),
        shifts=kinds,
        weekly_minutes=minutes,
        min_rest_minutes=REST * SLOT,
        max_consecutive_days=MOST_DAYS,
        training_minutes_month=0,
    )


def _queue(task: str) -> Queue:
    return Queue(
        queue=task,
        client="",
        channel=Channel.VOICE,
        service_level=0.8,
        threshold_seconds=20,
        patience_seconds=None,
        max_occupancy=1.0,
        concurrency=1,
        weight=1.0,
        min_agents=0,
    )


def _agent(name: str, minutes: tuple[int, int], tasks: list[str]) -> Agent:
    return Agent(
        agent=name,
        name=name,
        team="",
        contract=_named(minutes),
        hired_on=MONDAY - timedelta(weeks=52),
        leaves_on=None,
        email=None,
        skills=dict.fromkeys(tasks, 1.0),
    )


def _away_after(name: str) -> Absence:
    end = datetime.combine(MONDAY + timedelta(weeks=1), datetime.min.time(), tzinfo=ZoneInfo(ZONE))
    return Absence(agent=name, start=end, end=end + timedelta(days=1), kind="other")


def _named(minutes: tuple[int, int]) -> str:
    return f"{minutes[0]}-{minutes[1]}"
