"""Measures the replay and prints the table: python -m benchmarks.replay [--row NAME] [--again]."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.command import Failed, last_line, wfm
from benchmarks.forecasting.against import PYTHON
from benchmarks.measure import sample_folder
from benchmarks.record import PLACE, ROOT, recorded
from benchmarks.replaying.afresh import ASKED, WEEKS, afresh
from benchmarks.replaying.floor import Crew, Floor, Line, written
from benchmarks.replaying.ours import laid, run
from benchmarks.replaying.steady import RUNS, SETTINGS, compared, settings
from benchmarks.table import Claim, arguments, present

HEADING = "### The replay, measured"
SAMPLE = "guangzhou_10000"
MANY = 100
INSIDE, DEVIATION = 44, 0.003
TIMES = 100
SMALL = Floor(
    lines=(Line(per_hour=60.0, aht=200.0, patience=120.0, threshold=20.0),
           Line(per_hour=45.0, aht=150.0, patience=90.0, threshold=20.0)),
    crews=(Crew(agents=3, skills={0: 1, 1: 2}), Crew(agents=2, skills={0: 2, 1: 1})),
    warm_seconds=3600.0,
    seconds=180_000.0,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A replay of the whole week: seconds of the command and of its runs alone."""

    runs: int
    seconds: float
    running: float
    peak_mb: float
    contacts: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """Settings whose interval holds the formula's service level, and the mean deviation."""

    inside: int
    deviation: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Seconds of the same floor, ours and another's."""

    ours: float
    theirs: float


def week(runs: int, *, again: bool) -> Week:
    """`wfm replay` of the large sample's planned week."""

    def measure() -> Week:
        folder, monday = sample_folder(SAMPLE, 1)
        out = PLACE / "plans" / "replayed"
        if not (out / "roster.csv").exists():
            wfm("plan", folder, "--week", str(monday), "--out", out, "--time-limit", "30", "-q")
        done = wfm("replay", folder, out, "--replications", str(runs))
        last = [float(seconds) for seconds in re.findall(r"^\s*([\d.]+) s  replay", done.stderr, flags=re.MULTILINE)]
        rows = [line.split(",") for line in (out / "replay.csv").read_text().splitlines()]
        offered = rows[0].index("offered")
        total = sum(float(row[offered]) for row in rows[1:] if row[1] == "week")
        return Week(runs=runs, seconds=done.seconds, running=last[-1], peak_mb=done.peak_mb, contacts=total)

    return recorded(f"replay-{runs}", Week, measure, again=again)


def steady(*, again: bool) -> Steady:
    """Erlang C and A."""

    def measure() -> Steady:
        begun = time.perf_counter()
        found = [compared(floor, seed=number) for number, floor in enumerate(settings())]
        return Steady(
            inside=sum(one.inside for one in found),
            deviation=sum(one.simulated - one.formula for one in found) / len(found),
            seconds=time.perf_counter() - begun,
        )

    return recorded("replay-steady", Steady, measure, again=again)


def beside_ciw() -> Beside:
    """The small floor of two queues, in one run after the other."""
    try:
        from benchmarks.replaying.by_ciw import ciw_run
    except ImportError as missing:
        raise Failed(f"skipped: {missing}; the tests' set-up installs Ciw") from None

    def theirs(seed: int) -> float:
        begun = time.perf_counter()
        ciw_run(SMALL, seed=seed)
        return time.perf_counter() - begun

    return _by_turns(theirs)


def beside_simpy() -> Beside:
    """The same beside SimPy, in the Python that has it."""
    python = os.environ.get(PYTHON) or sys.executable
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "floor.json"
        written(SMALL, path)

        def theirs(seed: int) -> float:
            command = [python, "-m", "benchmarks.replaying.by_simpy", str(path), str(seed)]
            done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
            if "No module named 'simpy'" in done.stderr:
                hint = f"extra `replay-peers`, or name a Python that has it in {PYTHON}"
                raise Failed(f"skipped: the package simpy is not installed ({hint})")
            if done.returncode:
                raise Failed(f"SimPy ended with {done.returncode}: {last_line(done.stderr)}")
            return float(json.loads(done.stdout)[0])

        return _by_turns(theirs)


def _by_turns(theirs: Callable[[int], float]) -> Beside:
    """The best of each: other work on the machine slows now one, now the other."""
    on = laid(SMALL)
    run(on, 0)
    ours, others = [], []
    for seed in range(5):
        others.append(theirs(seed))
        for own in range(20):
            begun = time.perf_counter()
            run(on, own)
            ours.append(time.perf_counter() - begun)
    return Beside(ours=min(ours), theirs=min(others))


def claims(*, again: bool) -> dict[str, list[Claim]]:
    """By row."""
    return {
        "week": [
            Claim(work=f"{SAMPLE}, 5 runs", reach="≤ 3 s a run", measure=partial(_few, again)),
            Claim(work=f"{SAMPLE}, {MANY} runs", reach="≤ 3 minutes, ≤ 2 GB", measure=partial(_many, again)),
        ],
        "steady": [
            Claim(
                work=f"Erlang C and A, {SETTINGS} settings, {RUNS} runs each",
                reach=f"≥ {INSIDE} inside their 95% interval, mean deviation ≤ 0.3 points",
                measure=partial(_steady, again),
            )
        ],
        "afresh": [
            Claim(
                work=f"{name}, seed {seed}: `wfm require --replayed`, {WEEKS} weeks of fresh chance",
                reach="no queue > 1 point below its target; above only where it is said what holds it; "
                "3% less misses where nothing holds",
                measure=partial(_afresh, name, seed, again),
            )
            for name, seed in ASKED
        ],
        **{
            name: [
                Claim(
                    work=f"two queues, five agents with skills, 50 hours: seconds of {title} over ours",
                    reach=f"≥ {TIMES} times",
                    measure=partial(_beside, name, measure, again),
                )
            ]
            for name, title, measure in (("ciw", "Ciw", beside_ciw), ("simpy", "SimPy", beside_simpy))
        },
    }


def _few(again: bool) -> tuple[str, bool]:
    found = week(5, again=again)
    a_run = found.running / found.runs
    return f"{a_run:.2f} s a run with two side by side, {found.contacts:,.0f} contacts", 2 * a_run <= 3.0


def _many(again: bool) -> tuple[str, bool]:
    found = week(MANY, again=again)
    seen = f"{found.seconds:.0f} s, {found.seconds - found.running:.0f} s of it reading and writing; "
    return seen + f"{found.peak_mb / 1024:.1f} GB", found.seconds <= 180 and found.peak_mb <= 2048


def _steady(again: bool) -> tuple[str, bool]:
    found = steady(again=again)
    seen = f"{found.inside} of {SETTINGS} inside; {100 * found.deviation:+.3f} points; {found.seconds:.0f} s"
    return seen, found.inside >= INSIDE and abs(found.deviation) <= DEVIATION


def _afresh(name: str, seed: int, again: bool) -> tuple[str, bool]:
    found = afresh(name, seed=seed, again=again)
    queues = found.met()
    worst = min(queues, key=lambda one: one.above)
    free = [one for one in queues if one.held_by is None]
    held = Counter(one.held_by for one in queues if one.held_by)
    seen = f"{len(queues)} queues; lowest {100 * worst.above:+.1f} points ({worst.queue})"
    seen += "; held: " + ", ".join(f"{count} by {by.replace('_', ' ')}" for by, count in held.items()) if held else ""
    if free:
        least, most = min(one.above for one in free), max(one.above for one in free)
        seen += f"; {len(free)} by nothing, {100 * least:+.1f} to {100 * most:+.1f} points, with 3% less "
        seen += f"{100 * max(one.above_with_less for one in free):+.1f} at most"
    return f"{seen}; {found.seconds:.0f} s", all(one.kept for one in queues)


def _beside(name: str, measure: Callable[[], Beside], again: bool) -> tuple[str, bool]:
    found = recorded(f"replay-beside-{name}", Beside, measure, again=again)
    times = found.theirs / found.ours
    return f"{times:,.0f} times: {found.theirs:.3f} s against {1000 * found.ours:.1f} ms", times >= TIMES


def main() -> None:
    """The command line; it ends with 1 where something is not reached."""
    rows = claims(again=False)
    parser = arguments("Measure the replay.", rows=list(rows), heading=HEADING)
    given = parser.parse_args()
    wanted = [claim for name, own in claims(again=given.again).items() if name in (given.row or rows) for claim in own]
    sys.exit(0 if present(wanted, page=given.out, heading=HEADING) else 1)


if __name__ == "__main__":
    main()
