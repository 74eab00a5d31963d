"""What a scheduler is told at the command line: by exit codes, on the two outputs, and in files."""

import csv
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from sample_data.make import make
from sample_data.shapes import shape
from wfm.check import check
from wfm.cli import app
from wfm.reading import read_centre, read_roster
from wfm.roster import shifts_of
from wfm.warming import warm_up

MONDAY = "2026-11-30"
CLOCK_BACK = "2026-10-19"
WRITTEN = {"forecast.csv", "requirement.csv", "roster.csv", "coverage.csv", "violations.csv", "unrostered.csv"}
WRITTEN |= {"roster.xlsx", "plan.json"}
HANGS = 120.0  # seconds after which a command is taken to hang


class Planned(NamedTuple):
    """A centre's folder, the folder of its plan, how the command ended, and seconds from a Ctrl-C to its end."""

    centre: Path
    out: Path
    done: subprocess.CompletedProcess[str]
    stopping: float = 0.0

    @property
    def summary(self) -> dict[str, Any]:
        return dict(json.loads((self.out / "plan.json").read_text(encoding="utf-8")))

    @property
    def agents(self) -> set[str]:
        return {row["agent"] for row in _rows(self.out / "roster.csv")}

    @property
    def unrostered(self) -> dict[str, str]:
        return {row["agent"]: row["reason"] for row in _rows(self.out / "unrostered.csv")}


@pytest.fixture(scope="session", autouse=True)
def _warmed() -> None:
    """Loops compiled as the set-up leaves them: a time limit of seconds has no room for a compiler."""
    warm_up()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "corner_shop"
    make("corner_shop", folder)
    return folder


@pytest.fixture(scope="session")
def planned(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """The small sample's week, its summary asked for as JSON."""
    out = tmp_path_factory.mktemp("planned") / "out"
    return Planned(shop, out, _plan(shop, out, "--time-limit", "2", "--json"))


@pytest.fixture(scope="session")
def awkward(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """The shop with an agent who can work one hour a week and one whose id looks like a path; planned with -q."""
    folder = tmp_path_factory.mktemp("awkward")
    centre = Path(shutil.copytree(shop, folder / "centre"))
    for file in centre.glob("*.csv"):
        _edit(file, "^A0005,", "../x,", count=0)
    (centre / "availability.csv").write_text("agent,weekday,from,to\nA0012,mon,08:00,09:00\n", encoding="utf-8")
    return Planned(centre, folder / "out", _plan(centre, folder / "out", "--time-limit", "1", "-q"))


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre of 150 agents, whose roster can be improved for minutes."""
    folder = tmp_path_factory.mktemp("crowd")
    shape("clock_back", folder)
    return folder


def test_a_planned_week_ends_with_0_and_every_file_of_the_contract(planned: Planned) -> None:
    assert planned.done.returncode == 0, planned.done.stderr
    assert {file.name for file in planned.out.iterdir()} >= WRITTEN
    assert _violations(planned, MONDAY) == []


def test_json_on_stdout_is_what_plan_json_holds_and_progress_goes_to_stderr(planned: Planned) -> None:
    assert json.loads(planned.done.stdout) == planned.summary
    assert "roster" in planned.done.stderr


def test_the_time_limit_is_kept(planned: Planned) -> None:
    assert planned.summary["seconds"]["roster"] <= 2 + 10  # 2 + 2 by the contract; the rest is for a busy machine


def test_quiet_prints_nothing(awkward: Planned) -> None:
    assert (awkward.done.stdout, awkward.done.stderr) == ("", "")


def test_an_agent_without_a_legal_week_is_told_with_the_rules_and_the_others_are_rostered(awkward: Planned) -> None:
    assert awkward.done.returncode == 0
    assert set(awkward.unrostered) == {"A0012"}
    reason, _, rules = awkward.unrostered["A0012"].partition(": ")
    assert reason == "no_legal_week"
    assert "availability" in rules.split(", ")
    assert len(awkward.agents) == 11
    assert _violations(awkward, MONDAY) == []


def test_an_agents_id_that_looks_like_a_path_writes_nothing_outside(awkward: Planned) -> None:
    before = _files(awkward.out.parent)
    done = _wfm("export", awkward.centre, awkward.out, "--agent", "../x", "--format", "csv")
    written = _files(awkward.out.parent) - before
    assert done.returncode == 0, done.stderr
    assert {file.parent for file in written} == {awkward.out}
    assert {row["date"] for file in written for row in _rows(file)} == _dates(awkward, "../x")


def test_an_agent_takes_the_shifts_home_as_workbook_or_calendar(planned: Planned, tmp_path: Path) -> None:
    begins = {"xlsx": b"PK", "ics": b"BEGIN:VCALENDAR"}  # csv: see the agent with the id like a path
    files = {kind: tmp_path / f"mine.{kind}" for kind in begins}
    ask = ["export", planned.centre, planned.out, "--agent", "A0001"]
    running = [_started(*ask, "--format", kind, "--to", file) for kind, file in files.items()]
    assert [_ended(process).returncode for process in running] == [0, 0]
    for kind, file in files.items():
        assert file.read_bytes().startswith(begins[kind]), kind


def test_ctrl_c_while_a_roster_is_improved_keeps_the_best_and_says_so(crowd: Path, tmp_path: Path) -> None:
    found = _interrupted(crowd, tmp_path / "out", after=r"roster .*  cost ", seconds=5.0)
    assert found.done.returncode == 130, found.done.stderr
    assert "interrupted: the best legal roster so far is in" in found.done.stderr
    assert {file.name for file in found.out.iterdir()} >= WRITTEN
    assert found.stopping < 15
    assert len(found.agents) > 100
    assert _violations(found, CLOCK_BACK) == []


def test_ctrl_c_before_there_is_a_roster_says_what_was_kept(crowd: Path, tmp_path: Path) -> None:
    found = _interrupted(crowd, tmp_path / "out", after="rules compiled", seconds=0.0)
    assert found.done.returncode == 130, found.done.stderr[-500:]
    assert "interrupted: " in found.done.stderr
    assert ("none was found" in found.done.stderr) == (found.summary["status"] == "undecided")


def test_the_roster_step_takes_the_requirement_that_a_planner_has_edited(planned: Planned, tmp_path: Path) -> None:
    out = Path(shutil.copytree(planned.out, tmp_path / "out"))
    rows = _rows(out / "requirement.csv")
    for row in rows:
        row["agents_rostered"] = str(2 * float(row["agents_rostered"]))
    _write(out / "requirement.csv", rows)
    done = _wfm("roster", planned.centre, "--week", MONDAY, "--out", out, "--time-limit", "1", "-q")
    assert done.returncode == 0, done.stderr
    needed = Planned(planned.centre, out, done).summary["required_hours"]
    assert needed == pytest.approx(2 * planned.summary["required_hours"], rel=1e-4)


def test_what_a_planner_lays_on_the_forecast_reaches_the_requirement_with_its_reason(
    shop: Path, tmp_path: Path
) -> None:
    centre, out = Path(shutil.copytree(shop, tmp_path / "centre")), tmp_path / "out"
    row = {"layer": "advertisement", "queue": "shop", "start": f"{MONDAY}T09:00", "end": f"{MONDAY}T12:00"}
    row |= {"measure": "contacts", "kind": "factor", "value": "2", "reason": "a page in the paper"}
    _write(centre / "adjustments.csv", [row])
    done = _wfm("forecast", centre, "--week", MONDAY, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "(the model alone: " in done.stdout
    rows = {row["start"]: row for row in _rows(out / "forecast.csv")}
    ten, noon = rows[f"{MONDAY}T10:00"], rows[f"{MONDAY}T12:00"]
    assert float(ten["offered"]) == pytest.approx(2 * float(ten["offered_model"]), rel=1e-3)
    assert noon["offered"] == noon["offered_model"]
    told = _wfm("require", centre, "--week", MONDAY, "--out", out, "--explain", f"{MONDAY}T10:00", "shop")
    assert "changed by advertisement (× 2: a page in the paper)" in told.stdout
    _write(centre / "adjustments.csv", [row | {"active": "false"}])
    assert "the model alone" not in _wfm("forecast", centre, "--week", MONDAY, "--out", out).stdout
    assert "offered_model" not in _rows(out / "forecast.csv")[0]
    _write(centre / "adjustments.csv", [row | {"value": "double"}])
    done = _wfm("plan", centre, "--week", MONDAY, "--out", out, "-q")
    assert done.returncode == 3
    assert "adjustments.csv:2:value: expected a number of at least 0, got double" in done.stderr


def test_the_versions_of_a_forecast_are_listed_and_compared_with_each_other_and_with_what_came(
    shop: Path, tmp_path: Path
) -> None:
    centre, out = Path(shutil.copytree(shop, tmp_path / "centre")), tmp_path / "out"
    past = "2026-11-16"
    for _ in range(2):  # the second time there is nothing new
        assert _wfm("forecast", centre, "--week", past, "--out", out, "-q").returncode == 0
    with (centre / "special_days.csv").open("a", encoding="utf-8") as days:
        days.write("2026-11-18,,flyer,event,1.5\n")
    (out / "forecast.csv").unlink()
    assert _wfm("require", centre, "--week", past, "--out", out, "-q").returncode == 0  # makes a forecast
    listed = _wfm("forecasts", out)
    assert listed.returncode == 0, listed.stderr
    assert re.findall(r"^ +(\d+) +\S+Z .* shop +[23],\d", listed.stdout, re.MULTILINE) == ["1", "2"]
    compared = _wfm("forecasts", out, "--compare", "1", "2")
    assert re.search(r"shop 2026-11-18 +[\d.]+ +[\d.]+ +\+50\.0$", compared.stdout, re.MULTILINE)
    actual = _wfm("forecasts", out, "--actual", centre, "--version", "1")
    assert re.search(r"shop 2026-11-16 .* complete$", actual.stdout, re.MULTILINE)
    assert re.search(r"^shop: WAPE by interval 0\.\d{4}$", actual.stdout, re.MULTILINE)
    unknown = _wfm("forecasts", out, "--compare", "1", "9")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "got 9" in unknown.stderr


@pytest.mark.parametrize(
    ("command", "option", "value", "told"),
    [
        ("forecast", "--now", "noon", "2026-11-30T22:00"),
        ("forecast", "--now", "2026-11-23T10:00", "a moment of the week of 2026-11-30"),
        ("require", "--quantile", "0.99", "0.975"),
    ],
)
def test_a_wrong_option_is_named(shop: Path, tmp_path: Path, command: str, option: str, value: str, told: str) -> None:
    done = _wfm(command, shop, "--week", MONDAY, "--out", tmp_path / "out", option, value)
    assert done.returncode == 2
    said = " ".join(done.stderr.replace("│", " ").split())
    assert option in said and told in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["forecast", "require"])
def test_an_error_of_our_own_is_not_taken_for_a_wrong_option(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("a fault of the program")

    monkeypatch.setattr("wfm.plan.forecast", broken)
    told = [command, str(shop), "--week", MONDAY, "--out", str(tmp_path / "out"), "-q"]
    done = CliRunner().invoke(app, told)
    assert isinstance(done.exception, ValueError) and "a fault of the program" in str(done.exception)


def test_a_plan_keeps_the_version_of_its_forecast_and_a_roster_on_it_makes_none(
    planned: Planned, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(planned.out, tmp_path / "out"))
    assert _wfm("roster", planned.centre, "--week", MONDAY, "--out", out, "--time-limit", "1", "-q").returncode == 0
    coming = _wfm("forecasts", out, "--actual", planned.centre)
    assert coming.stdout.startswith(f"version 1 of corner_shop, week of {MONDAY}")
    assert "no row yet" in coming.stdout and "shop: history has no contacts yet" in coming.stdout


def test_a_new_plan_leaves_no_correction_of_an_earlier_requirement(planned: Planned, tmp_path: Path) -> None:
    out = Path(shutil.copytree(planned.out, tmp_path / "out"))
    (out / "correction.csv").write_text("queue\n", encoding="utf-8")
    assert _plan(planned.centre, out, "--time-limit", "2").returncode == 0
    assert not (out / "correction.csv").exists()


def test_locks_that_clash_are_told_and_everybody_else_is_rostered(shop: Path, tmp_path: Path) -> None:
    centre = Path(shutil.copytree(shop, tmp_path / "centre"))
    with (centre / "locks.csv").open("a", encoding="utf-8") as locks:
        locks.write("A0010,2026-12-03,2026-12-03T12:00,2026-12-03T16:00,work\n")  # absent from 13:00
    found = Planned(centre, tmp_path / "out", _plan(centre, tmp_path / "out", "--time-limit", "4"))
    assert found.done.returncode == 1
    assert found.summary["status"] == "infeasible"
    assert {(clash["rule"], clash["agent"]) for clash in found.summary["clashes"]} == {
        ("locks", "A0010"),
        ("absence", "A0010"),
    }
    assert "clash: locks A0010 2026-12-03" in found.done.stderr
    assert len(found.agents - {"A0010"}) == 11


def test_too_few_seats_leave_hours_short_but_every_rule_kept(shop: Path, tmp_path: Path) -> None:
    centre = Path(shutil.copytree(shop, tmp_path / "centre"))
    _edit(centre / "centre.toml", r"^seats = \d+", "seats = 5")
    found = Planned(centre, tmp_path / "out", _plan(centre, tmp_path / "out", "--time-limit", "1"))
    assert found.done.returncode == 0, found.done.stderr
    assert _violations(found, MONDAY) == []
    assert found.summary["peak_seats"] <= 5
    assert found.summary["short_periods"]
    assert "short        shop 2026-" in found.done.stdout


def test_more_people_than_seats_can_hold_are_left_out_by_name(shop: Path, tmp_path: Path) -> None:
    """Two seats are 144 hours a week, and the contracts of the twelve ask for more than 300."""
    centre = Path(shutil.copytree(shop, tmp_path / "centre"))
    _edit(centre / "centre.toml", r"^seats = \d+", "seats = 2")
    found = Planned(centre, tmp_path / "out", _plan(centre, tmp_path / "out", "--time-limit", "1"))
    assert found.done.returncode == 0, found.done.stderr
    assert _violations(found, MONDAY) == []
    assert 0 < found.summary["peak_seats"] <= 2
    assert found.agents | set(found.unrostered) == {row["agent"] for row in _rows(centre / "agents.csv")}
    assert all("seats" in reason for reason in found.unrostered.values())


def test_a_backtest_tells_scores_and_worst_dates_and_writes_three_files(shop: Path, tmp_path: Path) -> None:
    done = _wfm("backtest", shop, "--out", tmp_path / "out", "--weeks", "2")
    assert done.returncode == 0, done.stderr
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        "backtest.csv",
        "backtest_weeks.csv",
        "backtest_days.csv",
    }
    scores, candidates, worst = done.stdout.rstrip().split("\n\n")
    assert scores.count("chosen") == 2 and candidates.count("factor model") == 2  # 7 and 28 days
    days = _rows(tmp_path / "out" / "backtest_days.csv")
    most = max(days, key=lambda row: abs(float(row["error_share"])))
    told = worst.splitlines()
    assert len(told) == 1 + 5
    assert told[1].startswith(f"shop  {date.fromisoformat(most['date']):%a} {most['date']}  came ")
    assert re.search(r" s  backtest +shop$", done.stderr, re.MULTILINE)
    quiet = _wfm("backtest", shop, "--out", tmp_path / "out", "--weeks", "1", "-q")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_a_roster_broken_by_hand_is_judged_with_1_and_its_violations_on_stdout(
    planned: Planned, tmp_path: Path
) -> None:
    rows = _rows(planned.out / "roster.csv")
    shifts = [(row["agent"], row["date"]) for row in rows]
    middle = next(at for at in range(1, len(rows) - 1) if shifts[at - 1] == shifts[at] == shifts[at + 1])
    stranger = next(row["agent"] for row in rows if row["agent"] != rows[middle]["agent"])
    broken = [row | {"agent": "Z9"} if row["agent"] == stranger else row for row in rows]
    del broken[middle]  # a gap
    _write(tmp_path / "roster.csv", broken)
    done = _wfm("check", planned.centre, tmp_path / "roster.csv", "--week", MONDAY)
    told = list(csv.DictReader(done.stdout.splitlines()))
    assert done.returncode == 1
    assert {"rule", "agent", "date", "message"} == set(told[0])
    assert ("unknown", "Z9") in {(row["rule"], row["agent"]) for row in told}
    assert ("segments", rows[middle]["agent"]) in {(row["rule"], row["agent"]) for row in told}


def test_a_roster_without_a_column_is_faulty_input(planned: Planned, tmp_path: Path) -> None:
    rows = [{name: cell for name, cell in row.items() if name != "paid"} for row in _rows(planned.out / "roster.csv")]
    _write(tmp_path / "roster.csv", rows)
    done = _wfm("check", planned.centre, tmp_path / "roster.csv")
    assert (done.returncode, done.stdout) == (3, "")
    assert re.search(r"^roster.csv:1:paid: expected .*, got ", done.stderr, re.MULTILINE)


def test_every_fault_of_every_file_is_told_and_nothing_is_written(shop: Path, tmp_path: Path) -> None:
    centre = Path(shutil.copytree(shop, tmp_path / "centre"))
    _edit(centre / "centre.toml", r"^seats = \d+", "seets = 8")
    _edit(centre / "agents.csv", r"(?<=^A0002,)(.*),full_time,", r"\1,fulltime,")
    _edit(centre / "queues.csv", r"(?<=voice,)[\d.]+", "80%")
    _edit(centre / "history.csv", r"(?<=,shop,)\d+", "-8")
    done = _plan(centre, tmp_path / "out")
    assert (done.returncode, done.stdout) == (3, "")
    assert set(re.findall(r"^([\w.]+:\d+:\w+): expected .+, got .+$", done.stderr, re.MULTILINE)) == {
        "agents.csv:3:contract",
        "centre.toml:6:seets",
        "history.csv:2:offered",
        "queues.csv:2:service_level",
    }
    assert not (tmp_path / "out").exists()


def test_a_week_that_is_not_named_by_its_monday_is_wrong_usage(shop: Path, tmp_path: Path) -> None:
    done = _wfm("plan", shop, "--week", "2026-12-01", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "Monday" in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_agent_nobody_knows_is_wrong_usage(planned: Planned) -> None:
    before = _files(planned.out)
    done = _wfm("export", planned.centre, planned.out, "--agent", "A9999")
    assert done.returncode == 2
    assert "A9999" in done.stderr
    assert _files(planned.out) == before


def _plan(centre: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return _wfm("plan", centre, "--week", MONDAY, "--out", out, *options)


def _wfm(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return _ended(_started(*arguments))


def _started(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "wfm.cli", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")


def _interrupted(centre: Path, out: Path, *, after: str, seconds: float) -> Planned:
    """Plan, and press Ctrl-C some seconds after a line that matches was told."""
    process = _started("plan", centre, "--week", CLOCK_BACK, "--out", out, "--time-limit", "60")
    assert process.stderr is not None
    told = "".join(_until(process.stderr, re.compile(after)))
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    done = _ended(process, told)
    return Planned(centre, out, done, time.monotonic() - begun)


def _ended(process: subprocess.Popen[str], told: str = "") -> subprocess.CompletedProcess[str]:
    """Wait for a command; `told` is what was read of its stderr before."""
    stdout, stderr = process.communicate(timeout=HANGS)
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, told + stderr)


def _until(lines: Iterator[str], wanted: re.Pattern[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if wanted.search(line):
            return
    raise AssertionError(f"the command ended before it told {wanted.pattern!r}")


def _violations(plan: Planned, monday: str) -> list[object]:
    """What the check says of roster.csv, here and not by the command that wrote it."""
    centre = read_centre(plan.centre)
    table = read_roster(plan.out / "roster.csv", centre.timezone)
    week = centre.week(date.fromisoformat(monday))
    return list(check(centre, week, shifts_of(table, week), unrostered=plan.unrostered))


def _dates(plan: Planned, agent: str) -> set[str]:
    return {row["date"] for row in _rows(plan.out / "roster.csv") if row["agent"] == agent}


def _files(folder: Path) -> set[Path]:
    return {file for file in folder.rglob("*") if file.is_file()}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _edit(path: Path, was: str, now: str, *, count: int = 1) -> None:
    """Put a text in the place of what matches, the first time it does (`count` 0: every time)."""
    text, found = re.subn(was, now, path.read_text(encoding="utf-8"), count=count, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    assert found or count == 0, f"{was!r} is not in {path.name}"
