"""Curves over a common x, with a legend and references; the drawing itself is `curves`."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.text import Text as RichText

from lazytui.figures.axis_scales import drawable, x_limits
from lazytui.figures.colors import hex_code, series_color
from lazytui.figures.kinds import Lines
from lazytui.figures.number_format import significant
from lazytui.figures.terminal.console_colors import Palette, tone_style
from lazytui.figures.terminal.curves import curves, series_mark
from lazytui.figures.terminal.marks import marked
from lazytui.figures.terminal.text_cells import placed

_MUTED = tone_style("muted")
_REFERENCE = "┄"


class LineChart:
    """The body of a `Lines` figure. Marks the area of its curves as "plot".

    x_span: the ends of the x axis; None takes the data's own.
    """

    def __init__(self, figure: Lines, height: int | None, x_span: tuple[float, float] | None = None) -> None:
        self.figure = figure
        self.height = height
        self.x_span = x_span or x_limits(figure)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        figure = self.figure
        width = options.max_width
        colored = Palette.of(console) is not Palette.NONE
        yield from self._legend(width, colored)
        marks = None if colored else [series_mark(index) for index in range(len(figure.series))]
        rows = max(self.height or min(max(width // 5, 8), 18), 4)
        chart = curves(figure, width=width, height=rows, x_span=self.x_span, marks=marks)
        if chart is None:
            yield RichText("(too narrow for a chart)", style=_MUTED)
        else:
            for number, line in enumerate(chart.lines):
                before, *after = line
                yield before
                if not number:
                    yield marked("plot", chart.columns, chart.rows)
                yield from after
                yield Segment.line()
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
            mark = "━━" if colored and figure.joined else series_mark(index)
            empty = "" if drawable(series.y, figure.log_y).any() else " (no values)"
            entries.append((mark, series.name + empty, Style(color=hex_code(series_color(index))) if colored else None))
        for reference in figure.references:
            entries.append((_REFERENCE * 2, f"{reference.name}: {significant(reference.value)}", _MUTED))
        line = RichText()
        for mark, name, style in entries:
            text = RichText.assemble((mark, style or ""), " ", name)
            if line and line.cell_len + 3 + text.cell_len > width:
                yield line
                line = RichText()
            line = RichText.assemble(line, "   ", text) if line else text
        if line:
            yield line
