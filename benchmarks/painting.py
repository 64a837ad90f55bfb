"""Painting 70,000 digits: ours, a whole split at a time, against the usual loop over a torchvision data set."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.ratio import Ratio, in_turn
from lazytui.data.painting.assignment import easy_attributes
from lazytui.data.painting.painter import repaint
from lazytui.data.palettes import palette
from lazytui.data.params import DatasetParams
from lazytui.data.random_streams import stream
from lazytui.data.sources.gray_shapes import load_digits

COUNT = 70_000
PARAMS = DatasetParams(dataset="background")


def measure() -> list[Ratio]:
    """The preset `background`: draw colors and paint, from the same gray digits, which both have in memory."""
    loaded = load_digits("strokes", "train", COUNT // 7)
    shapes, digits = np.tile(loaded.images, (7, 1, 1)), np.tile(loaded.labels, 7)
    usual = _torchvision(shapes, digits)

    def ours() -> NDArray[np.uint8]:
        colors = easy_attributes(digits, PARAMS.bias, PARAMS.counterexamples, PARAMS.content, stream(0, "colors"))
        return repaint(shapes, colors, PARAMS, "train")

    return [in_turn(f"painting {COUNT:,} images", ours, lambda: _loop(usual), asked=30, repeats=5)]


def _loop(dataset: Iterable[tuple[Any, int]]) -> NDArray[np.uint8]:
    """The usual way: take one PIL image after the other from the data set and paint it in floating point."""
    generator = np.random.default_rng(0)
    colors = palette(PARAMS.palette).rgb / 255
    painted = []
    for shape, digit in dataset:
        gray = np.asarray(shape, dtype=np.float32)[..., None] / 255
        worn = digit
        if generator.random() >= PARAMS.bias:
            worn = (worn + int(generator.integers(1, 10))) % 10
        texture = generator.uniform(0.4, 1, size=(28, 28, 1))
        image = colors[worn] * texture * (1 - gray) + gray
        painted.append((image * 255).astype(np.uint8))
    return np.stack(painted)


def _torchvision(shapes: NDArray[np.uint8], digits: NDArray[np.uint8]) -> Iterable[tuple[Any, int]]:
    """torchvision's own MNIST class, holding our digits."""
    from torchvision.datasets import MNIST

    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "MNIST" / "raw"
        raw.mkdir(parents=True)
        for part in ("train", "t10k"):
            for kind, array in (("images", shapes), ("labels", digits)):
                header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
                (raw / f"{part}-{kind}-idx{array.ndim}-ubyte").write_bytes(header + array.tobytes())
        return MNIST(folder)  # type: ignore[no-any-return]
