"""Curves drawn with plotext; no other module knows it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
import plotext
from numpy.typing import NDArray
from rich.ansi import AnsiDecoder
from rich.console import Console
from rich.segment import Segment

from lazytui.figures.colors import TONES, series_color
from lazytui.figures.kinds import Lines
from lazytui.figures.numbers import significant, tick_labels
from lazytui.figures.scales import drawable, log_ticks, nice_ticks, y_limits
from lazytui.figures.stretches import column_extremes, unbroken_stretches
from lazytui.figures.terminal.lines_of_text import widest

Places = NDArray[np.float64]

_ONE_AT_A_TIME = threading.Lock()  # plotext has one figure for the whole process
_NARROWEST = 20
_DOTS_A_CELL = 2  # a braille cell is two dots wide
_BELOW = 2  # lines of the x axis and its labels
_PLAIN = Console(color_system="truecolor", legacy_windows=False)


@dataclass(frozen=True)
class Chart:
    """lines: of the drawing, axes and tick labels included; left: cells before the plot area, which is `rows` by
    `columns` cells from the first line on.
    """

    lines: list[list[Segment]]
    left: int
    columns: int
    rows: int


def curves(
    figure: Lines, *, width: int, height: int, x_span: tuple[float, float], marks: list[str] | None
) -> Chart | None:
    """The curves, references, axes and ticks of a chart, `width` by `height` cells; None where that is too narrow.

    x_span: the ends of the x axis. Points beyond them aren't drawn.
    marks: one character a series, for a console without color; None draws colored lines of braille dots.
    """
    if width < _NARROWEST:
        return None
    low, high = y_limits(figure)
    y_ticks = (log_ticks if figure.log_y else nice_ticks)(low, high, max(height // 4, 2))
    y_texts = [significant(tick) for tick in y_ticks] if figure.log_y else tick_labels(y_ticks)
    x_ticks = nice_ticks(*x_span, max(width // 14, 2))
    y_span = _scaled(np.array([low, high]), figure.log_y)
    with _ONE_AT_A_TIME:
        plotext.terminal.limit(False, False)
        canvas = plotext.figure
        canvas.clear()
        canvas.theme("colorless")
        canvas.plot_size(width, height)
        canvas.axes(False, axis="x", side="upper")
        canvas.axes(False, axis="y", side="right")
        canvas.ruler("x", "lower").lim(*x_span).ticks(x_ticks, tick_labels(x_ticks))
        canvas.ruler("y", "left").lim(*y_span.tolist())
        canvas.ruler("y", "left").ticks(_scaled(np.array(y_ticks), figure.log_y).tolist(), y_texts)
        for reference in figure.references:
            if drawable(np.array([reference.value]), figure.log_y)[0] and low <= reference.value <= high:
                level = float(_scaled(np.array([reference.value]), figure.log_y)[0])
                _draw(x_span, [level, level], "┄", TONES["muted"])
        for index, series in enumerate(figure.series):
            mark, color = ("braille", series_color(index)) if marks is None else (marks[index], None)
            for x, y in unbroken_stretches(series.x, series.y, figure.log_y):
                x, y = _within(x, _scaled(y, figure.log_y), *x_span)
                x, y = column_extremes(x, y, *x_span, width * _DOTS_A_CELL)
                if len(x):
                    _draw(x.tolist(), np.clip(y, *y_span).tolist(), mark, color)
        drawn = canvas.build().string().rstrip("\n")
    left = widest(y_texts) + 1
    lines = [list(line.render(_PLAIN)) for line in AnsiDecoder().decode(drawn)]
    return Chart([_split(line, left) for line in lines], left, width - left, height - _BELOW)


def _draw(x: object, y: object, mark: str, color: object) -> None:
    pixel = plotext.pixel() if color is None else plotext.pixel(foreground=color)
    signal = plotext.figure.signal(list(x), y, marker=plotext.marker(mark, pixel=pixel))  # type: ignore[call-overload]
    plotext.figure.draw(signal.lines(True))


def _split(line: list[Segment], left: int) -> list[Segment]:
    """The same line, cut where the plot area begins."""
    before, after = Segment.divide([*line, Segment("")], [left, 1 << 30])
    plain = [Segment(segment.text, segment.style or None) for segment in after]  # no style is always written alike
    return [Segment("".join(segment.text for segment in before)), *plain]


def _within(x: Places, y: Places, low: float, high: float) -> tuple[Places, Places]:
    """The points between two values of x, and where the line enters and leaves if x never decreases."""
    inside = (x >= low) & (x <= high)
    if inside.all():
        return x, y
    if np.any(np.diff(x) < 0):
        return x[inside], y[inside]
    entering = np.array([low] if x[0] < low < x[-1] else [])
    leaving = np.array([high] if x[0] < high < x[-1] else [])
    return (
        np.concatenate([entering, x[inside], leaving]),
        np.concatenate([np.interp(entering, x, y), y[inside], np.interp(leaving, x, y)]),
    )


def _scaled(values: Places, log: bool) -> Places:
    return np.log10(values) if log else values
