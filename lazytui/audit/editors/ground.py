"""The ground behind the object: its noise, its texture, its pattern, all of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.scene import LUMINANCE, Image, Scene, fill, luminance, once_per_scene, shows_ground

_SEED = 0
"""Of the phases of a ground that is made anew: the same for every image."""
_LITTLE = 0.15
"""Share of an image that may lie beside the object and not be its ground."""
_SILENT = 0.01
"""Amplitude below which differences don't count."""


def _noise(host: Scene, donor: Scene) -> Image:
    """Another ground with the donor's power at each frequency, the same in all directions."""
    if host is donor:
        return host.image
    return _with_spectrum(host, donor, _ring_amplitudes(donor)[ring_numbers(host.image.shape[:2])])


def _texture(host: Scene, donor: Scene) -> Image:
    """What departs from the ground's color, wherever it lies: half a side away, without what lies beside the object.
    Also where the donor's ground is the same: else a mark would stay with donors of the own class, and be moved with
    others."""
    if host is donor:
        return host.image
    half = [size // 2 for size in host.image.shape[:2]]
    moved = np.roll(_bare(donor) - donor.ground_color, half, (0, 1))
    return _with_ground(host, donor, host.ground_color + moved)


def _pattern(host: Scene, donor: Scene) -> Image:
    """What departs from the ground's color, pixel by pixel, in the host's color."""
    return _with_ground(host, donor, host.ground_color + _departure(donor))


def _background(host: Scene, donor: Scene) -> Image:
    return _with_ground(host, donor, donor.cleared)


@once_per_scene
def _bare(scene: Scene) -> Image:
    """The ground alone: without the object and the little that lies beside it, which would else be its texture. In a
    frame, more of the ground."""
    little = scene.second.mean() <= _LITTLE
    hole = ndimage.binary_dilation(scene.second) & little | scene.frame
    return fill(scene.cleared, hole, scene.ground_color, np.zeros_like(hole)) if hole.any() else scene.cleared


def _departure(scene: Scene) -> Image:
    return scene.cleared - scene.ground_color


def _with_ground(host: Scene, donor: Scene, ground: Image) -> Image:
    """The host's object on another ground; its frame, or what lies where the donor has one, stays."""
    kept = host.halo | host.frame | donor.frame
    return np.where(kept[..., None], host.image, ground).astype(np.float32)


def _with_spectrum(host: Scene, donor: Scene, amplitudes: NDArray[np.float64]) -> Image:
    """The host on a ground of its own color that departs from it with these amplitudes (h, w) and random phases.

    Phases of its own would keep what lies in one place there, such as a mark in a corner. A ground that has these
    amplitudes isn't spared: it would be with donors of the own class, and the mark be lost with others alone.
    """
    noise = np.fft.fft2(np.random.default_rng(_SEED).normal(size=amplitudes.shape))
    residual = np.fft.ifft2(amplitudes * np.exp(1j * np.angle(noise))).real
    return _with_ground(host, donor, np.asarray(host.ground_color + residual[..., None], np.float32))


def _amplitudes(scene: Scene) -> NDArray[np.float64]:
    """(h, w): of the ground's luminance about its color."""
    residual = luminance(scene.cleared) - float(scene.ground_color @ LUMINANCE)
    amplitudes: NDArray[np.float64] = np.abs(np.fft.fft2(residual))
    return amplitudes


@once_per_scene
def _ring_amplitudes(scene: Scene) -> NDArray[np.float64]:
    """(rings,): of the ground's luminance about its mean, by frequency. Only what is seen of it counts, as if the whole
    image were like that: where an object has been taken out, what is filled in repeats itself."""
    rings, seen = ring_numbers(scene.image.shape[:2]), ~(scene.halo | scene.second | scene.frame)
    if not seen.any():
        return np.zeros(int(rings.max()) + 1)
    residual = np.where(seen, scene.luminance - scene.luminance[seen].mean(), 0)
    power = np.abs(np.fft.fft2(residual)) ** 2 / seen.mean()
    return np.asarray(np.sqrt(np.bincount(rings.ravel(), power.ravel()) / np.bincount(rings.ravel())), np.float64)


def ring_numbers(shape: tuple[int, ...]) -> NDArray[np.int64]:
    """(h, w): of each frequency its distance from 0, rounded."""
    height, width = shape
    distance = np.hypot(np.fft.fftfreq(height)[:, None] * height, np.fft.fftfreq(width) * width)
    rings: NDArray[np.int64] = np.rint(distance).astype(np.int64)
    return rings


def _ring_levels(scene: Scene) -> NDArray[np.float64]:
    """(rings,): logarithm of the ground's amplitude in each ring of frequencies."""
    return np.asarray(np.log(_ring_amplitudes(scene)[1:] + _SILENT), np.float64)


def _spectrum(scene: Scene) -> NDArray[np.float64]:
    """Logarithm of the ground's amplitude at each frequency of the lower half."""
    rings = ring_numbers(scene.image.shape[:2])
    lower = (rings > 0) & (rings <= rings.max() // 2)
    return np.asarray(np.log(_amplitudes(scene)[lower] + _SILENT), np.float64)


def _thumbnail(image: Image) -> NDArray[np.float64]:
    """(192,): means over 8 x 8 parts of the image, by channel."""
    rows, columns = (np.array_split(np.arange(size), 8) for size in image.shape[:2])
    parts = [image[np.ix_(row, column)].mean((0, 1)) for row in rows for column in columns]
    return np.asarray(np.concatenate(parts), np.float64)


ENTRIES = (
    CueEditor(
        "noise",
        "the noise of the ground",
        16,
        _noise,
        needs_object=True,
        describe=_ring_levels,
        graded=True,
        room=shows_ground,
    ),
    CueEditor(
        "texture",
        "the texture of the ground",
        190,
        _texture,
        needs_object=True,
        describe=_spectrum,
        room=shows_ground,
    ),
    CueEditor(
        "pattern",
        "the pattern of the ground",
        784,
        _pattern,
        needs_object=True,
        describe=lambda scene: _thumbnail(_departure(scene)),
        room=shows_ground,
    ),
    CueEditor(
        "background",
        "the ground",
        785,
        _background,
        needs_object=True,
        describe=lambda scene: _thumbnail(scene.cleared),
        room=shows_ground,
    ),
)
