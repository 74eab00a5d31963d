"""guangzhou_10000: a telecom provider's contact centre of 1,500 seats with two outside clients."""

from datetime import date, timedelta

from sample_data.blueprint import Blueprint, SpecialDate, Stream
from sample_data.guangzhou_staff import CAPACITY, CONTRACTS, CREWS, SHIFTS, SKILL_SETS

MONDAY = date(2026, 11, 30)
WEEKS = 104

DAYTIME = (14, 11, 10, 9, 9, 11, 16, 30, 62, 94, 100, 97, 74, 70, 87, 93, 87, 66, 47, 43, 39, 31, 23, 17)
DAYTIME_FREE = (16, 13, 11, 10, 10, 11, 16, 28, 56, 88, 100, 98, 82, 76, 86, 90, 86, 72, 58, 54, 50, 40, 29, 21)
EVENING = (18, 13, 11, 10, 10, 11, 15, 28, 56, 86, 100, 96, 80, 76, 86, 92, 86, 74, 68, 74, 76, 62, 40, 26)
OFFICE = (8, 7, 6, 6, 6, 7, 10, 22, 62, 98, 100, 94, 64, 66, 90, 96, 88, 62, 36, 28, 23, 17, 13, 10)

OWN_WEEK = (1.06, 1.02, 1.0, 0.99, 0.99, 0.84, 0.80)
HOME_WEEK = (1.02, 1.0, 0.99, 0.99, 1.0, 0.94, 0.92)
CLIENT_WEEK = (1.10, 1.05, 1.02, 1.0, 0.98, 0.62, 0.50)

SALES_HOURS = (9 * 60, 20 * 60)
PARCEL_HOURS = (8 * 60, 22 * 60)

STREAMS = (
    Stream(
        queue="enquiry", client="telecom", max_occupancy=0.88, min_agents=4, share=0.36, aht_seconds=162,
        working_day=DAYTIME, free_day=DAYTIME_FREE, week=OWN_WEEK, holiday=0.74,
    ),
    Stream(
        queue="fault", client="telecom", max_occupancy=0.86, min_agents=3, share=0.16, aht_seconds=270,
        working_day=EVENING, free_day=DAYTIME_FREE, week=HOME_WEEK, holiday=0.88, patience_seconds=180,
    ),
    Stream(
        queue="complaint", client="telecom", service_level=0.85, threshold_seconds=15, patience_seconds=150,
        max_occupancy=0.85, weight=1.5, min_agents=2, share=0.06, aht_seconds=330,
        working_day=OFFICE, free_day=DAYTIME_FREE, week=OWN_WEEK, holiday=0.70,
    ),
    Stream(
        queue="orders", client="telecom", threshold_seconds=30, max_occupancy=0.88, share=0.14, aht_seconds=245,
        working_day=DAYTIME, free_day=DAYTIME_FREE, week=OWN_WEEK, holiday=0.62,
    ),
    Stream(
        queue="sales_callback", client="telecom", channel="deferred", service_level=0.95, threshold_seconds=14400,
        patience_seconds=None, max_occupancy=0.92, weight=0.8, share=0.05, aht_seconds=295,
        working_day=OFFICE, free_day=DAYTIME_FREE, week=OWN_WEEK, holiday=0.55,
        hours=(SALES_HOURS,) * 7, dates_open={date(2026, 12, 6): (10 * 60, 18 * 60)},
    ),
    Stream(
        queue="chat", client="telecom", channel="chat", threshold_seconds=45, patience_seconds=240,
        max_occupancy=0.90, concurrency=3, share=0.11, aht_seconds=540,
        working_day=EVENING, free_day=EVENING, week=HOME_WEEK, holiday=0.85,
    ),
    Stream(
        queue="bank_hotline", client="pearl_bank", service_level=0.90, threshold_seconds=15, patience_seconds=90,
        max_occupancy=0.85, weight=1.5, min_agents=2, share=0.07, aht_seconds=182,
        working_day=OFFICE, free_day=DAYTIME_FREE, week=CLIENT_WEEK, holiday=0.50,
    ),
    Stream(
        queue="parcel", client="swift_parcel", service_level=0.70, threshold_seconds=40, patience_seconds=150,
        max_occupancy=0.90, share=0.05, aht_seconds=120,
        working_day=DAYTIME, free_day=DAYTIME_FREE, week=CLIENT_WEEK, holiday=0.35, hours=(PARCEL_HOURS,) * 7,
    ),
)  # fmt: skip


def _special_dates() -> tuple[SpecialDate, ...]:
    first = MONDAY - timedelta(weeks=WEEKS)
    months = [date(year, month, 1) for year in range(2024, 2027) for month in range(1, 13)]
    billing = [
        SpecialDate(date=month.replace(day=day), queue=queue, name="billing day", kind="event", effect=effect)
        for month in months
        for day in (1, 2, 3, 25)
        for queue, effect in (("enquiry", 1.16), ("complaint", 1.12))
    ]
    shopping = [
        SpecialDate(date=date(year, month, day), queue="parcel", name="shopping festival", kind="event", effect=1.45)
        for year in (2024, 2025, 2026)
        for month, day in ((6, 18), (11, 11), (12, 12))
    ]
    return tuple(sorted(
        (special for special in (*billing, *shopping, *SINGLE_DATES) if special.date >= first),
        key=lambda special: (special.date, special.name, special.queue or ""),
    ))  # fmt: skip


SINGLE_DATES = (
    SpecialDate(date=date(2025, 1, 29), queue="parcel", name="Spring Festival", kind="closed", effect=0.0),
    SpecialDate(date=date(2026, 2, 17), queue="parcel", name="Spring Festival", kind="closed", effect=0.0),
    SpecialDate(date=date(2025, 2, 12), queue=None, name="Lantern Festival", kind="holiday", effect=0.90),
    SpecialDate(date=date(2026, 3, 3), queue=None, name="Lantern Festival", kind="holiday", effect=0.90),
    SpecialDate(date=date(2025, 3, 18), queue=None, name="exchange down", kind="outage", effect=0.10, hours=(540, 780)),
    SpecialDate(date=date(2025, 7, 20), queue=None, name="typhoon", kind="outage", effect=0.35, hours=(360, 1320)),
    SpecialDate(date=date(2026, 4, 22), queue="chat", name="app down", kind="outage", effect=0.0, hours=(600, 960)),
    SpecialDate(date=date(2026, 8, 11), queue="fault", name="cable cut", kind="outage", effect=2.6, hours=(840, 1260)),
    SpecialDate(date=date(2026, 12, 4), queue="chat", name="app release", kind="event", factor=1.1, effect=1.1),
    SpecialDate(date=date(2026, 12, 27), queue=None, name="New Year working Sunday", kind="workday", effect=1.2),
)

GUANGZHOU = Blueprint(
    centre="guangzhou_10000",
    name="Guangzhou 10000",
    seed=10000,
    timezone="Asia/Shanghai",
    country="CN",
    interval_minutes=15,
    grid_minutes=15,
    seats=1500,
    classroom_places=120,
    monday=MONDAY,
    weeks_of_history=WEEKS,
    contacts_per_week=50_000_000 * 7 / 365.25,
    trend=0.02,
    streams=STREAMS,
    special_dates=_special_dates(),
    missing_runs=7,
    agents=2300,
    crews=CREWS,
    skill_sets=SKILL_SETS,
    contracts_toml=CONTRACTS,
    shifts_toml=SHIFTS,
    capacity_toml=CAPACITY,
    locks=20,
    lockable_contracts=("full_time", "day_time"),
)
