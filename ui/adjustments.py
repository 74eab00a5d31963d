"""The planner's changes to the forecast as a table to edit: written on Save, whole and only without a fault."""

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from ui.folders import centre_folder, plan_folder
from ui.page import fault_table
from ui.plan_data import store
from ui.wording import plain
from wfm import jobs
from wfm.centre import Centre, Change, Measure
from wfm.clock import Week
from wfm.exchange import adjustments_table, write_adjustments
from wfm.faults import FaultyInput
from wfm.reading import read_centre

FILE = "adjustments.csv"


def adjustments_editor(of: Centre, week: Week) -> None:
    """Draw the section; the editor's rows are those of the file until Save makes the edits its content."""
    _editor(of, week, _changed(centre_folder() / FILE))


@st.fragment
def _editor(of: Centre, week: Week, read: int) -> None:
    """`read`: when the file was changed whose rows the centre has."""
    st.subheader("Changes to the forecast", anchor=False)
    if (centre_folder() / "adjustments.xlsx").exists():
        st.info("They stand in adjustments.xlsx of the centre's folder: change them there.", icon=":material/info:")
        return
    key = f"adjustments-{read}"  # a file that has changed starts a new editor
    rows = adjustments_table(of.adjustments)
    on = _layers_on(rows, key)
    edited = st.data_editor(
        rows,
        num_rows="dynamic",
        hide_index=True,
        key=key,
        placeholder="–",
        column_config=_columns(of, week),
    )
    st.caption(
        "Rows apply from the top down, on what the model says. Contacts in absolute numbers are the total of the period, "
        "handling time is seconds. An empty queue is each queue; the end is not part of the period."
    )
    if st.button("Save", icon=":material/save:", key="adjustments-save"):
        if _changed(centre_folder() / FILE) == read:
            _save(of, _switched(edited, rows, on))
        else:
            st.error(f"Nothing was saved: {FILE} was changed meanwhile. Reload the page.", icon=":material/error:")
    _forecast_again(week)


def _columns(of: Centre, week: Week) -> dict[str, Any]:
    # No column is required: the editor would keep rows with a gap to itself, and Save would drop them without a word.
    column = st.column_config
    return {
        "layer": column.TextColumn(help="Rows of one name are switched on and off together."),
        "queue": column.SelectboxColumn(options=list(of.queues), help="Empty: each queue."),
        "start": column.TextColumn(default=week.text(0), width=150, help="2026-11-30T08:00"),
        "end": column.TextColumn(default=week.text(week.minutes), width=150, help="2026-11-30T12:00, not included"),
        "measure": column.SelectboxColumn(options=list(map(str, Measure)), default=str(Measure.CONTACTS)),
        "kind": column.SelectboxColumn(options=list(map(str, Change)), default=str(Change.FACTOR)),
        "value": column.NumberColumn(min_value=0.0, help="1.2 as a factor is a fifth more."),
        "reason": column.TextColumn(width="large"),
        "active": column.CheckboxColumn(default=True),
    }


def _layers_on(rows: pd.DataFrame, key: str) -> set[str]:
    """Layers that the planner wants on, as they stand in the file unless clicked."""
    layers = list(dict.fromkeys(rows["layer"]))
    if not layers:
        return set()
    chosen = st.pills(
        "Layers switched on",
        layers,
        selection_mode="multi",
        default=[layer for layer in layers if _any_active(rows, layer)],
        format_func=plain,
        key=f"{key}-layers",
    )
    return set(chosen)


def _switched(edited: pd.DataFrame, rows: pd.DataFrame, on: set[str]) -> pd.DataFrame:
    """A layer that was clicked on or off takes all its rows along; in others every row's own tick stands."""
    table = edited.copy()
    for layer in dict.fromkeys(rows["layer"]):
        if (layer in on) != _any_active(rows, layer):
            table.loc[table["layer"] == layer, "active"] = layer in on
    return table


def _any_active(rows: pd.DataFrame, layer: str) -> bool:
    return bool(rows.loc[rows["layer"] == layer, "active"].any())


def _save(of: Centre, table: pd.DataFrame) -> None:
    try:
        write_adjustments(table, of, centre_folder())
    except FaultyInput as faulty:
        st.error("Nothing was saved. Rows are counted from the top.", icon=":material/error:")
        fault_table(faulty.faults, first_row=1)
        return
    except OSError as error:
        st.error(f"{FILE} cannot be written: {error.strerror}.", icon=":material/error:")
        return
    st.rerun()


def _forecast_again(week: Week) -> None:
    """What is saved but not in the forecast yet, and the button that puts it there."""
    forecast, requirement = (plan_folder() / name for name in ("forecast.csv", "requirement.csv"))
    if _changed(centre_folder() / FILE) > _changed(forecast):
        st.info("The next forecast or plan takes what is saved; the forecast above does not.", icon=":material/info:")
        job = jobs.latest(store(), out=plan_folder())
        planning = job is not None and job.active
        if st.button("Forecast again", icon=":material/refresh:", key="forecast-again", disabled=planning):
            _forecast(week)
    elif _changed(forecast) > _changed(requirement):
        st.caption("Requirement and roster still are of an earlier forecast: plan the week again on the Roster page.")


def _forecast(week: Week) -> None:
    from wfm.plan import forecast_week  # with the solver behind it: only who asks waits for that

    try:
        with st.spinner("Forecasting …"):
            forecast_week(read_centre(centre_folder()), week.monday, plan_folder(), folder=centre_folder())
    except FaultyInput as faulty:
        st.error("There is no new forecast.", icon=":material/error:")
        fault_table(faulty.faults)
        return
    st.rerun()


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0
