"""Running CP-SAT so that it listens: to a wish to stop, and to Ctrl-C, which it would otherwise keep for itself."""

from threading import Thread

from ortools.sat.python import cp_model

from wfm.progress import Stop

BEAT = 0.1  # seconds between looks at the wish to stop


def run(
    solver: cp_model.CpSolver,
    model: cp_model.CpModel,
    stop: Stop,
    callback: cp_model.CpSolverSolutionCallback | None = None,
) -> cp_model.CpSolverStatus:
    """Solve in a thread while this one keeps answering signals; the solver's status."""
    solver.parameters.catch_sigint_signal = False
    found: list[cp_model.CpSolverStatus] = []
    work = Thread(target=lambda: found.append(solver.solve(model, callback)), daemon=True)
    work.start()
    while work.is_alive():
        work.join(BEAT)
        if stop():
            solver.stop_search()  # again and again: before the search has begun it is not heard
    return found[0] if found else cp_model.UNKNOWN
