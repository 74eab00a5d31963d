"""Why a planned week is as it is: its short periods, what more would save, refused requests and what clashes."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from solver import Inquiry, Presence, Refusal, Repair, Saving
from wfm.clock import parse_wall
from wfm.demand import Floats, Forecast, Requirement, matrix
from wfm.exchange import PlanFolder, read_plan
from wfm.exchange.output import Json
from wfm.problem import Clash, Problem, Standing
from wfm.reading import read_centre, read_forecast, read_requirement
from wfm.requirement import at_work
from wfm.roster import shifts_of

PERIODS = 5  # short periods looked into, the worst ones
SEARCHED = 1  # of these, searched again with one agent less needed
SAVINGS = 12  # told, of what would save most
REFUSALS = 20  # told, the cheapest ones


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortPeriod:
    """A period left short: `presence` in its middle, and what keeps those who are not at work from it, by how many of
    those asked; `eased` is what one agent less needed all through it would save. `chain` tells how the number needed in
    its middle came about; None where the plan has no forecast."""

    queue: str
    start: str
    end: str
    middle: str
    short_hours: float
    presence: Presence
    hindrances: dict[str, int]
    eased: Saving
    chain: str | None

    @property
    def binding(self) -> str:
        """The scarcity in a word: seats, skill (all who can are there), breaks, a rule, or work worth more elsewhere."""
        if self.presence.seats_left is not None and self.presence.seats_left <= 0:
            return "seats"
        return next(iter(self.hindrances), "skill")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is told of a plan, in agent-minutes; `gained` is what searching on with nothing otherwise saves.

    `clashes` come with what may be done about each, the cheapest first.
    """

    short: list[ShortPeriod]
    savings: list[Saving]
    gained: float
    refused: list[Refusal]
    unrostered: dict[str, str]
    clashes: list[tuple[tuple[Clash, ...], list[Repair]]]


def explain_plan(folder: Path, out: Path) -> Explanation:
    """Ask the roster in `out` why it is as it is; ValueError where there is none."""
    centre = read_centre(folder)
    kept = read_plan(out, timezone=centre.timezone, demand=False)
    if kept.summary is None or kept.roster is None:
        raise ValueError(f"there is no planned roster in {out}")
    week = centre.week(date.fromisoformat(str(kept.summary["week"])))
    needed = read_requirement(out / "requirement.csv", week, tuple(centre.queues))
    forecast_file = out / "forecast.csv"
    told = read_forecast(forecast_file, week, tuple(centre.queues)) if forecast_file.exists() else None
    standing = Standing(shifts=tuple(shifts_of(kept.roster, week)), now=0)
    problem = Problem(centre=centre, week=week, required=needed.rostered, standing=standing)
    corrected = (out / "correction.csv").exists()
    chain = _chains(kept, told, needed, erlang=at_work(centre, told) if told and corrected else None)
    without = () if kept.unrostered is None else kept.unrostered[["agent", "reason"]].itertuples(index=False)
    periods = _short_periods(kept.summary)[:PERIODS]
    with closing(Inquiry(problem)) as asked:
        asked.price()
        refused, clashes = asked.refusals(), asked.clashes()
        return Explanation(
            short=[
                _period(problem, asked, period, again=i < SEARCHED, chain=chain) for i, period in enumerate(periods)
            ],
            savings=asked.savings()[:SAVINGS],
            gained=asked.gained,
            refused=refused,
            unrostered=dict(without),
            clashes=clashes,
        )


def _short_periods(summary: dict[str, Json]) -> list[dict[str, Json]]:
    found = summary.get("short_periods")
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _period(
    problem: Problem, asked: Inquiry, period: dict[str, Json], *, again: bool, chain: Callable[[str, int], str | None]
) -> ShortPeriod:
    week = problem.week
    queue, start, end = (str(period[key]) for key in ("queue", "start", "end"))
    first, last = (week.minute(parse_wall(text, week.timezone)) // week.interval_minutes for text in (start, end))
    middle = int(np.clip((first + last) // 2, 0, week.intervals - 1))
    return ShortPeriod(
        queue=queue,
        start=start,
        end=end,
        middle=week.text(middle * week.interval_minutes),
        short_hours=float(str(period["short_hours"])),
        presence=asked.presence(queue, middle),
        hindrances=asked.hindrances(queue, middle),
        eased=asked.eased(queue, first, last, again=again),
        chain=chain(queue, middle),
    )


def _chains(
    kept: PlanFolder, told: Forecast | None, needed: Requirement, *, erlang: Floats | None
) -> Callable[[str, int], str | None]:
    """From contacts to the agents rostered, of a queue and interval; by way of `erlang` where a replay moved it."""
    staffed = None if kept.coverage is None else matrix(kept.coverage, needed.week, needed.queues, "staffed")

    def chain(queue: str, interval: int) -> str | None:
        if told is None:
            return None
        at = (needed.queues.index(queue), interval)
        offered, aht = told.offered[at], told.aht_seconds[at]
        load = offered * aht / (60 * needed.week.interval_minutes)
        there = "" if staffed is None else f" -> {staffed[at]:,.1f} there"
        moved = (
            ""
            if erlang is None
            else f"{erlang[at]:,.1f} by Erlang -> {needed.agents[at] - erlang[at]:+,.1f} by replay -> "
        )
        return (
            f"{offered:,.1f} contacts x {aht:,.0f} s -> {load:,.1f} erlangs -> {moved}"
            f"{needed.agents[at]:,.1f} agents at work -> {needed.rostered[at]:,.1f} with absence{there}"
        )

    return chain


def explanation_text(told: Explanation) -> str:
    """The explanation as a planner reads it."""
    return "\n".join([*_short(told), *_savings(told), *_refused(told), *_without(told), *_clashes(told)])


def _short(told: Explanation) -> Iterator[str]:
    yield "Short periods" if told.short else "No period is short by half an agent or more"
    for period in told.short:
        there = period.presence
        seats = "" if there.seats_left is None else f", {there.seats_left} seats left"
        yield (
            f"  {period.queue} {period.start} to {period.end}: {period.short_hours} h short; "
            f"what binds: {period.binding}"
        )
        yield (
            f"    of {there.able} who can serve it {there.busy:.1f} are at work, {there.on_break:.1f} on a break, "
            f"{there.in_training:.1f} in training, {there.off_duty} off duty, {there.absent} absent{seats}"
        )
        if period.chain:
            yield f"    needed at {period.middle}: {period.chain}"
        if period.hindrances:
            kept = ", ".join(f"{what} ({count})" for what, count in period.hindrances.items())
            yield f"    what keeps those not at work from it, of as many as were asked: {kept}"
        at_once, priced, searched = map(_figure, _figures(period.eased))
        yield f"    one agent less needed would save {at_once} at once; by the prices {priced}, searched again {searched}"


def _savings(told: Explanation) -> Iterator[str]:
    yield (
        "What would save, in agent-minutes: at once by one agent's new week, for all concerned by the prices, and with "
        "everybody asked again"
        if told.savings
        else "Nothing more of anything would save"
    )
    if told.savings:
        yield "   at once    prices  searched"
    for saving in told.savings:
        at_once, priced, searched = map(_figure, _figures(saving))
        yield f"  {at_once:>8}  {priced:>8}  {searched:>8}  {saving.what}"
    yield f"Searching on with nothing otherwise saves {told.gained:,.0f}, which is not counted above"


def _figures(saving: Saving) -> tuple[float | None, float | None, float | None]:
    return saving.at_once, saving.priced, saving.searched


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _refused(told: Explanation) -> Iterator[str]:
    yield "Refused requests and what granting them would cost" if told.refused else "No request is refused"
    for refusal in told.refused[:REFUSALS]:
        wish = refusal.request
        price = "no legal week grants it" if refusal.price is None else f"{refusal.price:,.0f} agent-minutes"
        yield f"  {wish.agent} {wish.date} {wish.kind}: {price}"
    if len(told.refused) > REFUSALS:
        yield f"  and {len(told.refused) - REFUSALS} more"


def _without(told: Explanation) -> Iterator[str]:
    absent = sum(reason == "absent" for reason in told.unrostered.values())
    yield f"Without a shift: {absent} absent, {len(told.unrostered) - absent} others"
    for agent, reason in told.unrostered.items():
        if reason != "absent":
            yield f"  {agent}: {reason}"


def _clashes(told: Explanation) -> Iterator[str]:
    for clash, ways in told.clashes:
        yield f"Clash: {', '.join(' '.join(filter(None, (one.rule, one.agent, one.date))) for one in clash)}"
        yield "  without any one of them a legal roster is possible; cheapest first:"
        for repair in ways:
            change = "costs" if repair.costs >= 0 else "saves"
            yield f"    {repair.what}: {change} {abs(repair.costs):,.0f} agent-minutes"
        if not ways:
            yield "    no single step of those tried; look at the rules themselves"


__all__ = ["Explanation", "ShortPeriod", "explain_plan", "explanation_text"]
