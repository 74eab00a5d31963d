"""Where compiled loops are kept between processes: one folder for each state of the solver's sources.

numba looks only at the file of the loop it loads from its cache, not at loops of other files that were compiled into
it; a key over all sources leaves no way to run yesterday's inner loop.
"""

from hashlib import sha256
from pathlib import Path
from shutil import rmtree

from numba import config

MARK = ".complete"


def keep_apart() -> Path:
    """Point numba's cache to the folder of these sources; to be called before any loop is declared."""
    here = Path(__file__).parent
    digest = sha256()
    for source in sorted(here.glob("*.py")):
        digest.update(source.name.encode() + source.read_bytes())
    folder = here / "__pycache__" / f"numba-{digest.hexdigest()[:16]}"
    config.CACHE_DIR = str(folder)
    return folder


FOLDER = keep_apart()


def compiled() -> bool:
    """Whether every loop of these sources is known to be compiled."""
    return (FOLDER / MARK).exists()


def mark_compiled() -> None:
    """Remember that every loop is compiled and forget other states of the sources.

    Where the folder cannot be written, each process compiles for itself.
    """
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / MARK).touch()
    except OSError:
        return
    for other in FOLDER.parent.glob("numba-*"):
        if other != FOLDER:
            rmtree(other, ignore_errors=True)
