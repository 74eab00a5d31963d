"""Measures what the forecast must reach and prints the table: python -m benchmarks.forecast [--row NAME].

Each row is a command of its own; what it measured lies in out/bench, so that a long table can be taken up again.
"""

import sys
from collections.abc import Callable
from functools import partial

from benchmarks.forecasting.accuracy import BELOW, nearer, never_worse
from benchmarks.forecasting.against import against
from benchmarks.forecasting.handling import handling
from benchmarks.forecasting.intraday import intraday
from benchmarks.forecasting.limits import bands
from benchmarks.forecasting.rivals import RIVALS
from benchmarks.forecasting.speed import speed
from benchmarks.table import Claim, arguments, present

HEADING = "### The forecast, measured"
ROWS: dict[str, Callable[..., list[Claim]]] = {
    **{name: partial(nearer, name) for name in BELOW},
    "never_worse": never_worse,
    "bands": bands,
    "handling": handling,
    "intraday": intraday,
    "speed": speed,
    **{name: partial(against, name) for name in RIVALS},
}


def main() -> None:
    """The command line; it ends with 1 where something is not reached."""
    parser = arguments("Measure what the forecast must reach.", rows=list(ROWS), heading=HEADING)
    given = parser.parse_args()
    if given.row and given.out:
        parser.error("a page takes the whole table: measure rows alone without --out, they are taken up from out/bench")
    rows = [make for name, make in ROWS.items() if name in (given.row or ROWS)]
    claims = [claim for make in rows for claim in make(again=given.again)]
    sys.exit(0 if present(claims, page=given.out, heading=HEADING) else 1)


if __name__ == "__main__":
    main()
