"""Any figure as a Rich renderable: its title, its body and its note."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.text import Text as RichText

from lazytui.figures.colors import Theme
from lazytui.figures.kinds import Bars, Figure, Histogram, Lines, Matrix, Pixels, Table, Text
from lazytui.figures.plain_figures import clean_figure
from lazytui.figures.terminal.bars import BarChart
from lazytui.figures.terminal.histogram import HistogramChart
from lazytui.figures.terminal.line_chart import LineChart
from lazytui.figures.terminal.matrix import HeatMap
from lazytui.figures.terminal.paragraphs import paragraphs
from lazytui.figures.terminal.pixel_grid import PixelGrid
from lazytui.figures.terminal.table import TableBody


def draw(
    figure: Figure, *, width: int | None = None, height: int | None = None, theme: Theme = "dark"
) -> RenderableType:
    """The figure for a console: bold title, body, dim note.

    width: columns at most; None takes the console's. No line is longer, whatever the figure holds.
    height: lines of the body, for kinds that can be fitted (`Lines`, `Histogram`, `Matrix`, `Pixels`, and `Bars`, which
    then go without the names of their references); None chooses. Other kinds are as high as their content.

    theme: of the terminal's background; a heat map's scale begins near it, and what it hides gets an outline.

    The drawing adapts to the console that prints it: true color, 256 colors (quantized, so that equal neighbors merge
    into one escape sequence), 16 colors, or none (`NO_COLOR`, a pipe), where images become shades and lines differ by
    their marks.
    """
    figure = clean_figure(figure)
    return Constrain(with_title(figure, body(figure, height=height, theme=theme)), width)


def with_title(figure: Figure, body: RenderableType) -> RenderableType:
    """The drawn body of a figure between its title and its note, whose text must be plain already."""
    parts: list[RenderableType] = [RichText(figure.title, style="bold"), body]
    if figure.note:
        parts.append(RichText(figure.note, style="dim"))
    return Group(*parts)


def body(figure: Figure, *, height: int | None = None, theme: Theme = "dark") -> RenderableType:
    """The figure without its title and note; its text must be plain already (`clean.cleaned`)."""
    match figure:
        case Pixels():
            return PixelGrid(figure, theme, height)
        case Matrix():
            return HeatMap(figure, theme, height)
        case Lines():
            return LineChart(figure, theme, height)
        case Bars():
            return BarChart(figure, theme, height)
        case Histogram():
            return HistogramChart(figure, theme, height)
        case Table():
            return TableBody(figure)
        case Text():
            return paragraphs(figure)
    raise TypeError(f"There is no drawing for a figure of type {type(figure).__name__}.")
