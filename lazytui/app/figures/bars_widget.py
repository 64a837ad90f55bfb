"""Bars with a cursor on one of them."""

from __future__ import annotations

from textual.geometry import Offset

from lazytui.app.figures.figure_widget import FigureView
from lazytui.figures.kinds import Bars
from lazytui.figures.number_format import UNDEFINED, value_texts


class BarsView(FigureView[Bars]):
    """Positions are indices of bars."""

    STRETCHES = True

    def positions(self) -> range:
        return range(len(self.figure.labels))

    def position_at(self, at: Offset) -> int | None:
        tops = [
            (regions[0].y, position) for position, regions in self.drawing.regions.items() if isinstance(position, int)
        ]
        above = [position for y, position in tops if y <= at.y]
        return above[-1] if above else None

    def readout(self, position: int) -> str:
        value = value_texts(self.figure)[position]
        return f"{self.figure.labels[position]}: {'not defined' if value == UNDEFINED else value}"
