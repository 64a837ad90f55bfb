"""Small color images for display: with evidence overlaid, and resized."""

from __future__ import annotations

import io
from typing import cast

import numpy as np
from numpy.typing import NDArray

from lazytui.figures.colors import OPPOSES, SIGNS
from lazytui.figures.image_shapes import shape_strengths
from lazytui.figures.kinds import Pixels, Tone

IN_COLOR = ", in color"
"""What the scale of an overlay says of its strongest evidence: there the image has its own color."""
_DARKEST, _LIGHTEST = 76.0, 160.0
"""Of the gray in which an image's ground and what stands out of it are veiled where there is no evidence."""
_THROUGH = 0.1
"""How much of an image's own color is seen through the veil."""
_OPAQUE = 0.65
"""How much of the veil the strongest evidence against covers: the shape is seen through it."""


def images_with_overlay(figure: Pixels) -> NDArray[np.uint8]:
    """The figure's images, (n, h, w, 3) uint8, with its evidence overlaid, if any."""
    if figure.overlay is None:
        return figure.images
    return overlay_evidence(figure.images, figure.overlay)


def captions_with_tones(figure: Pixels) -> list[tuple[str, Tone]]:
    """For each image its caption, led by its tone's sign, and the tone; empty captions where there are none."""
    count = len(figure.images)
    captions = figure.captions or ("",) * count
    tones: tuple[Tone, ...] = figure.tones or cast(tuple[Tone, ...], ("plain",) * count)
    return [(f"{SIGNS[tone]} {text}".strip(), tone) for text, tone in zip(captions, tones, strict=True)]


def image_scale(figure: Pixels) -> list[tuple[float, str]]:
    """The strengths that the scale below the images goes through, each with what stands there; none without a scale.

    Below zero only where there is evidence against.
    """
    if figure.white is not None:
        return [(0.0, "0"), (1.0, f"{figure.white:.3g}")]
    if figure.overlay is None:
        return []
    largest = "max" if figure.overlay_max is None else f"{figure.overlay_max:.2g}"
    if (figure.overlay < 0).any():
        return [(-1.0, f"against -{largest}"), (0.0, "0"), (1.0, f"{largest} for{IN_COLOR}")]
    return [(0.0, "evidence 0"), (1.0, f"{largest}{IN_COLOR}")]


def scale_colors(figure: Pixels, strengths: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The colors (n, 3) of strengths (n,) on the scale of a figure."""
    if figure.white is None:
        return evidence_colors(strengths)
    return np.repeat(np.rint(255 * strengths)[:, None], 3, axis=1).astype(np.uint8)


def evidence_colors(strengths: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The colors (n, 3) of evidence (n,) in [-1, 1] on white ground."""
    return _veiled(np.full((*strengths.shape, 3), 255, dtype=np.uint8), np.zeros(strengths.shape), strengths)


def overlay_evidence(images: NDArray[np.uint8], evidence: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Images (n, h, w, 3) in their own colors where signed evidence (n, h, w) in [-1, 1] is strong, veiled elsewhere.

    Without evidence the shape stands in gray; evidence against is blue. NaN: there is no map, and nothing is veiled.
    """
    return _veiled(images, shape_strengths(images), evidence)


def _veiled(
    images: NDArray[np.uint8], shapes: NDArray[np.float64], evidence: NDArray[np.floating]
) -> NDArray[np.uint8]:
    """Colors (..., 3) under evidence (...). shapes: (...) in [0, 1], how far a pixel stands out of its ground."""
    strength = np.clip(np.where(np.isnan(evidence), 1.0, evidence), -1.0, 1.0)[..., None]
    gray = (_DARKEST + (_LIGHTEST - _DARKEST) * shapes)[..., None]
    own, against = _THROUGH + (1 - _THROUGH) * np.maximum(strength, 0), _OPAQUE * np.maximum(-strength, 0)
    colors = images * own + gray * (1 - own)
    return np.asarray(np.rint(colors * (1 - against) + np.array(OPPOSES) * against), dtype=np.uint8)


def _shares(size: int, parts: int) -> NDArray[np.float64]:
    """(parts, size): the share each of `size` pixels has in each of `parts` equal stretches of them."""
    ends = np.arange(parts + 1) * (size / parts)
    pixels = np.arange(size)
    overlap = np.minimum(ends[1:, None], pixels + 1) - np.maximum(ends[:-1, None], pixels)
    shares = np.clip(overlap, 0.0, None)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float64)


def resize_image(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """The image (h, w, 3) at another size: each new pixel is the mean of the area that it covers."""
    if image.shape[:2] == (height, width):
        return image
    return np.asarray(np.rint(area_means(image, height, width)), dtype=np.uint8)


def area_means(image: NDArray[np.uint8] | NDArray[np.floating], height: int, width: int) -> NDArray[np.float64]:
    """The means of an image's values (h, w, ...) over height x width equal areas, exact where they cut pixels."""
    rows, columns = _shares(image.shape[0], height), _shares(image.shape[1], width)
    return np.asarray(np.einsum("yh,hw...,xw->yx...", rows, image.astype(np.float64), columns, optimize=True))


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """The image (h, w, 3) as a PNG file, pixel by pixel; the same image gives the same bytes."""
    from PIL import Image  # only pictures and web pages need it

    output = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image)).save(output, format="PNG")
    return output.getvalue()
