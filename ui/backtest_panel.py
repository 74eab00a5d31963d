"""Start a backtest and watch it: the job is a row of the store, this panel only reads it."""

from datetime import UTC, datetime

import streamlit as st

from ui.folders import centre_folder, plan_folder
from ui.job_panel import failed, wait_for, weeks_to_plan
from ui.plan_data import store
from ui.wording import duration_text
from wfm import jobs
from wfm.centre import Centre
from wfm.store import Job, JobKind, JobState

WEEKS = 8


def backtest_panel(of: Centre, *, known: bool) -> None:
    """The form, and below it the backtest that is running or how the last one ended."""
    job = jobs.latest(store(), out=plan_folder())
    if job is not None and job.active:
        if job.kind is JobKind.BACKTEST:
            _watch(tuple(of.queues))
        else:
            wait_for(job.kind, "A backtest")
        return
    with st.expander("Try the forecast on past weeks", icon=":material/history:", expanded=not known):
        _form(of)
    last = jobs.latest(store(), out=plan_folder(), kind=JobKind.BACKTEST)
    if last is not None:
        _ended(last)


def _form(of: Centre) -> None:
    with st.form("backtest", border=False):
        columns = st.columns([3, 2, 6], vertical_alignment="bottom")
        weeks = columns[0].number_input(
            "Weeks to forecast again", 1, 52, WEEKS, key="backtest-weeks",
            help="Each of these past weeks is forecast from what was known before it, for every queue.",
        )  # fmt: skip
        if columns[1].form_submit_button("Start", type="primary", icon=":material/play_arrow:", width="stretch"):
            jobs.start_backtest(
                store(), centre=centre_folder(), monday=weeks_to_plan(of, None)[0], out=plan_folder(), weeks=int(weeks)
            )
            st.rerun()


@st.fragment(run_every=1.0)
def _watch(queues: tuple[str, ...]) -> None:
    job = jobs.latest(store(), out=plan_folder())
    if job is None or not job.active:
        st.rerun()
        return
    rows = jobs.progress(store(), job.id)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Forecasting past weeks**", width="stretch")
            stopping = job.state is JobState.STOPPING
            stop = st.button(
                "Stopping …" if stopping else "Stop", icon=":material/stop_circle:", disabled=stopping,
                key="backtest-stop", help="Ends it after the queue at hand. What is in the folder stays as it was.",
            )  # fmt: skip
            if stop:
                jobs.request_stop(store(), job.id)
                st.rerun(scope="fragment")
        at = rows[-1].message if rows else ""
        done = queues.index(at) if at in queues else 0
        st.progress(done / max(len(queues), 1), text=None)
        seconds = duration_text((datetime.now(UTC) - job.created).total_seconds())
        st.text(f"{seconds} · {at}, {done + 1} of {len(queues)} queues" if at else f"{seconds} · starting")


def _ended(job: Job) -> None:
    if job.state is JobState.FAILED:
        failed(job, "The last backtest")
    elif job.finished is not None:
        took = duration_text((job.finished - job.created).total_seconds())
        word = "was stopped; the one before was kept" if job.state is JobState.STOPPED else "finished"
        st.caption(f"The last backtest started here {word} after {took}.")
