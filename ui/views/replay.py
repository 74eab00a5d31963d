"""The page of the simulated week: each queue's chance to meet its target, by date and by hour."""

import pandas as pd
import streamlit as st

from ui import charts, plan_data
from ui.folders import REPLAY_FILES
from ui.page import centre_or_stop, download_row, fault_table, head, plan_or_stop
from ui.plan_data import Plan, with_minutes
from ui.replay_panel import replay_panel
from ui.wording import day_text
from wfm.centre import Centre
from wfm.exchange import ReplayFolder

WEEK = "week"
MEASURES = {
    "p_target": "chance to meet the target",
    "service_level": "answered in time",
    "asa_seconds": "seconds to the answer",
    "abandoned": "gave up",
    "occupancy": "occupancy",
}
LABELS = dict(zip(REPLAY_FILES, ("Dates and week", "Intervals", "Excel workbook"), strict=True))


def page() -> None:
    """Draw the page."""
    of = centre_or_stop()
    planned = plan_or_stop(of)
    head("Replay", of, planned)
    found = plan_data.replay()
    replay_panel(planned, known=found is not None)
    if found is None:
        st.caption("Simulates every contact of the week against the roster, again and again, and says what to expect.")
    elif not isinstance(found, ReplayFolder):
        st.error("The files of the replay cannot be read; start it again.", icon=":material/error:")
        fault_table(found)
    else:
        _targets(of, planned, found.days)
        _by_hour(of, planned, found.intervals)
        download_row(LABELS, key="replay")


def _targets(of: Centre, planned: Plan, days: pd.DataFrame) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader("Queues by date", anchor=False)
        measure = st.selectbox(
            "Figure", list(MEASURES), format_func=lambda name: MEASURES[name], key="replay-measure", width=260
        )
    names = {planned.week.date_of(day).isoformat(): day_text(planned.week.date_of(day)) for day in range(7)}
    table = days.pivot(index="queue", columns="day", values=measure).reindex(
        index=[queue for queue in of.queues if queue in set(days["queue"])], columns=[*names, WEEK]
    )
    table = table.rename(columns=names)
    form = "%.1f s" if measure == "asa_seconds" else "%.0f %%" if measure == "p_target" else "%.1f %%"
    shown = table if measure == "asa_seconds" else 100 * table
    shown.insert(0, "target", [100 * of.queues[str(queue)].service_level for queue in table.index])
    config = {name: st.column_config.NumberColumn(format=form) for name in [*names.values(), WEEK]}
    config["target"] = st.column_config.NumberColumn(format="%.0f %%", help="Answered within the threshold.")
    st.dataframe(shown, height="content", placeholder="–", column_config=config)
    whole = days[days["day"] == WEEK].set_index("queue")["p_target"]
    doubtful = [str(queue) for queue, chance in whole.items() if chance < 0.9]
    if doubtful:
        st.caption(f"Less than nine in ten that the week meets the target: {', '.join(doubtful)}.")


def _by_hour(of: Centre, planned: Plan, intervals: pd.DataFrame) -> None:
    st.subheader("By time of day", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        queue = st.selectbox("Queue", list(dict.fromkeys(intervals["queue"])), key="replay-queue", width=260)
        texts: dict[int | None, str] = {None: "whole week"}
        texts |= {day: day_text(planned.week.date_of(day)) for day in range(7)}
        day = st.selectbox("Date", list(texts), format_func=lambda one: texts[one], key="replay-day", width=200)
        chance = st.segmented_control(
            "Figure", [False, True], default=False, required=True, key="replay-chance", label_visibility="collapsed",
            format_func=lambda one: MEASURES["p_target" if one else "service_level"],
        )  # fmt: skip
    rows = with_minutes(intervals[intervals["queue"] == queue], planned.week)
    if day is not None:
        first, last = planned.week.midnight(day), planned.week.midnight(day + 1)
        rows = rows[(rows["minute"] >= first) & (rows["minute"] < last)]
    target = None if chance or queue not in of.queues else of.queues[queue].service_level
    st.altair_chart(charts.service(rows, planned.week, day=day, target=target, chance=bool(chance)), theme=None)
    st.caption(
        "Share of the runs in which the interval by itself met the target; the band holds the chance with 95 %."
        if chance
        else "The band holds the mean over all runs with 95 %; the dashed line is the target."
    )
