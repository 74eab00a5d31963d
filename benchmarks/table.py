"""A table of claims: measured row by row, printed as it grows, and written into a page."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from platform import processor, python_version

from benchmarks.command import Failed, wfm
from benchmarks.record import dates

VERSIONS = ("wfm", "ortools", "numpy", "numba", "scipy", "pandas", "statsmodels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A line of the table; `measure` says what was seen and whether it reaches what it must."""

    work: str
    reach: str
    measure: Callable[[], tuple[str, bool]]


def arguments(description: str, *, rows: list[str], heading: str) -> argparse.ArgumentParser:
    """The command line that all tables have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--row", choices=rows, action="append", help="only this row (may be given again)")
    parser.add_argument("--again", action="store_true", help="measure anew what is recorded in out/bench")
    parser.add_argument("--out", type=Path, help=f"a page to write the table to, under its heading {heading!r}")
    return parser


def present(claims: list[Claim], *, page: Path | None, heading: str) -> bool:
    """Measure and print, into the page too where one is given; whether everything was reached."""
    wfm("warm")  # as the set-up does, so that no figure has the one-time compilation in it
    lines, reached = [], True
    for line, ok in table(claims):
        print(line, flush=True)
        lines.append(line)
        reached &= ok
    print(f"\n{circumstances()}")
    if page:
        put("\n".join([*lines, "", circumstances()]), page, heading=heading)
    return reached


def table(claims: list[Claim]) -> Iterator[tuple[str, bool]]:
    """The lines of the table, each as soon as it is measured, and whether it was reached."""
    yield "| Work | Reach | Seen | Reached |", True
    yield "|---|---|---|---|", True
    for claim in claims:
        try:
            seen, reached = claim.measure()
        except Failed as failure:
            seen, reached = str(failure), False
        yield f"| {claim.work} | {claim.reach} | {seen} | {'yes' if reached else '**no**'} |", reached


def circumstances() -> str:
    """One paragraph: the machine, the days of measuring and the versions."""
    versions = ", ".join(["Python " + python_version(), *(f"{name} {version(name)}" for name in VERSIONS)])
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    days = sorted(set(dates.values()))
    measured = " to ".join([days[0], *days[1:][-1:]]) if days else "nothing measured"
    return f"{_processor()}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GB; {measured};\n{versions}."


def put(text: str, page: Path, *, heading: str) -> None:
    """Write text under the heading of a page, in the place of what stood there."""
    before, found, after = page.read_text(encoding="utf-8").partition(f"{heading}\n")
    if not found:
        sys.exit(f"{page} has no heading {heading!r} to write under")
    following = re.search(r"^## ", after, re.MULTILINE)
    rest = "\n" + after[following.start() :] if following else ""
    page.write_text(f"{before}{heading}\n\n{text}\n{rest}", encoding="utf-8")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE) if info.exists() else None
    return named[1].strip() if named else processor() or "an unnamed processor"
