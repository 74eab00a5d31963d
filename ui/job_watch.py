"""A job as its page shows it: under way with a button to stop it, waited for by others, or how the last one ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from ui.folders import plan_folder
from ui.plan_data import store
from ui.wording import date_text, duration_text
from wfm import jobs
from wfm.progress import Progress
from wfm.store import Job, JobKind, JobState

HELD = {
    JobKind.PLAN: "A week is being planned, see the Roster page.",
    JobKind.BACKTEST: "The forecast is being tried on past weeks, see the Accuracy page.",
    JobKind.REPLAY: "A week is being simulated, see the Replay page.",
    JobKind.CAPACITY: "People for the months to come are being planned, see the Capacity page.",
    JobKind.WHAT_IF: "Scenarios are being compared, see the What-if page.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a page says of its kind of job: `doing` while it runs, `kept` what a stop has kept; `draw` shows what it has
    reported. With `of_week` its week is told too. `key` begins the keys of its widgets."""

    kind: JobKind
    key: str
    name: str
    doing: str
    stop_help: str
    kept: str
    draw: Callable[[Job, list[Progress]], None]
    of_week: bool = False


def held(watched: Watched) -> bool:
    """Show the job that holds the plan's folder, and say whether there is one."""
    job = jobs.latest(store(), out=plan_folder())
    if job is None or not job.active:
        return False
    if job.kind is watched.kind:
        _watch(watched)
    else:
        _wait_for(f"{HELD[job.kind]} A {watched.name} can start after that.")
    return True


def ended(watched: Watched) -> None:
    """How the last job of the kind ended, if there was one."""
    job = jobs.latest(store(), out=plan_folder(), kind=watched.kind)
    if job is None:
        return
    if job.state is JobState.FAILED:
        week = f" (week of {date_text(job.week)})" if watched.of_week else ""
        st.error(f"The last {watched.name}{week} failed.", icon=":material/error:")
        st.code(job.error or "no reason was given", language=None, wrap_lines=True)
    elif job.finished is not None:
        took = duration_text((job.finished - job.created).total_seconds())
        word = f"was stopped; {watched.kept}" if job.state is JobState.STOPPED else "finished"
        st.caption(f"The last {watched.name} started here {word} after {took}.")


def seconds_of(job: Job) -> float:
    """Seconds since the job was started."""
    return (datetime.now(UTC) - job.created).total_seconds()


@st.fragment(run_every=2.0)
def _wait_for(said: str) -> None:
    job = jobs.latest(store(), out=plan_folder())
    if job is None or not job.active:
        st.rerun()
    st.info(said, icon=":material/hourglass_empty:")


@st.fragment(run_every=1.0)
def _watch(watched: Watched) -> None:
    job = jobs.latest(store(), out=plan_folder())
    if job is None or not job.active:
        st.rerun()
        return
    rows = jobs.progress(store(), job.id)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            week = f" {date_text(job.week)}" if watched.of_week else ""
            st.markdown(f"**{watched.doing}{week}**", width="stretch")
            stopping = job.state is JobState.STOPPING
            stop = st.button(
                "Stopping …" if stopping else "Stop", icon=":material/stop_circle:", disabled=stopping,
                key=f"{watched.key}-stop", help=watched.stop_help,
            )  # fmt: skip
            if stop:
                jobs.request_stop(store(), job.id)
                st.rerun(scope="fragment")
        watched.draw(job, rows)
