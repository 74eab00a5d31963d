"""What each part of the search brings: a week planned with one of them switched off, beside the week with all.

python -m benchmarks.without PART CENTRE --week MONDAY --out OUT --time-limit SECONDS is the observed process. Parts are
switched off from outside: the solver knows nothing of it.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from math import inf
from typing import Any

from benchmarks import traced
from benchmarks.table import Claim
from benchmarks.traced import Traced, traced_week

INSTANCE, SECONDS = "guangzhou", 120.0
Switch = tuple[str, str, str, Any]  # module, attribute of it ("": the module itself), name, what stands there instead


def _nothing(*_: object, **__: object) -> None:
    """In the place of a part that changes something."""


def _no(*_: object, **__: object) -> bool:
    """In the place of a part that says whether it did something."""
    return False


def _none(*_: object, **__: object) -> list[object]:
    """In the place of a part that finds something."""
    return []


def _nothing_saved(handfuls: Any, *_: object, **__: object) -> float:
    """In the place of a part that says what it saved, and is judged by it."""
    handfuls.worth = 0.0
    return 0.0


PARTS: dict[str, tuple[str, Switch]] = {
    "prices": ("rounds at the relaxation's prices", ("solver.guidance", "Guidance", "round", _no)),
    "fine_prices": ("prices by the quarter of an hour", ("solver.pricing", "", "FINE_PRICES", inf)),
    "pressing": ("prices pressed towards the target", ("solver.search", "Search", "press", _nothing)),
    "trades": ("trades of days", ("solver.search", "", "trade", _nothing)),
    "cutting": ("training cut anew", ("solver.crew", "Crew", "cut", _nothing)),
    "handfuls": ("a few agents at a time", ("solver.handful", "Handfuls", "plan_anew", _nothing_saved)),
    "neighbourhoods": ("CP-SAT on days of skill groups", ("solver.solve", "", "neighbourhoods", _none)),
    "corner": ("days kept near their relaxation's corner", ("solver.translated", "Translation", "confine", _nothing)),
    "raised_bound": ("the bound at raised prices", ("solver.pricing", "Pricing", "press", _nothing)),
}


def without(*, seeds: Sequence[int] = (1,), again: bool) -> list[Claim]:
    """A line for each part: with it the gap is narrower than without it."""
    return [
        Claim(
            work=f"{INSTANCE}, seed {seed}, {SECONDS:g} s, without {said}",
            reach="gap wider than with it",
            measure=partial(_compared, part, seed, again),
        )
        for seed in seeds
        for part, (said, _) in PARTS.items()
    ]


def _compared(part: str, seed: int, again: bool) -> tuple[str, bool]:
    plan = partial(traced_week, INSTANCE, seed=seed, time_limit=SECONDS, again=again)
    whole, less = plan(), plan(without=part)
    return f"{_figures(less)}; with it {_figures(whole)}", less.gap_hours > whole.gap_hours


def _figures(found: Traced) -> str:
    return f"{found.gap_hours / found.required_hours:.3%} (cost {found.cost:,.0f}, bound {found.bound:,.0f})"


def switch_off(part: str, put: Callable[[object, str, object], None] = setattr) -> None:
    """Put nothing in the place of a part."""
    module, owner, name, instead = PARTS[part][1]
    place = import_module(module)
    place = getattr(place, owner) if owner else place
    getattr(place, name)  # AttributeError where the part has another name by now
    put(place, name, instead)


def main() -> None:
    """The command line of the observed process."""
    switch_off(sys.argv.pop(1))
    traced.main()


if __name__ == "__main__":
    main()
