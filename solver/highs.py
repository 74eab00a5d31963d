"""HiGHS in a process of its own: it and OR-Tools, which holds one too, cannot be loaded into the same.

Run as a script this reads programmes from standard input. Of a linear one it writes a corner to standard output and
reads the next. An integer one is the last: then it reads solutions found elsewhere and writes every better solution and
bound; it ends with its proof, at its time limit, or when standard input does. A message is arrays by name, behind its
length.
"""

import os
import sys
import time
from collections.abc import Mapping
from io import BytesIO
from threading import Thread
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

LENGTH = 8  # bytes that tell how long a message is
BEAT = 0.1  # seconds between two bounds told
GAP = 1e-8  # relative, at which the programme is solved
# Solutions come from elsewhere: its own heuristics, which solve parts of the programme at its root, took most of its time.
HEURISTICS = ("rins", "rens", "root_reduced_cost", "feasibility_jump")


def send(pipe: IO[bytes], message: Mapping[str, Any]) -> None:
    """Write a message."""
    buffer = BytesIO()
    np.savez(buffer, allow_pickle=False, **message)
    pipe.write(buffer.tell().to_bytes(LENGTH) + buffer.getvalue())
    pipe.flush()


def receive(pipe: IO[bytes]) -> Arrays | None:
    """The next message; None at the end."""
    length = pipe.read(LENGTH)
    if len(length) < LENGTH:
        return None
    content = pipe.read(int.from_bytes(length))
    if len(content) < int.from_bytes(length):  # whoever wrote it was ended
        return None
    with np.load(BytesIO(content)) as arrays:
        return dict(arrays)


def main() -> None:
    """Solve what standard input asks."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # HiGHS writes to standard output whatever it is told
    import highspy  # before it is asked, while the parent puts the programme together

    while (question := receive(sys.stdin.buffer)) is not None:
        if "whole" in question:
            branching = _Branching(highspy, question, answers)
            Thread(target=branching.listen, daemon=True).start()
            branching.solve()
            return
        send(answers, _corner(highspy, question))


def _corner(highspy: Any, question: Arrays) -> Arrays:
    """`values` of the best corner of a linear programme and its `cost`; nothing where it was not reached."""
    solver = highspy.Highs()
    options = {"output_flag": False, "threads": 1, "solver": "ipm", "run_crossover": "on"}
    for name, value in (options | {"time_limit": float(question["seconds"])}).items():
        solver.setOptionValue(name, value)
    solver.passModel(_programme(highspy, question))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return {}
    cost = float(solver.getInfo().objective_function_value)
    return {"values": np.array(solver.getSolution().col_value), "cost": np.array(cost)}


def _programme(highspy: Any, question: Arrays) -> Any:
    """`cost`, `upper` by column, which begin at 0; `low`, `high` by row; rows from `start`, of which the entries are
    `column` and `value`."""
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = len(question["cost"]), len(question["low"])
    programme.col_cost_, programme.col_upper_ = question["cost"], question["upper"]
    programme.col_lower_ = np.zeros(programme.num_col_)
    programme.row_lower_, programme.row_upper_ = question["low"], question["high"]
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_, programme.a_matrix_.index_ = question["start"], question["column"]
    programme.a_matrix_.value_ = question["value"]
    return programme


class _Branching:
    """Branch and cut on one programme (`_programme`), `whole` by column, for so many `seconds`."""

    def __init__(self, highspy: Any, question: Arrays, answers: IO[bytes]) -> None:
        self._highspy, self._question, self._answers = highspy, question, answers
        self._until = time.monotonic() + float(question["seconds"])
        self._offered: NDArray[Any] | None = None
        self._ended = False
        self._told, self._bound = 0.0, -np.inf

    def listen(self) -> None:
        """Take in solutions found elsewhere until there will be no more."""
        while (message := receive(sys.stdin.buffer)) is not None:
            self._offered = message["values"]
        self._ended = True

    def solve(self) -> None:
        """Solve it and tell what comes of it. Where HiGHS ends with an error inside, as it may, what it has told by then is
        all there is. Some runs that end at their time have a solution that HiGHS itself says breaks rows: that is none."""
        solver = self._solver()
        if solver.run() == self._highspy.HighsStatus.kError:
            return
        found = solver.getInfo()
        legal = found.primal_solution_status == int(self._highspy.SolutionStatus.kSolutionStatusFeasible)
        cost = float(found.objective_function_value) if legal else np.inf
        bound = min(max(self._bound, float(found.mip_dual_bound)), cost)
        message = {"bound": np.array(bound), "cost": np.array(cost)}
        if legal:
            message["values"] = np.array(solver.getSolution().col_value)
        send(self._answers, message)

    def _solver(self) -> Any:
        question, highspy = self._question, self._highspy
        solver, programme = highspy.Highs(), _programme(highspy, question)
        options: dict[str, Any] = {"output_flag": False, "threads": 1, "mip_rel_gap": GAP}
        options |= {f"mip_heuristic_run_{heuristic}": False for heuristic in HEURISTICS}
        options |= {"mip_heuristic_effort": 0.0, "mip_detect_symmetry": False, "mip_root_presolve_only": True}
        options |= {"mip_lp_solver": "ipm"}  # the simplex method may take the whole time for the first relaxation
        for name, value in (options | {"time_limit": max(0.1, self._until - time.monotonic())}).items():
            solver.setOptionValue(name, value)
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        programme.integrality_ = [kinds[whole] for whole in question["whole"].astype(int).tolist()]
        solver.passModel(programme)
        solver.cbMipUserSolution += self._take_in
        solver.cbMipImprovingSolution += self._tell_better
        solver.cbMipInterrupt += self._tell_bound
        return solver

    def _take_in(self, event: Any) -> None:
        offered = self._offered
        if offered is not None:
            event.data_in.setSolution(offered)
            if self._offered is offered:  # another may have come meanwhile
                self._offered = None

    def _tell_better(self, event: Any) -> None:
        data = event.data_out
        cost, values = np.array(data.objective_function_value), np.array(data.mip_solution)
        send(self._answers, {"bound": np.array(self._bound), "cost": cost, "values": values})

    def _tell_bound(self, event: Any) -> None:
        # Of open nodes: after a better solution has closed some, they alone may promise more than it costs.
        data, now = event.data_out, time.monotonic()
        bound = min(float(data.mip_dual_bound), float(data.mip_primal_bound))
        if bound > self._bound and now - self._told > BEAT:
            self._told, self._bound = now, bound
            send(self._answers, {"bound": np.array(bound), "cost": np.array(np.inf)})
        if self._ended:
            event.interrupt()


if __name__ == "__main__":
    main()
