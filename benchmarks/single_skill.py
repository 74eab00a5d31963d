"""One queue, everybody can serve it: the plainest large week, without requests, fairness or seats that bind.

Its bound is what last week's tail has too many people on Monday's first hours: all else can be covered to the minute.
"""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pandas as pd

from sample_data.blueprint import Blueprint, Crew, Habit, Stream
from sample_data.contacts import planned_means, wall_text
from sample_data.folder import write
from sample_data.guangzhou import MONDAY

# Fixed before the solver was tuned on them.
CONTACTS_PER_WEEK = 766_000
TAIL = 27  # people of last week who work into Monday

# Levels of the 24 hours.
DAY = (
    1.4, 1.4, 1.4, 1.3, 1.3, 2.1, 6.2, 20.7, 58.9, 93.1, 104.0, 101.8,
    77.9, 71.5, 82.2, 86.5, 71.5, 46.5, 30.4, 22.6, 17.0, 11.5, 6.2, 2.9,
)  # fmt: skip
FREE_DAY = (
    1.4, 1.4, 1.3, 1.3, 1.3, 2.1, 5.3, 17.0, 48.5, 84.4, 104.0, 101.8,
    82.2, 75.8, 80.1, 84.4, 71.5, 50.6, 36.4, 27.5, 20.7, 13.3, 7.0, 3.7,
)  # fmt: skip

CONTRACTS = """\
[full_time]
shifts = ["any"]
weekly_hours = [38, 40]
days = [1, 5]
daily_hours_max = 10
min_rest_hours = 11

[full_time_days]
shifts = ["any"]
weekly_hours = [38, 40]
days = [1, 5]
daily_hours_max = 10
min_rest_hours = 11
max_nights = 0

[part_time]
shifts = ["any"]
weekly_hours = [20, 24]
days = [1, 3]
daily_hours_max = 10
min_rest_hours = 11
"""

SHIFTS = """\
[any]
start = ["00:00", "23:30"]
step_minutes = 30
paid_hours = [7, 8, 9, 10]
meal = { minutes = 60, paid = false, after_hours = [3.0, 5.0] }
rests = [ { minutes = 15, paid = false, after_hours = [1.0, 2.5] },
          { minutes = 15, paid = false, after_hours = [5.5, 8.0] } ]
min_work_between_minutes = 45
training = { minutes = [105, 105] }
"""

_crew = partial(Crew, monthly_training=900, left_this_month=(45,))  # two sessions are due of everybody
DAYS = Habit(weight=0.94, kinds=("any",) * 5, paid_hours=8, starts={"any": (420, 690)})
NIGHTS = Habit(weight=0.06, kinds=("any",) * 5, paid_hours=8, starts={"any": (1320, 1320)})
SHORT = Habit(kinds=("any",) * 3, paid_hours=8, starts={"any": (420, 690)})


def single_skill(seed: int, *, agents: int) -> Blueprint:
    """85% full time, of whom some never work nights (20% of all), 15% part time; 5% are on leave."""
    return Blueprint(
        centre="single_skill",
        name=f"Single skill, {agents:,} agents",
        seed=seed,
        timezone="Asia/Shanghai",
        country="CN",
        interval_minutes=15,
        grid_minutes=15,
        seats=agents,
        absence_rate=0.0,
        annual_attrition=0.0,
        classroom_places=agents,
        monday=MONDAY,
        weeks_of_history=12,
        contacts_per_week=CONTACTS_PER_WEEK,
        streams=(
            Stream(
                queue="calls", client="all", patience_seconds=None, share=1.0, aht_seconds=240,
                working_day=DAY, free_day=FREE_DAY, week=(1.08, 1.02, 1.0, 1.0, 1.0, 0.90, 0.84),
            ),
        ),
        agents=agents,
        crews=(
            _crew(contract="full_time", share=0.65, habits=(DAYS, NIGHTS)),
            _crew(contract="full_time_days", share=0.20, habits=(DAYS,)),
            _crew(contract="part_time", share=0.15, habits=(SHORT,)),
        ),
        skill_sets=((("calls",), 1.0),),
        contracts_toml=CONTRACTS,
        shifts_toml=SHIFTS,
        weeks_worked=1,
    )  # fmt: skip


def write_single_skill(plan: Blueprint, folder: Path) -> None:
    """Write the folder: nobody wishes, the ledger is empty, and the forecast beside it is the same for every seed."""
    write(plan, folder)
    (folder / "requests.csv").unlink()
    (folder / "ledger.csv").write_text("agent,week,kind,points\n", encoding="utf-8")
    means = planned_means(plan)
    bands = {"offered_p10": means["offered"], "offered_p90": means["offered"]}
    forecast = means.assign(start=wall_text(pd.DatetimeIndex(means["start"])), **bands)
    forecast.to_csv(folder / "forecast.csv", index=False, lineterminator="\n")
    worked = pd.read_csv(folder / "worked.csv", dtype=str)
    _with_tail(worked, plan).to_csv(folder / "worked.csv", index=False, lineterminator="\n")


def _with_tail(worked: pd.DataFrame, plan: Blueprint) -> pd.DataFrame:
    """Leave out the last Sunday's nights of all but the first so many people."""
    sunday = worked["date"] == str(plan.monday - timedelta(days=1))
    late = worked.loc[sunday & (worked["end"] > str(plan.monday)), "agent"].drop_duplicates()
    return worked[~(sunday & worked["agent"].isin(late[TAIL:]))]
