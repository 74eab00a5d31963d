"""What pages have in common: a head, a row of figures, and a word where there is nothing to show yet."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from ui import plan_data
from ui.plan_data import Plan
from ui.wording import date_text, plain
from wfm.centre import Centre
from wfm.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number in a card: `note` stands under it, `meaning` opens from a question mark."""

    name: str
    value: str
    note: str | None = None
    meaning: str | None = None
    alarming: bool = False


def head(title: str, of: Centre | None, planned: Plan | None = None) -> None:
    """The title of a page with what it is about."""
    st.title(title, anchor=False)
    parts = [plain(of.name)] if of else []
    if planned is not None:
        parts.append(f"week of {date_text(planned.week.monday)}")
    if parts:
        st.caption(" · ".join(parts))


def figure_row(figures: list[Figure]) -> None:
    """Cards side by side."""
    for column, figure in zip(st.columns(len(figures), gap="small"), figures, strict=True):
        column.metric(
            figure.name,
            figure.value,
            figure.note,
            delta_color="red" if figure.alarming else "off",
            delta_arrow="off",
            border=True,
            help=figure.meaning,
        )


def fault_table(faults: Iterable[Fault], *, first_row: int | None = None) -> None:
    """Faults as a table; rows are lines of their file, or are counted from `first_row` below its header."""
    moved = 0 if first_row is None else first_row - 2
    rows = [(fault.file, fault.row + moved, fault.column, fault.expected, fault.got) for fault in faults]
    st.dataframe(
        pd.DataFrame(rows, columns=["file", "row", "column", "expected", "got"]),
        hide_index=True,
        column_config={"expected": st.column_config.TextColumn(width="large")},
    )


def centre_or_stop() -> Centre:
    """The centre; a page that cannot do without ends here, with a word about where to look."""
    found = plan_data.centre()
    if isinstance(found, Centre):
        return found
    st.error(f"The centre's folder has {len(found)} fault(s). The Data page lists them.", icon=":material/error:")
    st.stop()


def plan_or_stop(of: Centre) -> Plan:
    """The plan; a page that cannot do without ends here."""
    found = plan_data.plan(of)
    if found is None:
        st.info("There is no plan yet. Start one on the Roster page.", icon=":material/info:")
        st.stop()
    return found
