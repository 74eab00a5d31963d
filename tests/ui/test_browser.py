"""One planner's visit in a real browser: plans, looks, plans again, reloads, takes a roster home."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-gpu",
    "--disable-component-update",
    "--disable-sync",
)
PICTURE = Path(__file__).parents[2] / "docs" / "roster.png"
WFM = Path(sys.executable).with_name("wfm")
PATIENCE = 60_000  # milliseconds, on a machine that does other things too

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on this machine: tests/browser-setup.sh installs it where that is permitted"
)


@pytest.fixture(scope="module")
def app(corner_shop: Path, monday: date, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app on a corner_shop that the command line planned."""
    out, port = tmp_path_factory.mktemp("out") / "corner_shop", _free_port()
    plan = [WFM, "plan", corner_shop, "--week", monday.isoformat(), "--out", out, "--time-limit", "10"]
    subprocess.run([str(part) for part in plan], check=True, capture_output=True)
    serve = [WFM, "serve", "--centre", corner_shop, "--out", out, "--port", port]
    environment = {name: value for name, value in os.environ.items() if name != "WFM_DATABASE"}
    # Without a display the server opens no window of its own.
    environment.pop("DISPLAY", None)
    server = subprocess.Popen(
        [str(part) for part in serve], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()  # the command ends its server with it
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(app: str, browser: Browser) -> Iterator[Page]:
    """A browser window on the app, and the promise that it asked nobody else for anything."""
    opened = browser.new_page(viewport={"width": 1600, "height": 1000}, accept_downloads=True)
    opened.set_default_timeout(PATIENCE)
    strangers: list[str] = []
    opened.on("request", lambda request: strangers.extend(_strangers(request.url, app)))
    opened.goto(app)
    yield opened
    opened.close()
    assert strangers == []


def test_a_planners_visit(page: Page, tmp_path: Path) -> None:
    _sees(page, "Roster")
    expect(page.get_by_test_id("stMetric").filter(has_text="Rule violations")).to_contain_text("0")
    _take_picture(page, tmp_path / "roster.png")

    for name in ("Data", "Forecast", "Accuracy", "Requirement", "My shifts"):
        page.get_by_role("link", name=name).click()
        _sees(page, name)
    file, content = _downloaded(page, "Excel", tmp_path)
    assert re.fullmatch(r"\w+_2026-11-30_[0-9a-f]{8}\.xlsx", file)
    assert "xl/workbook.xml" in ZipFile(content).namelist()

    page.get_by_role("link", name="Roster").click()
    _sees(page, "Roster")
    page.get_by_text("Plan a week").click()
    page.get_by_role("spinbutton", name="Time for the roster (s)").fill("10")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Planning the week of Mon 30 Nov 2026")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile(r"\d+ s · \w+"))).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(page.get_by_text("Planning the week of Mon 30 Nov 2026")).to_be_visible(timeout=PATIENCE)
    stop = page.get_by_role("button", name="Stop")
    ended = page.get_by_text(re.compile("The last plan started here .* after"))
    expect(stop.or_(ended)).to_be_visible(timeout=PATIENCE)
    expect(ended).to_be_visible(timeout=2 * PATIENCE)


def _sees(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def _take_picture(page: Page, path: Path) -> None:
    """The roster page as the README shows it; the one that is there is replaced where WFM_PICTURE asks for it."""
    page.set_viewport_size({"width": 1600, "height": 1470})
    for chart in range(3):
        marks = page.get_by_test_id("stVegaLiteChart").nth(chart).locator(".marks").first
        expect(marks).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(1000)  # charts take their final width a moment after they appear
    page.screenshot(path=path)
    page.set_viewport_size({"width": 1600, "height": 1000})
    assert path.read_bytes().startswith(b"\x89PNG")
    if os.environ.get("WFM_PICTURE") or not PICTURE.exists():
        PICTURE.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, PICTURE)


def _downloaded(page: Page, button: str, folder: Path) -> tuple[str, Path]:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path.name, path


def _strangers(url: str, app: str) -> list[str]:
    parts = urlsplit(url)
    return [url] if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(app).netloc else []


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"the app did not answer at {url}; its process returned {server.poll()}")
