"""Noise and lines over a whole image, digit and ground alike, as study D paints them, and study B its noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lazytui.data.painting.textures import LINES, TIERS, Noise, normal_levels, random_lines, tier_sigma
from lazytui.data.params import DatasetParams
from lazytui.data.random_streams import stream

Planes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Layer:
    """Over m of n images. images: (m,), which. levels: (m, 1 or 3, 1 or 784), of 255, for all channels or for each.

    cover: (m, 784) in [0, 1], how much of each pixel is replaced by the levels; None where they are added.
    """

    images: NDArray[np.intp]
    levels: NDArray[np.float32 | np.int16]
    cover: NDArray[np.float32] | None = None

    def lay(self, planes: Planes) -> None:
        """Change n images in place: (n, 3, 784) uint8."""
        under = planes[self.images]
        if self.cover is None:
            planes[self.images] = np.clip(self.levels + under, 0, 255)
        else:
            planes[self.images] = np.rint(under + (self.levels - under) * self.cover[:, None]).astype(np.uint8)

    def of(self, image: int) -> Layer:
        """The same over that image alone, which is the first then."""
        here = self.images == image
        return Layer(np.zeros(here.sum(), np.intp), self.levels[here], None if self.cover is None else self.cover[here])


def layers_over(n: int, params: DatasetParams, *key: str | int) -> Iterator[Layer]:
    """What lies over n images, the lowest first: noise, N(0, sigma), and lines of one color each, random or gray.

    key: names the random streams. The first images have the same layers for any n, whatever is painted under them.
    """
    if params.noise_layer == "under":
        return

    def random(texture: str) -> Generator:
        return stream(params.seed, f"{texture} over", *key)

    channels = 3 if params.noise_channels == "rgb" else 1
    if "gaussian" in params.texture:
        yield _noise(np.full(n, params.sigma * 255), random("gaussian"), channels)
    if "lines" in params.texture:
        yield from _lines(n, LINES, random("lines"), channels)
    if tier := TIERS.get(params.tier):
        yield _noise(tier_sigma(n, tier, random("tier sigma")), random("tier noise"), channels)
        yield from _lines(n, tier, random("tier lines"), channels)


def _noise(sigma: NDArray[np.float64], generator: Generator, channels: int) -> Layer:
    return Layer(np.arange(len(sigma)), normal_levels((len(sigma), channels, 784), generator, sigma))


def _lines(n: int, noise: Noise, generator: Generator, channels: int) -> Iterator[Layer]:
    for images, cover, ink in random_lines(n, noise, generator, inks=channels):
        yield Layer(images, 255 * ink[:, :, None], cover)
