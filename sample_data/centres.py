"""The sample centres by name."""

from dataclasses import replace

from sample_data.blueprint import Blueprint
from sample_data.corner_shop import CORNER_SHOP
from sample_data.guangzhou import GUANGZHOU

CENTRES = {plan.centre: plan for plan in (GUANGZHOU, CORNER_SHOP)}


def blueprint(centre: str, *, seed: int | None = None) -> Blueprint:
    """The blueprint of a sample centre, with another seed where one is given; KeyError names the known centres."""
    if centre not in CENTRES:
        raise KeyError(f"sample centre {centre!r} is not known; known are {', '.join(CENTRES)}")
    return CENTRES[centre] if seed is None else replace(CENTRES[centre], seed=seed)
