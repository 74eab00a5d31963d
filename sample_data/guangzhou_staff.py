"""The staff of guangzhou_10000: crews and their habits, contracts, kinds of shift, skills."""

from sample_data.blueprint import Crew, Habit

DAY_STARTS = {"day": (420, 690)}
LATE_STARTS = {"evening": (810, 900), "night": (1260, 1380)}
DAYS = Habit(weight=0.40, kinds=("day",) * 5, paid_hours=8, starts=DAY_STARTS)
LONG_DAYS = Habit(weight=0.30, kinds=("day",) * 4, paid_hours=10, starts={"day": (420, 540)})
EVENINGS = Habit(weight=0.20, kinds=("evening",) * 5, paid_hours=8, starts=LATE_STARTS)
NIGHTS = Habit(weight=0.30, kinds=("evening", "evening", "night", "night", "night"), paid_hours=8, starts=LATE_STARTS)
SHORT = Habit(kinds=("short",) * 4, paid_hours=5, starts={"short": (480, 900)})
SCHOOL_HOURS = Habit(kinds=("short",) * 4, paid_hours=5, starts={"short": (510, 660)}, days=(0, 1, 3, 4))
STUDENT = (
    Habit(weight=0.5, kinds=("short", "short"), paid_hours=6, starts={"short": (600, 780)}, days=(5, 6)),
    Habit(weight=0.5, kinds=("short",) * 3, paid_hours=4, starts={"short": (1080, 1080)}, days=(2, 4, 6)),
)
STUDENT_TIMES = (*((day, "17:30", "23:00") for day in range(5)), (5, "08:00", "23:00"), (6, "08:00", "23:00"))

CREWS = (
    Crew(contract="full_time", share=0.65, habits=(DAYS, LONG_DAYS, EVENINGS, NIGHTS), monthly_training=900),
    Crew(
        contract="day_time", share=0.20, monthly_training=900,
        habits=(DAYS, Habit(weight=0.3, kinds=("evening",) * 5, paid_hours=8, starts={"evening": (810, 870)})),
    ),
    Crew(contract="part_time", share=0.045, habits=(SHORT,), monthly_training=480),
    Crew(
        contract="part_time", share=0.015, habits=(SCHOOL_HOURS,), monthly_training=480,
        availability=tuple((day, "08:00", "17:00") for day in range(5)),
    ),
    Crew(
        contract="night_team", share=0.06, monthly_training=900, never_queues=("sales_callback", "parcel"),
        habits=(Habit(kinds=("night",) * 4, paid_hours=9, starts={"night": (1200, 1380)}),),
    ),
    Crew(contract="student_weekend", share=0.03, habits=STUDENT, availability=STUDENT_TIMES, monthly_training=240),
)  # fmt: skip

CONTRACTS = """\
[full_time]
shifts = ["day", "evening", "night"]
weekly_hours = [38, 40]
days = [4, 5]
daily_hours_max = 10
min_rest_hours = 11
max_consecutive_days = 6
min_days_off_together = 2
max_nights = 3
weekends_off = [1, 4]
overtime_hours_max = 0
pay_hour = 36

[day_time]                         # no nights, much the same start all week
shifts = ["day", "evening"]
weekly_hours = [36, 40]
days = [4, 5]
daily_hours_max = 10
min_rest_hours = 11
max_consecutive_days = 6
min_days_off_together = 2
start_spread_hours = 6
max_nights = 0
weekends_off = [1, 4]
overtime_hours_max = 2
overtime_month_max = 36
pay_hour = 35

[part_time]
shifts = ["short"]
weekly_hours = [16, 24]
days = [3, 5]
daily_hours_max = 6
min_rest_hours = 11
max_consecutive_days = 6
min_days_off_together = 2
weekends_off = [1, 4]
training_hours_month = 8
pay_hour = 32

[night_team]
shifts = ["night"]
weekly_hours = [32, 40]
days = [4, 5]
daily_hours_max = 10
min_rest_hours = 11
max_consecutive_days = 5
min_days_off_together = 2
max_nights = 5
weekends_off = [1, 4]
pay_hour = 44

[student_weekend]
shifts = ["short"]
weekly_hours = [8, 20]
days = [1, 4]
daily_hours_max = 6
min_rest_hours = 11
max_consecutive_days = 4
training_hours_month = 4
pay_hour = 30
"""

SHIFTS = """\
[day]
start = ["06:00", "13:00"]
step_minutes = 30
paid_hours = [7, 8, 9, 10]
meal = { minutes = 60, paid = false, after_hours = [3.0, 5.0] }
rests = [ { minutes = 15, paid = true, after_hours = [1.0, 2.5] },
          { minutes = 15, paid = true, after_hours = [5.5, 8.0] } ]
min_work_between_minutes = 45
training = { minutes = [60, 120], step_minutes = 15 }

[evening]
start = ["13:30", "16:30"]
step_minutes = 30
paid_hours = [7, 8, 9]
meal = { minutes = 60, paid = false, after_hours = [3.0, 5.0] }
rests = [ { minutes = 15, paid = true, after_hours = [1.0, 2.5] },
          { minutes = 15, paid = true, after_hours = [5.5, 8.0] } ]
min_work_between_minutes = 45
training = { minutes = [60, 120], step_minutes = 15 }

[night]
start = ["20:00", "24:00"]
step_minutes = 30
paid_hours = [7, 8, 9, 10]
meal = { minutes = 60, paid = false, after_hours = [3.0, 5.0] }
rests = [ { minutes = 15, paid = true, after_hours = [1.0, 2.5] },
          { minutes = 15, paid = true, after_hours = [5.5, 8.0] } ]
min_work_between_minutes = 45
training = { minutes = [60, 120], step_minutes = 15 }

[short]
start = ["08:00", "18:30"]
step_minutes = 30
paid_hours = [4, 5, 6]
rests = [ { minutes = 15, paid = true, after_hours = [1.5, 3.0] } ]
min_work_between_minutes = 45
training = { minutes = [60, 90], step_minutes = 15 }
"""

CAPACITY = """\
efficiency = 0.96
shortage_pay = 3

[attrition]                        # of whom nobody knows yet; the leaving dates of the next quarter stand in agents.csv
first_months = 6
first_months_factor = 2.5
notice_weeks = 13

[leave]                            # January to December: Spring Festival, summer, the October holidays
months = [0.05, 0.09, 0.05, 0.05, 0.06, 0.06, 0.08, 0.08, 0.06, 0.07, 0.05, 0.06]

[overtime]
share = 0.5

[limits]
classes_at_once = 4
trainees_at_once = 90

[[class]]
name = "enquiry and orders"
contract = "full_time"
queues = ["enquiry", "orders"]
size = [10, 24]
weeks_training = 6
ramp = [1.4, 1.3, 1.2, 1.1]
drop_out = 0.12
cost_per_hire = 4200
max_classes = 8

[[class]]
name = "faults"
contract = "full_time"
queues = ["fault", "chat"]
size = [10, 20]
weeks_training = 8
ramp = [1.5, 1.35, 1.2, 1.1]
drop_out = 0.15
cost_per_hire = 5200
earliest = 2027-01-04
max_classes = 6

[[class]]
name = "complaints"
contract = "day_time"
queues = ["complaint", "enquiry"]
size = [6, 12]
weeks_training = 10
ramp = [1.4, 1.3, 1.2, 1.1]
drop_out = 0.1
cost_per_hire = 6000
earliest = 2027-03-01
every_weeks = 6
max_classes = 4

[[class]]
name = "part-timers"
contract = "part_time"
queues = ["enquiry"]
size = [6, 20]
weeks_training = 5
ramp = [1.3, 1.2, 1.1]
drop_out = 0.2
cost_per_hire = 2500
max_classes = 6

[[class]]
name = "bank"
contract = "day_time"
queues = ["bank_hotline", "parcel"]
size = [4, 10]
weeks_training = 6
ramp = [1.3, 1.2, 1.1]
drop_out = 0.1
cost_per_hire = 5000
every_weeks = 6
max_classes = 3

[[transfer]]
date = 2027-04-05
agents = 12
contract = "full_time"
queues = ["enquiry"]
to_queues = ["enquiry", "complaint"]
weeks_training = 3
"""

SKILL_SETS = (
    (("enquiry",), 0.13),
    (("fault",), 0.11),
    (("complaint",), 0.025),
    (("orders",), 0.06),
    (("chat",), 0.045),
    (("sales_callback",), 0.015),
    (("bank_hotline",), 0.025),
    (("parcel",), 0.01),
    (("enquiry", "orders"), 0.10),
    (("enquiry", "fault"), 0.09),
    (("enquiry", "complaint"), 0.04),
    (("enquiry", "chat"), 0.04),
    (("enquiry", "parcel"), 0.02),
    (("fault", "complaint"), 0.045),
    (("fault", "chat"), 0.03),
    (("orders", "sales_callback"), 0.045),
    (("bank_hotline", "complaint"), 0.02),
    (("bank_hotline", "parcel"), 0.015),
    (("enquiry", "orders", "sales_callback"), 0.035),
    (("enquiry", "fault", "complaint"), 0.03),
    (("enquiry", "bank_hotline", "parcel"), 0.02),
    (("fault", "orders", "chat"), 0.02),
    (("enquiry", "fault", "orders", "chat"), 0.02),
    (("enquiry", "fault", "complaint", "orders"), 0.01),
)
