"""Images made smaller, on an empty ground of the old size: what the cues scale and position have in common."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Images


def shrunk(image: Images, share: float, offset: tuple[float, float], empty: int) -> Images:
    """(h, w, 3) uint8, the whole image at a share of its size. offset: (down, across) in the room left, 0 to 1."""
    from PIL import Image

    height, width = image.shape[:2]
    smaller = max(1, round(share * height)), max(1, round(share * width))
    top, left = (round(at * (full - small)) for at, full, small in zip(offset, (height, width), smaller, strict=True))
    ground = np.full_like(image, empty)
    inner = Image.fromarray(image).resize(smaller[::-1], Image.Resampling.BILINEAR)
    ground[top : top + smaller[0], left : left + smaller[1]] = np.asarray(inner)
    return ground
