"""Start a replay and watch it: the job is a row of the store, this panel only reads it."""

import streamlit as st

from ui.folders import centre_folder, plan_folder
from ui.job_watch import Watched, ended, held, seconds_of
from ui.plan_data import Plan, store
from ui.wording import duration_text
from wfm import jobs
from wfm.progress import Progress
from wfm.store import Job, JobKind

RUNS = 20


def replay_panel(planned: Plan, *, known: bool) -> None:
    """The form, and below it the replay that is running or how the last one ended."""
    if held(WATCHED):
        return
    with st.expander("Simulate the week", icon=":material/replay:", expanded=not known):
        _form(planned)
    ended(WATCHED)


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


def _draw(job: Job, rows: list[Progress]) -> None:
    runs = int(str(job.parameters["replications"]))
    done = len(rows) and int(rows[-1].message.split()[1])
    st.progress(min(1.0, done / runs), text=None)
    seconds = duration_text(seconds_of(job))
    st.text(f"{seconds} · {done} of {runs} weeks" if rows else f"{seconds} · starting")


WATCHED = Watched(
    kind=JobKind.REPLAY,
    key="replay",
    name="replay",
    doing="Simulating the week",
    stop_help="Ends it and keeps the weeks that are done.",
    kept="the weeks done were kept",
    draw=_draw,
)
