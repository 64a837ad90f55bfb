"""Twelve cues that no editor of the audit is called after, and which names would be right for each: for `audit_limits`.

What is right was written down before anything was audited: a property that contains the cue, is the same thing under
another name, or the place where it lies. Silence is acceptable, as the audit says that it misses properties without an
editor. Any other name that comes first is wrong.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.planted_images import CELLS
from lazytui.data.cues.base import Draw, to_levels

Images = NDArray[np.uint8]
Values = NDArray[np.uint8]
Floats = NDArray[np.float32]

EVERY_CELL = tuple(CELLS)
GROUND = ("background", "pattern", "texture")
"""Whatever is on the ground is contained in these."""

MIDDLE = 90.0
"""Gray level of a ground that can be darkened and brightened."""


@dataclass(frozen=True)
class Invented:
    """right: names that are right. kinds: how many of the ten values look different."""

    paint: Callable[[Images, Values, Draw], Images]
    right: tuple[str, ...]
    kinds: int = 10


def _in_color(gray: NDArray[np.generic]) -> Images:
    return np.repeat(to_levels(np.asarray(gray, np.float32))[..., None], 3, axis=3)


def _angles(values: Values) -> Floats:
    """(n,) around the circle."""
    return np.asarray(2 * np.pi * values / 10, np.float32)


def _grid() -> tuple[Floats, Floats]:
    """(28, 28) down and across from the middle, in pixels."""
    down, across = np.meshgrid(*[np.arange(28, dtype=np.float32) - 13.5] * 2, indexing="ij")
    return down, across


def _along(values: Values) -> Floats:
    """(n, 28, 28) how far a pixel lies in the direction of each value, in pixels."""
    down, across = _grid()
    angles = _angles(values)[:, None, None]
    return np.asarray(np.cos(angles) * across + np.sin(angles) * down, np.float32)


def _moved(shapes: NDArray[np.generic], down: Floats, across: Floats) -> Floats:
    """(n, 28, 28) each image moved by so many pixels, black where nothing comes from."""
    from scipy.ndimage import shift

    pairs = zip(np.asarray(shapes, np.float32), down, across, strict=True)
    return np.stack([shift(image, (y, x), order=1, cval=0.0) for image, y, x in pairs])


def _moved_along(shapes: NDArray[np.generic], values: Values, pixels: float) -> Floats:
    angles = _angles(values)
    return _moved(shapes, np.asarray(pixels * np.sin(angles)), np.asarray(pixels * np.cos(angles)))


def _over(shapes: Images, ground: Floats | float, level: float = 255.0) -> Floats:
    """Shapes of one gray level over a ground."""
    cover = shapes / np.float32(255)
    return np.asarray(ground * (1 - cover) + level * cover, np.float32)


def thickness(shapes: Images, values: Values, _draw: Draw) -> Images:
    """From strokes eroded by a pixel over those as they are to those dilated twice."""
    from scipy.ndimage import grey_dilation, grey_erosion

    once = grey_dilation(shapes, (1, 3, 3))
    steps = np.stack([grey_erosion(shapes, (1, 2, 2)), shapes, once, grey_dilation(once, (1, 3, 3))]).astype(np.float32)
    at = np.linspace(0, 2.999, 10)[values]
    lower, share = at.astype(int), (at % 1)[:, None, None]
    rows = np.arange(len(shapes))
    return _in_color(steps[lower, rows] * (1 - share) + steps[lower + 1, rows] * share)


def slant(shapes: Images, values: Values, _draw: Draw) -> Images:
    """Sheared by up to 35 degrees to either side."""
    from scipy.ndimage import affine_transform

    shears = np.tan(np.radians(np.linspace(-35, 35, 10)))[values]
    sheared = [
        affine_transform(image.astype(np.float32), [[1, 0], [shear, 1]], (0, -13.5 * shear), order=1)
        for image, shear in zip(shapes, shears, strict=True)
    ]
    return _in_color(np.stack(sheared))


def mirroring(shapes: Images, values: Values, _draw: Draw) -> Images:
    """As it is, mirrored across, mirrored down, or both: four kinds."""
    mirrored = np.where((values % 2 == 1)[:, None, None], shapes[:, :, ::-1], shapes)
    return _in_color(np.where((values % 4 > 1)[:, None, None], mirrored[:, ::-1], mirrored))


def blockiness(shapes: Images, values: Values, draw: Draw) -> Images:
    """JPEG of a quality of 95 to 4, of shapes over a mottled ground."""
    from PIL import Image

    ground = MIDDLE + draw("mottles").normal(0, 15, shapes.shape)
    images = to_levels(_over(shapes, np.asarray(ground, np.float32), 220))
    qualities = np.geomspace(95, 4, 10).round().astype(int)[values]
    pressed = []
    for image, quality in zip(images, qualities, strict=True):
        file = io.BytesIO()
        Image.fromarray(image).save(file, "JPEG", quality=int(quality))
        pressed.append(np.asarray(Image.open(file).convert("L")))
    return _in_color(np.stack(pressed))


def object_texture(shapes: Images, values: Values, draw: Draw) -> Images:
    """Stripes of one of ten directions on the object alone, drawn thicker for them to be seen."""
    from scipy.ndimage import grey_dilation

    thick = grey_dilation(shapes, (1, 3, 3))
    down, across = _grid()
    angles = (np.pi * values / 10)[:, None, None]
    phase = draw("phase").random(len(shapes))[:, None, None]
    stripes = np.sin(2 * np.pi * ((np.cos(angles) * across + np.sin(angles) * down) / 4 + phase))
    return _in_color(thick * (0.6 + 0.4 * stripes))


def color_fringe(shapes: Images, values: Values, _draw: Draw) -> Images:
    """The red channel lies 1.5 pixels off in one of ten directions."""
    images = np.repeat(shapes[..., None], 3, axis=3)
    images[..., 0] = to_levels(_moved_along(shapes, values, 1.5))
    return images


def faint_line(shapes: Images, values: Values, draw: Draw) -> Images:
    """A line behind the object, at one of ten angles, up to four pixels from the middle."""
    down, across = _grid()
    angles = (np.pi * values / 10)[:, None, None]
    off = draw("off").uniform(-4, 4, len(shapes))[:, None, None]
    distance = np.abs(np.cos(angles) * down - np.sin(angles) * across - off)
    return _in_color(_over(shapes, np.asarray(90 * np.clip(1.2 - distance, 0, 1), np.float32)))


def drop_shadow(shapes: Images, values: Values, _draw: Draw) -> Images:
    """A dark shadow 2.5 pixels off in one of ten directions, on gray."""
    shadow = _moved_along(shapes, values, 2.5) / 255
    return _in_color(_over(shapes, np.asarray(MIDDLE * (1 - 0.9 * shadow), np.float32)))


def ground_gradient(shapes: Images, values: Values, draw: Draw) -> Images:
    """The ground becomes brighter in one of ten directions, from a level that varies."""
    level = MIDDLE + draw("level").uniform(-25, 25, len(shapes))[:, None, None]
    return _in_color(_over(shapes, np.asarray(level + 3 * _along(values), np.float32)))


def posterization(shapes: Images, values: Values, draw: Draw) -> Images:
    """Two to 32 gray levels, of shapes over a ground with a gradient of any direction."""
    anywhere = draw("direction").integers(0, 10, len(shapes), np.uint8)
    images = _over(shapes, np.asarray(MIDDLE + 3 * _along(anywhere), np.float32), 230)
    steps = (np.geomspace(2, 32, 10).round() - 1)[values][:, None, None]
    return _in_color(np.rint(images / 255 * steps) / steps * 255)


def motion_blur(shapes: Images, values: Values, _draw: Draw) -> Images:
    """Smeared over seven pixels in one of ten directions of half a circle."""
    angles = np.pi * values / 10
    places = np.linspace(-3, 3, 7)
    smeared = [_moved(shapes, np.asarray(at * np.sin(angles)), np.asarray(at * np.cos(angles))) for at in places]
    return _in_color(np.mean(smeared, axis=0) * 1.6)


def ghost(shapes: Images, values: Values, _draw: Draw) -> Images:
    """The same object once more, faint, six pixels off in one of ten directions."""
    return _in_color(np.maximum(shapes, 0.4 * _moved_along(shapes, values, 6)))


INVENTED = {
    "thickness": Invented(thickness, ("ink",)),
    "slant": Invented(slant, ("rotation", "proportions")),
    "mirroring": Invented(mirroring, ("rotation",), kinds=4),
    "blockiness": Invented(blockiness, (*GROUND, "noise", "blur")),
    "object-texture": Invented(object_texture, ("texture", "pattern")),
    "color-fringe": Invented(color_fringe, (*GROUND, "hue", "object hue", "ground hue", "light direction")),
    "faint-line": Invented(faint_line, (*GROUND, *EVERY_CELL, "border", "second object")),
    "drop-shadow": Invented(drop_shadow, (*GROUND, *EVERY_CELL, "light direction", "second object")),
    "ground-gradient": Invented(ground_gradient, (*GROUND, *EVERY_CELL, "light direction", "border")),
    "posterization": Invented(posterization, (*GROUND, "noise", "blur", "contrast")),
    "motion-blur": Invented(motion_blur, (*GROUND, "blur")),
    "ghost": Invented(ghost, (*GROUND, *EVERY_CELL, "second object")),
}
