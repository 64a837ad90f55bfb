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
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure as Canvas

from lazytui.figures.colors import Theme
from lazytui.figures.kinds import Bars, Figure, Histogram, Lines, Matrix, Pixels, Table, Text
from lazytui.figures.picture.chart_pictures import bar_body, histogram_body, line_body
from lazytui.figures.picture.ink import INKS, LARGE, SMALL, Ink, line_height, settings, wrap_lines
from lazytui.figures.picture.matrix_picture import matrix_body
from lazytui.figures.picture.picture_body import Body, Box, sheet, write_lines
from lazytui.figures.picture.pixels_picture import pixels_body
from lazytui.figures.picture.text_pictures import table_body, text_body
from lazytui.figures.plain_figures import clean_figure
from lazytui.plain_text import plain_text

_WIDTH = 7.2
"""Inches of a body, unless its content needs more: two columns of a paper."""
_MARGIN = 0.18
_GAP = 0.1
_DOTS_AN_INCH = 200
_PAPER_OF_A_PAGE = "#fdfefd"
"""Stands for the page's own color, which only the page knows; not white, which may be a bar's color."""
_ONE_AT_A_TIME = threading.Lock()
_UNDATED: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": None},
}


def picture(figures: Sequence[Figure], kind: str, *, title: str = "", theme: Theme = "light") -> bytes:
    """The content of an .svg or .png file of one figure, or of a .pdf file, one figure a page.

    Text stays text in .svg and .pdf (searchable, editable); an .svg asks for DejaVu Sans, or else any sans serif,
    nearly all of which are narrower, so nothing overlaps where that font is missing. A .png needs no font at all.
    """
    ink = INKS[theme]
    output = io.BytesIO()
    with _drawing(ink):
        if kind == "pdf":
            with PdfPages(output, metadata=_UNDATED["pdf"] | {"Title": plain_text(title)}) as pages:
                for figure in figures:
                    pages.savefig(_compose(clean_figure(figure), ink))
        else:
            for figure in figures:
                _compose(clean_figure(figure), ink).savefig(
                    output, format=kind, dpi=_DOTS_AN_INCH, metadata=_UNDATED[kind]
                )
    return output.getvalue()


def inline_svg(figure: Figure, name: str) -> str:
    """The figure's body as an `<svg>` element for a web page: no paper, and inks that are the page's CSS variables
    `--text`, `--muted`, `--grid` and `--paper`, so that it follows the page from light to dark.

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


def _body(figure: Figure, ink: Ink) -> Body:
    match figure:
        case Pixels():
            return pixels_body(figure, ink, _WIDTH)
        case Matrix():
            return matrix_body(figure, ink, _WIDTH)
        case Lines():
            return line_body(figure, ink, _WIDTH)
        case Bars():
            return bar_body(figure, ink, _WIDTH)
        case Histogram():
            return histogram_body(figure, ink, _WIDTH)
        case Table():
            return table_body(figure, ink, _WIDTH)
        case Text():
            return text_body(figure, ink, _WIDTH)
    raise TypeError(f"There is no picture for a figure of type {type(figure).__name__}.")


def _draw_body(figure: Figure, ink: Ink) -> Canvas:
    body = _body(figure, ink)
    canvas = Canvas(figsize=(body.width, body.height))
    body.paint(canvas, Box(0, 0, body.width, body.height))
    return canvas


def _compose(figure: Figure, ink: Ink) -> Canvas:
    """Title, body and note below each other, on paper as high as they need."""
    body = _body(figure, ink)
    width = max(body.width, _WIDTH)
    title = wrap_lines(figure.title, width, LARGE, bold=True)
    note = wrap_lines(figure.note, width, SMALL)
    title_height = len(title) * line_height(LARGE) + _GAP if title else 0.0
    note_height = len(note) * line_height(SMALL) + _GAP if note else 0.0
    height = title_height + body.height + note_height
    canvas = Canvas(figsize=(width + 2 * _MARGIN, height + 2 * _MARGIN))
    paper = sheet(canvas, Box(_MARGIN, _MARGIN, width, height))
    write_lines(paper, title, 0, 0, LARGE, color=ink.text, bold=True)
    write_lines(paper, note, 0, height - note_height + _GAP, SMALL, color=ink.muted)
    body.paint(canvas, Box(_MARGIN, _MARGIN + note_height, width, body.height))
    return canvas
