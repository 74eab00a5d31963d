"""Linear and integer programmes put together from arrays and solved by `solver.mathopt`. Small centres have
`solver.highs`."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from ortools.math_opt import model_pb2
from scipy.sparse import coo_matrix

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
INFINITY = np.inf
BEAT = 0.1  # seconds between looks at the wish to stop
ROUNDING = 2e-7  # relative, by which a bound of floating-point numbers is let down
STARTING = 1.0  # seconds that a process takes to begin and to answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Values by column and duals by row."""

    values: Floats
    duals: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What came of an integer programme: a bound that no solution undercuts, as far as floating-point numbers prove it,
    and the best values by column (None where none were found)."""

    bound: float
    values: Floats | None
    cost: float


@dataclass(slots=True)
class Programme:
    """min cost·x with bounds on columns and rows; numbers of new columns and rows are given out as arrays."""

    _cost: list[Floats] = field(default_factory=list)
    _upper: list[Floats] = field(default_factory=list)
    _whole: list[NDArray[np.bool_]] = field(default_factory=list)
    _row_low: list[Floats] = field(default_factory=list)
    _row_high: list[Floats] = field(default_factory=list)
    _entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    columns: int = 0
    rows: int = 0

    def add_columns(
        self, count: int, *, cost: ArrayLike = 0.0, upper: ArrayLike = INFINITY, whole: ArrayLike = False
    ) -> Ints:
        """New columns from 0 to `upper`; `whole` ones are integers to solvers that know of them."""
        self._cost.append(np.broadcast_to(np.asarray(cost, dtype=float), count))
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=float), count))
        self._whole.append(np.broadcast_to(np.asarray(whole, dtype=bool), count))
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def add_rows(self, count: int, *, low: ArrayLike, high: ArrayLike) -> Ints:
        """New rows with their bounds."""
        self._row_low.append(np.broadcast_to(np.asarray(low, dtype=float), count))
        self._row_high.append(np.broadcast_to(np.asarray(high, dtype=float), count))
        self.rows += count
        return np.arange(self.rows - count, self.rows)

    def put(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike) -> None:
        """Add entries; equal places add up."""
        spread = np.broadcast_arrays(np.asarray(rows), np.asarray(columns), np.asarray(values, dtype=float))
        self._entries.append((spread[0].ravel(), spread[1].ravel(), spread[2].ravel()))

    def solve(self, *, seconds: float, stop: Callable[[], bool] = lambda: False) -> Solution | None:
        """The optimum up to the interior point method's tolerance; None where it was not reached in time."""
        found = _answer(self, seconds, stop)
        return None if found is None else Solution(values=found["values"], duals=found["duals"])

    def solve_whole(
        self,
        *,
        seconds: float,
        stop: Callable[[], bool] = lambda: False,
        gap: float = 0.0,
    ) -> Whole | None:
        """The best values found in the time, whole columns rounded, and the bound; None where it was stopped.

        It ends where the two are `gap` apart, if not before.
        """
        found = _answer(self, seconds, stop, gap)
        if found is None:
            return None
        values = None
        if len(found["values"]):
            values = np.where(np.concatenate(self._whole), np.round(found["values"]), found["values"])
        return Whole(bound=float(found["bound"]), values=values, cost=float(found["cost"]))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The programme as `solver.highs` takes it."""
        matrix = self._matrix().tocsr()
        return {
            "cost": np.concatenate(self._cost),
            "upper": self.upper,
            "whole": np.concatenate(self._whole),
            "low": np.concatenate(self._row_low),
            "high": np.concatenate(self._row_high),
            "start": matrix.indptr,
            "column": matrix.indices,
            "value": matrix.data,
        }

    def _matrix(self) -> coo_matrix:
        rows, columns, values = (np.concatenate([entry[i] for entry in self._entries]) for i in range(3))
        return coo_matrix((values, (rows, columns)), shape=(self.rows, self.columns))

    def cost_of(self, values: Floats) -> float:
        """What values by column cost."""
        return float(np.concatenate(self._cost) @ values)

    @property
    def upper(self) -> Floats:
        """Upper bounds of all columns."""
        return np.concatenate(self._upper)

    def proto(self) -> model_pb2.ModelProto:
        """The programme as MathOpt takes it."""
        proto = model_pb2.ModelProto()
        cost = np.concatenate(self._cost)
        proto.variables.ids.extend(range(self.columns))
        proto.variables.lower_bounds.extend(np.zeros(self.columns))
        proto.variables.upper_bounds.extend(self.upper)
        proto.variables.integers.extend(np.concatenate(self._whole))
        used = np.flatnonzero(cost)
        proto.objective.linear_coefficients.ids.extend(used)
        proto.objective.linear_coefficients.values.extend(cost[used])
        proto.linear_constraints.ids.extend(range(self.rows))
        proto.linear_constraints.lower_bounds.extend(np.concatenate(self._row_low))
        proto.linear_constraints.upper_bounds.extend(np.concatenate(self._row_high))
        matrix = self._matrix().tocsr().tocoo()
        order = np.lexsort((matrix.col, matrix.row))
        proto.linear_constraint_matrix.row_ids.extend(matrix.row[order])
        proto.linear_constraint_matrix.column_ids.extend(matrix.col[order])
        proto.linear_constraint_matrix.coefficients.extend(matrix.data[order])
        return proto


def _answer(
    programme: Programme, seconds: float, stop: Callable[[], bool], gap: float = 0.0
) -> dict[str, Floats] | None:
    """The answer of `solver.mathopt` as arrays; None where it has none or was stopped.

    It is a process of its own: a solver neither lets Python threads work beside it nor listens to a stop.
    """
    child = subprocess.Popen(
        [sys.executable, "-P", str(Path(__file__).with_name("mathopt.py"))],  # -P: our calendar.py is not the library's
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _tell(child, f"{seconds} {gap}\n".encode() + programme.proto().SerializeToString())
        answer = _wait(child, stop)
    finally:  # interrupted: nobody waits for an answer any more
        child.kill()
        child.communicate()
    if child.returncode != 0 or not answer:
        return None
    with np.load(BytesIO(answer)) as arrays:
        return dict(arrays)


def _tell(child: subprocess.Popen[bytes], question: bytes) -> None:
    """Python's `communicate` forgets what it has not sent when its time is up, so this is done before."""
    pipe = child.stdin
    if pipe is not None:
        child.stdin = None
        with suppress(BrokenPipeError), pipe:
            pipe.write(question)


def _wait(child: subprocess.Popen[bytes], stop: Callable[[], bool]) -> bytes:
    while True:
        try:
            return child.communicate(timeout=BEAT)[0]
        except subprocess.TimeoutExpired:
            if stop():
                child.kill()
