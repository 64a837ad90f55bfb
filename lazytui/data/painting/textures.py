"""Textures under the digit: the deviation of every pixel from the flat background.

A departure, or depth, is a whole number of levels for every pixel, 0 (the flat background) to 255 (its opposite):
(n, 784) int16. What is flat is decided by the painting: full color where the background is colored, black where it
isn't. Everything comes from raw random bits, tables and rounding to whole levels, so that the bytes don't depend on the
machine.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lazytui.data.params import DatasetParams, Tier
from lazytui.data.random_streams import fill_random, stream

SIDE = 28
PIXELS = SIDE * SIDE

Depth = NDArray[np.int16]

UNIFORM_RANGE = 0.6
"""A colored background keeps U[0.4, 1] of its color."""
LEVEL_RANGE = 0.5
STRIPE_AMPLITUDE = 0.03
FAINTEST_LINE = 0.25


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

LINES = TIERS["e"]._replace(lines=1)
"""Of the texture `lines`."""


def lay_textures(depth: Depth, params: DatasetParams, *key: str | int) -> None:
    """Fill depth, (n, 784), with the summed textures of n images; key names the streams they are drawn from.

    Each texture has a stream of its own, and the first images are the same for any n.
    """

    def random(texture: str) -> Generator:
        return stream(params.seed, texture, *key)

    noisy = params.noise_layer == "under"
    tier = TIERS.get(params.tier) if noisy else None
    if "uniform" in params.texture:
        _lay_uniform(depth, random("uniform"))
    else:
        depth.fill(0)
    if "level" in params.texture:
        depth += np.floor(LEVEL_RANGE * 256 * random("level").random((len(depth), 1))).astype(np.int16)
    if "stripes" in params.texture:
        _add_stripes(depth, random("stripes"))
    if noisy and "gaussian" in params.texture:
        _add_noise(depth, np.full(len(depth), params.sigma * 255), random("gaussian"))
    if tier:
        _add_noise(depth, tier_sigma(len(depth), tier, random("tier sigma")), random("tier noise"))
    if noisy and "lines" in params.texture:
        _draw_lines(depth, LINES, random("lines"))
    if tier:
        _draw_lines(depth, tier, random("tier lines"))
    if tier or set(params.texture) - {"uniform"}:  # which alone stays in range, and painting it is to be fast
        np.clip(depth, np.int16(0), np.int16(255), out=depth)


def _lay_uniform(depth: Depth, generator: Generator) -> None:
    """Give every pixel one of 256 evenly spaced amounts from 0 to 0.6 x 255, rounded.

    Each random word serves two pixels, one in the upper and one in the lower half of the image.
    """
    levels = depth.view(np.uint16)
    upper, lower = levels[:, : PIXELS // 2], levels[:, PIXELS // 2 :]
    fill_random(lower, generator)
    np.bitwise_and(lower, np.uint16(255), out=upper)
    lower >>= np.uint16(8)
    levels *= np.uint16(round(UNIFORM_RANGE * 255))
    levels += np.uint16(127)
    levels //= np.uint16(255)


def tier_sigma(n: int, tier: Noise, generator: Generator) -> NDArray[np.float64]:
    """One standard deviation an image, in levels, (n,): 0 for the images that get no noise."""
    happens, where = generator.random((n, 2)).T
    low, high = tier.sigma
    return np.where(happens < tier.noise, low + (high - low) * where, 0)


def _add_noise(depth: Depth, sigma: NDArray[np.float64], generator: Generator) -> None:
    """Add N(0, sigma), drawn from 4096 equally likely quantiles; what falls below the flat background is reflected."""
    depth += normal_levels(depth.shape, generator, sigma)
    np.abs(depth, out=depth)


def normal_levels(shape: tuple[int, ...], generator: Generator, sigma: NDArray[np.float64]) -> Depth:
    """N(0, sigma), rounded: of a shape that begins with n, int16. sigma: (n,), in levels."""
    raw_bits = np.empty(shape, np.uint16)
    fill_random(raw_bits, generator)
    noise = _normal_quantiles().take(raw_bits >> 4)
    noise *= sigma.astype(np.float32).reshape(-1, *[1] * (len(shape) - 1))
    levels: Depth = np.rint(noise, out=noise).astype(np.int16)
    return levels


@functools.cache
def _normal_quantiles() -> NDArray[np.float32]:
    inverse = NormalDist().inv_cdf
    return np.array([inverse((index + 0.5) / 4096) for index in range(4096)], np.float32)


def _add_stripes(depth: Depth, generator: Generator) -> None:
    """Add a sine wave of random direction and phase, two to six periods a side, between 0 and 0.06 x 255.

    Phases are counted in 65536ths of a turn, so that whole numbers wrap around by themselves.
    """
    angle, periods, phase = generator.random((len(depth), 3)).T
    frequency = (2 + 4 * periods) * 65536 / SIDE
    across = np.rint(frequency * np.cos(2 * np.pi * angle)).astype(np.int64)
    down = np.rint(frequency * np.sin(2 * np.pi * angle)).astype(np.int64)
    start = np.floor(phase * 65536).astype(np.int64)
    steps = np.arange(SIDE)
    turn = start[:, None, None] + down[:, None, None] * steps[:, None] + across[:, None, None] * steps
    depth += _sine_levels().take((turn & 65535) >> 8).reshape(depth.shape)


@functools.cache
def _sine_levels() -> NDArray[np.int16]:
    turns = [math.sin(2 * math.pi * index / 256) for index in range(256)]
    return np.array([round(STRIPE_AMPLITUDE * 255 * (1 + value)) for value in turns], np.int16)


def _draw_lines(depth: Depth, noise: Noise, generator: Generator) -> None:
    """Lay straight, antialiased lines over the images that get any, each at a gray level of its own."""
    for indices, cover, ink in random_lines(len(depth), noise, generator, inks=1):
        depth[indices] = np.rint(
            depth[indices] * (1 - cover) + cover * 255 * (FAINTEST_LINE + (1 - FAINTEST_LINE) * ink)
        )


def random_lines(
    n: int, noise: Noise, generator: Generator, *, inks: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.float32]]]:
    """First lines of the images that have one, then second lines, and so on: m of n images a time.

    Yields their indices (m,), how much of each pixel the line covers (m, 784), and inks in [0, 1): (m, inks).
    """
    low, most = noise.amount
    width = 5 + inks
    draws = generator.random((n, 2 + width * most)).astype(np.float32)
    amount = low + np.floor(draws[:, 1] * (most - low + 1))
    amount[draws[:, 0] >= noise.lines] = 0
    for line in range(most):
        indices = np.flatnonzero(line < amount)
        start = 2 + width * line
        ends, thickness, ink = np.split(draws[indices, start : start + width], [4, 5], axis=1)
        thin, thick = noise.thickness
        yield indices, _line_cover(ends * (SIDE - 1), thin + (thick - thin) * thickness), ink


def _line_cover(ends: NDArray[np.float32], thickness: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of each pixel a segment covers, in [0, 1]: (n, 784). ends: (n, 4) x0, y0, x1, y1 in pixels."""
    y, x = np.divmod(np.arange(PIXELS, dtype=np.float32), np.float32(SIDE))
    x0, y0, x1, y1 = (ends[:, [column]] for column in range(4))
    dx, dy = x1 - x0, y1 - y0
    along = ((x - x0) * dx + (y - y0) * dy) / np.maximum(dx * dx + dy * dy, np.float32(1e-6))
    np.clip(along, 0, 1, out=along)
    distance = np.sqrt((x - x0 - along * dx) ** 2 + (y - y0 - along * dy) ** 2)
    return np.asarray(np.clip(thickness / 2 + np.float32(0.5) - distance, 0, 1))
