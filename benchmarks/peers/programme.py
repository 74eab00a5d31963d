"""An integer programme grown from arrays, for any solver of OR-Tools."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from ortools.math_opt.model_pb2 import ModelProto
from ortools.math_opt.python.mathopt import (
    Model,
    ModelSolveParameters,
    SolutionHint,
    SolveParameters,
    SolverType,
    solve,
)
from scipy.sparse import csr_array

from benchmarks.peers.offer import Floats, Ints, Mask


@dataclass(slots=True)
class Programme:
    """min cost · x; columns lie between 0 and `upper` and are integers where `whole`, rows between `low` and `high`."""

    cost: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    whole: list[Mask] = field(default_factory=list)
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)
    entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    columns: int = 0
    rows: int = 0

    def add(self, count: int, *, cost: ArrayLike = 0.0, upper: ArrayLike = np.inf, whole: bool = False) -> Ints:
        """New columns."""
        for kept, value in ((self.cost, cost), (self.upper, upper), (self.whole, whole)):
            kept.append(np.broadcast_to(np.asarray(value), count))
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def rule(self, *terms: tuple[Ints, ArrayLike], low: float = -np.inf, high: float = np.inf) -> None:
        """One new row: the sum of columns times values."""
        for columns, values in terms:
            self.put(self.rows, columns, values)
        self.rules(1, low=low, high=high)

    def rules(self, count: int, *, low: ArrayLike, high: ArrayLike) -> Ints:
        """New rows."""
        self.low.append(np.broadcast_to(np.asarray(low, dtype=float), count))
        self.high.append(np.broadcast_to(np.asarray(high, dtype=float), count))
        self.rows += count
        return np.arange(self.rows - count, self.rows)

    def put(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike) -> None:
        """Entries; equal places add up."""
        spread = np.broadcast_arrays(np.asarray(rows), np.asarray(columns), np.asarray(values, dtype=float))
        self.entries.append((spread[0].ravel(), spread[1].ravel(), spread[2].ravel()))

    def solve(self, solver: SolverType, parameters: SolveParameters, *, hint: Floats | None = None) -> Floats | None:
        """Values of all columns as good as a solver finds; None where it finds none."""
        model = Model.from_model_proto(self._proto())
        columns = list(model.variables())
        told = [] if hint is None else [SolutionHint(variable_values=dict(zip(columns, hint.tolist(), strict=True)))]
        result = solve(model, solver, params=parameters, model_params=ModelSolveParameters(solution_hints=told))
        if not result.has_primal_feasible_solution():
            return None
        return np.array(result.variable_values(columns))

    def _proto(self) -> ModelProto:
        proto = ModelProto()
        proto.variables.ids.extend(range(self.columns))
        proto.variables.lower_bounds.extend(np.zeros(self.columns))
        proto.variables.upper_bounds.extend(np.concatenate(self.upper))
        proto.variables.integers.extend(np.concatenate(self.whole))
        proto.objective.linear_coefficients.ids.extend(range(self.columns))
        proto.objective.linear_coefficients.values.extend(np.concatenate(self.cost))
        proto.linear_constraints.ids.extend(range(self.rows))
        proto.linear_constraints.lower_bounds.extend(np.concatenate(self.low))
        proto.linear_constraints.upper_bounds.extend(np.concatenate(self.high))
        rows, columns, values = (np.concatenate([entry[i] for entry in self.entries]) for i in range(3))
        matrix = csr_array((values, (rows, columns)), shape=(self.rows, self.columns)).tocoo()
        proto.linear_constraint_matrix.row_ids.extend(matrix.row)
        proto.linear_constraint_matrix.column_ids.extend(matrix.col)
        proto.linear_constraint_matrix.coefficients.extend(matrix.data)
        return proto
