"""Rules about each shift by itself: that it is one, whole, of a legal form and length."""

from collections.abc import Iterator
from itertools import pairwise

from wfm.check.case import Case
from wfm.check.violation import Rule, Violation
from wfm.clock import clock_text


def one_shift(case: Case) -> Iterator[Violation]:
    """At most one attendance a date."""
    for shift, pieces in zip(case.shifts, case.attendances, strict=True):
        if len(pieces) > 1:
            starts = ", ".join(case.week.text(piece[0].start) for piece in pieces)
            yield case.breach(Rule.ONE_SHIFT, shift.day, f"{len(pieces)} attendances on one date, starting {starts}")


def segments(case: Case) -> Iterator[Violation]:
    """Rows are dated in the week on the date the shift starts, run forward, and leave no gap or overlap."""
    for shift in case.strays:
        yield case.breach(Rule.SEGMENTS, shift.day, f"dated outside the week of {case.week.monday}")
    for shift, pieces in zip(case.shifts, case.attendances, strict=True):
        if case.week.day_of(shift.start) != shift.day:
            yield case.breach(Rule.SEGMENTS, shift.day, f"starts {case.week.text(shift.start)}, not on its date")
        for row in shift.segments:
            if row.end <= row.start:
                span = f"{case.week.text(row.start)} to {case.week.text(row.end)}"
                yield case.breach(Rule.SEGMENTS, shift.day, f"{row.activity} from {span} does not end after its start")
        for piece in pieces:
            reach = piece[0].end
            for row in piece[1:]:
                if row.start != reach:
                    what = "a gap" if row.start > reach else "an overlap"
                    yield case.breach(Rule.SEGMENTS, shift.day, f"{what} before {case.week.text(row.start)}")
                reach = max(reach, row.end)
    for earlier, later in pairwise((*case.before[-1:], *case.shifts)):
        if later.start < earlier.end:
            other = case.week.date_of(earlier.day)
            yield case.breach(Rule.SEGMENTS, later.day, f"begins before the shift of {other} has ended")


def shift(case: Case) -> Iterator[Violation]:
    """Start, length and pay are those of a kind of the contract."""
    return _of_form(case, Rule.SHIFT)


def breaks(case: Case) -> Iterator[Violation]:
    """Meal and rests are taken as due, in their windows, with enough work between."""
    return _of_form(case, Rule.BREAKS)


def training(case: Case) -> Iterator[Violation]:
    """At most one session a shift, of a length that the kind offers."""
    return _of_form(case, Rule.TRAINING)


def daily_hours(case: Case) -> Iterator[Violation]:
    """A shift pays no more than the contract's daily hours."""
    limit = case.contract.daily_minutes_max
    for shift in case.shifts:
        if limit is not None and shift.paid_minutes > limit:
            got = f"{clock_text(shift.paid_minutes)} paid hours in the shift"
            yield case.breach(Rule.DAILY_HOURS, shift.day, f"{got}; {clock_text(limit)} allowed")


def _of_form(case: Case, rule: Rule) -> Iterator[Violation]:
    for shift, found in zip(case.shifts, case.flaws, strict=True):
        for flaw in found:
            if flaw.rule is rule:
                yield case.breach(rule, shift.day, flaw.message)
