"""Slips planted in the files of a centre, each in a line of its own, to see whether every one is told."""

import itertools
import random
import re
import shutil
from pathlib import Path

# What never belongs into a cell of the column, in any centre. Keys that other files name (queue, agent) are spoiled
# only where nobody refers to the row: the slip must be one fault, not many.
BAD_CELLS = {
    "queues.csv": {"channel": "fax", "service_level": "0", "threshold_seconds": "soon", "max_occupancy": "2"},
    "hours.csv": {"queue": "none", "weekday": "holiday", "open": "8h", "close": "00:00"},
    "special_days.csv": {"date": "25.12.2026", "queue": "all", "kind": "feast", "factor": "half"},
    "agents.csv": {"contract": "none", "hired_on": "2020-02-30", "leaves_on": "1999-01-01"},
    "skills.csv": {"agent": "nobody", "queue": "none", "aht_factor": "-1"},
    "absences.csv": {"agent": "nobody", "start": "someday", "end": "1999-01-01", "kind": "ill"},
    "availability.csv": {"agent": "nobody", "weekday": "Wochenende", "from": "8", "to": "00:00"},
    "requests.csv": {"agent": "nobody", "date": "tomorrow", "kind": "holiday", "weight": "inf"},
    "training.csv": {"agent": "nobody", "month": "2026-13", "owed_minutes": "1.5"},
    "locks.csv": {"agent": "nobody", "date": "30/11", "activity": "lunch"},
    "worked.csv": {"date": "2026-11-31", "start": "8:00", "end": "1999-01-01T08:00", "paid": "maybe"},
    "history.csv": {"start": "2026-13-01T08:00", "queue": "none", "offered": "-3", "aht_seconds": "3 min"},
}
BAD_KEYS = {
    "centre.toml": {"absence_rate": "5", "seats": '"many"', "annual_attrition": "-1", "classroom_places": "[]"},
    "contracts.toml": {"weekly_hours": "[40, 38]", "days": "[4, 8]", "min_rest_hours": '"long"'},
    "shifts.toml": {"step_minutes": "7", "min_work_between_minutes": '"some"'},
}

Place = tuple[str, int, str]
_TOLD = re.compile(r"^([\w.]+):(\d+):(?:\w+\.)?(\w*): expected ", re.MULTILINE)


def plant(centre: Path, folder: Path, *, slips: int, seed: int) -> set[Place]:
    """Copy a centre's folder and spoil as many lines of its files; file, line and column of each are returned."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(centre, folder)
    chance = random.Random(seed)
    lines = {name: (folder / name).read_text(encoding="utf-8").split("\n") for name in _present(folder)}
    planted = {(name, row, key) for name, keys in BAD_KEYS.items() for row, key in _spoil_keys(lines[name], keys)}
    for name, row in _rows(lines, chance)[: slips - len(planted)]:
        column = chance.choice(sorted(BAD_CELLS[name]))
        _spoil_cell(lines[name], row, column, BAD_CELLS[name][column])
        planted.add((name, row, column))
    for name, text in lines.items():
        (folder / name).write_text("\n".join(text), encoding="utf-8")
    return planted


def told(stderr: str) -> set[Place]:
    """File, line and column (of TOML the key within its table) of each fault that a command told."""
    return {(file, int(row), column) for file, row, column in _TOLD.findall(stderr)}


def _present(folder: Path) -> list[str]:
    return [name for name in (*BAD_KEYS, *BAD_CELLS) if (folder / name).exists()]


def _rows(lines: dict[str, list[str]], chance: random.Random) -> list[tuple[str, int]]:
    """Lines to spoil: one of each table in turn, so that short tables are used up first."""
    shuffled = {
        name: chance.sample(range(2, len(text)), len(text) - 2) for name, text in lines.items() if name in BAD_CELLS
    }
    turns = itertools.zip_longest(*([(name, row) for row in rows[:1000]] for name, rows in shuffled.items()))
    return [place for turn in turns for place in turn if place is not None]


def _spoil_cell(lines: list[str], row: int, column: str, value: str) -> None:
    cells = lines[row - 1].split(",")
    cells[lines[0].split(",").index(column)] = value
    lines[row - 1] = ",".join(cells)


def _spoil_keys(lines: list[str], keys: dict[str, str]) -> list[tuple[int, str]]:
    """Give each key, where it stands first, a value that it cannot have."""
    spoiled = []
    for key, value in keys.items():
        row = next((number for number, line in enumerate(lines, 1) if line.startswith(f"{key} =")), None)
        if row is not None:
            lines[row - 1] = f"{key} = {value}"
            spoiled.append((row, key))
    return spoiled
