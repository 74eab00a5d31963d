"""Start a capacity plan and watch it: the job is a row of the store, this panel only reads it."""

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

MONTHS = 18
STEPS = ("read", "forecast", "requirement", "hiring", "export")


def capacity_panel(of: Centre, *, known: bool) -> bool:
    """The form, and below it the plan that is running or how the last one ended; whether one can be started now."""
    if held(WATCHED):
        return False
    with st.expander("Find the cheapest hires", icon=":material/person_add:", expanded=not known):
        _form(of)
    ended(WATCHED)
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


def _draw(job: Job, rows: list[Progress]) -> None:
    step = rows[-1].step if rows else STEPS[0]
    st.progress((STEPS.index(step) if step in STEPS else 0) / len(STEPS), text=None)
    st.text(f"{duration_text(seconds_of(job))} · {rows[-1].message if rows else 'starting'}")


WATCHED = Watched(
    kind=JobKind.CAPACITY,
    key="capacity",
    name="capacity plan",
    doing="Planning people for the months to come",
    stop_help="Ends the search and keeps the best plan so far.",
    kept="the best plan so far was kept",
    draw=_draw,
)
