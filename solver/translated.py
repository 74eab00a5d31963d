"""A CP-SAT model as an integer programme: branch and cut proves small centres ten times and more faster."""

from collections.abc import Callable

import numpy as np
from ortools.sat.python import cp_model

from solver.linear import Floats, Programme
from solver.model import SCALE, Model, Var

COSTS = 10**5  # variables that can be larger are costs: in units of the objective, as whole as what they follow from
UNBOUNDED = 2**60


class Translation:
    """The programme, in agent-minutes, and the way back from its columns to the model's variables.

    Columns begin at 0, variables at `least`; columns of costs are counted in agent-minutes.
    """

    def __init__(self, model: Model) -> None:
        proto = model.cp.proto
        ends = [(int(v.domain[0]), int(list(v.domain)[-1])) for v in proto.variables]
        self._least = np.array([low for low, _ in ends], dtype=float)
        most = np.array([high for _, high in ends], dtype=float)
        self._unit = np.where(most >= COSTS, float(SCALE), 1.0)
        self.programme = Programme()
        cost, self.constant = self._objective(proto)
        upper = (most - self._least) / self._unit
        self.programme.add_columns(len(most), cost=cost, upper=upper, whole=self._unit == 1.0)
        for constraint in proto.constraints:
            self._row(constraint)

    def value(self, values: Floats) -> Callable[[Var], int]:
        """The value of a variable, from those of the columns."""
        worth = np.round(self._least + values * self._unit).astype(np.int64)
        return lambda variable: int(worth[variable.index])

    def _objective(self, proto: cp_model.CpModel) -> tuple[Floats, float]:
        cost, objective = np.zeros(len(self._least)), proto.objective
        constant = float(objective.offset) * (objective.scaling_factor or 1.0)
        for variable, factor in zip(objective.vars, objective.coeffs, strict=True):
            cost[variable] = factor * (objective.scaling_factor or 1.0)
        return cost * self._unit / SCALE, (constant + float(cost @ self._least)) / SCALE

    def _row(self, constraint: cp_model.Constraint) -> None:
        if constraint.has_exactly_one():
            literals = np.array(list(constraint.exactly_one.literals), dtype=np.int64)
            row = self.programme.add_rows(1, low=1.0, high=1.0)
            self.programme.put(row, literals, 1.0)
            return
        if not constraint.has_linear() or list(constraint.enforcement_literal):
            raise ValueError(f"a constraint that is not linear: {constraint}")
        linear = constraint.linear
        columns, factors = np.array(list(linear.vars), dtype=np.int64), np.array(list(linear.coeffs), dtype=float)
        domain = list(linear.domain)
        low = float(domain[0]) if domain[0] > -UNBOUNDED else -np.inf
        high = float(domain[-1]) if domain[-1] < UNBOUNDED else np.inf
        shift, unit = float(factors @ self._least[columns]), float(self._unit[columns].max(initial=1.0))
        row = self.programme.add_rows(1, low=(low - shift) / unit, high=(high - shift) / unit)
        self.programme.put(row, columns, factors * self._unit[columns] / unit)
