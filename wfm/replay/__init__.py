"""A week simulated contact by contact against its roster: the chance to meet each target (docs/replay.md)."""

from wfm.replay.correction import Correction, corrected, correction_table
from wfm.replay.outcome import Replayed
from wfm.replay.week import replay

__all__ = ["Correction", "Replayed", "corrected", "correction_table", "replay"]
