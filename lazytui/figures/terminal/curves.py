"""Curves drawn with plotext; no other module knows it."""

from __future__ import annotations

import threading

import numpy as np
import plotext
from numpy.typing import NDArray
from rich.text import Text as RichText

from lazytui.figures.colors import TONES, series_color
from lazytui.figures.kinds import Lines
from lazytui.figures.numbers import significant, tick_labels
from lazytui.figures.scales import drawable, log_ticks, nice_ticks, x_limits, y_limits
from lazytui.figures.stretches import column_extremes, unbroken_stretches

_ONE_AT_A_TIME = threading.Lock()  # plotext has one figure for the whole process
_NARROWEST = 20
_DOTS_A_CELL = 2  # a braille cell is two dots wide


def curves(figure: Lines, *, width: int, height: int, marks: list[str] | None) -> RichText | None:
    """The curves, references, axes and ticks of a chart, `width` by `height` cells; None where that is too narrow.

    marks: one character a series, for a console without color; None draws colored lines of braille dots.
    """
    if width < _NARROWEST:
        return None
    x_low, x_high = x_limits(figure)
    y_low, y_high = y_limits(figure)
    y_ticks = (log_ticks if figure.log_y else nice_ticks)(y_low, y_high, max(height // 4, 2))
    y_texts = [significant(tick) for tick in y_ticks] if figure.log_y else tick_labels(y_ticks)
    x_ticks = nice_ticks(x_low, x_high, max(width // 14, 2))
    with _ONE_AT_A_TIME:
        plotext.terminal.limit(False, False)
        canvas = plotext.figure
        canvas.clear()
        canvas.theme("colorless")
        canvas.plot_size(width, height)
        canvas.axes(False, axis="x", side="upper")
        canvas.axes(False, axis="y", side="right")
        canvas.ruler("x", "lower").lim(x_low, x_high).ticks(x_ticks, tick_labels(x_ticks))
        canvas.ruler("y", "left").lim(*_scaled(np.array([y_low, y_high]), figure.log_y).tolist())
        canvas.ruler("y", "left").ticks(_scaled(np.array(y_ticks), figure.log_y).tolist(), y_texts)
        for reference in figure.references:
            value = np.array([reference.value])
            if drawable(value, figure.log_y)[0] and y_low <= reference.value <= y_high:
                level = float(_scaled(value, figure.log_y)[0])
                mark = plotext.marker("┄", pixel=plotext.pixel(foreground=TONES["muted"]))
                canvas.draw(canvas.signal([x_low, x_high], [level, level], marker=mark).lines(True))
        for index, series in enumerate(figure.series):
            pixel = plotext.pixel(foreground=series_color(index)) if marks is None else plotext.pixel()
            mark = plotext.marker("braille" if marks is None else marks[index], pixel=pixel)
            for x, y in unbroken_stretches(series.x, series.y, figure.log_y):
                x, y = column_extremes(x, y, x_low, x_high, width * _DOTS_A_CELL)
                y = np.clip(_scaled(y, figure.log_y), *_scaled(np.array([y_low, y_high]), figure.log_y))
                canvas.draw(canvas.signal(x.tolist(), y.tolist(), marker=mark).lines(True))
        return RichText.from_ansi(canvas.build().string().rstrip("\n"), no_wrap=True)


def _scaled(values: NDArray[np.float64], log: bool) -> NDArray[np.float64]:
    return np.log10(values) if log else values
