"""Files that leave and come back: a plan's folder, the scheduler's workbook, an agent's own week."""

from wfm.exchange.adjustments import adjustments_table, write_adjustments
from wfm.exchange.agent import agent_csv, agent_workbook
from wfm.exchange.capacity import CapacityFolder, read_capacity, write_capacity
from wfm.exchange.codes import kind_of
from wfm.exchange.comparison import read_comparison, write_comparison
from wfm.exchange.files import (
    carry_correction,
    forecast_csv,
    forget_correction,
    forget_roster,
    summary_json,
    write_backtest,
    write_forecast,
    write_plan,
    write_replay,
    write_requirement,
    write_roster,
    write_summary,
)
from wfm.exchange.folder import PlanFolder, ReplayFolder, read_backtest, read_plan, read_replay
from wfm.exchange.ical import agent_calendar
from wfm.exchange.output import PlanOutput

__all__ = [
    "CapacityFolder",
    "PlanFolder",
    "PlanOutput",
    "ReplayFolder",
    "adjustments_table",
    "agent_calendar",
    "agent_csv",
    "agent_workbook",
    "carry_correction",
    "forecast_csv",
    "forget_correction",
    "forget_roster",
    "kind_of",
    "read_backtest",
    "read_capacity",
    "read_comparison",
    "read_plan",
    "read_replay",
    "summary_json",
    "write_adjustments",
    "write_backtest",
    "write_capacity",
    "write_comparison",
    "write_forecast",
    "write_plan",
    "write_replay",
    "write_requirement",
    "write_roster",
    "write_summary",
]
