"""Figure widgets: the drawings of the command line with a cursor, one widget a figure kind."""

from __future__ import annotations

from lazytui.app.figures.bars import BarsView
from lazytui.app.figures.base import FigureView, Place
from lazytui.app.figures.histogram import HistogramView
from lazytui.app.figures.lines import LinesView
from lazytui.app.figures.matrix import MatrixView
from lazytui.app.figures.pixels import PixelsView
from lazytui.app.figures.swapped import swap
from lazytui.app.figures.table import TableView
from lazytui.app.figures.text import TextView
from lazytui.app.figures.views import view_of

__all__ = [
    "BarsView",
    "FigureView",
    "HistogramView",
    "LinesView",
    "MatrixView",
    "PixelsView",
    "Place",
    "TableView",
    "TextView",
    "swap",
    "view_of",
]
