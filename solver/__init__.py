"""The optimiser: a rostering problem in, the best legal roster found and a proved bound out."""

from solver.compiled import compiled, mark_compiled  # first: it settles where the loops below are kept
from solver.explain import Presence, Refusal, Saving, Standing
from solver.replan import replan
from solver.solve import solve

__all__ = ["Presence", "Refusal", "Saving", "Standing", "compiled", "mark_compiled", "replan", "solve"]
