"""Which widget shows which kind of figure."""

from __future__ import annotations

from typing import Any

from lazytui.app.figures.bars_widget import BarsView
from lazytui.app.figures.figure_widget import FigureView
from lazytui.app.figures.histogram_widget import HistogramView
from lazytui.app.figures.lines_widget import LinesView
from lazytui.app.figures.matrix_widget import MatrixView
from lazytui.app.figures.pixels_widget import PixelsView
from lazytui.app.figures.table_widget import TableView
from lazytui.app.figures.text_widget import TextView
from lazytui.figures.kinds import Bars, Figure, Histogram, Lines, Matrix, Pixels, Table, Text


def view_of(figure: Figure, *, id: str | None = None, classes: str | None = None) -> FigureView[Any]:
    """The widget for a figure, by its kind."""
    match figure:
        case Pixels():
            return PixelsView(figure, id=id, classes=classes)
        case Matrix():
            return MatrixView(figure, id=id, classes=classes)
        case Lines():
            return LinesView(figure, id=id, classes=classes)
        case Bars():
            return BarsView(figure, id=id, classes=classes)
        case Histogram():
            return HistogramView(figure, id=id, classes=classes)
        case Table():
            return TableView(figure, id=id, classes=classes)
        case Text():
            return TextView(figure, id=id, classes=classes)
    raise TypeError(f"There is no widget for a figure of type {type(figure).__name__}.")
