"""What the app's server is told before it starts."""

import tomllib
from pathlib import Path

from ui.serve import APP, ROOT, command


def test_the_server_listens_on_this_machine_alone_and_tells_nobody_of_its_use() -> None:
    line = command(port=8502, address="127.0.0.1")
    options = dict(zip(line[5::2], line[6::2], strict=True))
    assert line[1:5] == ["-m", "streamlit", "run", str(APP)] and APP.is_file()
    assert options["--server.address"] == "127.0.0.1" and options["--server.port"] == "8502"
    assert options["--browser.gatherUsageStats"] == "false" and options["--server.maxUploadSize"] == "50"


def test_a_server_started_by_hand_is_just_as_careful() -> None:
    settings = tomllib.loads((Path(ROOT) / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["address"] == "127.0.0.1" and settings["server"]["maxUploadSize"] == 50
    assert settings["browser"]["gatherUsageStats"] is False
