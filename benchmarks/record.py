"""Records of what was measured, a file each, so that a long table can be taken up again where it was left.

A record is taken again only while the program and the samples' makers are what they were: the figures of another
state are no figures of this one.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "out" / "bench"
PACKAGES = ("wfm", "forecast", "solver", "sample_data", "benchmarks")

Figures = TypeVar("Figures", bound="DataclassInstance")


def recorded(name: str, form: type[Figures], measure: Callable[[], Figures], *, again: bool) -> Figures:
    """The figures recorded under this name; measured and recorded where there are none of this state, or `again`."""
    path = PLACE / f"{name}.json"
    kept = None if again or not path.exists() else json.loads(path.read_text(encoding="utf-8"))
    if kept is not None and kept["program"] == program():
        print(f"{name}: recorded on {kept['date']}", file=sys.stderr, flush=True)
        return form(**kept["figures"])
    print(f"{name}: measuring", file=sys.stderr, flush=True)
    figures = measure()
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"date": date.today().isoformat(), "program": program(), "figures": asdict(figures)}
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return figures


@lru_cache(maxsize=1)
def program() -> str:
    """A hash of every Python file that has a part in the figures."""
    digest = sha256()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
