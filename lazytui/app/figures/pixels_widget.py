"""A grid of images with a cursor on one of them: its caption lights up, and bars stand at its sides."""

from __future__ import annotations

from rich.style import Style
from textual.geometry import Offset, Region

from lazytui.app.figures.figure_strips import BodyOfHeight, Indented, Patch
from lazytui.app.figures.figure_widget import FigureView
from lazytui.figures.image_overlays import captions_with_tones
from lazytui.figures.kinds import Pixels

_BESIDE = 1
"""Cells kept free on both sides of the grid, for the cursor's bars."""


class PixelsView(FigureView[Pixels]):
    """Positions are indices of images."""

    STRETCHES = True

    def body_of_height(self) -> BodyOfHeight:
        grid = super().body_of_height()
        return lambda height: Indented(grid(height), _BESIDE)

    def positions(self) -> range:
        return range(len(self.figure.images))

    def moved(self, position: int, step: Offset) -> int | None:
        if step.x:
            target = position + step.x
            return target if target == self.nearest(target) else None
        return self._above_or_below(position, step.y)

    def _above_or_below(self, position: int, down: int) -> int | None:
        """The image in the next line of images that is nearest across."""
        here = self.region_of(position)
        if here is None:
            return None
        others = [
            (abs(region.y - here.y), abs(region.x - here.x), index)
            for index, region in self._image_regions()
            if (region.y - here.y) * down > 0
        ]
        return min(others)[2] if others else None

    def _image_regions(self) -> list[tuple[int, Region]]:
        return [
            (position, regions[0]) for position, regions in self.drawing.regions.items() if isinstance(position, int)
        ]

    def position_at(self, at: Offset) -> int | None:
        for index, region in self._image_regions():
            captions = self.drawing.regions.get(("caption", index), [])
            if any(part.contains_point(at) for part in (region, *captions)):
                return index
        return None

    def patches(self, position: int, cursor: Style) -> list[Patch]:
        region = self.region_of(position)
        if region is None:
            return []
        bar = Style(color=cursor.bgcolor, bold=True)
        beside = [
            Patch(Region(region.x - 1, region.y, 1, region.height), bar, "▐"),
            Patch(Region(region.right, region.y, 1, region.height), bar, "▌"),
        ]
        return beside + [Patch(part, cursor) for part in self.drawing.regions.get(("caption", position), [])]

    def readout(self, position: int) -> str:
        figure = self.figure
        columns = max(figure.columns, 1)
        row, column = divmod(position, columns)
        parts = []
        if row < len(figure.row_labels):
            parts.append(f"{figure.row_axis} {figure.row_labels[row]}".strip())
        if column < len(figure.column_labels):
            parts.append(f"{figure.column_axis} {figure.column_labels[column]}".strip())
        where = ", ".join(parts) or f"image {position + 1} of {len(figure.images)}"
        caption = captions_with_tones(figure)[position][0]
        return f"{where}: {caption}" if caption else where
