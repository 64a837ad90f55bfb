"""How soon two networks answer while the pen moves: their probabilities and heat maps, drawn on the screen."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from textual.drivers.headless_driver import HeadlessDriver

from lazytui.app.screens.ask.canvas import CanvasView
from lazytui.app.screens.ask.screen import DrawScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.low_bandwidth import NEAR
from lazytui.runs.workspace import Workspace

ASKED = 50.0
"""Milliseconds, for the 95th percentile."""

MOVES = 200
SIZES = ((80, 24), (120, 36), (200, 60))


def main() -> None:
    """Moves follow each other as soon as the one before is answered."""
    print(f"{'a move of the pen, two networks':<32} {'median':>9} {'95th':>9} {'asked':>9}", flush=True)
    environment = {**os.environ, **NEAR, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    for columns, rows in SIZES:
        here = [sys.executable, "-m", "benchmarks.drawing", str(columns), str(rows)]
        subprocess.run(here, env=environment, check=True)


def print_row(size: tuple[int, int]) -> None:
    middle, late = np.percentile(asyncio.run(measure(size)), [50, 95])
    print(f"{f'{size[0]}x{size[1]}':<32} {middle:>6.1f} ms {late:>6.1f} ms {ASKED:>6.1f} ms", flush=True)


class WritingDriver(HeadlessDriver):
    """Of an app that makes all that it would write to a terminal of 24-bit color, which is part of the time."""

    is_headless = False


async def measure(size: tuple[int, int]) -> list[float]:
    """Milliseconds of each move."""
    with tempfile.TemporaryDirectory() as folder:
        app = LazytuiApp(Workspace(Path(folder) / "runs"))
        app.animation_level, app.driver_class = "none", WritingDriver
        async with app.run_test(headless=False, size=size) as pilot:
            app.second = "shipped/cured-strokes"
            await pilot.press("I")
            while not isinstance(app.screen, DrawScreen):
                await asyncio.sleep(0.01)
            while not _is_answered(app.screen):
                await asyncio.sleep(0.01)
            return [await _move(app.screen, number) for number in range(MOVES)]


async def _move(screen: DrawScreen, number: int) -> float:
    """Milliseconds from one move of the pen until the screen that shows its answers is drawn.

    Textual's own `wait_for_idle` looks only every 20 ms whether there is still something to do.
    """
    before = screen.drawing
    x, y = 4 + 20 * abs(np.sin(number / 9)), 4 + 20 * abs(np.cos(number / 7))
    begin = time.perf_counter()
    screen.post_message(CanvasView.Drawn((x, y), (x + 2, y), erases=False, begins=True))
    while screen.drawing is before or not _is_answered(screen):
        await asyncio.sleep(0.001)
    is_drawn = asyncio.Event()
    screen.call_after_refresh(is_drawn.set)
    await is_drawn.wait()
    return 1000 * (time.perf_counter() - begin)


def _is_answered(screen: DrawScreen) -> bool:
    answer = screen.answer
    return bool(answer and answer.answers and answer.question is screen.asked and answer.drawing is screen.drawing)


if __name__ == "__main__":
    columns, rows = map(int, sys.argv[1:])
    print_row((columns, rows))
