"""A planned week replayed: people, absence, days that stray, and the command."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from sample_data.make import make
from tests.forecast.centres import centre, rows
from tests.replay.people import FIRST, LAST, MONDAY, person, queue
from wfm.centre import Centre, Channel, ReplayAssumptions
from wfm.cli import app
from wfm.demand import Forecast
from wfm.replay import Replayed, replay
from wfm.replay.presence import attendance, present, rostered
from wfm.replay.routing import routing
from wfm.replay.traffic import contacts, expected
from wfm.roster import Segment, Shift


def staffed(people: int, *, absence: float = 0.0, timezone: str = "Asia/Shanghai") -> tuple[Centre, list[Shift]]:
    """One queue, and everybody on shift from 08:00 to 16:00 on all seven days with half an hour of rest at noon."""
    of = centre(rows("calls", first=FIRST, last=LAST, course=lambda *_: 1.0), timezone=timezone)
    of = replace(
        of,
        queues={"calls": queue("calls", max_occupancy=1.0)},
        agents={str(n): person(str(n), {"calls": 1.0}) for n in range(people)},
        absence_rate=absence,
        annual_attrition=0.0,
    )
    week = of.week(MONDAY)
    shifts = []
    for agent in of.agents:
        for day in range(7):
            at = week.midnight(day) + 480
            parts = ((at, at + 240, "work"), (at + 240, at + 270, "rest"), (at + 270, at + 480, "work"))
            shifts.append(Shift(agent=agent, day=day, segments=tuple(Segment(*part, True) for part in parts)))
    return of, shifts


def told(of: Centre, *, hourly: float, spread: float = 0.0) -> Forecast:
    week = of.week(MONDAY)
    open_hours = np.array([8 <= week.wall(60 * n).hour < 16 for n in range(week.intervals)])
    flat = np.where(open_hours, hourly, 0.0)[None, :]
    plain = Forecast(week=week, queues=("calls",), offered=flat, limits={}, aht_seconds=np.full(flat.shape, 240.0))
    days = plain.by_date()
    off = 1.2815515655446004 * np.sqrt(days + (spread * days) ** 2)
    return replace(plain, day_limits={"p10": days - off, "p90": days + off})


def test_the_figures_of_a_quiet_and_a_crowded_floor() -> None:
    for people, met in ((20, 1.0), (4, 0.0)):
        of, shifts = staffed(people)
        table = replay(of, told(of, hourly=90.0), shifts, replications=6, workers=1).table()
        week = table[table["day"] == "week"].iloc[0]
        assert week["p_target"] == met and week["low"] <= week["service_level"] <= week["high"]
        assert len(table) == 8 and week["offered"] >= 0.9 * 90 * 56


def test_the_same_seed_gives_the_same_figures_however_many_work_at_it() -> None:
    of, shifts = staffed(8, absence=0.1)
    runs = [replay(of, told(of, hourly=90.0, spread=0.1), shifts, replications=4, workers=n).table() for n in (1, 3)]
    pd.testing.assert_frame_equal(*runs)


def test_absence_and_lateness_together_take_what_the_absence_rate_says() -> None:
    of, shifts = staffed(60, absence=0.08)
    of = replace(of, replay=ReplayAssumptions(late_share=0.3, late_minutes=20.0))
    people, group = rostered(of, of.week(MONDAY), shifts), routing(of).group
    seconds = [
        present(attendance(people, seed), group, 1, interval_seconds=3600.0, intervals=168).sum()
        for seed in np.random.SeedSequence(1).spawn(60)
    ]
    assert np.mean(seconds) / (60 * 7 * 7.5 * 3600) == pytest.approx(0.92, abs=0.004)


def test_days_stray_as_far_as_the_forecast_is_unsure_and_a_part_of_it_together() -> None:
    of, _ = staffed(1)
    of = replace(of, replay=ReplayAssumptions(week_share=0.5))
    traffic = expected(of, told(of, hourly=2000.0, spread=0.1))
    days = []
    for seed in np.random.SeedSequence(2).spawn(150):
        came = contacts(traffic, seed)
        days.append(np.bincount((came.start // 86_400).astype(int), minlength=7) / (2000.0 * 8))
    factors = np.array(days)
    assert factors.mean() == pytest.approx(1.0, abs=0.02) and factors.std() == pytest.approx(0.1, rel=0.12)
    together = np.corrcoef(factors.T)[np.triu_indices(7, 1)].mean()
    assert together == pytest.approx(0.5, abs=0.12)


def test_nobody_is_offered_to_a_queue_that_is_closed() -> None:
    of, shifts = staffed(2)
    of = replace(of, replay=ReplayAssumptions(redial_share=0.9, redial_minutes=60.0))
    forecast = told(of, hourly=90.0)
    found = replay(of, forecast, shifts, replications=2, workers=1)
    assert found.intervals.abandoned.sum() > 1000
    assert not found.intervals.offered[:, forecast.offered == 0].any()


def test_deferred_work_of_the_week_before_is_there_when_the_week_begins() -> None:
    of, shifts = staffed(30)
    mail = replace(of.queues["calls"], channel=Channel.DEFERRED, threshold_seconds=86_400.0, patience_seconds=None)
    of = replace(of, queues={"calls": mail})
    found = replay(of, told(of, hourly=90.0), shifts, replications=4, workers=1)
    table = found.table()
    monday = table[table["day"] == MONDAY.isoformat()].iloc[0]
    assert monday["offered"] > 0 and monday["service_level"] > 0.99


def test_a_stop_keeps_the_weeks_that_are_done() -> None:
    of, shifts = staffed(8)
    done: list[int] = []
    found = replay(
        of, told(of, hourly=90.0), shifts, replications=50, workers=1,
        report=lambda run, _: done.append(run), stop=lambda: len(done) >= 3,
    )  # fmt: skip
    assert found.runs == 3


@pytest.mark.parametrize("people", [0, 5])
def test_a_week_without_contacts_or_people_has_no_figures_to_be_wrong(people: int) -> None:
    of, shifts = staffed(people)
    found: Replayed = replay(of, told(of, hourly=0.0 if people else 60.0), shifts, replications=2, workers=1)
    week = found.table().iloc[-1]
    assert np.isnan(week["service_level"]) if people else week["service_level"] == 0.0


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("shop")
    make("corner_shop", folder / "centre")
    given = [str(folder / "centre"), "--week", "2026-11-30", "--out", str(folder / "out")]
    found = CliRunner().invoke(app, ["plan", *given, "--work-limit", "0.5", "--workers", "1", "-q"])
    assert found.exit_code == 0, found.output
    return folder / "centre", folder / "out"


def test_a_planner_replays_the_corner_shop(planned: tuple[Path, Path]) -> None:
    folder, out = planned
    found = CliRunner().invoke(app, ["replay", str(folder), str(out), "--replications", "5"])
    assert found.exit_code == 0 and "target" in found.output and "shop" in found.output
    table = pd.read_csv(out / "replay.csv")
    assert table["day"].tolist()[-1] == "week" and table["service_level"].between(0, 1)[table["offered"] > 0].all()
    assert len(pd.read_csv(out / "replay_intervals.csv")) == 168
    book = load_workbook(out / "replay.xlsx")
    assert book.sheetnames == ["Targets", "Intervals", "Assumptions"]
    assert [cell.value for cell in book["Targets"][1]] == list(table.columns)


def test_without_a_roster_there_is_nothing_to_replay(planned: tuple[Path, Path], tmp_path: Path) -> None:
    folder, out = planned
    shutil.copytree(out, tmp_path / "out")
    (tmp_path / "out" / "roster.csv").unlink()
    found = CliRunner().invoke(app, ["replay", str(folder), str(tmp_path / "out"), "-q"])
    assert found.exit_code == 2 and "roster.csv" in found.output


def test_what_a_hand_has_edited_out_of_the_roster_is_told(planned: tuple[Path, Path], tmp_path: Path) -> None:
    folder, out = planned
    shutil.copytree(out, tmp_path / "out")
    path = tmp_path / "out" / "roster.csv"
    text = path.read_text().replace("A0001,", "GHOST,")
    last = [line for line in text.splitlines() if line.startswith("A0002,2026-11-30")]
    path.write_text(text + "".join(line.replace("2026-11-30", "2026-12-21") + "\n" for line in last))
    found = CliRunner().invoke(app, ["replay", str(folder), str(tmp_path / "out"), "--replications", "2"])
    assert found.exit_code == 0, found.output
    assert "caveat: agents.csv does not know GHOST" in found.output
    assert "1 shifts of the roster do not begin in the week of 2026-11-30" in found.output


def _tell_short(plan: Path, queue: str) -> None:
    """Have a plan tell of a short period: a good roster of the shop may have none."""
    summary = json.loads(plan.read_text(encoding="utf-8"))
    noon = {"queue": queue, "start": "2026-11-30T12:00", "end": "2026-11-30T13:00", "short_hours": 1.0}
    plan.write_text(json.dumps({**summary, "short_periods": [noon]}), encoding="utf-8")


def test_a_corrected_requirement_tells_how_far_erlang_was_off(planned: tuple[Path, Path], tmp_path: Path) -> None:
    folder, out = planned
    shutil.copytree(out, tmp_path / "out")
    given = ["require", str(folder), "--week", "2026-11-30", "--out", str(tmp_path / "out")]
    found = CliRunner().invoke(app, [*given, "--replayed"])
    assert found.exit_code == 0 and "Erlang's" in found.output
    (row,) = pd.read_csv(tmp_path / "out" / "correction.csv").to_dict("records")
    assert abs(row["service_level"] - row["target"]) <= 0.01 and row["hours"] < row["erlang_hours"]
    _tell_short(tmp_path / "out" / "plan.json", row["queue"])
    told = CliRunner().invoke(app, ["explain", str(folder), str(tmp_path / "out")])
    assert told.exit_code == 0 and "by replay" in told.output, told.output
    unfolded = CliRunner().invoke(app, [*given, "--replayed", "--explain", "2026-11-30T12:00", row["queue"]])
    needed = pd.read_csv(tmp_path / "out" / "requirement.csv")
    (noon,) = needed[(needed["queue"] == row["queue"]) & needed["start"].str.startswith("2026-11-30T12:00")].to_dict(
        "records"
    )
    last = unfolded.output.splitlines()[-1]
    assert last.strip().startswith("moved by replay") and f" to {noon['agents_rostered']:,.6g} rostered" in last
    assert CliRunner().invoke(app, [*given, "-q"]).exit_code == 0
    _tell_short(tmp_path / "out" / "plan.json", row["queue"])
    told = CliRunner().invoke(app, ["explain", str(folder), str(tmp_path / "out")])
    assert "by replay" not in told.output
    assert not (tmp_path / "out" / "correction.csv").exists()  # it would no longer be true
