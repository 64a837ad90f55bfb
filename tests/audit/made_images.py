"""Images of which every property is known: a bright shape on a colored, noisy ground."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SIDE = 32


@dataclass(frozen=True)
class Look:
    """color: of the ground, 0 to 1. level: of the object, times tint. center and radius in pixels; long: times that, of
    the axis that is turned from downward by so many radians. slope: of the ground's level from above to below; dark:
    what the corners lack. noise: its amplitude; sigma: of
    a blur. mark: the level of a square in the lower right corner; frame: of a frame. seed: of the noise."""

    color: tuple[float, float, float] = (0.25, 0.25, 0.25)
    level: float = 0.8
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    center: tuple[float, float] = (15.0, 15.0)
    radius: float = 5.0
    long: float = 1.0
    turned: float = 0.0
    slope: float = 0.0
    dark: float = 0.0
    noise: float = 0.0
    sigma: float = 0.0
    mark: float | None = None
    frame: float | None = None
    seed: int = field(default=0, compare=False)


def made(look: Look) -> NDArray[np.float32]:
    """(32, 32, 3) float32, 0 to 1."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    image = np.broadcast_to(np.array(look.color, np.float64), (SIDE, SIDE, 3)).copy()
    image += look.noise * np.random.default_rng(look.seed).normal(size=(SIDE, SIDE, 1))
    down, across = (rows - 15.5) / 15.5, (columns - 15.5) / 15.5
    image += (look.slope * down / 2 - look.dark * (down**2 + across**2) / 2)[..., None]
    rows, columns = rows - look.center[0], columns - look.center[1]
    along = (np.cos(look.turned) * rows + np.sin(look.turned) * columns) / look.long
    beside = (np.cos(look.turned) * columns - np.sin(look.turned) * rows) * look.long
    image[np.hypot(along, beside) <= look.radius] = look.level * np.array(look.tint)
    if look.mark is not None:
        image[-6:-2, -6:-2] = look.mark
    if look.frame is not None:
        image[:3] = image[-3:] = image[:, :3] = image[:, -3:] = look.frame
    if look.sigma:
        image = ndimage.gaussian_filter(image, (look.sigma, look.sigma, 0))
    return np.asarray(np.clip(image, 0, 1), np.float32)
