"""A day under way: the rest of it is told from its first hours, as far as past mornings have borne out."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from forecast import forecast
from forecast.candidates import tell
from forecast.intraday import update
from tests.forecast.centres import Course, centre, rows
from tests.forecast.test_backtest import real
from wfm.centre import Centre

MONDAY = date(2026, 11, 30)
FIRST = MONDAY - timedelta(days=182)
ZONE = ZoneInfo("Asia/Shanghai")
WEDNESDAY = 2


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(MONDAY + timedelta(days=day), datetime.min.time(), ZONE) + timedelta(
        hours=hour, minutes=minute
    )


def busy(*, lasting: bool, today: float = 1.3, seed: int = 1) -> Course:
    """Days a fifth above or below their mean: all day long, or by another draw after noon."""
    random = np.random.default_rng(seed)
    factors = {FIRST + timedelta(days=n): random.normal(1.0, 0.15, 2) for n in range(190)}
    factors[MONDAY + timedelta(days=WEDNESDAY)] = np.array([today, today if lasting else 1.0])

    def contacts(day: date, minute: int) -> float:
        factor = factors[day][0 if lasting or minute < 720 else 1]
        return float(random.poisson(200 * factor * (1.2 - np.cos(2 * np.pi * minute / 1440))))

    return contacts


def week_of(course: Course, *, last: date = MONDAY + timedelta(days=6)) -> Centre:
    return centre(rows("calls", first=FIRST, last=last, course=course), country="none")


def by_day(values: np.ndarray) -> np.ndarray:
    return np.asarray(values[0].reshape(7, 24))


def test_a_morning_that_speaks_for_its_day_is_followed() -> None:
    of = week_of(busy(lasting=True))
    week = of.week(MONDAY)
    told, anew = forecast(of, week), forecast(of, week, now=moment(WEDNESDAY, 12))
    lift = by_day(anew.offered)[WEDNESDAY, 12:].sum() / by_day(told.offered)[WEDNESDAY, 12:].sum()
    truth = 200 * 1.3 * (1.2 - np.cos(2 * np.pi * np.arange(12, 24) / 24)).sum()
    assert by_day(anew.offered)[WEDNESDAY, 12:].sum() == pytest.approx(truth, rel=0.08)
    assert lift > 1.15
    for name in ("p10", "p90"):
        width = by_day(anew.limits["p90"])[WEDNESDAY, 12:] - by_day(anew.limits["p10"])[WEDNESDAY, 12:]
        before = by_day(told.limits["p90"])[WEDNESDAY, 12:] - by_day(told.limits["p10"])[WEDNESDAY, 12:]
        assert width.sum() < 0.8 * before.sum(), name
    assert any("contacts so far today" in caveat for caveat in anew.caveats)


def test_a_morning_that_says_nothing_of_its_day_is_not_followed() -> None:
    of = week_of(busy(lasting=False))
    week = of.week(MONDAY)
    told, anew = forecast(of, week), forecast(of, week, now=moment(WEDNESDAY, 12))
    lift = by_day(anew.offered)[WEDNESDAY, 12:].sum() / by_day(told.offered)[WEDNESDAY, 12:].sum()
    assert 0.93 < lift < 1.1


def test_only_what_was_complete_by_then_is_known() -> None:
    """What comes after the moment, the interval under way included, changes nothing; nor does it change what is over."""
    honest = week_of(busy(lasting=True), last=MONDAY + timedelta(days=WEDNESDAY))
    peeking = week_of(lambda day, minute: busy(lasting=True)(day, minute))
    start = honest.history["start"]
    kept = start + np.timedelta64(60, "m") <= moment(WEDNESDAY, 12, 30)
    honest = centre(honest.history[kept], country="none")
    spoilt = peeking.history.assign(offered=np.where(peeking.history["start"] >= moment(WEDNESDAY, 12), 9e4, np.nan))
    spoilt.loc[spoilt["offered"].isna(), "offered"] = honest.history["offered"].to_numpy()
    week = honest.week(MONDAY)
    one = forecast(honest, week, now=moment(WEDNESDAY, 12, 30))
    two = forecast(centre(spoilt, country="none"), week, now=moment(WEDNESDAY, 12, 30))
    np.testing.assert_array_equal(one.offered, two.offered)
    monday = forecast(honest, week)
    np.testing.assert_array_equal(by_day(one.offered)[:WEDNESDAY], by_day(monday.offered)[:WEDNESDAY])


def test_handling_time_is_followed_too() -> None:
    """Half of the days take a fifth longer than the others, all day long; today is one of them."""
    longer = {FIRST + timedelta(days=n): n % 2 == 0 for n in range(190)}
    longer[MONDAY + timedelta(days=WEDNESDAY)] = True
    table = rows(
        "calls",
        first=FIRST,
        last=MONDAY + timedelta(days=WEDNESDAY),
        course=lambda *_: 100.0,
        aht=lambda day, _: 240.0 if longer[day] else 200.0,
    )
    of = centre(table, country="none")
    anew = forecast(of, of.week(MONDAY), now=moment(WEDNESDAY, 12))
    assert by_day(anew.aht_seconds)[WEDNESDAY, 12:] == pytest.approx(240.0, rel=0.03)
    assert by_day(anew.aht_seconds)[WEDNESDAY, :12] == pytest.approx(220.0, rel=0.03)


def test_before_the_first_row_of_the_day_it_is_told_as_of_this_morning() -> None:
    of = week_of(busy(lasting=True), last=MONDAY + timedelta(days=WEDNESDAY - 1))
    anew = forecast(of, of.week(MONDAY), now=moment(WEDNESDAY, 0))
    assert any("no row of today yet" in caveat for caveat in anew.caveats)


def test_a_date_is_told_once_whichever_day_of_the_week_is_told_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Monday's forecast, this morning's and the trials of both have twelve past dates each, and the two dates told from."""
    asked: list[int] = []
    monkeypatch.setattr("forecast.rolling.tell", lambda past: asked.append(past.history.end) or tell(past))
    of = week_of(busy(lasting=True))
    forecast(of, of.week(MONDAY), now=moment(WEDNESDAY, 12))
    assert len(asked) == len(set(asked)) == 26


def test_a_sunday_told_alone_is_chosen_for_by_whole_past_weeks() -> None:
    """A queue closed on Sundays has nothing on them to be judged by; its week is told as on the days before."""
    table = rows("calls", first=FIRST, last=MONDAY + timedelta(days=6), course=busy(lasting=True))
    of = centre(table[table["start"].dt.dayofweek < 6].reset_index(drop=True), country="none")
    anew = forecast(of, of.week(MONDAY), now=moment(6, 12))
    assert not any("no contacts" in caveat for caveat in anew.caveats)


def test_a_moment_outside_the_week_is_refused() -> None:
    of = week_of(busy(lasting=True))
    with pytest.raises(ValueError, match="a moment of the week of 2026-11-30"):
        forecast(of, of.week(MONDAY), now=moment(7, 1))


@pytest.mark.parametrize("days", [5, 0])
def test_few_days_are_no_ground_for_an_update(days: int) -> None:
    told = np.full((5, 24), 50.0)
    found = update(came=told[0] * 2, expected=told[0], past=told[:days] * 1.1, told=told[:days], slot=12)
    assert found.factor == 1.0 and found.ratio == pytest.approx(2.0, rel=0.02)


def test_at_noon_the_rest_of_the_real_bank_s_days_is_nearer_than_without() -> None:
    of = real("bank_us")
    actual = of.history.set_index("start")["offered"]
    missed = {"monday": 0.0, "noon": 0.0}
    for monday in (date(2003, 9, 15), date(2003, 9, 29)):
        week = of.week(monday)
        starts = [week.wall(15 * n) for n in range(week.intervals)]
        came = np.array([actual.get(start, np.nan) for start in starts])
        told = forecast(of, week).offered[0]
        for day in range(5):
            noon = week.wall(week.midnight(day) + 720)
            anew = forecast(of, week, now=noon).offered[0]
            rest = np.array([start.date() == noon.date() and start >= noon for start in starts]) & np.isfinite(came)
            missed["monday"] += np.abs(told - came)[rest].sum()
            missed["noon"] += np.abs(anew - came)[rest].sum()
    assert missed["noon"] < 0.95 * missed["monday"]
