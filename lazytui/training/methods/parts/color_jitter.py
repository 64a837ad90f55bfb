"""Color jitter without a loop over images: brightness, contrast, saturation and hue are one affine map an image."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from lazytui.models.adaptation import LUMA
from lazytui.system.lazy_torch import torch
from lazytui.training.methods.base import MethodOptions

if TYPE_CHECKING:
    from torch import Generator, Tensor


LEAST_FACTOR = 0.2
"""A factor of 0 would make black or gray images."""


Brightness = Annotated[float, Field(ge=0, le=10, description="Brightness factors are 1 +- this.")]
Contrast = Annotated[float, Field(ge=0, le=10, description="Contrast factors are 1 +- this.")]
Saturation = Annotated[float, Field(ge=0, le=10, description="Saturation factors are 1 +- this.")]
Hue = Annotated[float, Field(ge=0, le=0.5, description="Largest rotation of the hue, in turns; 0.5 is half a circle.")]


class JitterOptions(MethodOptions):
    """How far colors are moved; methods differ in their defaults."""

    brightness: Brightness
    contrast: Contrast
    saturation: Saturation
    hue: Hue


@dataclass(frozen=True)
class ColorJitter:
    """How far colors are moved: factors are uniform in [max(LEAST_FACTOR, 1 - s), 1 + s], the hue in +- hue turns.

    permute: whether red, green and blue change places as well.
    """

    options: JitterOptions
    permute: bool = False

    def __call__(self, images: Tensor, generator: Generator) -> Tensor:
        """Images (n, 3, h, w) in [0, 1], each in colors of its own, clipped to [0, 1]; channels_last."""
        maps, shifts = self._affine(images.mean((2, 3)), generator)
        pixels = images.permute(0, 2, 3, 1)
        moved = torch.baddbmm(shifts[:, None, None], pixels.flatten(1, 2), maps.mT)
        return moved.clamp_(0, 1).view(pixels.shape).permute(0, 3, 1, 2)

    def _affine(self, mean_colors: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        """(n, 3, 3) and (n,): a pixel p becomes maps @ p + shift. mean_colors: (n, 3), an image's mean pixel."""
        n, device = len(mean_colors), mean_colors.device
        uniform = torch.rand(4, n, generator=generator, device=device)
        spreads = (self.options.brightness, self.options.contrast, self.options.saturation)
        brightness, contrast, saturation = (
            low + share * (1 + spread - low)
            for spread, share in zip(spreads, uniform[:3], strict=True)
            for low in (max(LEAST_FACTOR, 1 - spread),)
        )
        maps = hue_rotations(self.options.hue * (2 * uniform[3] - 1))
        if self.permute:
            order = torch.rand(n, 3, generator=generator, device=device).argsort(1)
            maps = maps @ torch.eye(3, device=device)[order]
        maps = brightness[:, None, None] * (saturation_maps(saturation) @ maps)
        gray = torch.einsum("i,nij,nj->n", _luma(maps), maps, mean_colors)
        return contrast[:, None, None] * maps, (1 - contrast) * gray


def hue_rotations(turns: Tensor) -> Tensor:
    """(n,) full turns -> (n, 3, 3): rotations of color space about its gray axis (Rodrigues' formula)."""
    angles = (2 * math.pi * turns)[:, None, None]
    cross = torch.tensor([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]], device=turns.device) / math.sqrt(3)
    return angles.cos() * torch.eye(3, device=turns.device) + (1 - angles.cos()) / 3 + angles.sin() * cross


def saturation_maps(factors: Tensor) -> Tensor:
    """(n,) -> (n, 3, 3): factor 1 keeps a color, 0 makes it gray of the same luma."""
    scale = factors[:, None, None]
    return scale * torch.eye(3, device=factors.device) + (1 - scale) * _luma(factors)


def _luma(like: Tensor) -> Tensor:
    return torch.tensor(LUMA, device=like.device)
