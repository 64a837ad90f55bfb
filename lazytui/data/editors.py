"""Editors: what puts another value of the attribute on an image and leaves everything else as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.data.painting.painted_splits import paint_cached
from lazytui.data.painting.painter import repaint
from lazytui.data.painting.planting import plant_cached, plant_cue
from lazytui.data.params import DatasetParams
from lazytui.data.scenes import paint_scenes

_Paint = Callable[[NDArray[np.uint8], NDArray[np.uint8], DatasetParams, str], NDArray[np.uint8]]


@dataclass(frozen=True)
class Editor:
    """Plants values of the attribute in originals, in the way of one cue."""

    _params: DatasetParams
    _paint: _Paint
    _paint_cached: _Paint

    def paint(self, originals: NDArray[np.uint8], attributes: NDArray[np.uint8], stream: str) -> NDArray[np.uint8]:
        """Images (n, height, width, 3) uint8.

        originals: (n, height, width) or (n, height, width, 3) uint8, as of `Split`. attributes: (n,) uint8, values, or
        the content's `unknown` for none. stream: names the randomness. Image i of a stream has the same randomness
        whatever its value, so a split painted again under its own name changes in its value alone.
        """
        return self._paint(originals, attributes, self._params, stream)

    def paint_split(
        self, originals: NDArray[np.uint8], attributes: NDArray[np.uint8], stream: str
    ) -> NDArray[np.uint8]:
        """The same of a whole split, which may be cached. Don't modify it."""
        return self._paint_cached(originals, attributes, self._params, stream)


def editor_of(params: DatasetParams) -> Editor | None:
    """None where the attribute came with the images, or there is none."""
    if not params.plants:
        return None
    if params.planted_cue == "color":
        return Editor(params, repaint, paint_cached)
    if params.planted_cue == "scene":
        return Editor(params, paint_scenes, paint_scenes)
    return Editor(params, plant_cue, plant_cached)
