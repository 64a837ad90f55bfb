"""A histogram as columns of block characters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.text import Text as RichText

from lazytui.figures.axis_scales import nice_ticks
from lazytui.figures.colors import SERIES
from lazytui.figures.kinds import Histogram
from lazytui.figures.number_format import significant, tick_labels
from lazytui.figures.terminal.console_colors import Palette, ink, tone_style
from lazytui.figures.terminal.marks import marked
from lazytui.figures.terminal.text_cells import shortened, widest

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_MUTED = tone_style("muted")
_ROWS = 10


def column_counts(figure: Histogram, columns: int) -> NDArray[np.int64]:
    """(columns,): the count of the bin at each of so many equal stretches of the axis; of several, the greatest."""
    edges = np.asarray(figure.edges, dtype=np.float64)
    places = np.rint((edges - edges[0]) / (edges[-1] - edges[0]) * columns).astype(int)
    heights = np.zeros(columns, dtype=np.int64)
    for start, end, count in zip(places[:-1], places[1:], figure.counts, strict=True):
        start = min(start, columns - 1)
        stretch = slice(start, max(end, start + 1))
        heights[stretch] = np.maximum(heights[stretch], count)
    return heights


class HistogramChart:
    """The body of a `Histogram` figure. Marks the area of its columns as "plot"."""

    def __init__(self, figure: Histogram, height: int | None) -> None:
        self.figure = figure
        self.rows = max(height or _ROWS, 2)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        figure = self.figure
        edges = np.asarray(figure.edges, dtype=np.float64)
        if not len(figure.counts) or not np.all(np.isfinite(edges)) or edges[-1] <= edges[0]:
            yield RichText("(no bins)", style=_MUTED)
            return
        top = max(int(figure.counts.max()), 1)
        ticks = {round(self.rows * (1 - tick / top)): significant(tick) for tick in nice_ticks(0, top, 4) if tick > 0}
        labels = widest(ticks.values())
        room = max(options.max_width - labels - 2, 1)
        bins = len(figure.counts)
        columns = room if bins > room else min(room // bins, 8) * bins
        eighths = np.rint(column_counts(figure, columns) / top * self.rows * 8).astype(int)
        eighths = np.maximum(eighths, column_counts(figure, columns) > 0)  # a count of one is seen, however small
        yield Segment(shortened(figure.unit, options.max_width), _MUTED)
        yield Segment.line()
        for row in range(self.rows):
            filled = np.clip(eighths - 8 * (self.rows - 1 - row), 0, 8)
            yield Segment(f"{ticks.get(row, ''):>{labels}} {'┤' if row in ticks else '│'}", _MUTED)
            if not row:
                yield marked("plot", columns, self.rows)
            yield Segment("".join(_EIGHTHS[level] for level in filled).rstrip(), ink(SERIES[0], Palette.of(console)))
            yield Segment.line()
        yield Segment(" " * labels + " └" + "─" * columns, _MUTED)
        yield Segment.line()
        yield Segment(_edge_labels(edges, labels + 2, columns, options.max_width), _MUTED)
        yield Segment.line()
        yield Segment(shortened(" " * (labels + 2) + figure.x_label, options.max_width), _MUTED)
        yield Segment.line()


def _edge_labels(edges: NDArray[np.float64], indent: int, columns: int, available: int) -> str:
    """Round values below the axis, each beginning at its place."""
    line = ""
    ticks = nice_ticks(float(edges[0]), float(edges[-1]), max(columns // 12, 1))
    for tick, text in zip(ticks, tick_labels(ticks), strict=True):
        place = indent + round((tick - edges[0]) / (edges[-1] - edges[0]) * columns) - len(text) // 2
        place = max(place, 0)
        if place > len(line) + bool(line) - 1 and place + len(text) <= available:
            line = line.ljust(place) + text
    return line
