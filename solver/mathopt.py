"""MathOpt in a process of its own, and not loaded elsewhere.

Run as a script this reads limits and a programme from standard input and writes the answer's arrays to standard output:
linear programmes are solved by the interior point method of HiGHS, those with whole columns by SCIP.
"""

import os
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.math_opt.solvers import highs_pb2

Floats = NDArray[np.float64]
INFINITY = np.inf
GAP = 1e-8  # relative, at which an integer programme is solved
SEEDS = 5  # with which it is tried
TOLERANCE = 1e-5  # prices need no more: the bound evaluates them exactly
JUDGED = 1e-3  # HiGHS throws away what it then finds a hundred times further off than this, 1e-7 by itself


def main() -> None:
    """Solve what standard input asks."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # HiGHS writes to standard output whatever it is told
    seconds, gap = sys.stdin.buffer.readline().decode().split()
    proto = model_pb2.ModelProto.FromString(sys.stdin.buffer.read())
    model = mathopt.Model.from_model_proto(proto)
    limit = timedelta(seconds=max(0.1, float(seconds)))
    arrays = _whole(model, limit, float(gap)) if any(proto.variables.integers) else _linear(model, limit)
    if arrays:
        np.savez(answer, allow_pickle=False, **arrays)
    answer.close()


def _linear(model: mathopt.Model, limit: timedelta) -> dict[str, Floats]:
    """`values` and `duals` by number; empty where there are none."""
    parameters = mathopt.SolveParameters(time_limit=limit)
    parameters.highs = highs_pb2.HighsOptionsProto(
        string_options={"solver": "ipm", "run_crossover": "off"},
        int_options={"threads": 1},
        double_options={
            "ipm_optimality_tolerance": TOLERANCE,
            "dual_feasibility_tolerance": JUDGED,
            "optimality_tolerance": JUDGED,
        },
    )
    try:
        result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
    except (AttributeError, RuntimeError, ValueError):  # HiGHS ended without a verdict, as it may on tiny programmes
        result = mathopt.solve(model, mathopt.SolverType.GLOP, params=mathopt.SolveParameters(time_limit=limit))
    for found in result.solutions:
        if found.primal_solution is not None and found.dual_solution is not None:
            values, duals = found.primal_solution.variable_values, found.dual_solution.dual_values
            return {"values": _array(values), "duals": _array(duals)}
    return {}


def _whole(model: mathopt.Model, limit: timedelta, gap: float) -> dict[str, Floats]:
    """`values` by number (empty where none were found), their `cost` and the `bound`; empty where SCIP failed with
    every seed."""
    begun = time.monotonic()
    for seed in range(SEEDS):
        left = limit - timedelta(seconds=time.monotonic() - begun)
        parameters = mathopt.SolveParameters(
            time_limit=max(left, timedelta(0)),
            relative_gap_tolerance=GAP,
            absolute_gap_tolerance=gap,
            random_seed=seed,
            cuts=mathopt.Emphasis.OFF,
        )
        try:
            result = mathopt.solve(model, mathopt.SolverType.GSCIP, params=parameters)
        except (AttributeError, RuntimeError, ValueError):
            continue
        there = result.has_primal_feasible_solution()
        return {
            "values": _array(result.variable_values()) if there else np.empty(0),
            "cost": np.array(result.objective_value() if there else INFINITY),
            "bound": np.array(result.best_objective_bound()),
        }
    return {}


def _array(by_name: Mapping[Any, float]) -> Floats:
    return np.fromiter(by_name.values(), dtype=float, count=len(by_name))


if __name__ == "__main__":
    main()
