"""A grid of small images with labels and captions, as a picture."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle

from lazytui.figures.image_overlays import (
    captions_with_tones,
    image_scale,
    images_with_overlay,
    scale_colors,
)
from lazytui.figures.kinds import Pixels
from lazytui.figures.picture.ink import NORMAL, SMALL, Ink, line_height, text_width, widest, wrap_lines
from lazytui.figures.picture.picture_body import Body, Box, note_in_place, sheet, write_lines

_GAP = 0.06
_RAMP = 0.9
"""Inches of a stretch of an overlay's scale."""
_LARGEST = 1.1
"""Inches of an image's longer side, where the width allows."""
_NARROWEST = 0.55
"""Inches of a column at least: below that its captions can't be read, and the picture grows wider instead."""


def pixels_body(figure: Pixels, ink: Ink, width: float) -> Body:
    """Images row by row; a row is as high as its longest caption needs."""
    count = len(figure.images)
    if not count or not figure.images[0].size:
        return Body(width, line_height(NORMAL), note_in_place("(no images)", ink))
    columns = max(1, min(figure.columns, count))
    rows = math.ceil(count / columns)
    labels = min(widest(list(figure.row_labels), SMALL), 2.0) + _GAP if figure.row_labels else 0.0
    column = max(_NARROWEST, min(_LARGEST, (width - labels + _GAP) / columns - _GAP))
    pixel_rows, pixel_columns = figure.images.shape[1:3]
    scale = column / max(pixel_rows, pixel_columns)
    image_width, image_height = pixel_columns * scale, pixel_rows * scale
    cell = column if len(figure.captions) == 0 else max(column, min(1.4, (width - labels + _GAP) / columns - _GAP))
    tones = [tone for _, tone in captions_with_tones(figure)]
    captions = [wrap_lines(text, cell, SMALL) for text, _ in captions_with_tones(figure)]
    label_lines = [wrap_lines(label, 2.0, SMALL) for label in figure.row_labels]
    heads = [wrap_lines(label, cell, SMALL, bold=True) for label in figure.column_labels[:columns]]
    axis = "   ".join(
        [f"{figure.row_axis} ↓"] * bool(figure.row_axis) + [f"{figure.column_axis} →"] * bool(figure.column_axis)
    )
    axis_lines = wrap_lines(axis, width, SMALL)
    line = line_height(SMALL)
    head_height = max(map(len, heads), default=0) * line
    row_heights = []
    for row in range(rows):
        below = max(map(len, captions[row * columns : (row + 1) * columns]), default=0) * line
        beside = len(label_lines[row]) * line if row < len(label_lines) else 0.0
        row_heights.append(max(image_height + below + _GAP, beside))
    legend = line * 1.5 if figure.has_scale else 0.0
    top = len(axis_lines) * line + head_height + (_GAP if heads or axis_lines else 0)

    def paint(canvas: Canvas, box: Box) -> None:
        axes = sheet(canvas, box)
        write_lines(axes, axis_lines, 0, 0, SMALL, color=ink.muted)
        for column_index, head in enumerate(heads):
            middle = labels + column_index * (cell + _GAP) + image_width / 2
            start = top - _GAP - len(head) * line
            write_lines(axes, head, middle, start, SMALL, color=ink.text, align="center", bold=True)
        images = images_with_overlay(figure)
        for index, image in enumerate(images):
            row, column_index = divmod(index, columns)
            left, upper = labels + column_index * (cell + _GAP), top + sum(row_heights[:row])
            axes.imshow(
                image,
                extent=(left, left + image_width, upper + image_height, upper),
                interpolation="none",
                aspect="auto",
            )
            edge = Rectangle((left, upper), image_width, image_height, fill=False, lw=0.5, edgecolor=ink.muted)
            axes.add_patch(edge)
            color = ink.tone(tones[index])
            write_lines(axes, captions[index], left, upper + image_height, SMALL, color=color)
        for row, text in enumerate(label_lines[:rows]):
            middle = top + sum(row_heights[:row]) + (image_height - len(text) * line) / 2
            write_lines(axes, text, labels - _GAP, max(middle, 0), SMALL, color=ink.text, align="right", bold=False)
        _draw_scale(figure, axes, box.height - line, ink)

    needed = max(labels + columns * (cell + _GAP) - _GAP, _scale_width(figure))
    return Body(needed, top + sum(row_heights) + legend, paint)


def _scale_width(figure: Pixels) -> float:
    texts = [text for _, text in image_scale(figure)]
    return sum(text_width(text, SMALL) + 0.08 for text in texts) + (_RAMP + 0.08) * max(len(texts) - 1, 0)


def _draw_scale(figure: Pixels, axes: Axes, y: float, ink: Ink) -> None:
    """The strengths that the scale goes through, and the colors between them."""
    stops = image_scale(figure)
    x = 0.0
    for index, (stop, text) in enumerate(stops):
        if index:
            colors = scale_colors(figure, np.linspace(stops[index - 1][0], stop, 64))[None]
            extent = (x, x + _RAMP, y + 0.13, y + 0.02)
            axes.imshow(colors, extent=extent, aspect="auto", interpolation="none")
            x += _RAMP + 0.08
        write_lines(axes, [text], x, y, SMALL, color=ink.muted)
        x += text_width(text, SMALL) + 0.08
