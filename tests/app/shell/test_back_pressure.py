"""A terminal that takes nothing while the screen changes all the time: the app works on, and then shows how it is."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from pathlib import Path

from tests.commands import PATIENCE, Lab, wait_until

BUSY = """
import sys
from pathlib import Path
from textual.widgets import Static
from lazytui.app.shell.app import LazytuiApp
from lazytui.runs.workspace import Workspace

class Busy(LazytuiApp):
    ticks = 0

    def on_mount(self):
        self.set_interval(0.02, self.tick)

    def tick(self):
        self.ticks += 1
        Path(sys.argv[1]).write_text(str(self.ticks))
        for widget in self.screen.query(Static):
            widget.update("\\n".join([f"tick {self.ticks}"] * 40))

Busy(Workspace(Path(sys.argv[2]))).run()
"""
FRAMES = 200
"""Far more than Textual's queue holds before it makes the app wait."""


def test_an_app_that_draws_all_the_time_for_a_terminal_that_takes_nothing_works_on(lab: Lab) -> None:
    ticks = lab.folder / "ticks"
    keyboard, screen = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY, str(ticks), str(lab.workspace)],
        cwd=lab.folder,
        env=lab.environment(TERM="xterm-256color", COLUMNS="120", LINES="40"),
        stdin=screen,
        stdout=screen,
        stderr=screen,
        start_new_session=True,
    )
    os.close(screen)
    try:
        wait_until(lambda: _ticks(ticks) > FRAMES)
        reached = _ticks(ticks)
        output = ""

        def caught_up() -> bool:
            nonlocal output
            if select.select([keyboard], [], [], 0.05)[0]:
                output = output[-1000:] + os.read(keyboard, 65_536).decode(errors="replace")
            return any(f"tick {number}" in output for number in range(reached, _ticks(ticks) + 1))

        wait_until(caught_up)
    finally:
        process.kill()
        process.wait(timeout=PATIENCE)
        os.close(keyboard)


def _ticks(file: Path) -> int:
    return int(file.read_text() or 0) if file.exists() else 0
