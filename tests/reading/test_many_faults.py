"""A folder with a hundred slips tells a hundred faults, and a mangled one never more than that it is faulty."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reading.shop import files, write_shop
from wfm.faults import FaultyInput
from wfm.reading import read_centre

BAD_CELLS = {
    "queues.csv": {"channel": "fax", "service_level": "0", "threshold_seconds": "soon", "max_occupancy": "2"},
    "hours.csv": {"queue": "none", "weekday": "holiday", "open": "8h", "close": "00:00"},
    "history.csv": {
        "start": "2026-03-29T02:30", "queue": "ordrs", "offered": "-3", "aht_seconds": "3 min", "abandoned": "n/a",
    },
    "special_days.csv": {"date": "25.12.2026", "queue": "all", "kind": "feast", "factor": "half"},
    "agents.csv": {"contract": "none", "hired_on": "2020-02-30", "leaves_on": "2019-01-01"},
    "skills.csv": {"agent": "A1O", "queue": "order", "aht_factor": "-1"},
    "absences.csv": {"agent": "A0", "start": "someday", "end": "2026-01-01", "kind": "ill"},
    "availability.csv": {"agent": "x", "weekday": "Wochenende", "from": "8", "to": "00:00"},
    "requests.csv": {"agent": "A99", "date": "tomorrow", "kind": "holiday", "weight": "inf"},
    "training.csv": {"agent": "A0", "month": "2026-13", "owed_minutes": "1.5"},
    "locks.csv": {"agent": "A0", "date": "30/11", "activity": "lunch"},
    "worked.csv": {"date": "2026-11-31", "start": "8:00", "end": "2026-11-01T08:00", "paid": "maybe"},
    "published.csv": {"date": "", "start": "25:00", "paid": "0"},
    "ledger.csv": {"agent": "A0", "week": "2026-11-17", "kind": "noon", "points": "-1"},
}  # fmt: skip

Place = tuple[str, int, str]


@pytest.mark.parametrize("seed", range(5))
def test_a_hundred_planted_slips_are_a_hundred_told_faults(tmp_path: Path, seed: int) -> None:
    texts, planted = _planted(random.Random(seed), slips=100)
    with pytest.raises(FaultyInput) as raised:
        read_centre(write_shop(tmp_path, **{name.replace(".", "_"): text for name, text in texts.items()}))
    told = {(fault.file, fault.row, fault.column) for fault in raised.value.faults}
    assert planted - told == set()
    assert told - planted == set()
    assert len(told) == 100


def _planted(chance: random.Random, *, slips: int) -> tuple[dict[str, str], set[Place]]:
    """Spoil one cell in each of some lines; at most a line in two of a file, so that duplicates stay what they are."""
    texts = files()
    lines = {name: texts[name].splitlines() for name in BAD_CELLS}
    places = [(name, row) for name, rows in lines.items() for row in range(2, len(rows) + 1)]
    small = [place for place in places if place[0] != "history.csv" and place[0] != "skills.csv"]
    chosen = chance.sample(small, 50)
    chosen += chance.sample([place for place in places if place not in small], slips - len(chosen))
    planted: set[Place] = set()
    for name, row in chosen:
        column = chance.choice(list(BAD_CELLS[name]))
        cells = lines[name][row - 1].split(",")
        cells[lines[name][0].split(",").index(column)] = BAD_CELLS[name][column]
        lines[name][row - 1] = ",".join(cells)
        planted.add((name, row, column))
    return texts | {name: "\n".join(rows) + "\n" for name, rows in lines.items()}, planted


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mangled_text_is_faulty_input_or_none_and_nothing_worse(tmp_path: Path, data: st.DataObject) -> None:
    texts = files()
    name = data.draw(st.sampled_from(sorted(texts)))
    text = texts[name][:400] if name == "history.csv" else texts[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    odd = st.text(st.sampled_from("\",;\n\r\0\ufeff[]{}=.'#-+:eE0189TZ 王\u2028"), max_size=12) | st.text(max_size=8)
    mangled = (text[:start] + data.draw(odd) + text[end:]).encode("utf-8", "surrogatepass")
    folder = write_shop(tmp_path)
    (folder / name).write_bytes(mangled)
    try:
        read_centre(folder)
    except FaultyInput as faulty:
        assert all(fault.file and fault.row >= 1 and fault.expected and fault.got for fault in faulty.faults)


@given(name=st.sampled_from(sorted(files())), content=st.binary(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_of_any_bytes_is_faulty_input(tmp_path: Path, name: str, content: bytes) -> None:
    folder = write_shop(tmp_path)
    (folder / name).write_bytes(content)
    with pytest.raises(FaultyInput):
        read_centre(folder)
