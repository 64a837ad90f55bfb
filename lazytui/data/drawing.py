"""A drawing: a gray shape under the pen, in one ink on one ground, mixed as the painted data sets are."""

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
    """gray: (height, width) uint8, how much ink there is. ink: its color. ground: the color of the ground.

    light: (height, width) uint8, how bright the ground is, such as a texture; 255 where it is flat. picture: (height,
    width, 3) uint8, what lies under the ink instead of a ground; None where there is one. noise: what lies over it
    all.
    """

    gray: Gray
    ink: Color = WHITE
    ground: Color = BLACK
    light: Gray | None = None
    picture: NDArray[np.uint8] | None = None
    noise: tuple[Layer, ...] = ()

    @classmethod
    def blank(cls, ink: Color = WHITE, ground: Color = BLACK, size: tuple[int, int] = (SIDE, SIDE)) -> Drawing:
        """size: height and width."""
        return cls(np.zeros(size, np.uint8), ink, ground)

    @classmethod
    def over(cls, picture: NDArray[np.uint8]) -> Drawing:
        """Nothing is drawn yet over a picture, (height, width, 3) uint8."""
        return replace(cls.blank(size=(picture.shape[0], picture.shape[1])), picture=picture)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.gray.shape[0], self.gray.shape[1]

    @functools.cached_property
    def image(self) -> NDArray[np.uint8]:
        """(height, width, 3) uint8, as a network sees it."""
        light = np.full(self.size, 255, np.uint8) if self.light is None else self.light
        image = composite(self.gray, light, self.ink, self.ground if self.picture is None else self.picture)
        planes = image.reshape(1, -1, 3).transpose(0, 2, 1).copy()
        for layer in self.noise:
            layer.lay(planes)
        return planes.transpose(0, 2, 1).reshape(*self.size, 3)

    @property
    def is_blank(self) -> bool:
        return self.picture is None and not self.gray.any()

    def with_ink(self, ink: Color) -> Drawing:
        return replace(self, ink=ink)

    def with_ground(self, ground: Color) -> Drawing:
        """On that ground; a picture makes room for it."""
        return replace(self, ground=ground, picture=None)

    def with_stroke(self, start: Point, end: Point, width: float) -> Drawing:
        """With a stroke of the pen. width: of its tip, in pixels."""
        return replace(self, gray=np.maximum(self.gray, _stroke(start, end, width, self.size)))

    def without_stroke(self, start: Point, end: Point, width: float) -> Drawing:
        return replace(self, gray=np.minimum(self.gray, 255 - _stroke(start, end, width, self.size)))


def _stroke(start: Point, end: Point, width: float, size: tuple[int, int]) -> Gray:
    """How much of each pixel a round tip covers on its way, uint8: soft at the rim, over one pixel."""
    x = np.arange(size[1])[None, :] + 0.5 - start[0]
    y = np.arange(size[0])[:, None] + 0.5 - start[1]
    along = np.array([end[0] - start[0], end[1] - start[1]])
    length = float(along @ along)
    share = np.clip((x * along[0] + y * along[1]) / length, 0, 1) if length else np.zeros(size)
    distance = np.hypot(x - share * along[0], y - share * along[1])
    covered: Gray = np.rint(255 * np.clip(width / 2 + 0.5 - distance, 0, 1)).astype(np.uint8)
    return covered
