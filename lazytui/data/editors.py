"""Editors: what puts another value of the attribute on an image and leaves everything else as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lazytui.data.painted_splits import paint_cached
from lazytui.data.painting.painter import repaint
from lazytui.data.params import DatasetParams
from lazytui.data.planting import plant_cached, plant_cue
from lazytui.data.scenes import ScenePainter


class Editor(Protocol):
    """Plants values of the attribute in originals."""

    def paint(self, originals: NDArray[np.uint8], attributes: NDArray[np.uint8], stream: str) -> NDArray[np.uint8]:
        """Images (n, height, width, 3) uint8.

        originals: (n, height, width) or (n, height, width, 3) uint8, as of `Split`. attributes: (n,) uint8, values, or
        the content's `unknown` for none. stream: names the randomness. Image i of a stream has the same randomness
        whatever its value, so a split painted again under its own name changes in its value alone.
        """
        ...

    def paint_split(
        self, originals: NDArray[np.uint8], attributes: NDArray[np.uint8], stream: str
    ) -> NDArray[np.uint8]:
        """The same of a whole split, which may be cached. Don't modify it."""
        ...


@dataclass(frozen=True)
class ColorPainter:
    """Paints white shapes on black in the palette's colors, over textures."""

    params: DatasetParams

    def paint(self, originals: NDArray[np.uint8], attributes: NDArray[np.uint8], stream: str) -> NDArray[np.uint8]:
        return repaint(originals, attributes, self.params, stream)

    def paint_split(
        self, originals: NDArray[np.uint8], attributes: NDArray[np.uint8], stream: str
    ) -> NDArray[np.uint8]:
        return paint_cached(originals, attributes, self.params, stream)


@dataclass(frozen=True)
class CuePlanter:
    """Plants a cue of `lazytui.data.cues` in any images."""

    params: DatasetParams

    def paint(self, originals: NDArray[np.uint8], attributes: NDArray[np.uint8], stream: str) -> NDArray[np.uint8]:
        return plant_cue(originals, attributes, self.params, stream)

    def paint_split(
        self, originals: NDArray[np.uint8], attributes: NDArray[np.uint8], stream: str
    ) -> NDArray[np.uint8]:
        return plant_cached(originals, attributes, self.params, stream)


def editor_of(params: DatasetParams) -> Editor | None:
    """None where the attribute came with the images, or there is none."""
    if not params.plants:
        return None
    painters: dict[str, type[ColorPainter] | type[ScenePainter]] = {"color": ColorPainter, "scene": ScenePainter}
    return painters.get(params.planted_cue, CuePlanter)(params)
