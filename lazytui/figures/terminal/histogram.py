"""A histogram as columns of block characters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.text import Text as RichText

from lazytui.figures.axis_scales import nice_ticks
from lazytui.figures.colors import Theme, series_color
from lazytui.figures.kinds import Histogram
from lazytui.figures.number_format import significant_text, tick_labels
from lazytui.figures.terminal.console_colors import Palette, ink, tone_style
from lazytui.figures.terminal.marks import marked_segment
from lazytui.figures.terminal.plotext_charts import LINES_BELOW, Frame, block, plot
from lazytui.figures.terminal.text_cells import shorten, widest_cells

_MUTED = tone_style("muted")
_HEIGHT = 14


def bin_columns(figure: Histogram, columns: int) -> list[tuple[int, int]]:
    """The first column of each bin, and the one after its last, on an axis of so many columns."""
    edges = np.asarray(figure.edges, dtype=np.float64)
    ends = np.rint((edges - edges[0]) / (edges[-1] - edges[0]) * columns).astype(int)
    starts = np.minimum(ends[:-1], columns - 1)
    return list(zip(starts.tolist(), np.maximum(ends[1:], starts + 1).tolist(), strict=True))


class HistogramChart:
    """The body of a `Histogram` figure. Marks the area of its columns as "plot".

    height: lines of the body, axes included; None chooses.
    """

    def __init__(self, figure: Histogram, theme: Theme, height: int | None) -> None:
        self.figure = figure
        self.theme: Theme = theme
        self.rows = max((height or _HEIGHT) - LINES_BELOW - 2, 2)  # the unit stands above, the label of x below

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        figure, width = self.figure, options.max_width
        edges = np.asarray(figure.edges, dtype=np.float64)
        if not len(figure.counts) or not np.all(np.isfinite(edges)) or edges[-1] <= edges[0]:
            yield RichText("(no bins)", style=_MUTED)
            return
        top = max(int(figure.counts.max()), 1)
        y_ticks = [(tick / top * self.rows - 0.5, significant_text(tick)) for tick in nice_ticks(0, top, 4) if tick > 0]
        room = max(width - widest_cells(label for _, label in y_ticks) - 1, 1)
        bins = len(figure.counts)
        columns = room if bins > room else min(room // bins, 8) * bins
        frame = Frame(_x_ticks(edges, columns), y_ticks)
        heights = np.zeros(columns, dtype=np.int64)
        for (start, end), count in zip(bin_columns(figure, columns), figure.counts, strict=True):
            heights[start:end] = np.maximum(heights[start:end], count)  # of several bins in a column, the greatest
        eighths = np.maximum(np.rint(heights / top * self.rows * 8).astype(int), heights > 0)  # one is seen too
        style = ink(series_color(0, self.theme), Palette.from_console(console))
        strokes = [
            stroke
            for column, length in enumerate(eighths.tolist())
            for stroke in block(0, length, column + 0.5, style, upright=True)
        ]
        yield Segment(shorten(figure.unit, width), _MUTED)
        yield Segment.line()
        yield marked_segment("plot", columns, self.rows, frame.left)
        for line in plot(columns, self.rows, strokes, frame):
            yield from line
            yield Segment.line()
        yield Segment(shorten(" " * frame.left + figure.x_label, width), _MUTED)
        yield Segment.line()


def _x_ticks(edges: NDArray[np.float64], columns: int) -> list[tuple[float, str]]:
    """Round values, each with the column that begins at it."""
    low, high = float(edges[0]), float(edges[-1])
    ticks = nice_ticks(low, high, max(columns // 12, 1))
    cells = [min(round((tick - low) / (high - low) * columns), columns - 1) + 0.5 for tick in ticks]
    return list(zip(cells, tick_labels(ticks), strict=True))
