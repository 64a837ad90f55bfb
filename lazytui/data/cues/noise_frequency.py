"""The spatial frequency of noise."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values, spread, to_levels

_SIGMA = 25.0
"""Standard deviation of the noise, in levels."""

_LOWEST, _HIGHEST = 1.5, 0.45
"""Periods an image, and a pixel."""


def _paint(canvas: Canvas, values: Values, count: int, draw: Draw) -> Images:
    height, width = canvas.images.shape[1:3]
    white = draw("noise").standard_normal((len(canvas), height, width), np.float32)
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)) * canvas.side
    middle = _frequencies(count, canvas.side)[:, None, None]
    width_of_band = max(0.7, float(middle[-1, 0, 0] - middle[0, 0, 0]) / count / 2)
    bands = np.exp(-0.5 * ((frequency - middle) / width_of_band) ** 2)
    noise = np.fft.irfft2(np.fft.rfft2(white) * bands[values], s=(height, width))
    noise *= _SIGMA / np.maximum(noise.std((1, 2), keepdims=True), 1e-9)
    base = 2 * _SIGMA if canvas.objects is not None else 0  # on black, which would cut half of it off
    return to_levels(canvas.images + (noise[..., None] + base) * canvas.ground)


def _frequencies(count: int, side: int) -> np.ndarray:
    return spread(_LOWEST, _HIGHEST * side, count)


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"noise {value}" for value in range(1, count + 1))


ENTRY = Cue("noise-frequency", "noise of one spatial frequency, from coarse to fine", "noise", _names, _paint, 10)
