"""How often the app draws: settled before Textual is imported, which reads it once."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from tests.commands import Lab

_OPENED = """
import sys
from pathlib import Path
from lazytui.cli.open_app import open_app
import importlib.abc
class Stop(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "lazytui.app.shell.app":
            from textual.constants import MAX_FPS
            Path(sys.argv[1]).write_text(str(MAX_FPS))
            sys.exit()
sys.meta_path.insert(0, Stop())
open_app(lambda: None, low_bandwidth=False)
"""
"""Opens the app, and leaves before its first screen."""


@pytest.mark.parametrize(("connection", "frames"), [("", "120"), ("10.0.0.1 22", "10")])
def test_frames_are_few_over_ssh_and_many_here(lab: Lab, connection: str, frames: str) -> None:
    keyboard, screen = pty.openpty()
    file = lab.folder / "frames"
    environment = {**lab.environment(), "SSH_CONNECTION": connection, "SSH_TTY": ""}
    subprocess.run(
        [sys.executable, "-c", _OPENED, str(file)],
        cwd=lab.folder,
        env=environment,
        stdin=screen,
        stdout=screen,
        stderr=screen,
        check=True,
    )
    os.close(keyboard)
    os.close(screen)
    assert file.read_text() == frames
