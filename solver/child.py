"""A process of `solver.highs` beside this one, and what is said to it and by it."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock

from solver import highs


class Child:
    """The process. It takes a third of a second to get ready."""

    def __init__(self) -> None:
        # -P: our calendar.py is not the library's
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(Path(highs.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._telling = Lock()

    def tell(self, message: highs.Arrays) -> None:
        """Send it a message, unless it has ended."""
        pipe = self.process.stdin
        with self._telling, suppress(BrokenPipeError):
            if pipe is not None and not pipe.closed:
                highs.send(pipe, message)

    def hear(self) -> highs.Arrays | None:
        """Its next message, once there is one; None where it has ended."""
        return None if self.process.stdout is None else highs.receive(self.process.stdout)

    def kill(self) -> None:
        """End it; whoever waits for a message hears that there is none."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Close the pipes of an ended one, which nobody reads any more."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
