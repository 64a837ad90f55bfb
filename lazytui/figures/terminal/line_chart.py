"""Curves or points over a common x, with a legend, references, axes and ticks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.text import Text as RichText

from lazytui.figures.axis_scales import is_drawable, log_ticks, nice_ticks, x_limits, y_limits
from lazytui.figures.colors import hex_code, series_color
from lazytui.figures.kinds import Lines, Series
from lazytui.figures.number_format import significant_text, tick_labels
from lazytui.figures.series_gaps import column_extremes, unbroken_stretches
from lazytui.figures.terminal.console_colors import Palette, tone_style
from lazytui.figures.terminal.marks import marked
from lazytui.figures.terminal.plotext_charts import (
    BRAILLE,
    DOTS_ACROSS,
    DOTS_UP,
    LINES_BELOW,
    Frame,
    Stroke,
    XAxis,
    level,
    nearest_dots,
    plot,
)
from lazytui.figures.terminal.text_cells import placed, widest

Values = NDArray[np.float64]

_MUTED = tone_style("muted")
_REFERENCE = "┄"
_MARKS = "•×+○*#◆%"
_NARROWEST = 20
_TURN = 4
"""Columns after which another of the curves that lie upon each other is on top."""


class LineChart:
    """The body of a `Lines` figure. Marks the area of its curves with their x axis.

    height: lines of the body, legend and axes included; None chooses. x_span: the ends of the x axis; None takes the
    data's own.
    """

    def __init__(self, figure: Lines, height: int | None, x_span: tuple[float, float] | None = None) -> None:
        self.figure = figure
        self.height = height
        self.x_span = x_span or x_limits(figure)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        figure, width = self.figure, options.max_width
        colored = Palette.of(console) is not Palette.NONE
        legend = console.render_lines(Group(*self._legend(width, colored)), options, pad=False)
        for line in legend:
            yield from line
            yield Segment.line()
        if width < _NARROWEST:
            yield RichText("(too narrow for a chart)", style=_MUTED)
        else:
            height = self.height and self.height - len(legend) - bool(figure.x_label)
            yield from self._chart(width, max(height or min(max(width // 5, 8), 18), 4), colored)
        if figure.x_label:
            yield Segment(placed(figure.x_label, width, "center").rstrip(), _MUTED)
            yield Segment.line()

    def _legend(self, width: int, colored: bool) -> Iterator[RichText]:
        """The y label, then each series with its mark, then the references with their values."""
        figure = self.figure
        if figure.y_label:
            scale = " (log scale)" if figure.log_y else ""
            yield RichText(figure.y_label + scale, style=_MUTED)
        entries = []
        for index, series in enumerate(figure.series):
            mark = "━━" if colored and figure.joined else _mark(index)
            empty = "" if is_drawable(series.y, figure.log_y).any() else " (no values)"
            entries.append((mark, series.name + empty, _style(index, colored)))
        for reference in figure.references:
            entries.append((_REFERENCE * 2, f"{reference.name}: {significant_text(reference.value)}", _MUTED))
        line = RichText()
        for mark, name, style in entries:
            text = RichText.assemble((mark, style), " ", name)
            if line and line.cell_len + 3 + text.cell_len > width:
                yield line
                line = RichText()
            line = RichText.assemble(line, "   ", text) if line else text
        if line:
            yield line

    def _chart(self, width: int, height: int, colored: bool) -> Iterator[Segment]:
        figure, rows = self.figure, height - LINES_BELOW
        low, high = y_limits(figure)
        about = max(height // 4, 2 if rows > 4 else 1)  # three ticks on four rows couldn't stand evenly
        y_ticks = (log_ticks if figure.log_y else nice_ticks)(low, high, about)
        y_texts = [significant_text(tick) for tick in y_ticks] if figure.log_y else tick_labels(y_ticks)
        axis = XAxis(*self.x_span, width - widest(y_texts) - 1)
        levels = self._levels(self._scaled(y_ticks), rows)
        x_ticks = nice_ticks(*self.x_span, max(width // 14, 2))
        x_cells = [axis.column(tick) + 0.5 for tick in x_ticks]
        frame = Frame(
            list(zip(x_cells, tick_labels(x_ticks), strict=True)), list(zip(levels.tolist(), y_texts, strict=True))
        )
        yield marked("plot", axis.columns, rows, frame.left, axis)
        for line in plot(axis.columns, rows, [*self._rules(axis, rows), *self._strokes(axis, rows, colored)], frame):
            yield from line
            yield Segment.line()

    def _scaled(self, y: Sequence[float] | Values) -> Values:
        """Values as the y axis shows them: their logarithms if it is logarithmic. What it can't show is NaN."""
        y = np.asarray(y, dtype=np.float64)
        shown = np.where(is_drawable(y, self.figure.log_y), y, np.nan)
        return np.log10(shown) if self.figure.log_y else shown

    def _levels(self, scaled: Values, rows: int) -> Values:
        """The middles of the dots that scaled values are nearest to, in cells from the bottom."""
        bottom, top = self._scaled(y_limits(self.figure)).tolist()
        return (nearest_dots(scaled, bottom, top, rows * DOTS_UP) + 0.5) / DOTS_UP

    def _rules(self, axis: XAxis, rows: int) -> Iterator[Stroke]:
        """The references within the axis, as dashed lines across."""
        low, high = y_limits(self.figure)
        values = [reference.value for reference in self.figure.references if low <= reference.value <= high]
        for y in self._levels(self._scaled(values), rows).tolist():
            yield level(y, axis.columns, _REFERENCE, _MUTED)

    def _strokes(self, axis: XAxis, rows: int, colored: bool) -> list[Stroke]:
        """Every series, and each again in the columns where it is its turn to lie above the others."""
        figure = self.figure
        strokes = []
        for index, series in enumerate(figure.series):
            x, y, joined = self._points(series, axis)
            mark = BRAILLE if colored and figure.joined else _mark(index)
            cells = (axis.dots(x) + 0.5) / DOTS_ACROSS, self._levels(y, rows)
            strokes.append(_without_repeats(Stroke(*cells, mark, _style(index, colored), joined)))
        turns = [_its_turn(stroke, index, len(strokes)) for index, stroke in enumerate(strokes)]
        return strokes + turns if len(strokes) > 1 else strokes

    def _points(self, series: Series, axis: XAxis) -> tuple[Values, Values, NDArray[np.bool_]]:
        """As few as show the same of a series, and whether a line leads to each from the one before."""
        x, y = np.asarray(series.x, dtype=np.float64), self._scaled(series.y)
        if not self.figure.joined:
            inside = np.isfinite(y) & (x >= axis.low) & (x <= axis.high)
            return x[inside], y[inside], np.zeros(int(inside.sum()), dtype=bool)
        reduced = column_extremes(x, y, axis.low, axis.high, axis.columns)
        stretches = [_within(*stretch, axis) for stretch in unbroken_stretches(*reduced, log=False)]
        joined = [np.arange(len(part)) > 0 for part, _ in stretches]
        x, y = (
            (np.concatenate([np.empty(0), *parts]) for parts in zip(*stretches, strict=True))
            if stretches
            else (x[:0], y[:0])
        )
        return x, y, np.concatenate([np.empty(0, dtype=bool), *joined])


def _mark(index: int) -> str:
    """The character that stands for a series where a color can't, or can't alone."""
    return _MARKS[index % len(_MARKS)]


def _style(index: int, colored: bool) -> Style:
    return Style(color=hex_code(series_color(index))) if colored else Style()


def _without_repeats(stroke: Stroke) -> Stroke:
    """Points in the dot of the one before tell nothing, nor several loose ones in a cell."""
    if stroke.joined.any():
        kept = ~(stroke.joined & (np.diff(stroke.x, prepend=-1) == 0) & (np.diff(stroke.y, prepend=-1) == 0))
    else:
        kept = np.unique(np.floor([stroke.x, stroke.y]), axis=1, return_index=True)[1]
    return Stroke(stroke.x[kept], stroke.y[kept], stroke.mark, stroke.style, stroke.joined[kept])


def _its_turn(stroke: Stroke, index: int, count: int) -> Stroke:
    """The part of a stroke that begins in the columns of its turn."""
    mine = stroke.x // _TURN % count == index
    joined = stroke.joined & np.r_[False, mine[:-1]][: len(mine)]
    kept = mine | joined
    return Stroke(stroke.x[kept], stroke.y[kept], stroke.mark, stroke.style, joined[kept])


def _within(x: Values, y: Values, axis: XAxis) -> tuple[Values, Values]:
    """The points on the axis, and where the line enters and leaves it if x never decreases."""
    inside = (x >= axis.low) & (x <= axis.high)
    if inside.all() or np.any(np.diff(x) < 0):
        return x[inside], y[inside]
    entering = np.array([axis.low] if x[0] < axis.low < x[-1] else [])
    leaving = np.array([axis.high] if x[0] < axis.high < x[-1] else [])
    return (
        np.concatenate([entering, x[inside], leaving]),
        np.concatenate([np.interp(entering, x, y), y[inside], np.interp(leaving, x, y)]),
    )
