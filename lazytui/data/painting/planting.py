"""Planting a cue in a whole split, a few hundred images at a time."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lazytui.data.cues import CUES
from lazytui.data.cues.base import Canvas
from lazytui.data.image_cache import cached_arrays, digest
from lazytui.data.params import DatasetParams
from lazytui.data.random_streams import stream
from lazytui.data.scenes import on_ground

CHUNK = 256
"""Images to a random stream. Another number would plant other bytes."""

_FEWEST = 2048
"""With fewer images, planting is as fast as the cache."""


def plant_cue(
    originals: NDArray[np.uint8], attributes: NDArray[np.uint8], params: DatasetParams, name: str
) -> NDArray[np.uint8]:
    """(n, height, width, 3) uint8, of originals as of `Split`.

    attributes: (n,) values of the cue, or as many as there are for none, which leaves an image as it is. name: of the
    random stream. Image i of a stream has the same randomness whatever its value.
    """
    cue, count = CUES[params.planted_cue], len(params.content.values)
    level = params.cue_level or cue.first_level
    images, covers = in_color(originals)
    planted = images.copy()

    def draw(chunk: int, purpose: str) -> Generator:
        return stream(params.seed, "cue", purpose, name, chunk)

    def plant(chunk: int) -> None:
        part = slice(chunk * CHUNK, (chunk + 1) * CHUNK)
        objects = None if covers is None else np.asarray(covers[part] / 255, np.float32)
        labeled = attributes[part] < count
        values = np.where(labeled, attributes[part], 0).astype(np.uint8)
        painted = cue.paint(Canvas(images[part], objects, level), values, count, partial(draw, chunk))
        planted[part][labeled] = painted[labeled]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(plant, range(-(-len(originals) // CHUNK))))
    return planted


def in_color(originals: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """(n, h, w, 3) uint8, and how much of each pixel is the object, (n, h, w) uint8, where that is known."""
    if originals.ndim == 3:
        return np.repeat(originals[..., None], 3, axis=3), originals
    return (on_ground(originals), originals[..., 3]) if originals.shape[3] == 4 else (originals, None)


def plant_cached(
    originals: NDArray[np.uint8], attributes: NDArray[np.uint8], params: DatasetParams, name: str
) -> NDArray[np.uint8]:
    """The same, cached. Don't modify it."""
    if len(originals) < _FEWEST:
        return plant_cue(originals, attributes, params, name)
    decisive = {
        "planted": params.planted_cue,
        "level": params.cue_level,
        "values": len(params.content.values),
        "in": digest(originals, attributes),
        "seed": params.seed,
        "stream": name,
    }
    shape = (*originals.shape[:3], 3)
    (planted,) = cached_arrays(decisive, [shape], lambda: [plant_cue(originals, attributes, params, name)])
    return planted
