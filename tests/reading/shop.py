"""A small shop's folder with every file of the contract, written for the tests to read and to spoil."""

from datetime import date, datetime, timedelta
from pathlib import Path

CENTRE = """\
name = "Corner shop"
timezone = "Europe/Berlin"
country = "DE"
interval_minutes = 30
grid_minutes = 15
seats = 10
absence_rate = 0.05
annual_attrition = 0.08
training_hours_month = 10
classroom_places = 3
currency = "EUR"

[cost]
shortage = 2
fairness = 25.5

[replay]
redial_share = 0.5
"""

SHIFTS = """\
[day]
start = ["08:00", "12:00"]
step_minutes = 30
paid_hours = [8, 7.5]
meal = { minutes = 60, paid = false, after_hours = [3.0, 5.0] }
rests = [ { minutes = 15, paid = true, after_hours = [1.0, 2.5] },
          { minutes = 15, paid = true, after_hours = [5.5, 8.0] } ]
min_work_between_minutes = 45
training = { minutes = [60, 120], step_minutes = 15 }

[night]
start = ["22:00", "26:00"]
step_minutes = 60
paid_hours = [6]
"""

CONTRACTS = """\
[full]
shifts = ["day", "night"]
weekly_hours = [37.5, 40]
days = [4, 5]
daily_hours_max = 10
min_rest_hours = 11
max_consecutive_days = 6
min_days_off_together = 2
start_spread_hours = 3
max_nights = 3
weekends_off = [1, 4]
overtime_hours_max = 4
overtime_month_max = 36
training_hours_month = 15

[helper]
shifts = ["day"]
pay_hour = 28.5
overtime_pay = 1.25
"""

CAPACITY = """\
efficiency = 0.9
shortage_pay = 2.5

[attrition]
annual = 0.1
first_months = 3
first_months_factor = 1.5
notice_weeks = 4

[leave]
share = 0.05
months = [0.04, 0.04, 0.05, 0.05, 0.05, 0.06, 0.1, 0.1, 0.05, 0.05, 0.04, 0.08]

[overtime]
share = 0.25

[vto]
share = 0.5

[limits]
classes_at_once = 2
trainees_at_once = 8

[[class]]
name = "spring"
contract = "full"
queues = ["orders", "chat"]
size = [2, 4]
weeks_training = 3
ramp = [1.3, 1.1]
drop_out = 0.2
cost_per_hire = 900
earliest = 2027-02-01
every_weeks = 2
max_classes = 3

[[class]]
name = "helpers"
contract = "helper"
queues = ["orders"]
size = [1, 2]

[[transfer]]
date = "2027-01-04"
agents = 2
contract = "full"
queues = ["orders"]
to_contract = "helper"
to_queues = ["orders", "chat"]
weeks_training = 1
"""

QUEUES = """\
queue,client,channel,service_level,threshold_seconds,patience_seconds,max_occupancy,concurrency,weight,min_agents
orders,shop,voice,0.80,20,120,0.88,1,1.0,1
chat,shop,chat,0.9,60,,0.9,2,,
mail,shop,deferred,0.95,86400,,0.95,,2,
"""

HOURS = """\
queue,weekday,open,close
orders,mon,08:00,20:00
orders,sat,08:00,26:00
chat,2026-12-24,09:00,13:00
mail,fri,9:00,17:00
"""

SPECIAL_DAYS = """\
date,queue,name,kind,factor
2026-12-25,,Christmas,holiday,0.2
2026-12-01,orders,sale,event,
2026-10-20,chat,line down,outage,
"""

ADJUSTMENTS = """\
layer,queue,start,end,measure,kind,value,reason,active
mailing,orders,2026-12-01T08:00,2026-12-02T00:00,contacts,factor,1.5,letters to 5 000 customers,true
mailing,,2026-12-03,2026-12-05,contacts,absolute,400,the same,
new tool,chat,2026-11-30T09:30,2027-01-01T00:00,aht,absolute,240,all answers at hand,FALSE
"""

ABSENCES = """\
agent,start,end,kind
007,2026-12-01,2026-12-02,leave
A02,2026-12-03T12:00,2026-12-03T18:00,sick
A03,2026-12-04,2026-12-04,other
"""

AVAILABILITY = """\
agent,weekday,from,to
A04,mon,08:00,16:00
A04,fri,18:00,30:00
A05,sun,00:00,24:00
"""

REQUESTS = """\
agent,date,kind,value,weight
007,2026-12-05,off,,
A02,2026-12-04,shift,night,2
A03,2026-12-01,start_after,10:00,1
A04,2026-12-02,end_before,26:00,0.5
"""

TRAINING = """\
agent,month,owed_minutes
007,2026-12,300
A02,2026-11-30,120
A03,2026-12,0
"""

LOCKS = """\
agent,date,start,end,activity
007,2026-11-30,09:00,11:00,meeting
A02,2026-12-01,,,off
A03,2026-12-02,22:00,26:00,work
A06,2026-12-03,2026-12-03T13:00,2026-12-03T14:00,training
"""

LEDGER = """\
agent,week,kind,points
007,2026-11-16,night,2
A02,2026-11-16,weekend,1
A02,2026-11-09,refused,0.5
"""

WEEK = date(2026, 11, 30)


def files() -> dict[str, str]:
    """Text of every file by name."""
    return {
        "centre.toml": CENTRE,
        "shifts.toml": SHIFTS,
        "contracts.toml": CONTRACTS,
        "capacity.toml": CAPACITY,
        "queues.csv": QUEUES,
        "hours.csv": HOURS,
        "history.csv": _history(),
        "special_days.csv": SPECIAL_DAYS,
        "adjustments.csv": ADJUSTMENTS,
        "agents.csv": _agents(),
        "skills.csv": _skills(),
        "absences.csv": ABSENCES,
        "availability.csv": AVAILABILITY,
        "requests.csv": REQUESTS,
        "training.csv": TRAINING,
        "locks.csv": LOCKS,
        "worked.csv": _roster(date(2026, 11, 23), agents=("007", "A02", "left")),
        "published.csv": _roster(WEEK, agents=("007",)),
        "ledger.csv": LEDGER,
    }


def write_shop(folder: Path, **changed: str | None) -> Path:
    """Write the folder; `agents_csv="…"` puts another text in the place of agents.csv, None leaves it out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        one = changed.get(name.replace(".", "_"), text)
        if one is not None:
            (folder / name).write_text(one, encoding="utf-8")
    return folder


def agent_ids() -> list[str]:
    """Twelve agents, the first with an id that a spreadsheet would take for a number."""
    return ["007", *(f"A{number:02d}" for number in range(2, 13))]


def _agents() -> str:
    rows = ["agent,name,team,contract,hired_on,leaves_on,email"]
    for number, agent in enumerate(agent_ids()):
        contract = "helper" if number > 8 else "full"
        leaves = "2026-12-03" if number == 11 else ""
        rows.append(f"{agent},王 {number},team {number % 2},{contract},2020-01-{number + 1:02d},{leaves},")
    return "\n".join(rows) + "\n"


def _skills() -> str:
    rows = ["agent,queue,aht_factor"]
    for number, agent in enumerate(agent_ids()[:11]):
        rows.append(f"{agent},orders,1.0")
        if number % 2:
            rows.append(f"{agent},chat,1.3")
    return "\n".join(rows) + "\n"


def _history() -> str:
    rows = ["start,queue,offered,aht_seconds,abandoned"]
    for day in range(7):
        for slot in range(16, 40):
            start = datetime(2026, 11, 16) + timedelta(days=day, minutes=30 * slot)
            rows.append(f"{start:%Y-%m-%dT%H:%M},orders,{10 + slot % 5},{180 + slot}.5,{slot % 2}")
            rows.append(f"{start:%Y-%m-%dT%H:%M},chat,{slot % 3},{'' if slot % 3 == 0 else 300},")
    return "\n".join(rows) + "\n"


def _roster(monday: date, *, agents: tuple[str, ...]) -> str:
    rows = ["agent,date,start,end,activity,paid"]
    segments = (
        ("08:00", "12:00", "work", "true"),
        ("12:00", "13:00", "meal", "false"),
        ("13:00", "17:00", "work", "true"),
    )
    for agent in agents:
        for day in range(4):
            on = monday + timedelta(days=day)
            rows += [f"{agent},{on},{on}T{start},{on}T{end},{what},{paid}" for start, end, what, paid in segments]
    return "\n".join(rows) + "\n"
