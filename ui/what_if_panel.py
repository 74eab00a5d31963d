"""Enter scenarios and sweeps, try them and watch: the file's text is the truth, forms only add to it."""

import re
from datetime import date

import streamlit as st

from ui.folders import SCENARIOS, centre_folder, plan_folder
from ui.job_panel import weeks_to_plan
from ui.job_watch import Watched, ended, held, seconds_of
from ui.page import fault_table
from ui.plan_data import store
from ui.scenario_form import KEY, missing, quoted, scenario_form, scenario_lines, whom
from ui.wording import date_text, duration_text
from wfm import jobs
from wfm.centre import Centre
from wfm.faults import FaultyInput
from wfm.progress import Progress
from wfm.reading import parse_scenarios
from wfm.scenario import ALL, FACTORS
from wfm.store import Job, JobKind

TEXT, WEEK, LACKS = "what-if-text", "what-if-week", "what-if-lacks"
NONE = ""
SWEPT = ("volume", "aht", "patience", "service_level", "absence_rate", "annual_attrition", "staff")
ENDS = ("", "-2")  # of the keys of the first factor and the second
COUNT = re.compile(r"^(\d+) of (\d+)")


def what_if_panel(of: Centre, *, known: bool) -> None:
    """The forms and the text, and below them the comparison that is running or how the last one ended."""
    if held(WATCHED):
        return
    with st.expander("Scenarios and sweeps", icon=":material/edit_note:", expanded=not known):
        st.session_state.setdefault(TEXT, _kept())
        scenario, sweep, file = st.tabs(["Add a scenario", "Add a sweep", "Take a file"])
        with scenario:
            _scenario_form(of)
        with sweep:
            _sweep_form(of)
        with file:
            st.file_uploader("Scenario file", type="toml", key="what-if-file", on_change=_take_file, max_upload_size=1)
        st.text_area("What will be tried", key=TEXT, height=260, help="docs/what-if.md tells every key.")
        _start(of)
    ended(WATCHED)


def _kept() -> str:
    path = plan_folder() / SCENARIOS
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _scenario_form(of: Centre) -> None:
    with st.form("what-if-scenario", border=False):
        scenario_form(of, of.week(st.session_state.get(WEEK) or weeks_to_plan(of, None)[0]))
        st.form_submit_button("Add", icon=":material/add:", on_click=_add_scenario, args=(of,))
    lacks = st.session_state.pop(LACKS, [])  # of the last click only
    if lacks:
        st.error(
            "\n".join(["Nothing was added. Missing is", *(f"- {text}" for text in lacks)]), icon=":material/error:"
        )


def _add_scenario(of: Centre) -> None:
    given = {str(key).removeprefix(KEY): value for key, value in st.session_state.items() if str(key).startswith(KEY)}
    lacks = missing(given)
    if lacks:
        st.session_state[LACKS] = lacks
    else:
        _append(scenario_lines(given, of))


def _sweep_form(of: Centre) -> None:
    with st.form("what-if-sweep", border=False):
        columns = st.columns([2, 2])
        columns[0].text_input("Name", key="what-if-sweep-name", max_chars=60)
        columns[1].selectbox(
            "Queue", [ALL, *of.queues], format_func=whom, key="what-if-sweep-queue", help="For what queues have."
        )
        for number, options in enumerate((SWEPT, (NONE, *SWEPT))):
            end = f"-{number + 1}" if number else ""
            columns = st.columns([3, 1, 1, 1])
            columns[0].selectbox(
                "and over" if number else "Over", options, format_func=_factor_text, key=f"what-if-factor{end}"
            )
            columns[1].number_input("From (%)", 0.0, 1000.0, 75.0, key=f"what-if-from{end}")
            columns[2].number_input("To (%)", 0.0, 1000.0, 125.0, key=f"what-if-to{end}")
            columns[3].number_input("Points", 2, 101, 3 if number else 11, key=f"what-if-points{end}")
        st.checkbox(
            "Roster each point", key="what-if-sweep-roster", help="Needed where the requirement stays: people, seats."
        )
        st.form_submit_button("Add", icon=":material/add:", on_click=_add_sweep)


def _add_sweep() -> None:
    state = st.session_state
    factors = [str(state[f"what-if-factor{end}"]) for end in ENDS]
    lines = ["[[sweep]]", f"name = {quoted(state['what-if-sweep-name'])}"]
    needed = any(factor != NONE and not FACTORS[factor].required for factor in factors)
    lines += ["roster = true"] if state["what-if-sweep-roster"] or needed else []
    for factor, end in zip(factors, ENDS, strict=True):
        if factor != NONE:
            lines += _over(factor, *(float(state[f"what-if-{name}{end}"]) for name in ("from", "to", "points")))
    _append(lines)


def _over(factor: str, first: float, last: float, points: float) -> list[str]:
    queue = str(st.session_state["what-if-sweep-queue"])
    steps = int(points) - 1
    values = [round((first + (last - first) * step / steps) / 100, 6) for step in range(steps + 1)]
    lines = ["[[sweep.over]]", f'factor = "{factor}"']
    lines += [f"queue = {quoted(queue)}"] if queue != ALL and FACTORS[factor].of == "queue" else []
    return [*lines, f"values = [{', '.join(f'{value:g}' for value in values)}]"]


def _factor_text(factor: str) -> str:
    return factor.replace("_", " ") or "–"


def _append(lines: list[str]) -> None:
    before = str(st.session_state[TEXT]).rstrip()
    st.session_state[TEXT] = "\n".join([*([before, ""] if before else []), *lines, ""])


def _take_file() -> None:
    file = st.session_state["what-if-file"]
    if file is not None:
        st.session_state[TEXT] = file.getvalue().decode("utf-8-sig", errors="replace")


def _start(of: Centre) -> None:
    columns = st.columns([3, 2, 2, 2, 2, 2], vertical_alignment="bottom")
    weeks = weeks_to_plan(of, None)
    monday = columns[0].selectbox("Week of", weeks, format_func=date_text, key=WEEK)
    roster = columns[1].checkbox("With rosters", value=True, key="what-if-roster")
    limit = columns[2].number_input(
        "Time for each roster (s)", 5, 3600, 30, step=5, key="what-if-limit", disabled=not roster
    )
    runs = columns[3].number_input(
        "Weeks to simulate", 0, 1000, 10, key="what-if-runs", disabled=not roster,
        help="For each roster, with the same contacts and absences for all. 0: service by Erlang's formulas alone.",
    )  # fmt: skip
    seed = columns[4].number_input("Seed", 0, 2**31 - 1, 1, key="what-if-seed")
    if not columns[5].button("Try", type="primary", icon=":material/play_arrow:", key="what-if-try", width="stretch"):
        return
    data = str(st.session_state[TEXT]).encode(errors="replace")
    try:
        parse_scenarios(data, of, week=monday, file=SCENARIOS)
    except FaultyInput as faulty:
        st.error("Nothing was tried. Rows are lines of the text.", icon=":material/error:")
        fault_table(faulty.faults)
        return
    _go(data, monday, roster=bool(roster), limit=float(limit), runs=int(runs), seed=int(seed))


def _go(data: bytes, monday: date, *, roster: bool, limit: float, runs: int, seed: int) -> None:
    path = plan_folder() / SCENARIOS
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        st.error(f"{SCENARIOS} cannot be written: {error.strerror}.", icon=":material/error:")
        return
    jobs.start_what_if(
        store(), centre=centre_folder(), monday=monday, out=plan_folder(), scenarios=path, roster=roster,
        time_limit=limit, runs=runs, seed=seed,
    )  # fmt: skip
    st.rerun()


def _draw(job: Job, rows: list[Progress]) -> None:
    at = rows[-1].message if rows else "starting"
    counted = COUNT.match(at)
    st.progress(int(counted[1]) / max(1, int(counted[2])) if counted else 0.0, text=None)
    st.text(f"{duration_text(seconds_of(job))} · {at}")


WATCHED = Watched(
    kind=JobKind.WHAT_IF,
    key="what-if",
    name="comparison",
    doing="Trying scenarios",
    stop_help="Ends the rosters under way and keeps what is finished.",
    kept="what was finished was kept",
    draw=_draw,
)
