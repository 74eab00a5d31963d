"""The What-if page: scenarios entered by form, text and file, tried as a job, and shown side by side."""

import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from wfm import jobs
from wfm.progress import Progress
from wfm.reading import parse_scenarios, read_centre
from wfm.store import JobKind, JobState, Store, database_path, open_store
from wfm.store.job import add_progress, job_of, move_job
from wfm.whatif import what_if as compare

TEXT = """\
[[scenario]]
name = "<b>spring</b> [offer](https://example.org)"
volume.shop = 1.2

[[sweep]]
name = "volume"
[[sweep.over]]
factor = "volume"
values = [0.8, 1.0, 1.2]
[[sweep.over]]
factor = "absence_rate"
values = [0.0, 0.1]
"""


def what_if() -> None:
    from ui.views import what_if

    what_if.page()


def roster() -> None:
    from ui.views import roster

    roster.page()


@pytest.fixture
def folder(app_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plan's folder, for a test of its own."""
    own = Path(shutil.copytree(app_folders, tmp_path / "own"))
    monkeypatch.setenv("WFM_OUT", str(own))
    return own


@pytest.fixture
def store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store that the page writes to; jobs are queued, but nobody works on them."""
    monkeypatch.setattr(jobs, "_spawn", lambda store, job_id: 1)
    return open_store(database_path(folder))


def test_a_scenario_and_a_sweep_entered_by_form_become_text(folder: Path) -> None:
    page = _open()
    page.text_input(key="what-if-name").input('spring "offer"')
    page.number_input(key="what-if-volume").set_value(120)
    page.number_input(key="what-if-absence").set_value(8.0)
    page.number_input(key="what-if-seats").set_value(6)
    _button(page, "Add", 0).click().run()
    page.text_input(key="what-if-sweep-name").input("curve")
    page.selectbox(key="what-if-sweep-queue").set_value("shop")
    page.number_input(key="what-if-points").set_value(3)
    _button(page, "Add", 1).click().run()
    assert not page.exception
    assert page.text_area(key="what-if-text").value.splitlines() == [
        "[[scenario]]",
        'name = "spring \\"offer\\""',
        "absence_rate = 0.08",
        "seats = 6",
        'volume."*" = 1.2',
        "",
        "[[sweep]]",
        'name = "curve"',
        "[[sweep.over]]",
        'factor = "volume"',
        'queue = "shop"',
        "values = [0.75, 1, 1.25]",
    ]


def test_a_sweep_over_two_factors_is_entered_by_form_and_rostered_where_it_must_be(folder: Path) -> None:
    page = _open()
    page.text_input(key="what-if-sweep-name").input("grid")
    page.selectbox(key="what-if-factor-2").set_value("staff")
    for key, value in {"points": 2, "from-2": 90.0, "to-2": 110.0}.items():
        page.number_input(key=f"what-if-{key}").set_value(value)
    _button(page, "Add", 1).click().run()
    assert not page.exception
    told = page.text_area(key="what-if-text").value
    assert "roster = true" in told and "values = [0.75, 1.25]" in told and "values = [0.9, 1, 1.1]" in told
    (sweep,) = parse_scenarios(told.encode(), read_centre(Path(os.environ["WFM_CENTRE"]))).sweeps
    assert sweep.factors[1].factor == "staff" and len(list(sweep.points())) == 6


def test_every_kind_of_change_can_be_entered_and_is_read_back(folder: Path) -> None:
    page = _open()
    page.text_input(key="what-if-name").input("all")
    for key, value in {"volume": 150, "patience": 50, "target": 90.0, "staff": 110, "rest": 10.0}.items():
        page.number_input(key=f"what-if-{key}").set_value(value)
    page.selectbox(key="what-if-contract").set_value("part_time")
    page.selectbox(key="what-if-date").select_index(3)
    page.selectbox(key="what-if-from-hour").set_value("10:00")
    page.selectbox(key="what-if-lost").set_value("corner_shop")
    _button(page, "Add", 0).click().run()
    assert not page.exception
    told = page.text_area(key="what-if-text").value
    assert told.splitlines() == [
        "[[scenario]]",
        'name = "all"',
        'patience."*" = 0.5',
        'queues."*".service_level = 0.9',
        'staff."part_time" = 1.1',
        'contracts."part_time".min_rest_hours = 10',
        "[scenario.client]",
        'lost = "corner_shop"',
        "[[scenario.day]]",
        'date = "2026-12-02"',
        'from = "10:00"',
        'to = "24:00"',
        "volume = 1.5",
    ]


@pytest.mark.parametrize(
    ("entered", "named"),
    [
        ({"won": "newcomer"}, "whose queue is like"),
        ({"won-like": "shop"}, "Client won"),
        ({"learned": "shop"}, "Who can serve"),
        ({"learned-from": "shop"}, "learn"),
        ({"date": 3}, "Contacts (%)"),
        ({"to-hour": "12:00"}, "When"),
    ],
)
def test_what_would_change_nothing_is_refused_with_the_field_that_is_missing(
    folder: Path, entered: dict[str, str | int], named: str
) -> None:
    page = _open()
    before = page.text_area(key="what-if-text").value
    page.text_input(key="what-if-name").input("half")
    for key, value in entered.items():
        if key == "won":
            page.text_input(key="what-if-won").input(str(value))
        elif isinstance(value, int):
            page.selectbox(key=f"what-if-{key}").select_index(value)
        else:
            page.selectbox(key=f"what-if-{key}").set_value(value)
    _button(page, "Add", 0).click().run()
    assert not page.exception
    assert f"“{named}”" in page.error[0].value and page.text_area(key="what-if-text").value == before
    page.run()
    assert not page.error


def test_a_slip_in_the_text_is_told_with_its_line_and_nothing_is_tried(folder: Path, store: Store) -> None:
    page = _open()
    page.text_area(key="what-if-text").input('[[scenario]]\nname = "x"\nseat = 3\n')
    page.button(key="what-if-try").click().run()
    faults = page.dataframe[0].value
    assert faults[["row", "column"]].to_numpy().tolist() == [[3, "scenario[1].seat"]]
    assert jobs.latest(store, out=folder) is None and not (folder / "scenarios.toml").exists()


def test_scenarios_are_tried_watched_stopped_and_then_shown(folder: Path, store: Store, monday: date) -> None:
    page = _open()
    page.text_area(key="what-if-text").input(TEXT)
    page.checkbox(key="what-if-roster").set_value(False)
    page.button(key="what-if-try").click().run()
    job = jobs.latest(store, out=folder)
    assert job is not None and (job.kind, job.week) == (JobKind.WHAT_IF, monday)
    assert (folder / "scenarios.toml").read_text() == TEXT.rstrip("\n") or (
        folder / "scenarios.toml"
    ).read_text() == TEXT
    move_job(store, job.id, to=JobState.RUNNING, among=frozenset({JobState.QUEUED}), heartbeat=datetime.now(UTC))
    add_progress(store, job.id, Progress(step="scenarios", seconds=1.0, message="3 of 8: volume"))
    again = _open()  # a reload: the job is still there
    assert "3 of 8: volume" in again.text[0].value
    assert "Scenarios are being compared" in _open(roster).info[0].value
    again.button(key="what-if-stop").click().run()
    assert job_of(store, job.id).state is JobState.STOPPING
    move_job(store, job.id, to=JobState.QUEUED, among=frozenset({JobState.STOPPING}))
    assert jobs.run_job(store, job.id, work=jobs.WORK) is JobState.DONE
    shown = _open()
    table = shown.dataframe[0].value
    assert list(table.columns)[:3] == ["measure", "base", "<b>spring</b> [offer](https://example.org)"]
    assert table.loc["contacts"].iloc[-1] == pytest.approx(20)
    shown.selectbox(key="what-if-shown").set_value("shop").run()
    assert set(shown.dataframe[0].value.index) == {"contacts", "required_hours", "peak_agents"}
    shown.selectbox(key="what-if-measure").set_value("peak_agents").run()
    assert not shown.exception and len(shown.get("download_button")) == 3
    assert "finished" in " ".join(caption.value for caption in shown.caption)
    assert shown.text_area(key="what-if-text").value.startswith("[[scenario]]")


def test_the_service_of_rosters_is_shown_with_how_sure_it_is(folder: Path, monday: date) -> None:
    file = folder / "scenarios.toml"
    file.write_text('[[scenario]]\nname = "<b>spring</b>"\nvolume.shop = 1.2\n')
    compare(Path(os.environ["WFM_CENTRE"]), file, folder, week=monday, time_limit=10.0, runs=2)
    page = _open()
    table = page.dataframe[1].value
    assert table["scenario"].tolist() == ["base", "<b>spring</b>"]
    assert (table["low"] <= table["service"]).all() and (table["service"] <= table["high"]).all()
    assert table["difference"].iloc[1] < 0 and table["difference"].isna().iloc[0]
    assert "2 simulated weeks" in " ".join(caption.value for caption in page.caption)


def test_an_edited_comparison_is_named_with_its_fault(folder: Path) -> None:
    for name in ("whatif.csv", "sweep.csv", "whatif.json"):
        (folder / name).write_text("{}")
    page = _open()
    assert "cannot be read" in page.error[0].value and "whatif.csv:1" in page.code[0].value


def _open(view: object = what_if) -> AppTest:
    page = AppTest.from_function(view, default_timeout=60).run()  # type: ignore[arg-type]
    assert not page.exception, page.exception
    return page


def _button(page: AppTest, label: str, number: int) -> object:
    return [button for button in page.button if button.label == label][number]
