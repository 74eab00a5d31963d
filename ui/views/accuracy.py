"""The page of the accuracy: how near forecasts of past weeks came, beside the averages that planners use."""

from datetime import date, timedelta

import pandas as pd
import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui import charts, plan_data
from ui.backtest_panel import backtest_panel
from ui.folders import BACKTEST_FILES
from ui.page import Figure, centre_or_stop, download_row, figure_row, head
from ui.wording import date_text, percent, share
from wfm.accuracy import METHODS, Backtest, worst_days
from wfm.centre import Centre

NAMES = {
    "chosen": "the forecast used here",
    "last_week": "as last week",
    "mean4": "mean of the last 4 same weekdays",
    "mean6": "mean of the last 6 same weekdays",
    "floor": "pure chance (Poisson)",
}
SHARES = {
    "wape": "error (WAPE)",
    "bias": "bias",
    "day_wape": "error of dates",
    "cover80": "in the 80 % band",
    "cover95": "in the 95 % band",
    "day_cover80": "dates in 80 %",
    "day_cover95": "dates in 95 %",
}
MEANINGS = {
    "error (WAPE)": "What was missed by interval, up or down, as a share of what came.",
    "bias": "Below 0 too few contacts were forecast, above 0 too many, as a share of what came.",
    "MASE": "The error of an interval relative to the difference from a week before.",
    "error of dates": "The same error of whole dates.",
}
WORST = 10
DOWNLOADS = dict(zip(BACKTEST_FILES, ("Scores", "By week", "By date"), strict=True))


def as_page() -> StreamlitPage:
    """The page as the router and links to it name it."""
    return st.Page(page, title="Accuracy", icon=":material/target:", url_path="accuracy")


def page() -> None:
    """Draw the page."""
    of = centre_or_stop()
    head("Accuracy", of)
    found = plan_data.backtest()
    backtest_panel(of, known=found is not None)
    if found is None:
        st.caption("Forecasts past weeks from what was known before them and compares with what came.")
    elif not isinstance(found, Backtest):
        st.error("The files of the backtest cannot be read; start it again.", icon=":material/error:")
        st.code("\n".join(map(str, found)), language=None, wrap_lines=True)
    elif found.scores.empty:
        st.info("History is too short for a trial.", icon=":material/info:")
    else:
        _shown(of, found)


def _shown(of: Centre, found: Backtest) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        queue = st.selectbox("Queue", list(dict.fromkeys(found.scores["queue"])), key="accuracy-queue", width=260)
        horizons = sorted({int(days) for days in found.scores["horizon_days"]})
        days = st.segmented_control(
            "Ahead", horizons, default=horizons[0], required=True, format_func=_weeks_text, key="accuracy-horizon"
        )
    rows = found.scores[(found.scores["queue"] == queue) & (found.scores["horizon_days"] == days)]
    dates = found.days[found.days["queue"] == queue]
    if rows.empty:
        st.info("History is too short to look so far ahead.", icon=":material/info:")
        return
    scores = rows.set_index("method")
    _figures(scores)
    st.subheader("Beside the averages that planners use", anchor=False)
    _table(scores.reindex(list(METHODS)).rename(NAMES))
    _period(of, found.days)
    with st.expander("Candidates among which was chosen", icon=":material/tune:"):
        _table(scores.drop(list(METHODS)))
    by_week = found.weeks[found.weeks["queue"] == queue]
    if len(by_week):
        st.subheader("Week by week ahead", anchor=False)
        named = by_week.assign(method=by_week["method"].map(NAMES))
        st.altair_chart(charts.accuracy(named, methods=list(NAMES.values())), theme=None)
    _worst(dates)
    download_row(DOWNLOADS, key="accuracy")


def _figures(scores: pd.DataFrame) -> None:
    chosen, mean6 = scores.loc["chosen"], float(scores["wape"]["mean6"])
    nearer = share(mean6 - float(chosen["wape"]), mean6)
    bias = float(chosen["bias"])
    figure_row(
        [
            Figure(name="Error (WAPE)", value=percent(float(chosen["wape"])), note="of what came, by interval"),
            Figure(name="Nearer than six-week mean", value=percent(nearer), note=f"which missed {percent(mean6)}"),
            Figure(name="Bias", value=percent(bias), note="too many on average" if bias > 0 else "too few on average"),
            Figure(
                name="Intervals in the band", value=percent(float(chosen["cover80"])), note="80 % are expected there"
            ),
        ]
    )


def _table(scores: pd.DataFrame) -> None:
    table = pd.DataFrame({name: 100 * scores[column] for column, name in SHARES.items()})
    table.insert(2, "MASE", scores["mase"])
    config = {
        name: st.column_config.NumberColumn(format="%.1f %%", help=MEANINGS.get(name)) for name in SHARES.values()
    }
    config["MASE"] = st.column_config.NumberColumn(format="%.2f", help=MEANINGS["MASE"])
    st.dataframe(table.rename_axis("forecast by"), height="content", column_config=config)


def _period(of: Centre, days: pd.DataFrame) -> None:
    """Which dates the figures are of, and whether history has grown by a week since."""
    if days.empty or of.history.empty:
        return
    first, last, newest = min(days["date"]), max(days["date"]), of.history["start"].max().date()
    text = f"One week ahead: {date_text(first)} to {date_text(last)}. No forecast beats pure chance."
    latest = _monday(newest - timedelta(days=6))  # the last Monday with a whole week after it
    if latest > _monday(last):
        text += f" History now reaches {date_text(newest)}: start it again to see the newest weeks."
    st.caption(text)


def _worst(dates: pd.DataFrame) -> None:
    worst = worst_days(dates, most=WORST)
    if worst.empty:
        return
    st.subheader("Dates missed most, one week ahead", anchor=False)
    table = pd.DataFrame(
        {
            "date": [date_text(day) for day in worst["date"]],
            "known as": worst["label"],
            "came": worst["actual"].round(),
            "forecast": worst["chosen"].round(),
            "mean of 6": worst["mean6"].round(),
            "error": worst["error"].round(),
            "share": 100 * worst["error_share"],
            "in the 80 % band": worst["inside80"],
        }
    )
    whole = st.column_config.NumberColumn(format="localized")
    config = dict.fromkeys(("came", "forecast", "mean of 6", "error"), whole)
    config |= {"share": st.column_config.NumberColumn(format="%+.1f %%", help="The error as a share of what came.")}
    st.dataframe(table, hide_index=True, height="content", column_config=config)
    st.caption(
        "A date that was special can be named in special_days.csv: its effect is learned, and an outage is left out."
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks_text(days: int) -> str:
    return "1 week" if days == 7 else f"{days // 7} weeks"
