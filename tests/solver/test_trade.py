"""Colleagues of one skill group hand days on: who is at work when stays the same, and nobody is worse off as a whole."""

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from solver.crew import Crew
from solver.ledger import own_costs
from solver.rules import Rules
from solver.search import Budget, Search
from solver.week import FREE
from tests.solver.test_exact import KIND, LOOSE
from tests.solver.test_roster_properties import Chance
from tests.tiny import MONDAY, shift_at, tiny_agent, tiny_centre
from wfm.centre import Availability, Centre, LedgerEntry, Request
from wfm.check import check, peak_seats
from wfm.cost import Cost, reckon
from wfm.coverage import presence, skill_groups
from wfm.problem import Problem, Standing
from wfm.progress import silent
from wfm.roster import Shift

SEEDS = range(12)
by_seed = pytest.mark.parametrize("seed", SEEDS)
ONE_DAY = replace(LOOSE, weekly_minutes=(120, 120), days=(1, 1))
NIGHT = replace(KIND, kind="night", earliest_start=22 * 60, latest_start=22 * 60)
DAY_OFF = Request(agent="ann", date=MONDAY, kind="off", value="", clock=None, weight=1.0)


class Traded(NamedTuple):
    """A roster before and after the trades; `cost` is the search's own count of both."""

    problem: Problem
    before: tuple[Shift, ...]
    after: tuple[Shift, ...]
    cost: tuple[float, float]

    def reckoned(self, shifts: tuple[Shift, ...]) -> Cost:
        return reckon(self.problem.centre, self.problem.week, self.problem.required, shifts)

    def present(self, shifts: tuple[Shift, ...]) -> np.ndarray:
        return presence(skill_groups(self.problem.centre), self.problem.week, shifts)


@lru_cache
def traded(seed: int) -> Traded:
    """A centre as chance has it in which everybody has the same skills, everybody asked once, then the trades."""
    chance = Chance(seed)
    skills = dict.fromkeys(chance.centre.queues, 1.0)
    agents = {name: replace(agent, skills=skills) for name, agent in chance.centre.agents.items()}
    centre = replace(chance.centre, agents=agents, ledger=_ledger(list(agents)) if seed % 2 else None)
    problem = Problem(centre=centre, week=chance.week, required=chance.required)
    search = _search(problem, seed=seed)
    search.sweep(rho=0.0)
    return _trade(problem, search)


@by_seed
def test_a_roster_is_legal_after_the_trades_as_it_was_before(seed: int) -> None:
    found = traded(seed)
    centre, week = found.problem.centre, found.problem.week
    free = centre.agents.keys() - {shift.agent for shift in found.before}  # no legal week, or not needed
    before = check(centre, week, found.before, unrostered=free)
    assert {violation.agent for violation in before} <= free  # locks that clash
    assert check(centre, week, found.after, unrostered=free) == before


@by_seed
def test_cover_and_seats_stay_as_they_are(seed: int) -> None:
    found = traded(seed)
    assert np.array_equal(found.present(found.after), found.present(found.before))
    centre, week = found.problem.centre, found.problem.week
    assert peak_seats(centre, week, found.after) == peak_seats(centre, week, found.before)
    before, after = (found.reckoned(shifts).terms for shifts in (found.before, found.after))
    for term in ("shortage", "surplus"):
        assert after[term] == pytest.approx(before[term], abs=1e-6)


@by_seed
def test_trades_never_raise_the_cost_and_save_what_the_search_counts(seed: int) -> None:
    found = traded(seed)
    saved = found.reckoned(found.before).total - found.reckoned(found.after).total
    assert saved >= -1e-6
    assert found.cost[0] - found.cost[1] == pytest.approx(saved, abs=1e-4)
    assert (saved > 1e-6) == (found.before != found.after)


def test_the_trades_of_these_centres_are_worth_something() -> None:
    assert sum(traded(seed).before != traded(seed).after for seed in SEEDS) >= 3


def test_a_wish_for_a_free_day_is_granted_by_handing_the_day_on() -> None:
    centre = _centre(requests=(DAY_OFF,))
    found = _traded_from(centre, {"ann": (0, "09:00 work 11:00"), "bob": (1, "11:00 work 13:00")})
    assert _days(found.after) == {("ann", 1, "11:00"), ("bob", 0, "09:00")}
    assert (found.reckoned(found.before).requests_met, found.reckoned(found.after).requests_met) == (0, 1)


def test_a_wish_is_not_granted_where_the_colleague_could_not_take_the_day() -> None:
    away = Availability(agent="bob", weekday=1, start=0, end=24 * 60)  # on Tuesdays only
    centre = _centre(requests=(DAY_OFF,), availability=(away,))
    found = _traded_from(centre, {"ann": (0, "09:00 work 11:00"), "bob": (1, "11:00 work 13:00")})
    assert found.after == found.before


def test_a_night_goes_to_whom_it_is_free_by_the_ledger() -> None:
    week_before = MONDAY - timedelta(weeks=1)
    borne = {"ann": 4, "bob": 0}
    ledger = tuple(LedgerEntry(agent=n, week=week_before, kind="night", points=p) for n, p in borne.items())
    either = replace(ONE_DAY, shifts=("day", "night"))
    long_night = replace(NIGHT, paid_minutes=(180,))
    centre = _centre(ledger=ledger, kinds=[KIND, long_night], contracts=[replace(either, weekly_minutes=(120, 180))])
    found = _traded_from(centre, {"ann": (0, "22:00 work 25:00"), "bob": (0, "09:00 work 11:00")})
    assert _days(found.after) == {("ann", 0, "09:00"), ("bob", 0, "22:00")}
    before, after = (found.reckoned(shifts).terms["fairness"] for shifts in (found.before, found.after))
    assert (before, after) == (30.0, 0.0)


def test_an_agent_without_a_legal_week_is_handed_nothing() -> None:
    """Bob is there for an hour on Mondays and may not work less than two days."""
    firm = replace(LOOSE, contract="firm", weekly_minutes=(240, 240), days=(2, 2))
    centre = _centre(
        agents=[tiny_agent("ann"), tiny_agent("bob", contract="firm")],
        contracts=[LOOSE, firm],
        availability=(Availability(agent="bob", weekday=0, start=0, end=60),),
        requests=(DAY_OFF,),
    )
    found = _traded_from(centre, {"ann": (0, "09:00 work 11:00")})
    assert {shift.agent for shift in found.after} == {"ann"}


def test_who_is_left_out_for_want_of_seats_stays_the_one_who_is_told_so() -> None:
    """The one seat holds one of the two, who must both work: who is left out is not a matter of a wish."""
    centre = _centre(seats=1, requests=(replace(DAY_OFF, agent="ann"),))
    problem = _problem(centre, {"ann": (0, "09:00 work 11:00")})
    search = _stands(problem)
    bob = next(i for i, member in enumerate(search.crew.members) if member.person.agent.agent == "bob")
    search.left_out[bob] = "seats"
    found = _trade(problem, search)
    assert {shift.agent for shift in found.after} == {"ann"}


def test_days_are_not_traded_between_skill_groups() -> None:
    slow = tiny_agent("bob", skills={"enquiry": 1.3})
    centre = _centre(agents=[tiny_agent("ann"), slow], requests=(DAY_OFF,))
    found = _traded_from(centre, {"ann": (0, "09:00 work 11:00"), "bob": (1, "11:00 work 13:00")})
    assert found.after == found.before


def _ledger(names: list[str]) -> tuple[LedgerEntry, ...]:
    """Burdens that grow from agent to agent, so that the same point is free to some and not to others."""
    before = [MONDAY - timedelta(weeks=back) for back in (40, 41)]  # before every week that is tried
    return tuple(
        LedgerEntry(agent=name, week=week, kind="weekend", points=float(place))
        for place, name in enumerate(names)
        for week in before
    )


def _centre(**changes: Any) -> Centre:
    """Ann and bob, who work one shift of two hours a week, on a grid of an hour."""
    standard = {
        "agents": [tiny_agent("ann"), tiny_agent("bob")],
        "contracts": [ONE_DAY],
        "kinds": [KIND],
        "interval_minutes": 60,
        "grid_minutes": 60,
        "seats": 2,
        "classroom_places": None,
    }
    return tiny_centre(**(standard | changes))


def _problem(centre: Centre, stands: dict[str, tuple[int, str]]) -> Problem:
    week = centre.week(MONDAY)
    shifts = tuple(shift_at(week, agent, day, text) for agent, (day, text) in stands.items())
    required = np.zeros((1, week.intervals))
    return Problem(centre=centre, week=week, required=required, standing=Standing(shifts=shifts, now=0))


def _traded_from(centre: Centre, stands: dict[str, tuple[int, str]]) -> Traded:
    problem = _problem(centre, stands)
    found = _trade(problem, _stands(problem))
    assert problem.standing is not None
    assert set(found.before) == set(problem.standing.shifts)
    return found


def _stands(problem: Problem) -> Search:
    """A search that has taken up the standing roster."""
    search = _search(problem, seed=1)
    search.load(search.crew.standing())
    return search


def _search(problem: Problem, *, seed: int) -> Search:
    budget = Budget(time_limit=60.0)
    return Search(Crew(Rules(problem)), problem.required, budget, silent, seed=seed)


def _trade(problem: Problem, search: Search) -> Traded:
    crew = search.crew
    before, cost = tuple(crew.shifts(search.placed)), search.cost()
    everybody = np.arange(len(crew.members))
    own = own_costs(crew, search.placed, everybody).sum()
    search.trade()
    saved = float(own - own_costs(crew, search.placed, everybody).sum())
    assert (search.placed.place[search.placed.choice == FREE] == -1).all()
    return Traded(problem, before, tuple(crew.shifts(search.placed)), (cost, cost - saved))


def _days(shifts: tuple[Shift, ...]) -> set[tuple[str, int, str]]:
    return {(s.agent, s.day, f"{s.start % 1440 // 60:02d}:00") for s in shifts}
