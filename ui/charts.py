"""Charts from tables; nothing here knows a page. Minutes are minutes of the week, colours are safe for the colour-blind.

Tables are aggregated before they come here: a chart carries hundreds of rows, not a roster.
"""

from datetime import date

import altair as alt
import numpy as np
import pandas as pd

from ui.axis import clock_axis, day_axis, midnights, styled, week_axis
from wfm.clock import Week
from wfm.progress import Progress

STAFFED, REQUIRED, SHORT, BAND, PAST = "#8CC4E3", "#1D2A35", "#D55E00", "#BFDDEE", "#8A97A3"
FORECAST, BOUND, MODEL = "#0072B2", "#009E73", "#CC79A7"
ACCURACY = [FORECAST, PAST, "#E69F00", MODEL, BOUND]
SHORT_ONLY = ["#7F3B08", "#D55E00", "#FDD0A2", "#F4F6F8"]
DIVERGING = ["#B35806", "#F1A340", "#FEE0B6", "#F7F7F7", "#D8E6F2", "#7FB2D6", "#2166AC"]


def coverage(table: pd.DataFrame, week: Week, *, day: int | None) -> alt.LayerChart:
    """Required against staffed of a week or a day; rows: minute, end, required, staffed."""
    table = table.assign(text=_texts(table, week), short=(table["required"] - table["staffed"]).clip(lower=0))
    table["top"] = table["staffed"] + table["short"]
    x = _span_x(week, day)
    colour = alt.Scale(domain=["staffed", "required", "short"], range=[STAFFED, REQUIRED, SHORT])
    base, steps = alt.Chart(table), alt.Chart(_closed(table))
    area = steps.mark_area(interpolate="step-after", opacity=0.75)
    staffed = area.encode(x=x, y=alt.Y("staffed:Q", title="agents"))
    missing = steps.mark_area(interpolate="step-after").encode(x=x, y="staffed:Q", y2="top:Q")
    required = steps.mark_line(interpolate="step-after", strokeWidth=1.4).encode(x=x, y="required:Q")
    hover = base.mark_rect(opacity=0).encode(
        x=x,
        x2="end:Q",
        tooltip=[
            alt.Tooltip("text:N", title="time"),
            alt.Tooltip("required:Q", format=",.1f"),
            alt.Tooltip("staffed:Q", format=",.1f"),
            alt.Tooltip("short:Q", format=",.1f"),
        ],
    )
    layers = [
        _coloured(staffed, "staffed", colour),
        _coloured(missing, "short", colour),
        _coloured(required, "required", colour),
    ]
    return styled(alt.layer(*layers, *_day_lines(week, day), hover).properties(height=230))


def heat_map(table: pd.DataFrame, *, days: list[str], short_only: bool) -> alt.Chart:
    """Day by time of day; rows: day, clock, clock_end, required, staffed, difference (short: below zero)."""
    most = max(1.0, float(table["difference"].abs().quantile(0.99))) if len(table) else 1.0
    colours, most_over = (SHORT_ONLY, 0.0) if short_only else (DIVERGING, most)
    domain = [float(value) for value in np.linspace(-most, most_over, len(colours))]
    scale = alt.Scale(domain=domain, range=colours, clamp=True, interpolate="rgb")
    chart = (
        alt.Chart(table)
        .mark_rect(stroke="#FFFFFF", strokeWidth=0.4)
        .encode(
            x=alt.X("clock:Q", axis=clock_axis(), scale=alt.Scale(domain=[0, 1440], nice=False)),
            x2="clock_end:Q",
            y=alt.Y("day:O", sort=days, scale=alt.Scale(domain=days), axis=alt.Axis(title=None, labelPadding=8)),
            color=alt.Color(
                "difference:Q",
                scale=scale,
                legend=alt.Legend(
                    orient="right",
                    title="agents",
                    format="+,.0f",
                    gradientLength=150,
                    gradientThickness=12,
                    titleFontSize=12,
                ),
            ),
            tooltip=[
                alt.Tooltip("day:O"),
                alt.Tooltip("time:N"),
                alt.Tooltip("required:Q", format=",.1f"),
                alt.Tooltip("staffed:Q", format=",.1f"),
                alt.Tooltip("difference:Q", format="+,.1f"),
            ],
        )
    )
    return styled(chart.properties(height=190))


def forecast(past: pd.DataFrame, coming: pd.DataFrame, week: Week, *, unit: str) -> alt.LayerChart:
    """History and forecast with its band; rows: at (minute), text, value and for the coming also low, high, model."""
    shown = {"history": PAST, "forecast": FORECAST}
    shown |= {"10–90 % band": BAND} if "low" in coming else {}
    shown |= {"model alone": MODEL} if "model" in coming else {}
    colour = alt.Scale(domain=list(shown), range=list(shown.values()))
    both = pd.concat([past, coming])
    first, last = int(both["at"].min()), int(both["at"].max())
    days = range(week.day_of(first), week.day_of(last) + 1)
    mondays = {week.midnight(day): f"{week.date_of(day):%-d %b}" for day in days if day % 7 == 0}
    labels = ", ".join(f"'{value}': '{name}'" for value, name in mondays.items())
    x = alt.X(
        "at:Q",
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(values=list(mondays), labelExpr=f"({{{labels}}})[datum.value]", title=None, grid=True),
    )
    y = alt.Y("value:Q", title=unit)
    tip = [alt.Tooltip("text:N", title="time"), alt.Tooltip("value:Q", format=",.1f", title=unit)]
    band = alt.Chart(coming).mark_area(opacity=0.8).encode(x=x, y=alt.Y("low:Q", title=unit), y2="high:Q")
    old = alt.Chart(past).mark_line(strokeWidth=1.1).encode(x=x, y=y, tooltip=tip)
    ends = [alt.Tooltip("low:Q", format=",.1f"), alt.Tooltip("high:Q", format=",.1f")] if "low" in coming else []
    new = alt.Chart(coming).mark_line(strokeWidth=1.5).encode(x=x, y=y, tooltip=[*tip, *ends])
    layers = [_coloured(old, "history", colour), _coloured(new, "forecast", colour)]
    if "low" in coming:
        layers = [_coloured(band, "10–90 % band", colour), *layers]
    if "model" in coming:
        alone = alt.Chart(coming).mark_line(strokeWidth=1.2, strokeDash=[4, 3])
        layers.insert(-1, _coloured(alone.encode(x=x, y=alt.Y("model:Q", title=unit)), "model alone", colour))
    return styled(alt.layer(*layers).properties(height=300))


def requirement(table: pd.DataFrame, week: Week, *, day: int | None) -> alt.LayerChart:
    """Agents at work and with absence on top; rows: minute, end, agents, agents_rostered."""
    table = table.assign(text=_texts(table, week))
    names = ["with absence on top", "at work"]
    colour = alt.Scale(domain=names, range=["#E69F00", FORECAST])
    x = _span_x(week, day)
    base, steps = alt.Chart(table), alt.Chart(_closed(table))
    line = steps.mark_line(interpolate="step-after", strokeWidth=1.5)
    rostered = line.encode(x=x, y=alt.Y("agents_rostered:Q", title="agents"))
    work = steps.mark_area(interpolate="step-after", opacity=0.3, line={"strokeWidth": 1.4}).encode(x=x, y="agents:Q")
    hover = base.mark_rect(opacity=0).encode(
        x=x,
        x2="end:Q",
        tooltip=[
            alt.Tooltip("text:N", title="time"),
            alt.Tooltip("agents:Q", format=",.2f", title="at work"),
            alt.Tooltip("agents_rostered:Q", format=",.2f", title="with absence"),
        ],
    )
    layers = [_coloured(work, names[1], colour), _coloured(rostered, names[0], colour)]
    return styled(alt.layer(*layers, *_day_lines(week, day), hover).properties(height=260))


def accuracy(table: pd.DataFrame, *, methods: list[str]) -> alt.LayerChart:
    """Error by week ahead; rows: horizon_week, method, wape. Methods: the forecast, three averages, and the floor."""
    chart = (
        alt.Chart(table)
        .mark_line(point=alt.OverlayMarkDef(size=40), strokeWidth=1.6)
        .encode(
            x=alt.X("horizon_week:O", title="weeks ahead", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("wape:Q", title="error (WAPE)", axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=True)),
            color=alt.Color(
                "method:N", scale=alt.Scale(domain=methods, range=ACCURACY), legend=alt.Legend(labelLimit=300)
            ),
            tooltip=["method:N", alt.Tooltip("horizon_week:O", title="week"), alt.Tooltip("wape:Q", format=".1%")],
        )
    )
    return styled(alt.layer(chart).properties(height=260))


def service(
    table: pd.DataFrame, week: Week, *, day: int | None, target: float | None, chance: bool = False
) -> alt.LayerChart:
    """Simulated service level by interval with its 95% interval; rows: minute and the columns of replay_intervals.csv.

    With `chance` the share of the runs in which the interval met its target, with its interval.
    """
    value, low, high, title = (
        ("p_target", "p_low", "p_high", "chance to meet the target")
        if chance
        else ("service_level", "low", "high", "answered in time")
    )
    table = table.assign(text=_texts(table, week))
    x = _span_x(week, day)
    base = alt.Chart(table)  # where no contact came the line breaks off
    y = alt.Scale(domain=[0, 1])
    percent = alt.Axis(format=".0%")
    band = base.mark_area(opacity=0.35, color=BAND).encode(
        x=x, y=alt.Y(f"{low}:Q", scale=y, title=title, axis=percent), y2=f"{high}:Q"
    )
    line = base.mark_line(strokeWidth=1.4, color=FORECAST).encode(x=x, y=alt.Y(f"{value}:Q", scale=y))
    targets = pd.DataFrame({"target": [] if target is None else [target]})
    rule = alt.Chart(targets).mark_rule(strokeDash=[5, 4], color=REQUIRED).encode(y="target:Q")
    hover = base.mark_point(opacity=0).encode(
        x=x,
        y=alt.Y(f"{value}:Q", scale=y),
        tooltip=[
            alt.Tooltip("text:N", title="time"),
            alt.Tooltip("service_level:Q", format=".1%", title="in time"),
            alt.Tooltip("low:Q", format=".1%"),
            alt.Tooltip("high:Q", format=".1%"),
            alt.Tooltip("p_target:Q", format=".0%", title="target met"),
            alt.Tooltip("offered:Q", format=",.1f", title="contacts"),
        ],
    )
    return styled(alt.layer(band, line, rule, *_day_lines(week, day), hover).properties(height=280))


def capacity(table: pd.DataFrame) -> alt.LayerChart:
    """Hours required, with their band, and supplied by week; rows: week (date), required, low, high, supplied.

    `available`, where it is there: the most that all people could give without overtime.
    """
    x = _weeks_x(table["week"].tolist())
    table = table.assign(at=range(len(table)), text=[f"{week:%d %b %Y}" for week in table["week"]])
    lines = [name for name in ("available", "supplied") if name in table]
    shades = dict(
        zip(("available", "supplied", "required", "80 % band"), (BOUND, FORECAST, REQUIRED, BAND), strict=True)
    )
    names = [*lines, "required", "80 % band"]
    colour = alt.Scale(domain=names, range=[shades[name] for name in names])
    y = alt.Scale(zero=False)
    base = alt.Chart(table.drop(columns="week"))
    title = "hours with contacts"
    tip = [alt.Tooltip("text:N", title="week of")]
    tip += [alt.Tooltip(f"{name}:Q", format=",.0f") for name in ("required", "low", "high", *lines)]
    band = base.mark_area(opacity=0.7).encode(x=x, y=alt.Y("low:Q", scale=y, title=title), y2="high:Q")
    required = base.mark_line(strokeWidth=1.4, strokeDash=[4, 3]).encode(
        x=x, y=alt.Y("required:Q", scale=y), tooltip=tip
    )
    given = {
        name: base.mark_line(strokeWidth=2).encode(x=x, y=alt.Y(f"{name}:Q", scale=y), tooltip=tip) for name in lines
    }
    # What is required lies on top, thin and dashed: where all of it is supplied both are one line.
    layers = [
        _coloured(band, "80 % band", colour),
        *(_coloured(line, name, colour) for name, line in given.items()),
        _coloured(required, "required", colour),
    ]
    return styled(alt.layer(*layers).properties(height=300))


def headcount(table: pd.DataFrame) -> alt.LayerChart:
    """People by week and contract, stacked; rows: week (date), contract, agents."""
    weeks = sorted(set(table["week"]))
    place = {week: at for at, week in enumerate(weeks)}
    table = table.assign(at=table["week"].map(place), text=[f"{week:%d %b %Y}" for week in table["week"]])
    chart = (
        alt.Chart(table.drop(columns="week"))
        .mark_area(opacity=0.85)
        .encode(
            x=_weeks_x(weeks),
            y=alt.Y("agents:Q", title="people", stack="zero"),
            color=alt.Color("contract:N", sort=list(dict.fromkeys(table["contract"]))),
            tooltip=[
                alt.Tooltip("text:N", title="week of"),
                "contract:N",
                alt.Tooltip("agents:Q", format=",.1f"),
            ],
        )
    )
    return styled(alt.layer(chart).properties(height=220))


def sweep(table: pd.DataFrame, *, measure: str, unit: str) -> alt.LayerChart:
    """A measure over the setting of a factor, a line for each setting of the second; rows as in sweep.csv.

    The chart's words come with the rows: a name of a user's is data, never part of an expression.
    """
    first = table.iloc[0]
    title = f"{measure.replace('_', ' ')}{f' ({unit})' if unit else ''}"
    base = alt.Chart(table).mark_line(point=alt.OverlayMarkDef(size=45), strokeWidth=1.8, color=FORECAST)
    tips = [
        alt.Tooltip("setting:Q", title=str(first["factor"]), format=",.4~f"),
        alt.Tooltip("value:Q", title=title, format=",.1f"),
    ]
    x = alt.X("setting:Q", title=str(first["factor"]), scale=alt.Scale(zero=False))
    y = alt.Y("value:Q", title=title, scale=alt.Scale(zero=False))
    if not first["second_factor"]:
        return styled(alt.layer(base.encode(x=x, y=y, tooltip=tips)).properties(height=300))
    second = str(first["second_factor"])
    colour = alt.Color("second_setting:O", scale=alt.Scale(scheme="viridis"), legend=alt.Legend(title=second))
    tips.insert(1, alt.Tooltip("second_setting:Q", title=second, format=",.4~f"))
    return styled(alt.layer(base.encode(x=x, y=y, color=colour, tooltip=tips)).properties(height=300))


def progress(rows: list[Progress]) -> alt.LayerChart | None:
    """Best cost and proved bound over the seconds of a solve, in agent-hours; None before the first."""
    found = [(row.seconds, name, value / 60) for row in rows for name, value in _values(row).items()]
    if not found:
        return None
    table = pd.DataFrame(found, columns=["seconds", "what", "hours"])
    # The first rosters can cost many times the last: what counts is how near the best one comes to the bound.
    wide = table["hours"].min() > 0 and table["hours"].max() > 4 * table["hours"].min()
    chart = (
        alt.Chart(table)
        .mark_line(interpolate="step-after", point=alt.OverlayMarkDef(size=14))
        .encode(
            x=alt.X("seconds:Q", title="seconds since the start"),
            y=alt.Y("hours:Q", title="agent-hours", scale=alt.Scale(type="log" if wide else "linear", zero=False)),
            color=alt.Color("what:N", scale=alt.Scale(domain=["best cost", "proved bound"], range=[FORECAST, BOUND])),
            tooltip=["what:N", alt.Tooltip("seconds:Q", format=",.1f"), alt.Tooltip("hours:Q", format=",.1f")],
        )
    )
    return styled(alt.layer(chart).properties(height=220))


def _weeks_x(weeks: list[date]) -> alt.X:
    """Weeks by their number, the first of each month named where there is room."""
    firsts = [at for at, week in enumerate(weeks) if at == 0 or week.month != weeks[at - 1].month]
    labels = ", ".join(f"'{at}': '{weeks[at]:%b %Y}'" for at in firsts)
    axis = alt.Axis(
        values=firsts,
        labelExpr=f"({{{labels}}})[datum.value]",
        title=None,
        grid=True,
        labelOverlap="greedy",
        tickCount=len(firsts),  # with fewer Vega drops values
    )
    return alt.X("at:Q", axis=axis, scale=alt.Scale(domain=[0, max(1, len(weeks) - 1)], nice=False))


def _closed(table: pd.DataFrame) -> pd.DataFrame:
    """The rows and the end of the last one: a step reaches only to the next point."""
    return pd.concat([table, table.tail(1).assign(minute=table["end"].tail(1))])


def _coloured(layer: alt.Chart, name: str, scale: alt.Scale) -> alt.Chart:
    """The layer in its colour, with its name in the legend."""
    return layer.transform_calculate(what=f"'{name}'").encode(color=alt.Color("what:N", scale=scale))


def _values(row: Progress) -> dict[str, float]:
    named = {"best cost": row.cost, "proved bound": row.bound}
    return {name: value for name, value in named.items() if value is not None}


def _span_x(week: Week, day: int | None) -> alt.X:
    first, last = (0, week.minutes) if day is None else (week.midnight(day), week.midnight(day + 1))
    axis = week_axis(week) if day is None else day_axis(week, first, last)
    return alt.X("minute:Q", axis=axis, scale=alt.Scale(domain=[first, last], nice=False))


def _day_lines(week: Week, day: int | None) -> list[alt.Chart]:
    if day is not None:
        return []
    lines = pd.DataFrame({"minute": midnights(week, 0, week.minutes)})
    return [alt.Chart(lines).mark_rule(color="#C9D2D9", strokeWidth=1).encode(x="minute:Q")]


def _texts(table: pd.DataFrame, week: Week) -> list[str]:
    return [week.wall(int(minute)).strftime("%a %d %b %H:%M") for minute in table["minute"]]
