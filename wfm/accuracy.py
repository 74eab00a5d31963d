"""How near the forecasts of past weeks came to what came: the tables of a backtest."""

from dataclasses import dataclass

import pandas as pd

CHOSEN, FLOOR = "chosen", "floor"
AVERAGES = {"last_week": 1, "mean4": 4, "mean6": 6}  # weeks averaged
METHODS = (CHOSEN, *AVERAGES, FLOOR)  # the others in a table are the candidates among which was chosen

SCORES = (
    *("queue", "horizon_days", "method", "wape", "bias", "mase", "day_wape", "cover80", "cover95", "seconds"),
    *("day_cover80", "day_cover95"),
)
WEEKS = (
    *("queue", "horizon_week", "method", "wape", "bias", "mase", "day_wape", "cover80", "cover95"),
    *("day_cover80", "day_cover95"),
)
DAYS = ("queue", "date", "actual", "chosen", "mean6", "error", "error_share", "inside80", "label")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Tables with the columns SCORES, WEEKS and DAYS.

    `scores` has a row by queue, horizon and method; `weeks` by queue, week of the longest horizon (1 is the first) and
    method of METHODS; `days` by queue and date (datetime.date), each told from the Monday before. There `error` is
    chosen − actual, `error_share` that of what came (of one contact where none did), `inside80` whether it lay in the
    band of 80%, and `label` what the date is known by.
    """

    scores: pd.DataFrame
    weeks: pd.DataFrame
    days: pd.DataFrame


def worst_days(days: pd.DataFrame, *, most: int) -> pd.DataFrame:
    """Up to `most` dates of each queue that were missed by the largest share, the worst first; queues in their order."""
    order = days.assign(size=days["error_share"].abs(), place=pd.factorize(days["queue"])[0])
    order = order.sort_values(["place", "size", "date"], ascending=[True, False, True])
    return order.groupby("queue", sort=False).head(most)[list(days.columns)].reset_index(drop=True)
