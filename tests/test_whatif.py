"""A planner tries scenarios on the corner shop at the command line: tables, workbook, rosters, faults."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from sample_data.make import make
from wfm.comparison import COMPARISON, MEASURES, SWEEP, Figures
from wfm.exchange import read_comparison
from wfm.faults import FaultyInput
from wfm.warming import warm_up
from wfm.whatif import caveats, what_if

SPRING = """\
[[scenario]]
name = "=cmd|' /C calc'!A0 <b>spring</b>"
reason = "=1+1"
volume.shop = 1.2

[[scenario]]
name = "../../more people"
on = "=cmd|' /C calc'!A0 <b>spring</b>"
staff.part_time = 1.5

[[sweep]]
name = "volume"
[[sweep.over]]
factor = "volume"
values = [0.8, 1.0, 1.2]
"""
NAMES = ["base", "=cmd|' /C calc'!A0 <b>spring</b>", "../../more people"]
ROSTERED = """\
[[sweep]]
name = "people"
roster = true
[[sweep.over]]
factor = "staff"
values = [0.75, 1.0]
[[sweep.over]]
factor = "volume"
values = [1.0, 1.1]
"""


@pytest.fixture(scope="session", autouse=True)
def _warmed() -> None:
    """Loops compiled as the set-up leaves them."""
    warm_up()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("centre") / "corner_shop"
    make("corner_shop", folder)
    return folder


@pytest.fixture(scope="module")
def tried(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder of a comparison with rosters, and how the command ended."""
    out = tmp_path_factory.mktemp("out")
    return out, whatif(shop, out, SPRING, "--time-limit", "3")


Tried = tuple[Path, subprocess.CompletedProcess[str]]


def test_scenarios_stand_beside_the_base_with_their_differences(tried: Tried) -> None:
    out, done = tried
    assert done.returncode == 0, done.stderr
    rows = rows_of(out / "whatif.csv")
    assert tuple(rows[0]) == COMPARISON and [*dict.fromkeys(row["scenario"].strip() for row in rows)] == NAMES
    contacts = {row["scenario"].strip(): row for row in rows if (row["measure"], row["queue"]) == ("contacts", "")}
    spring = contacts[NAMES[1]]
    assert float(spring["difference_percent"]) == pytest.approx(20)
    assert float(spring["value"]) - float(spring["base"]) == pytest.approx(float(spring["difference"]), abs=1e-4)
    assert {row["measure"] for row in rows} == set(MEASURES)
    assert "of 6: " in done.stderr and "+20.0%" in done.stdout


def test_a_sweep_has_a_row_for_every_point_measure_and_queue(tried: Tried) -> None:
    rows = rows_of(tried[0] / "sweep.csv")
    assert tuple(rows[0]) == SWEEP
    hours = [
        (row["setting"], float(row["value"]))
        for row in rows
        if (row["measure"], row["queue"]) == ("required_hours", "shop")
    ]
    assert [setting for setting, _ in hours] == ["0.8", "1.0", "1.2"]
    assert hours[0][1] < hours[1][1] < hours[2][1]
    base = next(row for row in rows_of(tried[0] / "whatif.csv") if row["measure"] == "required_hours" and row["queue"])
    assert float(base["value"]) == pytest.approx(hours[1][1])


def test_each_roster_lies_in_a_folder_named_by_number(tried: Tried) -> None:
    folders = sorted(path.name for path in tried[0].iterdir() if path.is_dir())
    assert folders == ["0-roster", "1-roster", "2-roster"]
    summary = json.loads((tried[0] / "whatif.json").read_text())
    assert [one["folder"] for one in summary["scenarios"]] == folders and summary["legal"] and summary["finished"]
    figure = {
        (row["scenario"].strip(), row["measure"]): row["value"]
        for row in rows_of(tried[0] / "whatif.csv")
        if not row["queue"]
    }
    for name, folder in zip(NAMES, folders, strict=True):
        plan = json.loads((tried[0] / folder / "plan.json").read_text())
        assert float(figure[name, "cost"]) == pytest.approx(plan["cost"])
        assert plan["violations"] == 0 and (tried[0] / folder / "roster.csv").exists()
    assert float(figure[NAMES[2], "agents"]) == 14
    assert len({row["agent"] for row in rows_of(tried[0] / "2-roster" / "roster.csv")}) > 12


def test_the_workbook_opens_with_words_that_stay_words(tried: Tried) -> None:
    book = openpyxl.load_workbook(tried[0] / "whatif.xlsx")
    assert book.sheetnames == ["Comparison", "Scenarios", "Sweeps", "Measures", "Service"]
    head = [cell.value for cell in book["Comparison"][1]]
    assert head[:2] == ["measure", "queue"] and [head[n] for n in (2, 5, 8)] == NAMES
    assert book["Scenarios"]["B3"].value == "=1+1"
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    measures = {row[0]: row[2] for row in book["Comparison"].iter_rows(min_row=2, values_only=True) if row[1] == "all"}
    assert measures["seats"] == 8 and set(measures) == set(MEASURES)
    assert [cell.value for cell in book["Sweeps"][2]][:3] == ["volume", "volume", 0.8]


def test_no_spreadsheet_takes_a_name_for_a_formula(tried: Tried) -> None:
    assert "\n=" not in (tried[0] / "whatif.csv").read_text() and ",=" not in (tried[0] / "whatif.csv").read_text()


def test_what_was_written_is_read_back(tried: Tried, tmp_path: Path) -> None:
    found = read_comparison(tried[0])
    assert found is not None and list(dict.fromkeys(found.table["scenario"])) == NAMES
    assert len(found.sweeps) and found.summary["seed"] == 1
    assert read_comparison(tmp_path) is None
    for path in ("whatif.csv", "sweep.csv", "whatif.json"):
        (tmp_path / path).write_bytes((tried[0] / path).read_bytes())
    (tmp_path / "sweep.csv").write_text((tmp_path / "sweep.csv").read_text().replace("0.8", "few", 1))
    with pytest.raises(FaultyInput, match="sweep.csv:2:setting"):
        read_comparison(tmp_path)


def test_the_service_of_each_roster_is_simulated_and_told_with_how_sure_it_is(tried: Tried) -> None:
    out, done = tried
    rows = {(row["scenario"].strip(), row["measure"], row["queue"]): row for row in rows_of(out / "whatif.csv")}
    for number, name in enumerate(NAMES):
        level = rows[name, "service", "shop"]
        assert float(level["low"]) <= float(level["value"]) <= float(level["high"])
        week = next(row for row in rows_of(out / f"{number}-roster" / "replay.csv") if row["day"] == "week")
        for measure, column in (("service", "service_level"), ("p_target", "p_target"), ("abandoned", "abandoned")):
            assert float(rows[name, measure, "shop"]["value"]) == pytest.approx(100 * float(week[column]), abs=0.01)
        assert 0 < float(rows[name, "occupancy", ""]["value"]) < 100
    assert json.loads((out / "whatif.json").read_text())["runs"] == 10
    more = rows[NAMES[1], "service", ""]
    assert float(more["difference_low"]) <= float(more["difference"]) <= float(more["difference_high"])
    reach = float(more["difference_high"]) - float(more["difference_low"])
    assert reach < 0.8 * (float(more["high"]) - float(more["low"]) + float(rows["base", "service", ""]["high"])
                          - float(rows["base", "service", ""]["low"]))  # fmt: skip
    assert rows["base", "service", ""]["difference_low"] == "" and rows["base", "cost", ""]["low"] == ""
    assert "of 10 simulated weeks" in done.stdout


def test_the_workbook_tells_the_service_of_each_scenario(tried: Tried) -> None:
    sheet = openpyxl.load_workbook(tried[0] / "whatif.xlsx")["Service"]
    head, *rows = sheet.iter_rows(values_only=True)
    assert head[:6] == ("scenario", "queue", "service", "low", "high", "difference")
    assert [row[:2] for row in rows] == [(name, queue) for name in NAMES for queue in ("all", "shop")]
    assert rows[0][5] is None and rows[2][5] is not None


def test_without_simulated_weeks_the_service_is_erlangs_and_named_so(shop: Path, tmp_path: Path) -> None:
    done = whatif(shop, tmp_path, ROSTERED, "--time-limit", "1", "--runs", "0")
    assert done.returncode == 0, done.stderr
    measures = {row["measure"] for row in rows_of(tmp_path / "sweep.csv")}
    assert "service_erlang" in measures and not measures & {"service", "p_target", "abandoned", "occupancy"}
    assert openpyxl.load_workbook(tmp_path / "whatif.xlsx").sheetnames[-1] == "Measures"


def test_a_comparison_written_before_there_were_intervals_is_read(tried: Tried, tmp_path: Path) -> None:
    for name, columns in (("whatif.csv", 7), ("sweep.csv", 8)):
        table = pd.read_csv(tried[0] / name, keep_default_na=False, dtype=str)
        table[table.columns[:columns]].to_csv(tmp_path / name, index=False)
    (tmp_path / "whatif.json").write_bytes((tried[0] / "whatif.json").read_bytes())
    found = read_comparison(tmp_path)
    assert found is not None and found.table["low"].isna().all() and found.table["value"].notna().any()


def test_without_rosters_only_the_requirement_is_compared(shop: Path, tried: Tried, tmp_path: Path) -> None:
    done = whatif(shop, tmp_path, SPRING, "--no-roster", "--json", "-q")
    assert done.returncode == 0 and not done.stderr
    assert json.loads(done.stdout)["scenarios"][0]["status"] is None
    assert {row["measure"] for row in rows_of(tmp_path / "whatif.csv")} == set(list(MEASURES)[:5])
    assert not list(tmp_path.glob("*-roster"))
    again = Path(tmp_path / "again")
    whatif(shop, again, SPRING, "--time-limit", "1")
    assert (again / "2-roster").is_dir()
    whatif(shop, again, SPRING, "--no-roster")
    assert not list(again.glob("*-roster"))  # of an earlier comparison, and not this one's


def test_the_points_of_a_sweep_are_rostered_side_by_side(shop: Path, tmp_path: Path) -> None:
    done = whatif(shop, tmp_path, ROSTERED, "--time-limit", "3")
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "sweep.csv", keep_default_na=False)
    short = table[(table["measure"] == "short_hours") & (table["queue"] == "")].set_index(
        ["setting", "second_setting"]
    )["value"]
    assert len(short) == 4 and float(short[0.75, 1.1]) > float(short[1.0, 1.0])
    service = table[(table["measure"] == "service") & (table["queue"] == "")].set_index(["setting", "second_setting"])
    assert float(service["value"][0.75, 1.1]) < float(service["value"][1.0, 1.0])
    assert (service["low"].astype(float) <= service["value"].astype(float)).all()


def test_a_scenario_without_a_legal_roster_is_told_and_ends_with_1(shop: Path, tmp_path: Path) -> None:
    # The shop's lock is hours of work; without a seat it cannot be kept.
    done = whatif(shop, tmp_path, '[[scenario]]\nname = "no seat"\nseats = 0\n', "--time-limit", "3")
    assert done.returncode == 1, done.stdout
    assert "no seat: infeasible" in done.stdout
    assert not json.loads((tmp_path / "whatif.json").read_text())["legal"]


def test_faults_of_the_scenarios_are_told_and_nothing_is_written(shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = whatif(shop, out, '[[scenario]]\nname = "x"\nvolume.shp = 2\nseat = 3\n')
    assert done.returncode == 3 and not out.exists()
    assert "scenarios.toml:3:scenario[1].volume.shp: expected a queue of queues.csv" in done.stderr
    assert "scenarios.toml:4:scenario[1].seat: expected a known key (did you mean seats?), got seat" in done.stderr
    missing = subprocess.run([*WFM, str(shop), "--scenario", str(tmp_path / "no.toml"), "--out", str(out)], capture_output=True, check=False)  # fmt: skip
    assert missing.returncode == 2


def test_asked_to_stop_it_keeps_what_is_finished(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "scenarios.toml"
    path.write_text(SPRING)
    told: list[str] = []
    found = what_if(
        shop, path, tmp_path, roster=False, report=lambda one: told.append(one.message), stop=lambda: len(told) >= 4
    )
    assert found.summary["finished"] is False and found.summary["scenarios"][2]["status"] == "not finished"
    assert set(found.table["scenario"]) == set(NAMES[:2]) and found.sweeps.empty
    again = read_comparison(tmp_path)
    assert again is not None and again.sweeps.empty


def test_a_difference_smaller_than_what_the_searches_left_open_is_told() -> None:
    def figures(cost: float, gap_hours: float) -> Figures:
        return {("cost", ""): cost, ("gap_hours", ""): gap_hours}

    found = {"base": figures(600.0, 2.0), "near": figures(660.0, 0.5), "far": figures(900.0, 4.0)}
    assert [caveat.partition(":")[0] for caveat in caveats(found)] == ["near"]


WFM = [sys.executable, "-m", "wfm.cli", "whatif"]


def whatif(shop: Path, out: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a file of this text."""
    path = out.parent / f"{out.name}-file" / "scenarios.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    command: list[Any] = [*WFM, shop, "--scenario", path, "--out", out, *options]
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
