"""Cut-outs on photographs of grounds: the cue of the source `photos`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lazytui.data.image_cache import cached_arrays
from lazytui.data.image_files.image_folder import ImageFile
from lazytui.data.params import DatasetParams
from lazytui.data.random_streams import stream as random_stream
from lazytui.data.sources.photos import find_pictures

_CROPS = 96
"""Of each ground, at different places and sizes, some of them mirrored."""

_NARROWEST, _WIDEST = 0.35, 0.95
"""Of a crop, as a share of the photograph's shorter side."""

_NO_GROUND = 128
"""The gray behind an object without any."""


def paint_scenes(
    cut_outs: NDArray[np.uint8], values: NDArray[np.uint8], params: DatasetParams, name: str
) -> NDArray[np.uint8]:
    """(n, h, w, 3) uint8. cut_outs: (n, h, w, 4). values: (n,), as many as there are for none, which is gray.

    Image i of a stream has the crop of the same number whatever its value.
    """
    grounds = _ground_crops(params)
    which = (random_stream(params.seed, "scene", name).random(len(values)) * grounds.shape[1]).astype(int)
    painted = np.empty((*cut_outs.shape[:3], 3), np.uint8)
    for image, cut_out, value, crop in zip(painted, cut_outs, values, which, strict=True):
        image[:] = on_ground(cut_out, grounds[value, crop] if value < len(grounds) else _NO_GROUND)
    return painted


def on_ground(cut_outs: NDArray[np.uint8], ground: NDArray[np.uint8] | int = _NO_GROUND) -> NDArray[np.uint8]:
    """(..., h, w, 3) uint8: cut-outs (..., h, w, 4) over a ground of that shape, or a level of gray."""
    cover = cut_outs[..., 3:].astype(np.uint16)
    mixed: NDArray[np.uint8] = ((cut_outs[..., :3] * cover + ground * (255 - cover) + 127) // 255).astype(np.uint8)
    return mixed


def _ground_crops(params: DatasetParams) -> NDArray[np.uint8]:
    """(values, crops, height, width, 3) uint8."""
    side = params.content.height
    grounds = find_pictures(params.of_source).grounds.values()
    shape = (len(grounds), _CROPS, side, side, 3)
    files = [[[str(file.path), file.size, file.changed] for file in of_value] for of_value in grounds]

    def crop() -> list[NDArray[np.uint8]]:
        return [np.stack([_crops(of_value, side) for of_value in grounds])]

    (crops,) = cached_arrays({"grounds": files, "side": side}, [shape], crop)
    return crops


def _crops(files: Sequence[ImageFile], side: int) -> NDArray[np.uint8]:
    """(crops, side, side, 3): of the photographs in turn."""
    from PIL import Image, ImageOps

    from lazytui.data.image_files.picture_file import open_picture

    photographs = [open_picture(file.path, (0, 0, 0), links=False) for file in files]
    crops = []
    for turn, (size, across, down, mirrored) in enumerate(random_stream(0, "grounds").random((_CROPS, 4))):
        photograph = photographs[turn % len(photographs)]
        edge = (_NARROWEST + (_WIDEST - _NARROWEST) * size) * min(photograph.size)
        left, top = across * (photograph.width - edge), down * (photograph.height - edge)
        crop = photograph.resize((side, side), Image.Resampling.BOX, (left, top, left + edge, top + edge))
        crops.append(np.asarray(ImageOps.mirror(crop) if mirrored < 0.5 else crop))
    return np.stack(crops)
