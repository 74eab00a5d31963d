"""Why a planned week is as it is: its short periods, what more would save, refused requests and what clashes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from solver import Inquiry, Presence, Refusal, Saving
from wfm.centre import Centre
from wfm.clock import Week, parse_wall
from wfm.exchange import read_plan
from wfm.exchange.output import Json
from wfm.problem import Problem, Standing
from wfm.reading import read_centre, read_requirement
from wfm.roster import shifts_of

PERIODS = 5  # short periods looked into, the worst ones
SAVINGS = 12  # told, of what would save most
REFUSALS = 20  # told, the cheapest ones


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortPeriod:
    """A period left short: `presence` in its middle, and what keeps agents off duty from it, by how many of those asked."""

    queue: str
    start: str
    end: str
    short_hours: float
    presence: Presence
    hindrances: dict[str, int]

    @property
    def binding(self) -> str:
        """The scarcity in a word: seats, skill (all who can are there), a rule, or work elsewhere that is worth more."""
        if self.presence.seats_left is not None and self.presence.seats_left <= 0:
            return "seats"
        return next(iter(self.hindrances), "skill")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is told of a plan. Savings and prices are agent-minutes: answers of single agents while all others stay."""

    short: list[ShortPeriod]
    savings: list[Saving]
    refused: list[Refusal]
    unrostered: dict[str, str]
    clashes: list[dict[str, str]]


def explain_plan(folder: Path, out: Path) -> Explanation:
    """Ask the roster in `out` why it is as it is; ValueError where there is none."""
    centre = read_centre(folder)
    kept = read_plan(out, timezone=centre.timezone)
    if kept.summary is None or kept.roster is None:
        raise ValueError(f"there is no planned roster in {out}")
    week = centre.week(date.fromisoformat(str(kept.summary["week"])))
    needed = read_requirement(out / "requirement.csv", week, tuple(centre.queues))
    standing = Standing(shifts=tuple(shifts_of(kept.roster, week)), now=0)
    asked = Inquiry(Problem(centre=centre, week=week, required=needed.rostered, standing=standing))
    return Explanation(
        short=[_period(centre, week, asked, period) for period in _rows(kept.summary, "short_periods")[:PERIODS]],
        savings=asked.savings()[:SAVINGS],
        refused=asked.refusals(),
        unrostered={}
        if kept.unrostered is None
        else dict(kept.unrostered[["agent", "reason"]].itertuples(index=False)),
        clashes=[{key: str(value) for key, value in clash.items()} for clash in _rows(kept.summary, "clashes")],
    )


def _rows(summary: dict[str, Json], key: str) -> list[dict[str, Json]]:
    found = summary.get(key)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _period(centre: Centre, week: Week, asked: Inquiry, period: dict[str, Json]) -> ShortPeriod:
    queue, start, end = (str(period[key]) for key in ("queue", "start", "end"))
    first, last = (week.minute(parse_wall(text, centre.timezone)) for text in (start, end))
    middle = int(np.clip((first + last) // 2 // week.interval_minutes, 0, week.intervals - 1))
    return ShortPeriod(
        queue=queue,
        start=start,
        end=end,
        short_hours=float(str(period["short_hours"])),
        presence=asked.presence(queue, middle),
        hindrances=asked.hindrances(queue, middle),
    )


def explanation_text(told: Explanation) -> str:
    """The explanation as a planner reads it."""
    return "\n".join([*_short(told), *_savings(told), *_refused(told), *_without(told)])


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
        if period.hindrances:
            kept = ", ".join(f"{what} ({count})" for what, count in period.hindrances.items())
            yield f"    what keeps those off duty from it, of as many as were asked: {kept}"


def _savings(told: Explanation) -> Iterator[str]:
    yield "What would save at once, in agent-minutes" if told.savings else "Nothing more of anything would save at once"
    for saving in told.savings:
        yield f"  {saving.saves:>8,.0f}  {saving.what}"


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
    for clash in told.clashes:
        yield f"Clash: {clash['rule']} {clash['agent']} {clash['date']}".rstrip()


__all__ = ["Explanation", "ShortPeriod", "explain_plan", "explanation_text"]
