"""The versions of the forecasts made so far, and how two of the planned week differ by queue and date."""

import pandas as pd
import streamlit as st

from ui import plan_data
from ui.folders import plan_folder
from ui.wording import plain, whole
from wfm.clock import Week
from wfm.versions import compare_versions

COLUMNS = {
    "version": st.column_config.NumberColumn(format="%d"),
    "made": st.column_config.TextColumn("made (UTC)"),
    "now": st.column_config.TextColumn("now (UTC)", help="The moment of an update within the week."),
    "centre": st.column_config.TextColumn(),
    "week": st.column_config.DateColumn(format="YYYY-MM-DD"),
    "contacts": st.column_config.NumberColumn(format="%,.1f"),
    "method": st.column_config.TextColumn(width="large"),
}
DIFFERENCES = {
    "date": st.column_config.DateColumn(format="ddd D MMM"),
    "old": st.column_config.NumberColumn(format="%,.1f"),
    "new": st.column_config.NumberColumn(format="%,.1f"),
    "difference_percent": st.column_config.NumberColumn("difference", format="%+.1f %%"),
}


@st.fragment
def versions_panel(week: Week) -> None:
    """Draw the section; nothing where no forecast has been kept."""
    listed = plan_data.forecast_versions()
    if listed.empty:
        return
    number = listed["version"].nunique()
    with st.expander(f"Versions of the forecast ({number})", icon=":material/history:"):
        st.dataframe(listed.iloc[::-1], hide_index=True, column_config=COLUMNS, placeholder="–")
        _comparison(listed[listed["week"] == week.monday])


def _comparison(listed: pd.DataFrame) -> None:
    """Two versions of the planned week, the newest two unless others are wanted."""
    numbers = [int(number) for number in dict.fromkeys(listed["version"])]
    if len(numbers) < 2:
        st.caption("Two versions of the planned week can be compared here as soon as there are two.")
        return
    texts = {number: _text(listed[listed["version"] == number]) for number in numbers}

    def chosen(title: str, at: int, key: str) -> int:
        return int(st.selectbox(title, numbers, index=at, format_func=texts.__getitem__, key=key, width=360))

    with st.container(horizontal=True):
        old = chosen("Compare", len(numbers) - 2, "versions-old")
        new = chosen("with", len(numbers) - 1, "versions-new")
    try:
        found = compare_versions(plan_folder(), old=old, new=new)
    except ValueError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    totals = found.groupby("queue", sort=False)[["old", "new"]].sum(min_count=1)
    for queue, row in totals.iterrows():
        before, after = (None if pd.isna(row[name]) else float(row[name]) for name in ("old", "new"))
        st.markdown(f"**{plain(str(queue))}** {whole(before)} → {whole(after)} contacts")
    st.dataframe(found, hide_index=True, column_config=DIFFERENCES, placeholder="–", width="content")


def _text(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    now = f", now {first['now']}" if isinstance(first["now"], str) else ""
    return f"{first['version']} · made {first['made']}{now} · {whole(float(rows['contacts'].sum()))} contacts"
