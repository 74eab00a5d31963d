"""Public instances: read as written, judged by their own rules, and tasks laid as well as can be."""

from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.matsp.adapter import in_stints
from benchmarks.matsp.claims import DATA, bounds, instances
from benchmarks.matsp.instance import DAY, IDLE, STINT, Instance, Timetable, cost, excess, read_instance
from benchmarks.matsp.judge import violations
from benchmarks.matsp.solve import missing, solved
from benchmarks.matsp.tasks import best_stints, lay
from wfm.warming import warm_up

FILE = """\
SECTION_HORIZON
# days
7

SECTION_TASKS
2

SECTION_STAFF
# ID, MinTotalMinutes, MaxTotalMinutes
1,360,600

SECTION_COVER
# Day, Time, TaskID, Min, Max
1,06:00-06:15,1,3,3
2,05:45-06:00,2,1,1
"""


def day(person_minutes: tuple[int, int] = (0, 3000), tasks: int = 2) -> Instance:
    return Instance(name="day", staff={"1": person_minutes}, cover=np.zeros((tasks, 7 * DAY), dtype=np.int64))


def timetable(*shifts: tuple[int, int], task: int = 0) -> Timetable:
    row = np.full((1, 7 * DAY), IDLE)
    for first, last in shifts:
        row[0, first:last] = task
    return Timetable(task=row)


def test_a_day_of_an_instance_begins_at_six(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(FILE)
    instance = read_instance(tmp_path / "x.txt")
    assert instance.staff == {"1": (360, 600)}
    assert np.argwhere(instance.cover).tolist() == [[0, 0], [1, DAY - 1]]


def test_a_cover_that_may_vary_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(FILE.replace("1,3,3", "1,3,4"))
    with pytest.raises(ValueError, match=r"x.txt: day 1, 06:00-06:15, task 1"):
        read_instance(tmp_path / "x.txt")


@pytest.mark.parametrize(
    ("shifts", "fault"),
    [
        ([(20, 44)], "starts at slot 20"),
        ([(0, 23)], "a shift of 345 minutes"),
        ([(0, 41)], "a shift of 615 minutes"),
        ([(0, 24), (60, 84)], "two shifts start on a day"),
        ([(56, 80), (DAY, DAY + 24)], "minutes of rest"),
        ([(DAY * n, DAY * n + 24) for n in range(6)], "6 days in a row"),
        ([(DAY * n, DAY * n + 40) for n in (0, 1, 2, 4, 5, 6)], "3600 minutes, not within 0 to 3000"),
    ],
)
def test_the_judge_names_what_is_not_legal(shifts: list[tuple[int, int]], fault: str) -> None:
    assert any(fault in found for found in violations(day(), timetable(*shifts)))


def test_a_legal_week_is_legal() -> None:
    assert list(violations(day(), timetable(*((DAY * n, DAY * n + 24) for n in (0, 1, 2, 3, 4, 6))))) == []


def test_a_short_stint_and_missing_cover_are_told() -> None:
    instance, found = day(), timetable((0, 24))
    found.task[0, 10:13] = 1
    instance.cover[1, 30] = 1
    assert list(violations(instance, found)) == [
        "1: a stint of 45 minutes on task 2",
        "task 2: cover missing in slot 30",
    ]


def test_cost_is_the_excess_squared() -> None:
    instance = day()
    instance.cover[0, :4] = 1
    assert cost(instance, timetable((0, 24))) == 20


@settings(deadline=None)  # the first call compiles
@given(st.integers(STINT, 10), st.integers(1, 2), st.randoms(use_true_random=False))
def test_no_other_stints_gain_more(slots: int, tasks: int, chance: object) -> None:
    gain = np.random.default_rng(chance.randrange(2**32)).integers(-9, 9, (tasks, slots))  # type: ignore[attr-defined]
    found = best_stints(gain)
    legal = [way for way in product(range(tasks), repeat=slots) if _stints(way)]
    assert _stints(tuple(found.tolist()))
    assert gain[found, np.arange(slots)].sum() == max(gain[list(way), np.arange(slots)].sum() for way in legal)


def test_a_cover_of_single_slots_needs_whole_stints() -> None:
    cover = np.zeros(40, dtype=np.int64)
    cover[[5, 20, 21, 30]] = [1, 2, 1, 1]
    needed = in_stints(cover)
    assert (needed >= cover).all()
    assert needed.sum() == STINT * 4


def test_laying_tasks_keeps_the_shifts_and_the_stints() -> None:
    chance = np.random.default_rng(1)
    instance = Instance(name="x", staff={str(n): (0, 0) for n in range(8)}, cover=chance.integers(0, 3, (3, 7 * DAY)))
    shifts = [(person, first, first + 30) for person in range(8) for first in (0, 2 * DAY, 4 * DAY)]
    found = lay(instance, shifts, seconds=0.3, seed=1)
    assert sorted((person, *shift) for person in range(8) for shift in found.shifts(person)) == shifts
    assert [fault for fault in violations(instance, found) if "stint" in fault] == []


def test_a_tiny_instance_is_solved_legally() -> None:
    cover = np.zeros((2, 7 * DAY), dtype=np.int64)
    for n in range(5):
        cover[0, n * DAY : n * DAY + 16] = 1
        cover[1, n * DAY + 16 : n * DAY + 28] = 1
    instance = Instance(name="tiny", staff={"1": (2100, 2400), "2": (0, 1200)}, cover=cover)
    warm_up()  # compiling the loops would take all of the time
    found = solved(instance, seconds=5.0, seed=1)
    assert found is not None
    assert list(violations(instance, found)) == []
    assert cost(instance, found) == (found.task != IDLE).sum() - cover.sum()


@pytest.mark.parametrize(("covered", "asked"), [((0,), [1]), ((6, 0), [1, 2]), ((6, 3), [1, 2]), ((3, 6), [1, 2])])
def test_where_somebody_is_missing_another_roster_is_tried_and_the_better_one_kept(
    monkeypatch: pytest.MonkeyPatch, covered: tuple[int, ...], asked: list[int]
) -> None:
    """`covered`: people missing in the rosters found one after the other."""
    need = np.zeros((1, 7 * DAY), dtype=np.int64)
    need[0, :20] = 1
    instance = Instance(name="day", staff={"1": (0, 3000)}, cover=need)
    seeds: list[int] = []

    def once(_: Instance, *, seconds: float, seed: int) -> Timetable:
        assert 0 < seconds < 10
        seeds.append(seed)
        return timetable((0, 20 - covered[len(seeds) - 1]))

    monkeypatch.setattr("benchmarks.matsp.solve._solved_once", once)
    found = solved(instance, seconds=10.0, seed=1)
    assert found is not None
    assert seeds == asked
    assert missing(instance, found) == min(covered)


@pytest.mark.skipif(not DATA.exists(), reason=f"the public instances are not in {DATA.name} beside the project")
def test_the_public_instances_are_as_large_as_their_names_say() -> None:
    for name in instances():
        _, days, staff, tasks = (int(part) for part in name.split("_"))
        instance = read_instance(DATA / f"{name}.txt")
        assert (len(instance.staff), instance.cover.shape) == (staff, (tasks, days * DAY))
        assert bounds()[name] >= 0
        assert excess(instance, Timetable(task=np.full((staff, days * DAY), IDLE))).max() <= 0


def _stints(way: tuple[int, ...]) -> bool:
    edges = [0, *(n for n in range(1, len(way)) if way[n] != way[n - 1]), len(way)]
    return all(last - first >= STINT for first, last in pairwise(edges))
