"""A planner asks whom to hire in the next year and a half: at the command line, in the files, in the workbook."""

import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from sample_data.make import make
from wfm.capacity_plan import plan_capacity
from wfm.capacity_tables import HEADCOUNT, HIRES, WEEKS
from wfm.cli import app
from wfm.exchange import read_capacity
from wfm.exchange.output import Json
from wfm.faults import FaultyInput


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "corner_shop"
    make("corner_shop", folder)
    return folder


@pytest.fixture(scope="module")
def planned(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Json]]:
    out = tmp_path_factory.mktemp("capacity") / "out"
    return out, plan_capacity(shop, out)


def test_the_shop_s_plan_is_proved_and_adds_up(planned: tuple[Path, dict[str, Json]]) -> None:
    out, summary = planned
    assert summary["status"] == "optimal" and summary["weeks"] == 78 and summary["unit"] == "CNY"
    cost, bound, terms = summary["cost"], summary["bound"], summary["cost_terms"]
    assert isinstance(cost, float) and isinstance(bound, float) and isinstance(terms, dict)
    assert cost == pytest.approx(bound, rel=1e-6)
    assert sum(float(str(value)) for value in terms.values()) == pytest.approx(cost, abs=0.1)
    assert float(str(summary["cost_without_hiring"])) >= cost
    assert json.loads((out / "capacity.json").read_text(encoding="utf-8")) == json.loads(json.dumps(summary))


def test_supply_is_demand_less_what_is_short_and_more_what_nobody_needs(planned: tuple[Path, dict[str, Json]]) -> None:
    table = pd.read_csv(planned[0] / "capacity.csv", keep_default_na=False)
    assert list(table.columns) == list(WEEKS) and len(table) == 2 * 78
    told = table["required_hours"] - table["short_hours"] + table["surplus_hours"]
    assert table["supplied_hours"].tolist() == pytest.approx(told.tolist(), abs=0.05)
    together = table[table["queue"] == ""]
    assert set(together["seats"]) == {"8.0"} and (together["peak_seats"] > together["peak_agents"]).all()


def test_headcount_falls_by_attrition_and_rises_with_the_hires(planned: tuple[Path, dict[str, Json]]) -> None:
    out, summary = planned
    heads = pd.read_csv(out / "headcount.csv")
    hires = pd.read_csv(out / "hiring.csv")
    assert list(heads.columns) == list(HEADCOUNT) and list(hires.columns) == list(HIRES)
    by_week = heads.groupby("week")[["agents", "hired", "in_training"]].sum()
    assert by_week["agents"].is_monotonic_decreasing and by_week["agents"].iloc[0] == pytest.approx(12, abs=0.05)
    assert hires["size"].sum() == summary["hired"] > 0
    first = hires.iloc[0]
    assert by_week.loc[first["start"], "in_training"] >= first["size"]
    assert by_week.loc[first["ready"], "hired"] == pytest.approx(first["ready_agents"], abs=0.02)


def test_the_workbook_holds_the_plan(planned: tuple[Path, dict[str, Json]]) -> None:
    book = load_workbook(planned[0] / "capacity.xlsx")
    assert book.sheetnames == ["Capacity", "Queues", "Headcount", "Hiring", "Summary"]
    sheet = book["Capacity"]
    assert sheet.max_row == 79 and sheet["A2"].value.date() == date(2026, 11, 30)
    hires = pd.read_csv(planned[0] / "hiring.csv")
    assert [row[0].value for row in book["Hiring"].iter_rows(min_row=2)] == hires["class"].tolist()
    heads = [cell.value for cell in book["Headcount"][1]]
    assert heads == list(HEADCOUNT)


def test_what_was_written_is_read_back(planned: tuple[Path, dict[str, Json]]) -> None:
    found = read_capacity(planned[0])
    assert found is not None and found.summary["weeks"] == 78
    assert found.weeks["week"].iloc[0] == date(2026, 11, 30) and (found.weeks["queue"] == "").sum() == 78
    assert found.hires["start"].map(type).eq(date).all()


def test_a_plan_that_was_edited_into_something_else_is_faulty(
    planned: tuple[Path, dict[str, Json]], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(planned[0], tmp_path / "edited"))
    text = (folder / "capacity.csv").read_text().replace("2026-11-30", "soon")
    (folder / "capacity.csv").write_text(text)
    with pytest.raises(FaultyInput, match="what wfm capacity wrote"):
        read_capacity(folder)


def test_hires_decided_are_reckoned_and_never_beat_the_optimum(
    shop: Path, planned: tuple[Path, dict[str, Json]], tmp_path: Path
) -> None:
    out, best = planned
    same = plan_capacity(shop, tmp_path / "same", hires=out / "hiring.csv")
    assert same["status"] == "given" and same["bound"] is None and same["broken"] == []
    assert float(str(same["cost"])) == pytest.approx(float(str(best["cost"])), abs=0.01)
    table = pd.read_csv(out / "hiring.csv")
    table.loc[0, "size"] += 1
    table.to_csv(tmp_path / "more.csv", index=False)
    more = plan_capacity(shop, tmp_path / "more", hires=tmp_path / "more.csv")
    change = float(str(more["cost"])) - float(str(best["cost"]))
    assert change == pytest.approx(table.loc[0, "one_more"], abs=0.02)
    assert more["broken"] == ["shop helpers 2026-11-30: 3 people, from 1 to 2 may be"]


def test_the_command_tells_the_plan_and_ends_with_0(shop: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["capacity", str(shop), "--out", str(tmp_path), "--months", "6", "--week", "2026-12-07"]
    )
    assert done.exit_code == 0, done.output
    assert "Corner Shop, 26 weeks from 2026-12-07: optimal" in done.stdout
    assert "one more" in done.stdout and "choosing classes" in done.stderr
    quiet = CliRunner().invoke(app, ["capacity", str(shop), "--out", str(tmp_path), "--months", "2", "-q"])
    assert (quiet.exit_code, quiet.output) == (0, "")
    told = CliRunner().invoke(app, ["capacity", str(shop), "--out", str(tmp_path), "--months", "2", "--json"])
    assert json.loads(told.stdout)["weeks"] == 9


def test_hires_beyond_the_limits_end_with_1_and_are_named(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "hires.csv").write_text("class,start,size\nshop helpers,2026-12-07,5\nshop assistants,2026-12-14,1\n")
    done = CliRunner().invoke(
        app, ["capacity", str(shop), "--out", str(tmp_path / "out"), "--hires", str(tmp_path / "hires.csv")]
    )
    assert done.exit_code == 1
    assert "shop helpers 2026-12-07: 5 people, from 1 to 2 may be" in done.stderr
    assert "shop assistants 2026-12-14: not before 2027-01-04" in done.stderr
    assert "2 classes at once, at most 1" in done.stderr


def test_faulty_input_ends_with_everything_told_and_nothing_written(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "hires.csv").write_text("class,start,size\nnobody,2026-12-08,5\n")
    with pytest.raises(FaultyInput) as raised:
        plan_capacity(shop, tmp_path / "out", hires=tmp_path / "hires.csv")
    assert len(raised.value.faults) == 2 and not (tmp_path / "out").exists()


def test_a_centre_without_the_file_and_without_pay_gets_a_plan_in_hours(shop: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shop, tmp_path / "shop"))
    (folder / "capacity.toml").unlink()
    contracts = (folder / "contracts.toml").read_text()
    (folder / "contracts.toml").write_text(contracts.replace("pay_hour = 16\n", ""))
    summary = plan_capacity(folder, tmp_path / "out")
    assert summary["status"] == "optimal" and summary["unit"] == "hours of pay" and summary["currency"] == ""
    caveats = str(summary["caveats"])
    assert "part_time" in caveats and "names no class" in caveats


def test_where_leave_takes_all_hours_no_number_of_agents_is_told(shop: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shop, tmp_path / "shop"))
    path = folder / "capacity.toml"
    path.write_text(path.read_text().replace("share = 0.08", "share = 0.99"))
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["capacity", str(folder), "--out", str(out), "--months", "2", "-q"])
    assert done.exit_code == 0, done.output
    (worst, *_) = json.loads((out / "capacity.json").read_text())["short_weeks"]
    assert worst["short_hours"] > 0 and worst["short_agents"] is None


def test_a_folder_without_people_cannot_be_planned(shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    for name in ("centre.toml", "queues.csv", "history.csv", "hours.csv"):
        shutil.copy(shop / name, folder / name)
    with pytest.raises(FaultyInput, match="at least one agent"):
        plan_capacity(folder, tmp_path / "out")
