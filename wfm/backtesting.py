"""How good the forecast was on past weeks, beside the averages that planners use."""

import pandas as pd

from forecast.backtest import backtest
from wfm.centre import Centre


def accuracy(centre: Centre, *, weeks: int) -> pd.DataFrame:
    """The rows of backtest.csv for the week after each of the last `weeks` Mondays."""
    return backtest(centre, weeks=weeks)
