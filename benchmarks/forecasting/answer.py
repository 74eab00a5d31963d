"""A rival's answers, in a Python that has its package: python -m benchmarks.forecasting.answer RIVAL QUESTION…

Prints one line of JSON: contacts told for each question, the seconds of the processor for each, the package's version.
"""

import contextlib
import json
import logging
import resource
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

from benchmarks.forecasting.asked import Floats, question
from benchmarks.forecasting.rivals import RIVALS


def main() -> None:
    """The command line."""
    rival, paths = RIVALS[sys.argv[1]], sys.argv[2:]
    logging.disable(logging.INFO)
    warnings.filterwarnings("ignore")
    said: list[Floats] = []
    seconds: list[float] = []
    with contextlib.redirect_stdout(sys.stderr):
        for path in paths:
            asked, begun = question(Path(path)), _cpu_seconds()
            said.append(rival.tell(asked))
            seconds.append(_cpu_seconds() - begun)
    print(
        json.dumps({"said": [one.tolist() for one in said], "cpu_seconds": seconds, "version": version(rival.package)})
    )


def _cpu_seconds() -> float:
    """Of this process and the ones it started: Prophet's sampler is one of its own."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
