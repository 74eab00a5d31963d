"""The files of a centre's folder: which are there, their bytes once, and the faults found in any of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from wfm.faults import Fault
from wfm.reading.settings import Document, read_document
from wfm.reading.tables import Table, read_table

SETTINGS = ("centre", "contracts", "shifts", "capacity")
TABLES = (
    "queues", "hours", "history", "special_days", "adjustments", "agents", "skills", "absences", "availability", "requests",
    "training", "locks", "worked", "published", "ledger",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder being read; `faults` grows as its files are."""

    path: Path
    faults: list[Fault] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)

    def has(self, stem: str) -> bool:
        """Whether the folder holds this file in any of its forms."""
        return any((self.path / name).is_file() for name in _names(stem))

    def table(self, stem: str, *columns: str, required: bool = False) -> Table | None:
        """A table of the folder with the columns it must have; None where it is absent or cannot be read at all."""
        found = self._content(stem, required=required)
        return found and read_table(*found, required=columns, faults=self.faults)

    def unread(self, stem: str) -> pd.DataFrame:
        """Nothing in place of a table that must be there; its bytes count in the hash all the same."""
        self._content(stem, required=True)
        return pd.DataFrame()

    def document(self, stem: str, *, required: bool = False) -> Document | None:
        """A TOML file of the folder; None where it is absent or no text."""
        found = self._content(stem, required=required)
        return found and read_document(*found, faults=self.faults)

    def fault(self, file: str, expected: str, got: str) -> None:
        """A fault of a whole file."""
        self.faults.append(Fault(file=file, row=1, column="", expected=expected, got=got))

    def sha256(self) -> str:
        """Hash of the names and bytes of all files read, in order of their names."""
        digest = hashlib.sha256()
        for name, data in sorted(self.contents.items()):
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
        return digest.hexdigest()

    def _content(self, stem: str, *, required: bool) -> tuple[str, bytes] | None:
        there = [name for name in _names(stem) if (self.path / name).is_file()]
        if not there and required:
            self.fault(_names(stem)[0], f"a file {' or '.join(_names(stem))}", "none in the folder")
        if len(there) > 1:
            self.fault(there[1], f"one of {' and '.join(there)}", "both")
        return self._bytes(there[0]) if there else None

    def _bytes(self, name: str) -> tuple[str, bytes] | None:
        try:
            self.contents[name] = (self.path / name).read_bytes()
        except OSError as error:
            self.fault(name, "a file that can be read", error.strerror or "an error")
            return None
        return name, self.contents[name]


def _names(stem: str) -> Sequence[str]:
    return (f"{stem}.toml",) if stem in SETTINGS else (f"{stem}.csv", f"{stem}.xlsx")
