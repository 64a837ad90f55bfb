"""Painting: gray digits and color indices in, color images out, a whole split at a time.

Every pixel is `background * (1 - gray) + stroke * gray`, in whole numbers, so that the bytes are the same everywhere.
A split is painted in chunks that stay in the processor's cache; each has its own random stream, so that the bytes don't
depend on how many threads paint.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from lazytui.data.palettes import palette
from lazytui.data.params import DatasetParams
from lazytui.data.textures import PIXELS, departures

CHUNK = 256
_FULL = np.uint16(255)
_GRAY = (128, 128, 128)
_WHITE = (255, 255, 255)


def repaint(
    shapes: NDArray[np.uint8],
    colors: NDArray[np.uint8],
    params: DatasetParams,
    stream: str,
    *,
    threads: int | None = None,
) -> NDArray[np.uint8]:
    """Paint gray shapes in given colors: (n, 28, 28, 3) uint8.

    shapes: (n, 28, 28) uint8, white on black. colors: (n,) uint8, 0 to 9, or NO_COLOR.
    stream: names the randomness of the textures. Image i of a stream has the same texture whatever its color, so a
    split repainted under its own name changes in color alone.
    threads: how many paint at once (default: one a core).
    """
    images = np.empty((len(shapes), PIXELS, 3), np.uint8)
    strokes, backgrounds = paint_colors(params)

    def paint(start: int) -> None:
        part = slice(start, start + CHUNK)
        gray = shapes[part].reshape(-1, PIXELS)
        depth = departures(len(gray), params, stream, start // CHUNK).astype(np.uint16)
        light = depth if params.placement == "stroke" else _FULL - depth
        _composite(gray, light, strokes[colors[part]], backgrounds[colors[part]], images[part])

    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        list(pool.map(paint, range(0, len(shapes), CHUNK)))
    return images.reshape(-1, 28, 28, 3)


def paint_colors(params: DatasetParams) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """What the stroke and the background wear: two (11, 3) uint16, one row a color index, the last for NO_COLOR."""
    ten = palette(params.palette).colors
    white, black = (_WHITE,) * 11, ((0, 0, 0),) * 11
    strokes, backgrounds = {
        "stroke": ((*ten, _WHITE), white),
        "background": (white, (*ten, _GRAY)),
        "both": ((*ten, _WHITE), (*ten, _GRAY)),
        "none": (white, black),
    }[params.placement]
    halved = 2 if params.placement == "both" else 1
    return np.array(strokes, np.uint16), np.array(backgrounds, np.uint16) // halved


def _composite(
    gray: NDArray[np.uint8],
    light: NDArray[np.uint16],
    strokes: NDArray[np.uint16],
    backgrounds: NDArray[np.uint16],
    images: NDArray[np.uint8],
) -> None:
    """Mix n strokes over n backgrounds into images, (n, 784, 3).

    light: (n, 784), how bright the background is, 0 to 255; used up. The two weights of a pixel add up to at most 255, so every sum fits 16 bits.
    """
    ink = gray.astype(np.uint16)
    light *= _FULL - ink
    light //= _FULL
    mixed = np.empty_like(light)
    for channel in range(3):
        np.multiply(light, backgrounds[:, channel, None], out=mixed)
        mixed += ink * strokes[:, channel, None]
        mixed += np.uint16(127)
        mixed //= _FULL
        images[..., channel] = mixed
