"""The automaton of legal calendars walks exactly the calendars it was made from."""

import numpy as np
import pytest

from solver.calendar import DEAD, automaton
from solver.rules import WORKED_DAYS, Mask

DRAWN = [np.random.default_rng(seed).random(128) < share for seed, share in enumerate((0.02, 0.1, 0.5, 0.9))]
MASKS = [np.zeros(128, dtype=bool), np.ones(128, dtype=bool), WORKED_DAYS.sum(axis=1) == 5, *DRAWN]


@pytest.mark.parametrize("mask", MASKS, ids=range(len(MASKS)))
def test_a_calendar_is_walked_to_the_end_if_and_only_if_it_is_legal(mask: Mask) -> None:
    step, most, _ = automaton(mask)
    for legal, days in zip(mask, WORKED_DAYS, strict=True):
        state, left = 0, []
        for day, works in enumerate(days):
            left.append(most[day, state])
            state = step[day, state, int(works)]
            if state == DEAD:
                break
        assert (state != DEAD) == legal
        if legal:
            assert all(left[day] >= days[day:].sum() for day in range(7))


def test_the_most_shifts_still_possible_are_possible() -> None:
    for mask in MASKS:
        assert automaton(mask).most[0, 0] == max((days.sum() for days in WORKED_DAYS[mask]), default=0)
