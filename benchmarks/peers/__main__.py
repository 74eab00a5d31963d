"""Measures peers on one instance: python -m benchmarks.peers --agents N --seconds S [--peer NAME].

Prints a table with a row for each peer and ends with 1 where a legal roster of one costs less than ours.
"""

import argparse
import json
import subprocess
import sys
from importlib.util import find_spec

from benchmarks.command import Failed, last_line, wfm
from benchmarks.peers.answer import PEERS, Answer
from benchmarks.record import recorded

HEAD = "| Agents | Limit | Peer | s | CPU s | GB | Cost | To ours | Hours short | Hours over | Violations |"
GRACE = 120.0  # seconds beyond three times the limit: making the instance, completing the roster


def answered(peer: str, *, agents: int, seconds: float, seed: int, again: bool) -> Answer:
    """A peer's answer, recorded or measured; Failed where its package is missing or it gave none."""
    package = PEERS[peer].package
    if find_spec(package) is None:
        raise Failed(f"skipped: the package {package} is not installed (extra `peers`)")
    command = [sys.executable, "-m", "benchmarks.peers.answer", peer, str(agents), f"{seconds:g}", str(seed)]

    def measure() -> Answer:
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=3 * seconds + GRACE)
        except subprocess.TimeoutExpired as late:
            raise Failed(f"no answer within {late.timeout:.0f} s") from None
        if done.returncode:
            raise Failed(f"ended with {done.returncode}: {last_line(done.stderr)}")
        return Answer(**json.loads(last_line(done.stdout)))

    return recorded(f"peers-{peer}-{agents}-{seconds:g}s-{seed}", Answer, measure, again=again)


def row(title: str, found: Answer, ours: Answer) -> str:
    """The cells of an answer, from the title on."""
    spent = f"{title} ({found.version}) | {found.seconds:.0f} | {found.cpu_seconds:.0f} | {found.peak_mb / 1024:.1f}"
    if found.cost is None:
        return f"{spent} | no roster | | | | |"
    to_ours = f"{found.cost / ours.cost:.2f}" if ours.cost else ""
    hours = f"{found.short_hours:,.1f} | {found.surplus_hours:,.1f}"
    return f"{spent} | {found.cost:,.0f} | {to_ours} | {hours} | {found.broken or '0'} |"


def beaten(found: Answer, ours: Answer) -> bool:
    """Whether a peer has a legal roster that costs less than ours."""
    return found.cost is not None and not found.broken and (ours.cost is None or found.cost < ours.cost)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure peers on one instance.")
    parser.add_argument("--agents", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", choices=sorted(PEERS), action="append", help="only this one (may be given again)")
    parser.add_argument("--again", action="store_true", help="measure anew what is recorded in out/bench")
    given = parser.parse_args()
    wfm("warm")  # as the set-up does, so that no figure has the one-time compilation in it
    asked = {"agents": given.agents, "seconds": given.seconds, "seed": given.seed, "again": given.again}
    ours, lost = answered("ours", **asked), []
    print(HEAD, "|---" * HEAD.count(" |") + "|", sep="\n", flush=True)
    for peer in given.peer or PEERS:
        try:
            found = answered(peer, **asked)
            cells = row(PEERS[peer].title, found, ours)
            lost += [peer] if beaten(found, ours) else []
        except Failed as failure:
            cells = f"{PEERS[peer].title} | | | | {failure} | | | | |"
        print(f"| {given.agents:,} | {given.seconds:g} s | {cells}", flush=True)
    for peer in given.peer or PEERS:
        print(f"- {PEERS[peer].title}: left out {PEERS[peer].left_out}.")
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
