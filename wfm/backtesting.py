"""How good the forecast was on past weeks, beside the averages that planners use."""

from dataclasses import replace

import pandas as pd

from forecast.backtest import backtest
from wfm.centre import Centre

HORIZONS = (7, 28)  # days


def backtest_centre(centre: Centre, *, weeks: int) -> pd.DataFrame:
    """The rows of backtest.csv: every queue, from each of the last `weeks` Mondays on, both horizons."""
    return backtest(centre, weeks=weeks, horizons=HORIZONS)


def backtest_queue(centre: Centre, *, queue: str, weeks: int) -> pd.DataFrame:
    """The rows of one queue for the week ahead."""
    history = centre.history[centre.history["queue"] == queue]
    return backtest(replace(centre, queues={queue: centre.queues[queue]}, history=history), weeks=weeks)
