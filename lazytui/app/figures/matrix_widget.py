"""A matrix with a cursor on one of its cells, whose row and column labels light up."""

from __future__ import annotations

import numpy as np
from rich.style import Style
from textual.geometry import Offset

from lazytui.app.figures.figure_strips import Patch
from lazytui.app.figures.figure_widget import FigureView
from lazytui.figures.kinds import Matrix
from lazytui.figures.number_format import add_unit, number

Cell = tuple[int, int]


class MatrixView(FigureView[Matrix]):
    """Positions are (row, column)."""

    STRETCHES = True

    def first(self) -> Cell | None:
        return (0, 0) if self.figure.values.size else None

    def last(self) -> Cell | None:
        rows, columns = self.figure.values.shape
        return (rows - 1, columns - 1) if self.figure.values.size else None

    def nearest(self, position: Cell) -> Cell | None:
        if not self.figure.values.size:
            return None
        rows, columns = self.figure.values.shape
        return min(max(position[0], 0), rows - 1), min(max(position[1], 0), columns - 1)

    def moved(self, position: Cell, step: Offset) -> Cell | None:
        target = (position[0] + step.y, position[1] + step.x)
        return target if target == self.nearest(target) else None

    def position_at(self, at: Offset) -> Cell | None:
        for position, regions in self.drawing.regions.items():
            if isinstance(position, tuple) and isinstance(position[0], int) and regions[0].contains_point(at):
                return position[0], position[1]
        return None

    def patches(self, position: Cell, cursor: Style) -> list[Patch]:
        label = self.component("figure--label")
        row, column = position
        labels = [*self.drawing.regions.get(("row", row), []), *self.drawing.regions.get(("column", column), [])]
        return [*(Patch(region, label) for region in labels), *super().patches(position, cursor)]

    def readout(self, position: Cell) -> str:
        figure = self.figure
        row, column = position
        where = f"{figure.row_axis} {figure.row_labels[row]}, {figure.column_axis} {figure.column_labels[column]}"
        return f"{where.strip()}: {self._value(row, column)}"

    def _value(self, row: int, column: int) -> str:
        """The value with its unit, and its share of the row where the row adds up to something."""
        figure = self.figure
        value = float(figure.values[row, column])
        if np.isnan(value):
            return "not defined"
        text = add_unit(number(value, figure.decimals), figure.unit)
        values = figure.values[row]
        if figure.unit == "%" or figure.decimals or not (np.isfinite(values).all() and (values >= 0).all()):
            return text
        total = float(values.sum())
        return f"{text}, {100 * value / total:.1f} % of the row's {total:.0f}" if total > 0 else text
