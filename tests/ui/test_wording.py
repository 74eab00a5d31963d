"""Numbers, names and derived tables of the pages."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.wording import MARKDOWN, duration_text, percent, plain, share, tenth, whole


def test_numbers_carry_separators_one_decimal_and_a_dash_where_unknown() -> None:
    assert (whole(1234567.4), tenth(1234.56, "h"), percent(0.98765)) == ("1,234,567", "1,234.6 h", "98.8 %")
    assert (whole(None), tenth(None, "h"), percent(None)) == ("–", "–", "–")


def test_a_share_of_nothing_is_not_known() -> None:
    assert share(5, 0) is None and share(None, 10) is None and share(5, 10) == 0.5


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s")])
def test_durations_are_told_in_minutes_and_seconds(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@given(st.text())
def test_no_sign_of_markdown_in_a_name_is_left_unescaped(name: str) -> None:
    shown = plain(name)
    assert not MARKDOWN.search(re.sub(r"\\.", "", shown))
    assert "\n" not in shown and re.sub(r"\\(.)", r"\1", shown) == " ".join(name.split())
