"""A chart of three long series, drawn by plotext after they were reduced to two points a column, against a frame."""

from __future__ import annotations

import io
import time

import numpy as np
from rich.console import Console

from benchmarks.ratio import Ratio, in_turn
from lazytui.figures.kinds import Lines, Series
from lazytui.figures.terminal import draw

FRAME = 0.016
WIDTH, HEIGHT = 120, 32
POINTS = 20_000


def measure() -> list[Ratio]:
    x = np.arange(POINTS, dtype=np.float64)
    curve = 1 - np.exp(-x / 4000)
    series = tuple(Series(name=name, x=x, y=curve * best) for name, best in (("a", 1.0), ("b", 0.9), ("c", 0.8)))
    figure = Lines(name="curves", title="Accuracy", series=series, x_label="step", y_label="accuracy")
    console = Console(file=io.StringIO(), width=WIDTH, color_system="truecolor", force_terminal=True, _environ={})

    def chart() -> None:
        assert list(console.render(draw(figure, width=WIDTH, height=HEIGHT)))

    name = f"a chart of 3 series of {POINTS:,} points, {WIDTH}x{HEIGHT}, against a frame"
    return [in_turn(name, chart, lambda: time.sleep(FRAME), asked=1, repeats=21)]
