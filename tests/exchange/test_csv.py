"""Whatever agents and queues are called, the tables read back."""

import csv
from io import StringIO

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exchange.conftest import DAY
from tests.tiny import MONDAY, shift_at, tiny_centre
from wfm.exchange.files import roster_csv

WEEK = tiny_centre().week(MONDAY)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), unique=True, max_size=5))
def test_agents_names_come_back_as_they_were(agents: list[str]) -> None:
    shifts = [shift_at(WEEK, agent, 0, DAY) for agent in agents]
    rows = list(csv.DictReader(StringIO(roster_csv(shifts, WEEK).decode(), newline="")))
    assert [row["agent"] for row in rows[:: len(shifts[0].segments) if shifts else 1]] == sorted(agents)
