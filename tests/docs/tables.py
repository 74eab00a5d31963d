"""The tables of a document, by the heading they stand under."""

import re
from pathlib import Path

Row = tuple[str, ...]

_HEADING = re.compile(r"^#+ (.*)$")
_CODE = re.compile(r"`([^`]+)`")


def tables(page: Path) -> dict[str, list[Row]]:
    """Rows of the first table under each heading, without its head; cells as they are written."""
    found: dict[str, list[Row]] = {}
    heading, closed = "", False
    for line in page.read_text(encoding="utf-8").splitlines():
        if title := _HEADING.match(line):
            heading, closed = title[1], False
        elif line.startswith("|") and not closed:
            found.setdefault(heading, []).append(tuple(cell.strip() for cell in line.strip("|").split("|")))
        elif heading in found:
            closed = True
    return {heading: rows[2:] for heading, rows in found.items()}


def names(text: str) -> list[str]:
    """What stands between backticks."""
    return _CODE.findall(text)


def first_names(rows: list[Row]) -> list[str]:
    """The name that each row is about."""
    return [names(row[0])[0] for row in rows]
