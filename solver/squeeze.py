"""Where seats or classroom cannot hold everybody: who is left out, and which locks clash with them."""

from solver.crew import book
from solver.search import Search
from solver.week import FREE
from wfm.problem import Clash
from wfm.roster import HOLDS_SEAT, Activity


def squeeze(search: Search) -> list[Clash]:
    """Leave members out until seats and classroom hold, those without locks first; the clashes if locks had to go."""
    clashes: list[Clash] = []
    crew = search.crew
    locked = {lock.agent for lock in crew.rules.centre.locks}
    while not search.legal():
        rule, slot, limit = _worst(search)
        present = _present(search, rule, slot)
        names = [crew.members[i].person.agent.agent for i in present]
        free = [i for i, name in zip(present, names, strict=True) if name not in locked]
        if not free and not clashes:
            clashes = _clash(search, rule, slot, present[: limit + 1])
        gone = free[-1] if free else present[-1]
        book(crew, search.state, search.placed, gone, sign=-1)
        search.placed.choice[gone] = FREE
        search.left_out[gone] = rule
    search.best.placed, search.best.cost = search.placed.copy(), search.cost()
    return clashes


def _worst(search: Search) -> tuple[str, int, int]:
    """The capacity, the slot in which it is exceeded most, and how many of the week's own people it can hold there."""
    state = search.state
    over_seats, over_rooms = state.seat - state.seats, state.room - state.rooms
    if over_rooms.max() > 0:
        return "classroom", int(over_rooms.argmax()), state.rooms
    return "seats", int(over_seats.argmax()), state.seats


def _present(search: Search, rule: str, slot: int) -> list[int]:
    """Members who hold a seat or a classroom place in a slot."""
    minute = slot * search.crew.rules.slot
    wanted = {Activity.TRAINING} if rule == "classroom" else HOLDS_SEAT
    index = {member.person.agent.agent: i for i, member in enumerate(search.crew.members)}
    return [
        index[shift.agent]
        for shift in search.crew.shifts(search.placed)
        if shift.start <= minute < shift.end
        and any(s.start <= minute < s.end and s.activity in wanted for s in shift.segments)
    ]


def _clash(search: Search, rule: str, slot: int, members: list[int]) -> list[Clash]:
    """The capacity and the locks of one more member than it can hold."""
    rules = search.crew.rules
    minute = slot * rules.slot
    names = {search.crew.members[i].person.agent.agent for i in members}
    date = rules.week.date_of(rules.week.day_of(minute)).isoformat()
    held = [
        Clash(rule="locks", agent=lock.agent, date=lock.date.isoformat())
        for lock in rules.centre.locks
        if lock.agent in names
        and lock.start is not None
        and lock.end is not None
        and rules.week.minute(lock.start) <= minute < rules.week.minute(lock.end)
    ]
    return [Clash(rule=rule, agent="", date=date), *held]
