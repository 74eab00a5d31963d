"""Starts the app's server on a centre and its plan."""

import os
import signal
import subprocess
import sys
from pathlib import Path

APP = Path(__file__).with_name("app.py")
ROOT = APP.parent.parent  # the look of the app is read from .streamlit/ there


def serve(*, centre: Path, out: Path, port: int, address: str = "127.0.0.1") -> int:
    """Serve the app until it is interrupted; the server's exit code, 0 after an interruption."""
    folders = {"WFM_CENTRE": str(centre.resolve()), "WFM_OUT": str(out.resolve())}
    # Threads of the linear algebra only get in each other's way in the many small fits of a backtest.
    environment = {"OMP_NUM_THREADS": "1", **os.environ, **folders}
    # Asked to end, this process must not leave the server behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with subprocess.Popen(command(port=port, address=address), cwd=ROOT, env=environment) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            return 0


def command(*, port: int, address: str) -> list[str]:
    """The command line of the server; nothing is left to defaults that would open it to the network."""
    options = {
        "server.address": address,
        "server.port": str(port),
        "server.maxUploadSize": "50",
        "server.showEmailPrompt": "false",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    given = [text for name, value in options.items() for text in (f"--{name}", value)]
    return [sys.executable, "-m", "streamlit", "run", str(APP), *given]
