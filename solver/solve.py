"""Solve a rostering problem: compile the rules, price, roster, improve, prove; each step keeps the best so far."""

from solver.blockers import clashing_rules
from solver.bound import lower_bound
from solver.crew import Crew
from solver.exact import prove, small_enough
from solver.relaxation import free_prices, price
from solver.rules import Rules
from solver.search import Budget, Halt, Search
from wfm.problem import Clash, Problem, Result
from wfm.progress import Report, Stop, never, silent

LP_SHARE = 0.4  # of the time limit that the relaxation may take
GUIDED_SWEEPS = 4
GUIDE_AGENTS = 1750  # crew at which the pull towards the target has the strength of a price


def solve(
    problem: Problem,
    *,
    time_limit: float,
    work_limit: float | None = None,
    seed: int = 1,
    workers: int = 2,
    report: Report = silent,
    stop: Stop = never,
) -> Result:
    """Roster the week within `time_limit` seconds (and `work_limit` units of work); `stop` ends it early.

    With a work limit and one worker no clock decides: the same problem and seed give the same roster.
    """
    budget = Budget(time_limit=time_limit, work_limit=work_limit, stop=stop)
    rules = Rules(problem)
    crew = Crew(rules)
    search = Search(crew, problem.required, budget, report, seed=seed)
    search.tell(f"{len(crew.members):,} agents, {len(crew.groups.rate)} skill groups: rules compiled")
    try:
        improve(search)
        if small_enough(search):
            prove(search, budget, workers=workers, seed=seed)
    except Halt:
        search.tell("stopped: the best roster so far is kept")
    if search.best.placed is None:
        return Result(shifts=None, bound=search.bound, unrostered={}, clashes=())
    shifts = tuple(crew.shifts(search.best.placed))
    unrostered, clashes = _unrostered(rules, {shift.agent for shift in shifts})
    return Result(shifts=shifts, bound=search.bound, unrostered=unrostered, clashes=clashes)


def improve(search: Search) -> None:
    """Prices and a bound from the relaxation, best responses guided by them, then under the true cost."""
    prices = price(search.crew, search.state, seconds=LP_SHARE * search.budget.seconds_left)
    if prices is not None:
        search.guide(prices)
    search.bound = lower_bound(search.crew, search.state, prices or free_prices(search.crew, search.required))
    search.tell("priced by the relaxation" if prices else "the relaxation did not end: a bound of its own costs alone")
    rho = GUIDE_AGENTS / max(GUIDE_AGENTS, len(search.crew.members))
    for number in range(GUIDED_SWEEPS):
        search.sweep(rho=rho)
        search.keep(f"guided sweep {number + 1}")
    number = 0
    while not search.budget.over:
        number += 1
        before = search.best.cost
        search.sweep(rho=0.0)
        search.keep(f"sweep {number}")
        if search.best.cost > before - 1e-3:
            break


def _unrostered(rules: Rules, rostered: set[str]) -> tuple[dict[str, str], tuple[Clash, ...]]:
    """A reason for every employed agent without a shift; clashes where locks are to blame."""
    reasons: dict[str, str] = {}
    clashes: list[Clash] = []
    for name, own in rules.entitlements.items():
        if name in rostered:
            continue
        blockers = clashing_rules(rules, name)
        if not any(own.present):
            reasons[name] = "absent"
        elif blockers:
            reasons[name] = f"no_legal_week: {', '.join(blockers)}"
        elif own.minutes[0] > 0 or own.shifts[0] > 0:
            reasons[name] = "no_legal_week: seats"
        else:
            reasons[name] = "not_needed"
        if "locks" in blockers:
            clashes += _clash_members(rules, name, blockers)
    return reasons, tuple(clashes)


def _clash_members(rules: Rules, name: str, blockers: tuple[str, ...]) -> list[Clash]:
    dates = [rules.week.date_of(day) for day in range(7)]
    locked = sorted({lock.date for lock in rules.centre.locks if lock.agent == name and lock.date in dates})
    return [Clash(rule="locks", agent=name, date=date.isoformat()) for date in locked] + [
        Clash(rule=rule, agent=name, date="") for rule in blockers if rule != "locks"
    ]
