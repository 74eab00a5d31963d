"""Every command that the documents show is run, and what they show as its output is what it prints."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.conftest import lay_out
from tests.docs.pages import PAGES, ROOT, Example, commands, examples, runs_at_once
from tests.docs.served import answers, free_port, listens

WITH_EXAMPLES = [page for page in PAGES if any(map(runs_at_once, commands(page)))]
MADE = sorted({command for page in PAGES for command in commands(page) if command.startswith("make")})
SERVED = sorted({command for page in PAGES for command in commands(page) if "wfm serve" in command})
REFRESH = os.environ.get("WFM_DOCS") == "write"
SECONDS = 120

# Figures differ from machine to machine and with every better solver; the list of short periods follows them.
FIGURE = re.compile(r"-?\d[\d,.]*")
STATUS = re.compile(r"\b(?:optimal|feasible)$")
SHORT_PERIOD = re.compile(r"^ +short +\S+ \S+ to ")


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_commands_of_a_page_do_what_it_says(page: Path, tmp_path: Path) -> None:
    workspace = lay_out(tmp_path / "checkout")
    outputs = [(example, _run(example, workspace)) for example in examples(page)]
    if REFRESH:
        _refresh(page, outputs)
        return
    for example, output in outputs:
        if example.shown is not None:
            shown = page.read_text(encoding="utf-8").splitlines()[example.shown.first : example.shown.last]
            assert list(_lasting(output)) == list(_lasting(shown)), f"{page.name}:{example.line}"


@pytest.mark.parametrize("command", MADE)
def test_a_make_command_has_its_steps(command: str) -> None:
    steps = [*command.split(), "--dry-run"]
    done = subprocess.run(steps, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    small = "SIZE=small" in command
    expected = {
        "run": ["wfm plan", "wfm serve"],
        "plan": ["wfm plan"],
        "test": ["ruff check", "mypy", "lint-imports", "pytest"],
        "bench": ["benchmarks.week"],
        "bench-solver": ["benchmarks.solver"],
        "bench-forecast": ["benchmarks.forecast"],
        "bench-capacity": ["benchmarks.capacity"],
        "sample": [],
    }[command.split()[1]]
    assert [step for step in expected if step not in done.stdout] == []
    other = "guangzhou_10000" if small else "corner_shop"
    assert f"wfm plan sample_data/{other}" not in done.stdout


@pytest.mark.parametrize("command", SERVED)
def test_the_app_answers_on_this_machine_only(command: str, tmp_path: Path) -> None:
    workspace = lay_out(tmp_path / "checkout")
    port = free_port()
    words = [word for word in re.sub(r"--port \d+", "", command).split() if word]
    environment = {name: value for name, value in os.environ.items() if name not in ("WFM_DATABASE", "DISPLAY")}
    server = subprocess.Popen([*words, "--port", str(port)], cwd=workspace, env=environment, stdout=subprocess.DEVNULL)
    try:
        assert answers(f"http://127.0.0.1:{port}/_stcore/health", server, seconds=SECONDS)
        # The second address is the same machine's: only a server that listens everywhere answers there.
        assert not listens("127.0.0.2", port)
    finally:
        server.terminate()  # the command ends its server with it
        assert server.wait(timeout=30) == 0


def _run(example: Example, workspace: Path) -> list[str]:
    """Run the commands one by one, stop at the first that ends otherwise than said; what they print."""
    output: list[str] = []
    waiting = [command for command in example.commands if runs_at_once(command)]
    for place, command in enumerate(waiting, start=1):
        done = subprocess.run(
            command,
            shell=True,
            cwd=workspace,
            env={**os.environ, "COLUMNS": "120", "NO_COLOR": "1", "PYTHONWARNINGS": ""},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        expected = example.exit_code if place == len(waiting) else 0
        where = f"{example.page.name}:{example.line}: {command}"
        assert done.returncode == expected, f"{where}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        output += done.stdout.splitlines()
    return output


def _lasting(lines: list[str]) -> Iterator[str]:
    """What of an output is the same on every machine."""
    for line in lines:
        if not SHORT_PERIOD.match(line):
            yield " ".join(FIGURE.sub("#", STATUS.sub("#", line.rstrip())).split())


def _refresh(page: Path, outputs: list[tuple[Example, list[str]]]) -> None:
    """Put what was printed in the place of what the page shows."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for example, output in reversed(outputs):
        if example.shown is not None:
            lines[example.shown.first : example.shown.last] = [line.rstrip() for line in output]
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_environment_of_the_tests_is_the_one_the_documents_name() -> None:
    assert (Path(sys.prefix) / "bin" / "wfm").exists(), "the command is not installed beside this Python"
