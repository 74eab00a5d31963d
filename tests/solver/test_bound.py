"""The Lagrangian bound: below every legal roster's cost at any prices, and close to it at those of the relaxation."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import pytest

from solver.bound import TOLERATED, Weeks, lower_bound
from solver.crew import Crew
from solver.relaxation import Prices, _Relaxation, free_prices, price
from solver.rules import Rules
from solver.staffing import open_staffing
from wfm.centre import Absence, Break, LedgerEntry, Request, ShiftKind
from wfm.check import check
from wfm.cost import reckon
from wfm.ledger import points_of_week
from wfm.problem import Problem
from wfm.roster import Shift

from ..tiny import MONDAY, shift_at, tiny_agent, tiny_centre, tiny_queue
from .fillings import admitted
from .test_exact import KIND, LOOSE, all_rosters, search_of, tiny_problem, week_day
from .weeks import Case, shift_kind


def prices_drawn(problem_seed: int, shape: tuple[int, int], horizon: int, groups: int) -> Prices:
    """Prices anywhere in and around the range that makes sense."""
    random = np.random.default_rng(problem_seed)
    return Prices(
        queue=random.uniform(-0.1, 4.0, shape),
        seat=random.uniform(0, 1, horizon) * random.integers(0, 2, horizon),
        room=np.zeros(horizon),
        training=random.uniform(0, 1, groups),
        target=np.zeros(shape),
    )


@pytest.mark.parametrize("seed", range(40))
def test_no_legal_roster_undercuts_the_bound_at_any_prices(seed: int) -> None:
    problem = tiny_problem(seed)
    search = search_of(problem)
    crew = search.crew
    state = open_staffing(crew.rules, crew.groups, problem.required)
    random = np.random.default_rng(seed)
    rosters = list(all_rosters(problem))
    tried = [rosters[int(i)] for i in random.permutation(len(rosters))[:40]]
    least = min(reckon(problem.centre, problem.week, problem.required, roster).total for roster in tried)
    for prices in (
        prices_drawn(seed, problem.required.shape, crew.rules.horizon, len(crew.groups.rate)),
        free_prices(crew, problem.required),
    ):
        # Negative prices of a queue whose weight is below one may pass its shortage: keep them in the legal range.
        kept = np.minimum(prices.queue, 4.0 * state.weight[:, None])
        bound = lower_bound(
            crew,
            state,
            Prices(queue=kept, seat=prices.seat, room=prices.room, training=prices.training, target=prices.target),
        )
        assert bound <= least + 1e-6


def test_a_request_of_no_weight_refused_is_a_point_and_granted_is_none_in_the_bound_too() -> None:
    """Ann has had more than her share: a refused request would cost a point, the shift she asked for does not."""
    wish = Request(agent="ann", date=MONDAY, kind="shift", value="day", clock=None, weight=0.0)
    earlier = tuple(
        LedgerEntry(agent=agent, week=MONDAY - timedelta(weeks=1), kind="night", points=points)
        for agent, points in (("ann", 9.0), ("bob", 0.0))
    )
    people = [tiny_agent(name, contract=LOOSE.contract) for name in ("ann", "bob")]
    hourly = {"interval_minutes": 60, "grid_minutes": 60}
    centre = tiny_centre(agents=people, contracts=[LOOSE], kinds=[KIND], requests=(wish,), ledger=earlier, **hourly)
    week = centre.week(MONDAY)
    problem = Problem(centre=centre, week=week, required=np.zeros((1, week.intervals)))
    crew = search_of(problem).crew
    granted = [shift_at(week, "ann", 0, "09:00 work 11:00"), shift_at(week, "ann", 1, "09:00 work 11:00")]
    cost = reckon(centre, week, problem.required, granted)
    assert cost.terms["fairness"] == 0
    state = open_staffing(crew.rules, crew.groups, problem.required)
    assert lower_bound(crew, state, free_prices(crew, problem.required)) <= cost.terms["below_hours"] + 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_weeks_known_from_other_prices_change_no_bound(seed: int) -> None:
    problem = tiny_problem(seed)
    crew = search_of(problem).crew
    state = open_staffing(crew.rules, crew.groups, problem.required)
    random = np.random.default_rng(seed)
    prices = prices_drawn(seed, problem.required.shape, crew.rules.horizon, len(crew.groups.rate))
    weeks: Weeks = {}
    for changed in ("queue", "queue", "seat", "room", "training", "target"):
        table = getattr(prices, changed).copy()
        table.flat[random.integers(table.size)] += 0.5
        prices = replace(prices, **{changed: table})
        assert lower_bound(crew, state, prices, weeks=weeks) == lower_bound(crew, state, prices)
    again = len(weeks)
    lower_bound(crew, state, prices, weeks=weeks)
    assert len(weeks) == again


@pytest.mark.parametrize("seed", range(6))
def test_the_relaxation_s_prices_beat_prices_of_nothing(seed: int) -> None:
    problem = tiny_problem(seed)
    crew = search_of(problem).crew
    state = open_staffing(crew.rules, crew.groups, problem.required)
    priced = price(crew, state, seconds=30.0)
    assert priced is not None
    free = lower_bound(crew, state, free_prices(crew, problem.required))
    assert lower_bound(crew, state, priced) >= free - 1e-6


LEARNING = ShiftKind(
    kind="day",
    earliest_start=6 * 60,
    latest_start=7 * 60,
    step_minutes=60,
    paid_minutes=(180, 240),
    meal=None,
    rests=(Break(minutes=30, paid=True, earliest=60, latest=90),),
    min_work_between=30,
    session_minutes=(30, 60),
)


@pytest.mark.parametrize("seed", range(60))
def test_the_bound_counts_training_up_to_what_is_due_and_a_rest_that_a_session_drops(seed: int) -> None:
    """One agent of two days with a session on both or none and an early start or two, tried in every way, against the
    bound's exact week."""
    random = np.random.default_rng(seed)
    contract = replace(LOOSE, weekly_minutes=(0, 420), days=(1, 2), training_minutes_month=400)
    away = Absence(agent="ann", start=week_day(2), end=week_day(7), kind="leave")
    centre = tiny_centre(
        agents=[tiny_agent("ann", contract=contract.contract)],
        contracts=[contract],
        kinds=[LEARNING],
        absences=(away,),
        interval_minutes=30,
        grid_minutes=30,
        seats=None,
        classroom_places=1,
    )
    week = centre.week(MONDAY)
    crew = search_of(Problem(centre=centre, week=week, required=np.zeros((1, week.intervals)))).crew
    state = open_staffing(crew.rules, crew.groups, np.zeros((1, week.intervals)))
    allowed = float(random.choice([0.0, 0.5, 1.0, np.inf]))
    crew.__dict__["allowance"] = np.array([allowed])
    price_of_work, price_of_place = np.zeros(crew.rules.horizon), np.zeros(crew.rules.horizon)
    price_of_work[:96] = random.choice([0.0, 0.5, 2.0]) * random.uniform(0.8, 1.2, 96)
    price_of_place[:96] = random.uniform(0, 3, 96) * random.integers(0, 2)
    least = np.inf
    for roster in own_rosters(crew.rules):
        if check(centre, week, roster, unrostered=()):
            continue
        cost = reckon(centre, week, np.zeros((1, week.intervals)), roster)
        worth = 0.0
        for segment in (segment for shift in roster for segment in shift.segments):
            here = slice(segment.start // 30, segment.end // 30)
            worth += 30 * price_of_work[here].sum() if segment.activity == "work" else 0.0
            worth -= price_of_place[here].sum() if segment.activity == "training" else 0.0
        unfair = centre.cost.fairness * max(0.0, points_of_week(week, list(roster)) - allowed)
        least = min(least, cost.total - cost.terms["surplus"] + unfair - worth)
    prices = Prices(
        queue=price_of_work[None, : week.intervals],
        seat=np.zeros(crew.rules.horizon),
        room=price_of_place,
        training=random.uniform(0, 1, 1),
        target=np.zeros((1, week.intervals)),
    )
    found = lower_bound(crew, state, prices) + price_of_place.sum()
    assert least - TOLERATED - 1e-6 <= found <= least + 1e-6


def test_nobody_else_takes_the_breaks_of_those_whose_skill_is_scarce() -> None:
    """Ann alone can do repairs, six others have time in plenty: her hour at the meal is short whatever they do."""
    meal = Break(minutes=60, paid=False, earliest=120, latest=180)
    kind = replace(KIND, latest_start=9 * 60, paid_minutes=(480,), meal=meal)
    contract = replace(LOOSE, weekly_minutes=(0, 2400), days=(0, 5))
    people = [
        tiny_agent("ann", contract=contract.contract, skills={"repair": 1.0}),
        *(tiny_agent(f"b{i}", contract=contract.contract, skills={"sales": 1.0}) for i in range(6)),
    ]
    centre = tiny_centre(
        agents=people,
        contracts=[contract],
        kinds=[kind],
        queues=[tiny_queue("repair"), tiny_queue("sales")],
        seats=None,
        interval_minutes=60,
        grid_minutes=60,
    )
    week = centre.week(MONDAY)
    required = np.zeros((2, week.intervals))
    required[:, 9:18] = 1.0
    crew = search_of(Problem(centre=centre, week=week, required=required)).crew
    state = open_staffing(crew.rules, crew.groups, required)
    priced = price(crew, state, seconds=30.0)
    assert priced is not None
    assert lower_bound(crew, state, priced) > 100  # 222 is the cost; were her meal another's, it would be 46


def own_rosters(rules: Rules) -> Iterator[tuple[Shift, ...]]:
    """Every roster of one agent over the first two days: every filling of every choice."""
    days: list[list[tuple[Shift, ...]]] = [[()], [()]]
    for choice in np.flatnonzero(rules.choices.day < 2).tolist():
        days[int(rules.choices.day[choice])] += [(filling.shift,) for filling in admitted(rules, choice)]
    for first, second in product(*days):
        yield first + second


@pytest.mark.parametrize("seed", range(40))
def test_points_beyond_what_is_allowed_cost_the_dearest_week_exactly_what_they_cost(seed: int) -> None:
    """One agent of two days who may begin early, at one or late and wishes for a shift, tried in every way."""
    random = np.random.default_rng(seed)
    kind = replace(KIND, earliest_start=5 * 60, latest_start=21 * 60, step_minutes=8 * 60, paid_minutes=(120, 180))
    away = Absence(agent="ann", start=week_day(2), end=week_day(7), kind="leave")
    wish = Request(agent="ann", date=MONDAY, kind="shift", value="day", clock=None, weight=0.0)
    wished = bool(random.integers(2))
    centre = tiny_centre(
        agents=[tiny_agent("ann", contract=LOOSE.contract)],
        contracts=[replace(LOOSE, weekly_minutes=(0, 360), min_rest_minutes=8 * 60)],
        kinds=[kind],
        absences=(away,),
        requests=(wish,) if wished else (),
        interval_minutes=60,
        grid_minutes=60,
        seats=None,
    )
    week = centre.week(MONDAY)
    nobody = np.zeros((1, week.intervals))
    crew = search_of(Problem(centre=centre, week=week, required=nobody)).crew
    earned = np.zeros(crew.rules.horizon)
    earned[:48] = random.uniform(0, 0.6, 48)
    allowed = float(random.choice([-0.5, 0.0, 0.75, 1.0, 1.3, 2.0, 2.6, 3.0]))
    crew.__dict__["allowance"] = np.array([allowed - wished])  # a free week refuses the wish
    least = np.inf
    for roster in own_rosters(crew.rules):
        if check(centre, week, roster, unrostered=()):
            continue
        cost = reckon(centre, week, nobody, roster)
        worth = sum(60 * earned[s.start // 60 : s.end // 60].sum() for shift in roster for s in shift.segments)
        refused = wished and not any(shift.day == 0 for shift in roster)
        unfair = centre.cost.fairness * max(0.0, points_of_week(week, list(roster)) + refused - allowed)
        least = min(least, cost.total - cost.terms["surplus"] + unfair - worth)
    horizon = np.zeros(crew.rules.horizon)
    prices = Prices(
        queue=earned[None, : week.intervals], seat=horizon, room=horizon, training=np.zeros(1), target=nobody
    )
    state = open_staffing(crew.rules, crew.groups, nobody)
    assert lower_bound(crew, state, prices) == pytest.approx(least)


def test_coarse_prices_know_starts_on_the_hour_and_others_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solver.relaxation.LARGE", -1)
    case = Case(shift_kind("often", 8, 8.5, 10), shift_kind("once", 7.5, paid=(6,)), hours=((0, 6, 20), (2, 8.5, 16.5)))
    problem = case.rules.problem
    crew = Crew(case.rules)
    relaxation = _Relaxation(crew, open_staffing(crew.rules, crew.groups, problem.required), seats=False, fine=False)
    [(frames, _)] = relaxation.take
    choices = case.rules.choices
    taken = relaxation.frame[frames]
    starts = choices.start[taken] * case.rules.slot / 60 - 24 * choices.day[taken]
    assert set(starts[choices.day[taken] == 0]) == {7.5, 8.0, 9.0, 10.0}
    assert set(starts[choices.day[taken] == 2]) == {8.5}


@pytest.mark.parametrize("seed", range(10))
def test_no_legal_roster_undercuts_the_bound_at_coarse_prices(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solver.relaxation.LARGE", -1)
    problem = tiny_problem(seed)
    search = search_of(problem)
    state = open_staffing(search.crew.rules, search.crew.groups, problem.required)
    prices = price(search.crew, state, seconds=20)
    assert prices is not None
    bound = lower_bound(search.crew, state, prices)
    costs = [reckon(problem.centre, problem.week, problem.required, roster).total for roster in all_rosters(problem)]
    assert bound <= min(costs) + 1e-6
