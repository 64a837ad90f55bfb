"""What a perturbation is made of: its energy by channel, on the stroke and beside it, and how much is one color."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHANNELS = ("red", "green", "blue")


@dataclass(frozen=True)
class Composition:
    """Means over images of shares and levels; NaN where nothing was perturbed.

    signed: (3, 2) mean change of a channel, in shares of the range, on the stroke and on the background.
    energy: (3, 2) share of the squared change that lies in a channel, on the stroke and on the background; all six
    add up to 1. Where no stroke is known, the first of the two is the whole image, and the second NaN. color: the share
    of the energy that one color laid evenly over the whole image explains.
    """

    signed: NDArray[np.float64]
    energy: NDArray[np.float64]
    color: float


def channel_composition(changes: NDArray[np.floating], shapes: NDArray[np.uint8] | None) -> Composition:
    """changes: (n, h, w, 3) differences in [-1, 1]. shapes: (n, h, w), 255 where the pixel is all stroke; None where
    nobody knows."""
    changed = np.abs(changes).reshape(len(changes), -1).max(1, initial=0) > 0
    if not changed.any():
        return Composition(np.full((3, 2), np.nan), np.full((3, 2), np.nan), float("nan"))
    d = changes[changed].astype(np.float64)
    stroke = np.ones(d.shape[:3]) if shapes is None else shapes[changed] / 255.0
    regions = np.stack([stroke, 1 - stroke])  # (2, n, h, w)
    total = (d**2).sum((1, 2, 3))
    weights = regions.sum((2, 3)).clip(1e-9)
    signed = np.einsum("rnhw,nhwc->ncr", regions, d) / weights.T[:, None, :]
    energy = np.einsum("rnhw,nhwc->ncr", regions, d**2) / total[:, None, None]
    composition = Composition(signed.mean(0), energy.mean(0), float(color_share(d).mean()))
    if shapes is None:
        composition.signed[:, 1] = composition.energy[:, 1] = np.nan
    return composition


def color_share(changes: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n, h, w, 3) -> (n,): sum_c h w mean(d_c)^2 / |d|^2, 1 where every pixel changes by the same color; NaN for none.

    About 1 / (h w) for changes without any pattern.
    """
    d = changes.astype(np.float64)
    pixels = d.shape[1] * d.shape[2]
    with np.errstate(invalid="ignore"):
        share: NDArray[np.float64] = pixels * (d.mean((1, 2)) ** 2).sum(1) / (d**2).sum((1, 2, 3))
    return share
