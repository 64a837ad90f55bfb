"""First paint of `lazytui` against that of the smallest app that Textual can make, each in a process of its own."""

from __future__ import annotations

import os
import statistics
import tempfile
from pathlib import Path

from benchmarks.terminal import terminal

ASKED = 3.0
"""Times the smallest app: ours reads a workspace and fills a screen, and has to feel immediate all the same."""
REPEATS = 9
_SMALLEST = """
from textual.app import App
from textual.widgets import Static
class Smallest(App):
    def compose(self):
        yield Static("Smallest app")
Smallest().run()
"""


def main() -> None:
    """In turn, so that noise hits both; from the start of the process to its first words on a real pty."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pairs = [
            (painted(["-m", "lazytui"], "Jobs", folder), painted(["-c", _SMALLEST], "Smallest", folder))
            for _ in range(REPEATS + 1)
        ][1:]
    ours, smallest = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = ours / smallest
    print(f"{'first paint':<30} {'ours':>8} {'smallest app':>13} {'ratio':>6} {'asked':>6} {'load':>5}")
    print(
        f"{'lazytui, empty workspace':<30} {ours:>6.2f} s {smallest:>11.2f} s {ratio:>6.2f} {ASKED:>6.1f} "
        f"{os.getloadavg()[0]:>5.1f}{'' if ratio < ASKED else '  missed'}"
    )


def painted(arguments: list[str], words: str, folder: Path) -> float:
    """Seconds until the words are written."""
    with terminal(arguments, folder, (120, 36)) as shown:
        return shown.until(shown.shows(words)) - shown.began
