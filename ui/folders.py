"""The two folders that the app looks at, and a mark that changes when their files do."""

import os
from pathlib import Path

Mark = tuple[tuple[str, int, int], ...]

DEFAULT_CENTRE = Path("sample_data/guangzhou_10000")
PLAN_FILES = (
    "plan.json",
    "forecast.csv",
    "requirement.csv",
    "roster.csv",
    "coverage.csv",
    "violations.csv",
    "unrostered.csv",
)
CAPACITY_FILES = ("capacity.csv", "headcount.csv", "hiring.csv", "capacity.json", "capacity.xlsx")
REPLAY_FILES = ("replay.csv", "replay_intervals.csv", "replay.xlsx")
WHAT_IF_FILES = ("whatif.csv", "sweep.csv", "whatif.json", "whatif.xlsx")
SCENARIOS = "scenarios.toml"  # what the What-if page tries
BACKTEST_FILES = ("backtest.csv", "backtest_weeks.csv", "backtest_days.csv")


def centre_folder() -> Path:
    """The centre's folder, from the environment variable WFM_CENTRE."""
    return Path(os.environ.get("WFM_CENTRE") or DEFAULT_CENTRE).resolve()


def plan_folder() -> Path:
    """The plan's folder, from WFM_OUT; without it `out/` and the centre's folder name."""
    return Path(os.environ.get("WFM_OUT") or Path("out") / centre_folder().name).resolve()


def centre_mark(folder: Path) -> Mark:
    """Name, time of change and size of every input file."""
    return _mark(sorted(p for p in folder.glob("*") if p.suffix in (".csv", ".toml", ".xlsx")))


def plan_mark(folder: Path) -> Mark:
    """The same of what a plan writes; empty without a plan."""
    return _mark([folder / name for name in PLAN_FILES])


def backtest_mark(folder: Path) -> Mark:
    """The same of what a backtest writes."""
    return _mark([folder / name for name in BACKTEST_FILES])


def replay_mark(folder: Path) -> Mark:
    """The same of what a replay writes."""
    return _mark([folder / name for name in REPLAY_FILES])


def capacity_mark(folder: Path) -> Mark:
    """The same of what a capacity plan writes."""
    return _mark([folder / name for name in CAPACITY_FILES])


def what_if_mark(folder: Path) -> Mark:
    """The same of what a comparison of scenarios writes."""
    return _mark([folder / name for name in WHAT_IF_FILES])


def _mark(files: list[Path]) -> Mark:
    found = ((path.name, path.stat()) for path in files if path.is_file())
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)
