"""One command, run as its user runs it, and what it took."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

BEAT = 0.05  # seconds between looks at whether a command has ended
SAMPLED = 1.0  # seconds between looks at its memory


class Failed(Exception):
    """A command did not do its work, so that there is nothing to measure; says what it answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a command ended. `seconds` are of its whole process, the start of Python included; `peak_mb` is of the
    process and its children together."""

    code: int
    seconds: float
    peak_mb: float
    stdout: str
    stderr: str


def run(module: str, *arguments: str | Path, allowed: tuple[int, ...] = (0,)) -> Outcome:
    """Run a Python module with these arguments; Failed where it ends with another code than those allowed."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said, tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        begun = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=said, stderr=told
        )
        peak_mb = _await(process)
        seconds = time.monotonic() - begun
        said.seek(0)
        told.seek(0)
        outcome = Outcome(
            code=process.returncode, seconds=seconds, peak_mb=peak_mb, stdout=said.read(), stderr=told.read()
        )
    if outcome.code not in allowed:
        named = " ".join(["wfm" if module == "wfm.cli" else module, *map(str, arguments[:1])])
        raise Failed(f"`{named}` ended with {outcome.code}: {last_line(outcome.stderr)}")
    return outcome


wfm = partial(run, "wfm.cli")


def last_line(text: str) -> str:
    """The last line of what a command said."""
    return (text.strip().splitlines() or ["without a word"])[-1]


def _await(process: subprocess.Popen[bytes]) -> float:
    """Wait for the end; the most memory seen, in MB."""
    peak, next_look = 0.0, 0.0
    while True:
        # The usage of this one process: that of all children together would keep the largest command so far.
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            return max(peak, usage.ru_maxrss / 1024)
        if time.monotonic() >= next_look:
            peak, next_look = max(peak, sum(map(_own_mb, _family(process.pid)))), time.monotonic() + SAMPLED
        time.sleep(BEAT)


def _family(pid: int) -> Iterator[int]:
    """A process and all its descendants."""
    yield pid
    try:
        children = [task.joinpath("children").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:  # it has just ended, or the system does not tell
        return
    for child in " ".join(children).split():
        yield from _family(int(child))


def _own_mb(pid: int) -> float:
    """Memory of a process, what it shares with others in proportion; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
