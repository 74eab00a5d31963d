"""Records of what was measured, a file each, so that a long table can be taken up again where it was left.

A record is taken again only while the program and the samples' makers are what they were: the figures of another
state are no figures of this one.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from benchmarks.command import Failed

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "out" / "bench"
PACKAGES = ("wfm", "forecast", "solver", "sample_data", "benchmarks")

Figures = TypeVar("Figures", bound="DataclassInstance")


dates: dict[str, str] = {}  # of the records that this run has used: the day each was measured


def recorded(name: str, form: type[Figures], measure: Callable[[], Figures], *, again: bool) -> Figures:
    """The figures recorded under this name; measured and recorded where there are none of this state.

    With `again` they are measured in any case, but once in a run.
    """
    path = PLACE / f"{name}.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if kept.get("program") == program() and (name in dates or not again):
        print(f"{name}: recorded on {kept['date']}", file=sys.stderr, flush=True)
    else:
        print(f"{name}: measuring", file=sys.stderr, flush=True)
        before, figures = program(), measure()
        if program() != before:
            raise Failed("the program was changed while it was measured")
        kept = {"date": date.today().isoformat(), "program": before, "figures": asdict(figures)}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    dates[name] = kept["date"]
    return form(**kept["figures"])


def program() -> str:
    """A hash of every Python file that has a part in the figures."""
    digest = sha256()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
