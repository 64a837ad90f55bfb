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
from lazytui.figures.colors import Theme, hex_code, series_color
from lazytui.figures.kinds import Lines, Series
from lazytui.figures.number_format import significant_text, tick_labels
from lazytui.figures.series_gaps import column_extremes
from lazytui.figures.terminal.console_colors import Palette, tone_style
from lazytui.figures.terminal.marks import marked_segment
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
    upright,
)
from lazytui.figures.terminal.text_cells import align_text, widest_cells

Values = NDArray[np.float64]

_MUTED = tone_style("muted")
_REFERENCE = "┄"
_STAGE = "┊"
_ROOMY = 12
"""Lines from which on the legend takes another one to say what marks mean."""
_MARKS = "•×+○*#◆%"
_NARROWEST = 20
_MARKED, _APART = 18, 5
"""Columns from one mark on a curve to its next, and to the next curve's."""
_TURN = 4
"""Columns after which another of the curves that lie upon each other is on top."""


class LineChart:
    """The body of a `Lines` figure. Marks the area of its curves with their x axis.

    height: lines of the body, legend and axes included; None chooses. x_span: the ends of the x axis; None takes the
    data's own.
    """

    def __init__(
        self, figure: Lines, theme: Theme, height: int | None, x_span: tuple[float, float] | None = None
    ) -> None:
        self.figure = figure
        self.theme: Theme = theme
        self.height = height
        self.x_span = x_span or x_limits(figure)
        self.low, self.high = y_limits(figure)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        figure, width = self.figure, options.max_width
        colored = Palette.from_console(console) is not Palette.NONE
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
            yield Segment(align_text(figure.x_label, width, "center").rstrip(), _MUTED)
            yield Segment.line()

    def _legend(self, width: int, colored: bool) -> Iterator[RichText]:
        """The y label, then each series with its mark, then the references and marks with their values."""
        figure = self.figure
        if figure.y_label:
            scale = " (log scale)" if figure.log_y else ""
            yield RichText(figure.y_label + scale, style=_MUTED)
        entries = []
        for index, series in enumerate(figure.series):
            dots = "━━" if len(figure.series) == 1 else f"━{_mark(index)}━"
            mark = dots if colored and figure.joined else _mark(index)
            empty = "" if is_drawable(series.y, figure.log_y).any() else " (no values)"
            entries.append((mark, series.name + empty, self._style(index, colored)))
        for reference in figure.references:
            entries.append((_REFERENCE * 2, f"{reference.name}: {significant_text(reference.value)}", _MUTED))
        marks = [(_STAGE, f"{mark.name}: {significant_text(mark.value)}", _MUTED) for mark in figure.marks]
        lines, with_marks = list(_entry_lines(entries, width)), list(_entry_lines([*entries, *marks], width))
        is_roomy = self.height is None or self.height >= _ROOMY
        yield from with_marks if is_roomy or len(with_marks) == len(lines) else lines

    def _chart(self, width: int, height: int, colored: bool) -> Iterator[Segment]:
        figure, rows = self.figure, height - LINES_BELOW
        about = max(height // 4, 2 if rows > 4 else 1)  # three ticks on four rows couldn't stand evenly
        y_ticks = (log_ticks if figure.log_y else nice_ticks)(self.low, self.high, about)
        y_texts = [significant_text(tick) for tick in y_ticks] if figure.log_y else tick_labels(y_ticks)
        axis = XAxis(*self.x_span, width - widest_cells(y_texts) - 1)
        levels = self._levels(self._scaled(y_ticks), rows)
        x_ticks = nice_ticks(*self.x_span, max(width // 14, 2))
        x_cells = [axis.column(tick) + 0.5 for tick in x_ticks]
        frame = Frame(
            list(zip(x_cells, tick_labels(x_ticks), strict=True)), list(zip(levels.tolist(), y_texts, strict=True))
        )
        yield marked_segment("plot", axis.columns, rows, frame.left, axis)
        for line in plot(axis.columns, rows, [*self._rules(axis, rows), *self._strokes(axis, rows, colored)], frame):
            yield from line
            yield Segment.line()

    def _scaled(self, y: Sequence[float] | Values) -> Values:
        """Values as the y axis shows them: their logarithms if it is logarithmic. What it can't show is NaN."""
        y = np.asarray(y, dtype=np.float64)
        shown = np.where(is_drawable(y, self.figure.log_y), y, np.nan)
        return np.log10(shown) if self.figure.log_y else shown

    def _levels(self, scaled: Values, rows: int) -> Values:
        """The middles of the dots that scaled values are nearest to, in cells from the bottom.

        The ends of the axis lie a dot within: in the middle of their lines, where the ticks stand.
        """
        bottom, top = self._scaled([self.low, self.high]).tolist()
        return (nearest_dots(scaled, bottom, top, rows * DOTS_UP - 2) + 1.5) / DOTS_UP

    def _rules(self, axis: XAxis, rows: int) -> Iterator[Stroke]:
        """The references and marks within the axes, as dashed lines across and upright."""
        for mark in self.figure.marks:
            if axis.low <= mark.value <= axis.high:
                yield upright(axis.column(mark.value) + 0.5, rows, _STAGE, _MUTED)
        values = [reference.value for reference in self.figure.references if self.low <= reference.value <= self.high]
        for y in self._levels(self._scaled(values), rows).tolist():
            yield level(y, axis.columns, _REFERENCE, _MUTED)

    def _strokes(self, axis: XAxis, rows: int, colored: bool) -> list[Stroke]:
        """Every series, and of those that lie upon each other, each again in the columns where it is its turn."""
        strokes = []
        for index, series in enumerate(self.figure.series):
            x, y, joined = self._points(series, axis)
            cells = np.stack([(axis.dots(x) + 0.5) / DOTS_ACROSS, self._levels(y, rows)])
            if not self.figure.joined:
                cells = np.unique(np.floor(cells), axis=1) + 0.5  # several marks in a cell are one
            mark = BRAILLE if colored and self.figure.joined else _mark(index)
            strokes.append(Stroke(cells[0], cells[1], mark, self._style(index, colored), joined[: cells.shape[1]]))
        marks = _marks_on(strokes) if colored and self.figure.joined and len(strokes) > 1 else ()
        return [*strokes, *_turns(strokes), *marks]

    def _style(self, index: int, colored: bool) -> Style:
        return Style(color=hex_code(series_color(index, self.theme))) if colored else Style()

    def _points(self, series: Series, axis: XAxis) -> tuple[Values, Values, NDArray[np.bool_]]:
        """As few as show the same of a series, scaled, and whether a line leads to each from the one before."""
        x = np.where(np.isfinite(series.x), series.x, np.nan)
        y = np.where(np.isfinite(x), self._scaled(series.y), np.nan)
        if self.figure.joined:
            x, y = column_extremes(x, y, axis.low, axis.high, axis.columns)
            if len(x) and np.all(np.diff(x) >= 0):  # where the line enters and leaves the axis
                ends = [end for end in (axis.low, axis.high) if x[0] < end < x[-1]]
                at = np.searchsorted(x, ends)
                x, y = np.insert(x, at, ends), np.insert(y, at, np.interp(ends, x, y))
        shown = np.isfinite(y) & (x >= axis.low) & (x <= axis.high)
        joined = shown & np.r_[False, shown[:-1]][: len(shown)] & self.figure.joined
        return x[shown], y[shown], joined[shown]


def _entry_lines(entries: Sequence[tuple[str, str, Style]], width: int) -> Iterator[RichText]:
    """Entries of a legend, as many in a line as fit. Each: its mark, its name, and the style of the mark."""
    line = RichText()
    for mark, name, style in entries:
        text = RichText.assemble((mark, style), " ", name)
        if line and line.cell_len + 3 + text.cell_len > width:
            yield line
            line = RichText()
        line = RichText.assemble(line, "   ", text) if line else text
    if line:
        yield line


def _mark(index: int) -> str:
    """The character that stands for a series where a color can't, or can't alone."""
    return _MARKS[index % len(_MARKS)]


def _marks_on(strokes: list[Stroke]) -> Iterator[Stroke]:
    """On each curve its mark, every so many columns, so that its color never stands alone."""
    for index, stroke in enumerate(strokes):
        x, y = stroke.x, stroke.y
        if not len(x) or (np.diff(x) < 0).any():
            continue
        columns = np.arange(index * _APART % _MARKED + 0.5, x[-1], _MARKED) if len(x) > 1 else x
        after = np.searchsorted(x, columns).clip(max=len(x) - 1)
        columns = columns[stroke.joined[after] | (x[after] == columns)]
        rows = np.floor(np.interp(columns, x, y)) + 0.5
        yield Stroke(columns, rows, _mark(index), stroke.style, np.zeros(len(columns), dtype=bool))


def _turns(strokes: list[Stroke]) -> Iterator[Stroke]:
    """Of strokes that have cells in common, the parts that begin in the columns in which each is on top."""
    cells = [np.floor(stroke.x) + 1j * np.floor(stroke.y) for stroke in strokes]
    every, sharing = np.unique(np.concatenate([np.empty(0), *map(np.unique, cells)]), return_counts=True)
    turn = np.zeros(len(every))
    for stroke, own in zip(strokes, cells, strict=True):
        at = np.searchsorted(every, own)
        stretch = np.unique(stroke.x // _TURN, return_inverse=True)[1]  # counted where it has points, which may be few
        mine = (sharing[at] > 1) & (stretch % sharing[at] == turn[at])
        turn[np.unique(at)] += 1
        joined = stroke.joined & np.r_[False, mine[:-1]][: len(mine)]
        kept = mine | joined
        yield Stroke(stroke.x[kept], stroke.y[kept], stroke.mark, stroke.style, joined[kept])
