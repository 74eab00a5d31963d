"""What one more agent, seat or hour, or a rule relaxed by a step, would save: at once, by the prices, searched again."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import numpy as np

from solver.answer import answered, joined
from solver.blockers import person_as
from solver.crew import Member, Wish, ask
from solver.facts import PersonFacts
from solver.filling import LOST
from solver.leeway import STEPS
from solver.relaxation import Prices
from solver.rules import Rules
from solver.search import Search
from solver.staffing import Floats, Staffing, open_staffing
from solver.trial import Yardstick
from solver.week import planned
from wfm.centre import Agent, Contract, LedgerEntry, worked_before
from wfm.entitlement import entitlements
from wfm.ledger import points_of
from wfm.problem import Problem
from wfm.roster import Shift

ASKED = 20  # agents of a contract asked what a rule relaxed for them would save
LEAST = 1.0  # agent-minutes worth telling
SEARCHED = 6  # changes searched again at most, those that promise most
WORK = 7_500  # agents asked again for it, over all changes
NEWCOMER = "one more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What a change would save, in agent-minutes. `at_once`: by one agent's new week while all others stay, counted;
    `priced`: for everybody it concerns, estimated by the relaxation's prices; `searched`: with everybody asked again.
    None is not asked."""

    what: str
    at_once: float
    priced: float | None
    searched: float | None

    @property
    def known(self) -> float:
        """The figure to go by: the one searched again, else the one at once."""
        return self.at_once if self.searched is None else self.searched


Found = tuple[Saving, Callable[[], Problem]]  # a change, and the problem with it


def savings(search: Search, prices: Prices | None, yardstick: Yardstick) -> list[Saving]:
    """Changes that would save anything, the best first; those that promise most are searched again."""
    found = [*_newcomers(search, prices), *_relaxed(search, prices), *_seat(search, prices)]
    told = [one for one in found if _promise(one[0]) > LEAST]
    told.sort(key=lambda one: -_promise(one[0]))
    most = max(SEARCHED // 2, min(SEARCHED, WORK // max(1, len(search.crew.members))))
    checked = [replace(saving, searched=yardstick.saves(changed())) for saving, changed in told[:most]]
    return sorted([*checked, *(saving for saving, _ in told[most:])], key=lambda saving: -saving.known)


def _promise(saving: Saving) -> float:
    return max(saving.at_once, saving.priced or 0.0)


def _at(search: Search, prices: Prices) -> Staffing:
    """A staffing that pays the prices, whoever works."""
    empty = open_staffing(search.crew.rules, search.crew.groups, search.required)
    return empty._replace(gain=prices.queue.copy(), seat_price=prices.seat, room_price=prices.room)


# -- one more agent ----------------------------------------------------------------------------------------------------


def _newcomers(search: Search, prices: Prices | None) -> Iterator[Found]:
    """One more agent like those there are: present all week, nothing owed, wished or charged."""
    crew = search.crew
    freest: dict[tuple[str, int], int] = {}
    for i, member in enumerate(crew.members):
        key = (member.person.agent.contract, int(search.state.able[member.group]))
        if key not in freest or len(member.menu.choice) > len(crew.members[freest[key]].menu.choice):
            freest[key] = i
    state = None if prices is None else _at(search, prices)
    for (contract, _), i in freest.items():
        agent, new = crew.members[i].person.agent, _unburdened(crew.members[i])
        yield (
            Saving(
                what=f"one more agent of {contract} with {' + '.join(agent.skills)}",
                at_once=joined(search, i, new),
                priced=None if state is None else ask(crew, state, crew.nobody(), i, new)[1],
                searched=None,
            ),
            partial(_with_newcomer, crew.rules.problem, agent),
        )


def _unburdened(member: Member) -> Member:
    size = len(member.menu.choice)
    nothing = np.zeros(size, dtype=np.int64)
    return replace(member, wish=Wish(0.0, 0, np.zeros(size), nothing), points=nothing, training=planned(()))


def _with_newcomer(problem: Problem, like: Agent) -> Problem:
    centre, week = problem.centre, problem.week
    name = NEWCOMER
    while name in centre.agents:
        name += " more"
    new = replace(like, agent=name, hired_on=min(like.hired_on, week.monday), leaves_on=None)
    months = {week.date_of(day).replace(day=1) for day in range(7)}
    return replace(
        problem,
        centre=replace(
            centre,
            agents=centre.agents | {name: new},
            owed=centre.owed | {(name, month): 0 for month in months},
            ledger=_with_mean(problem, new),
        ),
    )


def _with_mean(problem: Problem, new: Agent) -> tuple[LedgerEntry, ...] | None:
    """A ledger in which the newcomer bears the mean of the contract, so that nobody else's allowance changes."""
    centre, week = problem.centre, problem.week
    ledger = centre.ledger
    if ledger is None:
        ledger = tuple(_entry(problem, shift) for own in worked_before(centre, week).values() for shift in own)
    alike = {agent.agent for agent in centre.agents.values() if agent.contract == new.contract}
    before = [entry for entry in ledger if entry.week < week.monday]
    if not before:
        return centre.ledger
    mean = sum(entry.points for entry in before if entry.agent in alike) / len(alike)
    return (*ledger, LedgerEntry(agent=new.agent, week=before[0].week, kind="night", points=mean))


def _entry(problem: Problem, shift: Shift) -> LedgerEntry:
    week = problem.week
    points = points_of(week, shift.start, shift.end, shift.day)
    monday = week.monday + timedelta(days=shift.day // 7 * 7)
    return LedgerEntry(agent=shift.agent, week=monday, kind="night", points=float(sum(points.values())))


# -- a step of a rule --------------------------------------------------------------------------------------------------


def _relaxed(search: Search, prices: Prices | None) -> Iterator[Found]:
    """A step of a contract's rules: at once for the one agent of those asked whom it lets save most."""
    problem = search.crew.rules.problem
    state = None if prices is None else _at(search, prices)
    members: defaultdict[str, list[int]] = defaultdict(list)
    for i, member in enumerate(search.crew.members):
        members[member.person.agent.contract].append(i)
    for contract, own in members.items():
        asked = np.random.default_rng(1).permutation(own)[:ASKED].tolist()
        today = [search.crew.members[i] for i in asked]
        stood = [answered(search, i, member) for i, member in zip(asked, today, strict=True)]
        worth = _worth(search, state, asked, today)
        for step in STEPS:
            changed = step.relax(problem.centre.contracts[contract])
            if changed is None:
                continue
            others = [_member(search, i, changed) for i in asked]
            gains = np.array([answered(search, i, m) for i, m in zip(asked, others, strict=True)]) - stood
            more = np.nan_to_num(np.maximum(_worth(search, state, asked, others) - worth, 0))
            priced = None if state is None else float(more.mean()) * len(own)
            saving = Saving(
                what=f"{step.what} for {contract}", at_once=float(gains.max()), priced=priced, searched=None
            )
            yield saving, partial(_with_contract, problem, changed)


def _with_contract(problem: Problem, contract: Contract) -> Problem:
    contracts = problem.centre.contracts | {contract.contract: contract}
    return replace(problem, centre=replace(problem.centre, contracts=contracts))


def _member(search: Search, i: int, contract: Contract) -> Member:
    rules = search.crew.rules
    facts = rules.facts[search.crew.members[i].person.agent.agent]
    return search.crew.member(person_as(rules, under(rules, facts, contract)))


def under(rules: Rules, facts: PersonFacts, contract: Contract) -> PersonFacts:
    """An agent under other terms of the contract."""
    name = facts.agent.agent
    alone = replace(
        rules.centre,
        agents={name: facts.agent},
        contracts=rules.centre.contracts | {contract.contract: contract},
        absences=tuple(absence for absence in rules.centre.absences if absence.agent == name),
    )
    return replace(facts, contract=contract, entitlement=entitlements(alone, rules.week)[name])


def _worth(search: Search, state: Staffing | None, agents: list[int], members: list[Member]) -> Floats:
    """What the best weeks of agents are worth at the prices; nan without prices or a legal week."""
    if state is None:
        return np.full(len(agents), np.nan)
    crew, nobody = search.crew, search.crew.nobody()
    worth = np.array([ask(crew, state, nobody, i, member)[1] for i, member in zip(agents, members, strict=True)])
    return np.where(worth > -LOST / 2, worth, np.nan)


# -- one more seat -----------------------------------------------------------------------------------------------------


def _seat(search: Search, prices: Prices | None) -> Iterator[Found]:
    """One more workplace all week: at once for the one agent of those asked whom it lets save most."""
    problem, full = search.crew.rules.problem, search.state.seat >= search.state.seats
    seats = problem.centre.seats
    if seats is None or not full.any():
        return
    asked = np.random.default_rng(1).permutation(len(search.crew.members))[:ASKED].tolist()
    before, state = [answered(search, i, search.crew.members[i]) for i in asked], search.state
    search.state = state._replace(seats=state.seats + 1)
    gains = [answered(search, i, search.crew.members[i]) - stood for i, stood in zip(asked, before, strict=True)]
    search.state = state
    priced = None if prices is None else float(prices.seat.sum())
    saving = Saving(what="one more seat", at_once=max(gains), priced=priced, searched=None)
    yield saving, lambda: replace(problem, centre=replace(problem.centre, seats=seats + 1))
