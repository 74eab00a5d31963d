"""The statements of a TOML file with their lines, which the parser does not tell, and what is left of a broken one."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from wfm.faults import Fault

Path = tuple[str, ...]

_HEADER = re.compile(r"\s*\[")
_OPEN_HEADER = re.compile(r"""\s*\[+\s*([\w.-]+|"[^"]*")\s*$""")
_KEY = re.compile(r"""\s*(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*\s*=""")
_ERROR_LINE = re.compile(r"at line (\d+)")


@dataclass(slots=True, kw_only=True)
class Statement:
    """A header, or a key with its value: the lines up to the next one. `broken` is the key whose value is lost."""

    line: int
    text: list[str] = field(default_factory=list)
    table: Path = ()
    paths: list[Path] = field(default_factory=list)
    broken: Path | None = None

    @property
    def is_header(self) -> bool:
        """Whether it opens a table."""
        return bool(self.text) and _HEADER.match(self.text[0]) is not None


def statements_of(text: str) -> list[Statement]:
    """Cut a file into statements, each with the paths of the keys it sets."""
    found = [Statement(line=1)]
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if _KEY.match(line) or _OPEN_HEADER.match(line) or (_HEADER.match(line) and _parsed([line]) is not None):
            found.append(Statement(line=number))
        found[-1].text.append(line)
    table: Path = ()
    for statement in found:
        if statement.is_header:
            table = _header(statement.text[0])
            statement.paths = [table]
        else:
            statement.paths = [(*table, *path) for path in _paths(_parsed(statement.text) or {})]
        statement.table = table
    return found


def recovered(file: str, statements: list[Statement], faults: list[Fault]) -> Mapping[str, object]:
    """Fault the statements that are no TOML and read what is left, so that one slip hides no other."""
    for statement in statements:
        if _parsed(statement.text) is None:
            _drop_junk(file, statement, faults)
    for _ in statements:
        try:
            return tomllib.loads("\n".join(line for statement in statements for line in statement.text))
        except (ValueError, RecursionError) as error:
            _drop_again(file, statements, str(error), faults)
    return {}


def _header(line: str) -> Path:
    opened = _OPEN_HEADER.match(line)
    values = _parsed([f"[{opened[1]}]" if opened else line]) or {}
    return _deepest(_paths(values))


def _deepest(paths: list[Path]) -> Path:
    return max(paths, key=len) if paths else ()


def _paths(values: Mapping[str, object]) -> list[Path]:
    """Every key path in nested tables."""
    paths: list[Path] = []
    for key, value in values.items():
        paths.append((key,))
        if isinstance(value, dict):
            paths += [(key, *path) for path in _paths(value)]
    return paths


def _drop_junk(file: str, statement: Statement, faults: list[Fault]) -> None:
    """Keep the longest beginning that can be read; the first line beyond it is the fault."""
    text = statement.text
    good = next((n for n in range(len(text) - 1, 0, -1) if _parsed(text[:n]) is not None), 0)
    junk = text[good].strip()
    path, replacement = statement.table, ""
    if not good and statement.is_header:  # its keys stay in the table that was meant
        replacement = f"[{'.'.join(_quoted(part) for part in path)}]" if path else ""
    elif not good and "=" in junk:
        path = statement.broken = (*path, *(part.strip(" \"'") for part in junk.partition("=")[0].split(".")))
        statement.paths = [path]
    column = "" if good else ".".join(path)
    expected = "key = value or [table], texts in quotes"
    faults.append(Fault(file=file, row=statement.line + good, column=column, expected=expected, got=junk))
    text[good:] = [replacement, *[""] * (len(text) - good - 1)]


def _drop_again(file: str, statements: list[Statement], message: str, faults: list[Fault]) -> None:
    """Drop what the whole file fails at though each statement can be read: a key again, or a table with its keys."""
    found = _ERROR_LINE.search(message)
    line = int(found[1]) if found else statements[-1].line
    place = max((n for n, s in enumerate(statements) if s.line <= line and any(s.text)), default=0)
    guilty = statements[place]
    got = next((text.strip() for text in guilty.text if text.strip()), "nothing")
    column = ".".join(_deepest(guilty.paths))
    faults.append(Fault(file=file, row=guilty.line, column=column, expected="each key and table once", got=got))
    dropped = [guilty]
    if guilty.is_header:
        rest = statements[place + 1 :]
        until = next((n for n, statement in enumerate(rest) if statement.is_header), len(rest))
        dropped += rest[:until]
    for statement in dropped:
        statement.text = [""] * len(statement.text)


def _parsed(text: list[str]) -> dict[str, object] | None:
    try:
        return tomllib.loads("\n".join(text))
    except (ValueError, RecursionError):
        return None


def _quoted(part: str) -> str:
    return '"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'
