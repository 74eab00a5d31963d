"""A table says of every row whether it was reached, also where there was nothing to measure."""

from pathlib import Path

import pytest

from benchmarks.command import Failed, run
from benchmarks.table import Claim, put, table


def test_a_command_that_fails_is_a_row_not_reached() -> None:
    def measure() -> tuple[str, bool]:
        raise Failed("no legal roster in 60 s")

    *_, (line, reached) = table([Claim(work="big", reach="≤ 1 s", measure=measure)])
    assert line == "| big | ≤ 1 s | no legal roster in 60 s | **no** |"
    assert not reached


def test_a_table_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n## Solver\n\nold\n\n## After\n\nstays\n", encoding="utf-8")
    put("new", page, heading="## Solver")
    assert page.read_text(encoding="utf-8") == "# Page\n\n## Solver\n\nnew\n\n## After\n\nstays\n"


def test_a_command_tells_what_it_took(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[1]")
    done = run("json.tool", tmp_path / "x.json")
    assert done.stdout.split() == ["[", "1", "]"]
    assert done.seconds > 0
    assert done.peak_mb > 1


def test_a_command_that_ends_badly_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"`json.tool .*absent.json` ended with"):
        run("json.tool", tmp_path / "absent.json")
