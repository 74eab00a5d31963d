"""A published week under way is brought up to date: what has begun stays, little changes, and every rule is kept."""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner, Result

from sample_data.centres import blueprint
from sample_data.make import make
from wfm.centre import Absence, Centre
from wfm.check import check
from wfm.cli import app
from wfm.clock import Week
from wfm.cost import reckon
from wfm.demand import Floats
from wfm.plan import absent_on, plan_week, replan_week
from wfm.problem import Standing
from wfm.reading import read_centre, read_requirement, read_roster
from wfm.roster import Activity, Segment, Shift, shifts_of
from wfm.versions import list_versions

MONDAY = blueprint("corner_shop").monday
DAYS = range(6)  # the shop is closed on Sundays
MOST = 3  # changed shifts for each absence
Absent = tuple[tuple[str, int], ...]
Piece = tuple[str, int, Segment]


class Replanned(NamedTuple):
    """A week before and after; `centre` knows of the absences, `now` is the minute of the week."""

    centre: Centre
    week: Week
    before: list[Shift]
    after: list[Shift]
    summary: dict[str, Any]
    unrostered: set[str]
    required: Floats
    now: int

    @property
    def changed(self) -> set[tuple[str, int]]:
        was, now = ({(s.agent, s.day): (s.start, s.end) for s in shifts} for shifts in (self.before, self.after))
        return {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}


Replan = Callable[[Absent, int, int], Replanned]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    make("corner_shop", folder)
    return folder


@pytest.fixture(scope="module")
def planned(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("planned") / "out"
    plan_week(shop, MONDAY, out, time_limit=300.0, work_limit=0.5, seed=1, workers=1)
    return out


@pytest.fixture(scope="module")
def roster(shop: Path, planned: Path) -> list[Shift]:
    """The planned shifts, those aside that the scheduler has locked."""
    centre = read_centre(shop)
    locked = {(lock.agent, (lock.date - MONDAY).days) for lock in centre.locks}
    return [shift for shift in _shifts(centre, planned) if (shift.agent, shift.day) not in locked]


@pytest.fixture(scope="module")
def replanned(shop: Path, planned: Path, tmp_path_factory: pytest.TempPathFactory) -> Replan:
    """The planned week replanned for some (agent, day) at an hour of a day, each once."""
    known: dict[tuple[Absent, int, int], Replanned] = {}

    def ask(absent: Absent, day: int, hour: int) -> Replanned:
        key = absent, day, hour
        if key not in known:
            known[key] = _replanned(shop, planned, tmp_path_factory.mktemp("new") / "out", *key)
        return known[key]

    return ask


@pytest.mark.parametrize("day", DAYS)
def test_who_calls_in_sick_before_the_shop_opens_does_not_work_and_every_rule_is_kept(
    day: int, roster: list[Shift], replanned: Replan
) -> None:
    for shift in _of_day(roster, day):
        found = replanned(((shift.agent, day),), day, 6)
        assert [s for s in found.after if (s.agent, s.day) == (shift.agent, day)] == []
        assert check(found.centre, found.week, found.after, unrostered=found.unrostered) == []
        assert found.summary["violations"] == 0


def test_who_is_sick_on_a_free_day_may_have_too_many_hours_left_and_gets_a_legal_week(
    roster: list[Shift], replanned: Replan
) -> None:
    """A day of absence lowers the hours of the week, also where no shift falls out."""
    worked = {(shift.agent, shift.day) for shift in roster}
    free = [(agent, day) for agent in sorted({s.agent for s in roster}) for day in (4, 5) if (agent, day) not in worked]
    for agent, day in free:
        found = replanned(((agent, day),), 2, 6)
        assert check(found.centre, found.week, found.after) == []


@pytest.mark.parametrize("day", DAYS)
def test_few_shifts_change_and_the_plan_counts_those_that_really_do(
    day: int, roster: list[Shift], replanned: Replan
) -> None:
    for shift in _of_day(roster, day):
        found = replanned(((shift.agent, day),), day, 6)
        assert (shift.agent, day) in found.changed
        assert found.summary["changed_shifts"] == len(found.changed) <= MOST


@pytest.mark.parametrize("day", DAYS)
def test_what_lies_before_now_stays_to_the_minute(day: int, roster: list[Shift], replanned: Replan) -> None:
    for shift in _of_day(roster, day):
        found = replanned(((shift.agent, day),), day, 6)
        assert _until(found.after, found.now) == _until(found.before, found.now)


@pytest.mark.parametrize("day", DAYS)
def test_who_goes_home_sick_has_worked_until_now_and_not_longer(
    day: int, roster: list[Shift], replanned: Replan
) -> None:
    shift = next(s for s in _of_day(roster, day) if _hour(s.start) < 13 < _hour(s.end))
    found = replanned(((shift.agent, day),), day, 13)
    kept = [s for s in found.after if (s.agent, s.day) == (shift.agent, day)]
    assert [_until([s], 7 * 1440) for s in kept] == [_until([shift], found.now)]
    assert _until(found.after, found.now) == _until(found.before, found.now)


@pytest.mark.parametrize("day", DAYS)
def test_shifts_of_the_others_that_have_begun_stay_whole(day: int, roster: list[Shift], replanned: Replan) -> None:
    sick = next(s for s in _of_day(roster, day) if _hour(s.start) < 13 < _hour(s.end))
    found = replanned(((sick.agent, day),), day, 13)
    begun = [s for s in found.before if s.start < found.now and (s.agent, s.day) != (sick.agent, day)]
    assert [s for s in begun if s not in found.after] == []
    assert [s for s in found.after if s.start < found.now and (s.agent, s.day) not in _keys(found.before)] == []


def test_who_works_the_night_is_absent_from_its_end(shop: Path) -> None:
    """The date of absence begins in the middle of a shift of the evening before: it is finished."""
    centre = read_centre(shop)
    week = centre.week(MONDAY)
    night = Shift(agent="A0001", day=1, segments=(Segment(2 * 1440 - 120, 2 * 1440 + 300, Activity.WORK, True),))
    standing = Standing(shifts=(night,), now=2 * 1440 + 60)
    found = absent_on(centre, week, "A0001", week.date_of(2), standing)
    assert (week.minute(found.start), week.minute(found.end)) == (2 * 1440 + 300, 3 * 1440)
    other = absent_on(centre, week, "A0002", week.date_of(2), standing)
    assert week.minute(other.start) == 2 * 1440


def test_training_that_falls_out_is_not_put_into_days_gone_by(roster: list[Shift], replanned: Replan) -> None:
    trained = [s for s in roster if s.day > 0 and any(x.activity == "training" for x in s.segments)]
    assert trained
    for shift in trained:
        found = replanned(((shift.agent, shift.day),), shift.day, 6)
        assert _until(found.after, found.now) == _until(found.before, found.now), (shift.agent, shift.day)


def test_two_sick_on_one_day_change_twice_as_much_at_most(roster: list[Shift], replanned: Replan) -> None:
    first, second = _of_day(roster, 2)[:2]
    found = replanned(((first.agent, 2), (second.agent, 2)), 2, 6)
    assert {(first.agent, 2), (second.agent, 2)} <= found.changed
    assert len(found.changed) == found.summary["changed_shifts"] <= 2 * MOST
    assert check(found.centre, found.week, found.after, unrostered=found.unrostered) == []


@pytest.mark.parametrize("day", [0, 3])
def test_where_nobody_is_sick_nobody_is_moved_for_little(day: int, replanned: Replan) -> None:
    found = replanned((), day, 0)
    assert found.summary["changed_shifts"] == len(found.changed) <= MOST
    assert found.summary["short_hours"] <= _short_hours(found, found.before) + 1e-3


def test_after_the_week_s_end_nothing_changes_at_all(replanned: Replan) -> None:
    found = replanned((), 9, 6)
    assert found.after == found.before
    assert found.summary["changed_shifts"] == 0


def test_a_shortage_is_covered_where_a_colleague_can(roster: list[Shift], replanned: Replan) -> None:
    """Over all days: what the replanned weeks are short is less than if the sick were just taken off."""
    first = [_of_day(roster, day)[0] for day in DAYS]
    found = [replanned(((shift.agent, shift.day),), shift.day, 6) for shift in first]
    left = [[s for s in found[0].before if s != shift] for shift in first]
    assert sum(f.summary["short_hours"] for f in found) < sum(map(_short_hours, found, left)) - 1.0


def test_work_locked_on_the_day_of_absence_clashes_but_what_was_worked_stays(
    shop: Path, planned: Path, tmp_path: Path
) -> None:
    lock = next(lock for lock in read_centre(shop).locks if lock.activity == "work")
    day = (lock.date - MONDAY).days
    found = _replanned(shop, planned, tmp_path / "out", ((lock.agent, day),), day, 6)
    assert found.summary["status"] == "infeasible"
    assert ("locks", lock.agent) in {(clash["rule"], clash["agent"]) for clash in found.summary["clashes"]}
    assert _until(found.after, found.now) == _until(found.before, found.now)


def test_hours_worked_longer_than_any_shift_of_the_contract_stay_as_they_were_worked(
    shop: Path, planned: Path, tmp_path: Path
) -> None:
    """On Monday somebody stayed an hour longer, and the scheduler has written it into the roster."""
    out = Path(shutil.copytree(planned, tmp_path / "out"))
    rows = _rows(out / "roster.csv")
    last = max((row for row in rows if row["date"] == MONDAY.isoformat()), key=lambda row: row["end"])
    last["end"] = f"{last['end'][:11]}{int(last['end'][11:13]) + 1:02d}:00"
    with (out / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    found = _replanned(shop, out, tmp_path / "new", (), 2, 6)
    assert _until(found.after, found.now) == _until(found.before, found.now)


def test_an_absence_that_is_in_the_files_already_does_not_undo_what_was_worked(
    shop: Path, planned: Path, roster: list[Shift], tmp_path: Path
) -> None:
    """Who went home on Tuesday stands in absences.csv by Wednesday, the whole Tuesday."""
    centre = Path(shutil.copytree(shop, tmp_path / "centre"))
    agent, tuesday = _of_day(roster, 1)[0].agent, (MONDAY + timedelta(days=1)).isoformat()
    with (centre / "absences.csv").open("a", encoding="utf-8") as absences:
        absences.write(f"{agent},{tuesday},{tuesday},sick\n")
    found = _replanned(centre, planned, tmp_path / "new", (), 2, 6)
    assert _until(found.after, found.now) == _until(found.before, found.now)


def test_the_command_replans_into_a_folder_of_its_own_and_prints_what_plan_json_holds(
    shop: Path, planned: Path, roster: list[Shift], tmp_path: Path
) -> None:
    sick, before = _of_day(roster, 2)[0], (planned / "roster.csv").read_bytes()
    told = ["--now", "2026-12-02T06:00", "--absence", f"{sick.agent}=2026-12-02", "--out", tmp_path / "new"]
    command = [sys.executable, "-m", "wfm.cli", "replan", shop, planned, *told, "--json"]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary == json.loads((tmp_path / "new" / "plan.json").read_text(encoding="utf-8"))
    assert 1 <= summary["changed_shifts"] <= MOST
    assert "replanning" in done.stderr
    assert (sick.agent, "2026-12-02") not in {(row["agent"], row["date"]) for row in _rows(tmp_path / "new/roster.csv")}
    assert (planned / "roster.csv").read_bytes() == before


def test_how_the_requirement_was_corrected_is_told_beside_the_replanned_week(
    shop: Path, planned: Path, tmp_path: Path
) -> None:
    out, new, told = tmp_path / "out", tmp_path / "new", "queue,target\nshop,0.8\n"
    shutil.copytree(planned, out)
    (out / "correction.csv").write_text(told, encoding="utf-8")
    _replanned(shop, out, new, (), 2, 6)
    assert (new / "correction.csv").read_text(encoding="utf-8") == told
    _replanned(shop, planned, new, (), 2, 6)
    assert not (new / "correction.csv").exists()
    (out / "requirement.csv").unlink()  # reckoned anew from the forecast, as nobody has corrected it
    centre = read_centre(shop)
    replan_week(centre, out, new, folder=shop, now=centre.week(MONDAY).wall(2 * 1440), time_limit=1.0)
    assert not (new / "correction.csv").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--absence", "A9999=2026-12-02"), "A9999"),
        (("--absence", "A0001"), "A0001"),
        (("--absence", "=2026-12-02"), "=2026-12-02"),
        (("--absence", "A0001=tomorrow"), "A0001=tomorrow"),
        (("--now", "noon"), "noon"),
        (("--now", "2026-13-01T10:00"), "2026-13-01T10:00"),
    ],
)
def test_what_cannot_be_understood_is_wrong_usage_and_named(
    shop: Path, planned: Path, tmp_path: Path, options: tuple[str, str], told: str
) -> None:
    standard = {"--now": "2026-12-02T06:00"} | {options[0]: options[1]}
    done = _wfm(
        "replan", shop, planned, *(word for pair in standard.items() for word in pair), "--out", tmp_path / "new"
    )
    assert done.exit_code == 2
    assert options[0] in done.stderr and told in done.stderr
    assert not (tmp_path / "new").exists()


def test_without_a_now_there_is_no_telling_what_has_begun(shop: Path, planned: Path, tmp_path: Path) -> None:
    done = _wfm("replan", shop, planned, "--out", tmp_path / "new")
    assert done.exit_code == 2
    assert "--now" in done.stderr


@pytest.mark.parametrize("left", [(), ("plan.json",), ("roster.csv",)])
def test_a_folder_without_a_planned_roster_is_wrong_usage(
    shop: Path, planned: Path, tmp_path: Path, left: tuple[str, ...]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in left:
        shutil.copy(planned / name, out)
    done = _wfm("replan", shop, out, "--now", "2026-12-02T06:00", "--out", tmp_path / "new")
    assert done.exit_code == 2
    assert "no planned roster" in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_replanned_week_is_replayed_with_the_forecast_s_uncertainty(
    shop: Path, planned: Path, tmp_path: Path
) -> None:
    done = _wfm("replan", shop, planned, "--now", "2026-12-02T06:00", "--out", tmp_path / "new", "-q")
    assert done.exit_code == 0, done.stderr
    name = "forecast_days.csv"
    assert (tmp_path / "new" / name).read_bytes() == (planned / name).read_bytes()
    found = _wfm("replay", shop, tmp_path / "new", "--replications", "2")
    assert found.exit_code == 0 and "caveat" not in found.output
    (tmp_path / "new" / name).unlink()
    assert "forecast_days.csv" in _wfm("replay", shop, tmp_path / "new", "--replications", "2").output


def test_a_forecast_made_anew_for_a_replan_is_kept_as_a_version(
    shop: Path, planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WFM_DATABASE", raising=False)
    out = Path(shutil.copytree(planned, tmp_path / "out"))
    centre = read_centre(shop)
    now = centre.week(MONDAY).wall(2 * 1440)
    replan_week(centre, out, tmp_path / "with", folder=shop, now=now, time_limit=1.0)
    assert list_versions(tmp_path / "with").empty
    (out / "forecast.csv").unlink()
    replan_week(centre, out, tmp_path / "without", folder=shop, now=now, time_limit=1.0)
    assert list_versions(tmp_path / "without")["week"].tolist() == [MONDAY]


def _replanned(shop: Path, planned: Path, new: Path, absent: Absent, day: int, hour: int) -> Replanned:
    centre = read_centre(shop)
    week = centre.week(MONDAY)
    now = week.midnight(day) + hour * 60
    dates = [(agent, week.date_of(d)) for agent, d in absent]
    summary = replan_week(centre, planned, new, folder=shop, now=week.wall(now), absences=dates, time_limit=20.0)
    away = tuple(
        Absence(agent=a, start=week.wall(week.midnight(d)), end=week.wall(week.midnight(d + 1)), kind="sick")
        for a, d in absent
    )
    return Replanned(
        centre=replace(centre, absences=(*centre.absences, *away)),
        week=week,
        before=_shifts(centre, planned),
        after=_shifts(centre, new),
        summary=dict(summary),
        unrostered={row["agent"] for row in _rows(new / "unrostered.csv")},
        required=read_requirement(planned / "requirement.csv", week, tuple(centre.queues)).rostered,
        now=now,
    )


def _shifts(centre: Centre, out: Path) -> list[Shift]:
    """The roster as its file has it, in order of agent and time."""
    week = centre.week(MONDAY)
    return sorted(shifts_of(read_roster(out / "roster.csv", centre.timezone), week), key=lambda s: (s.agent, s.start))


def _of_day(shifts: list[Shift], day: int) -> list[Shift]:
    return [shift for shift in shifts if shift.day == day]


def _keys(shifts: list[Shift]) -> set[tuple[str, int]]:
    return {(shift.agent, shift.day) for shift in shifts}


def _hour(minute: int) -> int:
    return minute % 1440 // 60


def _until(shifts: list[Shift], now: int) -> set[Piece]:
    """What lies before a minute of the week."""
    segments = [(s.agent, s.day, x) for s in shifts for x in s.segments if x.start < now]
    return {(agent, day, x._replace(end=min(x.end, now))) for agent, day, x in segments}


def _short_hours(found: Replanned, shifts: list[Shift]) -> float:
    """Hours short by the same requirement if these shifts were worked."""
    return reckon(found.centre, found.week, found.required, shifts).short_hours


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _wfm(*arguments: str | Path) -> Result:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, [*map(str, arguments)])
