"""Neighbourhoods: a few agents around a costly interval get the best day they can have together, by CP-SAT.

Best responses change one agent at a time; what needs several at once (two shifts that move apart, breaks that fill
each other's gaps) they cannot find. All others and the other days stay, and so does the others' sharing among queues.
"""

import numpy as np
from ortools.sat.python import cp_model

from solver.crew import Ints, book
from solver.model import Model, hint, model_of, read, scaled
from solver.sat import run
from solver.search import Search
from solver.staffing import interval_cost, mend_all
from solver.week import FREE
from wfm.coverage import DEEP

MEMBERS = 8  # in one neighbourhood
WINDOW_MINUTES = 60  # how far a shift may move, and how much longer or shorter it may become
CHOICES_A_DAY = 8  # of an agent, beside the present one
SECONDS = 2.0  # of one neighbourhood
WORK = 1.0  # deterministic work of one neighbourhood


def improve_part(search: Search, *, workers: int) -> bool:
    """Solve one neighbourhood of the roster under way; whether it became cheaper. It is never made dearer."""
    crew, random = search.crew, search.random
    day, members = _members(search)
    if not members:
        return False
    cost, old = search.cost(), search.placed.copy()
    for i in members:
        book(crew, search.state, search.placed, i, sign=-1, days=[day])
    picks = [_picks(search, i, day) for i in members]
    model = model_of(crew, members, picks, search.state, (day,))
    _coverage(model)
    model.cp.minimize(sum(model.cost))
    hint(model, old)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = int(random.integers(1 << 30))
    solver.parameters.symmetry_level = 0
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.linearization_level = 2
    if search.budget.counted:
        solver.parameters.max_deterministic_time = WORK
    else:
        solver.parameters.max_time_in_seconds = max(0.1, min(SECONDS, search.budget.seconds_left))
    status = run(solver, model.cp, lambda: search.budget.asked)
    search.budget.work += solver.response_proto.deterministic_time
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        read(model, solver, search.placed)
    for i in members:
        book(crew, search.state, search.placed, i, sign=1, days=[day])
    mend_all(search.state)
    if search.legal() and search.cost() < cost - 1e-6:
        return True
    search.load(old)
    return False


def _members(search: Search) -> tuple[int, list[int]]:
    """A day and agents whose shift of it lies around an interval drawn by what it costs."""
    crew, state = search.crew, search.state
    weight = interval_cost(state) + 1e-9
    slot = int(search.random.choice(len(weight), p=weight / weight.sum())) * state.per_interval
    choices, placed = crew.rules.choices, search.placed.choice
    reach = WINDOW_MINUTES // crew.rules.slot
    near = (placed != FREE) & (choices.start[placed] - reach <= slot) & (choices.end[placed] + reach >= slot)
    if not near.any():
        return 0, []
    day = int(near.sum(axis=0).argmax())
    around = np.flatnonzero(near[:, day])
    return day, sorted(int(i) for i in search.random.permutation(around)[:MEMBERS])


def _picks(search: Search, member: int, day: int) -> Ints:
    """The member's present choices, and on the day those of near start and length with the same session."""
    choices = search.crew.rules.choices
    legal, current = search.crew.members[member].menu.choice, search.placed.choice[member]
    now = current[day]
    alike = (choices.day[legal] == day) & (choices.session[legal] == choices.session[now])
    near = np.abs(choices.start[legal] - choices.start[now]) * search.crew.rules.slot <= WINDOW_MINUTES
    longer = np.abs(choices.paid[legal] - choices.paid[now]) <= WINDOW_MINUTES
    drawn = search.random.permutation(legal[alike & near & longer])[:CHOICES_A_DAY]
    return np.unique(np.concatenate([current[current != FREE], drawn]))


def _coverage(model: Model) -> None:
    """Cost of every queue and interval that the members can serve, the others' sharing as it is."""
    state = model.before
    m, minutes = state.per_interval, state.slot_minutes * state.per_interval
    for t in range(state.cover.shape[1]):
        served: dict[int, list[tuple[cp_model.IntVar, float]]] = {}
        for group, slots in model.work.items():
            terms = [term for slot in range(t * m, t * m + m) for term in slots.get(slot, ())]
            if not terms:
                continue
            shares = {
                q: model.cp.new_int_var(0, len(model.members) * m, "")
                for q in np.flatnonzero(state.rate[group] > 0).tolist()
            }
            model.cp.add(sum(k * v for v, k in terms) == sum(shares.values()))
            for q, share in shares.items():
                served.setdefault(q, []).append((share, float(state.rate[group, q]) / m))
        for q, parts in served.items():
            _queue_cost(model, q, t, parts, minutes)


def _queue_cost(model: Model, q: int, t: int, parts: list[tuple[cp_model.IntVar, float]], minutes: float) -> None:
    state = model.before
    need, cover = float(state.required[q, t]), float(state.cover[q, t])
    shortage, deep, surplus = (float(r) for r in state.rates)
    weight = float(state.weight[q])
    lines = (
        (surplus * (cover - need), surplus),
        (weight * shortage * (need - cover), -weight * shortage),
        (weight * (shortage * DEEP * need + deep * ((1 - DEEP) * need - cover)), -weight * deep),
    )
    cost = model.cp.new_int_var(
        0, scaled(minutes * (weight * deep * (need + 1) + surplus * (cover + len(model.members) + 1))), ""
    )
    for constant, slope in lines:
        terms = sum(scaled(slope * minutes * rate) * share for share, rate in parts)
        model.cp.add(cost >= scaled(constant * minutes) + terms)
    model.cost.append(cost)
