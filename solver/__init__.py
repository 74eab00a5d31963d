"""The optimiser: a rostering problem in, the best legal roster found and a proved bound out."""

from solver.compiled import compiled, mark_compiled  # first: it settles where the loops below are kept
from solver.explain import Inquiry, Presence, Refusal
from solver.repair import Repair
from solver.replan import replan
from solver.saving import Saving
from solver.solve import solve

__all__ = ["Inquiry", "Presence", "Refusal", "Repair", "Saving", "compiled", "mark_compiled", "replan", "solve"]
