"""Measures what the solver must reach and prints the table: python -m benchmarks.solver [--row NAME] [--seed S].

Each row is a command of its own; what it measured lies in out/bench, so that a long table can be taken up again.
"""

import sys
from collections.abc import Callable
from functools import partial

from benchmarks.matsp.claims import matsp
from benchmarks.replanned import replan
from benchmarks.table import Claim, arguments, present
from benchmarks.targets import SMALL_PROVED, SMALL_SEEDS, TARGETS, proved, scaling, target
from benchmarks.without import without

HEADING = "## The solver"
ROWS: dict[str, Callable[..., list[Claim]]] = {
    **{name: partial(target, name) for name in TARGETS},
    "scaling": scaling,
    "replan_1": partial(replan, absences=1, within=5.0),
    "replan_30": partial(replan, absences=30, within=20.0),
    "corner_shop": partial(proved, "corner_shop", seeds=(1,), least=1),
    "small": partial(proved, "small", seeds=SMALL_SEEDS, least=SMALL_PROVED),
    "small_rich": partial(proved, "small_rich", seeds=SMALL_SEEDS, least=SMALL_PROVED),
    "without": without,
    "matsp": partial(matsp, seconds=60.0),
    "matsp_long": partial(matsp, seconds=300.0, smallest=10, largest=5),
}


def main() -> None:
    """The command line; it ends with 1 where something is not reached."""
    parser = arguments("Measure what the solver must reach.", rows=list(ROWS), heading=HEADING)
    parser.add_argument("--seed", type=int, action="append", help="only this seed of each row (may be given again)")
    given = parser.parse_args()
    if given.out and (given.row or given.seed):
        parser.error("a page takes the whole table: measure parts without --out, they are taken up from out/bench")
    seeds = {"seeds": tuple(given.seed)} if given.seed else {}
    rows = [make for name, make in ROWS.items() if name in (given.row or ROWS)]
    claims = [claim for make in rows for claim in make(**seeds, again=given.again)]
    sys.exit(0 if present(claims, page=given.out, heading=HEADING) else 1)


if __name__ == "__main__":
    main()
