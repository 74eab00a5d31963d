"""What is asked of a forecaster that is not ours, as a file that any Python can read."""

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The dates before `start` as known, shape (days, slots of the wall clock) with NaN where no row is, and how many
    `days` from then on are wanted. `used`, shape (7, slots), are the slots in use by weekday (0 = Monday).
    """

    start: date
    minutes: int
    country: str
    days: int
    known: Floats
    used: Bools

    @property
    def first(self) -> date:
        """The first date that is known."""
        return self.start - timedelta(days=len(self.known))

    def recent(self, days: int) -> Floats:
        """The last whole weeks that are known, so many days at most; rows in use, the others NaN."""
        known = np.where(self.used[self.weekdays(-len(self.known), 0)], self.known, np.nan)
        return np.asarray(known[len(known) - min(days, len(known)) // 7 * 7 :])

    def weekdays(self, begin: int, end: int) -> NDArray[np.int64]:
        """Weekday of the dates so many days after the start."""
        return np.asarray((np.arange(begin, end) + self.start.weekday()) % 7)

    def in_use(self) -> Bools:
        """Slots in use on the dates wanted, shape (days, slots)."""
        return np.asarray(self.used[self.weekdays(0, self.days)])


def written(asked: Asked, path: Path) -> None:
    """Keep a question as JSON."""
    known = [[None if np.isnan(value) else float(value) for value in row] for row in asked.known]
    fields = asdict(asked) | {"start": asked.start.isoformat(), "known": known, "used": asked.used.tolist()}
    path.write_text(json.dumps(fields), encoding="utf-8")


def question(path: Path) -> Asked:
    """A question as it was kept."""
    fields = json.loads(path.read_text(encoding="utf-8"))
    known, used = np.array(fields["known"], dtype=float), np.array(fields["used"], dtype=bool)
    return Asked(**fields | {"start": date.fromisoformat(fields["start"]), "known": known, "used": used})
