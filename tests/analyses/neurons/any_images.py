"""Archives of images that aren't digits: three classes, two values of an attribute or none, 16 x 16 pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np

CLASSES = ("across", "down", "checked")
VALUES = ("land", "water")
TRAINING = (
    *("--model", "lazy-cnn", "--epochs", "6", "--batch-size", "16", "--metrics-samples", "100", "--device", "cpu"),
    *("--lr", "0.01"),
)


def save_patterns(path: Path, *, grounds: bool) -> Path:
    """An archive for `npz:`. grounds: whether it has an attribute, the shade of the ground, which goes with the class
    in four images of five."""
    random, found = np.random.default_rng(0), {}
    rows, columns = np.indices((16, 16)) // 2 % 2
    for part, count in (("train", 150), ("test", 60)):
        labels = np.arange(count) % 3
        shapes = np.stack([rows, columns, rows ^ columns])[labels]
        shades = np.where(random.random(count) < 0.8, labels != 0, random.random(count) < 0.5).astype(int)
        images = np.where(shapes[..., None] > 0, 220, np.array([[30, 110, 40], [30, 60, 150]])[shades][:, None, None])
        found[f"x_{part}"] = (images + random.normal(0, 8, images.shape)).clip(0, 255).astype(np.uint8)
        found[f"y_{part}"] = np.array(CLASSES)[labels]
        if grounds:
            found[f"a_{part}"] = np.array(VALUES)[shades]
    np.savez(path, **found)
    return path
