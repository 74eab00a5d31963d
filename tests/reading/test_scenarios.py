"""A file of scenarios: what it may say, and the faults it is told with."""

from datetime import date
from pathlib import Path

import pytest

from tests.reading.shop import write_shop
from wfm.centre import Centre
from wfm.faults import FaultyInput
from wfm.reading import parse_scenarios, read_centre, read_scenarios

WHOLE = """\
week = 2026-11-30

[[scenario]]
name = "campaign"
reason = "spring offer"
absence_rate = 0.08
annual_attrition = 0.1
seats = 8
classroom_places = 2
[scenario.volume]
"*" = 1.05
orders = 1.2
[scenario.aht]
chat = 0.9
[scenario.patience]
orders = 0.5
[scenario.queues.orders]
service_level = 0.9
threshold_seconds = 10
max_occupancy = 0.9
[scenario.contracts.full]
min_rest_hours = 10
weekly_hours = [30, 40]
[scenario.staff]
helper = 1.1
[[scenario.day]]
date = "2026-12-02"
queue = "orders"
from = "10:00"
to = "14:00"
volume = 1.6
[[scenario.skills]]
queue = "chat"
from = "orders"
share = 0.1
aht_factor = 1.1

[[scenario]]
name = "client won"
on = "campaign"
[[scenario.client.won]]
client = "bakery"
queue = "bread"
like = "orders"
volume = 0.3
service_level = 0.7
[scenario.volume]
bread = 2

[[sweep]]
name = "volume by absence"
on = "client won"
[[sweep.over]]
factor = "volume"
queue = "bread"
values = [0.9, 1, 1.1]
[[sweep.over]]
factor = "absence_rate"
values = [0.05, 0.1]
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return read_centre(write_shop(tmp_path_factory.mktemp("shop")))


def test_a_whole_file_is_read_as_it_is_meant(shop: Centre, tmp_path: Path) -> None:
    path = tmp_path / "spring.toml"
    path.write_text(WHOLE)
    found = read_scenarios(path, shop)
    campaign, bakery = found.scenarios
    assert found.week.monday == date(2026, 11, 30) and campaign.volume == {"*": 1.05, "orders": 1.2}
    assert campaign.contracts == {"full": {"min_rest_minutes": 600, "weekly_minutes": (1800, 2400)}}
    assert campaign.days[0].start.isoformat() == "2026-12-02T10:00:00+01:00"
    assert bakery.on == ("campaign",) and bakery.won[0].fields == {"service_level": 0.7}
    assert len(found.sweeps[0].points()) == 6 and found.sweeps[0].factors[0].label == "volume of bread"


def test_the_week_given_goes_before_the_files_and_history_decides_without_either(shop: Centre) -> None:
    text = b'[[scenario]]\nname = "x"\n'
    assert parse_scenarios(b"week = 2026-12-07\n" + text, shop, week=date(2026, 12, 14)).week.monday.day == 14
    assert parse_scenarios(b"week = 2026-12-07\n" + text, shop).week.monday.day == 7
    assert parse_scenarios(text, shop).week.monday == shop.monday_after()


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        ("[scenario.volumes]\norders = 1.2", "6:scenario[2].volumes: expected a known key (did you mean volume?)"),
        ("[scenario.volume]\norder = 1.2", '7:scenario[2].volume.order: expected a queue of queues.csv or of a client won, or "*" for all (did you mean orders?)'),
        ("[scenario.volume]\norders = -1", "7:scenario[2].volume.orders: expected a number of at least 0 and up to 1000, got -1"),
        ("[scenario.patience]\nmail = 2", "7:scenario[2].patience.mail: expected a queue with patience_seconds"),
        ("[scenario.staff]\nhelpers = 2", "7:scenario[2].staff.helpers: expected a contract of contracts.toml"),
        ("[scenario.contracts.full]\nmin_rest = 10", "7:scenario[2].contracts.full.min_rest: expected a known key (did you mean min_rest_hours?)"),
        ("[scenario.contracts.full]\nshifts = ['noon']", "7:scenario[2].contracts.full.shifts: expected a list of which each entry is a kind of shift"),
        ("[scenario.queues.mail]\npatience_seconds = 5", "7:scenario[2].queues.mail.patience_seconds: expected a known key"),
        ("[[scenario.day]]\ndate = 2026-12-08", "7:scenario[2].day[1].date: expected a date of the week of 2026-11-30"),
        ("[[scenario.day]]\ndate = 2026-12-01\nfrom = '10:10'", "8:scenario[2].day[1].from: expected a time on the 30-minute intervals"),
        ("[[scenario.day]]\ndate = 2026-12-01\nvolume = 2\n[[scenario.day]]\ndate = 2026-12-02\nto = '00:00'", "11:scenario[2].day[2].to: expected a time after from"),
        ("[[scenario.day]]\ndate = 2026-12-01\nqueue = 'orders'", "6:scenario[2].day[1]: expected volume or aht, or both"),
        ("[scenario.client]\nlost = 'shops'", "7:scenario[2].client.lost: expected a list of which each entry is a client of queues.csv"),
        ("[scenario.client]\nlost = 'shop'", "7:scenario[2].client.lost: expected at least one queue that stays"),
        ("[[scenario.client.won]]\nclient = 'x'\nqueue = 'chat'\nlike = 'orders'", "8:scenario[2].client.won[1].queue: expected a name of up to 60 letters that no other queue has"),
        ("[[scenario.skills]]\nqueue = 'chat'\nfrom = 'chat'\nshare = 0.5", "7:scenario[2].skills[1].queue: expected another queue than from"),
        ("on = 'third'", "6:scenario[2].on: expected a list of which each entry is a scenario that stands above"),
        ("seats = 2.5", "6:scenario[2].seats: expected a whole number of at least 0"),
        ("[[sweep]]\nname = 'x'\n[[sweep.over]]\nfactor = 'volumes'\nvalues = [1]", "9:sweep[1].over[1].factor: expected one of volume"),
        ("[[sweep]]\nname = 'x'\n[[sweep.over]]\nfactor = 'staff'\nvalues = [1]", "9:sweep[1].over[1].factor: expected roster = true"),
        ("[[sweep]]\nname = 'x'\nroster = true\n[[sweep.over]]\nfactor = 'max_nights'\nvalues = [1.5]", "11:sweep[1].over[1].values: expected a list of which each entry is a whole number"),
        ("[[sweep]]\nname = 'x'", "6:sweep[1].over: expected one or two tables [[sweep.over]]"),
    ],
)  # fmt: skip
def test_a_slip_is_told_where_it_is(shop: Centre, slip: str, told: str) -> None:
    text = f'week = 2026-11-30\n[[scenario]]\nname = "first"\n[[scenario]]\nname = "second"\n{slip}\n'
    with pytest.raises(FaultyInput) as raised:
        parse_scenarios(text.encode(), shop, file="spring.toml")
    assert len(raised.value.faults) == 1
    assert str(raised.value).startswith(f"spring.toml:{told}")


def test_slips_of_two_scenarios_are_told_together(shop: Centre) -> None:
    text = (
        '[[scenario]]\nname = "base"\nseats = -1\n[[scenario]]\nname = "b"\nseats = "many"\n[scenario.aht]\nchat = 0\n'
    )
    with pytest.raises(FaultyInput) as raised:
        parse_scenarios(text.encode(), shop)
    assert [(fault.row, fault.column) for fault in raised.value.faults] == [
        (2, "scenario[1].name"),
        (3, "scenario[1].seats"),
        (6, "scenario[2].seats"),
        (8, "scenario[2].aht.chat"),
    ]


@pytest.mark.parametrize("text", ["", "week = 2026-12-01\n", "[[scenario]\n", "\x00", '[scenario]\nname = "x"\n'])
def test_what_is_no_file_of_scenarios_is_a_fault(shop: Centre, text: str) -> None:
    with pytest.raises(FaultyInput):
        parse_scenarios(text.encode(), shop)


def test_a_queue_that_a_layer_below_has_lost_is_not_known(shop: Centre) -> None:
    won = '[[scenario.client.won]]\nclient = "b"\nqueue = "bread"\nlike = "chat"\n'
    text = f'[[scenario]]\nname = "w"\n{won}[[scenario]]\nname = "l"\non = "w"\nclient.lost = "b"\nvolume.bread = 2\n'
    with pytest.raises(FaultyInput, match=r"scenario\[2\].volume.bread"):
        parse_scenarios(text.encode(), shop)
    twice = f'[[scenario]]\nname = "w"\n{won}[[scenario]]\nname = "v"\n{won}[[scenario]]\nname = "x"\non = ["w", "v"]\n'
    with pytest.raises(FaultyInput, match="do not win bread twice"):
        parse_scenarios(twice.encode(), shop)
