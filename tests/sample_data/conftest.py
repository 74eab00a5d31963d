"""The sample centres, written once for all tests that look at them."""

from pathlib import Path

import pytest

from sample_data.make import make
from wfm.centre import Centre
from wfm.reading import read_centre


@pytest.fixture(scope="session")
def guangzhou_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guangzhou")
    make("guangzhou_10000", folder)
    return folder


@pytest.fixture(scope="session")
def guangzhou(guangzhou_folder: Path) -> Centre:
    return read_centre(guangzhou_folder)


@pytest.fixture(scope="session")
def corner_shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corner_shop")
    make("corner_shop", folder)
    return folder


@pytest.fixture(scope="session")
def corner_shop(corner_shop_folder: Path) -> Centre:
    return read_centre(corner_shop_folder)
