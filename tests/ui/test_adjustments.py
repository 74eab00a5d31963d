"""A planner changes the forecast on its page: saved whole and only without a fault, then forecast again."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

HEADER = "layer,queue,start,end,measure,kind,value,reason,active\n"


@pytest.fixture
def centre(corner_shop: Path, app_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the corner_shop to change, with the plan's folder a copy beside it."""
    shutil.copytree(corner_shop, tmp_path / "shop")
    shutil.copytree(app_folders, tmp_path / "out")
    monkeypatch.setenv("WFM_CENTRE", str(tmp_path / "shop"))
    monkeypatch.setenv("WFM_OUT", str(tmp_path / "out"))
    return tmp_path / "shop"


def test_a_row_is_added_saved_and_taken_by_the_next_forecast(centre: Path, monday: date) -> None:
    page = _open()
    assert page.data_editor[0].value.empty
    before = _contacts(page)
    _add(page, {"layer": "mailing", "kind": "factor", "value": 2.0, "reason": "=letters, *many*"}, monday)
    page.button(key="adjustments-save").click().run()
    assert not page.exception and not page.error
    (row,) = _rows(centre)
    assert (row["layer"], row["queue"], row["value"], row["reason"]) == ("mailing", "", "2", " =letters, *many*")
    assert "next forecast or plan takes what is saved" in page.info[0].value
    assert _contacts(page) == before  # nothing changes before it is asked for
    page.button(key="forecast-again").click().run()
    assert not page.exception and not page.error and not page.info
    assert _contacts(page)[1] == f"model alone: {before[0]}"
    assert any("plan the week again" in caption.value for caption in page.caption)


def test_rows_with_faults_are_told_and_the_old_file_stays(centre: Path, monday: date) -> None:
    page = _open()
    _add(page, {"layer": "mailing", "kind": "factor", "value": -1.0}, monday)
    page.button(key="adjustments-save").click().run()
    assert "Nothing was saved" in page.error[0].value
    faults = next(table.value for table in page.dataframe if "expected" in table.value)
    assert set(zip(faults["row"], faults["column"], strict=True)) == {(1, "value"), (1, "reason")}
    assert not (centre / "adjustments.csv").exists()


def test_a_layer_is_switched_off_with_all_its_rows(centre: Path, monday: date) -> None:
    rows = "".join(f"{layer},,{monday}T08:00,{monday}T12:00,contacts,factor,2,x,\n" for layer in ("a*b", "a*b", "c"))
    (centre / "adjustments.csv").write_text(HEADER + rows)
    page = _open()
    (pills,) = [group for group in page.button_group if group.label == "Layers switched on"]
    pills.set_value(["c"]).run()
    page.button(key="adjustments-save").click().run()
    assert not page.exception and not page.error
    assert [row["active"] for row in _rows(centre)] == ["false", "false", "true"]


def test_changes_kept_in_a_workbook_are_changed_there(centre: Path) -> None:
    pd.DataFrame(columns=HEADER.strip().split(",")).to_excel(centre / "adjustments.xlsx", index=False)
    page = _open()
    assert "adjustments.xlsx" in page.info[0].value and not page.data_editor


def forecast() -> None:
    from ui.views import forecast

    forecast.page()


def _open() -> AppTest:
    page = AppTest.from_function(forecast, default_timeout=60).run()
    assert not page.exception, page.exception
    return page


def _add(page: AppTest, row: dict[str, object], monday: date) -> None:
    """Type a row into the editor, for Monday morning."""
    times = {"start": f"{monday}T08:00", "end": f"{monday}T12:00", "measure": "contacts", "active": True}
    key = page.data_editor[0].key
    assert key is not None
    page.session_state[key] = {"edited_rows": {}, "added_rows": [times | row], "deleted_rows": []}
    page.run()


def _contacts(page: AppTest) -> tuple[str, str]:
    (figure,) = [metric for metric in page.metric if metric.label == "Contacts"]
    return figure.value, figure.delta


def _rows(centre: Path) -> list[dict[str, str]]:
    with (centre / "adjustments.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
