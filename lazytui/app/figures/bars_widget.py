"""Bars with a cursor on one of them."""

from __future__ import annotations

from textual.geometry import Offset

from lazytui.app.figures.figure_widget import FigureView
from lazytui.figures.kinds import Bars
from lazytui.figures.number_format import UNDEFINED, value_texts


class BarsView(FigureView[Bars]):
    """Places are indices of bars."""

    STRETCHES = True

    def places(self) -> range:
        return range(len(self.figure.labels))

    def place_at(self, at: Offset) -> int | None:
        tops = [(regions[0].y, place) for place, regions in self.drawing.regions.items() if isinstance(place, int)]
        above = [place for y, place in tops if y <= at.y]
        return above[-1] if above else None

    def readout(self, place: int) -> str:
        value = value_texts(self.figure)[place]
        return f"{self.figure.labels[place]}: {'not defined' if value == UNDEFINED else value}"
