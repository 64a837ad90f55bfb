"""Small color images for display: with evidence overlaid, and resized."""

from __future__ import annotations

import io
from typing import cast

import numpy as np
from numpy.typing import NDArray

from lazytui.figures.colors import OPPOSES, SIGNS, SUPPORTS
from lazytui.figures.image_shapes import shape_strengths
from lazytui.figures.kinds import Pixels, Tone

_LIGHTEST = 140.0
"""Of the gray in which an image's shape stands under its evidence."""
_OPAQUE = 0.75
"""How much of the gray the strongest evidence covers: the shape is seen through it."""


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


def evidence_scale(figure: Pixels) -> list[tuple[float, str]]:
    """The strengths that the scale of an overlay goes through, each with what stands there; none without an overlay.

    Below zero only where there is evidence against.
    """
    if figure.overlay is None:
        return []
    largest = "max" if figure.overlay_max is None else f"{figure.overlay_max:.2g}"
    if (figure.overlay < 0).any():
        return [(-1.0, f"against -{largest}"), (0.0, "0"), (1.0, f"{largest} for")]
    return [(0.0, "evidence 0"), (1.0, largest)]


def evidence_colors(strengths: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The colors (n, 3) of evidence (n,) in [-1, 1] on the ground of an image."""
    return _colored_evidence(np.zeros(strengths.shape), strengths)


def overlay_evidence(images: NDArray[np.uint8], evidence: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Signed evidence (n, h, w) in [-1, 1] as color over the images (n, h, w, 3), of which the shapes stand in gray.

    The opacity of the color is the size of the evidence; NaN counts as none.
    """
    return _colored_evidence(_LIGHTEST * shape_strengths(images), evidence)


def _colored_evidence(gray: NDArray[np.float64], evidence: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Evidence (...) over gray (...), 0 to 255, as colors (..., 3)."""
    strength = np.clip(np.nan_to_num(evidence), -1.0, 1.0)[..., None]
    color = np.where(strength > 0, np.array(SUPPORTS, dtype=float), np.array(OPPOSES, dtype=float))
    opacity = _OPAQUE * np.abs(strength)
    return np.asarray(np.rint(gray[..., None] * (1 - opacity) + color * opacity), dtype=np.uint8)


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
