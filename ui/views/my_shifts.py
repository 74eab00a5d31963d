"""The page for one agent: the own week, to see and to take along."""

from hashlib import sha256

import pandas as pd
import streamlit as st

from ui.gantt import gantt
from ui.page import centre_or_stop, head, plan_or_stop
from ui.plan_data import Plan
from ui.staffing import agent_label, gantt_rows
from ui.wording import day_text, plain
from wfm.centre import Centre
from wfm.exchange import agent_calendar, agent_workbook, kind_of
from wfm.roster import Activity, Shift

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page() -> None:
    """Draw the page."""
    of = centre_or_stop()
    planned = plan_or_stop(of)
    head("My shifts", of, planned)
    agent = st.selectbox(
        "Agent", list(of.agents), format_func=lambda value: agent_label(of, value), key="shifts-agent", width=420,
        help="Type part of a number or a name.",
    )  # fmt: skip
    if agent is None:
        st.info("The centre has no agents.", icon=":material/info:")
        return
    shifts = [shift for shift in planned.shifts.get(agent, []) if 0 <= shift.day < 7]
    _head(of, agent, shifts)
    if not shifts:
        _without(planned, agent)
    _week(planned, of, shifts)
    if shifts:
        _picture(planned, of, agent)
        _downloads(planned, of, agent, shifts)


def _head(of: Centre, agent: str, shifts: list[Shift]) -> None:
    person = of.agents[agent]
    st.markdown(
        f"**{plain(person.name or agent)}** · team {plain(person.team)} · contract {plain(person.contract)} · "
        f"{plain(', '.join(person.skills))}"
    )
    paid = sum(shift.paid_minutes for shift in shifts) / 60
    training = sum(shift.minutes_of(Activity.TRAINING) for shift in shifts) / 60
    figures = (("Shifts", f"{len(shifts)}"), ("Paid hours", f"{paid:,.1f} h"), ("Training", f"{training:,.1f} h"))
    with st.container(horizontal=True):
        for name, value in figures:
            st.metric(name, value, border=True, width=170)


def _without(planned: Plan, agent: str) -> None:
    reasons = planned.unrostered.loc[planned.unrostered["agent"] == agent, "reason"]
    reason = plain(str(reasons.iloc[0])) if len(reasons) else "not employed this week"
    st.info(f"No shift this week: {reason}", icon=":material/event_busy:")


def _week(planned: Plan, of: Centre, shifts: list[Shift]) -> None:
    by_day = {shift.day: shift for shift in shifts}
    table = pd.DataFrame([_row(planned, of, day, by_day.get(day)) for day in range(7)])
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        placeholder="",
        column_config={"paid hours": st.column_config.NumberColumn(format="%.1f")},
    )


def _row(planned: Plan, of: Centre, day: int, shift: Shift | None) -> dict[str, object]:
    row: dict[str, object] = {"day": day_text(planned.week.date_of(day))}
    if shift is None:
        return row | {"shift": "free", "from": "", "to": "", "paid hours": None, "breaks": "", "training, meetings": ""}
    return row | {
        "shift": kind_of(shift, of, planned.week) or "own times",
        "from": _clock(planned, shift.start),
        "to": _clock(planned, shift.end),
        "paid hours": shift.paid_minutes / 60,
        "breaks": _listed(planned, shift, Activity.REST, Activity.MEAL),
        "training, meetings": _listed(planned, shift, Activity.TRAINING, Activity.MEETING),
    }


def _clock(planned: Plan, minute: int) -> str:
    return planned.week.wall(minute).strftime("%H:%M")


def _listed(planned: Plan, shift: Shift, *activities: Activity) -> str:
    return ", ".join(
        f"{segment.activity} {_clock(planned, segment.start)}–{_clock(planned, segment.end)}"
        for segment in shift.segments
        if segment.activity in activities
    )


def _picture(planned: Plan, of: Centre, agent: str) -> None:
    week = planned.week
    spans = gantt_rows(planned.segments, of, week, agents=[agent], day=None)
    spans = spans.assign(row=[shift[: shift.index(":") - 3] for shift in spans["shift"]])
    days = [day_text(week.date_of(day)) for day in range(7)]
    # A row a day, every day from its own midnight.
    own = planned.segments[planned.segments["agent"] == agent]["day"].to_numpy()
    midnight = pd.Series([week.midnight(int(day)) for day in own], index=spans.index)
    spans = spans.assign(first=spans["first"] - midnight, last=spans["last"] - midnight)[(own >= 0) & (own < 7)]
    last = max(1440, -(-int(spans["last"].max()) // 60) * 60)
    st.altair_chart(gantt(spans, week, rows=days, first=0, last=last), theme=None)


def _downloads(planned: Plan, of: Centre, agent: str, shifts: list[Shift]) -> None:
    workbook = agent_workbook(of, planned.week, agent, shifts)
    calendar = agent_calendar(of, planned.week, agent, shifts)
    with st.container(horizontal=True):
        st.download_button(
            "Excel", workbook, _file_name(planned, agent, workbook, "xlsx"), EXCEL, icon=":material/table_view:",
            key="shifts-excel", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Calendar", calendar, _file_name(planned, agent, calendar, "ics"), "text/calendar",
            icon=":material/calendar_month:", key="shifts-calendar", on_click="ignore",
        )  # fmt: skip
    st.caption(
        "The calendar file opens in phones and mail programmes; taking a newer one replaces the shifts of the older."
    )


def _file_name(planned: Plan, agent: str, content: bytes, suffix: str) -> str:
    """With a hash: a browser, and the server, must not take a new file for the one they know."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in agent)
    return f"{safe}_{planned.week.monday}_{sha256(content).hexdigest()[:8]}.{suffix}"
