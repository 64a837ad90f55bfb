"""A drawing: a gray digit under the pen, in one ink on one ground, mixed as the painted data sets are."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lazytui.data.painting.noise_over import Layer
from lazytui.data.painting.painter import composite

SIDE = 28

Color = tuple[int, int, int]
Gray = NDArray[np.uint8]
Point = tuple[float, float]
"""(x, y) in pixels from the upper left corner; the middle of the first pixel is (0.5, 0.5)."""

WHITE: Color = (255, 255, 255)
BLACK: Color = (0, 0, 0)


@dataclass(frozen=True, eq=False)
class Drawing:
    """gray: (28, 28) uint8, how much ink there is. ink: its color. ground: the color of the ground.

    light: (28, 28) uint8, how bright the ground is, such as a texture; 255 where it is flat. picture: (28, 28, 3)
    uint8, what lies under the ink instead of a ground; None where there is one. noise: what lies over all of it.
    """

    gray: Gray
    ink: Color = WHITE
    ground: Color = BLACK
    light: Gray | None = None
    picture: NDArray[np.uint8] | None = None
    noise: tuple[Layer, ...] = ()

    @classmethod
    def blank(cls, ink: Color = WHITE, ground: Color = BLACK) -> Drawing:
        return cls(np.zeros((SIDE, SIDE), np.uint8), ink, ground)

    @classmethod
    def over(cls, picture: NDArray[np.uint8]) -> Drawing:
        """Nothing is drawn yet over a picture, (28, 28, 3) uint8."""
        return replace(cls.blank(), picture=picture)

    @functools.cached_property
    def image(self) -> NDArray[np.uint8]:
        """(28, 28, 3) uint8, as a network sees it."""
        light = np.full((SIDE, SIDE), 255, np.uint8) if self.light is None else self.light
        image = composite(self.gray, light, self.ink, self.ground if self.picture is None else self.picture)
        planes = image.reshape(1, -1, 3).transpose(0, 2, 1).copy()
        for layer in self.noise:
            layer.lay(planes)
        return planes.transpose(0, 2, 1).reshape(SIDE, SIDE, 3)

    @property
    def is_blank(self) -> bool:
        return self.picture is None and not self.gray.any()

    def with_ink(self, ink: Color) -> Drawing:
        return replace(self, ink=ink)

    def with_ground(self, ground: Color) -> Drawing:
        """On that ground; a picture makes room for it."""
        return replace(self, ground=ground, picture=None)

    def drawn(self, start: Point, end: Point, width: float) -> Drawing:
        """With a stroke of the pen. width: of its tip, in pixels."""
        return replace(self, gray=np.maximum(self.gray, _stroke(start, end, width)))

    def erased(self, start: Point, end: Point, width: float) -> Drawing:
        return replace(self, gray=np.minimum(self.gray, 255 - _stroke(start, end, width)))


def _stroke(start: Point, end: Point, width: float) -> Gray:
    """How much of each pixel a round tip covers on its way, (28, 28) uint8: soft at the rim, over one pixel."""
    middle = np.arange(SIDE) + 0.5
    x, y = middle[None, :] - start[0], middle[:, None] - start[1]
    along = np.array([end[0] - start[0], end[1] - start[1]])
    length = float(along @ along)
    share = np.clip((x * along[0] + y * along[1]) / length, 0, 1) if length else np.zeros((SIDE, SIDE))
    distance = np.hypot(x - share * along[0], y - share * along[1])
    covered: Gray = np.rint(255 * np.clip(width / 2 + 0.5 - distance, 0, 1)).astype(np.uint8)
    return covered
