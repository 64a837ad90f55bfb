"""A grid of small images with labels and captions, fitted to the width."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style

from lazytui.figures.colors import BACKGROUNDS, Theme, blends_in, rgb
from lazytui.figures.image_overlays import (
    IN_COLOR,
    captions_with_tones,
    image_scale,
    images_with_overlay,
    resize_image,
    scale_colors,
)
from lazytui.figures.kinds import RGB, Pixels
from lazytui.figures.terminal.color_scale import color_scale, ramp
from lazytui.figures.terminal.console_colors import Palette, tone_style
from lazytui.figures.terminal.half_blocks import AGAINST, AGAINST_DENSE, FOR, FOR_DENSE, Line, color_lines, shade_lines
from lazytui.figures.terminal.marks import marked_segment
from lazytui.figures.terminal.text_cells import align_text, shorten, widest_cells, wrap_cells

_GAP = 1
_WIDEST_IMAGE = 84
_SMALL = 14
"""Narrower images are shown several cells a pixel; wider ones don't shrink below this while the grid can wrap."""
_SMALLEST = 4
"""A grid that can't wrap shrinks its images to this, and then goes on below with the columns that didn't fit."""
_WIDEST_LABEL = 24
"""A row whose label is wider has it above, as a heading; such a grid is a list, as long as it needs to be."""
_SMALLEST_OF_ROW = 11
"""In a list, a row breaks before its images get narrower."""
_CAPTION_LINES = 3
_LEFT, _RIGHT, _BOTH = "▕▏│"
"""Lines at an image's left and right, and between two images that stand close."""
_MUTED = tone_style("muted")


@dataclass(frozen=True)
class _Layout:
    """columns: images in a row of the whole grid; across: how many of them stand side by side.
    width, height: of one image, in pixels, a pixel being a cell wide and half a cell high.
    cell: characters that an image and its caption have; labels: characters before the first image.
    headed: whether rows have headings.
    """

    columns: int
    across: int
    width: int
    height: int
    cell: int
    labels: int
    headed: bool

    @property
    def lines(self) -> int:
        return math.ceil(self.height / 2)

    @property
    def total(self) -> int:
        """Characters of a line."""
        return self.labels + self.across * (self.cell + _GAP) - _GAP


def _layout(figure: Pixels, available: int, lines: int | None) -> _Layout:
    """available, lines: characters and lines for the grid; as many lines as it takes where there is no number."""
    count, height, width = figure.images.shape[:3]
    columns = max(1, min(figure.columns, count))
    headed = _has_headings(figure)
    beside = bool(figure.row_labels) and not headed
    labels = min(widest_cells(figure.row_labels), max(3, available // 4)) + _GAP if beside else 0
    room = max(available - labels, 1)
    natural = min(width if width >= _SMALL else width * (2 * _SMALL // width), _WIDEST_IMAGE)
    placed_by_labels = bool(figure.row_labels or figure.column_labels)
    least = min(natural, _SMALLEST_OF_ROW if headed else _SMALLEST if placed_by_labels else _SMALL)
    fitting = max(1, (room + _GAP) // (least + _GAP))
    across = math.ceil(columns / math.ceil(columns / fitting))
    if lines is not None:
        across = across if placed_by_labels else _best_across(figure, room, lines)
        fitting_lines = _width_for(figure, columns if placed_by_labels else across, lines)
        natural = max(min(_WIDEST_IMAGE, fitting_lines), _SMALLEST)
    each = max(1, (room + _GAP) // across - _GAP)
    shown_width = min(natural, each)
    if shown_width > width:
        shown_width -= shown_width % width  # whole cells a pixel, so that its edges stay sharp
    preferred_width = max(shown_width, widest_cells(text for text, _ in captions_with_tones(figure)))
    return _Layout(
        columns=columns if placed_by_labels else across,
        across=across,
        width=shown_width,
        height=max(1, round(height * shown_width / width)),
        cell=min(preferred_width, each, max(shown_width, 2 * _SMALL)),
        labels=labels,
        headed=headed,
    )


def _has_headings(figure: Pixels) -> bool:
    return widest_cells(figure.row_labels) > _WIDEST_LABEL


def _best_across(figure: Pixels, room: int, lines: int) -> int:
    """How many images have to stand side by side to be largest in so many characters and lines."""
    widths = {
        across: min((room + _GAP) // across - _GAP, _width_for(figure, across, lines))
        for across in range(1, len(figure.images) + 1)
    }
    most = max(widths, key=lambda across: (min(widths[across], _WIDEST_IMAGE), across))
    rows = math.ceil(len(figure.images) / most)
    return math.ceil(len(figure.images) / rows)  # rows as even as can be


def _width_for(figure: Pixels, across: int, lines: int) -> int:
    """How wide images may be for all rows to fit into a number of lines."""
    count, height, width = figure.images.shape[:3]
    rows = math.ceil(count / across)
    around = bool(figure.row_axis or figure.column_axis) + bool(figure.column_labels) + figure.has_scale
    below = 1 if figure.captions or figure.tones else 0
    each = (lines - around + (not below)) // rows - below - (not below)
    return int(2 * max(each, 0) * width // height)


def _edge_color(image: NDArray[np.uint8]) -> RGB:
    """The mean of the pixels around an image (h, w, 3)."""
    edge = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    return rgb(np.rint(edge.mean(axis=0)).astype(np.uint8))


def _gap(width: int, after_outlined: bool, before_outlined: bool) -> str:
    """Blanks beside images, with the lines at the sides of those that have any."""
    right, left = _RIGHT if after_outlined else "", _LEFT if before_outlined else ""
    if len(right + left) > width:
        return _BOTH
    return right + " " * (width - len(right + left)) + left


class PixelGrid:
    """The body of a `Pixels` figure.

    Images keep their own size where the width allows (one pixel a column), or grow by whole factors to fill a height;
    otherwise they shrink, each new pixel the mean of its area, and a grid without row and column labels breaks its rows
    into equal parts as well.

    Marks its images by their index, and the lines of their captions by ("caption", index).

    theme: of the background; images that end in a color near it get a line at both sides.

    height: lines that the grid is to fit into, as far as images don't become too small to be recognized; None: any.
    """

    def __init__(self, figure: Pixels, theme: Theme, height: int | None = None) -> None:
        self.figure = figure
        self.theme: Theme = theme
        self.height = None if _has_headings(figure) else height
        self.images = images_with_overlay(figure)
        self.captions = captions_with_tones(figure)
        edges = [_edge_color(image) for image in self.images if image.size]
        self.outlined = [blends_in(edge, theme) for edge in edges]
        self.indented = any(blends_in(edge, each) for edge in edges for each in BACKGROUNDS)  # in whatever theme

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.lines(console, options):
            yield from line
            yield Segment.line()

    def lines(self, console: Console, options: ConsoleOptions) -> Iterator[list[Segment]]:
        """The same line by line, as the app takes it: to hand on each segment costs as much as to make it."""
        figure = self.figure
        if not len(figure.images) or not figure.images[0].size:
            yield from ([Segment(line, _MUTED)] for line in wrap_cells("(no images)", options.max_width))
            return
        layout = _layout(figure, options.max_width, self.height)
        palette = Palette.from_console(console)
        outlines = self.indented and palette is not Palette.NONE
        if outlines and not layout.labels and layout.total + 2 <= options.max_width:
            layout = replace(layout, labels=_GAP)
        yield from self._axes(options.max_width)
        rows = range(math.ceil(len(self.images) / layout.columns))
        parts = [
            range(first, min(first + layout.across, layout.columns))
            for first in range(0, layout.columns, layout.across)
        ]
        if layout.headed:
            for row in rows:
                yield from self._heading(row, options.max_width)
                for columns in parts:
                    yield from self._row(row, columns, layout, palette, options.max_width)
        else:
            for columns in parts:
                if columns.start:
                    yield []
                yield from self._column_labels(columns, layout)
                for row in rows:
                    if row and not (figure.captions or figure.tones):
                        yield []
                    yield from self._row(row, columns, layout, palette, options.max_width)
        if figure.has_scale:
            yield self._scale_line(options.max_width, palette)

    def _scale_line(self, available: int, palette: Palette) -> list[Segment]:
        """One line; without color, what the signs mean."""
        stops, texts = zip(*image_scale(self.figure), strict=True)
        if palette is Palette.NONE and self.figure.overlay is None:
            return [Segment(shorten(f"values from 0 to {texts[-1]}", available), _MUTED)]
        if palette is Palette.NONE:
            against = f", {AGAINST} {AGAINST_DENSE} against" if stops[0] < 0 else ""
            signs = f"{FOR} {FOR_DENSE} evidence for{against}: half of the maximum or more"
            return [Segment(shorten(signs, available), _MUTED)]

        def paint(strengths: NDArray[np.float64]) -> list[Segment]:
            return ramp(scale_colors(self.figure, strengths), palette)

        shorter = [text.removesuffix(IN_COLOR) for text in texts]
        values_alone = [
            text.removeprefix("evidence ").removeprefix("against ").removesuffix(" for") for text in shorter
        ]
        fitting = (color_scale(stops, each, available, paint) for each in (texts, shorter, values_alone))
        return next(filter(None, fitting), [])

    def _axes(self, available: int) -> Iterator[list[Segment]]:
        row_axis, column_axis = self.figure.row_axis, self.figure.column_axis
        names = [f"{row_axis} ↓"] * bool(row_axis) + [f"{column_axis} →"] * bool(column_axis)
        for line in wrap_cells("  ".join(names), available):
            yield [Segment(line, _MUTED)]

    def _column_labels(self, columns: range, layout: _Layout) -> Iterator[list[Segment]]:
        if self.figure.column_labels:
            labels = self.figure.column_labels[columns.start : columns.stop]
            line = (" " * _GAP).join(align_text(label, layout.cell, "center") for label in labels)
            yield [Segment((" " * layout.labels + line).rstrip(), Style(bold=True))]

    def _heading(self, row: int, available: int) -> Iterator[list[Segment]]:
        labels = self.figure.row_labels
        for line in wrap_cells(labels[row] if row < len(labels) else "", available):
            yield [Segment(line, Style(bold=True))]

    def _row(
        self, row: int, columns: range, layout: _Layout, palette: Palette, available: int
    ) -> Iterator[list[Segment]]:
        """A row's images in some of the columns; the last row may end before these."""
        figure, start = self.figure, row * layout.columns
        members = [start + column for column in columns if start + column < len(self.images)]
        if not members:
            return
        images = [self._image(index, layout, palette) for index in members]
        outlined = [palette is not Palette.NONE and self.outlined[index] for index in members]
        label = figure.row_labels[row] if row < len(figure.row_labels) and not layout.headed else ""
        for line in range(layout.lines):
            segments: list[Segment] = []
            if layout.labels:
                text = label if line == (layout.lines - 1) // 2 else ""
                segments.append(Segment(align_text(text, layout.labels - _GAP, "right"), Style(bold=True)))
                segments.append(Segment(_gap(_GAP, False, outlined[0]), _MUTED))
            for position, image in enumerate(images):
                if position:
                    width = layout.cell - layout.width + _GAP
                    segments.append(Segment(_gap(width, outlined[position - 1], outlined[position]), _MUTED))
                if not line:
                    segments.append(marked_segment(members[position], layout.width, layout.lines))
                segments += image[line]
            if outlined[-1] and layout.total - layout.cell + layout.width < available:
                segments.append(Segment(_RIGHT, _MUTED))
            yield segments
        yield from self._captions(members, layout)

    def _image(self, index: int, layout: _Layout, palette: Palette) -> list[Line]:
        if palette is not Palette.NONE:
            return color_lines(resize_image(self.images[index], layout.height, layout.width), palette)
        evidence = None if self.figure.overlay is None else self.figure.overlay[index]
        return shade_lines(self.figure.images[index], layout.height, layout.width, evidence)

    def _captions(self, members: Sequence[int], layout: _Layout) -> Iterator[list[Segment]]:
        captions = [self.captions[index] for index in members]
        texts = [wrap_cells(text, layout.cell, at_most=_CAPTION_LINES) for text, _ in captions]
        if self.height is not None:
            texts = [lines[:1] for lines in texts]  # as many whole words as there is room for
        styles = [tone_style(tone) for _, tone in captions]
        for line in range(max(map(len, texts), default=0)):
            segments = [Segment(" " * layout.labels)]
            for position, (text, style) in enumerate(zip(texts, styles, strict=True)):
                if position:
                    segments.append(Segment(" " * _GAP))
                segments.append(marked_segment(("caption", members[position]), layout.cell))
                segments.append(Segment(align_text(text[line] if line < len(text) else "", layout.cell), style))
            yield segments
