"""The examples of docs/cost.md come out as they are told."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest

from tests.docs.pages import ROOT
from tests.tiny import DAY, FULL_TIME, MONDAY, shift_at, tiny_agent, tiny_centre, tiny_queue
from wfm.centre import LedgerEntry
from wfm.cost import reckon
from wfm.ledger import allowances, unfair_points

PAGE = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")


def test_seven_where_ten_are_required_and_then_seven_where_six_are() -> None:
    seven = [tiny_agent(f"a{number}") for number in range(7)]
    centre = tiny_centre(agents=seven, queues=[tiny_queue(weight=1.5)], contracts=[FULL_TIME], kinds=[DAY])
    week = centre.week(MONDAY)
    required = np.zeros((1, week.intervals))
    required[0, 20:22] = 10.0, 6.0
    shifts = [shift_at(week, agent.agent, 0, "10:00 work 11:00") for agent in seven]
    terms = reckon(centre, week, required, shifts).terms
    assert (terms["shortage"], terms["surplus"]) == (pytest.approx(405), pytest.approx(3))
    assert "=  405" in PAGE and "30 · 0.1 · 1 = **3**" in PAGE


def test_nights_of_agents_who_have_borne_more_and_less_than_their_colleagues() -> None:
    borne, nights = {"ann": 10, "bob": 8, "cem": 7, "dee": 7}, {"ann": 1, "bob": 3, "cem": 2}
    ledger = [LedgerEntry(agent=n, week=_before(1), kind="night", points=p - 3) for n, p in borne.items()]
    ledger += [LedgerEntry(agent=n, week=_before(w), kind="late", points=1) for n in borne for w in (2, 3, 4)]
    centre = tiny_centre(agents=[tiny_agent(name) for name in borne], ledger=tuple(ledger))
    week = centre.week(MONDAY)
    worked = {n: [shift_at(week, n, day, "22:00 work 29:00") for day in range(count)] for n, count in nights.items()}
    assert allowances(centre, week) == {"ann": 0, "bob": 2, "cem": 3, "dee": 3}
    assert unfair_points(centre, week, worked, Counter()) == pytest.approx(2)
    assert "allowances are 0, 2, 3 and 3" in PAGE and "30 · 2 = **60**" in PAGE


def test_the_smaller_terms_are_rate_times_what_is_counted() -> None:
    rates = tiny_centre().cost
    told = {"overtime": 60 * rates.overtime, "below_hours": 60 * rates.below_hours, "request": 2 * rates.request}
    told |= {"training": 60 * rates.training, "change": rates.change}
    for term, minutes in told.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{term}` |") and "·" in line)
        assert float(row.strip("| ").rsplit("|", 1)[1]) == minutes


def _before(weeks: int) -> date:
    return MONDAY - timedelta(weeks=weeks)
