"""The form of a scenario: everything a planner asks most often, as lines of the scenario file."""

import json
from collections.abc import Mapping
from datetime import date

import streamlit as st

from ui.wording import date_text
from wfm.centre import Centre
from wfm.clock import Week
from wfm.exchange.plaintext import clean
from wfm.scenario import ALL

KEY = "what-if-"
NONE = ""
HOURS = [f"{hour:02d}:00" for hour in range(25)]

Given = Mapping[str, object]  # what stands in the form, by its keys without KEY


def scenario_form(of: Centre, week: Week) -> None:
    """What changes, by topic; what is left as it stands changes nothing."""
    columns = st.columns([2, 4])
    columns[0].text_input("Name", key=f"{KEY}name", max_chars=60)
    columns[1].text_input("Reason", key=f"{KEY}reason")
    _load(of, week)
    _targets(of)
    _people(of)
    _skills(of)


def missing(given: Given) -> list[str]:
    """What has to be filled in beside what was entered: without it that would change nothing."""
    won, like = str(given["won"] or "").strip(), given["won-like"]
    hours = (given["from-hour"], given["to-hour"]) != (HOURS[0], HOURS[-1])
    unchanged = given["volume"] == 100 and given["aht"] == 100
    faults = {
        "“whose queue is like”: a client won needs the queue that its own is like": won and not like,
        "“Client won”: the queue that its own is like needs the client's name": like and not won,
        "“Who can serve”: those who learn a queue are people who can serve another": (
            given["learned"] and not given["learned-from"]
        ),
        "“learn”: those who can serve a queue need another to learn": given["learned-from"] and not given["learned"],
        "“Contacts (%)” or “Handling time (%)”: nothing else changes on a date": given["date"] is not None
        and unchanged,
        "“When”: hours from and to are those of a date": given["date"] is None and hours,
    }
    return [text for text, wrong in faults.items() if wrong]


def scenario_lines(given: Given, of: Centre) -> list[str]:
    """The scenario as the file has it: a key for everything that is not as the centre has it; nothing is `missing`."""
    lines = ["[[scenario]]", f"name = {quoted(given['name'])}"]
    lines += [f"reason = {quoted(given['reason'])}"] if str(given["reason"]).strip() else []
    absence, seats = _number(given["absence"]) / 100, given["seats"]
    lines += [f"absence_rate = {absence:.4g}"] if abs(absence - of.absence_rate) > 1e-9 else []
    lines += [f"seats = {seats}"] if seats is not None and seats != of.seats else []
    queue, dated = quoted(given["queue"]), given["date"] is not None
    factors = {name: _number(given[name]) / 100 for name in ("volume", "aht", "patience")}
    whole = {name: value for name, value in factors.items() if value != 1 and not (dated and name != "patience")}
    lines += [f"{name}.{queue} = {value:g}" for name, value in whole.items()]
    if given["target"] is not None:
        lines.append(f"queues.{queue}.service_level = {_number(given['target']) / 100:.4g}")
    contract = quoted(given["contract"])
    lines += [f"staff.{contract} = {_number(given['staff']) / 100:g}"] if given["staff"] != 100 else []
    lines += [f"contracts.{contract}.min_rest_hours = {_number(given['rest']):g}"] if given["rest"] is not None else []
    lines += ["[scenario.client]", f"lost = {quoted(given['lost'])}"] if given["lost"] else []
    if given["won-like"]:
        lines += ["[[scenario.client.won]]", f"client = {quoted(given['won'])}", f"queue = {quoted(given['won'])}"]
        lines += [f"like = {quoted(given['won-like'])}", f"volume = {_number(given['won-volume']) / 100:g}"]
    if dated:
        lines += _day(given, factors)
    if given["learned"]:
        lines += [
            "[[scenario.skills]]",
            f"queue = {quoted(given['learned'])}",
            f"from = {quoted(given['learned-from'])}",
        ]
        lines.append(f"share = {_number(given['share']) / 100:g}")
    return lines


def quoted(text: object) -> str:
    """A text as TOML writes it."""
    return json.dumps(" ".join(clean(str(text)).split()), ensure_ascii=False)


def whom(name: str) -> str:
    """The name, or all queues."""
    return "all queues" if name == ALL else name


def _day(given: Given, factors: Mapping[str, float]) -> list[str]:
    day, first, last = given["date"], str(given["from-hour"]), str(given["to-hour"])
    assert isinstance(day, date)
    lines = ["[[scenario.day]]", f'date = "{day.isoformat()}"']
    lines += [f'from = "{first}"', f'to = "{last}"'] if (first, last) != (HOURS[0], HOURS[-1]) else []
    lines += [f"queue = {quoted(given['queue'])}"] if given["queue"] != ALL else []
    return lines + [f"{name} = {factors[name]:g}" for name in ("volume", "aht") if factors[name] != 1]


def _load(of: Centre, week: Week) -> None:
    columns = st.columns([2, 1, 1, 1, 2, 1, 1])
    columns[0].selectbox("Queue", [ALL, *of.queues], format_func=whom, key=f"{KEY}queue")
    columns[1].number_input("Contacts (%)", 0, 1000, 100, step=5, key=f"{KEY}volume")
    columns[2].number_input("Handling time (%)", 1, 1000, 100, step=5, key=f"{KEY}aht")
    columns[3].number_input("Patience (%)", 1, 1000, 100, step=5, key=f"{KEY}patience")
    dates = [None, *(week.date_of(day) for day in range(7))]
    columns[4].selectbox(
        "When", dates, format_func=_when, key=f"{KEY}date",
        help="A campaign or an outage is a date, or some hours of it: contacts and handling time change then only.",
    )  # fmt: skip
    columns[5].selectbox("From", HOURS[:-1], key=f"{KEY}from-hour")
    columns[6].selectbox("To", HOURS[1:], index=23, key=f"{KEY}to-hour")


def _targets(of: Centre) -> None:
    columns = st.columns(4)
    columns[0].number_input(
        "In time, target (%)", 1.0, 100.0, None, key=f"{KEY}target", placeholder="as it is", help="Of the queue above."
    )
    columns[1].number_input("Absence (%)", 0.0, 90.0, 100 * of.absence_rate, 0.5, key=f"{KEY}absence")
    columns[2].number_input("Seats", 0, 100_000, of.seats, key=f"{KEY}seats", placeholder="no limit")
    clients = sorted({queue.client for queue in of.queues.values() if queue.client})
    columns[3].selectbox("Client lost", [NONE, *clients], format_func=_nobody, key=f"{KEY}lost")


def _people(of: Centre) -> None:
    columns = st.columns(3)
    columns[0].selectbox("Contract", [ALL, *of.contracts], format_func=_contracts, key=f"{KEY}contract")
    columns[1].number_input(
        "People of it (%)", 0, 1000, 100, step=5, key=f"{KEY}staff", help="More are copies of some who are there."
    )
    columns[2].number_input("Rest between shifts (h)", 0.0, 24.0, None, 0.5, key=f"{KEY}rest", placeholder="as it is")


def _skills(of: Centre) -> None:
    columns = st.columns([2, 2, 1, 2, 2, 1])
    columns[0].selectbox("Who can serve", [NONE, *of.queues], format_func=_nobody, key=f"{KEY}learned-from")
    columns[1].selectbox("learn", [NONE, *of.queues], format_func=_nobody, key=f"{KEY}learned")
    columns[2].number_input("Share (%)", 0, 100, 20, step=5, key=f"{KEY}share")
    columns[3].text_input("Client won", key=f"{KEY}won", max_chars=60, help="Its queue gets the same name.")
    columns[4].selectbox("whose queue is like", [NONE, *of.queues], format_func=_nobody, key=f"{KEY}won-like")
    columns[5].number_input("of its contacts (%)", 1, 1000, 50, step=5, key=f"{KEY}won-volume")


def _when(day: date | None) -> str:
    return "the whole week" if day is None else date_text(day)


def _nobody(name: str) -> str:
    return name or "–"


def _contracts(name: str) -> str:
    return "all contracts" if name == ALL else name


def _number(value: object) -> float:
    return float(str(value))
