"""How good the forecast was on past weeks, beside the averages that planners use: written to a plan's folder, and told."""

from datetime import date
from pathlib import Path

import pandas as pd

from forecast.backtest import backtest
from wfm.accuracy import METHODS, Backtest, worst_days
from wfm.exchange import write_backtest
from wfm.progress import Report, Stop, never, silent
from wfm.reading import read_centre

HORIZONS = (7, 28)  # days
WORST = 5  # dates told of each queue


def backtest_centre(
    folder: Path, out: Path, *, weeks: int = 8, report: Report = silent, stop: Stop = never
) -> Backtest | None:
    """Try every queue from each of the last `weeks` Mondays on and write the tables; None, and nothing written, where
    `stop` was asked. FaultyInput before anything is done."""
    found = backtest(read_centre(folder), weeks=weeks, horizons=HORIZONS, report=report, stop=stop)
    if stop():
        return None
    write_backtest(found, out)
    return found


def backtest_text(found: Backtest) -> str:
    """The scores, those of the candidates below, and the dates of each queue that were missed most."""
    if found.scores.empty:
        return "no queue has a history long enough for a trial"
    named = found.scores["method"].isin(METHODS)
    parts = [
        _table_text(found.scores[named]),
        "candidates, each on its own:\n" + _table_text(found.scores[~named]),
        "dates missed most, a week ahead:\n" + "\n".join(_worst_lines(found.days)),
    ]
    return "\n\n".join(parts)


def _table_text(scores: pd.DataFrame) -> str:
    return scores.round(4).to_string(index=False)


def _worst_lines(days: pd.DataFrame) -> list[str]:
    worst = worst_days(days, most=WORST)
    wide = max(len(str(queue)) for queue in worst["queue"])
    lines = []
    for row in worst.to_dict("records"):
        day: date = row["date"]
        line = f"{row['queue']:>{wide}}  {day:%a} {day}  came {row['actual']:,.0f}, forecast {row['chosen']:,.0f}"
        lines.append(f"{line} ({100 * row['error_share']:+.1f}%)" + (f"  {row['label']}" if row["label"] else ""))
    return lines
