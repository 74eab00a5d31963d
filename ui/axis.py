"""Axes of wall time over minutes of the week.

Charts count minutes and carry their own labels: a browser never converts a time, whatever its time zone.
"""

import altair as alt

from ui.wording import day_text
from wfm.clock import Week

LABEL, GRID, INK = "#56646F", "#E6EBEF", "#1D2A35"


def week_axis(week: Week) -> alt.Axis:
    """One label a day, in the middle of it, and a line at every midnight."""
    names = {(week.midnight(day) + week.midnight(day + 1)) // 2: day_text(week.date_of(day)) for day in range(7)}
    return _axis(names, grid=False)


def day_axis(week: Week, first: int, last: int) -> alt.Axis:
    """A label for every second hour between two minutes of the week, as the clock shows it."""
    hours = [minute for minute in range(first, last + 1, 60) if week.wall(minute).hour % 2 == 0]
    return _axis({minute: week.wall(minute).strftime("%H:%M") for minute in hours}, grid=True)


def clock_axis() -> alt.Axis:
    """A label for every second hour of a day of 1,440 minutes."""
    return _axis({60 * hour: f"{hour:02d}:00" for hour in range(0, 24, 2)}, grid=False)


def midnights(week: Week, first: int, last: int) -> list[int]:
    """Midnights strictly between two minutes of the week."""
    return [minute for day in range(-1, 10) if first < (minute := week.midnight(day)) < last]


def _axis(names: dict[int, str], *, grid: bool) -> alt.Axis:
    labels = ", ".join(f"'{value}': '{name}'" for value, name in names.items())
    return alt.Axis(
        values=list(names),
        labelExpr=f"({{{labels}}})[datum.value]",
        title=None,
        grid=grid,
        labelOverlap=True,
        labelFlush=False,
    )


def styled(chart: alt.LayerChart | alt.Chart | alt.VConcatChart) -> alt.LayerChart | alt.Chart | alt.VConcatChart:
    """The chart in the look of the pages."""
    return (
        chart.configure(font="Source Sans, Noto Sans CJK SC, sans-serif", background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=LABEL,
            titleColor=LABEL,
            gridColor=GRID,
            domainColor="#C9D2D9",
            tickColor="#C9D2D9",
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            titlePadding=8,
        )
        .configure_legend(
            orient="top",
            title=None,
            labelColor=INK,
            labelFontSize=12.5,
            symbolSize=130,
            padding=0,
            offset=6,
            columnPadding=18,
        )
        .configure_title(fontSize=13, color=INK, anchor="start", fontWeight=600)
    )
