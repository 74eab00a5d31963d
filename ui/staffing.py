"""Tables that the charts of a roster draw, aggregated from a plan's tables."""

import pandas as pd

from ui.wording import day_text
from wfm.centre import Centre
from wfm.clock import Week, clock_text

ALL = "all queues"


def by_interval(coverage: pd.DataFrame, queue: str, *, day: int | None) -> pd.DataFrame:
    """Rows minute, end, required, staffed of a queue or of all added up, of a day or the week."""
    chosen = _chosen(coverage, queue)
    if day is not None:
        chosen = chosen[chosen["day"] == day]
    return chosen.groupby(["minute", "end"], as_index=False)[["required", "staffed"]].sum()


def by_day_and_time(coverage: pd.DataFrame, queue: str, week: Week, *, short_only: bool) -> pd.DataFrame:
    """Rows day, clock, clock_end, time, required, staffed, difference, for a heat map of the week.

    `short_only`: the difference adds up what each queue lacks, so that one queue's plenty hides no other's need.
    """
    chosen = _chosen(coverage, queue)
    difference = chosen["staffed"] - chosen["required"]
    chosen = chosen.assign(difference=difference.clip(upper=0) if short_only else difference)
    # An hour that the clock shows twice is one cell: its mean.
    by_minute = chosen.groupby(["minute", "day", "clock"], as_index=False)[["required", "staffed", "difference"]].sum()
    cells = by_minute.groupby(["day", "clock"], as_index=False)[["required", "staffed", "difference"]].mean()
    names = {day: day_text(week.date_of(day)) for day in range(7)}
    return cells.assign(
        day=cells["day"].map(names),
        clock_end=cells["clock"] + week.interval_minutes,
        time=[clock_text(int(clock)) for clock in cells["clock"]],
    )


def roster_agents(
    centre: Centre, segments: pd.DataFrame, *, day: int | None, team: str | None, contract: str | None, search: str
) -> list[str]:
    """Agents with a shift on the day (or in the week) who pass the filters: by start of shift, or in the file's order."""
    chosen = segments[segments["day"].between(0, 6)] if day is None else segments[segments["day"] == day]
    starts = chosen.groupby("agent")["first"].min()
    order = list(starts.sort_values(kind="stable").index) if day is not None else _in_file_order(centre, starts.index)
    wanted = search.strip().casefold()
    return [agent for agent in order if _passes(centre, agent, team, contract, wanted)]


def agent_label(centre: Centre, agent: str) -> str:
    """Number and name of an agent."""
    found = centre.agents.get(agent)
    return f"{agent} · {found.name}" if found and found.name else agent


def gantt_rows(
    segments: pd.DataFrame, centre: Centre, week: Week, *, agents: list[str], day: int | None
) -> pd.DataFrame:
    """Rows row, first, last, activity, shift, time of some agents' segments, for a Gantt chart."""
    chosen = segments[segments["agent"].isin(agents)]
    if day is not None:
        # Also what reaches into the day from the one before: a night at its end is part of the picture.
        first, last = week.midnight(day), week.midnight(day + 1)
        chosen = chosen[(chosen["day"] == day) | ((chosen["last"] > first) & (chosen["first"] < last))]
    ends = chosen.groupby(["agent", "day"]).agg(from_=("first", "min"), to=("last", "max"))
    spans = chosen.merge(ends, left_on=["agent", "day"], right_index=True)
    text = {minute: week.wall(int(minute)).strftime("%H:%M") for minute in _moments(spans)}
    return pd.DataFrame(
        {
            "row": [agent_label(centre, agent) for agent in spans["agent"]],
            "first": spans["first"],
            "last": spans["last"],
            "activity": spans["activity"],
            "time": [f"{text[a]} – {text[b]}" for a, b in zip(spans["first"], spans["last"], strict=True)],
            "shift": [
                f"{day_text(week.date_of(d))} {text[a]} – {text[b]}"
                for d, a, b in zip(spans["day"], spans["from_"], spans["to"], strict=True)
            ],
        }
    )


def _chosen(coverage: pd.DataFrame, queue: str) -> pd.DataFrame:
    return coverage if queue == ALL else coverage[coverage["queue"] == queue]


def _in_file_order(centre: Centre, agents: pd.Index) -> list[str]:
    present = set(agents)
    return [agent for agent in centre.agents if agent in present] + sorted(present - set(centre.agents))


def _passes(centre: Centre, agent: str, team: str | None, contract: str | None, wanted: str) -> bool:
    found = centre.agents.get(agent)
    if found is None:
        return team is None and contract is None and wanted in agent.casefold()
    return (
        (team is None or found.team == team)
        and (contract is None or found.contract == contract)
        and (wanted in found.agent.casefold() or wanted in found.name.casefold())
    )


def _moments(spans: pd.DataFrame) -> set[int]:
    return {int(minute) for column in ("first", "last", "from_", "to") for minute in spans[column].unique()}
