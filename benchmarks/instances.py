"""The centres on which the solver is measured: python -m benchmarks.instances NAME --out FOLDER [--seed 1].

Of any size, and of several sites: python -m benchmarks.instances --agents 5000 --sites 4 --out FOLDER.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from math import ceil
from pathlib import Path

from benchmarks.single_skill import single_skill, write_single_skill
from sample_data.blueprint import Blueprint, Habit, chance
from sample_data.centres import blueprint
from sample_data.corner_shop import CORNER_SHOP
from sample_data.folder import write
from sample_data.guangzhou import GUANGZHOU
from sample_data.shapes import shaped, sized

Make = Callable[[int], Blueprint]  # of a seed

SITE = 2500  # agents of a site at most, where a centre has several
SCALED_HISTORY = 12  # weeks; enough for a forecast, and 64 queues write as much as 8 do in two years

# Fixed before the solver was tuned on them.
TIGHT_SEATS = 850
SHORT_AGENTS = 1930
SCARCE_QUEUE, SCARCE_SHARE = "fault", 0.3  # share of the skill's holders who still have it
SHOP_LOAD = 0.8  # of the hours that a shop's people can give


def guangzhou(seed: int) -> Blueprint:
    """guangzhou_10000 with another seed: other people, wishes and counts, the same load and rules."""
    return blueprint("guangzhou_10000", seed=seed)


def tight_seats(seed: int) -> Blueprint:
    """Seats for fewer people than the requirement's peak asks for."""
    return replace(guangzhou(seed), seats=TIGHT_SEATS)


def short_staff(seed: int) -> Blueprint:
    """So few people that they leave 7% of the required hours short."""
    return replace(guangzhou(seed), agents=SHORT_AGENTS)


def scarce_skill(seed: int) -> Blueprint:
    """Too few people for one queue, enough in all: those who lose the skill are spread over the other skill sets."""
    plan = guangzhou(seed)
    scarce = [(queues, share * (SCARCE_SHARE if SCARCE_QUEUE in queues else 1.0)) for queues, share in plan.skill_sets]
    return replace(plan, skill_sets=tuple(scarce))


def scaled(seed: int, *, agents: int, sites: int | None = None) -> Blueprint:
    """A centre of any size like guangzhou_10000; its sites have queues and people of their own, seats are counted
    together. Without `sites` there are as few as `SITE` allows."""
    places = range(1, 1 + (ceil(agents / SITE) if sites is None else sites))
    grown = agents / GUANGZHOU.agents
    return replace(
        GUANGZHOU,
        centre=f"centre_{agents}",
        name=f"{agents:,} agents",
        seed=seed,
        agents=agents,
        seats=round(GUANGZHOU.seats * grown),
        classroom_places=round(GUANGZHOU.classroom_places * grown),
        locks=round(GUANGZHOU.locks * grown),
        weeks_of_history=SCALED_HISTORY,
        capacity_toml="",  # its classes name queues of the sample
        contacts_per_week=GUANGZHOU.contacts_per_week * grown,
        streams=tuple(
            replace(stream, queue=_at(site, stream.queue), share=stream.share / len(places))
            for site in places
            for stream in GUANGZHOU.streams
        ),
        special_dates=tuple(
            replace(special, queue=special.queue and _at(site, special.queue))
            for special in GUANGZHOU.special_dates
            for site in (places if special.queue else places[:1])
        ),
        crews=tuple(
            replace(crew, never_queues=tuple(_at(site, queue) for site in places for queue in crew.never_queues))
            for crew in GUANGZHOU.crews
        ),
        skill_sets=tuple(
            (tuple(_at(site, queue) for queue in queues), share)
            for site in places
            for queues, share in GUANGZHOU.skill_sets
        ),
    )


def small(seed: int) -> Blueprint:
    """A shop like corner_shop: 6 to 12 agents, 1 or 2 queues, open for 8 to 14 hours a day, by the hour or half hour."""
    rng = chance(seed, "shop")
    agents, queues, open_hours = int(rng.integers(6, 13)), int(rng.integers(1, 3)), int(rng.integers(8, 15))
    opening, closing = 8 * 60, (8 + open_hours) * 60
    [shop] = CORNER_SHOP.streams
    streams = tuple(
        replace(shop, queue=queue, share=float(rng.uniform(0.5, 1.5)), hours=((opening, closing),) * 6 + (None,))
        for queue in ("shop", "orders")[:queues]
    )
    both = (tuple(stream.queue for stream in streams), 1.0)
    alone = tuple(((stream.queue,), stream.share) for stream in streams) if queues > 1 else ()
    interval = int(rng.choice((30, 60)))
    plan = replace(
        CORNER_SHOP,
        centre=f"shop_{seed}",
        name=f"Shop {seed}",
        seed=seed,
        interval_minutes=interval,
        grid_minutes=interval,
        contacts_per_week=1.0,
        streams=streams,
        agents=agents,
        crews=tuple(
            replace(crew, habits=tuple(_by(habit, closing) for habit in crew.habits)) for crew in CORNER_SHOP.crews
        ),
        skill_sets=(both, *alone),
        shifts_toml=_until(CORNER_SHOP.shifts_toml, closing),
        capacity_toml="",
        scenarios_toml="",
    )
    return sized(plan, SHOP_LOAD, None)


def _until(shifts: str, closing: int) -> str:
    """The shifts of corner_shop, by the hour, the last of each kind ending when the shop closes."""
    shifts = shifts.replace("step_minutes = 120", "step_minutes = 60")
    for latest, paid_hours in (("12:00", 8), ("16:00", 4)):
        last = closing // 60 - paid_hours
        shifts = shifts.replace(f'"{latest}"', f'"{last:02d}:00"')
    return shifts


def _by(habit: Habit, closing: int) -> Habit:
    """A habit whose shifts end by the time the shop closes."""
    last = closing - round(60 * habit.paid_hours)
    return replace(
        habit, starts={kind: (min(low, last), min(high, last)) for kind, (low, high) in habit.starts.items()}
    )


def small_rich(seed: int) -> Blueprint:
    """As small, with the shifts of guangzhou_10000: starts, lengths and breaks by the quarter of an hour."""
    rng = chance(seed, "small")
    return shaped(
        seed=seed,
        agents=int(rng.integers(6, 13)),
        queues=int(rng.integers(1, 3)),
        hours=(480, 480 + 60 * int(rng.integers(8, 15))),
        contracts=(("day_time", "full_time")[int(rng.integers(2))], "part_time"),
    )


INSTANCES: dict[str, Make] = {
    "single_skill": partial(single_skill, agents=1750),
    "single_skill_1600": partial(single_skill, agents=1600),
    "guangzhou": guangzhou,
    "guangzhou_tight_seats": tight_seats,
    "guangzhou_short": short_staff,
    "guangzhou_scarce": scarce_skill,
    "connected_5000": partial(scaled, agents=5000, sites=1),
    **{f"sites_{agents}": partial(scaled, agents=agents) for agents in (1000, 2000, 5000, 10000, 20000)},
    "corner_shop": lambda seed: blueprint("corner_shop", seed=seed),
    "small": small,
    "small_rich": small_rich,
}


def make(name: str, folder: Path, *, seed: int) -> date:
    """Write an instance; the Monday to plan is returned."""
    plan = INSTANCES[name](seed)
    (write_single_skill if name.startswith("single_skill") else write)(plan, folder)
    return plan.monday


def _at(site: int, queue: str) -> str:
    return f"s{site}_{queue}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write the folder of a centre on which the solver is measured.")
    parser.add_argument("name", choices=sorted(INSTANCES), nargs="?")
    parser.add_argument("--agents", type=int, help="instead of a name: a centre like guangzhou_10000 of so many agents")
    parser.add_argument("--sites", type=int, help=f"its sites; default: as few as sites of {SITE:,} allow")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if (given.name is None) == (given.agents is None):
        parser.error("name an instance, or give the number of --agents")
    if given.name:
        print(make(given.name, given.out, seed=given.seed))
    else:
        plan = scaled(given.seed, agents=given.agents, sites=given.sites)
        write(plan, given.out)
        print(plan.monday)


if __name__ == "__main__":
    main()
