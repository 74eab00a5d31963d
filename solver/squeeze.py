"""Where seats or classroom cannot hold everybody: who is left out, and which locks clash with them."""

from collections.abc import Iterable

from solver.crew import book
from solver.crowding import crowds, tried
from solver.recall import Placing, recall
from solver.search import Search
from solver.week import FREE
from wfm.problem import Clash
from wfm.roster import HOLDS_SEAT, Activity, Shift


def squeeze(search: Search) -> list[Clash]:
    """Leave members out until seats and classroom hold, those without locks first; the clashes if locks had to go."""
    clashes: list[Clash] = []
    crew = search.crew
    locked = {name for name, facts in crew.rules.facts.items() if facts.pins}
    while not search.legal():
        rule, slot = _worst(search)
        present = _present(search, rule, slot)
        free = [i for i in present if crew.members[i].person.agent.agent not in locked]
        if not free and not clashes:
            fitting, clashes = _judged(search, locked, rule, slot)
            if fitting:
                _place(search, fitting)
                continue
        gone = free[-1] if free else present[-1]
        _put(search, gone, {})
        search.left_out[gone] = rule
    search.best.placed, search.best.cost = search.placed.copy(), search.cost()
    return clashes


def _worst(search: Search) -> tuple[str, int]:
    """The capacity and the slot in which it is exceeded most."""
    state = search.state
    over_seats, over_rooms = state.seat - state.seats, state.room - state.rooms
    if over_rooms.max() > 0:
        return "classroom", int(over_rooms.argmax())
    return "seats", int(over_seats.argmax())


def _present(search: Search, rule: str, slot: int) -> list[int]:
    """Members who hold a seat or a classroom place in a slot."""
    minute = slot * search.crew.rules.slot
    wanted = {Activity.TRAINING} if rule == "classroom" else HOLDS_SEAT
    return [
        search.crew.number[shift.agent]
        for shift in search.crew.shifts(search.placed)
        if shift.start <= minute < shift.end
        and any(s.start <= minute < s.end and s.activity in wanted for s in shift.segments)
    ]


def _judged(search: Search, locked: set[str], rule: str, slot: int) -> tuple[list[Shift] | None, list[Clash]]:
    """Shifts of those with locks that fit, or the locks that clash: proved, or in a centre too large for it those met."""
    crew = search.crew
    proved = [clash for crowd in crowds(crew) for clash in crowd.clashes(crew.rules)]
    if proved:
        return None, proved
    works = (search.placed.choice != FREE).any(axis=1)
    names = {m.person.agent.agent for m, on in zip(crew.members, works, strict=True) if on} & locked
    fitting, clash = tried(crew.rules.problem, names)
    return fitting, list(clash) if fitting or clash else _met(search, locked, rule, slot)


def _met(search: Search, locked: set[str], rule: str, slot: int) -> list[Clash]:
    """The capacity and the locked days of those whom the search brought together in a slot."""
    rules = search.crew.rules
    date = rules.week.date_of(rules.week.day_of(slot * rules.slot)).isoformat()
    names = [search.crew.members[i].person.agent.agent for i in _present(search, rule, slot)]
    days = {(name, pin.day) for name in names if name in locked for pin in rules.facts[name].pins}
    locks = (Clash(rule="locks", agent=name, date=rules.week.date_of(day).isoformat()) for name, day in sorted(days))
    return [Clash(rule=rule, agent="", date=date), *locks]


def _place(search: Search, shifts: Iterable[Shift]) -> None:
    """Give agents these weeks instead of their own."""
    placings = recall(search.crew.rules, shifts)
    for i, member in enumerate(search.crew.members):
        if member.person.agent.agent in placings:
            _put(search, i, placings[member.person.agent.agent])


def _put(search: Search, member: int, week: dict[int, Placing]) -> None:
    """Exchange a member's week."""
    placed = search.placed
    book(search.crew, search.state, placed, member, sign=-1)
    placed.choice[member] = FREE
    for day, (choice, place) in week.items():
        placed.choice[member, day], placed.place[member, day] = choice, place
    book(search.crew, search.state, placed, member, sign=1)
