"""Horizontal bars with their values, intervals and references."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.text import Text as RichText

from lazytui.figures.axis_scales import bar_limits
from lazytui.figures.colors import Theme, ink_on, needs_outline, series_color
from lazytui.figures.kinds import RGB, Bars
from lazytui.figures.number_format import add_unit, number, value_texts
from lazytui.figures.terminal.console_colors import Palette, ink, tone_style
from lazytui.figures.terminal.marks import marked_segment
from lazytui.figures.terminal.plotext_charts import Stroke, block, plot
from lazytui.figures.terminal.text_cells import align_text, widest_cells, wrap_cells

_MUTED = tone_style("muted")


class BarChart:
    """The body of a `Bars` figure: one line a bar, drawn in eighths of a cell. Marks each bar's label by its index.

    height: lines there are; what references mean isn't said where there are only enough for the bars.
    """

    def __init__(self, figure: Bars, theme: Theme, height: int | None = None) -> None:
        self.figure = figure
        self.theme: Theme = theme
        self.height = height

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        figure = self.figure
        if not len(figure.values):
            yield RichText("(no bars)", style=_MUTED)
            return
        texts = value_texts(figure)
        width = options.max_width
        labels = min(widest_cells(figure.labels), max(width // 3, 4))
        beside = widest_cells(texts) if widest_cells(texts) <= width - labels - 12 else 0
        columns = max(width - labels - 1 - (beside + 1 if beside else 0), 1)
        bars = _Strips(figure, columns, Palette.from_console(console), self.theme)
        strips = plot(columns, len(texts), list(bars.strokes()))
        for index, (text, strip) in enumerate(zip(texts, strips, strict=True)):
            names = wrap_cells(figure.labels[index], labels) or [""]
            yield marked_segment(index, labels)
            yield Segment(align_text(names[0], labels, "right") + " ", Style(bold=True))
            yield from strip
            if beside:
                yield Segment(" " + text)
            yield Segment.line()
            for more in names[1:]:
                yield Segment(align_text(more, labels, "right"), Style(bold=True))
                yield Segment.line()
            if not beside:
                for line in wrap_cells(text, max(width - labels - 1, 2)):
                    yield Segment((" " * (labels + 1) + line)[:width])
                    yield Segment.line()
        if self.height is None or self.height >= len(texts) + len(figure.references):
            yield from self._references(width)

    def _references(self, width: int) -> Iterator[Segment]:
        figure = self.figure
        for reference in figure.references:
            text = f"┊ {reference.name}: {add_unit(number(reference.value, figure.decimals), figure.unit)}"
            for line in wrap_cells(text, width):
                yield Segment(line, _MUTED)
                yield Segment.line()


class _Strips:
    """The bars themselves, in cells of a plot area that has a row for each, the first on top."""

    def __init__(self, figure: Bars, columns: int, palette: Palette, theme: Theme) -> None:
        self.figure, self.columns, self.palette = figure, columns, palette
        self.theme: Theme = theme
        self.low, self.high = bar_limits(figure)

    def strokes(self) -> Iterator[Stroke]:
        """Each bar, over it the references as lines, and over these its interval as a whisker."""
        figure = self.figure
        references = [r.value for r in figure.references if self.low <= r.value <= self.high]
        for index, value in enumerate(figure.values.tolist()):
            middle = len(figure.values) - index - 0.5
            color = figure.colors[index] if figure.colors else series_color(0, self.theme)
            inside = range(0)
            if not math.isnan(value):
                start, end = sorted((self._cell_of(min(max(0.0, self.low), self.high)), self._cell_of(value)))
                eighths = max(round((end - round(start)) * 8), int(end > start))  # what isn't nothing is seen
                yield from self._bar(round(start), eighths, middle, color)
                inside = range(round(start), round(start) + eighths // 8)
            for reference in references:
                yield from self._signs("┊", self._cell(reference), self._cell(reference), middle, color, inside)
            if figure.intervals is not None and not math.isnan(value) and np.isfinite(figure.intervals[index]).all():
                low, high = (self._cell(end) for end in figure.intervals[index].tolist())
                for sign, first, last in (("─", low, high), ("┤", high, high), ("├", low, low)):
                    yield from self._signs(sign, first, last, middle, color, inside)

    def _bar(self, start: int, eighths: int, middle: float, color: RGB) -> Iterator[Stroke]:
        """Filled, and with an edge above and below where the color is too near the background."""
        if self.palette is Palette.NONE or not needs_outline(color, self.theme):
            yield from block(start, eighths, middle, ink(color, self.palette), upright=False)
        elif eighths:
            x = start + np.arange(math.ceil(eighths / 8), dtype=np.float64) + 0.5
            style = ink(ink_on(color), self.palette, color)
            yield Stroke(x, np.full(len(x), middle), "═", style, np.zeros(len(x), dtype=bool))

    def _cell_of(self, value: float) -> float:
        """Where a value lies, in cells from the left end."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0) * self.columns

    def _cell(self, value: float) -> int:
        return min(int(self._cell_of(value)), self.columns - 1)

    def _signs(self, sign: str, first: int, last: int, middle: float, color: RGB, inside: range) -> Iterator[Stroke]:
        """A sign in some cells: on the bar's color where the bar fills them."""
        on_bar = [cell for cell in range(first, last + 1) if cell in inside]
        beside = [cell for cell in range(first, last + 1) if cell not in inside]
        for cells, style in ((on_bar, ink(ink_on(color), self.palette, color)), (beside, Style())):
            if cells:
                x = np.array(cells) + 0.5
                yield Stroke(x, np.full(len(x), middle), sign, style, np.zeros(len(x), dtype=bool))
