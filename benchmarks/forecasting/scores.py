"""The backtest of a history, recorded: what every row about accuracy and limits reads."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.record import recorded
from forecast.backtest import backtest
from wfm.accuracy import CHOSEN
from wfm.centre import Centre

HORIZONS = (7, 28)  # days
ORIGINS = 8  # Mondays
GUARD = "mean6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Rows of backtest.csv as mappings, and what the whole backtest took: by the clock, and of the processor."""

    rows: list[dict[str, str | float]]
    seconds: float
    cpu_seconds: float

    def of(self, column: str, *, method: str = CHOSEN) -> Iterator[tuple[str, int, float]]:
        """Queue, horizon in days and the figure, of every row of a method."""
        for row in self.rows:
            if row["method"] == method:
                yield str(row["queue"]), int(row["horizon_days"]), float(row[column])

    def margins(self) -> Iterator[tuple[str, int, float]]:
        """Queue, horizon, and how much worse the chosen forecast is than the six-week mean: below 0 it is better."""
        for (queue, days, ours), (_, _, mean) in zip(self.of("wape"), self.of("wape", method=GUARD), strict=True):
            yield queue, days, ours / mean - 1 if mean else 0.0


def scores(name: str, centre: Callable[[], Centre], *, weeks: int = ORIGINS, again: bool) -> Scored:
    """The backtest of a centre over so many Mondays at both horizons."""

    def measure() -> Scored:
        read = centre()
        begun, worked = time.perf_counter(), time.process_time()
        table = backtest(read, weeks=weeks, horizons=HORIZONS).scores
        seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - worked
        rows = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
        return Scored(rows=rows, seconds=seconds, cpu_seconds=cpu_seconds)

    return recorded(f"forecast-{name.replace(', ', '-').replace(' ', '_')}-{weeks}", Scored, measure, again=again)
