"""An integer programme for any solver of OR-Tools."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from ortools.math_opt.python.mathopt import (
    Model,
    ModelSolveParameters,
    SolutionHint,
    SolveParameters,
    SolverType,
    solve,
)

from benchmarks.peers.offer import Floats, Ints
from solver import linear


@dataclass(slots=True)
class Programme(linear.Programme):
    """The solver's programme with rows written one by one."""

    def rule(self, *terms: tuple[Ints, ArrayLike], low: float = -np.inf, high: float = np.inf) -> None:
        """One new row: the sum of columns times values."""
        row = self.add_rows(1, low=low, high=high)
        for columns, values in terms:
            self.put(row, columns, values)

    def values(
        self,
        solver: SolverType,
        parameters: SolveParameters,
        *,
        hint: Floats | None = None,
        upper: Floats | None = None,
    ) -> Floats | None:
        """Values of all columns as good as a solver finds, within other upper bounds if given; None where none."""
        proto = self.proto()
        if upper is not None:
            proto.variables.upper_bounds[:] = upper
        model = Model.from_model_proto(proto)
        columns = list(model.variables())
        told = [] if hint is None else [SolutionHint(variable_values=dict(zip(columns, hint.tolist(), strict=True)))]
        result = solve(model, solver, params=parameters, model_params=ModelSolveParameters(solution_hints=told))
        if not result.has_primal_feasible_solution():
            return None
        return np.array(result.variable_values(columns))
