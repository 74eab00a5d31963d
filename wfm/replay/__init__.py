"""A week simulated contact by contact against its roster: the chance to meet each target (docs/replay.md)."""

from wfm.replay.outcome import Replayed
from wfm.replay.week import replay

__all__ = ["Replayed", "replay"]
