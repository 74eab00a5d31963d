"""The page of the forecast: the last weeks, the week ahead with its band, and a word on how good such forecasts were."""

import numpy as np
import pandas as pd
import streamlit as st

from ui import charts, plan_data
from ui.adjustments import adjustments_editor
from ui.page import Figure, centre_or_stop, figure_row, head, plan_or_stop
from ui.plan_data import Plan, with_minutes
from ui.versions_panel import versions_panel
from ui.views import accuracy
from ui.wording import percent, plain, share, tenth, whole
from wfm.accuracy import CHOSEN, Backtest
from wfm.centre import Centre
from wfm.clock import Week


def page() -> None:
    """Draw the page."""
    of = centre_or_stop()
    planned = plan_or_stop(of)
    head("Forecast", of, planned)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        queue = st.selectbox("Queue", list(of.queues), key="forecast-queue", width=260)
        weeks = st.selectbox(
            "History", [1, 2, 4, 8, 13], index=2, format_func=_weeks_text, key="forecast-weeks", width=160
        )
        step = st.segmented_control("Step", ["interval", "day"], default="interval", required=True, key="forecast-step")
    _figures(planned, of, queue)
    past, coming = _past(of, planned.week, queue, weeks), planned.forecast[planned.forecast["queue"] == queue]
    if step == "day":
        _charts(
            _by_day(past, planned.week), _days_ahead(planned, coming, queue), past, coming, planned.week, by_day=True
        )
    else:
        _charts(_by_interval(past), _by_interval(coming), past, coming, planned.week, by_day=False)
    adjustments_editor(of, planned.week)
    _method(planned, queue)
    _proposals(planned, queue)
    versions_panel(planned.week)
    _accuracy(queue)


def _figures(planned: Plan, of: Centre, queue: str) -> None:
    coming = planned.forecast[planned.forecast["queue"] == queue]
    before = _past(of, planned.week, queue, 4)
    total, mean = coming["offered"].sum(), before["offered"].sum() / 4
    change = share(total - mean, mean)
    against = "no history" if change is None else f"{100 * change:+,.1f} % against the mean of the last 4 weeks"
    model = coming["offered_model"].sum() if _is_adjusted(coming) else None
    note, meaning = (against, None) if model is None else (f"model alone: {whole(model)}", against)
    daily = coming.groupby("day")["offered"].sum()
    load = (coming["offered"] * coming["aht_seconds"]).sum()
    busiest = f"{planned.week.date_of(int(daily.idxmax())):%A}" if len(daily) else "no rows"
    figure_row(
        [
            Figure(name="Contacts", value=whole(total), note=note, meaning=meaning),
            Figure(name="Busiest day", value=whole(daily.max() if len(daily) else None), note=busiest),
            Figure(name="Handling time", value=tenth(share(load, total), "s"), note="mean, weighted by contacts"),
            Figure(name="Workload", value=tenth(load / 3600, "h"), note="contacts × handling time"),
        ]
    )


def _is_adjusted(coming: pd.DataFrame) -> bool:
    """Whether the planner changed the contacts of this queue."""
    return "offered_model" in coming and not np.allclose(coming["offered_model"], coming["offered"])


def _past(of: Centre, week: Week, queue: str, weeks: int) -> pd.DataFrame:
    """The last weeks of a queue's history; history may end up to six weeks before the planned week."""
    rows = of.history[of.history["queue"] == queue]
    newest = rows["start"].max()
    return with_minutes(rows[rows["start"] > newest - pd.Timedelta(weeks=weeks)], week)


def _charts(
    old: pd.DataFrame, new: pd.DataFrame, past: pd.DataFrame, coming: pd.DataFrame, week: Week, *, by_day: bool
) -> None:
    step = "a day" if by_day else f"per {week.interval_minutes} min"
    st.subheader(f"Contacts {step}", anchor=False)
    st.altair_chart(
        charts.forecast(_named(old, week, by_day), _named(new, week, by_day), week, unit="contacts"), theme=None
    )
    st.caption(f"Eight in ten {'days' if by_day else 'intervals'} are expected to fall inside the band.")
    st.subheader("Handling time", anchor=False)
    old, new = _handling(past, by_day, week), _handling(coming, by_day, week)
    chart = charts.forecast(_named(old, week, by_day), _named(new, week, by_day), week, unit="seconds")
    st.altair_chart(chart.properties(height=190), theme=None)


def _by_interval(table: pd.DataFrame) -> pd.DataFrame:
    more = {"offered_p10": "low", "offered_p90": "high", **({"offered_model": "model"} if _is_adjusted(table) else {})}
    names = {"minute": "at", "offered": "value", **{old: new for old, new in more.items() if old in table}}
    return table[list(names)].rename(columns=names)


def _by_day(table: pd.DataFrame, week: Week) -> pd.DataFrame:
    names = {"offered": "value", **({"offered_model": "model"} if _is_adjusted(table) else {})}
    days = table.groupby("day", as_index=False)[list(names)].sum().rename(columns=names)
    return days.assign(at=[week.midnight(int(day)) for day in days["day"]])


def _days_ahead(planned: Plan, coming: pd.DataFrame, queue: str) -> pd.DataFrame:
    """Dates to come with the band of whole dates, where the plan has one: limits of a sum are not the sum of limits."""
    days = _by_day(coming, planned.week)
    limits = planned.forecast_days[planned.forecast_days["queue"] == queue]
    if len(limits) != len(days):
        return days
    ordered = limits.assign(day=[planned.week.day(date) for date in limits["date"]]).sort_values("day")
    return days.assign(low=ordered["offered_p10"].to_numpy(float), high=ordered["offered_p90"].to_numpy(float))


def _proposals(planned: Plan, queue: str) -> None:
    """Dates that were left out of history unasked."""
    found = planned.proposals[planned.proposals["queue"] == queue]
    if found.empty:
        return
    with st.expander(f"Dates left out of history ({len(found)})", icon=":material/event_busy:"):
        st.dataframe(found.drop(columns="queue").sort_values("date", ascending=False), hide_index=True, width="content")
        st.caption(
            "They look like an outage or a spike. Name a date in special_days.csv as outage to confirm it, "
            "as event to keep it."
        )


def _handling(table: pd.DataFrame, by_day: bool, week: Week) -> pd.DataFrame:
    known = table[table["aht_seconds"].notna() & (table["offered"] > 0)]
    key = "day" if by_day else "minute"
    sums = (
        known.assign(load=known["offered"] * known["aht_seconds"])
        .groupby(key, as_index=False)[["load", "offered"]]
        .sum()
    )
    at = [week.midnight(int(day)) for day in sums[key]] if by_day else sums[key]
    return pd.DataFrame({"at": at, "value": sums["load"] / sums["offered"]})


def _named(table: pd.DataFrame, week: Week, by_day: bool) -> pd.DataFrame:
    shape = "%a %d %b" if by_day else "%a %d %b %H:%M"
    table = table if by_day else _broken(table, week.interval_minutes)
    return table.assign(text=[week.wall(int(minute)).strftime(shape) for minute in table["at"]])


def _broken(table: pd.DataFrame, interval: int) -> pd.DataFrame:
    """With an empty row wherever rows are missing: there a line breaks off instead of crossing closed hours."""
    table = table.sort_values("at")
    at = table["at"].to_numpy()
    missing = at[:-1][np.diff(at) > interval] + interval
    return pd.concat([table, pd.DataFrame({"at": missing})]).sort_values("at")


def _method(planned: Plan, queue: str) -> None:
    methods, caveats = planned.summary.get("forecast_methods"), planned.summary.get("caveats")
    if isinstance(methods, dict) and queue in methods:
        st.markdown(f"**Method** {plain(str(methods[queue]))}")
    if isinstance(caveats, list) and caveats:
        with st.expander(f"What to know before trusting it ({len(caveats)})", icon=":material/info:"):
            for caveat in caveats:
                st.markdown(f"- {plain(str(caveat))}")


def _accuracy(queue: str) -> None:
    """A line that leads to the page of the accuracy."""
    found, known = plan_data.backtest(), ""
    if isinstance(found, Backtest):
        rows = found.scores[(found.scores["queue"] == queue) & (found.scores["method"] == CHOSEN)]
        rows = rows[rows["horizon_days"] == 7]
        known = f": {percent(float(rows['wape'].iloc[0]))} missed a week ahead (WAPE)" if len(rows) else ""
    st.page_link(accuracy.as_page(), label=f"How good such forecasts were{known}")


def _weeks_text(weeks: int) -> str:
    return "last week" if weeks == 1 else f"last {weeks} weeks"
