"""Pictures composed (title, body, note) and saved; the same figures give the same bytes."""

from __future__ import annotations

import io
import re
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import matplotlib
from matplotlib.figure import Figure as Canvas

from lazytui.figures.colors import SERIES, Theme, hex_code
from lazytui.figures.kinds import Bars, Figure, Histogram, Lines, Matrix, Pixels, Table, Text
from lazytui.figures.paper import Paper
from lazytui.figures.picture.chart_pictures import bar_body, histogram_body, line_body
from lazytui.figures.picture.embedded_fonts import with_embedded_fonts
from lazytui.figures.picture.ink import INKS, LARGE, SMALL, Ink, line_height, settings, wrap_lines
from lazytui.figures.picture.matrix_picture import matrix_body
from lazytui.figures.picture.picture_body import Body, Box, sheet, write_lines
from lazytui.figures.picture.pixels_picture import pixels_body
from lazytui.figures.picture.scaled_pages import ScaledPages
from lazytui.figures.picture.text_pictures import table_body, text_body
from lazytui.figures.plain_figures import clean_figure
from lazytui.plain_text import plain_text

_WIDTH = 7.2
"""Inches of a body, unless its content needs more: two columns of a paper."""
_MARGIN = 0.18
_GAP = 0.1
_BETWEEN = 0.3
"""Inches between figures that stand beside each other."""
_DOTS_AN_INCH = 200
_PAPER_OF_A_PAGE = "#fdfefd"
"""Stands for the page's own color, which only the page knows; not white, which may be a bar's color."""
ON_A_PAGE = Paper()
_ONE_AT_A_TIME = threading.Lock()
_UNDATED: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": None},
}


def picture(
    figures: Sequence[Figure], kind: str, *, title: str = "", theme: Theme = "light", paper: Paper = ON_A_PAGE
) -> bytes:
    """The content of an .svg or .png file of one figure, or of a .pdf file, one figure a page; or of all together.

    Text stays text in .svg and .pdf (searchable, editable), and both hold the letters of its font. A figure that needs
    more than the paper's width is scaled down.
    """
    ink = INKS[theme]
    clean = [clean_figure(figure) for figure in figures]
    output = io.BytesIO()
    with _drawing(ink):
        canvases = [_compose(clean, ink, paper)] if paper.together else [_compose([one], ink, paper) for one in clean]
        if kind == "pdf":
            with ScaledPages(output, _UNDATED["pdf"] | {"Title": plain_text(title)}) as pages:
                for canvas in canvases:
                    pages.add(canvas, _scale(canvas, paper))
            return output.getvalue()
        (canvas,) = canvases
        scale = _scale(canvas, paper)
        dpi = scale * (paper.dpi or _DOTS_AN_INCH) if kind == "png" else _DOTS_AN_INCH
        canvas.savefig(output, format=kind, dpi=dpi, metadata=_UNDATED[kind])
    if kind == "svg":
        return with_embedded_fonts(_scaled(output.getvalue().decode(), scale)).encode()
    return output.getvalue()


def _scale(canvas: Canvas, paper: Paper) -> float:
    """What fits a canvas to the paper; none is made larger than it is."""
    return min(paper.inches / canvas.get_figwidth(), 1.0) if paper.inches else 1.0


def _scaled(svg: str, scale: float) -> str:
    """The picture at another size: its view box stays."""
    if scale == 1.0:
        return svg

    def length(match: re.Match[str]) -> str:
        return f'{match[1]}="{float(match[2]) * scale:.6f}pt"'

    return re.sub(r'\b(width|height)="([0-9.]+)pt"', length, svg, count=2)


def inline_svg(figure: Figure, name: str) -> str:
    """The figure's body as an `<svg>` element for a web page: no paper, and inks that are the page's CSS variables
    `--text`, `--muted`, `--grid`, `--paper` and `--series-0` on, so that it follows the page from light to dark.

    name: prefix of all its ids, unique within the page (matplotlib starts counting anew in each picture).
    """
    ink = replace(INKS["light"], paper=_PAPER_OF_A_PAGE)
    output = io.BytesIO()
    with _drawing(ink):
        _draw_body(clean_figure(figure), ink).savefig(output, format="svg", transparent=True, metadata=_UNDATED["svg"])
    svg = output.getvalue().decode()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    for variable in ("text", "muted", "grid", "paper"):
        svg = svg.replace(getattr(ink, variable), f"var(--{variable})")
    for index, color in enumerate(SERIES[ink.theme]):
        svg = svg.replace(hex_code(color), f"var(--series-{index})")
    return svg


@contextmanager
def _drawing(ink: Ink) -> Iterator[None]:
    """While in this block, matplotlib has its defaults and our settings, whatever the user's own are, and glyphs that
    its font lacks are no cause for a warning. One thread at a time, because matplotlib's settings are the process's."""
    with _ONE_AT_A_TIME, warnings.catch_warnings(), matplotlib.rc_context():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(settings(ink))  # type: ignore[arg-type]  # its keys are an enormous Literal
        yield


def _body(figure: Figure, ink: Ink, width: float = _WIDTH) -> Body:
    match figure:
        case Pixels():
            return pixels_body(figure, ink, width)
        case Matrix():
            return matrix_body(figure, ink, width)
        case Lines():
            return line_body(figure, ink, width)
        case Bars():
            return bar_body(figure, ink, width)
        case Histogram():
            return histogram_body(figure, ink, width)
        case Table():
            return table_body(figure, ink, width)
        case Text():
            return text_body(figure, ink, width)
    raise TypeError(f"There is no picture for a figure of type {type(figure).__name__}.")


def _draw_body(figure: Figure, ink: Ink) -> Canvas:
    body = _body(figure, ink)
    canvas = Canvas(figsize=(body.width, body.height))
    body.paint(canvas, Box(0, 0, body.width, body.height))
    return canvas


def _compose(figures: Sequence[Figure], ink: Ink, paper: Paper) -> Canvas:
    """The figures beside each other, each with title, body and note, on paper as high as they need."""
    each = ((paper.inches or _WIDTH + 2 * _MARGIN) - 2 * _MARGIN - (len(figures) - 1) * _BETWEEN) / len(figures)
    columns = [_column(figure, ink, each, bare=paper.bare) for figure in figures]
    width = sum(column.width for column in columns) + (len(columns) - 1) * _BETWEEN
    height = max(column.height for column in columns)
    canvas = Canvas(figsize=(width + 2 * _MARGIN, height + 2 * _MARGIN))
    left = _MARGIN
    for column in columns:
        column.paint(canvas, Box(left, _MARGIN + height - column.height, column.width, column.height))
        left += column.width + _BETWEEN
    return canvas


def _column(figure: Figure, ink: Ink, width: float, *, bare: bool) -> Body:
    """Title, body and note below each other; the body alone where it is to be bare."""
    body = _body(figure, ink, width)
    width = max(body.width, width)
    title = [] if bare else wrap_lines(figure.title, width, LARGE, bold=True)
    note = [] if bare else wrap_lines(figure.note, width, SMALL)
    title_height = len(title) * line_height(LARGE) + _GAP if title else 0.0
    note_height = len(note) * line_height(SMALL) + _GAP if note else 0.0
    height = title_height + body.height + note_height

    def paint(canvas: Canvas, box: Box) -> None:
        whole = sheet(canvas, box)
        write_lines(whole, title, 0, 0, LARGE, color=ink.text, bold=True)
        write_lines(whole, note, 0, height - note_height + _GAP, SMALL, color=ink.muted)
        body.paint(canvas, Box(box.left, box.bottom + note_height, width, body.height))

    return Body(width, height, paint)
