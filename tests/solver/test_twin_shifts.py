"""The twin test of single shifts: the solver's tables admit exactly the fillings that the check finds legal.

All fillings of small kinds are tried, legal or not; every one is judged by the check and looked up in the tables.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from solver.filling import BLOCKS, LOST, best_filling, best_value, shape_table
from solver.rules import Rules
from tests.solver.fillings import Filling, Piece, admitted, arrangements
from tests.tiny import FREE_OF_LIMITS, MONDAY, tiny_agent, tiny_centre
from wfm.centre import Break, Centre, Lock, ShiftKind
from wfm.check import check
from wfm.problem import Problem
from wfm.roster import Segment, Shift

AGAIN = " again"  # of a lock at the second of two equal wall times
SPRING, AUTUMN = date(2026, 3, 23), date(2026, 10, 19)  # clocks change on their Sundays in Berlin
OWING = replace(FREE_OF_LIMITS, training_minutes_month=900)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Kinds of shift of a day and all candidates to try: starts (minutes past midnight of the day, elapsed), lengths,
    pieces beside work. `locks` are (start, end, activity) in minutes past midnight, as the clock shows them; an activity
    `again` is at the second time it shows them."""

    kinds: tuple[ShiftKind, ...]
    starts: range
    lengths: range
    pieces: tuple[Piece, ...] = ()
    most: int = 3
    step: int = 30
    grid: int = 30
    day: int = 2
    monday: date = MONDAY
    timezone: str = "Asia/Shanghai"
    locks: tuple[tuple[int, int, str], ...] = ()
    daily_minutes_max: int | None = None

    def centre(self) -> Centre:
        """A centre with one agent, whose contract limits nothing but what is tried."""
        own = replace(OWING, shifts=tuple(kind.kind for kind in self.kinds), daily_minutes_max=self.daily_minutes_max)
        return tiny_centre(
            agents=[tiny_agent("ann")],
            contracts=[own],
            kinds=self.kinds,
            grid_minutes=self.grid,
            interval_minutes=60 if self.grid == 60 else 30,
            timezone=self.timezone,
            locks=tuple(self._lock(*lock) for lock in self.locks),
        )

    def _lock(self, start: int, end: int, activity: str) -> Lock:
        day, fold = self.monday.toordinal() + self.day, int(activity.endswith(AGAIN))
        times = [
            datetime.combine(date.fromordinal(day + clock // 1440), datetime.min.time()).replace(
                hour=clock % 1440 // 60, minute=clock % 60, tzinfo=ZoneInfo(self.timezone), fold=fold
            )
            for clock in (start, end)
        ]
        return Lock(
            agent="ann",
            date=date.fromordinal(day),
            start=times[0],
            end=times[1],
            activity=activity.removesuffix(AGAIN),
        )


def kind(name: str, start: tuple[int, int], paid: tuple[int, ...], **changes: object) -> ShiftKind:
    """A kind that starts between two hours, every hour, without breaks unless given."""
    bare = ShiftKind(
        kind=name,
        earliest_start=start[0] * 60,
        latest_start=start[1] * 60,
        step_minutes=60,
        paid_minutes=paid,
        meal=None,
        rests=(),
        min_work_between=30,
        session_minutes=(),
    )
    return replace(bare, **changes)  # type: ignore[arg-type]


def unpaid(minutes: int, first: int, last: int) -> Break:
    return Break(minutes=minutes, paid=False, earliest=first, latest=last)


def paid(minutes: int, first: int, last: int) -> Break:
    return Break(minutes=minutes, paid=True, earliest=first, latest=last)


MEAL, PAID_MEAL = Piece("meal", 30, False), Piece("meal", 30, True)
REST, UNPAID_REST = Piece("rest", 30, True), Piece("rest", 30, False)
HOUR_TRAINING, LONG_TRAINING = Piece("training", 60, True), Piece("training", 90, True)
MEETING = Piece("meeting", 30, True)
SHORT_REST = Piece("rest", 15, True)

TRIALS = {
    "no breaks": Trial(
        kinds=(kind("bare", (8, 10), (120, 180)),),
        starts=range(390, 720, 30),
        lengths=range(60, 270, 30),
        pieces=(MEAL, REST),
        most=1,
    ),
    "an unpaid meal": Trial(
        kinds=(kind("lunch", (8, 9), (120, 180), meal=unpaid(30, 60, 90)),),
        starts=range(420, 630, 30),
        lengths=range(120, 270, 30),
        pieces=(MEAL, PAID_MEAL, REST),
        most=2,
    ),
    "a paid meal and a rest before or after it": Trial(
        kinds=(kind("early", (6, 6), (210, 240), meal=paid(30, 60, 120), rests=(paid(30, 30, 180),)),),
        starts=range(360, 420, 30),
        lengths=range(180, 300, 30),
        pieces=(PAID_MEAL, REST, UNPAID_REST),
    ),
    "two rests with windows that overlap": Trial(
        kinds=(kind("long", (6, 6), (240,), meal=unpaid(30, 90, 150), rests=(paid(30, 30, 150), paid(30, 60, 240))),),
        starts=range(360, 390, 30),
        lengths=range(240, 301, 30),
        pieces=(MEAL, REST._replace(most=3)),
        most=4,
    ),
    "rests of different length and pay": Trial(
        kinds=(kind("mixed", (6, 6), (210,), rests=(unpaid(30, 30, 150), paid(60, 30, 150))),),
        starts=range(360, 390, 30),
        lengths=range(180, 301, 30),
        pieces=(REST, UNPAID_REST, Piece("rest", 60, True), Piece("rest", 60, False)),
        most=3,
    ),
    "an unpaid rest that is due only in the longer shift it makes": Trial(
        kinds=(kind("edge", (6, 6), (150, 180), rests=(unpaid(30, 120, 180),)),),
        starts=range(360, 390, 30),
        lengths=range(120, 301, 30),
        pieces=(UNPAID_REST._replace(most=2), REST),
        most=2,
    ),
    "sessions that displace a rest": Trial(
        kinds=(
            kind("school", (6, 6), (240,), meal=unpaid(30, 90, 150), rests=(paid(30, 60, 90),), session_minutes=(60,)),
        ),
        starts=range(360, 390, 30),
        lengths=range(240, 301, 30),
        pieces=(MEAL, REST, HOUR_TRAINING._replace(most=2)),
    ),
    "sessions of two lengths that displace an unpaid rest": Trial(
        kinds=(kind("school", (6, 7), (180, 210), rests=(unpaid(30, 60, 120),), session_minutes=(60, 90)),),
        starts=range(360, 450, 30),
        lengths=range(150, 271, 30),
        pieces=(UNPAID_REST, HOUR_TRAINING, LONG_TRAINING, Piece("training", 30, True)),
        most=2,
    ),
    "no plain shift, only ones with a session": Trial(
        kinds=(
            kind(
                "school", (6, 6), (210,), meal=unpaid(30, 120, 120), rests=(paid(30, 90, 90),), session_minutes=(30, 60)
            ),
        ),
        starts=range(360, 390, 30),
        lengths=range(180, 271, 30),
        pieces=(MEAL, REST, Piece("training", 30, True), HOUR_TRAINING),
    ),
    "no work needed between breaks": Trial(
        kinds=(
            kind(
                "dense",
                (6, 6),
                (150, 180),
                meal=unpaid(30, 0, 90),
                rests=(paid(30, 30, 150),),
                min_work_between=0,
                session_minutes=(60,),
            ),
        ),
        starts=range(360, 390, 30),
        lengths=range(150, 241, 30),
        pieces=(MEAL, REST, HOUR_TRAINING),
    ),
    "work between breaks that is no multiple of the grid": Trial(
        kinds=(
            kind("uneven", (6, 6), (240,), meal=unpaid(30, 75, 165), rests=(paid(30, 45, 200),), min_work_between=40),
        ),
        starts=range(360, 390, 30),
        lengths=range(240, 301, 30),
        pieces=(MEAL, REST._replace(most=2)),
    ),
    "breaks shorter than the grid": Trial(
        kinds=(kind("fine", (6, 6), (120,), meal=unpaid(20, 30, 60), rests=(paid(10, 30, 90),), min_work_between=20),),
        starts=range(360, 380, 10),
        lengths=range(120, 141, 10),
        pieces=(Piece("meal", 20, False), Piece("rest", 10, True)),
        step=10,
    ),
    "paid lengths off the grid": Trial(
        kinds=(kind("odd", (6, 6), (135, 165), meal=unpaid(30, 60, 90), rests=(paid(15, 30, 120),)),),
        starts=range(360, 420, 30),
        lengths=range(135, 226, 30),
        pieces=(MEAL, SHORT_REST),
        step=15,
        most=2,
    ),
    "a grid of a quarter": Trial(
        kinds=(kind("quarter", (6, 6), (105, 120), rests=(paid(15, 30, 75),), step_minutes=15, session_minutes=(30,)),),
        starts=range(345, 405, 15),
        lengths=range(90, 136, 15),
        pieces=(SHORT_REST._replace(most=2), Piece("training", 30, True), Piece("training", 45, True)),
        step=15,
        grid=15,
        most=2,
    ),
    "a grid of an hour": Trial(
        kinds=(
            kind("hours", (5, 8), (300, 360), meal=unpaid(60, 90, 250), min_work_between=60, session_minutes=(120,)),
        ),
        starts=range(240, 570, 60),
        lengths=range(240, 481, 60),
        pieces=(Piece("meal", 60, False, 2), Piece("training", 120, True), HOUR_TRAINING),
        step=60,
        grid=60,
    ),
    "two kinds whose windows overlap": Trial(
        kinds=(
            kind("a", (6, 8), (150, 180), meal=unpaid(30, 60, 90), step_minutes=30),
            kind("b", (7, 9), (180, 210), rests=(paid(30, 60, 120),)),
        ),
        starts=range(330, 600, 30),
        lengths=range(150, 241, 30),
        pieces=(MEAL, REST),
        most=2,
    ),
    "no more than the daily hours": Trial(
        kinds=(kind("long", (6, 7), (120, 180, 240), rests=(paid(30, 60, 90),)),),
        starts=range(360, 480, 60),
        lengths=range(120, 271, 30),
        pieces=(REST,),
        most=1,
        daily_minutes_max=200,
    ),
    "starts that run over midnight": Trial(
        kinds=(kind("night", (22, 26), (180,), meal=unpaid(30, 60, 120)),),
        starts=range(-180, 1680, 60),
        lengths=range(180, 241, 30),
        pieces=(MEAL,),
        most=1,
    ),
    "starts that run over midnight on Monday": Trial(
        kinds=(kind("night", (22, 26), (180,)),), starts=range(-180, 1680, 60), lengths=range(150, 241, 30), day=0
    ),
    "starts that run over midnight on Sunday": Trial(
        kinds=(kind("night", (22, 26), (180,)),), starts=range(-180, 1680, 60), lengths=range(150, 241, 30), day=6
    ),
    "a night over the hour that is skipped": Trial(
        kinds=(kind("night", (22, 26), (240,), meal=unpaid(30, 120, 180)),),
        starts=range(-60, 1500, 30),
        lengths=range(210, 331, 30),
        pieces=(MEAL, PAID_MEAL),
        most=1,
        day=5,
        monday=SPRING,
        timezone="Europe/Berlin",
    ),
    "starts around the hour that is skipped": Trial(
        kinds=(kind("small hours", (0, 4), (120,), meal=unpaid(30, 30, 60), step_minutes=30),),
        starts=range(-60, 360, 30),
        lengths=range(120, 181, 30),
        pieces=(MEAL,),
        most=1,
        day=6,
        monday=SPRING,
        timezone="Europe/Berlin",
    ),
    "a night over the hour that comes twice": Trial(
        kinds=(kind("night", (22, 26), (240,), meal=unpaid(30, 120, 180)),),
        starts=range(-60, 1500, 30),
        lengths=range(210, 331, 30),
        pieces=(MEAL, PAID_MEAL),
        most=1,
        day=5,
        monday=AUTUMN,
        timezone="Europe/Berlin",
    ),
    "starts around the hour that comes twice": Trial(
        kinds=(kind("small hours", (0, 4), (120,), meal=unpaid(30, 30, 60), step_minutes=30),),
        starts=range(-60, 420, 30),
        lengths=range(120, 181, 30),
        pieces=(MEAL,),
        most=1,
        day=6,
        monday=AUTUMN,
        timezone="Europe/Berlin",
    ),
    "a locked meeting": Trial(
        kinds=(kind("day", (6, 8), (180, 210), rests=(paid(30, 60, 120),)),),
        starts=range(360, 540, 60),
        lengths=range(180, 241, 30),
        pieces=(REST, MEETING),
        locks=((510, 540, "meeting"),),
    ),
    "a locked meeting and a session beside it": Trial(
        kinds=(kind("day", (6, 6), (240,), rests=(paid(30, 60, 120),), session_minutes=(60,)),),
        starts=range(360, 420, 60),
        lengths=range(210, 271, 30),
        pieces=(REST, MEETING, HOUR_TRAINING),
        locks=((510, 540, "meeting"),),
    ),
    "two locked meetings": Trial(
        kinds=(kind("day", (6, 7), (240,), rests=(unpaid(30, 60, 150),)),),
        starts=range(360, 480, 60),
        lengths=range(210, 271, 30),
        pieces=(UNPAID_REST, MEETING._replace(most=2)),
        locks=((450, 480, "meeting"), (540, 570, "meeting")),
    ),
    "a locked training": Trial(
        kinds=(kind("day", (6, 7), (210, 240), meal=unpaid(30, 60, 150), session_minutes=(60, 90)),),
        starts=range(360, 480, 60),
        lengths=range(240, 271, 30),
        pieces=(MEAL, HOUR_TRAINING, LONG_TRAINING),
        locks=((450, 510, "training"),),
    ),
    "a locked training of a length that no shift offers": Trial(
        kinds=(kind("day", (6, 7), (180,), session_minutes=(60,)),),
        starts=range(360, 480, 60),
        lengths=range(180, 211, 30),
        pieces=(HOUR_TRAINING, LONG_TRAINING),
        locks=((450, 540, "training"),),
    ),
    "a locked training off the grid": Trial(
        kinds=(kind("day", (6, 6), (135, 195), session_minutes=(60,)),),
        starts=range(360, 390, 30),
        lengths=range(135, 226, 30),
        pieces=(HOUR_TRAINING,),
        step=15,
        locks=((405, 465, "training"),),
    ),
    "a locked meeting off the grid": Trial(
        kinds=(kind("day", (6, 6), (180,), rests=(paid(30, 30, 120),)),),
        starts=range(360, 390, 30),
        lengths=range(180, 211, 30),
        pieces=(REST, MEETING),
        step=5,
        most=2,
        locks=((455, 485, "meeting"),),
    ),
    "a locked meeting of an odd length": Trial(
        kinds=(kind("day", (6, 6), (180,), rests=(unpaid(30, 30, 120),)),),
        starts=range(360, 390, 30),
        lengths=range(180, 211, 30),
        pieces=(UNPAID_REST, Piece("meeting", 25, True)),
        step=5,
        most=2,
        locks=((450, 475, "meeting"),),
    ),
    "a meeting locked twice": Trial(
        kinds=(kind("day", (6, 6), (180,)),),
        starts=range(360, 390, 30),
        lengths=range(180, 211, 30),
        pieces=(MEETING._replace(most=2),),
        locks=((450, 480, "meeting"), (450, 480, "meeting")),
    ),
    "a meeting locked in each of the two hours that the clock shows alike": Trial(
        kinds=(kind("small hours", (1, 1), (240,)),),
        starts=range(0, 120, 60),
        lengths=range(210, 271, 30),
        pieces=(MEETING._replace(most=2),),
        locks=((130, 160, "meeting"), (130, 160, "meeting again")),
        step=10,
        day=6,
        monday=AUTUMN,
        timezone="Europe/Berlin",
    ),
    "a clock that changes by half the grid": Trial(
        kinds=(kind("day", (0, 8), (120,)),),
        starts=range(-60, 600, 30),
        lengths=range(60, 181, 60),
        step=60,
        grid=60,
        day=6,
        monday=date(2026, 9, 28),
        timezone="Australia/Lord_Howe",
    ),
    "locked work off the grid": Trial(
        kinds=(kind("day", (6, 8), (120, 180), step_minutes=30),),
        starts=range(330, 520, 30),
        lengths=range(120, 211, 30),
        locks=((455, 505, "work"),),
    ),
    "locked work": Trial(
        kinds=(kind("day", (6, 10), (120, 180), rests=(paid(30, 30, 90),), step_minutes=30),),
        starts=range(330, 660, 30),
        lengths=range(120, 211, 30),
        pieces=(REST,),
        most=1,
        locks=((480, 570, "work"),),
    ),
    "locked work past midnight": Trial(
        kinds=(kind("night", (21, 24), (180, 240)),),
        starts=range(1200, 1500, 30),
        lengths=range(150, 271, 30),
        locks=((1410, 1500, "work"),),
    ),
}


def random_trial(seed: int) -> Trial:
    """A kind of at most four hours with breaks, windows, work between and sessions as chance has it."""
    random = Random(seed)
    breaks = [
        Break(minutes=random.choice((15, 30)), paid=random.random() < 0.5, earliest=first, latest=first + width)
        for first, width in ((random.randrange(0, 150, 15), random.randrange(15, 90, 15)) for _ in range(3))
    ]
    meal, *rests = (pause if random.random() < 0.6 else None for pause in breaks)
    drawn = kind(
        "drawn",
        (6, 6),
        (random.choice((90, 120, 150, 180)),),
        meal=meal,
        rests=tuple(rest for rest in rests if rest),
        min_work_between=random.choice((0, 0, 20, 30)),
        session_minutes=random.choice(((), (30,), (30, 60))),
    )
    pieces = [
        Piece("rest" if rest else "meal", p.minutes, p.paid) for rest, p in ((0, meal), *((1, r) for r in rests)) if p
    ]
    pieces += [Piece("training", minutes, True) for minutes in drawn.session_minutes]
    if len(pieces) > 3:  # keep the number of candidates to thousands
        drawn = replace(drawn, paid_minutes=(120,))
    unpaid_minutes = sum(pause.minutes for pause in (meal, *rests) if pause and not pause.paid)
    lengths = range(drawn.paid_minutes[0], drawn.paid_minutes[0] + unpaid_minutes + 1, 15)
    locks = ((420, 450, "meeting"),) if random.random() < 0.3 and len(pieces) < 4 else ()
    pieces += [MEETING] if locks else []
    return Trial(
        kinds=(drawn,),
        starts=range(360, 361),
        lengths=lengths,
        pieces=tuple(pieces),
        most=len(pieces),
        locks=locks,
    )


every_trial = pytest.mark.parametrize("name", TRIALS)


@lru_cache
def compiled(name: str) -> Rules:
    return rules_of(TRIALS[name])


def rules_of(trial: Trial) -> Rules:
    centre = trial.centre()
    week = centre.week(trial.monday)
    return Rules(Problem(centre=centre, week=week, required=np.zeros((1, week.intervals))))


@lru_cache
def fillings(name: str) -> tuple[tuple[int, tuple[Filling, ...]], ...]:
    """What the tables admit on the trial's day: fillings of each of the agent's choices."""
    return fillings_of(compiled(name), TRIALS[name].day)


def fillings_of(rules: Rules, day: int) -> tuple[tuple[int, tuple[Filling, ...]], ...]:
    own = rules.person("ann").choices
    return tuple((int(c), tuple(admitted(rules, int(c)))) for c in own if rules.choices.day[c] == day)


def candidates(trial: Trial, rules: Rules) -> list[Shift]:
    """Every shift to be tried, most of them illegal."""
    midnight = rules.week.midnight(trial.day)
    return [
        Shift(agent="ann", day=trial.day, segments=tuple(_moved(segment, midnight + start) for segment in segments))
        for start in trial.starts
        for length in trial.lengths
        for segments in arrangements(length, trial.pieces, most=trial.most, step=trial.step)
    ]


def _moved(segment: Segment, minutes: int) -> Segment:
    return segment._replace(start=segment.start + minutes, end=segment.end + minutes)


@every_trial
def test_the_tables_admit_exactly_the_shifts_that_the_check_finds_legal(name: str) -> None:
    rules = compiled(name)
    centre, week = rules.centre, rules.week
    tried = candidates(TRIALS[name], rules)
    legal = {shift.segments for shift in tried if not check(centre, week, [shift], unrostered=())}
    by_tables = {filling.shift.segments for _, found in fillings(name) for filling in found}
    assert by_tables == legal
    assert len(legal) < len(tried)


@pytest.mark.parametrize("seed", range(24))
def test_the_tables_admit_exactly_the_legal_shifts_of_kinds_drawn_by_chance(seed: int) -> None:
    trial = random_trial(seed)
    rules = rules_of(trial)
    tried = candidates(trial, rules)
    legal = {shift.segments for shift in tried if not check(rules.centre, rules.week, [shift], unrostered=())}
    assert {filling.shift.segments for _, found in fillings_of(rules, trial.day) for filling in found} == legal


def test_the_trials_are_neither_all_legal_nor_all_illegal() -> None:
    empty = {name for name in TRIALS if not fillings(name)}
    assert empty == {"a locked training of a length that no shift offers", "a locked training off the grid"}


@every_trial
def test_the_best_filling_under_random_prices_is_the_best_of_all(name: str) -> None:
    rules = compiled(name)
    random = np.random.default_rng(len(name))
    for _ in range(4):
        prices = random.integers(-9, 10, (3, rules.horizon)).astype(float)
        for choice, found in fillings(name):
            for shape in rules.choices.shapes[choice]:
                worths = {f: worth(rules, f, prices) for f in found if f.shape == shape}
                value, at_once, place = solved(rules, choice, shape, prices)
                assert value == at_once == pytest.approx(max(worths.values()))
                blocks = len(rules.shapes[shape].blocks)
                chosen = [f for f in worths if (f.blocks, f.session) == (place[:blocks], place[BLOCKS])]
                assert [worths[f] for f in chosen] == [pytest.approx(value)]


def test_a_shape_without_a_plain_filling_has_no_value_without_a_session() -> None:
    name = "no plain shift, only ones with a session"
    rules = compiled(name)
    (shape,) = (index for index, shape in enumerate(rules.shapes) if not shape.plain)
    prices = np.zeros((3, rules.horizon))
    choice = next(choice for choice, _ in fillings(name))
    assert filled(rules, int(rules.choices.start[choice]), shape, 0, prices)[0] == -LOST


def worth(rules: Rules, filling: Filling, prices: np.ndarray) -> float:
    """Worked slots earn, slots on a seat and in the classroom cost: counted segment by segment."""
    work, seat, room = prices
    total = 0.0
    for segment in filling.shift.segments:
        span = slice(segment.start // rules.slot, segment.end // rules.slot)
        total += work[span].sum() if segment.activity == "work" else 0.0
        total -= seat[span].sum() if segment.activity in ("work", "rest") else 0.0
        total -= room[span].sum() if segment.activity == "training" else 0.0
    return total


def solved(rules: Rules, choice: int, shape: int, prices: np.ndarray) -> tuple[float, float, tuple[int, ...]]:
    choices = rules.choices
    return filled(rules, int(choices.start[choice]), shape, int(choices.session[choice]), prices)


def filled(
    rules: Rules, start: int, shape: int, session: int, prices: np.ndarray
) -> tuple[float, float, tuple[int, ...]]:
    """The solver's best filling: its value, what `best_value` says of it, and the places."""
    table = shape_table(rules.shapes)
    work, seat, room = (np.concatenate([[0.0], np.cumsum(row)]) for row in prices)
    size = (1 << BLOCKS, int(table.slots.max()) + 1)
    scratch = np.empty(size), np.empty(size), np.empty(size, dtype=np.int64)
    place = np.full(BLOCKS + 1, -7, dtype=np.int64)
    at_once = best_value(table, shape, start, session, work, seat, room, *scratch)
    value = best_filling(table, shape, start, session, work, seat, room, *scratch, place)
    return value, at_once, tuple(place.tolist())
