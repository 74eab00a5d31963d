"""What a finished plan hands over to be written."""

from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from wfm.centre import Centre
from wfm.clock import Week
from wfm.demand import Forecast, Requirement
from wfm.roster import Shift

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOutput:
    """A finished plan. `coverage` has start (aware), queue, required, staffed; `violations` rule, agent, date, message;
    `unrostered` agent, reason; `summary` is the content of plan.json."""

    centre: Centre
    week: Week
    forecast: Forecast
    requirement: Requirement
    shifts: tuple[Shift, ...]
    coverage: pd.DataFrame
    violations: pd.DataFrame
    unrostered: pd.DataFrame
    summary: dict[str, Json]
