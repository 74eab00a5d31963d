"""What a document points at is there: pages, headings, pictures, files of the program."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PROGRAM = re.compile(r"`((?:wfm|forecast|solver|ui|sample_data|tests|benchmarks)/[\w/.]*)`")
WRITTEN_LATER = {"sample_data/guangzhou_10000", "sample_data/corner_shop"}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not _leads(page, link)]
    assert lost == []


@every_page
def test_every_file_of_the_program_that_is_named_is_there(page: Path) -> None:
    named = set(PROGRAM.findall(page.read_text(encoding="utf-8"))) - WRITTEN_LATER
    assert {path for path in named if not (ROOT / path).exists()} == set()


@every_page
def test_a_page_has_one_title_and_no_line_too_long_to_read(page: Path) -> None:
    lines = _outside_fences(page)
    assert sum(line.startswith("# ") for line in lines) == 1
    assert [line for line in lines if len(line) > 120 and not line.startswith("|")] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        if page.is_dir():
            waiting += page.glob("*.md")
        elif page.suffix == ".md":
            links = LINK.findall(page.read_text(encoding="utf-8"))
            waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links if "://" not in link]
    assert set(PAGES) <= reached


def _leads(page: Path, link: str) -> bool:
    path, _, heading = link.partition("#")
    place = (page.parent / path).resolve() if path else page
    return place.exists() and (not heading or heading in _anchors(place))


def _anchors(page: Path) -> set[str]:
    titles = [line.lstrip("#").strip() for line in _outside_fences(page) if re.match(r"#+ ", line)]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _outside_fences(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL).splitlines()
