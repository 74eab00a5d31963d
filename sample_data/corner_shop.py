"""corner_shop: twelve agents, one queue, open in the daytime; small enough to read with the naked eye."""

from datetime import date

from sample_data.blueprint import Blueprint, Crew, Habit, SpecialDate, Stream

MONDAY = date(2026, 11, 30)
SHOP_HOURS = (8 * 60, 20 * 60)
LEVELS = (0, 0, 0, 0, 0, 0, 0, 20, 50, 80, 100, 90, 70, 65, 75, 85, 90, 95, 70, 40, 20, 0, 0, 0)

CONTRACTS = """\
[full_time]
shifts = ["day", "half"]
weekly_hours = [32, 40]
days = [4, 5]
min_rest_hours = 11
max_consecutive_days = 6
weekends_off = [1, 4]
training_hours_month = 2
pay_hour = 18

[part_time]
shifts = ["half"]
weekly_hours = [12, 20]
days = [3, 5]
min_rest_hours = 11
max_consecutive_days = 5
training_hours_month = 2
pay_hour = 16
"""

SHIFTS = """\
[day]
start = ["08:00", "12:00"]
step_minutes = 120
paid_hours = [6, 8]
meal = { minutes = 60, paid = true, after_hours = [3.0, 4.0] }
min_work_between_minutes = 60
training = { minutes = [60, 60], step_minutes = 60 }

[half]
start = ["08:00", "16:00"]
step_minutes = 120
paid_hours = [4]
min_work_between_minutes = 60
training = { minutes = [60, 60], step_minutes = 60 }
"""

CAPACITY = """\
[attrition]
first_months = 6
first_months_factor = 2.0

[leave]
share = 0.08

[limits]
classes_at_once = 1

[[class]]
name = "shop helpers"
contract = "part_time"
queues = ["shop"]
size = [1, 2]
weeks_training = 2
ramp = [1.3, 1.1]
drop_out = 0.1
cost_per_hire = 300
every_weeks = 4
max_classes = 3

[[class]]
name = "shop assistants"
contract = "full_time"
queues = ["shop"]
size = [1, 2]
weeks_training = 3
ramp = [1.3, 1.2, 1.1]
drop_out = 0.1
cost_per_hire = 500
earliest = 2027-01-04
every_weeks = 4
max_classes = 2
"""

CREWS = (
    Crew(
        contract="full_time",
        share=8,
        habits=(
            Habit(kinds=("day",) * 5, paid_hours=8, starts={"day": (480, 480)}, days=(0, 1, 2, 3, 4)),
            Habit(kinds=("day",) * 5, paid_hours=8, starts={"day": (600, 720)}, days=(0, 1, 2, 3, 4)),
            Habit(kinds=("day",) * 5, paid_hours=8, starts={"day": (480, 720)}, days=(1, 2, 3, 4, 5)),
        ),
        monthly_training=120,
        left_this_month=(0, 0, 60),
    ),
    Crew(
        contract="part_time",
        share=4,
        habits=(Habit(kinds=("half",) * 4, paid_hours=4, starts={"half": (600, 960)}, days=(0, 2, 4, 5)),),
        monthly_training=120,
        left_this_month=(0, 0, 60),
    ),
)

SCENARIOS = """\
[[scenario]]
name = "spring offer"
reason = "leaflets on Tuesday"
volume."*" = 1.05
[[scenario.day]]
date = "2026-12-02"
from = "10:00"
to = "14:00"
volume = 1.6

[[scenario]]
name = "offer and part-timers"
on = "spring offer"
staff.part_time = 1.5

[[sweep]]
name = "how much more can come"
[[sweep.over]]
factor = "volume"
values = [0.9, 1.0, 1.1, 1.2]
"""

CORNER_SHOP = Blueprint(
    centre="corner_shop",
    name="Corner Shop",
    seed=12,
    timezone="Asia/Shanghai",
    country="CN",
    interval_minutes=60,
    grid_minutes=60,
    seats=8,
    classroom_places=2,
    monday=MONDAY,
    weeks_of_history=26,
    contacts_per_week=2900,
    streams=(
        Stream(
            queue="shop",
            client="corner_shop",
            max_occupancy=0.85,
            share=1.0,
            aht_seconds=210,
            working_day=LEVELS,
            free_day=LEVELS,
            week=(1.1, 1.0, 1.0, 1.0, 1.05, 1.15, 0.0),
            holiday=0.8,
            hours=(SHOP_HOURS,) * 6 + (None,),
        ),
    ),
    special_dates=(
        SpecialDate(date=date(2026, 9, 9), queue=None, name="line down", kind="outage", effect=0.1, hours=(600, 840)),
    ),
    missing_runs=1,
    agents=12,
    crews=CREWS,
    skill_sets=((("shop",), 1.0),),
    contracts_toml=CONTRACTS,
    shifts_toml=SHIFTS,
    capacity_toml=CAPACITY,
    locks=1,
    lockable_contracts=("full_time",),
    latin_names=1.0,
    training_hours_month=2,
    scenarios_toml=SCENARIOS,
)
