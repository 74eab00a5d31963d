"""What a planner's folder becomes once it is read."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.reading.shop import WEEK, agent_ids, write_shop
from wfm.centre import (
    Availability,
    Break,
    Centre,
    Change,
    Channel,
    Measure,
    OpeningHours,
    published_shifts,
    worked_before,
)
from wfm.faults import FaultyInput
from wfm.reading import read_centre

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return read_centre(write_shop(tmp_path_factory.mktemp("shop")))


def test_the_centre_says_its_name_grid_seats_and_rates(shop: Centre) -> None:
    assert (shop.name, shop.timezone, shop.country, shop.currency) == ("Corner shop", "Europe/Berlin", "DE", "EUR")
    assert (shop.interval_minutes, shop.grid_minutes, shop.seats, shop.classroom_places) == (30, 15, 10, 3)
    assert (shop.absence_rate, shop.annual_attrition) == (0.05, 0.08)
    assert (shop.cost.shortage, shop.cost.fairness, shop.cost.shortage_deep) == (2.0, 25.5, 4.0)
    assert (shop.replay.redial_share, shop.replay.redial_minutes) == (0.5, 10.0)


def test_queues_take_the_usual_values_where_cells_are_empty(shop: Centre) -> None:
    assert list(shop.queues) == ["orders", "chat", "mail"]
    assert shop.queues["orders"].patience_seconds == 120
    assert shop.queues["orders"].min_agents == 1
    chat, mail = shop.queues["chat"], shop.queues["mail"]
    assert (chat.channel, chat.patience_seconds, chat.weight, chat.concurrency, chat.min_agents) == (
        Channel.CHAT, None, 1.0, 2.0, 0.0,
    )  # fmt: skip
    assert (mail.concurrency, mail.weight) == (1.0, 2.0)


def test_opening_hours_are_of_a_weekday_or_of_one_date(shop: Centre) -> None:
    assert shop.hours is not None
    assert shop.hours[1] == OpeningHours(queue="orders", weekday=5, date=None, open=480, close=1560)
    assert shop.hours[2] == OpeningHours(queue="chat", weekday=None, date=date(2026, 12, 24), open=540, close=780)


def test_opening_hours_may_have_a_column_for_weekdays_and_one_for_dates(tmp_path: Path) -> None:
    text = "queue,weekday,date,open,close\norders,mon,,08:00,20:00\norders,,2026-12-24,08:00,12:00\n"
    hours = read_centre(write_shop(tmp_path, hours_csv=text)).hours
    assert hours is not None
    assert [(h.weekday, h.date) for h in hours] == [(0, None), (None, date(2026, 12, 24))]


def test_history_is_in_local_time_and_says_what_is_not_known(shop: Centre) -> None:
    history = shop.history
    assert list(history.columns) == ["start", "queue", "offered", "aht_seconds", "abandoned"]
    assert str(history["start"].dtype) == "datetime64[ns, Europe/Berlin]"
    assert len(history) == 7 * 24 * 2
    assert history["start"].iloc[0] == datetime(2026, 11, 16, 8, tzinfo=BERLIN)
    assert history["aht_seconds"].isna().sum() == 7 * 8
    assert history.loc[history["queue"] == "chat", "abandoned"].isna().all()


def test_a_special_day_without_queue_is_everybodys_and_without_factor_is_learned(shop: Centre) -> None:
    christmas, sale, _ = shop.special_days
    assert (christmas.queue, christmas.factor, christmas.kind) == (None, 0.2, "holiday")
    assert (sale.queue, sale.factor) == ("orders", None)


def test_changes_of_the_forecast_keep_their_order_and_are_active_unless_said(shop: Centre) -> None:
    mailing, rest, tool = shop.adjustments
    assert (mailing.layer, mailing.queue, mailing.measure, mailing.kind, mailing.value) == (
        "mailing", "orders", Measure.CONTACTS, Change.FACTOR, 1.5,
    )  # fmt: skip
    assert mailing.start == datetime(2026, 12, 1, 8, tzinfo=BERLIN)
    assert (rest.queue, rest.kind, rest.end) == (None, Change.ABSOLUTE, datetime(2026, 12, 5, tzinfo=BERLIN))
    assert (tool.measure, tool.reason) == (Measure.AHT, "all answers at hand")
    assert [a.active for a in shop.adjustments] == [True, True, False]


def test_agents_keep_their_ids_and_have_their_skills(shop: Centre) -> None:
    assert list(shop.agents) == agent_ids()
    assert shop.agents["007"].skills == {"orders": 1.0}
    assert shop.agents["A02"].skills == {"orders": 1.0, "chat": 1.3}
    assert shop.agents["A12"].skills == {}
    assert shop.agents["A12"].leaves_on == date(2026, 12, 3)
    assert shop.agents["A02"].leaves_on is None
    assert shop.agents["A02"].email is None
    assert shop.agents["A02"].name == "王 1"


def test_contracts_are_in_minutes_and_a_missing_key_is_no_limit(shop: Centre) -> None:
    full, helper = shop.contracts["full"], shop.contracts["helper"]
    assert (full.weekly_minutes, full.days, full.daily_minutes_max) == ((2250, 2400), (4, 5), 600)
    assert (full.min_rest_minutes, full.start_spread_minutes, full.weekends_off) == (660, 180, (1, 4))
    assert (full.overtime_minutes_max, full.overtime_month_minutes_max) == (240, 2160)
    assert (full.training_minutes_month, helper.training_minutes_month) == (900, 600)
    assert helper.weekly_minutes is helper.max_nights is helper.overtime_month_minutes_max is None
    assert helper.overtime_minutes_max == 0
    assert (helper.pay_hour, helper.overtime_pay, full.pay_hour) == (28.5, 1.25, None)


def test_kinds_of_shift_are_in_minutes_and_a_night_may_start_after_midnight(shop: Centre) -> None:
    day, night = shop.kinds["day"], shop.kinds["night"]
    assert day.paid_minutes == (450, 480)
    assert day.meal == Break(minutes=60, paid=False, earliest=180, latest=300)
    assert [rest.latest for rest in day.rests] == [150, 480]
    assert (day.min_work_between, day.session_minutes) == (45, (60, 75, 90, 105, 120))
    assert list(night.start_clocks()) == [1320, 1380, 1440, 1500, 1560]
    assert (night.meal, night.rests, night.min_work_between, night.session_minutes) == (None, (), 0, ())


def test_absence_by_dates_runs_to_the_end_of_the_last(shop: Centre) -> None:
    leave, sick, other = shop.absences
    assert (leave.start, leave.end) == (datetime(2026, 12, 1, tzinfo=BERLIN), datetime(2026, 12, 3, tzinfo=BERLIN))
    assert (sick.start.hour, sick.end.hour) == (12, 18)
    assert (other.start.day, other.end.day) == (4, 5)


def test_wishes_locks_availability_training_and_ledger_are_read(shop: Centre) -> None:
    assert shop.availability[1] == Availability(agent="A04", weekday=4, start=1080, end=1800)
    assert [(r.kind, r.value, r.clock, r.weight) for r in shop.requests] == [
        ("off", "", None, 1.0), ("shift", "night", None, 2.0),
        ("start_after", "10:00", 600, 1.0), ("end_before", "26:00", 1560, 0.5),
    ]  # fmt: skip
    assert shop.owed == {
        ("007", date(2026, 12, 1)): 300,
        ("A02", date(2026, 11, 1)): 120,
        ("A03", date(2026, 12, 1)): 0,
    }
    meeting, off, work, training = shop.locks
    assert meeting.start == datetime(2026, 11, 30, 9, tzinfo=BERLIN)
    assert (off.start, off.end) == (None, None)
    assert work.end == datetime(2026, 12, 3, 2, tzinfo=BERLIN)
    assert training.activity == "training"
    assert shop.ledger is not None
    assert [(e.week, e.points) for e in shop.ledger][2] == (date(2026, 11, 9), 0.5)


def test_weeks_worked_before_keep_people_who_have_left(shop: Centre) -> None:
    week = shop.week(WEEK)
    worked = worked_before(shop, week)
    assert set(worked) == {"007", "A02", "left"}
    assert [shift.paid_minutes for shift in worked["left"]] == [480] * 4
    assert (worked["007"][0].start, worked["007"][0].end) == (-7 * 1440 + 480, -7 * 1440 + 1020)
    published = published_shifts(shop, week)
    assert published is not None
    assert [shift.day for shift in published["007"]] == [0, 1, 2, 3]


def test_a_folder_of_settings_queues_and_history_can_be_forecast(tmp_path: Path) -> None:
    names = ("shifts_toml", "contracts_toml", "hours_csv", "special_days_csv", "agents_csv", "skills_csv",
             "absences_csv", "availability_csv", "requests_csv", "training_csv", "locks_csv", "worked_csv",
             "published_csv", "ledger_csv")  # fmt: skip
    bare = 'name = "bare"\ntimezone = "UTC"\ncountry = "US"\ninterval_minutes = 30\n'
    centre = read_centre(write_shop(tmp_path, centre_toml=bare, **dict.fromkeys(names)))
    assert not centre.agents and not centre.contracts and not centre.kinds
    assert (centre.seats, centre.absence_rate, centre.annual_attrition, centre.grid_minutes) == (None, 0.0, 0.077, 15)
    assert centre.hours is centre.worked is centre.published is centre.ledger is None


def test_the_hash_changes_with_any_byte_of_any_file_and_with_nothing_else(tmp_path: Path) -> None:
    first = read_centre(write_shop(tmp_path / "a")).inputs_sha256
    assert read_centre(write_shop(tmp_path / "b")).inputs_sha256 == first
    (tmp_path / "b" / "notes.txt").write_text("no input")
    assert read_centre(tmp_path / "b").inputs_sha256 == first
    with (tmp_path / "b" / "ledger.csv").open("a") as ledger:
        ledger.write("\n")
    assert read_centre(tmp_path / "b").inputs_sha256 != first


def test_a_byte_order_mark_blank_lines_and_spaces_around_cells_do_no_harm(tmp_path: Path) -> None:
    agents = "\ufeffagent , name,team,contract,hired_on,leaves_on\r\n\r\n 007 ,Ada,x, full ,2020-01-01,\r\n,,,,,\r\n"
    names = (
        "skills_csv",
        "absences_csv",
        "availability_csv",
        "requests_csv",
        "training_csv",
        "locks_csv",
        "ledger_csv",
    )
    heads = {"skills_csv": "agent,queue,aht_factor\n"}
    folder = write_shop(tmp_path, agents_csv=agents, **{**dict.fromkeys(names), **heads})
    (folder / "centre.toml").write_bytes(b"\xef\xbb\xbf" + (folder / "centre.toml").read_bytes())
    assert [(a.agent, a.contract) for a in read_centre(folder).agents.values()] == [("007", "full")]


def test_without_history_everything_else_is_read_under_the_same_hash(tmp_path: Path) -> None:
    folder = write_shop(tmp_path)
    whole, rest = read_centre(folder), read_centre(folder, history=False)
    assert rest.history.empty and not whole.history.empty
    assert (rest.inputs_sha256, rest.agents, rest.queues) == (whole.inputs_sha256, whole.agents, whole.queues)
    (folder / "history.csv").unlink()
    with pytest.raises(FaultyInput, match=r"history\.csv"):
        read_centre(folder, history=False)
