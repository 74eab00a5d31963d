"""The Gantt chart of shifts: a row an agent, a bar a segment, a colour an activity."""

import altair as alt
import pandas as pd

from ui.axis import day_axis, midnights, styled, week_axis
from wfm.clock import Week
from wfm.roster import Activity

COLOURS = {
    Activity.WORK: "#4A90C2",
    Activity.REST: "#B9DDF1",
    Activity.MEAL: "#D5D9DD",
    Activity.TRAINING: "#E69F00",
    Activity.MEETING: "#CC79A7",
}
ROW_PIXELS = 22


def gantt(spans: pd.DataFrame, week: Week, *, rows: list[str], first: int, last: int) -> alt.LayerChart:
    """Segments between two minutes of the week; `spans` has row, first, last, activity, shift, time; `rows` the order."""
    whole_week = last - first > 3 * 1440
    axis = week_axis(week) if whole_week else day_axis(week, first, last)
    x = alt.X("first:Q", axis=axis, scale=alt.Scale(domain=[first, last], nice=False))
    domain = [str(activity) for activity in COLOURS]
    bars = (
        alt.Chart(spans)
        .mark_bar(height=alt.RelativeBandSize(0.72), clip=True)
        .encode(
            x=x,
            x2="last:Q",
            y=alt.Y(
                "row:N",
                sort=rows,
                scale=alt.Scale(domain=rows),
                title=None,
                axis=alt.Axis(labelLimit=230, labelPadding=8, grid=True, ticks=False, domain=False, labelFontSize=12),
            ),
            color=alt.Color("activity:N", scale=alt.Scale(domain=domain, range=list(COLOURS.values()))),
            tooltip=[
                alt.Tooltip("row:N", title="agent"),
                alt.Tooltip("shift:N"),
                alt.Tooltip("activity:N"),
                alt.Tooltip("time:N"),
            ],
        )
    )
    lines = pd.DataFrame({"first": midnights(week, first, last)})
    rules = (
        alt.Chart(lines).mark_rule(color="#7B8894", strokeWidth=1, strokeDash=[] if whole_week else [3, 3]).encode(x=x)
    )
    return styled(alt.layer(bars, rules).properties(height=max(1, len(rows)) * ROW_PIXELS + 4))
