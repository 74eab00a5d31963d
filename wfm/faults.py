"""Faulty input: every fault of every file, told to the person who has the spreadsheet open."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault. `row` is the line in the file (the header is line 1); for TOML `column` is the key."""

    file: str
    row: int
    column: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.file}:{self.row}:{self.column}: expected {self.expected}, got {self.got}"


class FaultyInput(Exception):
    """The input cannot be read as meant; carries all its faults, sorted by file and row."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults), key=lambda f: (f.file, f.row, f.column, f.expected)))
        super().__init__("\n".join(str(fault) for fault in self.faults))
