"""The page of the requirement: how many agents each queue needs, and how any one number came about."""

import math
from datetime import datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from ui import charts
from ui.folders import plan_folder
from ui.page import Figure, centre_or_stop, figure_row, head, plan_or_stop
from ui.plan_data import Plan, forecast_of, requirement_of
from ui.wording import day_text, percent, plain, tenth, whole
from wfm.centre import Centre, Queue
from wfm.requirement import explain, moved_by_replay

WEEK = "week"
CORRECTED = ["queue", "erlang_hours", "hours", "erlang_service_level", "service_level"]


def page() -> None:
    """Draw the page."""
    of = centre_or_stop()
    planned = plan_or_stop(of)
    head("Requirement", of, planned)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        queue = st.selectbox("Queue", list(of.queues), key="requirement-queue", width=260)
        day = st.segmented_control(
            "Day", [WEEK, *range(7)], default=WEEK, required=True, key="requirement-day",
            format_func=lambda option: _day_name(planned, option),
        )  # fmt: skip
    rows = planned.requirement[planned.requirement["queue"] == queue]
    _figures(rows, planned, of.queues[queue])
    shown = None if day == WEEK else int(str(day))
    chart = charts.requirement(rows if shown is None else rows[rows["day"] == shown], planned.week, day=shown)
    st.altair_chart(chart, theme=None)
    st.caption(
        "At work: agents who serve the queue. With absence on top: people to roster, as some will be away or gone."
    )
    _corrected(queue)
    _unfold(planned, of, queue, shown)


def _figures(rows: pd.DataFrame, planned: Plan, queue: Queue) -> None:
    hours = planned.week.interval_minutes / 60
    minutes = [int(minute) for minute in rows["minute"]]
    peak = planned.week.wall(minutes[_busiest(rows)]) if minutes else None
    at = "no rows" if peak is None else f"to roster, {peak:%A %H:%M}"
    figure_row(
        [
            Figure(
                name="Target",
                value=f"{percent(queue.service_level, 0)} in {whole(queue.threshold_seconds)} s",
                note=f"{queue.channel} · {plain(queue.client)}",
            ),
            Figure(name="At work", value=tenth(rows["agents"].sum() * hours, "h"), note="agent-hours in the week"),
            Figure(
                name="To roster",
                value=tenth(rows["agents_rostered"].sum() * hours, "h"),
                note="with absence and attrition on top",
            ),
            Figure(name="Peak", value=tenth(rows["agents_rostered"].max() if len(rows) else None), note=at),
        ]
    )


def _corrected(queue: str) -> None:
    """How far Erlang was off, where a replay has corrected the requirement (wfm require --replayed)."""
    path = _correction()
    if not path.exists():
        return
    try:
        table = pd.read_csv(path, usecols=CORRECTED, dtype={"queue": str})
        own = table[table["queue"] == queue].to_dict("records")
        told = {name: float(own[0][name]) for name in CORRECTED[1:]} if own else {}
    except (ValueError, OSError):
        st.error("correction.csv cannot be read; wfm require --replayed writes it anew.", icon=":material/error:")
        return
    if told and not math.isnan(told["service_level"]):  # where no contact comes nothing is served
        off = told["hours"] / told["erlang_hours"] - 1 if told["erlang_hours"] else 0.0
        st.info(
            f"Corrected by replay: Erlang's {told['erlang_hours']:,.1f} h at work would serve "
            f"{percent(told['erlang_service_level'], 1)} in time, {told['hours']:,.1f} h ({100 * off:+.1f} %) serve "
            f"{percent(told['service_level'], 1)}. The last step below is what it moved.",
            icon=":material/replay:",
        )


def _correction() -> Path:
    return plan_folder() / "correction.csv"


def _unfold(planned: Plan, of: Centre, queue: str, day: int | None) -> None:
    st.subheader("Unfold one number", anchor=False)
    rows = planned.requirement[planned.requirement["queue"] == queue]
    rows = rows if day is None else rows[rows["day"] == day]
    minutes = [int(minute) for minute in rows["minute"]]
    if not minutes:
        return
    minute = st.selectbox(
        "Interval", minutes, index=_busiest(rows), width=260, key=f"requirement-interval-{queue}-{day}",
        format_func=lambda value: f"{planned.week.wall(value):%a %d %b %H:%M}",
    )  # fmt: skip
    start: datetime = planned.week.wall(minute)
    told = explain(of, forecast_of(planned, of), queue=queue, start=start)
    if _correction().exists():
        told = moved_by_replay(told, requirement_of(planned, of))
    steps = pd.DataFrame(
        [(step.name, step.text, step.source) for step in told.steps], columns=["what", "value", "where it comes from"]
    )
    st.dataframe(
        steps, hide_index=True, row_height=32, height="content",
        column_config={"where it comes from": st.column_config.TextColumn(width="large")},
    )  # fmt: skip
    st.caption("From the forecast down to the people to roster, in the order of the reckoning.")


def _busiest(rows: pd.DataFrame) -> int:
    return int(rows["agents"].to_numpy().argmax())


def _day_name(planned: Plan, option: object) -> str:
    return "Week" if option == WEEK else day_text(planned.week.date_of(int(str(option))))
