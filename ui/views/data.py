"""The page on the centre's folder: what was read, and what is wrong with it."""

from pathlib import Path

import pandas as pd
import streamlit as st

from ui.folders import centre_folder, centre_mark
from ui.page import Figure, fault_table, figure_row, head
from ui.plan_data import centre, read_again
from ui.wording import whole
from wfm.centre import Centre, Contract
from wfm.clock import clock_text
from wfm.faults import Fault

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def page() -> None:
    """Draw the page."""
    found = centre()
    head("Data", found if isinstance(found, Centre) else None)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(str(centre_folder()))
        if st.button("Read again", icon=":material/refresh:"):
            read_again()
            st.rerun()
    if isinstance(found, Centre):
        _read(found)
    else:
        _faults(found)
    st.subheader("Files", anchor=False)
    st.dataframe(
        _files(centre_folder()),
        hide_index=True,
        width="content",
        height="content",
        placeholder="–",
        column_config={
            "file": st.column_config.TextColumn(width="medium"),
            "rows": st.column_config.NumberColumn(format="localized"),
            "KiB": st.column_config.NumberColumn(format="%,.1f"),
            "changed (UTC)": st.column_config.DatetimeColumn(format="D MMM YYYY HH:mm"),
        },
    )
    st.caption("Rows are lines under the header; a dash where a file is no table of text.")


def _faults(faults: tuple[Fault, ...]) -> None:
    st.error(
        f"{whole(len(faults))} fault(s): nothing is planned from this folder until they are mended.",
        icon=":material/error:",
    )
    fault_table(faults)
    st.caption("Row is the line of the file, its header is line 1; for TOML files the line and the key.")


def _read(found: Centre) -> None:
    st.success("Every file was read without a fault.", icon=":material/check_circle:")
    teams, clients = ({a.team for a in found.agents.values()}, {q.client for q in found.queues.values()})
    seats = "no limit" if found.seats is None else "workplaces shared by all queues"
    others = f"{len(found.absences):,} absences, {len(found.locks):,} locks"
    figure_row(
        [
            Figure(name="Agents", value=whole(len(found.agents)), note=f"{len(teams)} teams"),
            Figure(name="Queues", value=whole(len(found.queues)), note=f"{len(clients)} clients"),
            Figure(name="Contracts", value=whole(len(found.contracts)), note=f"{len(found.kinds)} kinds of shift"),
            Figure(name="Seats", value=whole(found.seats), note=seats),
            Figure(name="History rows", value=whole(len(found.history)), note=_span(found)),
            Figure(name="Requests", value=whole(len(found.requests)), note=others),
        ]
    )
    queues, contracts, kinds, agents = st.tabs(["Queues", "Contracts", "Kinds of shift", "Agents"])
    queues.dataframe(
        _queues(found),
        hide_index=True,
        placeholder="–",
        column_config={"agents with the skill": st.column_config.NumberColumn(format="localized")},
    )
    contracts.dataframe(
        pd.DataFrame([_contract(c) for c in found.contracts.values()]), hide_index=True, placeholder="–"
    )
    kinds.dataframe(_kinds(found), hide_index=True, placeholder="–")
    agents.dataframe(_agents(found), hide_index=True, height=360, placeholder="–")


def _span(found: Centre) -> str:
    if found.history.empty:
        return "no history"
    first, last = found.history["start"].min(), found.history["start"].max()
    return f"{first:%d %b %Y} – {last:%d %b %Y}"


def _queues(found: Centre) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "queue": q.queue,
            "client": q.client,
            "channel": str(q.channel),
            "service level": f"{q.service_level:.0%} in {q.threshold_seconds:,.0f} s",
            "patience (s)": q.patience_seconds,
            "occupancy at most": f"{q.max_occupancy:.0%}",
            "at once": q.concurrency,
            "weight": q.weight,
            "agents with the skill": sum(q.queue in agent.skills for agent in found.agents.values()),
        }
        for q in found.queues.values()
    )


def _contract(contract: Contract) -> dict[str, object]:
    def hours(minutes: int | None) -> float | None:
        return None if minutes is None else minutes / 60

    def pair(values: tuple[int, int] | None, unit: int = 1) -> str | None:
        return None if values is None else f"{values[0] / unit:g} – {values[1] / unit:g}"

    return {
        "contract": contract.contract,
        "kinds of shift": ", ".join(contract.shifts),
        "hours a week": pair(contract.weekly_minutes, 60),
        "days": pair(contract.days),
        "hours a day at most": hours(contract.daily_minutes_max),
        "rest (h)": hours(contract.min_rest_minutes),
        "days in a row": contract.max_consecutive_days,
        "days off together": contract.min_days_off_together,
        "nights": contract.max_nights,
        "training a month (h)": hours(contract.training_minutes_month),
    }


def _kinds(found: Centre) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": kind.kind,
            "starts": f"{clock_text(kind.earliest_start)} – {clock_text(kind.latest_start)}",
            "every (min)": kind.step_minutes,
            "paid hours": ", ".join(f"{minutes / 60:g}" for minutes in kind.paid_minutes),
            "meal (min)": kind.meal.minutes if kind.meal else None,
            "rests": len(kind.rests),
            "training (min)": ", ".join(map(str, kind.session_minutes)) or None,
        }
        for kind in found.kinds.values()
    )


def _agents(found: Centre) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "agent": agent.agent,
            "name": agent.name,
            "team": agent.team,
            "contract": agent.contract,
            "hired on": agent.hired_on,
            "leaves on": agent.leaves_on,
            "skills": ", ".join(agent.skills),
        }
        for agent in found.agents.values()
    )


def _files(folder: Path) -> pd.DataFrame:
    rows = [
        (name, _rows(folder / name), size / 1024, pd.Timestamp(changed, unit="ns"))
        for name, changed, size in centre_mark(folder)
    ]
    return pd.DataFrame(rows, columns=["file", "rows", "KiB", "changed (UTC)"])


@st.cache_data(show_spinner=False, max_entries=64)
def _lines(path: Path, changed: int) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def _rows(path: Path) -> int | None:
    """Rows under the header of a text table; None for other files."""
    return max(0, _lines(path, path.stat().st_mtime_ns) - 1) if path.suffix == ".csv" else None
