"""Start a capacity plan and watch it: the job is a row of the store, this panel only reads it."""

from datetime import UTC, datetime

import streamlit as st

from ui.folders import centre_folder, plan_folder
from ui.job_panel import failed, wait_for, weeks_to_plan
from ui.plan_data import store
from ui.wording import duration_text
from wfm import jobs
from wfm.centre import Centre
from wfm.store import Job, JobKind, JobState

MONTHS = 18
STEPS = ("read", "forecast", "requirement", "hiring", "export")


def capacity_panel(of: Centre, *, known: bool) -> bool:
    """The form, and below it the plan that is running or how the last one ended; whether one can be started now."""
    job = jobs.latest(store(), out=plan_folder())
    if job is not None and job.active:
        if job.kind is JobKind.CAPACITY:
            _watch()
        else:
            wait_for(job.kind, "A capacity plan")
        return False
    with st.expander("Find the cheapest hires", icon=":material/person_add:", expanded=not known):
        _form(of)
    last = jobs.latest(store(), out=plan_folder(), kind=JobKind.CAPACITY)
    if last is not None:
        _ended(last)
    return True


def _form(of: Centre) -> None:
    with st.form("capacity", border=False):
        columns = st.columns([3, 3, 2, 4], vertical_alignment="bottom")
        months = columns[0].number_input("Months ahead", 1, 60, MONTHS, key="capacity-months")
        limit = columns[1].number_input(
            "Time for the choice (s)", 5, 600, 60, step=5, key="capacity-limit",
            help="A plan that is proved ends sooner. What one class more or fewer costs is asked in the rest of it.",
        )  # fmt: skip
        if columns[2].form_submit_button("Start", type="primary", icon=":material/play_arrow:", width="stretch"):
            jobs.start_capacity(
                store(), centre=centre_folder(), monday=weeks_to_plan(of, None)[0], out=plan_folder(),
                months=float(months), time_limit=float(limit),
            )  # fmt: skip
            st.rerun()


@st.fragment(run_every=1.0)
def _watch() -> None:
    job = jobs.latest(store(), out=plan_folder())
    if job is None or not job.active:
        st.rerun()
        return
    rows = jobs.progress(store(), job.id)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Planning people for the months to come**", width="stretch")
            stopping = job.state is JobState.STOPPING
            stop = st.button(
                "Stopping …" if stopping else "Stop", icon=":material/stop_circle:", disabled=stopping,
                key="capacity-stop", help="Ends the search and keeps the best plan so far.",
            )  # fmt: skip
            if stop:
                jobs.request_stop(store(), job.id)
                st.rerun(scope="fragment")
        step = rows[-1].step if rows else STEPS[0]
        st.progress((STEPS.index(step) if step in STEPS else 0) / len(STEPS), text=None)
        seconds = duration_text((datetime.now(UTC) - job.created).total_seconds())
        st.text(f"{seconds} · {rows[-1].message if rows else 'starting'}")


def _ended(job: Job) -> None:
    if job.state is JobState.FAILED:
        failed(job, "The last capacity plan")
    elif job.finished is not None:
        took = duration_text((job.finished - job.created).total_seconds())
        word = "was stopped; the best plan so far was kept" if job.state is JobState.STOPPED else "finished"
        st.caption(f"The last capacity plan started here {word} after {took}.")
