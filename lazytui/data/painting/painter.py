"""Painting: gray digits and color indices in, color images out, a whole split at a time.

Every pixel is `background * (1 - gray) + stroke * gray`, in whole numbers, so that the bytes are the same everywhere;
noise may lie over it.
A split is painted in chunks that stay in the processor's cache; each has its own random stream, so that the bytes don't
depend on how many threads paint.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from lazytui.data.painting.noise_over import Layer, layers_over
from lazytui.data.painting.textures import PIXELS, lay_textures
from lazytui.data.palettes import palette
from lazytui.data.params import DatasetParams

Levels = NDArray[np.uint16]

CHUNK = 512
"""Images to a random stream. Another number would paint other bytes."""

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
    """Paint gray shapes in given colors: (n, 28, 28, 3) uint8, in memory plane by plane, which is twice as fast.

    shapes: (n, 28, 28) uint8, white on black. colors: (n,) uint8, 0 to 9, or NO_COLOR.
    stream: names the randomness of the textures. Image i of a stream has the same texture whatever its color, so a
    split repainted under its own name changes in color alone.
    threads: how many paint at once (default: one a core).
    """
    planes = np.empty((len(shapes), 3, PIXELS), np.uint8)
    strokes, backgrounds = paint_colors(params)
    workers = threads or os.cpu_count() or 1

    def paint(worker: int) -> None:
        # The room is kept from chunk to chunk, since fresh memory costs more than painting.
        single, triple = np.empty((2, CHUNK, PIXELS), np.uint16), np.empty((2, CHUNK, 3, PIXELS), np.uint16)
        for chunk in range(worker, -(-len(shapes) // CHUNK), workers):
            part = slice(chunk * CHUNK, (chunk + 1) * CHUNK)
            gray, light = single[:, : len(shapes[part])]
            gray[:] = shapes[part].reshape(-1, PIXELS)
            lay_textures(light.view(np.int16), params, stream, chunk)
            if params.placement != "stroke":
                np.subtract(_FULL, light, out=light)
            room = triple[:, : len(gray)]
            _composite(gray, light, room, strokes[colors[part]], backgrounds[colors[part]], planes[part])
            for layer in layers_over(len(gray), params, stream, chunk):
                layer.lay(planes[part])

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(paint, range(workers)))
    return planes.reshape(-1, 3, 28, 28).transpose(0, 2, 3, 1)


def paint_colors(params: DatasetParams) -> tuple[Levels, Levels]:
    """Colors of stroke and background: two (11, 3) uint16, a row for each color index; the last is NO_COLOR."""
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
    gray: Levels, light: Levels, room: Levels, strokes: Levels, backgrounds: Levels, planes: NDArray[np.uint8]
) -> None:
    """Mix n strokes over n backgrounds into planes, (n, 3, 784).

    gray, light: (n, 784), 0 to 255, how much stroke there is and how bright the background; light is used up.
    room: (2, n, 3, 784) to work in. strokes, backgrounds: (n, 3), their colors. The weights of stroke and background
    add up to at most 255 in every pixel, so that no sum exceeds 16 bits.

    All channels at once: threads wait for each other between the steps.
    """
    mixed, inked = room
    light *= np.subtract(_FULL, gray, out=mixed[:, 0])
    light //= _FULL
    np.multiply(light[:, None], backgrounds[:, :, None], out=mixed)
    if (strokes == strokes[:, :1]).all():  # white: one channel is as good as three
        strokes, inked = strokes[:, :1], inked[:, :1]
    np.multiply(gray[:, None], strokes[:, :, None], out=inked)
    inked += np.uint16(127)
    mixed += inked
    mixed //= _FULL
    planes[:] = mixed


def background_light(params: DatasetParams, stream: str, index: int) -> NDArray[np.uint8]:
    """How bright the background of image `index` of a stream is, (28, 28) uint8: what `repaint` mixes it with."""
    chunk, number = divmod(index, CHUNK)
    light = np.empty((number + 1, PIXELS), np.int16)
    lay_textures(light, params, stream, chunk)
    last = light[-1] if params.placement == "stroke" else 255 - light[-1]
    return np.asarray(last.reshape(28, 28), np.uint8)


def noise_over(params: DatasetParams, stream: str, index: int) -> tuple[Layer, ...]:
    """What lies over image `index` of a stream: what `repaint` lays over it."""
    chunk, number = divmod(index, CHUNK)
    return tuple(layer.of(number) for layer in layers_over(number + 1, params, stream, chunk))


def composite(
    gray: NDArray[np.uint8], light: NDArray[np.uint8], stroke: tuple[int, int, int], background: object
) -> NDArray[np.uint8]:
    """One stroke over one background by the same whole numbers: (28, 28, 3) uint8.

    gray, light: (28, 28) uint8, how much stroke there is and how bright the background. stroke: its color. background:
    a color, or (28, 28, 3) uint8.
    """
    ink, behind = gray[..., None].astype(np.uint16), np.asarray(background, np.uint16)
    weight = light[..., None].astype(np.uint16) * (_FULL - ink) // _FULL
    mixed: NDArray[np.uint8] = ((weight * behind + ink * np.array(stroke, np.uint16) + np.uint16(127)) // _FULL).astype(
        np.uint8
    )
    return mixed


def pure_patches(params: DatasetParams) -> NDArray[np.uint8]:
    """(10, height, width, 3) uint8: images of one flat color each, the palette's."""
    size = params.content.height, params.content.width
    return np.broadcast_to(palette(params.palette).rgb[:, None, None], (10, *size, 3)).copy()
