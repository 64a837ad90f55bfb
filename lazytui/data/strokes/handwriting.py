"""The source `strokes`: digits that a varied hand draws from pen skeletons, without any download."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng
from numpy.typing import ArrayLike, NDArray

from lazytui.data.source_images import Part, SourceImages, WholeSource
from lazytui.data.strokes.rasterize import BOX, rasterize
from lazytui.data.strokes.skeletons import Pens, load_pens
from lazytui.errors import UsageError

Float = NDArray[np.float64]

CHUNK = 250
"""SourceImages drawn at a time, each chunk from a stream of its own."""

_SPLITS: tuple[Part, Part] = ("train", "test")
"""A split's place here is part of its streams' key."""

BROADEST = 0.15 * BOX
"""The broadest pen: half its width in pixels."""


@dataclass(frozen=True)
class HandVariation:
    """How much a hand varies: standard deviations, in heights of a digit unless said otherwise."""

    haste: float = 0.4  # of the logarithm of a factor on jitter, lift and wave: some digits are neat, some are not
    jitter: float = 0.029  # of every control point
    lift: float = 0.025  # of a whole stroke against the others
    wave: float = 0.023  # of the elastic warp, in each of its waves
    taper: float = 0.1  # of the top's width against the foot's, relative
    sag: float = 0.1  # of the height of the middle: large heads against large bellies
    bow: float = 0.045  # of a bend of the whole digit
    aspect: float = 0.18  # of log(width / height)
    slant: float = 0.23  # of the shear, in widths a height
    lean: float = 0.1  # the mean shear: to the right
    turn: float = 0.08  # of the rotation, in radians
    radius: float = 1.18  # median half width of the stroke, in pixels
    spread: float = 0.25  # of its logarithm from digit to digit
    pressure: float = 0.08  # of its logarithm along the stroke
    rough: float = 0.05  # of its logarithm from one pen position to the next


HAND = HandVariation()


def strokes(*, train: int = 60_000, test: int = 10_000, seed: int = 0, threads: int | None = None) -> WholeSource:
    """SourceImages drawn from pen skeletons by MNIST's conventions: same arguments, same bytes, in any process.

    train, test: how many digits of each split. Raises UsageError as `draw_split` does, before any is drawn.
    """
    for size in (train, test):
        _require_possible(size, seed)
    return WholeSource("strokes", draw_split("train", train, seed, threads), draw_split("test", test, seed, threads))


def draw_split(part: Part, size: int, seed: int = 0, threads: int | None = None) -> SourceImages:
    """The first digits of one split.

    Every 250 hold 25 of each digit in random order; a smaller split is the beginning of a larger one, and the two
    splits come from independent streams.
    threads: how many draw at once (default: one a core); the digits don't depend on it.
    Raises UsageError for sizes below 1 or a negative seed.
    """
    _require_possible(size, seed)
    split = _SPLITS.index(part)
    streams = [SeedSequence(seed, spawn_key=(split, chunk)) for chunk in range(-(-size // CHUNK))]
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        return _join(list(pool.map(_chunk, streams)), size)


def _require_possible(size: int, seed: int) -> None:
    if size < 1:
        raise UsageError(f"A split needs at least one digit, not {size}.")
    if seed < 0:
        raise UsageError(f"A seed must be at least 0, not {seed}.")


def draw_digits(
    labels: ArrayLike, generator: Generator, *, hand: HandVariation = HAND, pens: Pens | None = None
) -> NDArray[np.uint8]:
    """Draw one digit for every label: (n, 28, 28) uint8, white on black. labels: (n,) integers, 0 to 9."""
    pens = pens or load_pens()
    variants = choose_variants(np.asarray(labels), generator, pens)
    haste = np.exp(hand.haste * generator.standard_normal((len(variants), 1, 1)))
    points = _move(_write(variants, haste, generator, hand, pens), haste, generator, hand)
    radius, ink, edge = _press(pens.along[variants], generator, hand)
    return rasterize(points, radius, ink, edge)


def choose_variants(labels: NDArray[np.integer], generator: Generator, pens: Pens) -> NDArray[np.intp]:
    """The way each digit is written: (n,) indices of `pens.names`, drawn by the variants' shares."""
    upto = np.cumsum(pens.shares, axis=1)[labels]
    passed = generator.random((len(labels), 1)) * upto[:, -1:] >= upto
    return np.asarray(passed.sum(1), dtype=np.intp)


def _chunk(stream: SeedSequence) -> SourceImages:
    generator = default_rng(stream)
    labels = generator.permutation(np.repeat(np.arange(10, dtype=np.uint8), CHUNK // 10))
    return SourceImages(draw_digits(labels, generator), labels)


def _join(chunks: list[SourceImages], size: int) -> SourceImages:
    images = np.concatenate([chunk.images for chunk in chunks])[:size]
    return SourceImages(images, np.concatenate([chunk.labels for chunk in chunks])[:size])


def _write(variants: NDArray[np.intp], haste: Float, generator: Generator, hand: HandVariation, pens: Pens) -> Float:
    """Pen positions (n, POINTS, 2), about the origin: the skeletons with every control point and stroke displaced."""
    n = len(variants)
    controls = pens.controls[variants] - 0.5
    controls = controls + haste * hand.jitter * generator.standard_normal(controls.shape)
    lifts = haste * hand.lift * generator.standard_normal((n, pens.strokes.max() + 1, 2))
    controls += np.take_along_axis(lifts, pens.strokes[variants][:, :, None], axis=1)
    return pens.curves[variants] @ controls


def _move(points: Float, haste: Float, generator: Generator, hand: HandVariation) -> Float:
    """Warp, stretch, slant and turn whole digits: smooth maps of the plane, each with its own random size."""
    n = len(points)

    def normal(deviation: float) -> Float:
        return deviation * generator.standard_normal((n, 1))

    x, y = points[..., 0], points[..., 1]
    y = y + normal(hand.sag) * (1 - 4 * y**2)
    x = x * (1 + normal(hand.taper) * 2 * y) + normal(hand.bow) * (4 * y**2)
    for waves in (1.0, 2.0):
        size, angle, phase = haste[..., 0] * hand.wave / waves, *(2 * np.pi * generator.random((2, 2, n, 1)))
        ripple = np.sin(np.pi * waves * (x * np.cos(angle) + y * np.sin(angle)) + phase)
        x, y = x + normal(1) * size * ripple[0], y + normal(1) * size * ripple[1]
    x = x * np.exp(normal(hand.aspect)) - (hand.lean + normal(hand.slant)) * y
    angle = normal(hand.turn)
    return np.stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)], axis=2)


def _press(along: Float, generator: Generator, hand: HandVariation) -> tuple[Float, Float, Float]:
    """The pen: radius (n, p) in pixels, ink (n, p), 0 to 1, and the width (n,) of the antialiased edge in pixels."""
    n = len(along)
    pressure = np.zeros_like(along)
    for waves in (0.5, 1.0, 2.0):
        phase = 2 * np.pi * generator.random((n, 1))
        pressure += generator.standard_normal((n, 1)) / waves * np.sin(2 * np.pi * waves * along + phase)
    swelling = hand.spread * generator.standard_normal((n, 1)) + hand.pressure * pressure
    swelling += hand.rough * generator.standard_normal(along.shape)
    radius = np.minimum(hand.radius * np.exp(swelling), BROADEST)
    ink = np.clip(1.05 + 0.05 * pressure, 0.75, 1)
    edge = generator.uniform(0.7, 1.2, n)
    return radius, ink, edge
