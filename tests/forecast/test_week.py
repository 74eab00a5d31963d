"""The forecast of a week, against demand whose truth is known."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast import forecast, history_tail
from forecast.model import Method
from tests.forecast.centres import Course, centre, hours, rows, special
from wfm.centre import Centre, SpecialDay
from wfm.demand import Forecast
from wfm.faults import FaultyInput

MONDAY = date(2026, 11, 30)
SUNDAY = MONDAY - timedelta(days=1)
YEAR_AGO = MONDAY - timedelta(days=364)
WEEKDAYS = (1.2, 1.1, 1.0, 1.0, 0.9, 0.6, 0.5)


def course(level: float = 100.0, *, events: tuple[date, ...] = (), effect: float = 1.0) -> Course:
    """Weekday times a noon peak, without noise or holidays."""

    def contacts(day: date, minute: int) -> float:
        wave = 1.2 - np.cos(2 * np.pi * minute / 1440)
        return float(level * WEEKDAYS[day.weekday()] * wave * (effect if day in events else 1.0))

    return contacts


def truth(of: Course, monday: date = MONDAY) -> np.ndarray:
    return np.array([[of(monday + timedelta(days=day), hour * 60) for hour in range(24)] for day in range(7)])


def told(of: Centre, monday: date = MONDAY) -> Forecast:
    """The forecast, once it has passed what holds for every forecast."""
    result = forecast(of, of.week(monday))
    for values in (result.offered, *result.limits.values(), result.aht_seconds):
        assert np.all(np.isfinite(values)) and np.all(values >= 0)
    assert np.all(result.limits["p10"] <= result.offered) and np.all(result.offered <= result.limits["p90"])
    assert np.all(np.diff(list(result.limits.values()), axis=0) >= 0)
    assert np.all(result.aht_seconds > 0)
    assert set(result.method) == set(of.queues) and set(result.method.values()) <= {str(m) for m in Method}
    return result


def year(of: Course, *, last: date = SUNDAY, days: tuple[SpecialDay, ...] = (), country: str = "none") -> Centre:
    return centre(rows("calls", first=YEAR_AGO, last=last, course=of), special_days=days, country=country)


def test_a_steady_year_is_continued() -> None:
    result = told(year(course()))
    assert result.offered[0].reshape(7, 24) == pytest.approx(truth(course()), rel=0.03)


def test_growth_is_carried_to_the_week() -> None:
    def growing(day: date, minute: int) -> float:
        return course()(day, minute) * float(np.exp(0.4 * (day - YEAR_AGO).days / 364))

    result = told(year(growing))
    assert result.method["calls"] != Method.SIX_WEEKS
    assert result.offered.sum() == pytest.approx(truth(growing).sum(), rel=0.03)


def test_noise_does_not_bias_the_mean() -> None:
    random = np.random.default_rng(5)
    noisy = rows("calls", first=YEAR_AGO, last=SUNDAY, course=lambda d, m: float(random.poisson(course(4)(d, m))))
    assert told(centre(noisy, country="none")).offered.sum() == pytest.approx(truth(course(4)).sum(), rel=0.04)


def test_billing_days_of_one_name_share_what_they_teach() -> None:
    dates = [YEAR_AGO + timedelta(days=15 + 37 * turn) for turn in range(9)] + [MONDAY + timedelta(days=2)]
    of = course(events=tuple(dates), effect=1.5)
    result = told(year(of, days=tuple(special(day, "event", name="billing") for day in dates)))
    assert result.offered[0].reshape(7, 24).sum(axis=1) == pytest.approx(truth(of).sum(axis=1), rel=0.05)


def test_a_short_history_knows_learned_events_too() -> None:
    dates = [MONDAY + timedelta(days=offset) for offset in (-40, -29, -18, 2)]
    of = course(events=tuple(dates), effect=1.5)
    short = rows("calls", first=MONDAY - timedelta(days=49), last=SUNDAY, course=of)
    days = tuple(special(day, "event", name="billing") for day in dates)
    result = told(centre(short, special_days=days, country="none"))
    assert result.method["calls"] == Method.FEW_WEEKS
    assert result.offered[0].reshape(7, 24).sum(axis=1) == pytest.approx(truth(of).sum(axis=1), rel=0.12)


def test_a_public_holiday_near_the_week_leaves_a_short_history_s_mean_as_it_is() -> None:
    """Seven weeks hold two other holidays and the days about them: no ground to move Thanksgiving and the day after."""
    monday = date(2026, 11, 23)
    random = np.random.default_rng(7)
    short = rows(
        "calls",
        first=monday - timedelta(days=50),
        last=monday - timedelta(days=1),
        course=lambda day, minute: float(random.poisson(course(10)(day, minute))),
    )
    result = told(centre(short, country="US"), monday)
    assert result.method["calls"] == Method.FEW_WEEKS
    by_day = result.offered[0].reshape(7, 24).sum(axis=1)
    wall = short["start"].dt.tz_localize(None)
    last = short[wall >= pd.Timestamp(monday - timedelta(days=42))]
    mean = last.groupby(wall.dt.dayofweek)["offered"].sum() / 6
    assert by_day[3:] == pytest.approx(mean.to_numpy()[3:], rel=1e-6)


def test_a_stated_factor_multiplies_its_day_and_is_taken_out_of_the_past() -> None:
    past, ahead = MONDAY - timedelta(days=7), MONDAY
    of = course(events=(past, ahead), effect=2.0)
    days = (special(past, "event", factor=2.0), special(ahead, "event", factor=2.0, queue="calls"))
    result = told(year(of, days=days))
    assert result.offered[0].reshape(7, 24) == pytest.approx(truth(of), rel=0.03)


def test_a_factor_for_another_queue_changes_nothing() -> None:
    two = [rows(name, first=YEAR_AGO, last=SUNDAY, course=course()) for name in ("calls", "mail")]
    days = (special(MONDAY, "event", factor=3.0, queue="mail"),)
    result = told(centre(*two, queues=("calls", "mail"), special_days=days, country="none"))
    monday = result.offered[:, :24].sum(axis=1)
    assert monday[1] == pytest.approx(3 * monday[0], rel=1e-6)


def test_a_holiday_is_learned_from_the_years_before() -> None:
    """Golden Week brings half the contacts; the library knows its dates, and which weekends about it are worked."""

    def golden(day: date, minute: int) -> float:
        return course()(MONDAY, minute) * (0.5 if day.month == 10 and day.day <= 7 else 1.0)

    history = rows("calls", first=date(2024, 3, 4), last=date(2026, 9, 20), course=golden)
    result = told(centre(history), date(2026, 9, 28))
    expected = truth(golden, date(2026, 9, 28)).sum(axis=1)
    assert result.offered[0].reshape(7, 24).sum(axis=1) == pytest.approx(expected, rel=0.2)


def test_a_working_saturday_is_forecast_as_a_weekday() -> None:
    saturday = date(2026, 12, 5)
    result = told(year(course(), days=(special(saturday, "workday"),)))
    by_day = result.offered[0].reshape(7, 24).sum(axis=1)
    assert by_day[5] == pytest.approx(by_day[:5].mean(), rel=0.03)


def test_an_outage_teaches_nothing() -> None:
    days = tuple(special(MONDAY - timedelta(days=7 * week), "outage") for week in range(1, 6))
    broken = course(events=tuple(day.date for day in days), effect=0.1)
    assert told(year(broken, days=days)).offered[0].reshape(7, 24) == pytest.approx(truth(course()), rel=0.03)


def test_a_history_of_closed_days_alone_says_nothing() -> None:
    first = MONDAY - timedelta(days=10)
    days = tuple(special(first + timedelta(days=day), "closed") for day in range(10))
    history = rows("calls", first=first, last=SUNDAY, course=course())
    result = told(centre(history, special_days=days, country="none"))
    assert not result.offered.any()
    assert any("no contacts in history" in caveat for caveat in result.caveats)


def test_a_missing_row_is_not_a_day_with_fewer_contacts() -> None:
    complete = rows("calls", first=YEAR_AGO, last=SUNDAY, course=course())
    lost = np.random.default_rng(3).random(len(complete)) < 0.1
    assert told(centre(complete[~lost], country="none")).offered[0].reshape(7, 24) == pytest.approx(
        truth(course()), rel=0.05
    )


def test_closed_intervals_need_nobody_and_open_ones_are_never_nothing() -> None:
    history = rows("calls", first=YEAR_AGO, last=SUNDAY, course=course(), opened=(480, 1200))
    opening = tuple(hours(8, 20, weekday=day) for day in range(6)) + (hours(6, 22, on=MONDAY),)
    result = told(centre(history, hours=opening, country="none"))
    by_day = result.offered[0].reshape(7, 24) > 0
    assert np.flatnonzero(by_day[0]).tolist() == list(range(6, 22))
    assert np.flatnonzero(by_day[1]).tolist() == list(range(8, 20))
    assert not by_day[6].any()
    assert any("guessed" in caveat and "2026-11-30T06:00" in caveat for caveat in result.caveats)


def test_a_quiet_night_still_expects_somebody() -> None:
    history = rows("calls", first=YEAR_AGO, last=SUNDAY, course=lambda _, minute: 9.0 if minute >= 480 else 0.0)
    night = told(centre(history, country="none")).offered[0].reshape(7, 24)[:, :8]
    assert np.all(night > 0) and night.sum() < 5


@pytest.mark.parametrize("gap", [0, 3, 42])
def test_history_may_end_up_to_six_weeks_before(gap: int) -> None:
    result = told(year(course(), last=SUNDAY - timedelta(days=gap)))
    assert result.offered[0].reshape(7, 24) == pytest.approx(truth(course()), rel=0.05)


def test_history_that_ends_earlier_is_faulty_input() -> None:
    old = year(course(), last=SUNDAY - timedelta(days=43))
    with pytest.raises(FaultyInput) as refused:
        forecast(old, old.week(MONDAY))
    (fault,) = refused.value.faults
    assert (fault.file, fault.column) == ("history.csv", "start")
    assert "2026-10-17" in fault.got and "2026-11-30" in fault.expected


def test_a_centre_without_history_is_faulty_input() -> None:
    empty = centre(rows("calls", first=MONDAY, last=MONDAY, course=course())[:0])
    with pytest.raises(FaultyInput, match="no row before the week"):
        forecast(empty, empty.week(MONDAY))


def test_what_comes_after_the_week_began_is_not_used() -> None:
    honest = told(year(course()))
    peeking = told(year(course(events=(MONDAY,), effect=50.0), last=MONDAY + timedelta(days=3)))
    assert np.array_equal(honest.offered, peeking.offered)


def test_one_week_of_history_is_repeated_and_said_so() -> None:
    week = rows("calls", first=MONDAY - timedelta(days=7), last=SUNDAY, course=course())
    result = told(centre(week, country="none"))
    assert result.offered[0].reshape(7, 24) == pytest.approx(truth(course()))
    assert result.method["calls"] == Method.FEW_WEEKS
    assert any("7 days of history are too few" in caveat for caveat in result.caveats)


@pytest.mark.parametrize("weeks", [1, 3, 7, 8, 12, 30, 60])
def test_a_weekday_on_which_nobody_calls_is_told_so(weeks: int) -> None:
    """Its rows are there and hold 0, as exports write them for closed hours."""
    random = np.random.default_rng(1)
    first = MONDAY - timedelta(weeks=weeks)
    of = rows("calls", first=first, last=SUNDAY, course=lambda d, _m: float(d.weekday() < 6) * random.poisson(50))
    by_day = told(centre(of, country="none")).offered[0].reshape(7, 24).sum(axis=1)
    assert by_day[:6] == pytest.approx(np.full(6, 1200.0), rel=0.05)
    assert by_day[6] < 3


def test_a_weekday_of_which_no_date_is_whole_is_told_from_its_own_rows() -> None:
    """Of each Sunday but one half is there."""
    of = rows(
        "calls", first=MONDAY - timedelta(weeks=4), last=SUNDAY, course=lambda d, _m: 5 if d.weekday() == 6 else 50
    )
    wall = of["start"].dt.tz_localize(None)
    half = (wall.dt.dayofweek != 6) | ((wall.dt.hour < 12) == (wall.dt.day % 2 > 0))
    result = told(centre(of[half], country="none"))
    assert result.method["calls"] == Method.FEW_WEEKS
    assert result.offered[0].reshape(7, 24).sum(axis=1) == pytest.approx(np.array([1200.0] * 6 + [120.0]), rel=0.02)


def test_three_weeks_after_a_silent_year_are_told_as_three_weeks_are() -> None:
    random = np.random.default_rng(3)
    begun = MONDAY - timedelta(weeks=3)
    of = rows("calls", first=YEAR_AGO, last=SUNDAY, course=lambda d, _m: float(d >= begun) * random.poisson(50))
    alone = of[of["start"].dt.tz_localize(None) >= pd.Timestamp(begun)]
    result, short = told(centre(of, country="none")), told(centre(alone, country="none"))
    assert result.method["calls"] == short.method["calls"] == Method.FEW_WEEKS
    assert np.array_equal(result.offered, short.offered)


def test_hours_that_were_cut_are_no_missing_rows() -> None:
    whole = rows("calls", first=YEAR_AGO, last=SUNDAY, course=course(), opened=(480, 1200))
    wall = whole["start"].dt.tz_localize(None)
    shorter = whole[(wall < pd.Timestamp(MONDAY - timedelta(days=35))) | (wall.dt.hour < 14)]
    assert not any("are missing" in caveat for caveat in told(centre(shorter, country="none")).caveats)


def test_weeks_without_rows_and_days_that_lack_many_are_said() -> None:
    whole = rows("calls", first=YEAR_AGO, last=SUNDAY, course=course())
    wall = whole["start"].dt.tz_localize(None)
    gap = (wall >= "2026-03-01") & (wall < "2026-09-01")
    assert any("no rows from 2026-03-01 to 2026-08-31" in c for c in told(centre(whole[~gap], country="none")).caveats)
    lacking = whole[(wall < "2026-10-19") | (wall.dt.hour % 3 != 1)]
    assert any("33% of the rows of days" in c for c in told(centre(lacking, country="none")).caveats)
    assert not any("rows" in c for c in told(centre(whole, country="none")).caveats)


def test_a_thousandfold_day_in_the_only_week_is_left_out_and_said() -> None:
    fault = MONDAY - timedelta(days=4)
    week = rows("calls", first=MONDAY - timedelta(days=7), last=SUNDAY, course=course(events=(fault,), effect=1000.0))
    result = told(centre(week, country="none"))
    assert result.offered.max() < 3 * truth(course()).max()
    assert any("spike" in caveat for caveat in result.caveats) and len(result.proposals) == 1


def test_queues_without_contacts_or_rows_or_with_a_late_start_are_told_apart() -> None:
    tables = [
        rows("old", first=YEAR_AGO, last=SUNDAY, course=course()),
        rows("silent", first=YEAR_AGO, last=SUNDAY, course=lambda *_: 0.0, aht=lambda *_: np.nan),
        rows("late", first=MONDAY - timedelta(days=14), last=SUNDAY, course=course(20)),
        rows("ended", first=YEAR_AGO, last=MONDAY - timedelta(days=90), course=course(10)),
    ]
    opening = tuple(hours(0, 24, queue=name, weekday=day) for name in ("ended", "absent") for day in range(7))
    result = told(centre(*tables, queues=("old", "silent", "late", "ended", "absent"), hours=opening, country="none"))
    old, silent, late, ended, absent = result.offered.sum(axis=1)
    assert old == pytest.approx(truth(course()).sum(), rel=0.03)
    assert silent == absent == 0
    assert late == pytest.approx(truth(course(20)).sum(), rel=0.03)
    assert ended == pytest.approx(truth(course(10)).sum(), rel=0.1)
    for name, text in {
        "silent": "no contacts in history",
        "late": "14 days of history",
        "ended": "no usable row",
        "absent": "no handling time in history; 240 s assumed",
    }.items():
        assert any(caveat.startswith(f"{name}:") and text in caveat for caveat in result.caveats), name
    assert not any(caveat.startswith("old:") and "nearer" not in caveat for caveat in result.caveats)


def test_a_queue_that_fell_silent_keeps_a_trace_of_its_contacts() -> None:
    quiet_since = MONDAY - timedelta(days=60)
    result = told(year(lambda day, minute: course()(day, minute) if day < quiet_since else 0.0))
    assert np.all(result.offered > 0) and result.offered.sum() < 0.05 * truth(course()).sum()
    assert any("no contacts in the last 6 weeks" in caveat for caveat in result.caveats)


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_any_history_gives_usable_numbers(data: st.DataObject) -> None:
    seed, length = data.draw(st.integers(0, 10_000)), data.draw(st.integers(1, 120))
    level, present = data.draw(st.sampled_from([0.0, 0.01, 1.0, 500.0])), data.draw(st.sampled_from([0.05, 0.6, 1.0]))
    gap = data.draw(st.integers(0, 41))
    random = np.random.default_rng(seed)
    last = SUNDAY - timedelta(days=gap)
    history = rows(
        "calls",
        first=last - timedelta(days=length),
        last=last,
        course=lambda *_: float(random.poisson(level)) * float(random.choice([0, 1, 1, 1, 40])),
        aht=lambda *_: float(random.choice([np.nan, 0.0, 300.0])),
    )
    kinds = data.draw(st.lists(st.sampled_from(["event", "outage", "closed", "holiday", "workday"]), max_size=4))
    days = tuple(special(MONDAY - timedelta(days=3 * turn - 6), kind) for turn, kind in enumerate(kinds))
    kept = history[random.random(len(history)) < present]
    if len(kept) and kept["start"].max().date() >= MONDAY - timedelta(days=43):
        told(centre(kept, special_days=days))


def test_handling_time_counts_each_contact_once() -> None:
    """Busy hours take longer: the mean over contacts is above the mean over intervals."""
    history = rows(
        "calls", first=YEAR_AGO, last=SUNDAY, course=course(), aht=lambda _, minute: 200.0 + (minute == 720) * 100
    )
    result = told(centre(history, country="none"))
    by_hour = result.aht_seconds[0].reshape(7, 24)
    assert by_hour[:5, 12] == pytest.approx(300, rel=0.01)
    assert by_hour[:5, 11] == pytest.approx(200, rel=0.01)


def test_few_handling_times_lean_on_the_mean_of_the_queue() -> None:
    history = rows("calls", first=MONDAY - timedelta(days=14), last=SUNDAY, course=lambda *_: 1.0)
    history.loc[history.index[-1], "aht_seconds"] = 20_000.0
    aht = told(centre(history, country="none")).aht_seconds
    assert aht.max() < 1.2 * aht.min()


@pytest.mark.parametrize(("monday", "hours_of_week"), [(date(2026, 3, 23), 167), (date(2026, 10, 19), 169)])
def test_a_week_in_which_the_clock_changes_keeps_its_course_by_the_wall(monday: date, hours_of_week: int) -> None:
    history = rows(
        "calls",
        first=monday - timedelta(days=364),
        last=monday - timedelta(days=1),
        course=course(),
        timezone="Europe/Berlin",
    )
    result = told(centre(history, timezone="Europe/Berlin", country="none"), monday)
    assert result.offered.shape == (1, hours_of_week)
    expected = truth(course(), monday)
    walls = [result.week.wall(hour * 60) for hour in range(hours_of_week)]
    by_wall = [expected[wall.weekday(), wall.hour] for wall in walls]
    assert result.offered[0] == pytest.approx(np.array(by_wall), rel=0.06)


def test_an_unknown_country_and_unannounced_working_days_are_said() -> None:
    assert any("country none" in caveat for caveat in told(year(course())).caveats)
    history = rows("calls", first=date(2026, 8, 3), last=date(2027, 1, 10), course=course())
    assert any("shifted working days of 2027" in caveat for caveat in told(centre(history), date(2027, 1, 18)).caveats)


def test_the_same_history_gives_the_same_forecast() -> None:
    of = year(course())
    assert np.array_equal(forecast(of, of.week(MONDAY), seed=1).offered, forecast(of, of.week(MONDAY), seed=2).offered)


def test_the_tail_of_the_history_is_its_last_weeks() -> None:
    assert len(history_tail(year(course()), weeks=2)) == 14 * 24


def _noisy(of: Course, *, first: date = YEAR_AGO, seed: int = 3) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return rows("calls", first=first, last=SUNDAY, course=lambda day, minute: float(random.poisson(of(day, minute))))


@pytest.mark.parametrize("factor", [0.7, 1.5])
def test_a_step_of_the_level_is_followed_within_weeks(factor: float) -> None:
    since = MONDAY - timedelta(weeks=4)
    stepped = _noisy(lambda day, minute: course(40)(day, minute) * (factor if day >= since else 1.0))
    total = told(centre(stepped, country="none")).offered.sum()
    assert total == pytest.approx(factor * truth(course(40)).sum(), rel=0.1)


def test_a_quiet_queue_keeps_its_level() -> None:
    """Most slots have no contact in six weeks: what they are given must not come on top."""
    totals = [told(centre(_noisy(course(0.03), seed=seed), country="none")).offered.sum() for seed in range(5)]
    assert np.mean(totals) == pytest.approx(truth(course(0.03)).sum(), rel=0.25)


@pytest.mark.parametrize(("effect", "believed"), [(1.25, 0.4), (0.3, 0.75)])
def test_what_a_holiday_did_once_is_believed_where_it_is_large(effect: float, believed: float) -> None:
    """Thanksgiving of the year before, four days of snow or the closing of the shops, and the one to come."""
    monday, begun, odd = date(2026, 11, 23), date(2025, 9, 1), date(2025, 11, 27)

    def thursday(effect: float) -> float:
        sway = np.exp(0.08 * np.random.default_rng(5).standard_normal(800))
        sway[(odd - begun).days] = effect
        table = _noisy(lambda d, m: course(40)(d, m) * sway[(d - begun).days], first=begun)
        table = table[table["start"].dt.tz_localize(None) < pd.Timestamp(monday)].reset_index(drop=True)
        return float(told(centre(table, country="US"), monday).offered[0].reshape(7, 24)[3].sum())

    moved = (thursday(effect) / thursday(1.0) - 1) / (effect - 1)
    assert moved == pytest.approx(believed, abs=0.15)
