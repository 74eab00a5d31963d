"""Measures what is claimed of a week and prints the table: python -m benchmarks.week --size big|small [--row NAME]."""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from platform import processor, python_version

from benchmarks.claims import ROWS, SIZES, Claim
from benchmarks.command import Failed, wfm
from benchmarks.record import dates

HEADING = "## Measured"
VERSIONS = ("wfm", "ortools", "numpy", "numba", "scipy", "pandas", "statsmodels")


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


def put(text: str, page: Path) -> None:
    """Write text under the heading of a page, in the place of what stood there."""
    before, found, after = page.read_text(encoding="utf-8").partition(f"{HEADING}\n")
    if not found:
        raise SystemExit(f"{page} has no heading {HEADING!r} to write under")
    following = re.search(r"^## ", after, re.MULTILINE)
    rest = "\n" + after[following.start() :] if following else ""
    page.write_text(f"{before}{HEADING}\n\n{text}\n{rest}", encoding="utf-8")


def main() -> None:
    """The command line; it ends with 1 where something is not reached."""
    parser = argparse.ArgumentParser(description="Measure what is claimed of a week.")
    parser.add_argument("--size", choices=sorted(SIZES), default="big")
    parser.add_argument("--row", choices=sorted(ROWS), action="append", help="only this row (may be given again)")
    parser.add_argument("--again", action="store_true", help="measure anew what is recorded in out/bench")
    parser.add_argument("--out", type=Path, help=f"a page to write the table to, under its heading {HEADING}")
    given = parser.parse_args()
    if given.row and given.out:
        parser.error("a page takes the whole table: measure rows alone without --out, they are taken up from out/bench")
    rows = [make for name, make in ROWS.items() if name in (given.row or ROWS)]
    claims = [claim for make in rows for claim in make(SIZES[given.size], again=given.again)]
    wfm("warm")  # as the set-up does, so that no figure has the one-time compilation in it
    lines, reached = [], True
    for line, ok in table(claims):
        print(line, flush=True)
        lines.append(line)
        reached &= ok
    print(f"\n{circumstances()}")
    if given.out:
        put("\n".join([*lines, "", circumstances()]), given.out)
    sys.exit(0 if reached else 1)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE) if info.exists() else None
    return named[1].strip() if named else processor() or "an unnamed processor"


if __name__ == "__main__":
    main()
