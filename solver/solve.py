"""Solve a rostering problem: compile the rules, price, roster, improve, prove; each step keeps the best so far."""

from contextlib import ExitStack, closing
from functools import partial

from solver.apart import solve_apart
from solver.bound import unproved
from solver.branching import Branching
from solver.corner import Corners
from solver.crew import Crew
from solver.errand import NOTHING, Known, Terms
from solver.exact import build, prove, settle, small_enough, take, told
from solver.guidance import PULL, Guidance
from solver.handful import Handfuls, anneal, quick
from solver.neighbourhood import HOPED, neighbourhoods, plan_anew, promising
from solver.pricing import Pricing
from solver.rules import Rules
from solver.search import Budget, Search
from solver.squeeze import squeeze
from solver.standing import take_up
from wfm.problem import Clash, Problem, Result
from wfm.progress import Report, Stop, never, silent

PATIENCE = 3  # sweeps under the true cost after which capacities that still do not hold are forced
EXHAUSTED = 1e-3  # agent-minutes a unit of work: where no neighbourhood saves more the roster is taken for good
WORTH_A_SWEEP = 0.15  # share of the gap that neighbourhoods have saved when everybody is asked again
# Shares of what is left, for each of which a small centre's roster is sought anew while branch and cut proves: a short one
# first, since the better the roster that it knows of, the less is left to prove.
ANNEALING = 0.4, 0.95
STALLED = 0.05  # share of the gap: where a sweep saves less, neighbourhoods gain more in its time


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

    With a work limit and one worker no clock decides: the same problem and seed give the same roster. A large centre of
    several parts that share nothing but places is solved part by part (`solver.apart`).
    """
    terms = Terms(time_limit=time_limit, work_limit=work_limit, seed=seed, workers=workers)
    result = None if problem.portion is not None else solve_apart(problem, terms, report=report, stop=stop)
    return solve_whole(problem, terms, report=report, stop=stop)[0] if result is None else result


def solve_whole(
    problem: Problem, terms: Terms, *, known: Known = NOTHING, report: Report, stop: Stop
) -> tuple[Result, Known]:
    """Roster a centre, or a part of one, as one problem; it begins with the standing roster and with what is `known`."""
    budget = Budget(time_limit=terms.time_limit, work_limit=terms.work_limit, stop=stop)
    crew = Crew(Rules(problem))
    search = Search(crew, problem.required, budget, report, seed=terms.seed)
    search.tell(f"{len(crew.members):,} agents, {len(crew.groups.rate)} skill groups: rules compiled")
    pricing = Pricing(search, problem, known)
    search.bound = max(search.bound, pricing.bound)
    if problem.standing is not None:
        anew = take_up(search)
        search.keep(
            "standing roster taken up" + (f"; new weeks for those that break rules: {len(anew)}" if anew else "")
        )
    small, beside = not problem.capped and small_enough(search), terms.workers > 1 and not budget.counted
    branching = Branching() if small and beside else None
    try:
        if beside:
            pricing.begin()
        if not search.swept:
            search.sweep(rho=2 * PULL)  # without prices the pull is all that speaks for the requirement
            search.keep("first roster")
        _hand_over(search, branching)
        clashes = improve(search, pricing)
        if search.best.placed is not None and not budget.over:
            if small and not search.left_out:
                _hand_over(search, branching)
                if branching is not None and quick(search):
                    search.crew.train_idle()
                    for share in ANNEALING:
                        take(search, branching)
                        anneal(search, share=share, stop=partial(told, search, branching))
                    settle(search, branching)
                else:
                    prove(search, budget, workers=terms.workers, seed=terms.seed, branching=branching)
            else:
                polish(search, workers=terms.workers)
    finally:
        if branching is not None:
            branching.end()
        pricing.end()
    # Whoever is left out does not work, which the bound's weeks do not know: then nothing but zero is proved.
    search.bound = unproved(problem.week, problem.portion) if search.left_out else max(search.bound, pricing.bound)
    if search.best.placed is None:
        result = Result(shifts=None, bound=search.bound, unrostered={}, clashes=())
    else:
        result = search.result(search.best.placed, search.bound, clashes)
    return result, pricing.known


def _hand_over(search: Search, branching: Branching | None) -> None:
    """Let branch and cut begin, where there is one, as soon as there is a roster to begin from."""
    if branching is not None and not branching.begun and search.best.placed is not None:
        branching.begin(build(search), seconds=search.budget.seconds_left)


def improve(search: Search, pricing: Pricing) -> list[Clash]:
    """Best responses pulled to the requirement, then to the relaxation's target, then under the true cost."""
    pricing.run_here()
    pricing.wait(None, search.budget.seconds)  # they tell how to begin
    guidance, sweeps = Guidance(search, pricing), 0
    clashes: list[Clash] = []
    settled = search.crew.rules.problem.standing is not None  # how training is cut: sessions that stand stay
    while not search.budget.over:
        if guidance.round(cut=not settled):
            continue
        before = search.best.cost
        sweeps += 1
        search.turn(f"sweep {sweeps} at true cost")
        if search.best.placed is None and sweeps >= PATIENCE and search.swept:
            clashes = squeeze(search)
        if before - search.best.cost < STALLED * (search.best.cost - search.bound):
            if not pricing.ready:
                pricing.wait(guidance.prices)  # another sweep would gain nothing and take the time from it
            elif settled:
                break
            else:
                search.crew.cut(range(len(search.crew.members)))
                settled = True
    if search.best.placed is None and search.swept:
        clashes = squeeze(search)
    return clashes


def polish(search: Search, *, workers: int) -> None:
    """CP-SAT on the most promising neighbourhoods or handfuls of agents, whichever save more in the time, and a sweep
    whenever they have changed enough, while anything helps."""
    search.restore()
    search.trade()
    todo, handfuls, tried, since = neighbourhoods(search), Handfuls(HOPED), 0, 0.0
    with ExitStack() as ended:
        corners = [ended.enter_context(closing(Corners())) for _ in range(workers)]
        while not search.budget.over:
            picked = promising(search, todo, len(corners))
            hoped = sum(one.worth for one in picked)
            if max(hoped, handfuls.worth) < EXHAUSTED:
                break
            if hoped >= handfuls.worth:
                otherwise = max((one.worth for one in todo if one not in picked), default=0.0)
                saved = plan_anew(search, picked, corners, otherwise=otherwise)
                tried += len(picked)
            else:
                saved = handfuls.plan_anew(search)
            since += saved
            if saved:
                search.keep(f"{tried} neighbourhoods")
            if since > WORTH_A_SWEEP * (search.best.cost - search.bound):
                since = 0.0
                search.turn(f"sweep after {tried} neighbourhoods")
