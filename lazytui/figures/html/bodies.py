"""Each figure kind as a piece of HTML; the texts of the figures are plain already, and are escaped here."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lazytui.figures.colormaps import scale_stops, value_colors, value_range
from lazytui.figures.colors import Theme, hex_code, ink_on, rgb
from lazytui.figures.image_overlays import (
    captions_with_tones,
    encode_png,
    image_scale,
    images_with_overlay,
    scale_colors,
)
from lazytui.figures.kinds import RGB, Bars, Figure, Histogram, Lines, Matrix, Pixels, Table, Text
from lazytui.figures.number_format import add_unit, entry, heading, is_numeric, number

_THEMES: tuple[Theme, Theme] = ("light", "dark")
_SCALE_STOPS = 9
_GRADIENT = "linear-gradient(90deg,{})"


def body(figure: Figure, name: str) -> str:
    """The figure without title and note. name: a prefix for ids, unique within the page."""
    match figure:
        case Pixels():
            return _empty("images") if not figure.images.size else "\n".join(_pixels(figure))
        case Matrix():
            return _empty("cells") if not figure.values.size else "\n".join(_matrix(figure))
        case Lines() | Bars() | Histogram():
            return _chart(figure, name)
        case Table():
            return _empty("rows") if not figure.rows else "\n".join(_table(figure))
        case Text():
            return "\n".join(f"<p>{escape(text).replace(chr(10), '<br>')}</p>" for text in figure.paragraphs)
    raise TypeError(f"There is no web page for a figure of type {type(figure).__name__}.")


def _empty(what: str) -> str:
    return f'<p class="empty">(no {what})</p>'


def _chart(figure: Figure, name: str) -> str:
    from lazytui.figures.picture import inline_svg  # brings matplotlib, which a page without charts doesn't need

    svg = inline_svg(figure, name)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(figure.title)}" ', 1)


def _swatch(colors: tuple[RGB, ...], index: int) -> str:
    return f'<span class="swatch" style="background:{hex_code(colors[index])}"></span>' if colors else ""


def _pixels(figure: Pixels) -> Iterator[str]:
    images = images_with_overlay(figure)
    columns = max(1, min(figure.columns, len(images)))
    fixed = bool(figure.row_labels or figure.column_labels)
    labels = bool(figure.row_labels)
    largest = 168 if len(images) <= 4 else 84
    style = f"--columns:{columns};--half:{(columns + 1) // 2};--largest:{largest}px"
    axes = [f"{figure.row_axis} ↓"] * bool(figure.row_axis) + [f"{figure.column_axis} →"] * bool(figure.column_axis)
    if axes:
        yield f'<p class="axes">{escape("   ".join(axes))}</p>'
    yield f'<div class="images{" fixed" if fixed else ""}{" labelled" if labels else ""}" style="{style}">'
    if figure.column_labels:
        corner = "<span></span>" if labels else ""
        yield corner + "".join(f'<span class="head">{escape(text)}</span>' for text in figure.column_labels[:columns])
    for index, image in enumerate(images):
        row, column = divmod(index, columns)
        if labels and column == 0:
            yield f'<span class="side">{escape(figure.row_labels[row] if row < len(figure.row_labels) else "")}</span>'
        yield _image(figure, index, row, column, base64.b64encode(encode_png(image)).decode())
    yield "</div>"
    if stops := image_scale(figure):
        ramps = [_hex_codes(scale_colors(figure, _between(start, end))) for (start, _), (end, _) in pairwise(stops)]
        yield _scale([text for _, text in stops], [(ramp, ramp) for ramp in ramps])


def _image(figure: Pixels, index: int, row: int, column: int, data: str) -> str:
    """One image; its alternative text is its caption, or its place in the grid."""
    caption, tone = captions_with_tones(figure)[index]
    position = [
        " ".join(filter(None, (axis, labels[side])))
        for axis, labels, side in (
            (figure.row_axis, figure.row_labels, row),
            (figure.column_axis, figure.column_labels, column),
        )
        if side < len(labels)
    ]
    alternative = escape(caption or ", ".join(position) or f"image {index + 1}")
    below = f'<span class="{tone}">{escape(caption)}</span>' if caption else ""
    return f'<div class="image"><img alt="{alternative}" src="data:image/png;base64,{data}">{below}</div>'


def _matrix(figure: Matrix) -> Iterator[str]:
    values = np.asarray(figure.values, dtype=np.float64)
    low, high = value_range(values, figure.low, figure.high)
    colors = {theme: value_colors(values, low, high, theme) for theme in _THEMES}
    yield '<table class="matrix">'
    corner = f"{escape(figure.row_axis)} ↓" if figure.row_axis else ""
    if figure.column_axis:
        axis = f'<th class="axis" colspan="{len(figure.column_labels)}">{escape(figure.column_axis)} →</th>'
        yield f"<thead>\n<tr><td></td>{axis}</tr>"
    else:
        yield "<thead>"
    heads = "".join(
        f'<th scope="col">{_swatch(figure.column_colors, index)}{escape(label)}</th>'
        for index, label in enumerate(figure.column_labels)
    )
    yield f'<tr><td class="axis">{corner}</td>{heads}</tr>\n</thead>\n<tbody>'
    for row, label in enumerate(figure.row_labels):
        cells = []
        for column, value in enumerate(values[row]):
            text = number(float(value), figure.decimals)
            if np.isnan(value):
                cells.append(f'<td class="undefined">{text}</td>')
            else:
                light, dark = (rgb(colors[theme][row, column]) for theme in _THEMES)
                cells.append(f'<td style="{_two_themes(light, dark)}">{text}</td>')
        yield f'<tr><th scope="row">{_swatch(figure.row_colors, row)}{escape(label)}</th>{"".join(cells)}</tr>'
    yield "</tbody>\n</table>"
    yield _matrix_scale(low, high, figure)


def _two_themes(light: RGB, dark: RGB) -> str:
    """A cell's color and ink for a light and a dark page, as variables that the style sheet chooses from."""
    return (
        f"--light:{hex_code(light)};--on-light:{hex_code(ink_on(light))};"
        f"--dark:{hex_code(dark)};--on-dark:{hex_code(ink_on(dark))}"
    )


def _matrix_scale(low: float, high: float, figure: Matrix) -> str:
    stops = scale_stops(low, high)
    texts = [number(stop, figure.decimals) for stop in stops]
    texts[-1] = add_unit(texts[-1], figure.unit)
    light, dark = (
        [_hex_codes(value_colors(_between(start, end), stops[0], stops[-1], theme)) for start, end in pairwise(stops)]
        for theme in _THEMES
    )
    return _scale(texts, list(zip(light, dark, strict=True)))


def _hex_codes(colors: NDArray[np.uint8]) -> str:
    return ",".join(hex_code(rgb(color)) for color in colors)


def _scale(texts: Sequence[str], ramps: Sequence[tuple[str, str]]) -> str:
    """What stands at each stop of a color scale, and between them the colors on a light and on a dark page."""
    spans = [
        f'<span class="ramp" style="--light:{_GRADIENT.format(light)};--dark:{_GRADIENT.format(dark)}"></span>'
        for light, dark in ramps
    ]
    parts = [escape(texts[0]), *(f"{span} {escape(text)}" for span, text in zip(spans, texts[1:], strict=True))]
    return f'<p class="scale" style="--parts:{len(ramps)}">{" ".join(parts)}</p>'


def _between(start: float, end: float) -> NDArray[np.float64]:
    return np.linspace(start, end, _SCALE_STOPS)


def _table(figure: Table) -> Iterator[str]:
    kinds = [' class="numeric"' if is_numeric(figure, index) else "" for index in range(len(figure.columns))]
    heads = "".join(
        f'<th scope="col"{kind}>{escape(heading(column.name, column.unit))}</th>'
        for column, kind in zip(figure.columns, kinds, strict=True)
    )
    yield f'<table class="plain-table">\n<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>'
    for row in figure.rows:
        cells = (
            f"<td{kind}>{escape(entry(cell, column.decimals))}</td>"
            for cell, column, kind in zip(row, figure.columns, kinds, strict=True)
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>\n</table>"
