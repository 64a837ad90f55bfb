"""A data set of three classes at 16 x 20 pixels, made in memory: stripes across, stripes down, and checks."""

from __future__ import annotations

import numpy as np

from lazytui.data.content import Content
from lazytui.data.params import DatasetParams, SourceParams
from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources import Source
from lazytui.data.splits import BiasedDataset

NAME = "npz:patterns.npz"
"""Where they would come from, if they were in a file."""

CLASSES = ("across", "down", "checked")
TINTS = np.array([[255, 60, 60], [60, 255, 60], [60, 60, 255]], np.float32) / 255


def pattern_content(*, tinted: bool) -> Content:
    named = {"attribute": "tint", "values": ("red", "green", "blue"), "aligned": (0, 1, 2)} if tinted else {}
    return Content.model_validate({"classes": CLASSES, "height": 16, "width": 20, **named})


def patterns(*, tinted: bool, train: int = 240, test: int = 90) -> BiasedDataset:
    """tinted: whether the images come with an attribute, their tint, which goes with the class in 4 of 5. No editor."""

    def load(_source: SourceParams, part: Part, _size: int | None) -> SourceImages:
        count = train if part == "train" else test
        random = np.random.default_rng(count)
        labels = np.arange(count) % len(CLASSES)
        rows, columns = np.indices((16, 20)) // 2 % 2
        shapes = np.stack([rows, columns, rows ^ columns])[labels].astype(np.float32)
        tints = np.where(random.random(count) < 0.8, labels, random.integers(0, 3, count))
        colors = TINTS[tints] if tinted else np.ones((count, 3), np.float32)
        noise = random.normal(0, 20, (count, 16, 20, 3))
        images = (200 * shapes[..., None] * colors[:, None, None] + 20 + noise).clip(0, 255).astype(np.uint8)
        return SourceImages(images, labels.astype(np.uint8), tints.astype(np.uint8) if tinted else None)

    content = pattern_content(tinted=tinted)
    params = DatasetParams().model_copy(update={"source": NAME, "recorded_content": content})
    return BiasedDataset(params, Source(NAME, content, {"train": train, "test": test}), load)
