"""Branch and cut on the whole problem of a small centre, by HiGHS beside everything else (`solver.highs`)."""

from collections.abc import Callable
from threading import Thread

import numpy as np

from solver import highs
from solver.child import Child
from solver.linear import ROUNDING
from solver.model import Model, Var
from solver.translated import Translation
from wfm.demand import Floats

ANSWERING = 0.3  # seconds before the time limit by which it has to end


class Branching:
    """The process, begun before there is anything to solve: it takes time to get ready.

    Cost and bound are in agent-minutes; the bound is less what floating-point numbers may have added.
    """

    def __init__(self) -> None:
        self._child = Child()
        self._reading: Thread | None = None
        self._offered: tuple[float, Floats | None] = (np.inf, None)
        self._anew = False
        self.bound = -np.inf
        self.found: tuple[float, Floats | None] = (np.inf, None)  # cost and columns of the best solution

    def begin(self, model: Model, *, seconds: float) -> None:
        """Hand over the problem."""
        self.model, self._translation = model, Translation(model)
        self._question = self._translation.programme.arrays()
        self._ask(self._child, seconds)

    @property
    def broken_off(self) -> bool:
        """Whether it has ended for the first time. Who calls knows that nothing is proved: an error inside has ended it, or
        what it says to be proved is none."""
        return not self._anew and self._reading is not None and not self._reading.is_alive()

    def begin_anew(self, *, seconds: float) -> None:
        """Another process, which knows the best solution of the first and is to prove everything again."""
        first, child = self._child, Child()
        self._anew, self.bound = True, -np.inf
        self._ask(child, seconds)
        _, columns = min(self._offered, self.found, key=lambda known: known[0])
        if columns is not None:
            child.tell({"values": columns})
        self._child = child
        first.kill()
        first.close()

    @property
    def begun(self) -> bool:
        """Whether it has something to solve."""
        return self._reading is not None

    @property
    def known(self) -> float:
        """Cost of the best roster that it knows of."""
        return min(self._offered[0], self.found[0])

    def offer(self, values: Floats, cost: float) -> None:
        """Pass on a solution found elsewhere, values by number of the model's variables, if it is better than those known."""
        if self._reading is not None and cost < self.known:
            self._offered = cost, self._translation.columns(values)
            self._child.tell({"values": self._offered[1]})

    def value(self, columns: Floats) -> Callable[[Var], int]:
        """What the model's variables are in a solution."""
        return self._translation.value(columns)

    def wait(self, over: Callable[[], bool]) -> None:
        """Until it has ended, or there is no more use in it."""
        while self._reading is not None and self._reading.is_alive() and not over():
            self._reading.join(highs.BEAT)

    def end(self) -> None:
        """Nobody waits for it any more."""
        self._child.kill()
        if self._reading is not None:
            self._reading.join()
        self._child.close()

    def _ask(self, child: Child, seconds: float) -> None:
        child.tell(self._question | {"seconds": np.array(max(0.0, seconds - ANSWERING))})
        self._reading = Thread(target=self._read, args=(child,), daemon=True)
        self._reading.start()

    def _read(self, child: Child) -> None:
        constant, slack = self._translation.constant, self.model.slack / self.model.scale
        while (found := child.hear()) is not None:
            bound, cost = float(found["bound"]) + constant, float(found["cost"]) + constant
            if np.isfinite(bound):
                self.bound = max(self.bound, bound - slack - ROUNDING * max(1.0, abs(bound)))
            if cost < self.found[0]:
                self.found = cost, found["values"]
