"""Figure widgets: the drawings of the command line with a cursor, one widget a figure kind."""

from __future__ import annotations

from lazytui.app.figures.bars_widget import BarsView
from lazytui.app.figures.figure_widget import FigureView, Position
from lazytui.app.figures.histogram_widget import HistogramView
from lazytui.app.figures.lines_widget import LinesView
from lazytui.app.figures.matrix_widget import MatrixView
from lazytui.app.figures.pixels_widget import PixelsView
from lazytui.app.figures.table_widget import TableView
from lazytui.app.figures.text_widget import TextView
from lazytui.app.figures.widget_kinds import view_of

__all__ = [
    "BarsView",
    "FigureView",
    "HistogramView",
    "LinesView",
    "MatrixView",
    "PixelsView",
    "Position",
    "TableView",
    "TextView",
    "view_of",
]
