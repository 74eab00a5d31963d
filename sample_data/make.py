"""Writes a sample centre's folder: python sample_data/make.py guangzhou_10000 --out sample_data/guangzhou_10000."""

import argparse
from pathlib import Path

from sample_data.centres import CENTRES, blueprint
from sample_data.folder import write


def make(centre: str, folder: Path, *, seed: int | None = None) -> None:
    """Write a sample centre by name; the same seed writes the same bytes."""
    write(blueprint(centre, seed=seed), folder)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write the folder of a sample centre.")
    parser.add_argument("centre", choices=sorted(CENTRES), nargs="?")
    parser.add_argument("--out", type=Path, help="the folder to write; default: sample_data/CENTRE")
    parser.add_argument("--seed", type=int, help="another seed gives another centre of the same make")
    parser.add_argument("--print-week", choices=sorted(CENTRES), help="print the Monday to plan, write nothing")
    given = parser.parse_args()
    if given.print_week is not None:
        print(blueprint(given.print_week).monday.isoformat())
    elif given.centre is None:
        parser.error("name a centre, or ask for --print-week CENTRE")
    else:
        make(given.centre, given.out or Path(__file__).parent / given.centre, seed=given.seed)


if __name__ == "__main__":
    main()
