"""The optimiser: a rostering problem in, the best legal roster found and a proved bound out."""

from solver.compiled import keep_apart

keep_apart()

from solver.solve import solve

__all__ = ["solve"]
