"""Curves, bars and histograms, as pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.layout_engine import ConstrainedLayoutEngine, LayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullFormatter
from numpy.typing import NDArray

from lazytui.figures.axis_scales import bar_limits, is_drawable, log_ticks, nice_ticks, x_limits, y_limits
from lazytui.figures.colors import SERIES, hex_code, series_color
from lazytui.figures.kinds import Bars, Histogram, Lines, Reference
from lazytui.figures.number_format import add_unit, number, significant_text, tick_labels, value_texts
from lazytui.figures.picture.ink import NORMAL, SMALL, Ink, line_height, widest, wrap_lines
from lazytui.figures.picture.picture_body import Body, Box, note_in_place
from lazytui.figures.series_gaps import column_extremes, unbroken_stretches

_HEIGHT = 3.0
_COLUMNS = 1000
"""Longer series are reduced to the extremes of so many columns: more than the eye, or a printer, resolves."""
_SEAMS = 60
"""With more bins than this there are no seams between them: they would be all that is seen."""
_BAR_HEIGHT = 0.26
_SHORTEST_AXIS = 2.5
"""Inches that the bars themselves have, whatever stands beside them."""
_TICKS = 0.35
"""Inches that ticks and their labels take below an axis."""
_MARK = 0.5
"""Inches that a legend's mark takes, with the space around it."""
_Entry = tuple[Line2D, str]
"""What the legend says of one line."""

_DOTTED = (0, (2, 2))
_DASHES: tuple[Any, ...] = ("solid", (0, (5, 1.5)), (0, (1.5, 1)), (0, (6, 1.5, 1.5, 1.5)))
"""With its color, each line has a dash pattern, so that color is never alone."""
_POINTS = "o^sDvPX*"
"""The same for series of points."""


def line_body(figure: Lines, ink: Ink, width: float) -> Body:
    """Curves with their legend above; gaps are gaps."""
    entries: list[_Entry] = [
        (Line2D([], [], **_style(figure, index, ink)), series.name + _absence(series.y, figure.log_y))
        for index, series in enumerate(figure.series)
    ]
    entries += _reference_entries((*figure.references, *figure.marks), ink, significant_text)

    def paint(canvas: Canvas, box: Box) -> None:
        box = _legend(canvas, box, entries)
        axes = _axes(canvas, box, ink)
        for stage in figure.marks:
            axes.axvline(stage.value, color=ink.muted, lw=0.9, ls=_DOTTED, zorder=1.5)
        for reference in figure.references:
            if not figure.log_y or reference.value > 0:
                axes.axhline(reference.value, color=ink.muted, lw=0.9, ls=_DOTTED, zorder=1.5)
        left, right = x_limits(figure)
        for index, series in enumerate(figure.series):
            if not figure.joined:
                axes.plot(series.x, series.y, **_style(figure, index, ink))
                continue
            for x, y in unbroken_stretches(series.x, series.y, figure.log_y):
                x, y = column_extremes(x, y, left, right, _COLUMNS)
                mark = "o" if len(x) == 1 else ""  # a line through a single point can't be seen
                axes.plot(x, y, **_line_style(index, ink), marker=mark, ms=2.5)
        low, high = y_limits(figure)
        pad = 0.02 * (high - low)
        if figure.log_y:
            axes.set_yscale("log")
            axes.set_ylim(low / 1.1, high * 1.1)
            ticks = log_ticks(low, high, 6)
            _set_ticks(axes, "y", ticks, [significant_text(tick) for tick in ticks])
        else:
            axes.set_ylim(low - pad, high + pad)
            _set_ticks(axes, "y", nice_ticks(low, high, 5))
        axes.set_xlim(left - 0.01 * (right - left), right + 0.01 * (right - left))
        _set_ticks(axes, "x", nice_ticks(left, right, 7))
        axes.grid(axis="y", color=ink.grid, lw=0.7)
        _label(axes, figure.x_label, figure.y_label + (" (log scale)" if figure.log_y else ""), box)

    return Body(width, _HEIGHT + _legend_height(entries, width), paint)


def _style(figure: Lines, index: int, ink: Ink) -> dict[str, Any]:
    return _line_style(index, ink) if figure.joined else _point_style(index, ink)


def _point_style(index: int, ink: Ink) -> dict[str, Any]:
    mark = _nth(_POINTS, index, ink)
    return {"color": hex_code(series_color(index, ink.theme)), "ls": "", "marker": mark, "ms": 5}


def _line_style(index: int, ink: Ink) -> dict[str, Any]:
    dashes = _nth(_DASHES, index, ink)
    return {"color": hex_code(series_color(index, ink.theme)), "lw": 1.5, "ls": dashes}


def _nth(patterns: Sequence[Any], index: int, ink: Ink) -> Any:
    """The pattern of a series; a color that comes again has another one."""
    return patterns[(index + index // len(SERIES[ink.theme])) % len(patterns)]


def _absence(values: NDArray[np.float64], log: bool) -> str:
    return "" if is_drawable(values, log).any() else " (no values)"


def bar_body(figure: Bars, ink: Ink, width: float) -> Body:
    """Horizontal bars, the values in a column at the right."""
    if not len(figure.values):
        return Body(width, line_height(NORMAL), note_in_place("(no bars)", ink))
    names = [wrap_lines(label, 2.0, SMALL) or [""] for label in figure.labels]
    heights = [max(_BAR_HEIGHT, len(name) * line_height(SMALL) + 0.04) for name in names]
    edges = np.cumsum([0.0, *heights])
    centers = (edges[:-1] + edges[1:]) / 2
    entries = _reference_entries(figure.references, ink, lambda value: _with_decimals(value, figure))
    values = value_texts(figure)
    beside = widest([line for name in names for line in name], SMALL) + widest(values, SMALL)
    width = max(width, beside + _SHORTEST_AXIS)

    def paint(canvas: Canvas, box: Box) -> None:
        box = _legend(canvas, box, entries)
        axes = _axes(canvas, box, ink)
        low, high = bar_limits(figure)
        start = min(max(0.0, low), high)
        own = hex_code(series_color(0, ink.theme))
        colors = [hex_code(color) for color in figure.colors] or own
        outline = ink.muted if figure.colors else own
        lengths = np.nan_to_num(np.clip(figure.values, low, high) - start, nan=0.0)
        axes.barh(centers, lengths, _BAR_HEIGHT * 0.72, left=start, color=colors, edgecolor=outline, lw=0.7)
        if figure.intervals is not None:
            _whiskers(axes, np.asarray(figure.intervals, dtype=np.float64), centers, figure.values, ink)
        for reference in figure.references:
            axes.axvline(reference.value, color=ink.muted, lw=0.9, ls=_DOTTED)
        for center, text in zip(centers, values, strict=True):
            axes.text(1.015, center, text, fontsize=SMALL, va="center", transform=axes.get_yaxis_transform())
        axes.set_ylim(edges[-1], 0)
        axes.set_xlim(low, high + 0.01 * (high - low))
        axes.yaxis.set_major_locator(FixedLocator(centers.tolist()))
        axes.set_yticklabels(["\n".join(name) for name in names])
        axes.tick_params(axis="y", length=0, labelcolor=ink.text)
        _set_ticks(axes, "x", nice_ticks(low, high, 6))
        axes.grid(axis="x", color=ink.grid, lw=0.7)
        axes.set_xlabel("\n".join(wrap_lines(figure.unit, box.width * 0.8, SMALL)), fontsize=SMALL)

    return Body(width, float(edges[-1]) + 0.45 + _legend_height(entries, width), paint)


def _with_decimals(value: float, figure: Bars) -> str:
    return add_unit(number(value, figure.decimals), figure.unit)


def _whiskers(
    axes: Axes, intervals: NDArray[np.float64], centers: NDArray[np.float64], values: NDArray[np.float64], ink: Ink
) -> None:
    finite = np.isfinite(intervals).all(axis=1) & ~np.isnan(values)
    for (low, high), center in zip(intervals[finite], centers[finite], strict=True):
        for color, weight in ((ink.paper, 2.6), (ink.text, 1.0)):  # the edge keeps it visible on a bar of any color
            axes.plot([low, high], [center, center], color=color, lw=weight, marker="|", ms=4 + weight, mew=weight)


def histogram_body(figure: Histogram, ink: Ink, width: float) -> Body:
    """Bins as they lie, whatever their widths."""
    edges = np.asarray(figure.edges, dtype=np.float64)
    if not len(figure.counts) or not np.all(np.isfinite(edges)) or edges[-1] <= edges[0]:
        return Body(width, line_height(NORMAL), note_in_place("(no bins)", ink))

    def paint(canvas: Canvas, box: Box) -> None:
        axes = _axes(canvas, box, ink)
        top = max(int(figure.counts.max()), 1)
        color = hex_code(series_color(0, ink.theme))
        seam = 0.4 if len(figure.counts) <= _SEAMS else 0.0
        axes.bar(edges[:-1], figure.counts, np.diff(edges), align="edge", color=color, edgecolor=ink.grid, lw=seam)
        axes.set_xlim(edges[0], edges[-1])
        axes.set_ylim(0, top * 1.04)
        _set_ticks(axes, "x", nice_ticks(float(edges[0]), float(edges[-1]), 7))
        _set_ticks(axes, "y", [tick for tick in nice_ticks(0, top, 5) if tick == int(tick)])
        axes.grid(axis="y", color=ink.grid, lw=0.7)
        _label(axes, figure.x_label, figure.unit, box)

    return Body(width, _HEIGHT * 0.85, paint)


class _Boxes(LayoutEngine):
    """Fits each chart of a canvas into a box of its own; matplotlib's own engine knows only one box for all of them."""

    _adjust_compatible = False
    _colorbar_gridspec = False

    def __init__(self) -> None:
        super().__init__()
        self._engines: list[tuple[Axes, ConstrainedLayoutEngine]] = []

    def add(self, axes: Axes, box: tuple[float, float, float, float]) -> None:
        """box: in parts of the canvas."""
        self._engines.append((axes, ConstrainedLayoutEngine(rect=box, w_pad=0.02, h_pad=0.02)))

    def execute(self, fig: Canvas) -> None:
        for axes, engine in self._engines:
            for other, _ in self._engines:
                other.set_in_layout(other is axes)
            engine.execute(fig)


def _axes(canvas: Canvas, box: Box, ink: Ink) -> Axes:
    """Axes that fill the box with all that belongs to them: labels, ticks and legend."""
    axes = canvas.add_subplot()
    boxes = canvas.get_layout_engine()
    if not isinstance(boxes, _Boxes):
        boxes = _Boxes()
        canvas.set_layout_engine(boxes)
    boxes.add(axes, box.in_parts_of(canvas))
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(ink.muted)
    return axes


def _label(axes: Axes, x: str, y: str, box: Box) -> None:
    """Names of the axes, wrapped to their lengths; `box` is what axes, ticks and names share."""
    below = wrap_lines(x, box.width * 0.6, SMALL)
    length = box.height - len(below) * line_height(SMALL) - _TICKS
    axes.set_xlabel("\n".join(below), fontsize=SMALL)
    axes.set_ylabel("\n".join(wrap_lines(y, max(length, 0.8), SMALL)), fontsize=SMALL)


def _set_ticks(axes: Axes, which: str, ticks: Sequence[float], texts: Sequence[str] | None = None) -> None:
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator(list(ticks)))
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(FixedLocator([]))
    axis.set_ticklabels(tick_labels(ticks) if texts is None else texts)


def _reference_entries(references: Sequence[Reference], ink: Ink, text: Callable[[float], str]) -> list[_Entry]:
    return [
        (Line2D([], [], color=ink.muted, lw=0.9, ls=_DOTTED), f"{reference.name}: {text(reference.value)}")
        for reference in references
    ]


def _legend_names(entries: Sequence[_Entry], width: float) -> list[str]:
    return ["\n".join(wrap_lines(name, width - _MARK, SMALL)) for _, name in entries]


def _legend_columns(names: Sequence[str], width: float) -> int:
    needed = widest([line for name in names for line in name.split("\n")], SMALL)
    return max(1, min(int(width / (needed + _MARK)), len(names)))


def _legend_height(entries: Sequence[_Entry], width: float) -> float:
    if not entries:
        return 0.0
    names = _legend_names(entries, width)
    rows = math.ceil(len(names) / _legend_columns(names, width))
    return rows * max(name.count("\n") + 1 for name in names) * line_height(SMALL) + 0.1


def _legend(canvas: Canvas, box: Box, entries: Sequence[_Entry]) -> Box:
    """All entries at the box's top, in as many columns as fit; returns what is left of the box."""
    if not entries:
        return box
    names = _legend_names(entries, box.width)
    left, bottom, _, height = box.in_parts_of(canvas)
    legend = canvas.legend(
        [handle for handle, _ in entries],
        names,
        loc="upper left",
        bbox_to_anchor=(left, bottom + height),
        ncols=_legend_columns(names, box.width),
        fontsize=SMALL,
        frameon=False,
        borderaxespad=0.0,
        borderpad=0.0,
        handlelength=1.8,
        labelspacing=0.25,
        columnspacing=1.4,
    )
    legend.set_in_layout(False)
    return Box(box.left, box.bottom, box.width, box.height - _legend_height(entries, box.width))
