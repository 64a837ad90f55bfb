"""A histogram with a cursor on one of its bins."""

from __future__ import annotations

import numpy as np
from textual.geometry import Offset, Region

from lazytui.app.figures.figure_widget import FigureView
from lazytui.figures.kinds import Histogram
from lazytui.figures.number_format import significant_text
from lazytui.figures.terminal.histogram import bin_columns


class HistogramView(FigureView[Histogram]):
    """Places are indices of bins."""

    STRETCHES = True

    def first(self) -> int | None:
        return 0 if len(self.figure.counts) else None

    def last(self) -> int | None:
        return len(self.figure.counts) - 1 if len(self.figure.counts) else None

    def nearest(self, place: int) -> int | None:
        last = self.last()
        return None if last is None else min(max(place, 0), last)

    def moved(self, place: int, step: Offset) -> int | None:
        target = place + step.x
        return target if step.x and target == self.nearest(target) else None

    def region_of(self, place: int) -> Region | None:
        plot = self._plot()
        if plot is None:
            return None
        start, end = bin_columns(self.figure, plot.width)[place]
        return Region(plot.x + start, plot.y, end - start, plot.height)

    def place_at(self, at: Offset) -> int | None:
        plot = self._plot()
        if plot is None or not plot.contains_point(at):
            return None
        edges = self.figure.edges
        value = edges[0] + (at.x - plot.x + 0.5) / plot.width * (edges[-1] - edges[0])
        return self.nearest(int(np.searchsorted(edges, value, side="right")) - 1)

    def _plot(self) -> Region | None:
        regions = self.drawing.regions.get("plot")
        return regions[0] if regions else None

    def readout(self, place: int) -> str:
        figure = self.figure
        low, high = (significant_text(float(edge)) for edge in figure.edges[place : place + 2])
        count, total = int(figure.counts[place]), int(figure.counts.sum())
        share = f", {100 * count / total:.1f} % of {total}" if total else ""
        return f"{figure.x_label} {low} to {high}: {count} {figure.unit}{share}"
