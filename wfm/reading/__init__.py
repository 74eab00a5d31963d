"""Reading a centre's folder and a plan's tables: everything is judged here, once, and all faults are told together."""

from wfm.reading.adjustments import parse_adjustments
from wfm.reading.capacity import parse_hires, read_hires
from wfm.reading.centre import read_centre
from wfm.reading.plans import read_forecast, read_requirement
from wfm.reading.rosters import read_roster
from wfm.reading.scenarios import Scenarios, parse_scenarios, read_scenarios

__all__ = [
    "Scenarios",
    "parse_adjustments",
    "parse_hires",
    "parse_scenarios",
    "read_centre",
    "read_forecast",
    "read_hires",
    "read_requirement",
    "read_roster",
    "read_scenarios",
]
