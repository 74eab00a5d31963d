"""The page of what-if: scenarios entered and tried, side by side with the base, and the curves of sweeps."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from ui import charts, plan_data
from ui.page import centre_or_stop, download_row, head
from ui.what_if_panel import what_if_panel
from ui.wording import date_text, plain
from wfm.centre import Centre
from wfm.comparison import ALL_QUEUES, MEASURES, Comparison, service_table
from wfm.scenario import BASE

UNSEEN = 0.05  # of a difference: it would be shown as 0.0
DOWNLOADS = {"whatif.xlsx": "Excel", "whatif.csv": "Scenarios", "sweep.csv": "Sweeps"}


def page() -> None:
    """Draw the page."""
    of = centre_or_stop()
    head("What-if", of)
    found = plan_data.comparison()
    what_if_panel(of, known=found is not None)
    if found is None:
        st.caption("Layers changes over the week's forecast, people and rules, and tells what they come to.")
    elif not isinstance(found, Comparison):
        st.error("The files of the comparison cannot be read; try it again.", icon=":material/error:")
        st.code("\n".join(map(str, found)), language=None, wrap_lines=True)
    else:
        _shown(of, found)


def _shown(of: Centre, found: Comparison) -> None:
    st.caption(f"Week of {_week_text(found)}, seed {found.summary.get('seed')}")
    if found.summary.get("inputs_sha256") != of.inputs_sha256:
        st.info("The centre's files have changed since; try it again to see them.", icon=":material/info:")
    if len(found.table):
        _side_by_side(of, found)
    if len(found.sweeps):
        _curve(of, found)
    download_row(DOWNLOADS, key="what-if")


def _side_by_side(of: Centre, found: Comparison) -> None:
    st.subheader("Side by side", anchor=False)
    queue = st.selectbox(
        "Queue", list(dict.fromkeys(found.table["queue"])), format_func=_queue_text, key="what-if-shown", width=260
    )
    rows = found.table[found.table["queue"] == queue]
    measures = [name for name in MEASURES if name in set(rows["measure"])]
    table = pd.DataFrame({"measure": [_measure_text(name, of) for name in measures]}, index=measures)
    config: dict[str, Any] = {"measure": st.column_config.TextColumn(pinned=True)}
    for name in dict.fromkeys(rows["scenario"]):
        own = rows[rows["scenario"] == name].set_index("measure").reindex(measures)
        table[name] = own["value"]
        config[name] = st.column_config.NumberColumn(format="%,.1f")
        if name != BASE:
            for column, label, form in (("difference", "Δ", "%+,.1f"), ("difference_percent", "Δ %", "%+.1f %%")):
                table[f"{name} {label}"] = own[column].where(own[column].abs() >= UNSEEN)  # a dash: it is the same
                config[f"{name} {label}"] = st.column_config.NumberColumn(label, format=form)
    st.dataframe(table, hide_index=True, height="content", placeholder="–", column_config=config)
    _service(found, queue)
    caveats = found.summary.get("caveats")
    for caveat in caveats if isinstance(caveats, list) else ():
        st.warning(plain(str(caveat)), icon=":material/hourglass_empty:")
    _changes(of, found)


def _service(found: Comparison, queue: str) -> None:
    """The simulated service of a queue with how sure it is, or by which formulas it stands in the table alone."""
    table = service_table(found.table)
    rows = table[table["queue"] == queue].drop(columns="queue")
    if rows.empty:
        if "service_erlang" in set(found.table["measure"]):
            st.caption(
                "Service is by Erlang's formulas at the roster's cover, each interval for itself; not simulated."
            )
        return
    runs = found.summary.get("runs")
    st.caption(
        f"Service of {runs} simulated weeks, the same contacts and absences for all. From and to hold what stands before "
        "them with 95%; Δ is the difference from the base, surer than either figure. service_erlang is by formulas."
    )
    labels = {"low": "from", "high": "to", "difference": "Δ", "difference_low": "Δ from", "difference_high": "Δ to"}
    config: dict[str, Any] = {
        name: st.column_config.NumberColumn(
            labels.get(name, name.replace("_", " ")), format="%+,.1f" if name.startswith("difference") else "%,.1f %%"
        )
        for name in rows.columns[1:]
    }
    st.dataframe(rows, hide_index=True, height="content", placeholder="–", column_config=config)


def _changes(of: Centre, found: Comparison) -> None:
    told = found.summary.get("scenarios")
    rows = [
        {
            "scenario": one.get("name"),
            "changes": "; ".join(map(str, one.get("changes") or [])),
            "reason": one.get("reason"),
            "roster": one.get("status") or "not asked for",
            "files": one.get("folder"),
        }
        for one in (told if isinstance(told, list) else [])
        if isinstance(one, dict)
    ]
    with st.expander("What each scenario changes", icon=":material/layers:"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", placeholder="–")

    with st.expander("What the figures mean", icon=":material/help:"):
        meanings = [
            {"figure": _measure_text(name, of), "meaning": MEASURES[name][1]}
            for name in MEASURES
            if name in set(found.table["measure"])
        ]
        st.dataframe(pd.DataFrame(meanings), hide_index=True, height="content")


def _week_text(found: Comparison) -> str:
    told = str(found.summary.get("week"))
    try:
        return date_text(date.fromisoformat(told))
    except ValueError:
        return plain(told)


def _curve(of: Centre, found: Comparison) -> None:
    st.subheader("Sweeps", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Sweep", list(dict.fromkeys(found.sweeps["sweep"])), key="what-if-sweep-shown", width=260)
        rows = found.sweeps[found.sweeps["sweep"] == name]
        measures = [one for one in MEASURES if one in set(rows["measure"])]
        first = measures.index("required_hours") if "required_hours" in measures else 0
        measure = st.selectbox("Measure", measures, index=first, format_func=lambda one: _measure_text(one, of),
                               key="what-if-measure", width=260)  # fmt: skip
        rows = rows[rows["measure"] == measure]
        queue = st.selectbox(
            "Queue", list(dict.fromkeys(rows["queue"])), format_func=_queue_text, key="what-if-sweep-of", width=260
        )
    chart = charts.sweep(rows[rows["queue"] == queue], measure=measure, unit=_unit(measure, of))
    st.altair_chart(chart, theme=None)


def _queue_text(queue: str) -> str:
    return "all queues" if queue == ALL_QUEUES else queue


def _measure_text(measure: str, of: Centre) -> str:
    unit = _unit(measure, of)
    return measure.replace("_", " ") + (f" ({unit})" if unit else "")


def _unit(measure: str, of: Centre) -> str:
    return of.currency if measure == "money" else MEASURES[measure][0]
