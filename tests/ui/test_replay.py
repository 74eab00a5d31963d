"""A planner simulates the week from the app and reads each queue's chance."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from wfm import jobs
from wfm.exchange import read_replay
from wfm.replaying import replay_plan
from wfm.store import Store


@pytest.fixture
def simulated(
    app_folders: Path, corner_shop: Path, planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    folder = Path(shutil.copytree(planned, tmp_path / "out"))
    replay_plan(corner_shop, folder, replications=3, workers=1)
    monkeypatch.setenv("WFM_OUT", str(folder))
    return folder


def _open() -> AppTest:
    def script() -> None:
        from ui.views import replay

        replay.page()

    return AppTest.from_function(script, default_timeout=60).run()


def test_the_chances_are_shown_by_date_and_by_hour(simulated: Path) -> None:
    page = _open()
    assert not page.exception and not page.error
    table = page.dataframe[0].value
    found = read_replay(simulated, timezone="Asia/Shanghai")
    assert found is not None
    whole = found.days[found.days["day"] == "week"].set_index("queue")["p_target"]
    assert table["week"].tolist() == pytest.approx((100 * whole).tolist())
    assert len(page.get("download_button")) == 3
    page.selectbox(key="replay-measure").select("asa_seconds").run()
    page.selectbox(key="replay-day").select(2).run()
    assert not page.exception


def test_a_replay_is_started_from_the_page(simulated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spawn(store: Store, job_id: int) -> int:
        jobs.run_job(store, job_id, work=jobs.WORK)
        return 1

    monkeypatch.setattr(jobs, "_spawn", spawn)
    (simulated / "replay.csv").unlink()
    page = _open()
    assert any("every contact" in caption.value for caption in page.caption)
    page.number_input(key="replay-runs").set_value(2)
    page.button[0].click().run()
    assert not page.exception and not page.error
    assert read_replay(simulated, timezone="Asia/Shanghai") is not None


def test_an_edited_replay_is_named_with_its_fault(simulated: Path) -> None:
    path = simulated / "replay.csv"
    path.write_text(path.read_text().replace("shop,week,", "shop,week,x", 1))
    page = _open()
    assert "start it again" in page.error[0].value
    assert page.dataframe[0].value["column"].tolist() == ["service_level"]
