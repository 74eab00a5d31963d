"""What pages have in common: a head, a row of figures, and a word where there is nothing to show yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

import pandas as pd
import streamlit as st

from ui import plan_data
from ui.folders import plan_folder
from ui.plan_data import Plan
from ui.wording import date_text, plain
from wfm.centre import Centre
from wfm.faults import Fault

TYPES = {".csv": "text/csv", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


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


def download_row(labels: Mapping[str, str], *, key: str) -> None:
    """A button for each file of the plan's folder that is there, by its label; `key` begins the keys."""
    with st.container(horizontal=True):
        for name, label in labels.items():
            path = plan_folder() / name
            if not path.exists():
                continue
            content = path.read_bytes()
            # With a hash: a browser, and the server, must not take a new file for the one they know.
            file = f"{path.stem}_{sha256(content).hexdigest()[:8]}{path.suffix}"
            st.download_button(
                label, content, file, TYPES[path.suffix], icon=":material/download:", key=f"{key}-{name}",
                on_click="ignore",
            )  # fmt: skip
