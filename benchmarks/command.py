"""One command, run as its user runs it, and what it took."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


class Failed(Exception):
    """A command did not do its work, so that there is nothing to measure; says what it answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a command ended. `seconds` and `peak_mb` are of its whole process, the start of Python included."""

    code: int
    seconds: float
    peak_mb: float
    stdout: str
    stderr: str


def wfm(*arguments: str | Path, allowed: tuple[int, ...] = (0,)) -> Outcome:
    """Run `wfm` with these arguments; Failed where it ends with another code than those allowed."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said, tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        begun = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "wfm.cli", *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=said, stderr=told
        )
        # The usage of this one process: that of all children together would keep the largest so far.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        told.seek(0)
        outcome = Outcome(
            code=process.returncode,
            seconds=seconds,
            peak_mb=usage.ru_maxrss / 1024,
            stdout=said.read(),
            stderr=told.read(),
        )
    if outcome.code not in allowed:
        raise Failed(f"`wfm {arguments[0]}` ended with {outcome.code}: {last_line(outcome.stderr)}")
    return outcome


def last_line(text: str) -> str:
    """The last line of what a command said."""
    return (text.strip().splitlines() or ["without a word"])[-1]
