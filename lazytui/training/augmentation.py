"""Geometric augmentation: every batch shows its images shifted, rotated and scaled by chance; colors stay."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional

from lazytui.training.loop_settings import LoopSettings


def augmented(images: Tensor, settings: LoopSettings, generator: Generator) -> Tensor:
    """Each image moved by itself (affine distortions, Simard et al. 2003); as it is where none is set.

    images: (n, 3, h, w) in [0, 1], channels_last, and so is what is returned. Uniform draws: a shift of either axis in
    +- `shift` sides, an angle in +- `rotation` degrees about the center, a factor in 1 +- `scale`. What comes in from
    beyond an edge is the pixel at that edge, so that its background keeps its color and no digit comes twice. Bilinear.
    """
    if not settings.augments:
        return images
    grid = functional.affine_grid(_maps(len(images), settings, generator), list(images.shape), align_corners=False)
    moved = functional.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return moved.contiguous(memory_format=torch.channels_last)


def augmentation_generator(seed: int, step: int, device: torch.device) -> Generator:
    """A function of seed and step, other than what methods draw from: a method draws the same with and without it."""
    return torch.Generator(device).manual_seed((seed * 1_000_003 + step + (1 << 40)) % 2**63)


def _maps(n: int, settings: LoopSettings, generator: Generator) -> Tensor:
    """(n, 2, 3): from a place in the moved image to the one that is shown there; a side is 2 long."""
    uniform = 2 * torch.rand(4, n, generator=generator, device=generator.device) - 1
    angles = math.radians(settings.rotation or 0) * uniform[0]
    factors = 1 + (settings.scale or 0) * uniform[1]
    across, up = -2 * (settings.shift or 0) * uniform[2:]
    cos, sin = angles.cos() / factors, angles.sin() / factors
    rows = (torch.stack((cos, sin, cos * across + sin * up), 1), torch.stack((-sin, cos, cos * up - sin * across), 1))
    return torch.stack(rows, 1)
