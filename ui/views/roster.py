"""The page of the roster: start a plan, watch it, and see how well it covers the load."""

import pandas as pd
import streamlit as st

from ui import charts
from ui.gantt import gantt
from ui.job_panel import job_panel
from ui.page import Figure, centre_or_stop, figure_row, head
from ui.plan_data import Plan, plan
from ui.staffing import ALL, agent_label, by_day_and_time, by_interval, gantt_rows, roster_agents
from ui.wording import day_text, duration_text, percent, plain, share, tenth, whole
from wfm.centre import Centre

PER_PAGE = 25
WEEK = "week"
EVERY = "all"
STATUS = {
    "optimal": ("Optimal", "proved: no roster is better"),
    "feasible": ("Feasible", "legal; how far from best is the gap"),
    "infeasible": ("Infeasible", "locks clash with the rules"),
    "undecided": ("Undecided", "no roster was found in time"),
}


def page() -> None:
    """Draw the page."""
    of = centre_or_stop()
    planned = plan(of)
    head("Roster", of, planned)
    job_panel(of, planned)
    if planned is None:
        st.info("There is no plan in this folder yet.", icon=":material/info:")
        return
    _figures(planned, of)
    _clashes(planned)
    if planned.coverage.empty:
        return
    _coverage(planned, of)
    _agents(planned, of)
    _findings(planned, of)


def _figures(planned: Plan, of: Centre) -> None:
    figure_row(_quality(planned))
    figure_row(_extent(planned, of))


def _quality(planned: Plan) -> list[Figure]:
    figure, status = planned.figure, str(planned.summary.get("status"))
    required, short, surplus = figure("required_hours"), figure("short_hours"), figure("surplus_hours")
    name, note = STATUS.get(status, (status, ""))
    return [
        Figure(name="Status", value=name, note=note, meaning="How sure it is that no better roster exists."),
        Figure(
            name="Rule violations",
            value=whole(figure("violations")),
            note="found by the checker",
            meaning="The checker restates every rule without the solver.",
            alarming=bool(figure("violations")),
        ),
        Figure(
            name="Short",
            value=tenth(short, "h"),
            note=f"{percent(share(short, required))} of {whole(required)} h required",
            meaning="Agent-hours missing, over all queues and intervals.",
        ),
        Figure(
            name="Surplus",
            value=tenth(surplus, "h"),
            note=f"{percent(share(surplus, required))} of required",
            meaning="Agent-hours above the requirement, over all queues and intervals.",
        ),
        Figure(
            name="Gap to the bound",
            value=percent(figure("gap"), 2),
            note=f"at most {tenth(figure('gap_hours'), 'h')} from best",
            meaning="Between this roster's cost and the lowest cost that is proved possible.",
        ),
    ]


def _extent(planned: Plan, of: Centre) -> list[Figure]:
    figure = planned.figure
    owed, placed = figure("training_minutes_owed"), figure("training_minutes_placed")
    wishes, met = figure("requests"), figure("requests_met")
    return [
        Figure(
            name="Rostered",
            value=whole(figure("rostered")),
            note=f"of {whole(figure('agents'))} agents",
            meaning="Agents with a shift this week.",
        ),
        Figure(
            name="Peak seats",
            value=whole(figure("peak_seats")),
            note="no limit" if of.seats is None else f"of {whole(of.seats)} seats",
            meaning="Most people who hold a workplace at once.",
        ),
        Figure(
            name="Training placed",
            value=percent(share(placed, owed)),
            note=f"{tenth(_hours(placed))} of {tenth(_hours(owed), 'h')} due",
            meaning="Of what is due this week.",
        ),
        Figure(
            name="Requests met",
            value=percent(share(met, wishes)),
            note=f"{whole(met)} of {whole(wishes)}",
            meaning="Wishes of agents that this roster fulfils.",
        ),
        Figure(
            name="Planned in",
            value=duration_text(_seconds(planned)),
            note=f"seed {planned.summary.get('seed', '–')}",
            meaning="Forecast, requirement, roster, check and export together.",
        ),
    ]


def _clashes(planned: Plan) -> None:
    clashes = planned.summary.get("clashes")
    if isinstance(clashes, list) and clashes:
        st.error("These rules and locks clash; without any one of them a legal roster exists.", icon=":material/error:")
        st.dataframe(pd.DataFrame(clashes), hide_index=True, width="content")


def _coverage(planned: Plan, of: Centre) -> None:
    week = planned.week
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader("Coverage", anchor=False, width="stretch")
        queue = st.selectbox("Queue", [ALL, *of.queues], key="coverage-queue", width=210, label_visibility="collapsed")
        day = _day_choice(planned, key="coverage-day", week_first=True)
    st.altair_chart(charts.coverage(by_interval(planned.coverage, queue, day=day), week, day=day), theme=None)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Where people lack or abound**", width="stretch")
        kind = st.segmented_control(
            "Shown", ["staffed − required", "short only"], default="staffed − required", required=True,
            key="heat-kind", label_visibility="collapsed",
        )  # fmt: skip
    short_only = kind == "short only"
    table = by_day_and_time(planned.coverage, queue, week, short_only=short_only)
    st.altair_chart(
        charts.heat_map(table, days=[day_text(week.date_of(d)) for d in range(7)], short_only=short_only), theme=None
    )
    st.caption(
        "Agents, averaged over each interval. Required counts the people to roster, absence on top; everyone at work is "
        "shared out among the own queues so that shortage costs least."
    )


def _agents(planned: Plan, of: Centre) -> None:
    st.subheader("Agents", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input("Search", placeholder="number or name", key="agents-search", width=200)
        teams = sorted({agent.team for agent in of.agents.values()})
        team = st.selectbox("Team", [EVERY, *teams], key="agents-team", width=180)
        contract = st.selectbox("Contract", [EVERY, *of.contracts], key="agents-contract", width=180)
        day = _day_choice(planned, key="agents-day", week_first=False)
    found = roster_agents(
        of,
        planned.segments,
        day=day,
        team=None if team == EVERY else team,
        contract=None if contract == EVERY else contract,
        search=search,
    )
    if not found:
        st.info("No agent with a shift matches.", icon=":material/search_off:")
        return
    pages = -(-len(found) // PER_PAGE)
    with st.container(horizontal=True, vertical_alignment="center"):
        number = st.pagination(pages, key=f"agents-page-{pages}") if pages > 1 else 1
        first = (number - 1) * PER_PAGE
        page_agents = found[first : first + PER_PAGE]
        when = "this week" if day is None else f"on {day_text(planned.week.date_of(day))}"
        order = "in the order of agents.csv" if day is None else "by start of shift"
        st.caption(
            f"{first + 1:,} – {first + len(page_agents):,} of {len(found):,} agents with a shift {when}, {order}"
        )
    _gantt(planned, of, page_agents, day)


def _gantt(planned: Plan, of: Centre, agents: list[str], day: int | None) -> None:
    week = planned.week
    rows = gantt_rows(planned.segments, of, week, agents=agents, day=day)
    if day is None:
        first, last = 0, max(week.minutes, int(rows["last"].max()))
    else:
        first, last = week.midnight(day), max(week.midnight(day + 1), int(rows["last"].max()))
        last = -(-last // 60) * 60
    chart = gantt(rows, week, rows=[agent_label(of, agent) for agent in agents], first=first, last=last)
    st.altair_chart(chart, theme=None)


def _findings(planned: Plan, of: Centre) -> None:
    violations, unrostered = planned.violations, planned.unrostered
    names = [f"Violations ({len(violations):,})", f"Without a shift ({len(unrostered):,})", "Short periods", "Cost"]
    tabs = st.tabs(names)
    with tabs[0]:
        _violations(violations)
    with tabs[1]:
        _unrostered(unrostered, of)
    with tabs[2]:
        _short_periods(planned)
    with tabs[3]:
        _cost(planned)
    inputs = str(planned.summary.get("inputs_sha256", ""))
    if inputs:
        st.caption(f"Inputs {plain(inputs[:12])} · the same inputs, seed and work limit give the same roster.")


def _violations(violations: pd.DataFrame) -> None:
    if violations.empty:
        st.success("The checker found no violation of any rule.", icon=":material/check_circle:")
        return
    st.dataframe(
        violations,
        hide_index=True,
        placeholder="–",
        column_config={"message": st.column_config.TextColumn(width="large")},
    )


def _unrostered(unrostered: pd.DataFrame, of: Centre) -> None:
    if unrostered.empty:
        st.success("Every employed agent has a shift.", icon=":material/check_circle:")
        return
    names = [of.agents[agent].name if agent in of.agents else "" for agent in unrostered["agent"]]
    table = unrostered.assign(name=names)[["agent", "name", "reason"]]
    st.dataframe(table, hide_index=True, column_config={"reason": st.column_config.TextColumn(width="large")})
    st.caption("Every employed agent without a shift this week, and why.")


def _short_periods(planned: Plan) -> None:
    periods = planned.summary.get("short_periods")
    if not isinstance(periods, list) or not periods:
        st.success("No period is left short.", icon=":material/check_circle:")
        return
    table = pd.DataFrame(periods).rename(columns={"short_hours": "agent-hours short"})
    st.dataframe(table, hide_index=True, width="content")
    st.caption("The periods of a queue that lack most, the worst first.")


def _cost(planned: Plan) -> None:
    terms = planned.summary.get("cost_terms")
    if not isinstance(terms, dict) or not terms:
        return
    table = pd.DataFrame({"term": list(terms), "agent-hours": [float(value) / 60 for value in terms.values()]})
    config = {"agent-hours": st.column_config.NumberColumn(format="%,.1f")}
    st.dataframe(table, hide_index=True, width="content", column_config=config)
    st.caption(
        f"What the roster costs: {tenth(_hours(planned.figure('cost')), 'agent-hours')} in all; "
        f"no legal roster costs less than {tenth(_hours(planned.figure('bound')), 'agent-hours')}."
    )


def _day_choice(planned: Plan, *, key: str, week_first: bool) -> int | None:
    options: list[int | str] = [WEEK, *range(7)]

    def name(option: int | str) -> str:
        return "Week" if isinstance(option, str) else day_text(planned.week.date_of(option))

    default = WEEK if week_first else 0
    chosen = st.segmented_control(
        "Day", options, default=default, required=True, format_func=name, key=key, label_visibility="collapsed"
    )
    return chosen if isinstance(chosen, int) else None


def _hours(minutes: float | None) -> float | None:
    return None if minutes is None else minutes / 60


def _seconds(planned: Plan) -> float | None:
    seconds = planned.summary.get("seconds")
    total = seconds.get("total") if isinstance(seconds, dict) else seconds
    return float(total) if isinstance(total, int | float) else None
