"""A planner looks at the months to come, changes the hires, has them reckoned, takes the workbook home."""

import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from wfm import jobs
from wfm.capacity_plan import plan_capacity
from wfm.exchange import read_capacity
from wfm.progress import Progress
from wfm.store import JobKind, JobState, Store, database_path, open_store
from wfm.store.job import add_progress, job_of, move_job


@pytest.fixture(scope="module")
def reckoned(corner_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reckoned")
    plan_capacity(corner_shop, folder)
    return folder


@pytest.fixture
def capacity_folder(app_folders: Path, reckoned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The capacity plan of the corner_shop in a folder of the test's own."""
    folder = Path(shutil.copytree(reckoned, tmp_path / "out"))
    monkeypatch.setenv("WFM_OUT", str(folder))
    return folder


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are done at once in this process."""

    def spawn(store: Store, job_id: int) -> int:
        jobs.run_job(store, job_id, work=jobs.WORK)
        return 1

    monkeypatch.setattr(jobs, "_spawn", spawn)


def test_before_the_first_plan_the_page_says_what_it_is_for(app_folders: Path) -> None:
    page = _open()
    assert not page.error and any("whom to hire when" in caption.value for caption in page.caption)


def test_the_plan_is_shown_with_its_figures_and_files(capacity_folder: Path) -> None:
    page = _open()
    figures = {metric.label: metric.value for metric in page.metric}
    found = read_capacity(capacity_folder)
    assert found is not None and not page.error
    assert figures["Status"] == "Optimal" and figures["Hired"] == str(found.summary["hired"])
    assert page.data_editor[0].value["class"].tolist() == found.hires["class"].tolist()
    assert len(page.get("download_button")) == 4
    assert any("season of the year" in block.value for block in page.markdown)
    page.selectbox(key="capacity-queue").select("shop").run()
    assert not page.exception and not page.error


def test_changed_hires_are_reckoned_and_limits_not_kept_are_told(capacity_folder: Path, here: None) -> None:
    page = _open()
    before = read_capacity(capacity_folder)
    assert before is not None
    _edit(page, {"edited_rows": {0: {"size": 3}}, "added_rows": [], "deleted_rows": []})
    assert before.summary == _summary(capacity_folder)  # nothing is reckoned before it is asked for
    page.button(key="capacity-save").click().run()
    assert not page.exception and not page.error
    after = read_capacity(capacity_folder)
    assert after is not None and after.summary["status"] == "given"
    assert after.hires["size"].iloc[0] == 3 and float(str(after.summary["cost"])) > float(str(before.summary["cost"]))
    assert "3 people, from 1 to 2 may be" in page.warning[0].value.replace("\\", "")
    assert {metric.label: metric.value for metric in page.metric}["Status"] == "As decided"


def test_a_row_with_a_gap_is_told_and_nothing_changes(capacity_folder: Path, here: None) -> None:
    page = _open()
    before = _summary(capacity_folder)
    _edit(page, {"edited_rows": {}, "added_rows": [{"class": "shop helpers"}], "deleted_rows": []})
    page.button(key="capacity-save").click().run()
    assert "Nothing was reckoned" in page.error[0].value
    faults = next(table.value for table in page.dataframe if "expected" in table.value)
    assert set(faults["column"]) == {"start", "size"}
    assert _summary(capacity_folder) == before


def test_a_plan_is_started_watched_and_stopped_from_the_page(
    app_folders: Path, monday: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_spawn", lambda store, job_id: 1)
    page = _open()
    page.number_input(key="capacity-months").set_value(6)
    page.button[0].click().run()
    store = open_store(database_path(app_folders))
    job = jobs.latest(store, out=app_folders, kind=JobKind.CAPACITY)
    assert job is not None and job.week == monday
    assert job.parameters == {"months": 6.0, "time_limit": 60.0, "hires": None}
    move_job(store, job.id, to=JobState.RUNNING, among=frozenset({JobState.QUEUED}), heartbeat=datetime.now(UTC))
    add_progress(store, job.id, Progress(step="hiring", seconds=1.0, message="choosing classes"))
    again = _open()  # a reload: the job is still there
    assert "choosing classes" in again.text[0].value
    again.button(key="capacity-stop").click().run()
    assert job_of(store, job.id).state is JobState.STOPPING


def test_an_edited_plan_is_told_with_its_fault(capacity_folder: Path) -> None:
    path = capacity_folder / "capacity.csv"
    path.write_text(path.read_text().replace("2026-", "soon-", 1))
    page = _open()
    assert "start it again" in page.error[0].value and len(page.dataframe[0].value) == 1


def capacity() -> None:
    from ui.views import capacity

    capacity.page()


def _open() -> AppTest:
    page = AppTest.from_function(capacity, default_timeout=60).run()
    assert not page.exception, page.exception
    return page


def _edit(page: AppTest, edits: Mapping[str, Any]) -> None:
    key = page.data_editor[0].key
    assert key is not None
    page.session_state[key] = edits
    page.run()
    assert not page.exception, page.exception


def _summary(folder: Path) -> dict[str, Any]:
    found = read_capacity(folder)
    assert found is not None
    return dict(found.summary)
