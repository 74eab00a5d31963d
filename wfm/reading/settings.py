"""A TOML file whose keys know their lines, read key by key so that every faulty and every unknown one is told."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from wfm.faults import Fault
from wfm.reading.cells import nearest
from wfm.reading.statements import Path, recovered, statements_of
from wfm.reading.tables import decoded

T = TypeVar("T")

_INDEX = re.compile(r"\[\d+\]$")
_LONGEST_SHOWN = 80


@dataclass(slots=True, kw_only=True)
class Document:
    """A TOML file: its values, the line of each key, and the keys whose values are no TOML."""

    file: str
    values: Mapping[str, object]
    lines: Mapping[Path, int]
    broken: frozenset[Path]
    faults: list[Fault]

    def root(self) -> "Section":
        """The keys outside of any table."""
        return Section(document=self, path=(), values=self.values)

    def sections(self) -> Iterator[tuple[str, "Section"]]:
        """The tables of the file, in its order; a key outside of them is a fault."""
        for name, value in self.values.items():
            if isinstance(value, dict):
                yield name, Section(document=self, path=(name,), values=value)
            else:
                self.root().fault(name, f"a table [{name}]", shown(value))

    def names(self) -> frozenset[str]:
        """Names of all tables, those with faults too."""
        return frozenset(path[0] for path in self.lines if path and not _INDEX.search(path[0])) | frozenset(self.values)

    def line(self, path: Path) -> int:
        """Line of a key, or of the nearest table around it."""
        known: Path = ()
        for part in path:  # the number of a [[table]] has a line of its own, that of a table within a list has none
            known = (*known, part if (*known, part) in self.lines else _INDEX.sub("", part))
        return next((self.lines[known[:n]] for n in range(len(known), 0, -1) if known[:n] in self.lines), 1)


@dataclass(slots=True, kw_only=True)
class Section:
    """A table of a document; each key read is a known one, `finish` tells the others."""

    document: Document
    path: Path
    values: Mapping[str, object]
    sound: bool = True
    _known: list[str] = field(default_factory=list)

    def value(self, key: str, read: Callable[[object], T], otherwise: T, *, required: bool = False) -> T:
        """The key's value; `otherwise` where it is absent, and after a fault so that reading goes on."""
        self._known.append(key)
        if key not in self.values and (not required or (*self.path, key) in self.document.broken):
            return otherwise
        try:
            return read(self.values.get(key))
        except ValueError as expected:
            self.fault(key, str(expected), shown(self.values[key]) if key in self.values else "nothing")
            return otherwise

    def has(self, key: str) -> bool:
        """Whether the key is there, even where its line is no TOML, which is a fault already."""
        return key in self.values or (*self.path, key) in self.document.broken

    def section(self, key: str) -> "Section | None":
        """A table inside this one; None where it is absent or no table."""
        found: Mapping[str, object] | None = self.value(key, _table, None)
        return None if found is None else Section(document=self.document, path=(*self.path, key), values=found)

    def sections(self, key: str) -> "list[Section]":
        """The tables of a list inside this one, none where it is absent."""
        found: list[Mapping[str, object]] = self.value(key, _tables, [])
        return [
            Section(document=self.document, path=(*self.path, f"{key}[{number}]"), values=values)
            for number, values in enumerate(found, start=1)
        ]

    def fault(self, key: str, expected: str, got: str) -> None:
        """Fault a key of this table; an empty key is the table itself."""
        self.sound = False
        path = (*self.path, key) if key else self.path
        line = self.document.line(path)
        self.document.faults.append(
            Fault(file=self.document.file, row=line, column=".".join(path), expected=expected, got=got)
        )

    def finish(self) -> None:
        """Fault the keys that nobody asked for."""
        for key in self.values:
            if key not in self._known:
                near = nearest(key, self._known)
                self.fault(key, f"a known key{near or ': ' + ', '.join(self._known)}", key)


def read_document(file: str, data: bytes, *, faults: list[Fault]) -> Document | None:
    """A TOML file; None where it is no text. Keys that are no TOML are faults and left out."""
    text = decoded(file, data, faults)
    if text is None:
        return None
    statements = statements_of(text)
    try:
        values: Mapping[str, object] = tomllib.loads(text)
    except (ValueError, RecursionError):
        values = recovered(file, statements, faults)
    lines: dict[Path, int] = {}
    broken: set[Path] = set()
    numbers: dict[Path, int] = {}  # of the [[tables]] so far, by their numbered path
    for statement in statements:
        if statement.is_header and statement.text[0].lstrip().startswith("[[") and statement.paths:
            *around, last = statement.paths[0]
            path = (*_numbered(tuple(around), numbers), last)
            numbers[path] = numbers.get(path, 0) + 1
        for path in statement.paths:
            lines.setdefault(path, statement.line)
            lines.setdefault(_numbered(path, numbers), statement.line)
        if statement.broken:
            broken |= {statement.broken, _numbered(statement.broken, numbers)}
    return Document(file=file, values=values, lines=lines, broken=frozenset(broken), faults=faults)


def _numbered(path: Path, numbers: Mapping[Path, int]) -> Path:
    """The path as sections name it: the newest of several [[tables]] with its number."""
    found: Path = ()
    for part in path:
        number = numbers.get((*found, part))
        found = (*found, f"{part}[{number}]" if number else part)
    return found


def shown(value: object) -> str:
    """A value much as the file writes it."""
    match value:
        case bool():
            text = str(value).lower()
        case str():
            text = f'"{value}"'
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _table(value: object) -> Mapping[str, object]:
    if isinstance(value, dict):
        return value
    raise ValueError("a table { key = value, … }")


def _tables(value: object) -> list[Mapping[str, object]]:
    if isinstance(value, list):
        return [_table(item) for item in value]
    raise ValueError("a list of tables [{ key = value, … }, …]")
