"""Start a plan and watch it: the job is a row of the store, this panel only reads it."""

from datetime import date, timedelta

import streamlit as st

from ui import charts
from ui.folders import centre_folder, plan_folder
from ui.job_watch import Watched, ended, held, seconds_of
from ui.plan_data import Plan, store
from ui.wording import date_text, duration_text, tenth
from wfm import jobs
from wfm.centre import Centre
from wfm.progress import Progress
from wfm.store import Job, JobKind

STEPS = ("read", "forecast", "requirement", "roster", "check", "export")
WEEKS_AHEAD = 6


def job_panel(of: Centre, planned: Plan | None) -> None:
    """The form, and below it the plan that is running or how the last one ended."""
    if held(WATCHED):
        return
    with st.expander("Plan a week", icon=":material/play_circle:", expanded=planned is None):
        _form(of, planned)
    ended(WATCHED)


def weeks_to_plan(of: Centre, planned: Plan | None) -> list[date]:
    """The Mondays that may be planned: up to six weeks after the history's end, the planned one first."""
    monday = of.monday_after()
    if monday is None:
        known = [] if planned is None else [planned.week.monday]
        return known or [date.today() - timedelta(days=date.today().weekday())]
    weeks = [monday + timedelta(weeks=week) for week in range(WEEKS_AHEAD)]
    return weeks if planned is None else list(dict.fromkeys([planned.week.monday, *weeks]))


def _form(of: Centre, planned: Plan | None) -> None:
    weeks = weeks_to_plan(of, planned)
    with st.form("plan", border=False):
        columns = st.columns([3, 2, 2, 2, 2], vertical_alignment="bottom")
        monday = columns[0].selectbox("Week of", weeks, format_func=date_text, key="plan-week")
        limit = columns[1].number_input(
            "Time for the roster (s)", 5, 3600, 60, step=5, key="plan-limit",
            help="The best roster found within this time is kept. More time brings it nearer to the bound.",
        )  # fmt: skip
        seed = columns[2].number_input("Seed", 0, 2**31 - 1, 1, key="plan-seed", help="Where the search begins.")
        workers = columns[3].number_input("Processors", 1, 64, 2, key="plan-workers")
        if columns[4].form_submit_button("Start", type="primary", icon=":material/play_arrow:", width="stretch"):
            jobs.start_plan(
                store(), centre=centre_folder(), monday=monday, out=plan_folder(), time_limit=float(limit),
                seed=int(seed), workers=int(workers),
            )  # fmt: skip
            st.rerun()


def _draw(job: Job, rows: list[Progress]) -> None:
    step = rows[-1].step if rows else STEPS[0]
    st.markdown(_steps(step))
    seconds = seconds_of(job)
    limit = float(str(job.parameters["time_limit"]))
    st.progress(min(0.99, seconds / (limit + 30)), text=None)
    st.text(f"{duration_text(seconds)} · {rows[-1].message if rows else 'starting'}")
    _search([row for row in rows if row.cost is not None or row.bound is not None])


def _search(rows: list[Progress]) -> None:
    chart = charts.progress(rows)
    if chart is None:
        return
    cost = next((row.cost for row in reversed(rows) if row.cost is not None), None)
    bound = next((row.bound for row in reversed(rows) if row.bound is not None), None)
    figures, drawing = st.columns([1, 4])
    figures.metric("Best cost", tenth(cost / 60 if cost is not None else None, "h"))
    figures.metric("Proved bound", tenth(bound / 60 if bound is not None else None, "h"))
    if cost is not None and bound is not None:
        figures.metric("Gap", tenth((cost - bound) / 60, "h"))
    drawing.altair_chart(chart, theme=None)


def _steps(current: str) -> str:
    at = STEPS.index(current) if current in STEPS else 0
    icons = [
        ":material/check_circle:" if i < at else ":material/pending:" if i == at else ":material/circle:"
        for i in range(len(STEPS))
    ]
    parts = [
        f"{icon} {'**' + step + '**' if step == current else step}" for icon, step in zip(icons, STEPS, strict=True)
    ]
    return " &nbsp; ".join(parts)


WATCHED = Watched(
    kind=JobKind.PLAN,
    key="plan",
    name="plan",
    doing="Planning the week of",
    stop_help="Ends the search and keeps the best legal roster so far.",
    kept="the best roster so far was kept",
    draw=_draw,
    of_week=True,
)
