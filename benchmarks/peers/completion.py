"""A peer's frames made a roster: breaks and training placed by our own best responses, which may change nothing else."""

from dataclasses import replace

import numpy as np

from benchmarks.peers.offer import FREE, Candidate, Ints, Offer, Picks
from solver.crew import Crew, Member
from solver.guidance import PULL
from solver.rules import CALENDAR_RULES, WEEK_RULES, calendar_number
from solver.search import Budget, Search
from wfm.progress import silent
from wfm.roster import Shift

SWEEPS = 8
SECONDS = 120.0
STALLED = 1e-4


def complete(offer: Offer, picks: Picks) -> tuple[Shift, ...]:
    """The shifts of these frames with the best insides that sweeps find. Weeks that break rules are kept as they are."""
    crew = Crew(offer.crew.rules)
    held = [
        _held(crew, offer, candidate, week)
        for candidate, week in zip(offer.candidates, picks, strict=True)
        if (week != FREE).any()
    ]
    crew.gather([member.person for member in held])
    for agent, member in enumerate(held):
        crew.members[agent] = member
    budget = Budget(time_limit=SECONDS)
    search = Search(crew, offer.problem.required, budget, silent, seed=1)
    search.sweep(rho=2 * PULL)
    cost = np.inf
    for _ in range(SWEEPS):
        search.sweep(rho=0.0)
        search.keep("")
        if search.cost() > cost * (1 - STALLED):
            break
        cost = search.cost()
    return tuple(crew.shifts(search.placed if search.best.placed is None else search.best.placed))


def _held(crew: Crew, offer: Offer, candidate: Candidate, week: Ints) -> Member:
    """The agent with no other choices than the insides of these frames, every rule on the week left to the check."""
    without = {*CALENDAR_RULES, *WEEK_RULES} - {"locks"}  # without locks there is no choice around locked segments
    person = crew.rules.person(candidate.name, without=without)
    kept = person.choices[np.isin(offer.frame_of[person.choices], week[week != FREE])]
    calendars = np.zeros(128, dtype=bool)
    calendars[calendar_number(week != FREE)] = True
    return crew.member(replace(person, choices=kept, calendars=calendars))
