"""Horizontal bars with their values, intervals and references."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.text import Text as RichText

from lazytui.figures.axis_scales import bar_limits
from lazytui.figures.colors import SERIES, ink_on
from lazytui.figures.kinds import RGB, Bars
from lazytui.figures.number_format import number, value_texts, with_unit
from lazytui.figures.terminal.console_colors import Palette, ink, tone_style
from lazytui.figures.terminal.marks import marked
from lazytui.figures.terminal.text_cells import placed, runs, widest, wrapped

_EIGHTHS = " ▏▎▍▌▋▊▉"
_MUTED = tone_style("muted")


@dataclass(frozen=True)
class _Axis:
    """Places of values on a strip of `width` cells."""

    low: float
    high: float
    width: int

    def at(self, value: float) -> float:
        """Where a value lies, in cells from the left end, 0 to `width`."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0) * self.width

    def cell(self, value: float) -> int:
        return min(int(self.at(value)), self.width - 1)


class BarChart:
    """The body of a `Bars` figure: one line a bar, drawn in eighths of a cell. Marks each bar's label by its index."""

    def __init__(self, figure: Bars) -> None:
        self.figure = figure

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        figure = self.figure
        if not len(figure.values):
            yield RichText("(no bars)", style=_MUTED)
            return
        texts = value_texts(figure)
        width = options.max_width
        labels = min(widest(figure.labels), max(width // 3, 4))
        beside = widest(texts) if widest(texts) <= width - labels - 12 else 0
        axis = _Axis(*bar_limits(figure), max(width - labels - 1 - (beside + 1 if beside else 0), 1))
        for index, text in enumerate(texts):
            names = wrapped(figure.labels[index], labels) or [""]
            yield marked(index, labels)
            yield Segment(placed(names[0], labels, "right") + " ", Style(bold=True))
            yield from self._strip(index, axis, Palette.of(console))
            if beside:
                yield Segment(" " + text)
            yield Segment.line()
            for more in names[1:]:
                yield Segment(placed(more, labels, "right"), Style(bold=True))
                yield Segment.line()
            if not beside:
                for line in wrapped(text, max(width - labels - 1, 2)):
                    yield Segment((" " * (labels + 1) + line)[:width])
                    yield Segment.line()
        yield from self._references(width)

    def _color(self, index: int) -> RGB:
        return self.figure.colors[index] if self.figure.colors else SERIES[0]

    def _strip(self, index: int, axis: _Axis, palette: Palette) -> Iterator[Segment]:
        """The bar itself, with its interval as a whisker and the references as lines."""
        figure = self.figure
        value = float(figure.values[index])
        color = self._color(index)
        bar = ink(color, palette)
        characters, styles = [" "] * axis.width, [Style()] * axis.width
        if not math.isnan(value):
            start, end = sorted((axis.at(max(axis.low, min(0.0, axis.high))), axis.at(value)))
            for cell in range(axis.width):
                filled = min(end, cell + 1) - max(start, cell)
                if filled > 0:
                    characters[cell] = "█" if filled > 15 / 16 else _EIGHTHS[max(1, int(filled * 8))]
                    styles[cell] = bar
        for reference in figure.references:
            if axis.low <= reference.value <= axis.high:
                _over(characters, styles, axis.cell(reference.value), "┊", color, palette)
        if figure.intervals is not None and not math.isnan(value):
            low, high = (float(end) for end in figure.intervals[index])
            if math.isfinite(low) and math.isfinite(high):
                for cell in range(axis.cell(low), axis.cell(high) + 1):
                    sign = "├" if cell == axis.cell(low) else "┤" if cell == axis.cell(high) else "─"
                    _over(characters, styles, cell, sign, color, palette)
        yield from runs(characters, styles)

    def _references(self, width: int) -> Iterator[Segment]:
        figure = self.figure
        for reference in figure.references:
            text = f"┊ {reference.name}: {with_unit(number(reference.value, figure.decimals), figure.unit)}"
            for line in wrapped(text, width):
                yield Segment(line, _MUTED)
                yield Segment.line()


def _over(characters: list[str], styles: list[Style], cell: int, sign: str, color: RGB, palette: Palette) -> None:
    """A sign drawn over whatever the cell holds: on the bar's color where the bar fills the cell."""
    filled = characters[cell] == "█" or styles[cell].bgcolor is not None
    styles[cell] = ink(ink_on(color), palette, color) if filled else Style()
    characters[cell] = sign
