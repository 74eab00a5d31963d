"""Text that files carry: wall times of many rows at once, and users' words without what could harm a reader."""

from collections.abc import Sequence
from functools import lru_cache
from unicodedata import category
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from wfm.clock import Week, iso

# Characters that turn the direction of the text around them: they can make a cell read as what it is not.
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet takes for the beginning of a formula


def times_of(minutes: Sequence[int], week: Week) -> list[str]:
    """ISO 8601 wall time of each minute of the week."""
    unique, inverse = np.unique(np.asarray(minutes, dtype=np.int64), return_inverse=True)
    texts = np.array([week.text(int(minute)) for minute in unique], dtype=object)
    return list(texts[inverse]) if len(unique) else []


def times_text(starts: pd.Series, timezone: str) -> pd.Series:
    """ISO 8601 wall time in a zone of a column of aware times."""
    zone = ZoneInfo(timezone)  # of the standard library: iso() asks it for both folds
    unique = starts.drop_duplicates()
    texts = {moment: iso(moment.to_pydatetime().astimezone(zone)) for moment in unique.dt.tz_convert("UTC")}
    found: pd.Series = starts.dt.tz_convert("UTC").map(texts).astype(object)
    return found


def no_formula(text: str) -> str:
    """The text in one line. A blank before what a spreadsheet would take for a formula; a reader takes it off."""
    line = " ".join(clean(text).split())
    return f" {line}" if line.startswith(FORMULA) else line


@lru_cache(maxsize=65536)
def clean(text: str) -> str:
    """The text without control characters, lone surrogates, noncharacters and turns of direction; a break is a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if letter in "\t\n\r\x85\u2028\u2029" else letter for letter in text if _harmless(letter))


def _harmless(letter: str) -> bool:
    if letter in "\t\n\r\x85\u2028\u2029":
        return True
    code = ord(letter)
    return category(letter) not in ("Cc", "Cs") and letter not in TURNS and code & 0xFFFE != 0xFFFE
