"""Start a backtest and watch it: the job is a row of the store, this panel only reads it."""

from functools import partial

import streamlit as st

from ui.folders import centre_folder, plan_folder
from ui.job_panel import weeks_to_plan
from ui.job_watch import Watched, ended, held, seconds_of
from ui.plan_data import store
from ui.wording import duration_text
from wfm import jobs
from wfm.centre import Centre
from wfm.progress import Progress
from wfm.store import Job, JobKind

WEEKS = 8


def backtest_panel(of: Centre, *, known: bool) -> None:
    """The form, and below it the backtest that is running or how the last one ended."""
    if held(_watched(tuple(of.queues))):
        return
    with st.expander("Try the forecast on past weeks", icon=":material/history:", expanded=not known):
        _form(of)
    ended(_watched(tuple(of.queues)))


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


def _watched(queues: tuple[str, ...]) -> Watched:
    return Watched(
        kind=JobKind.BACKTEST,
        key="backtest",
        name="backtest",
        doing="Forecasting past weeks",
        stop_help="Ends it after the queue at hand. What is in the folder stays as it was.",
        kept="the one before was kept",
        draw=partial(_draw, queues),
    )


def _draw(queues: tuple[str, ...], job: Job, rows: list[Progress]) -> None:
    at = rows[-1].message if rows else ""
    done = queues.index(at) if at in queues else 0
    st.progress(done / max(len(queues), 1), text=None)
    seconds = duration_text(seconds_of(job))
    st.text(f"{seconds} · {at}, {done + 1} of {len(queues)} queues" if at else f"{seconds} · starting")
