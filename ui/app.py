"""The router of the app: which pages there are. `wfm serve` starts it."""

from pathlib import Path

import streamlit as st

from ui.views import accuracy, capacity, data, forecast, my_shifts, replay, requirement, roster, what_if

# A picture of our own: the browser would fetch an icon by name from the internet.
ICON = Path(__file__).with_name("icon.svg")

st.set_page_config(page_title="Workforce planning", page_icon=str(ICON), layout="wide")

PAGES = [
    st.Page(roster.page, title="Roster", icon=":material/calendar_view_week:", url_path="roster", default=True),
    st.Page(data.page, title="Data", icon=":material/table_view:", url_path="data"),
    st.Page(forecast.page, title="Forecast", icon=":material/show_chart:", url_path="forecast"),
    accuracy.as_page(),
    st.Page(requirement.page, title="Requirement", icon=":material/groups:", url_path="requirement"),
    st.Page(replay.page, title="Replay", icon=":material/replay:", url_path="replay"),
    st.Page(what_if.page, title="What-if", icon=":material/alt_route:", url_path="what-if"),
    st.Page(capacity.page, title="Capacity", icon=":material/trending_up:", url_path="capacity"),
    st.Page(my_shifts.page, title="My shifts", icon=":material/person:", url_path="my-shifts"),
]

st.navigation(PAGES, position="top").run()
