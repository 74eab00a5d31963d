"""A CP-SAT model as an integer programme: branch and cut proves small centres ten times and more faster."""

from collections.abc import Callable

import numpy as np
from ortools.sat.python import cp_model

from solver.linear import Floats, Programme
from solver.model import Model, Var

UNBOUNDED = 2**60
WHOLE = 1e-6  # by which a number of the programme may miss a whole one


class Translation:
    """The programme, in agent-minutes, and the way back from its columns to the model's variables.

    Columns begin at 0, variables at `least`; columns of costs are counted in agent-minutes.
    """

    def __init__(self, model: Model) -> None:
        proto = model.cp.proto
        ends = [(int(v.domain[0]), int(list(v.domain)[-1])) for v in proto.variables]
        self._least = np.array([low for low, _ in ends], dtype=float)
        most = np.array([high for _, high in ends], dtype=float)
        self._unit = np.ones(len(most))
        self._unit[[cost.index for cost in model.costs]] = model.scale  # as whole as what they follow from
        self.programme = Programme()
        cost, self.constant = self._objective(model)
        upper = (most - self._least) / self._unit
        self.programme.add_columns(len(most), cost=cost, upper=upper, whole=self._unit == 1.0)
        self._rows(proto)

    def value(self, values: Floats) -> Callable[[Var], int]:
        """The value of a variable, from those of the columns."""
        worth = np.round(self._least + values * self._unit).astype(np.int64)
        return lambda variable: int(worth[variable.index])

    def columns(self, values: Floats) -> Floats:
        """The columns at some values of all variables, by their number."""
        return np.asarray((values - self._least) / self._unit)

    def confine(self, model: Model, corner: Floats, values: Floats) -> None:
        """Leave the model's whole variables only what lies between a corner of the programme and some columns, ends
        included; a corner that is not whole has the numbers on both sides."""
        low = np.minimum(np.floor(corner + WHOLE), values) + self._least
        high = np.maximum(np.ceil(corner - WHOLE), values) + self._least
        ends = np.column_stack([low, high]).astype(np.int64).tolist()
        variables = model.cp.proto.variables
        for number in np.flatnonzero(self._unit == 1.0).tolist():
            domain = variables[number].domain
            domain[0], domain[1] = ends[number]

    def _objective(self, model: Model) -> tuple[Floats, float]:
        cost, objective = np.zeros(len(self._least)), model.cp.proto.objective
        constant = float(objective.offset) * (objective.scaling_factor or 1.0)
        for variable, factor in zip(objective.vars, objective.coeffs, strict=True):
            cost[variable] = factor * (objective.scaling_factor or 1.0)
        return cost * self._unit / model.scale, (constant + float(cost @ self._least)) / model.scale

    def _rows(self, proto: cp_model.CpModel) -> None:
        columns: list[int] = []
        factors: list[int] = []
        sizes, lows, highs = [], [], []
        for constraint in proto.constraints:
            if constraint.has_exactly_one():
                own = list(constraint.exactly_one.literals)
                columns += own
                factors += [1] * len(own)
                low = high = 1
            elif constraint.has_linear() and not list(constraint.enforcement_literal):
                own = list(constraint.linear.vars)
                columns += own
                factors += list(constraint.linear.coeffs)
                low, *_, high = list(constraint.linear.domain)
            else:
                raise ValueError(f"a constraint that is not linear: {constraint}")
            sizes.append(len(own))
            lows.append(low if low > -UNBOUNDED else -np.inf)
            highs.append(high if high < UNBOUNDED else np.inf)
        column, factor = np.array(columns, dtype=np.int64), np.array(factors, dtype=float)
        row = np.repeat(np.arange(len(sizes)), sizes)
        shift, unit = np.bincount(row, factor * self._least[column], len(sizes)), np.ones(len(sizes))
        np.maximum.at(unit, row, self._unit[column])
        rows = self.programme.add_rows(len(sizes), low=(lows - shift) / unit, high=(highs - shift) / unit)
        self.programme.put(rows[row], column, factor * self._unit[column] / unit[row])
