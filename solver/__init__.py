"""The optimiser: a rostering problem in, the best legal roster found and a proved bound out."""

from solver.compiled import compiled, mark_compiled  # first: it settles where the loops below are kept
from solver.explain import Inquiry, Presence, Refusal, Saving
from solver.replan import replan
from solver.solve import solve

__all__ = ["Inquiry", "Presence", "Refusal", "Saving", "compiled", "mark_compiled", "replan", "solve"]
