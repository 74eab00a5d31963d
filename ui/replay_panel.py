"""Start a replay and watch it: the job is a row of the store, this panel only reads it."""

from datetime import UTC, datetime

import streamlit as st

from ui.folders import centre_folder, plan_folder
from ui.job_panel import failed, wait_for
from ui.plan_data import Plan, store
from ui.wording import duration_text
from wfm import jobs
from wfm.store import Job, JobKind, JobState

RUNS = 20


def replay_panel(planned: Plan, *, known: bool) -> None:
    """The form, and below it the replay that is running or how the last one ended."""
    job = jobs.latest(store(), out=plan_folder())
    if job is not None and job.active:
        if job.kind is JobKind.REPLAY:
            _watch()
        else:
            wait_for(job.kind, "A replay")
        return
    with st.expander("Simulate the week", icon=":material/replay:", expanded=not known):
        _form(planned)
    last = jobs.latest(store(), out=plan_folder(), kind=JobKind.REPLAY)
    if last is not None:
        _ended(last)


def _form(planned: Plan) -> None:
    with st.form("replay", border=False):
        columns = st.columns([3, 2, 6], vertical_alignment="bottom")
        runs = columns[0].number_input(
            "Weeks to simulate", 1, 1000, RUNS, key="replay-runs",
            help="Each with contacts, patience, absence and lateness drawn anew. More of them make the chances surer.",
        )  # fmt: skip
        if columns[1].form_submit_button("Start", type="primary", icon=":material/play_arrow:", width="stretch"):
            jobs.start_replay(
                store(), centre=centre_folder(), monday=planned.week.monday, out=plan_folder(), replications=int(runs)
            )
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
            st.markdown("**Simulating the week**", width="stretch")
            stopping = job.state is JobState.STOPPING
            stop = st.button(
                "Stopping …" if stopping else "Stop", icon=":material/stop_circle:", disabled=stopping,
                key="replay-stop", help="Ends it and keeps the weeks that are done.",
            )  # fmt: skip
            if stop:
                jobs.request_stop(store(), job.id)
                st.rerun(scope="fragment")
        runs = int(str(job.parameters["replications"]))
        done = len(rows) and int(rows[-1].message.split()[1])
        st.progress(min(1.0, done / runs), text=None)
        seconds = duration_text((datetime.now(UTC) - job.created).total_seconds())
        st.text(f"{seconds} · {done} of {runs} weeks" if rows else f"{seconds} · starting")


def _ended(job: Job) -> None:
    if job.state is JobState.FAILED:
        failed(job, "The last replay")
    elif job.finished is not None:
        took = duration_text((job.finished - job.created).total_seconds())
        word = "was stopped; the weeks done were kept" if job.state is JobState.STOPPED else "finished"
        st.caption(f"The last replay started here {word} after {took}.")
