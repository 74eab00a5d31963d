"""The cheapest hires of tiny plans, found again by trying all of them."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

import solver.hiring
import solver.shortfall
from solver.hiring import hire, staff
from wfm.capacity import CapacityProblem, Option, Step

POOLS = ((0,), (0, 1), (1, 2))
WEEKS = 4


def problem(
    *,
    demand: np.ndarray,
    free: np.ndarray | None = None,
    steps: tuple[Step, ...] = (),
    options: tuple[Option, ...] = (),
    kinds: int = 1,
    most: int | None = None,
    at_once: int | None = None,
    trainees: int | None = None,
    shortage: tuple[float, ...] = (3.0, 3.0, 6.0),
) -> CapacityProblem:
    return CapacityProblem(
        demand=demand,
        shortage=np.array(shortage[: len(demand)]),
        pools=POOLS,
        free=np.zeros((3, demand.shape[1])) if free is None else free,
        steps=steps,
        options=options,
        most_classes=(most,) * kinds,
        classes_at_once=at_once,
        trainees_at_once=trainees,
        money=0.001,
        fixed=1000.0,
    )


def option(start: int, *, kind: int = 0, pool: int = 0, size: tuple[int, int] = (1, 3), cost: float = 40.0) -> Option:
    weeks = np.arange(WEEKS)
    return Option(
        kind=kind, start=start, pool=pool, least=size[0], most=size[1], cost=cost,
        hours=np.where(weeks > start, 10.0, 0.0), training=(start, start + 1),
    )  # fmt: skip


tables = st.lists(st.integers(0, 40), min_size=3 * WEEKS, max_size=3 * WEEKS).map(
    lambda values: np.array(values, dtype=float).reshape(3, WEEKS)
)


@settings(max_examples=40, deadline=None)
@given(
    demand=tables,
    free=tables,
    extra=tables,
    costs=st.tuples(st.integers(5, 120), st.integers(5, 120)),
    at_once=st.sampled_from([None, 1]),
    enumerated=st.booleans(),
)
def test_the_plan_is_the_cheapest_of_all(
    demand: np.ndarray,
    free: np.ndarray,
    extra: np.ndarray,
    costs: tuple[int, int],
    at_once: int | None,
    enumerated: bool,
) -> None:
    options = tuple(
        option(start, kind=kind, pool=pool, size=(2, 3), cost=cost)
        for kind, (pool, cost) in enumerate(zip((1, 2), costs, strict=True))
        for start in (0, 1)
    )
    asked = problem(
        demand=demand * 2,
        free=free,
        steps=(
            Step(contract="full", overtime=False, rate=1.0, hours=extra / 2),
            Step(contract="full", overtime=True, rate=4.0, hours=extra / 3),
        ),
        options=options,
        kinds=2,
        most=1,
        at_once=at_once,
    )
    with pytest.MonkeyPatch.context() as patched:
        if not enumerated:
            patched.setattr(solver.shortfall, "ENUMERATED", 0)
        found = hire(asked, time_limit=20)
    tried = [sizes for sizes in product((0, 2, 3), repeat=4) if _allowed(sizes, at_once)]
    best = min(staff(asked, sizes).cost for sizes in tried)
    assert found.cost == pytest.approx(best, abs=1e-3)
    assert found.bound == pytest.approx(best, abs=1e-3)
    assert found.sharing.served.sum(axis=0) + found.sharing.short == pytest.approx(asked.demand, abs=2e-3)


@pytest.mark.parametrize(("seed", "enumerated"), [(1, True), (2, True), (3, False)])
def test_branch_and_cut_finds_the_cheapest_of_all_too(
    seed: int, enumerated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(seed)
    asked = problem(
        demand=random.integers(0, 80, (3, WEEKS)).astype(float),
        free=random.integers(0, 30, (3, WEEKS)).astype(float),
        options=tuple(
            option(start, kind=kind, pool=kind + 1, size=(2, 3), cost=cost)
            for kind, cost in enumerate((45, 60))
            for start in (0, 1)
        ),
        kinds=2,
    )
    monkeypatch.setattr(solver.hiring._Model, "solve", lambda *_, **__: (cp_model.UNKNOWN, None))
    if not enumerated:
        monkeypatch.setattr(solver.shortfall, "ENUMERATED", 0)
    found = hire(asked, time_limit=60)
    tried = {sizes: staff(asked, sizes).cost for sizes in product((0, 2, 3), repeat=4)}
    best = min(tried.values())
    assert found.cost == pytest.approx(best, abs=2e-3)
    assert found.bound == pytest.approx(best, abs=4e-3)
    assert found.bound is not None and found.bound <= best
    for kind, told in found.classes.items():
        own = slice(2 * kind, 2 * kind + 2)
        count = np.count_nonzero(found.sizes[own])
        for by, seen in ((1, told.one_more), (-1, told.one_fewer)):
            others = [cost for sizes, cost in tried.items() if np.count_nonzero(sizes[own]) == count + by]
            assert seen == (pytest.approx(min(others) - best, abs=4e-3) if others else None)


def _allowed(sizes: tuple[int, ...], at_once: int | None) -> bool:
    opened = [size > 0 for size in sizes]
    if opened[0] + opened[1] > 1 or opened[2] + opened[3] > 1:
        return False
    return at_once is None or (opened[0] + opened[2] <= 1 and opened[1] + opened[3] <= 1)


def test_a_class_is_hired_where_it_costs_less_than_the_shortage() -> None:
    need = np.array([[10.0, 10, 10, 10], [0, 0, 0, 0], [0, 0, 0, 0]])
    cheap = problem(demand=need, options=(option(0, cost=40.0),))
    found = hire(cheap)
    assert found.sizes == (1,) and found.cost == pytest.approx(1000 + 40 + 30)
    assert found.sharing.short[0].tolist() == [10, 0, 0, 0]
    assert hire(problem(demand=need, options=(option(0, cost=95.0),))).sizes == (0,)


def test_what_one_more_or_fewer_costs_is_told() -> None:
    need = np.array([[20.0, 20, 20, 20], [0, 0, 0, 0], [0, 0, 0, 0]])
    found = hire(problem(demand=need, options=(option(0, cost=40.0), option(1, cost=30.0)), most=2))
    assert found.sizes == (2, 0)
    assert found.people[0].one_more == pytest.approx(40) and found.people[0].one_fewer == pytest.approx(90 - 40)
    assert found.unhired == pytest.approx(1000 + 4 * 60)
    # One class more: of its two at the least cost. One fewer: none, so that all is short.
    assert found.classes[0].one_fewer == pytest.approx(4 * 60 - (2 * 40 + 60))
    assert found.classes[0].one_more is not None and found.classes[0].one_more > 0
    assert found.classes[0].proved


def test_limits_of_classes_and_trainees_are_kept() -> None:
    need = np.full((3, WEEKS), 200.0)
    options = tuple(option(start, size=(1, 3), cost=1.0) for start in (0, 1, 2))
    assert sum(size > 0 for size in hire(problem(demand=need, options=options, most=2)).sizes) == 2
    assert hire(problem(demand=need, options=options, trainees=2)).sizes == (2, 2, 2)


def test_overtime_comes_before_a_dearer_shortage_and_after_a_cheaper_one() -> None:
    need = np.array([[10.0], [0.0], [10.0]])
    hours = np.array([[5.0], [0.0], [5.0]])
    found = staff(problem(demand=need, steps=(Step(contract="f", overtime=True, rate=4.0, hours=hours),)), ())
    assert found.sharing.used[0].tolist() == [[0.0], [0.0], [5.0]]
    assert found.cost == pytest.approx(1000 + 10 * 3 + 5 * 4 + 5 * 6)


def test_the_same_input_and_seed_give_one_worker_the_same_hires() -> None:
    need = np.full((3, WEEKS), 55.0)
    options = tuple(option(start, kind=kind, pool=kind, cost=30.0) for kind in (0, 1, 2) for start in (0, 1, 2))
    asked = problem(demand=need, options=options, kinds=3)
    assert len({hire(asked, seed=7, workers=1).sizes for _ in range(3)}) == 1


def test_without_time_nobody_is_hired_and_the_bound_is_what_is_paid_anyway() -> None:
    need = np.full((3, WEEKS), 55.0)
    found = hire(problem(demand=need, options=(option(0),)), time_limit=0.0)
    assert found.sizes == (0,) and found.bound == 1000.0 < found.cost
