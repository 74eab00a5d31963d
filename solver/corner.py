"""Corners of linear programmes, found by HiGHS in a process that stays for the next (`solver.highs`)."""

from threading import Thread
from typing import NamedTuple

import numpy as np

from solver import highs
from solver.child import Child
from solver.linear import Programme
from wfm.demand import Floats
from wfm.progress import Stop


class Corner(NamedTuple):
    """A corner of a programme where it costs least, by column: few columns are neither whole nor at a bound."""

    values: Floats
    cost: float


class Corners:
    """One process, which answers one programme after the other; to be closed at the end."""

    def __init__(self) -> None:
        self._child: Child | None = None

    def find(self, programme: Programme, *, seconds: float, stop: Stop) -> Corner | None:
        """The best corner as if no column were whole; None where it was not reached in time or somebody asked to stop."""
        if self._child is None:
            self._child = Child()
        question = programme.arrays()
        del question["whole"]
        child, heard = self._child, list[highs.Arrays | None]()
        child.tell(question | {"seconds": np.array(seconds)})
        reading = Thread(target=lambda: heard.append(child.hear()), daemon=True)
        reading.start()
        while reading.is_alive():
            if stop():
                child.kill()
            reading.join(highs.BEAT)
        found = heard[0] if heard else None
        if found is None:
            self.close()
        return Corner(found["values"], float(found["cost"])) if found else None

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.kill()
            self._child.close()
            self._child = None
