"""A copy of what a reader has before the first command: the environment and the small sample centre."""

import sys
from pathlib import Path

import pytest

from sample_data.make import make
from wfm.plan import plan_week

Workspace = Path


def lay_out(folder: Path) -> Workspace:
    """A folder in which the documents' commands run as in a checkout, and in which they may write."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".venv").symlink_to(sys.prefix)
    make("corner_shop", folder / "sample_data" / "corner_shop")
    return folder


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan's folder as the command leaves it."""
    from sample_data.centres import blueprint

    folder = tmp_path_factory.mktemp("plan")
    make("corner_shop", folder / "corner_shop")
    plan_week(folder / "corner_shop", blueprint("corner_shop").monday, folder / "out", time_limit=2.0)
    return folder / "out"
