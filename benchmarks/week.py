"""Measures what is claimed of a week and prints the table: python -m benchmarks.week --size big|small [--row NAME]."""

import sys

from benchmarks.claims import ROWS, SIZES
from benchmarks.table import arguments, present

HEADING = "## Measured"


def main() -> None:
    """The command line; it ends with 1 where something is not reached."""
    parser = arguments("Measure what is claimed of a week.", rows=list(ROWS), heading=HEADING)
    parser.add_argument("--size", choices=sorted(SIZES), default="big")
    given = parser.parse_args()
    if given.row and given.out:
        parser.error("a page takes the whole table: measure rows alone without --out, they are taken up from out/bench")
    rows = [make for name, make in ROWS.items() if name in (given.row or ROWS)]
    claims = [claim for make in rows for claim in make(SIZES[given.size], again=given.again)]
    sys.exit(0 if present(claims, page=given.out, heading=HEADING) else 1)


if __name__ == "__main__":
    main()
