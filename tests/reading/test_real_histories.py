"""Histories of real centres: settings, queues and history alone."""

from pathlib import Path

import pytest

from wfm.reading import read_centre

CALLS = Path(__file__).parents[2].parent / "shared" / "data" / "calls"


@pytest.mark.parametrize(("name", "rows"), [("bank_us", 9184), ("nyc_ems", 87631), ("bank_il_feb", 1344)])
def test_a_real_history_is_read_in_full(name: str, rows: int) -> None:
    folder = CALLS / name
    if not folder.is_dir():
        pytest.skip(f"third-party data: no folder {folder}")
    centre = read_centre(folder)
    assert len(centre.history) == rows
    assert centre.history["start"].is_monotonic_increasing
    assert centre.history["offered"].notna().all()
    assert list(centre.queues) == [name]
    assert not centre.agents
