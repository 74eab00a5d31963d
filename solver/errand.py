"""An errand: one part of a centre solved elsewhere, in a process of this machine or on a Ray cluster.

What is under way elsewhere reports as it goes, hears a wish to stop, and ends by itself when nobody waits any more.
"""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any, Protocol

from solver.crew import Crew
from solver.relaxation import Prices, price
from solver.rules import Rules
from solver.staffing import Floats, open_staffing
from wfm.problem import Problem, Result
from wfm.progress import Progress, Report, Stop

RAY_ADDRESS = "WFM_RAY_ADDRESS"
BEAT = 0.1  # seconds between looks at the wish to stop
LAST_SECONDS = 2.0  # after which what has been stopped is killed
CLUSTER_BEAT = 0.5  # likewise, where a look is a message to another machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a problem from before: prices of the relaxation, the bound proved at them."""

    prices: Prices | None
    bound: float | None


NOTHING = Known(prices=None, bound=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Limits of a solve, its seed and workers."""

    time_limit: float
    work_limit: float | None
    seed: int
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A part's problem, the terms, and what is known of it; `sent` is the wall clock at which its time began to run.

    Where `prices_only`, it is the relaxation alone that is asked for.
    """

    problem: Problem
    terms: Terms
    known: Known
    prices_only: bool
    sent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of it. `result` is None where only prices were asked for; `seat_price` is then what the part itself would
    pay for a seat, by interval, in agent-minutes a minute."""

    result: Result | None
    known: Known
    seat_price: Floats | None = None


Message = Progress | Answer | None  # None: it has ended


class Workplace(Protocol):
    """Where errands are run, `size` at once."""

    @property
    def size(self) -> int:
        """Processors there are for them."""

    def begin(self, number: int, errand: Errand) -> None:
        """Start an errand."""

    def messages(self) -> list[tuple[int, Message]]:
        """What has come in since the last look, waiting a little for it."""

    def stop(self) -> None:
        """Ask everything under way to end with what it has."""

    def leave(self) -> None:
        """End everything under way."""


def work(errand: Errand, report: Report, stop: Stop) -> Answer:
    """Do an errand in this process."""
    limit = errand.terms.time_limit
    left = max(0.0, min(limit, limit - (time.time() - errand.sent)))
    if errand.prices_only:
        return _prices(errand.problem, left, stop)
    from solver.solve import solve_whole  # here: solving starts errands too

    terms = replace(errand.terms, time_limit=left)
    result, known = solve_whole(errand.problem, terms, known=errand.known, report=report, stop=stop)
    return Answer(result=result, known=known)


def _prices(problem: Problem, seconds: float, stop: Stop) -> Answer:
    crew = Crew(Rules(problem))
    prices = price(crew, open_staffing(crew.rules, crew.groups, problem.required), seconds=seconds, stop=stop)
    if prices is None:
        return Answer(result=None, known=NOTHING)
    slots, slot = crew.rules.slots, crew.rules.slot
    seat_price = prices.seat[:slots].reshape(problem.week.intervals, -1).mean(axis=1) / slot
    return Answer(result=None, known=Known(prices=prices, bound=None), seat_price=seat_price)


class Local:
    """Processes of this machine: an errand goes to standard input, messages come from standard output."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._inbox: Queue[tuple[int, Message]] = Queue()
        self._children: list[tuple[subprocess.Popen[bytes], Thread]] = []

    @property
    def size(self) -> int:
        """Processors there are for them."""
        return self._workers

    def begin(self, number: int, errand: Errand) -> None:
        """Start an errand."""
        # The child is to run the sources that this process runs; -P: not those of the folder it is started in.
        paths = [str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
        child = subprocess.Popen(
            [sys.executable, "-P", "-c", "from solver.errand import main; main()"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for this process alone, which asks its children to stop
        )
        listener = Thread(target=self._listen, args=(number, child, errand), daemon=True)
        listener.start()
        self._children.append((child, listener))

    def _listen(self, number: int, child: "subprocess.Popen[bytes]", errand: Errand) -> None:
        assert child.stdin is not None and child.stdout is not None
        try:
            pickle.dump(errand, child.stdin)
            child.stdin.flush()  # and stays open: its end tells the child that nobody waits any more
            while True:
                self._inbox.put((number, pickle.load(child.stdout)))
        except (EOFError, OSError, pickle.UnpicklingError):
            with suppress(BrokenPipeError), child:
                self._inbox.put((number, None))

    def messages(self) -> list[tuple[int, Message]]:
        """What has come in since the last look, waiting a little for it."""
        try:
            found = [self._inbox.get(timeout=BEAT)]
        except Empty:
            return []
        while not self._inbox.empty():
            found.append(self._inbox.get())
        return found

    def stop(self) -> None:
        """Ask everything under way to end with what it has."""
        for child, _ in self._children:
            child.terminate()

    def leave(self) -> None:
        """End everything under way, at once where it does not end by itself."""
        self.stop()
        for child, listener in self._children:
            listener.join(LAST_SECONDS)
            child.kill()
            listener.join()


class Cluster:
    """A Ray cluster, whose machines have this program installed. Ray is an optional extra."""

    def __init__(self, address: str) -> None:
        import ray

        self._ray = ray
        if not ray.is_initialized():
            ray.init(address=address, log_to_driver=False)
        self._board = ray.remote(num_cpus=0)(_Board).remote()
        self._begin = ray.remote(max_retries=0)(_on_ray)
        self._tasks: dict[Any, int] = {}

    @property
    def size(self) -> int:
        """Processors of the cluster."""
        return int(self._ray.cluster_resources().get("CPU", 1))

    def begin(self, number: int, errand: Errand) -> None:
        """Start an errand."""
        self._tasks[self._begin.options(num_cpus=errand.terms.workers).remote(errand, number, self._board)] = number

    def messages(self) -> list[tuple[int, Message]]:
        """What has come in since the last look, waiting a little for it."""
        done, _ = self._ray.wait(list(self._tasks), timeout=CLUSTER_BEAT)
        found: list[tuple[int, Message]] = [*self._ray.get(self._board.take.remote())]
        for task in done:
            number = self._tasks.pop(task)
            found += [(number, self._ray.get(task)), (number, None)]
        return found

    def stop(self) -> None:
        """Ask everything under way to end with what it has."""
        self._ray.get(self._board.ask.remote())

    def leave(self) -> None:
        """End everything under way at once."""
        for task in self._tasks:
            self._ray.cancel(task, force=True)
        self._ray.kill(self._board)


class _Board:
    """Where errands on a cluster leave their reports and read whether to stop."""

    def __init__(self) -> None:
        self._reports: deque[tuple[int, Progress]] = deque()
        self._asked = False

    def put(self, number: int, progress: Progress) -> None:
        self._reports.append((number, progress))

    def take(self) -> list[tuple[int, Progress]]:
        found = list(self._reports)
        self._reports.clear()
        return found

    def ask(self) -> None:
        self._asked = True

    def asked(self) -> bool:
        return self._asked


def _on_ray(errand: Errand, number: int, board: Any) -> Answer:
    import ray

    over, asked = Event(), Event()

    def listen() -> None:
        while not over.wait(CLUSTER_BEAT) and not asked.is_set():
            if ray.get(board.asked.remote()):
                asked.set()

    Thread(target=listen, daemon=True).start()
    try:
        return work(errand, lambda progress: board.put.remote(number, progress), asked.is_set)
    finally:
        over.set()


def main() -> None:
    """The child's part: an errand on standard input, reports and at last the answer on standard output."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed must not come between the messages
    asked = Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    errand = pickle.load(sys.stdin.buffer)
    Thread(target=_until_nobody_waits, args=(asked.set,), daemon=True).start()

    def tell(message: Progress | Answer) -> None:
        pickle.dump(message, channel)
        channel.flush()

    tell(work(errand, tell, asked.is_set))


def _until_nobody_waits(then: Callable[[], None]) -> None:
    os.read(0, 1)
    then()
