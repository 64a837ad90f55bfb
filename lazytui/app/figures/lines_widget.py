"""Curves with a vertical cursor, values in words, zoom, smoothing and a logarithmic axis."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region

from lazytui.app.figures.figure_strips import BodyOfHeight, Patch
from lazytui.app.figures.figure_widget import FigureView
from lazytui.app.figures.smoothing import smoothed
from lazytui.figures.axis_scales import nice_ticks, x_limits, y_limits
from lazytui.figures.kinds import Lines, Series
from lazytui.figures.number_format import UNDEFINED, significant_text
from lazytui.figures.terminal.line_chart import LineChart

Span = tuple[float, float]

_SMOOTHING = (("off", 0.0), ("light", 0.02), ("strong", 0.1))
"""Strengths, and over which part of a series' points they average; at least over three and eight of them."""
_LEAST_SPANS = (0, 3, 8)
_ZOOM = 2.0
_ROOM = 1.25
_BEFORE = 0.8
"""Where the newest point comes to stand when it leaves a view that follows it."""
_POINTS_A_FRAME = 400
"""So many points are drawn in 10 ms where they are smooth, in 20 where they jump; of a series, two a column at most."""
_FAST = 20
"""A fast step passes a twentieth of the points in view."""


class LinesView(FigureView[Lines]):
    """Positions are values of x. Until the cursor is moved it stays on the newest point, and follows it."""

    STRETCHES = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+left", "leap(-1)", "Faster left", show=False, id="faster-left"),
        Binding("shift+right", "leap(1)", "Faster right", show=False, id="faster-right"),
        Binding("Y", "log", "Log y", show=False, id="log-scale"),
        Binding("S", "smooth", "Smooth", show=False, id="smooth"),
        Binding("plus,equals_sign", "zoom(1)", "Zoom", key_display="+ -", id="more"),
        Binding("minus", "zoom(-1)", "Zoom out", show=False, id="less"),
        Binding("home", "whole", "Whole", show=False, id="first"),
    ]

    def __init__(self, figure: Lines, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(figure, id=id, classes=classes)
        self._follows = True
        self._span: Span | None = None
        self._smoothing = 0
        self._log: bool | None = None
        self._live = False
        self._named = self.figure.name
        self._points = _points(self.figure)

    @property
    def log_y(self) -> bool:
        return self.figure.log_y if self._log is None else self._log

    @property
    def smoothing(self) -> str:
        """How much the curves are smoothed: off, light or strong."""
        return _SMOOTHING[self._smoothing][0]

    @property
    def live(self) -> bool:
        """Whether the curves are still growing: both axes then leave room, and change in steps.

        So that a new point mostly repaints only where it stands, and not the whole chart.
        """
        return self._live

    @live.setter
    def live(self, live: bool) -> None:
        if live != self._live:
            self._live = live
            self.redraw()

    @property
    def follows(self) -> bool:
        """Whether the cursor stays on the newest point."""
        return self._follows

    @property
    def x_span(self) -> Span:
        """The ends of the x axis: the whole of it, or what is zoomed to."""
        if self._span is not None:
            return self._span
        low, high = x_limits(self.figure)
        return (low, low + _with_room(high - low)) if self._live else (low, high)

    def figure_changed(self) -> None:
        self._points = _points(self.figure)
        if self.figure.name != self._named:  # another chart over the same x
            self._named, self._log = self.figure.name, None
        last = self.last()
        if self._span is not None and last is not None and self._follows and last > self._span[1]:
            length = self._span[1] - self._span[0]
            self._span = (last - length * _BEFORE, last + length * (1 - _BEFORE))

    # Drawing

    def body_of_height(self) -> BodyOfHeight:
        span, shade = self.x_span, self.shade
        figure = replace(self.figure, series=tuple(map(self._in_view, self.figure.series)), log_y=self.log_y)
        if self._smoothing:
            figure = replace(figure, y_label=f"{figure.y_label}, smoothed ({self.smoothing})")
        if self._live:
            figure = _with_round_limits(figure)
        return lambda height: LineChart(figure, shade, height, span)

    def takes_long(self, width: int) -> bool:
        return sum(min(len(series.x), 2 * width) for series in self.figure.series) > _POINTS_A_FRAME

    def _in_view(self, series: Series) -> Series:
        """The series as it is drawn: smoothed, and cut to what is zoomed to with one more point on each side."""
        x, y = series.x, series.y
        if span := self._smoothing_span(len(y)):
            y = smoothed(y, span)
        if self._span is not None and len(x) and not np.any(np.diff(x) < 0):
            start, end = np.searchsorted(x, self._span)
            part = slice(max(int(start) - 1, 0), int(end) + 1)
            x, y = x[part], y[part]
        return Series(name=series.name, x=x, y=y)

    def _smoothing_span(self, points: int) -> int:
        share = _SMOOTHING[self._smoothing][1]
        return max(round(share * points), _LEAST_SPANS[self._smoothing]) if share else 0

    # The cursor

    def first(self) -> float | None:
        return self.last()  # where the newest values are

    def last(self) -> float | None:
        return float(self._points[-1]) if len(self._points) else None

    def nearest(self, position: float) -> float | None:
        if self._follows and position == self._position:
            return self.last()
        if not len(self._points):
            return None
        after = min(int(np.searchsorted(self._points, position)), len(self._points) - 1)
        before = max(after - 1, 0)
        closer = before if abs(self._points[before] - position) <= abs(self._points[after] - position) else after
        return float(self._points[closer])

    def moved(self, position: float, step: Offset) -> float | None:
        target = int(np.searchsorted(self._points, position)) + step.x
        return float(self._points[target]) if step.x and 0 <= target < len(self._points) else None

    def point(self, position: float | None) -> None:
        self._follows = position is None or position == self.last()
        if position is not None and self._span is not None and not self._span[0] <= position <= self._span[1]:
            self._look_at(position, self._span[1] - self._span[0])
        super().point(position)

    def region_of(self, position: float) -> Region | None:
        plot, axis = self.plot_area, self.drawing.axis
        if plot is None or axis is None or not axis.low <= position <= axis.high:
            return None
        return Region(plot.x + axis.column(position), plot.y, 1, plot.height)

    def position_at(self, at: Offset) -> float | None:
        plot, axis = self.plot_area, self.drawing.axis
        if plot is None or axis is None or not plot.contains_point(at):
            return None
        return self.nearest(axis.value(at.x - plot.x))

    def patches(self, position: float, cursor: Style) -> list[Patch]:
        """A thin line where nothing is drawn, and a background behind what is."""
        region = self.region_of(position)
        if region is None:
            return []
        thin, behind = Style(color=cursor.bgcolor), self.component("figure--resting")
        cells = [Region(region.x, y, 1, 1) for y in region.line_range]
        blank = [not self.drawing.strips[cell.y].crop(cell.x, cell.right).text.strip() for cell in cells]
        return [
            Patch(cell, thin, "│") if empty else Patch(cell, Style(bgcolor=behind.bgcolor, reverse=behind.reverse))
            for cell, empty in zip(cells, blank, strict=True)
        ]

    def readout(self, position: float) -> str:
        values = [f"{series.name} {self._value(series, position)}" for series in self.figure.series]
        return "   ".join([f"{self.figure.x_label} {significant_text(position)}", *values])

    def _value(self, series: Series, position: float) -> str:
        """The series' own value there, and the smoothed one if that is what is drawn."""
        at = np.flatnonzero(series.x == position)
        if not len(at) or np.isnan(series.y[at[-1]]):
            return UNDEFINED
        text = significant_text(float(series.y[at[-1]]))
        span = self._smoothing_span(len(series.y))
        return f"{text} (≈ {significant_text(float(smoothed(series.y, span)[at[-1]]))})" if span else text

    # Keys

    def action_leap(self, right: int) -> None:
        if self._position is not None:
            low, high = np.searchsorted(self._points, self.x_span)
            stride = max(round(int(high - low) / _FAST), 1)
            at = int(np.searchsorted(self._points, self._position)) + right * stride
            self.point(float(self._points[min(max(at, 0), len(self._points) - 1)]))

    def action_log(self) -> None:
        self._log = not self.log_y
        self.redraw()

    def action_smooth(self) -> None:
        self._smoothing = (self._smoothing + 1) % len(_SMOOTHING)
        self.redraw()

    def action_zoom(self, closer: int) -> None:
        """Show half as much of x, or twice as much, around the cursor."""
        low, high = x_limits(self.figure)
        length = (self.x_span[1] - self.x_span[0]) / _ZOOM**closer
        least = (high - low) / max(len(self._points) / 4, 1)
        if closer > 0 and length < least:
            return
        position = self._position if self._position is not None else self.last()
        if length >= high - low or position is None:
            self._span = None
        else:
            self._look_at(position, length)
        self.redraw()

    def _look_at(self, position: float, length: float) -> None:
        """Zoom to so much of x around a position, no further than the points go."""
        low, high = x_limits(self.figure)
        start = min(max(position - length / 2, low), max(high - length, low))
        self._span = (start, start + length)
        self._version += 1

    def action_whole(self) -> None:
        self._span = None
        self.redraw()


def _with_room(length: float) -> float:
    """The next length in a row of which each is a quarter more than the one before."""
    return float(_ROOM ** math.ceil(math.log(length, _ROOM)))


def _with_round_limits(figure: Lines) -> Lines:
    """The figure with limits of y that stay while its values change a little."""
    low, high = y_limits(figure)
    if figure.log_y:
        low, high = (
            10 ** (rounded(4 * math.log10(end)) / 4) for rounded, end in ((math.floor, low), (math.ceil, high))
        )
    else:
        ticks = nice_ticks(low, high, 8)
        step = ticks[1] - ticks[0] if len(ticks) > 1 else high - low
        low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return replace(
        figure, low=low if figure.low is None else figure.low, high=high if figure.high is None else figure.high
    )


def _points(figure: Lines) -> NDArray[np.float64]:
    """All values of x at which a series has a point, each once, in order."""
    every = [series.x[np.isfinite(series.x)] for series in figure.series]
    return np.unique(np.concatenate(every)) if every else np.empty(0)
