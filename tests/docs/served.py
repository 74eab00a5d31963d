"""Waiting for a server that a test has started."""

import socket
import subprocess
import time
import urllib.request
from urllib.error import URLError


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answers(url: str, server: subprocess.Popen[bytes], *, seconds: float) -> bool:
    """Whether the server answers before its time is over or it ends."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as response:
                return bool(response.status == 200)
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    return False


def listens(address: str, port: int) -> bool:
    """Whether anybody takes a connection there."""
    try:
        with socket.create_connection((address, port), timeout=2):
            return True
    except OSError:
        return False
