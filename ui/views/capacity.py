"""The page of the months to come: supply and demand by week, people, and the hires, which the planner may change."""

from datetime import date
from math import isfinite
from typing import Any

import pandas as pd
import streamlit as st

from ui import charts, plan_data
from ui.capacity_panel import MONTHS, capacity_panel
from ui.folders import centre_folder, plan_folder
from ui.page import Figure, centre_or_stop, download_row, fault_table, figure_row, head
from ui.plan_data import store
from ui.wording import date_text, percent, plain, share, whole
from wfm import jobs
from wfm.exchange import CapacityFolder
from wfm.faults import FaultyInput
from wfm.reading import parse_hires

ALL = "all queues"
EDITED = ["class", "start", "size"]
STATUS = {
    "optimal": ("Optimal", "proved: no hires cost less"),
    "feasible": ("Feasible", "the search was ended before its proof"),
    "given": ("As decided", "the hires of the table, not the cheapest"),
}
LABELS = {
    "capacity.csv": "Weeks",
    "headcount.csv": "Headcount",
    "hiring.csv": "Hires",
    "capacity.xlsx": "Excel workbook",
}


def page() -> None:
    """Draw the page."""
    of = centre_or_stop()
    head("Capacity", of)
    found = plan_data.capacity()
    free = capacity_panel(of, known=found is not None)
    if found is None:
        st.caption("Says for months ahead how many people are there, how many are needed, and whom to hire when.")
    elif not isinstance(found, CapacityFolder):
        st.error("The files of the capacity plan cannot be read; start it again.", icon=":material/error:")
        fault_table(found)
    else:
        _shown(found, free=free)


def _shown(found: CapacityFolder, *, free: bool) -> None:
    _figures(found.summary)
    broken = found.summary.get("broken")
    if isinstance(broken, list) and broken:
        st.warning("The hires do not keep limits of capacity.toml:\n" + _listed(broken), icon=":material/warning:")
    _supply(found)
    _people(found)
    _hires(found, free=free)
    _classes(found.summary)
    caveats = found.summary.get("caveats")
    if isinstance(caveats, list) and caveats:
        st.subheader("Before trusting it", anchor=False)
        st.markdown(_listed(caveats))
    download_row(LABELS, key="capacity")


def _figures(summary: dict[str, Any]) -> None:
    unit = str(summary["unit"])
    word, note = STATUS.get(str(summary["status"]), (str(summary["status"]), None))
    saved = float(summary["cost_without_hiring"]) - float(summary["cost"])
    seats, peak = summary["seats"], float(summary["peak_seats"])
    figure_row(
        [
            Figure(name="Status", value=word, note=note),
            Figure(
                name=f"Cost ({unit})", value=whole(float(summary["cost"])), note=f"{whole(saved)} less than unhired"
            ),
            Figure(
                name="Hired",
                value=whole(float(summary["hired"])),
                note=f"{summary['classes_hired']} classes; {whole(float(summary['leavers']))} leave",
            ),
            Figure(
                name="Short",
                value=percent(share(float(summary["short_hours"]), float(summary["required_hours"])), 2),
                note=f"{whole(float(summary['short_hours']))} of {whole(float(summary['required_hours']))} h",
            ),
            Figure(
                name="Seats at the peak",
                value=whole(peak),
                note=f"of {whole(seats)}, week of {summary['peak_week']}",
                alarming=seats is not None and peak > float(seats),
            ),
        ]
    )


def _supply(found: CapacityFolder) -> None:
    st.subheader("Supply and demand", anchor=False)
    queues = [queue for queue in dict.fromkeys(found.weeks["queue"]) if queue]
    queue = st.selectbox("Queue", [ALL, *queues], key="capacity-queue", width=260)
    rows = found.weeks[found.weeks["queue"] == ("" if queue == ALL else queue)]
    names = {"required_hours": "required", "required_p10": "low", "required_p90": "high", "supplied_hours": "supplied"}
    lines = rows[["week", *names]].rename(columns=names).reset_index(drop=True)
    if queue == ALL:  # of a single queue they give what others leave
        most = found.headcount.groupby("week")["hours"].sum()
        lines["available"] = [float(most.get(week, 0.0)) for week in lines["week"]]
    st.altair_chart(charts.capacity(lines), theme=None)
    st.caption(
        "Available: the most that all people could give without overtime; supplied: what is worked of it and of overtime "
        "for the queues. What is above the required hours may be given off (VTO) as far as the contract allows."
    )
    worst = rows.sort_values("short_hours", ascending=False).head(1)
    if float(worst["short_hours"].iloc[0]) > 0:
        hours, agents = float(worst["short_hours"].iloc[0]), float(worst["short_agents"].iloc[0])
        week = worst["week"].iloc[0]
        work = f", the work of {agents:,.1f} agents" if isfinite(agents) else ""
        st.caption(f"Most is short in the week of {date_text(week)}: {hours:,.0f} h{work}.")


def _people(found: CapacityFolder) -> None:
    st.subheader("People by contract", anchor=False)
    heads = found.headcount.assign(agents=found.headcount["agents"] + found.headcount["hired"])
    table = heads.groupby(["week", "contract"], sort=False)["agents"].sum()
    st.altair_chart(charts.headcount(pd.DataFrame(table.reset_index())), theme=None)
    st.caption("Expected people, those hired from the end of their training on.")


@st.fragment
def _hires(found: CapacityFolder, *, free: bool) -> None:
    """The editor's rows are those of hiring.csv until they are reckoned and it is written anew."""
    st.subheader("Hires", anchor=False)
    unit = str(found.summary["unit"])
    mondays = list(dict.fromkeys(found.weeks["week"]))
    names = [str(row["class"]) for row in found.summary["classes"]]  # type: ignore[union-attr,index,call-overload]
    rows = found.hires[[*EDITED, "ready", "ready_agents", "cost", "one_more", "one_fewer"]].copy()
    for column in ("start", "ready"):
        rows[column] = [str(day) for day in rows[column]]
    read = (plan_folder() / "hiring.csv").stat().st_mtime_ns
    edited = st.data_editor(
        rows.astype({"size": "Int64"}),
        num_rows="dynamic",
        hide_index=True,
        key=f"capacity-hires-{read}",  # a file that has changed starts a new editor
        placeholder="–",
        disabled=["ready", "ready_agents", "cost", "one_more", "one_fewer"],
        column_config=_columns(names, mondays, unit),
    )
    st.caption("Change, add or take away classes. Reckoning keeps these hires and plans overtime and sharing anew.")
    if st.button("Reckon these hires", icon=":material/calculate:", key="capacity-save", disabled=not free):
        _reckon(edited[EDITED], found, names, mondays)


def _columns(names: list[str], mondays: list[date], unit: str) -> dict[str, Any]:
    column = st.column_config
    money = f"In {unit}, all other hires standing; below 0 is cheaper. Limits of the class are left aside."
    return {
        "class": column.SelectboxColumn(options=names, width="medium"),
        "start": column.SelectboxColumn(options=[str(monday) for monday in mondays], help="Training begins."),
        "size": column.NumberColumn(min_value=0, step=1),
        "ready": column.TextColumn(help="The Monday after training."),
        "ready_agents": column.NumberColumn("expected then", format="%.1f"),
        "cost": column.NumberColumn(format="localized", help=f"Of all of them to the end of the plan, in {unit}."),
        "one_more": column.NumberColumn("one more", format="localized", help=money),
        "one_fewer": column.NumberColumn("one fewer", format="localized", help=money),
    }


def _reckon(edited: pd.DataFrame, found: CapacityFolder, names: list[str], mondays: list[date]) -> None:
    data = edited.to_csv(index=False).encode(errors="replace")
    try:
        hires = parse_hires("hires", data, classes=names, mondays=mondays)
    except FaultyInput as faulty:
        st.error("Nothing was reckoned. Rows are counted from the top.", icon=":material/error:")
        fault_table(faulty.faults, first_row=1)
        return
    months = float(str(found.summary.get("months", MONTHS)))
    jobs.start_capacity(
        store(), centre=centre_folder(), monday=mondays[0], out=plan_folder(), months=months, hires=hires
    )
    st.rerun()


def _classes(summary: dict[str, Any]) -> None:
    table = pd.DataFrame(summary["classes"], columns=["class", "count", "people", "one_more", "one_fewer"])
    if table[["one_more", "one_fewer"]].isna().all(axis=None):
        return
    st.subheader("One class more or fewer", anchor=False)
    help_text = f"In {summary['unit']}, everything else planned anew."
    config = {
        name: st.column_config.NumberColumn(label, format="localized", help=help_text)
        for name, label in (("one_more", "one more"), ("one_fewer", "one fewer"))
    }
    st.dataframe(table, hide_index=True, height="content", placeholder="–", column_config=config)


def _listed(texts: list[Any]) -> str:
    return "\n".join(f"- {plain(str(text))}" for text in texts)
