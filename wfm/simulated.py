"""The service of simulated weeks as the measures of a comparison, and how sure differences between two rosters are."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wfm.comparison import ALL_QUEUES, Figures, Intervals
from wfm.demand import Floats
from wfm.replay import Replayed
from wfm.replay.outcome import Period, reach_of, wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """Figures of simulated weeks in percent with their 95% intervals, by measure and queue, ALL_QUEUES among them.

    `strays` are how far each run's is off the mean, shape (runs,). Runs of one seed have the same contacts and the same
    people absent, so that what two rosters differ by is surer than either figure.
    """

    figures: Figures
    sure: Intervals
    strays: Mapping[tuple[str, str], Floats]

    def from_base(self, base: "Simulated") -> Intervals:
        """95% intervals of the differences, run by run; none where the runs are not the same ones."""
        return {
            key: _about(of - other, self.strays[key] - base.strays[key])
            for key in self.strays.keys() & base.strays.keys()
            if len(self.strays[key]) == len(base.strays[key])
            and (of := self.figures[key]) is not None
            and (other := base.figures[key]) is not None
        }


def simulated(found: Replayed) -> Simulated:
    """The week of a replay, queue by queue and of all together; nothing of a queue that nobody called."""
    every = _with_all(found)
    came = every.offered[:, :, 0] > 0
    met = every.met(np.array([0.0, *found.target]))[:, :, 0]
    met[:, 0] = came[:, 0] & np.all(met[:, 1:] | ~came[:, 1:], axis=1)
    times, of = met.sum(axis=0).astype(float), came.sum(axis=0).astype(float)
    chance, bounds = 100 * times / np.maximum(of, 1.0), 100 * np.array(wilson(times, of))
    figures: dict[tuple[str, str], float | None] = {}
    sure: dict[tuple[str, str], tuple[float, float]] = {}
    strays: dict[tuple[str, str], Floats] = {}
    for row, name in enumerate((ALL_QUEUES, *found.queues)):
        if not of[row]:
            continue
        for measure, part in (("service", every.within), ("abandoned", every.abandoned)):
            level = float(100 * part[:, row, 0].sum() / every.offered[:, row, 0].sum())
            strays[measure, name] = 100 * every.strays(part)[:, row, 0]
            low, high = np.clip(_about(level, strays[measure, name]), 0.0, 100.0)
            figures[measure, name], sure[measure, name] = level, (float(low), float(high))
        figures["p_target", name] = float(chance[row])
        sure["p_target", name] = float(bounds[0, row]), float(bounds[1, row])
        figures["occupancy", name] = _percent(every.occupancy[row, 0])
    return Simulated(figures=figures, sure=sure, strays=strays)


def _with_all(found: Replayed) -> Period:
    """The week with all queues together as a row above the queues'."""
    whole = found.whole
    counts = {name: np.concatenate([v.sum(axis=1, keepdims=True), v], axis=1) for name, v in whole.counts().items()}
    return Period(**counts, occupancy=np.concatenate([[[found.occupancy]], whole.occupancy]))


def _percent(share: float) -> float | None:
    return None if np.isnan(share) else float(100 * share)


def _about(level: float, strays: Floats) -> tuple[float, float]:
    reach = float(reach_of(strays))
    return level - reach, level + reach
