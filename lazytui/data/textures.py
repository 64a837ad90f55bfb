"""Background textures: how far every pixel departs from the flat background.

A departure is float32 in levels, 0 (the flat background) to 255 (its opposite), one a pixel: (n, 784). What is flat is
decided by the painting: full color where the background is colored, black where it isn't. All arithmetic is on raw
random bits, tables and exactly rounded operations, so that the bytes don't depend on the machine.
"""

from __future__ import annotations

import functools
import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lazytui.data.params import DatasetParams, Tier
from lazytui.data.streams import random_words, stream

SIDE = 28
PIXELS = SIDE * SIDE
LEVELS = np.float32(255)

Depth = NDArray[np.float32]

UNIFORM_RANGE = 0.6
"""A colored background keeps U[0.4, 1] of its color."""
LEVEL_RANGE = 0.5
STRIPE_AMPLITUDE = 0.03


class Noise(NamedTuple):
    """A noise tier: two probabilities, and ranges that an image draws from. sigma is in levels of 255."""

    noise: float
    sigma: tuple[float, float]
    lines: float
    amount: tuple[int, int]
    thickness: tuple[float, float]


TIERS: dict[Tier, Noise] = {
    "z": Noise(0, (0, 0), 0, (0, 0), (0, 0)),
    "e": Noise(0.7, (15, 25), 0.5, (1, 3), (1, 2)),
    "m": Noise(0.75, (17.5, 27.5), 0.55, (1, 3), (1.25, 2)),
    "h": Noise(0.8, (20, 30), 0.6, (2, 4), (1.5, 2.5)),
    "vh": Noise(0.85, (22.5, 32.5), 0.65, (2, 4), (1.75, 2.75)),
}
"""The tiers of study D: noise probability and sigma; line probability, count and thickness in pixels."""


def departures(n: int, params: DatasetParams, *key: str | int) -> Depth:
    """The summed textures of n images, (n, 784) float32 in [0, 255]; key names the stream they are drawn from.

    Each texture has a stream of its own, and the first images are the same for any n.
    """
    depth = np.zeros((n, PIXELS), np.float32)
    tier = TIERS.get(params.tier)
    if "level" in params.texture:
        depth += LEVEL_RANGE * LEVELS * stream(params.seed, "level", *key).random((n, 1)).astype(np.float32)
    if "uniform" in params.texture:
        depth += _uniform(n, stream(params.seed, "uniform", *key))
    if "stripes" in params.texture:
        depth += _stripes(n, stream(params.seed, "stripes", *key))
    sigma = _noise_sigma(n, params, tier, stream(params.seed, "sigma", *key))
    if sigma.any():
        depth += sigma * _normal(n, stream(params.seed, "gaussian", *key))
        np.abs(depth, out=depth)
    if "lines" in params.texture:
        _draw_lines(depth, TIERS["e"]._replace(lines=1), stream(params.seed, "lines", *key))
    if tier:
        _draw_lines(depth, tier, stream(params.seed, "tier lines", *key))
    return np.minimum(depth, LEVELS, out=depth)


def _uniform(n: int, generator: Generator) -> Depth:
    """Every whole level from 0 to 0.6 x 255, equally often (the painting rounds down)."""
    levels = np.float32(UNIFORM_RANGE * 255 + 1)
    return np.multiply(random_words(generator, n * PIXELS), levels / 65536, dtype=np.float32).reshape(n, PIXELS)


def _noise_sigma(n: int, params: DatasetParams, tier: Noise | None, generator: Generator) -> NDArray[np.float32]:
    """One standard deviation an image, in levels: (n, 1). Variances of the texture and of the tier add up."""
    variance = np.full(n, (params.sigma * 255) ** 2 if "gaussian" in params.texture else 0.0)
    if tier:
        happens, where = generator.random((n, 2)).T
        low, high = tier.sigma
        variance += np.where(happens < tier.noise, (low + (high - low) * where) ** 2, 0)
    return np.sqrt(variance).astype(np.float32)[:, None]


def _normal(n: int, generator: Generator) -> Depth:
    """Standard normal noise from 4096 equally likely quantiles."""
    return _normal_quantiles().take(random_words(generator, n * PIXELS) >> 4).reshape(n, PIXELS)


@functools.cache
def _normal_quantiles() -> NDArray[np.float32]:
    inverse = NormalDist().inv_cdf
    return np.array([inverse((index + 0.5) / 4096) for index in range(4096)], np.float32)


def _stripes(n: int, generator: Generator) -> Depth:
    """A sine wave an image, of random direction and phase and two to six periods a side, between 0 and 0.06 x 255.

    Phases are counted in 65536ths of a turn, so that whole numbers wrap around by themselves.
    """
    angle, periods, phase = generator.random((3, n)) if n else np.empty((3, 0))
    frequency = (2 + 4 * periods) * 65536 / SIDE
    across = np.round(frequency * np.cos(2 * np.pi * angle)).astype(np.int64)
    down = np.round(frequency * np.sin(2 * np.pi * angle)).astype(np.int64)
    start = np.floor(phase * 65536).astype(np.int64)
    steps = np.arange(SIDE)
    turn = start[:, None, None] + down[:, None, None] * steps[:, None] + across[:, None, None] * steps
    return _sine_levels().take((turn & 65535) >> 8).reshape(n, PIXELS)


@functools.cache
def _sine_levels() -> NDArray[np.float32]:
    turns = [math.sin(2 * math.pi * index / 256) for index in range(256)]
    return np.array([STRIPE_AMPLITUDE * 255 * (1 + value) for value in turns], np.float32)


def _draw_lines(depth: Depth, noise: Noise, generator: Generator) -> None:
    """Lay straight, antialiased lines over the images that get any, each at a gray level of its own."""
    n, most = len(depth), noise.amount[1]
    draws = generator.random((n, 2 + 6 * most)).astype(np.float32)
    low, high = noise.amount
    count = low + np.floor(draws[:, 1] * (high - low + 1))
    count[draws[:, 0] >= noise.lines] = 0
    for line in range(most):
        chosen = np.flatnonzero(line < count)
        ends_and_ink = draws[chosen, 2 + 6 * line : 8 + 6 * line]
        thickness = noise.thickness[0] + (noise.thickness[1] - noise.thickness[0]) * ends_and_ink[:, 4:5]
        cover = _line_cover(ends_and_ink[:, :4] * np.float32(SIDE - 1), thickness)
        ink = (0.25 + 0.75 * ends_and_ink[:, 5:6]) * LEVELS
        depth[chosen] += cover * (ink - depth[chosen])


def _line_cover(ends: NDArray[np.float32], thickness: NDArray[np.float32]) -> Depth:
    """How much of each pixel a segment covers, in [0, 1]: (n, 784). ends: (n, 4) x0, y0, x1, y1 in pixels."""
    y, x = np.divmod(np.arange(PIXELS, dtype=np.float32), np.float32(SIDE))
    x0, y0, x1, y1 = (ends[:, [column]] for column in range(4))
    dx, dy = x1 - x0, y1 - y0
    along = ((x - x0) * dx + (y - y0) * dy) / np.maximum(dx * dx + dy * dy, np.float32(1e-6))
    np.clip(along, 0, 1, out=along)
    distance = np.sqrt((x - x0 - along * dx) ** 2 + (y - y0 - along * dy) ** 2)
    return np.clip(thickness / 2 + np.float32(0.5) - distance, 0, 1)
