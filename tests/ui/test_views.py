"""Every page on a planned centre, without a browser."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from wfm import jobs
from wfm.backtesting import backtest_centre
from wfm.exchange import read_backtest
from wfm.progress import Progress
from wfm.reading import read_centre, read_forecast
from wfm.store import JobKind, JobState, database_path, open_store
from wfm.store.job import add_progress, move_job
from wfm.versions import keep_forecast


def roster() -> None:
    from ui.views import roster

    roster.page()


def data() -> None:
    from ui.views import data

    data.page()


def forecast() -> None:
    from ui.views import forecast

    forecast.page()


def accuracy() -> None:
    from ui.views import accuracy

    accuracy.page()


def requirement() -> None:
    from ui.views import requirement

    requirement.page()


def what_if() -> None:
    from ui.views import what_if

    what_if.page()


def my_shifts() -> None:
    from ui.views import my_shifts

    my_shifts.page()


@pytest.fixture
def tried(app_folders: Path, corner_shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plan's folder with a backtest in it, for a test of its own."""
    folder = Path(shutil.copytree(app_folders, tmp_path / "tried"))
    backtest_centre(corner_shop, folder)
    monkeypatch.setenv("WFM_OUT", str(folder))
    return folder


@pytest.mark.parametrize("view", [roster, data, forecast, accuracy, requirement, what_if, my_shifts])
def test_every_page_is_drawn_without_an_error(app_folders: Path, view: Callable[[], None]) -> None:
    page = _open(view)
    assert page.title[0].value and not page.error


def test_the_roster_page_tells_the_figures_of_the_plan(app_folders: Path) -> None:
    figures = {metric.label: (metric.value, metric.delta) for metric in _open(roster).metric}
    assert figures["Status"][0] == "Feasible"
    assert figures["Short"][0] == "1,234.5 h"
    assert figures["Gap to the bound"] == ("10.00 %", "at most 1.0 h from best")
    assert figures["Training placed"] == ("90.0 %", "9.0 of 10.0 h due")
    assert figures["Requests met"] == ("75.0 %", "3 of 4")
    assert figures["Planned in"] == ("1 min 15 s", "seed 1")


def test_violations_and_agents_without_a_shift_are_listed(app_folders: Path) -> None:
    page = _open(roster)
    assert page.tabs[0].label == "Violations (1)"
    assert "4 nights, at most 3" in page.dataframe[0].value["message"].tolist()


def test_agents_are_found_by_part_of_a_name_and_others_are_not(app_folders: Path) -> None:
    page = _open(roster)
    everyone = _shown(page)
    page.text_input(key="agents-search").input("no such person").run()
    assert [box.value for box in page.info] == ["No agent with a shift matches."]
    page.text_input(key="agents-search").input("").run()
    assert _shown(page) == everyone


def test_faults_of_the_folder_are_shown_with_file_and_row(
    app_folders: Path, corner_shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(corner_shop, broken)
    agents = (broken / "agents.csv").read_text(encoding="utf-8").splitlines()
    (broken / "agents.csv").write_text("\n".join([*agents, agents[1]]) + "\n", encoding="utf-8")
    monkeypatch.setenv("WFM_CENTRE", str(broken))
    page = _open(data)
    faults = page.dataframe[0].value
    assert list(faults.columns) == ["file", "row", "column", "expected", "got"]
    assert ("agents.csv", len(agents) + 1) in set(zip(faults["file"], faults["row"], strict=True))
    assert "fault" in _open(roster).error[0].value
    shutil.copy(corner_shop / "agents.csv", broken / "agents.csv")
    page.button[0].click().run()
    assert page.success[0].value == "Every file was read without a fault."


def test_a_number_of_the_requirement_is_unfolded_to_its_inputs(app_folders: Path) -> None:
    steps = _open(requirement).dataframe[0].value
    assert {"offered", "aht_seconds", "max_occupancy"} <= set(steps["what"])
    assert steps["where it comes from"].str.contains("queues.csv").any()


def test_the_accuracy_is_shown_by_queue_and_horizon_beside_the_averages(tried: Path) -> None:
    page = _open(accuracy)
    methods, candidates, worst = (frame.value for frame in page.dataframe)
    found = read_backtest(tried)
    assert found is not None
    wape = found.scores.set_index(["horizon_days", "method"])["wape"]
    assert list(methods.index)[:2] == ["the forecast used here", "as last week"]
    assert methods["error (WAPE)"].iloc[0] == pytest.approx(100 * wape[7, "chosen"])
    assert "six-week mean" in candidates.index and len(worst) == 10
    assert worst["share"].abs().is_monotonic_decreasing
    assert not [caption for caption in page.caption if "start it again" in caption.value]
    page.segmented_control(key="accuracy-horizon").set_value(28).run()
    assert page.dataframe[0].value["error (WAPE)"].iloc[0] == pytest.approx(100 * wape[28, "chosen"])


def test_the_forecast_page_leads_to_the_accuracy_with_its_figure(tried: Path) -> None:
    page = _open(forecast)
    (link,) = page.get("page_link")
    assert link.proto.page == "accuracy"
    assert re.fullmatch(r"How good such forecasts were: \d+\.\d % missed a week ahead \(WAPE\)", link.proto.label)


def test_versions_of_the_forecast_are_listed_and_two_of_the_week_compared(app_folders: Path, corner_shop: Path) -> None:
    assert "Versions of the forecast (1)" not in [box.label for box in _open(forecast).expander]
    read = read_centre(corner_shop)
    monday = date.fromisoformat(json.loads((app_folders / "plan.json").read_text())["week"])
    week = read.week(monday)
    told = read_forecast(app_folders / "forecast.csv", week, tuple(read.queues))
    busier = told.offered.copy()
    busier[:, week.midnight(2) // week.interval_minutes : week.midnight(3) // week.interval_minutes] *= 1.5
    later = replace(told, week=read.week(monday + timedelta(weeks=1)))
    versions = [told, replace(told, offered=busier), later, replace(told, offered=told.offered * 2)]

    def keep(number: int) -> None:
        keep_forecast(versions[number], app_folders, folder=corner_shop, inputs_sha256=f"{number}", packages={})

    keep(0)
    page = _open(forecast)
    assert any("as soon as there are two" in caption.value for caption in page.caption)
    for number in (1, 2):
        keep(number)
    page = _open(forecast)
    assert "Versions of the forecast (3)" in [box.label for box in page.expander]
    listed, found = (_frame(page, column) for column in ("made", "difference_percent"))
    assert listed["version"].tolist() == [3, 2, 1] and set(listed["queue"]) == {"shop"}
    assert found["difference_percent"].iloc[2] == pytest.approx(50.0, abs=0.1)
    assert found["difference_percent"].drop(2).dropna().eq(0).all()
    assert page.selectbox(key="versions-old").options == page.selectbox(key="versions-new").options
    keep(3)
    page = _open(forecast)
    page.selectbox(key="versions-old").select(1).run()
    assert _frame(page, "difference_percent")["difference_percent"].dropna().to_numpy() == pytest.approx(100, abs=0.1)


def _frame(page: AppTest, column: str) -> pd.DataFrame:
    (found,) = [table.value for table in page.dataframe if column in table.value]
    return found


def test_an_edited_backtest_is_named_with_its_fault(tried: Path) -> None:
    path = tried / "backtest_days.csv"
    path.write_text(path.read_text().replace("2026-", "soon-", 1))
    page = _open(accuracy)
    assert "start it again" in page.error[0].value and "backtest_days.csv:2:date" in page.code[0].value
    assert len(_open(forecast).get("page_link")) == 1


def test_a_backtest_is_started_watched_and_stopped_from_the_page(
    app_folders: Path, monday: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_spawn", lambda store, job_id: 1)
    page = _open(accuracy)
    page.number_input(key="backtest-weeks").set_value(4)
    page.button[0].click().run()
    store = open_store(database_path(app_folders))
    job = jobs.latest(store, out=app_folders, kind=JobKind.BACKTEST)
    assert job is not None and job.week == monday and job.parameters == {"weeks": 4}
    move_job(store, job.id, to=JobState.RUNNING, among=frozenset({JobState.QUEUED}), heartbeat=datetime.now(UTC))
    add_progress(store, job.id, Progress(step="backtest", seconds=1.0, message="shop"))
    again = _open(accuracy)  # a reload: the job is still there
    assert "shop, 1 of 1 queues" in again.text[0].value
    assert "past weeks" in _open(roster).info[0].value  # and the other page knows why it cannot start a plan
    again.button(key="backtest-stop").click().run()
    stopping = jobs.latest(store, out=app_folders)
    assert stopping is not None and stopping.state is JobState.STOPPING


def test_words_of_others_stay_words(app_folders: Path) -> None:
    told = [block.value for block in _open(forecast).markdown if "week is known" in block.value]
    assert told == [r"- Only \[one\]\(https\://example\.org\) week is known\."]


def test_an_agent_sees_the_week_and_takes_it_home(app_folders: Path) -> None:
    page = _open(my_shifts)
    week = page.dataframe[0].value
    assert len(week) == 7
    assert int(page.metric[0].value) == (week["shift"] != "free").sum()


def test_without_a_plan_the_pages_say_where_to_start_one(
    app_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WFM_OUT", str(tmp_path / "nothing"))
    assert "Start one on the Roster page" in _open(requirement).info[0].value
    assert _open(roster).selectbox(key="plan-week").value is not None


def test_a_plan_is_started_watched_and_stopped_from_the_page(
    app_folders: Path, monday: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_spawn", lambda store, job_id: 1)
    page = _open(roster)
    page.number_input(key="plan-limit").set_value(30)
    page.button[0].click().run()
    store = open_store(database_path(app_folders))
    job = jobs.latest(store, out=app_folders)
    assert job is not None and job.week == monday and job.parameters == {"time_limit": 30.0, "seed": 1, "workers": 2}
    move_job(store, job.id, to=JobState.RUNNING, among=frozenset({JobState.QUEUED}), heartbeat=datetime.now(UTC))
    add_progress(store, job.id, Progress(step="roster", seconds=9.0, message="day 3", cost=660.0, bound=600.0))
    again = _open(roster)  # a reload: the job is still there
    assert {"Best cost": "11.0 h", "Proved bound": "10.0 h", "Gap": "1.0 h"}.items() <= {
        metric.label: metric.value for metric in again.metric
    }.items()
    again.button(key="plan-stop").click().run()
    stopping = jobs.latest(store, out=app_folders)
    assert stopping is not None and stopping.state is JobState.STOPPING


def test_a_failed_plan_tells_why(app_folders: Path, monday: date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_spawn", lambda store, job_id: 1)
    store = open_store(database_path(app_folders))
    job_id = jobs.start_plan(store, centre=app_folders, monday=monday, out=app_folders, time_limit=5, seed=1, workers=1)
    move_job(store, job_id, to=JobState.FAILED, among=frozenset({JobState.QUEUED}), error="<b>no</b> such file")
    page = _open(roster)
    assert "failed" in page.error[0].value and page.code[0].value == "<b>no</b> such file"


def _open(view: Callable[[], None]) -> AppTest:
    page = AppTest.from_function(view, default_timeout=60).run()
    assert not page.exception, page.exception
    return page


def _tables(page: AppTest) -> list[pd.DataFrame]:
    """Tables that are only to be read."""
    return [table.value for table in page.dataframe if table.editing_mode == "read_only"]


def _shown(page: AppTest) -> str:
    return next(caption.value for caption in page.caption if "agents with a shift" in caption.value)


def test_a_requirement_that_a_replay_has_corrected_says_how_far_erlang_was_off(
    app_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Path(shutil.copytree(app_folders, tmp_path / "corrected"))
    monkeypatch.setenv("WFM_OUT", str(own))
    (own / "correction.csv").write_text(
        "queue,target,erlang_hours,hours,erlang_service_level,service_level,low,high,held_by\n"
        "shop,0.8,300,270,0.86,0.801,0.79,0.81,\n"
    )
    page = AppTest.from_function(requirement, default_timeout=60).run()
    assert not page.exception
    assert "300.0 h at work" in page.info[0].value and "-10.0 %" in page.info[0].value
    assert _tables(page)[-1]["what"].iloc[-1] == "moved by replay"
    (own / "correction.csv").write_text(
        "queue,target,erlang_hours,hours,erlang_service_level,service_level,low,high,held_by\nshop,0.8,0,0,1.0,,,,\n"
    )
    assert not AppTest.from_function(requirement, default_timeout=60).run().info  # nothing is served, nothing is told
    (own / "correction.csv").write_text("nothing")
    assert "cannot be read" in AppTest.from_function(requirement, default_timeout=60).run().error[0].value


def test_a_line_breaks_off_where_rows_are_missing() -> None:
    from ui.views.forecast import _broken

    known = pd.DataFrame({"at": [0, 30, 60, 600, 630], "value": [1.0, 2.0, 3.0, 4.0, 5.0]})
    drawn = _broken(known, 30)
    assert drawn["at"].tolist() == [0, 30, 60, 90, 600, 630]
    assert drawn["value"].isna().tolist() == [False, False, False, True, False, False]
