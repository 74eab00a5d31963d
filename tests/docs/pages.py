"""What the documents show: commands in fences marked `sh`, and the output that a fence marked `text` below them shows.

`exit=1` after `sh` is the exit code that the last command of the fence is expected to have.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md")))

_FENCE = re.compile(r"^```(\w*)(.*)$")
_SERVED_APART = re.compile(r"^make\b|\bwfm serve\b")  # what needs minutes or never ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """A fenced block: `first` is the line (from 0) of its content, which ends before `last`."""

    language: str
    note: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Commands of one fence, the exit code of the last one, and the fence of the output shown, if any."""

    page: Path
    line: int
    commands: tuple[str, ...]
    exit_code: int
    shown: Fence | None


def commands(page: Path) -> list[str]:
    """Every command of a page."""
    return [command for example in examples(page) for command in example.commands]


def runs_at_once(command: str) -> bool:
    """Whether a command ends by itself within seconds."""
    return _SERVED_APART.search(command) is None


def examples(page: Path) -> list[Example]:
    """The examples of a page, in its order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    fences = _fences(lines)
    found = []
    for fence, after in zip(fences, [*fences, None][1:], strict=True):
        if fence.language != "sh":
            continue
        code = re.fullmatch(r"\s*(?:exit=(\d+))?\s*", fence.note)
        assert code, f"{page.name}:{fence.first}: what does {fence.note!r} after sh mean?"
        follows = after is not None and after.language == "text" and not _between(lines, fence, after)
        found.append(
            Example(
                page=page,
                line=fence.first + 1,
                commands=tuple(line for line in lines[fence.first : fence.last] if line and line[0] != "#"),
                exit_code=int(code[1] or 0),
                shown=after if follows else None,
            )
        )
    return found


def _between(lines: list[str], fence: Fence, after: Fence) -> str:
    return "".join(lines[fence.last + 1 : after.first - 1]).strip()


def _fences(lines: list[str]) -> list[Fence]:
    marks = [(number, found) for number, line in enumerate(lines) if (found := _FENCE.match(line))]
    assert len(marks) % 2 == 0, "a fence is not closed"
    return [
        Fence(language=opened[1], note=opened[2], first=first + 1, last=last)
        for (first, opened), (last, _) in zip(marks[::2], marks[1::2], strict=True)
    ]
