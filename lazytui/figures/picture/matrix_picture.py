"""A heat map with its numbers, as a picture."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle

from lazytui.figures.colormaps import scale_stops, value_colors, value_range
from lazytui.figures.colors import hex_code, ink_on, rgb
from lazytui.figures.kinds import RGB, Matrix
from lazytui.figures.number_format import add_unit, number
from lazytui.figures.picture.ink import NORMAL, SMALL, Ink, line_height, text_width, widest, wrap_lines
from lazytui.figures.picture.picture_body import Body, Box, note_in_place, sheet, write_lines

_GAP = 0.08
_CELL_HEIGHT = 0.3
_WIDEST_CELL = 0.62
_WIDEST_LABEL = 2.0
_SWATCH = 0.11
_SCALE_WIDTH = 1.8


def matrix_body(figure: Matrix, ink: Ink, width: float) -> Body:
    """Cells as wide as their numbers need; more columns than the width holds make the picture wider."""
    if not figure.values.size:
        return Body(width, line_height(NORMAL), note_in_place("(no cells)", ink))
    values = np.asarray(figure.values, dtype=np.float64)
    low, high = value_range(values, figure.low, figure.high)
    colors = value_colors(values, low, high, ink.theme)
    texts = [[number(float(value), figure.decimals) for value in row] for row in values]
    row_names = [wrap_lines(label, _WIDEST_LABEL, SMALL) for label in figure.row_labels]
    swatch = _SWATCH + 0.05
    names = widest([line for name in row_names for line in name], SMALL) + swatch * bool(figure.row_colors)
    axis_name = f"{figure.row_axis} ↓" if figure.row_axis else ""
    labels = max(names, text_width(axis_name, SMALL)) + _GAP
    numbers = widest([text for row in texts for text in row], SMALL) + 0.1
    widest_word = widest([word for label in figure.column_labels for word in label.split()], SMALL, bold=True)
    cell = max(numbers, 0.3, min(max(widest_word + 0.08 + swatch * bool(figure.column_colors), _WIDEST_CELL), 1.2))
    roomy = (width - labels) / values.shape[1]
    cell = max(numbers, 0.3, min(cell, roomy)) if roomy < cell else cell
    room = cell - 0.04 - swatch * bool(figure.column_colors)
    heads = [wrap_lines(label, max(room, 0.1), SMALL, bold=True) for label in figure.column_labels]
    line = line_height(SMALL)
    head_height = max(map(len, heads), default=1) * line
    top = line * bool(figure.column_axis) + head_height + 0.03
    row_heights = [max(_CELL_HEIGHT, len(name) * line + 0.04) for name in row_names]
    edges = top + np.concatenate([[0.0], np.cumsum(row_heights)])
    scale = line * 2.2
    stops = scale_stops(low, high)
    stop_texts = [number(stop, figure.decimals) for stop in stops]
    stop_texts[-1] = add_unit(stop_texts[-1], figure.unit)
    scale_needs = sum(text_width(text, SMALL) for text in stop_texts) + _SCALE_WIDTH + 0.3

    def paint(canvas: Canvas, box: Box) -> None:
        axes = sheet(canvas, box)
        middle = labels + cell * values.shape[1] / 2
        if figure.column_axis:
            write_lines(axes, [f"{figure.column_axis} →"], middle, 0, SMALL, color=ink.muted, align="center")
        write_lines(axes, [axis_name], labels - _GAP, top - 0.03 - line, SMALL, color=ink.muted, align="right")
        for column, head in enumerate(heads):
            center, start = labels + (column + 0.5) * cell, top - 0.03 - len(head) * line
            if figure.column_colors:
                left = center - (widest(head, SMALL, bold=True) + swatch) / 2
                _swatch(axes, left, start, figure.column_colors[column], ink.muted)
                center += swatch / 2
            write_lines(axes, head, center, start, SMALL, color=ink.text, align="center", bold=True)
        for row, name in enumerate(row_names):
            start = edges[row] + (row_heights[row] - len(name) * line) / 2
            write_lines(axes, name, labels - _GAP, start, SMALL, color=ink.text, align="right")
            if figure.row_colors:
                left = labels - _GAP - widest(name, SMALL) - swatch
                _swatch(axes, left, start, figure.row_colors[row], ink.muted)
            for column in range(values.shape[1]):
                corner = labels + column * cell, edges[row]
                defined = not np.isnan(values[row, column])
                color = rgb(colors[row, column])
                if defined:
                    shape = Rectangle(corner, cell, row_heights[row], facecolor=hex_code(color), lw=0.6)
                    shape.set_edgecolor(ink.paper)
                    axes.add_patch(shape)
                axes.text(
                    corner[0] + cell / 2,
                    corner[1] + row_heights[row] / 2,
                    texts[row][column],
                    fontsize=SMALL,
                    color=hex_code(ink_on(color)) if defined else ink.muted,
                    ha="center",
                    va="center",
                )
        whole = Rectangle((labels, top), cell * values.shape[1], float(edges[-1]) - top, fill=False, lw=0.6)
        whole.set_edgecolor(ink.muted)
        axes.add_patch(whole)
        _scale(axes, labels, float(edges[-1]) + line * 0.9)

    def _scale(axes: Axes, x: float, y: float) -> None:
        """The values that the color scale goes through, with their unit, and the colors between them."""
        length = _SCALE_WIDTH / (len(stops) - 1)
        write_lines(axes, [stop_texts[0]], x, y, SMALL, color=ink.muted)
        x += text_width(stop_texts[0], SMALL) + 0.08
        for (start, end), text in zip(pairwise(stops), stop_texts[1:], strict=True):
            ramp = value_colors(np.linspace(start, end, 64), stops[0], stops[-1], ink.theme)[None]
            axes.imshow(ramp, extent=(x, x + length, y + 0.13, y + 0.02), aspect="auto", interpolation="none")
            axes.add_patch(Rectangle((x, y + 0.02), length, 0.11, fill=False, lw=0.4, edgecolor=ink.muted))
            write_lines(axes, [text], x + length + 0.08, y, SMALL, color=ink.muted)
            x += length + 0.16 + text_width(text, SMALL)

    needed = max(labels + cell * values.shape[1], labels + scale_needs)
    return Body(needed, float(edges[-1]) + scale, paint)


def _swatch(axes: Axes, x: float, y: float, color: RGB, outline: str) -> None:
    lower = y + (line_height(SMALL) - _SWATCH) / 2
    axes.add_patch(Rectangle((x, lower), _SWATCH, _SWATCH, facecolor=hex_code(color), edgecolor=outline, lw=0.6))
