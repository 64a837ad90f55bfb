"""Small color images for display: with evidence overlaid, and resized."""

from __future__ import annotations

import io
from typing import cast

import numpy as np
from numpy.typing import NDArray

from lazytui.figures.colors import OPPOSES, SIGNS, SUPPORTS
from lazytui.figures.kinds import RGB, Pixels, Tone

_DIMMED = 0.55
_LUMA = np.array([0.2126, 0.7152, 0.0722])


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


def evidence_legend(figure: Pixels) -> list[tuple[RGB, str]]:
    """What the colors of the overlay mean: none where there is no overlay, evidence against only where some is."""
    if figure.overlay is None:
        return []
    against = [(OPPOSES, "- evidence against")] if (figure.overlay < 0).any() else []
    return [(SUPPORTS, "+ evidence for"), *against]


def overlay_evidence(images: NDArray[np.uint8], evidence: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Signed evidence (n, h, w) in [-1, 1] as color over the images (n, h, w, 3), which turn gray and dim.

    The opacity of the color is the size of the evidence; NaN counts as none.
    """
    gray = (images @ _LUMA * _DIMMED)[..., None]
    strength = np.clip(np.nan_to_num(evidence), -1.0, 1.0)[..., None]
    color = np.where(strength > 0, np.array(SUPPORTS, dtype=float), np.array(OPPOSES, dtype=float))
    opacity = np.abs(strength)
    return np.asarray(np.rint(gray * (1 - opacity) + color * opacity), dtype=np.uint8)


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


def area_means(image: NDArray[np.uint8] | NDArray[np.float32], height: int, width: int) -> NDArray[np.float64]:
    """The means of an image's values (h, w, ...) over height x width equal areas, exact where they cut pixels."""
    rows, columns = _shares(image.shape[0], height), _shares(image.shape[1], width)
    return np.asarray(np.einsum("yh,hw...,xw->yx...", rows, image.astype(np.float64), columns, optimize=True))


def lightness(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How light a person sees each pixel, 0 to 1: CIE L* of sRGB, divided by 100."""
    channels = image.astype(np.float64) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    y = linear @ _LUMA
    return np.asarray(np.where(y > 0.008856, 1.16 * np.cbrt(y) - 0.16, 9.033 * y))


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """The image (h, w, 3) as a PNG file, pixel by pixel; the same image gives the same bytes."""
    from PIL import Image  # only pictures and web pages need it

    output = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image)).save(output, format="PNG")
    return output.getvalue()
