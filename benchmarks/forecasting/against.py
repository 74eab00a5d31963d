"""Ours against Prophet, MSTL and AutoETS: the same Mondays, the same rows known, the same rows counted."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.command import Failed, last_line
from benchmarks.forecasting.asked import Floats, written
from benchmarks.forecasting.histories import history_of
from benchmarks.forecasting.mondays import Monday, mondays, wape
from benchmarks.forecasting.rivals import RIVALS, Rival
from benchmarks.record import ROOT, recorded
from benchmarks.table import Claim
from forecast.backtest import FEWEST_DAYS
from forecast.model import queue_forecast

PYTHON = "WFM_PEERS_PYTHON"  # the Python that has the packages, where this one has them not
SETS = {"bank_us": (7, 28), "nyc_ems": (7, 28), "bank_il_feb": (7,)}  # days ahead; the last is but 28 days long
ORIGINS = 4  # Mondays; a rival takes a minute for one
FASTER = {"prophet": 10.0}
PATIENCE = 3600.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """How near somebody came on how many Mondays, and the mean seconds of the processor for one of them."""

    wape: float
    cpu_seconds: float
    origins: int
    version: str


def against(name: str, *, again: bool) -> list[Claim]:
    """The claims against one of `RIVALS`, a line for each real history and horizon that can be scored."""
    rival = RIVALS[name]
    reach = f"WAPE below that of {rival.title}"
    reach += f", ≥ {FASTER[name]:g} × faster" if name in FASTER else ""
    return [
        Claim(
            work=f"{history}, {days} days, against {rival.title} ({rival.used})",
            reach=reach,
            measure=partial(_against, name, history, days, again),
        )
        for history, horizons in SETS.items()
        for days in horizons
    ]


def told_by(name: str, rival: Rival, origins: list[Monday]) -> Met:
    """What a rival answers in a process of its own; Failed where its package is missing."""
    python = os.environ.get(PYTHON) or sys.executable
    _require(rival.package, python)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.json" for number in range(len(origins))]
        for one, path in zip(origins, paths, strict=True):
            written(one.asked(), path)
        done = _run([python, "-m", "benchmarks.forecasting.answer", name, *map(str, paths)])
    answer = json.loads(last_line(done.stdout))
    said: list[Floats] = answer["said"]
    seconds: list[float] = answer["cpu_seconds"]
    return Met(
        wape=wape(origins, said),
        cpu_seconds=sum(seconds) / len(seconds),
        origins=len(origins),
        version=answer["version"],
    )


def _against(name: str, history: str, days: int, again: bool) -> tuple[str, bool]:
    rival = RIVALS[name]
    origins = mondays(history_of(history), count=ORIGINS, days=days)
    if not origins:
        raise Failed(f"no Monday has {FEWEST_DAYS} days before it and {days} after it")
    place = f"forecast-{history}-{days}d"
    ours = recorded(f"{place}-ours", Met, partial(_ours, origins), again=again)
    theirs = recorded(f"{place}-{name}", Met, partial(told_by, name, rival, origins), again=again)
    faster = theirs.cpu_seconds / ours.cpu_seconds
    seen = f"{ours.wape:.4f} against {theirs.wape:.4f} on {ours.origins} Mondays; {ours.cpu_seconds:.2f} s against "
    seen += f"{theirs.cpu_seconds:.2f} s each, {faster:.1f} × ({rival.package} {theirs.version})"
    return seen, ours.wape < theirs.wape and faster >= FASTER.get(name, 0.0)


def _ours(origins: list[Monday]) -> Met:
    """Told anew for every Monday, with all its trials."""
    begun = time.process_time()
    said = [
        queue_forecast(one.known, one.calendar, start=one.known.end, days=len(one.actual)).offered for one in origins
    ]
    seconds = (time.process_time() - begun) / len(origins)
    return Met(wape=wape(origins, said), cpu_seconds=seconds, origins=len(origins), version="")


def _require(package: str, python: str) -> None:
    there = f"import sys, importlib.util; sys.exit(importlib.util.find_spec({package!r}) is None)"
    if subprocess.run([python, "-c", there], check=False).returncode:
        hint = f"extra `forecast-peers`, or name a Python that has it in {PYTHON}"
        raise Failed(f"skipped: the package {package} is not installed ({hint})")


def _run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT, env=environment
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"no answer within {PATIENCE:g} s") from None
    if done.returncode:
        raise Failed(f"ended with {done.returncode}: {last_line(done.stderr)}")
    return done
