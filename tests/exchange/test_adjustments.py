"""What a planner writes into the table of changes comes back from adjustments.csv, and nothing in it can run."""

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tiny import MONDAY, tiny_centre, tiny_queue
from wfm.centre import Adjustment, Change, Measure
from wfm.exchange import adjustments_table, write_adjustments
from wfm.exchange.plaintext import clean
from wfm.faults import FaultyInput
from wfm.reading import parse_adjustments

CENTRE = tiny_centre(queues=[tiny_queue("enquiry"), tiny_queue("=1+1")], timezone="Europe/Berlin")
WEEK = CENTRE.week(MONDAY - timedelta(weeks=6))  # the clock goes back on its Sunday

WORDS = st.text(min_size=1).map(lambda text: " ".join(clean(text).split())).filter(bool)


@st.composite
def changes(draw: st.DrawFn) -> Adjustment:
    first, last = sorted(draw(st.sets(st.integers(0, WEEK.intervals), min_size=2, max_size=2)))
    return Adjustment(
        layer=draw(WORDS),
        queue=draw(st.sampled_from([None, *CENTRE.queues])),
        start=WEEK.wall(first * WEEK.interval_minutes),
        end=WEEK.wall(last * WEEK.interval_minutes),
        measure=draw(st.sampled_from(Measure)),
        kind=draw(st.sampled_from(Change)),
        value=draw(st.floats(0, 1e9)),
        reason=draw(WORDS),
        active=draw(st.booleans()),
    )


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(changes(), max_size=4))
def test_rows_come_back_as_they_were(tmp_path: Path, written: list[Adjustment]) -> None:
    assert write_adjustments(adjustments_table(written), CENTRE, tmp_path) == tuple(written)
    assert parse_adjustments((tmp_path / "adjustments.csv").read_bytes(), CENTRE) == tuple(written)


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1-2", "-1+2"])
def test_no_cell_begins_like_a_formula(tmp_path: Path, text: str) -> None:
    row = _row() | {"layer": text, "reason": text, "queue": "=1+1"}
    (found,) = write_adjustments(pd.DataFrame([row]), CENTRE, tmp_path)
    assert (found.layer, found.reason, found.queue) == (text, text, "=1+1")
    cells = (tmp_path / "adjustments.csv").read_text().splitlines()[1].split(",")
    assert not any(cell.startswith(tuple("=+-@")) for cell in cells)


def test_faulty_rows_are_all_told_and_the_old_file_stays(tmp_path: Path) -> None:
    write_adjustments(pd.DataFrame([_row()]), CENTRE, tmp_path)
    before = (tmp_path / "adjustments.csv").read_bytes()
    faulty = pd.DataFrame([_row() | {"value": None}, _row() | {"reason": None, "queue": "enquirry"}])
    with pytest.raises(FaultyInput) as raised:
        write_adjustments(faulty, CENTRE, tmp_path)
    assert {(fault.row, fault.column) for fault in raised.value.faults} == {(2, "value"), (3, "queue"), (3, "reason")}
    assert [file.name for file in tmp_path.iterdir()] == ["adjustments.csv"]
    assert (tmp_path / "adjustments.csv").read_bytes() == before


def _row() -> dict[str, object]:
    return {
        "layer": "mailing",
        "queue": None,
        "start": "2026-11-30T08:00",
        "end": "2026-11-30T09:00",
        "measure": "contacts",
        "kind": "factor",
        "value": 1.5,
        "reason": "letters",
        "active": True,
    }
