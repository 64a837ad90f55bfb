"""A histogram with a cursor on one of its bins."""

from __future__ import annotations

import numpy as np
from textual.geometry import Offset, Region

from lazytui.app.figures.figure_widget import FigureView
from lazytui.figures.kinds import Histogram
from lazytui.figures.number_format import significant_text
from lazytui.figures.terminal.histogram import bin_columns


class HistogramView(FigureView[Histogram]):
    """Positions are indices of bins."""

    STRETCHES = True
    ACROSS = True

    def positions(self) -> range:
        return range(len(self.figure.counts))

    def region_of(self, position: int) -> Region | None:
        plot = self.plot_area
        if plot is None:
            return None
        start, end = bin_columns(self.figure, plot.width)[position]
        return Region(plot.x + start, plot.y, end - start, plot.height)

    def position_at(self, at: Offset) -> int | None:
        plot = self.plot_area
        if plot is None or not plot.contains_point(at):
            return None
        edges = self.figure.edges
        value = edges[0] + (at.x - plot.x + 0.5) / plot.width * (edges[-1] - edges[0])
        return self.nearest(int(np.searchsorted(edges, value, side="right")) - 1)

    def readout(self, position: int) -> str:
        figure = self.figure
        low, high = (significant_text(float(edge)) for edge in figure.edges[position : position + 2])
        count, total = int(figure.counts[position]), int(figure.counts.sum())
        share = f", {100 * count / total:.1f} % of {total}" if total else ""
        return f"{figure.x_label} {low} to {high}: {count} {figure.unit}{share}"
