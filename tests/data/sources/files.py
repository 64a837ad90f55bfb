"""Small data sets in files, of every layout that is read."""

from __future__ import annotations

import csv
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

SIDE = 12
GROUNDS = {"grass": (20, 160, 40), "sand": (200, 180, 90)}


def pixels(label: int, index: int, side: int = SIDE) -> np.ndarray:
    """(side, side, 3) uint8 that differs from image to image; its red says the label."""
    image = np.random.default_rng([label, index]).integers(0, 200, (side, side, 3), np.uint8)
    image[..., 0] = 20 * label
    return image


def save(path: Path, image: np.ndarray, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path, **options)
    return path


def class_folders(root: Path, counts: Mapping[str, int], side: int = SIDE) -> Path:
    for label, (name, count) in enumerate(counts.items()):
        (root / name).mkdir(parents=True)
        for index in range(count):
            save(root / name / f"{index}.png", pixels(label, index, side))
    return root


def cut_out(shape: str, shade: int) -> np.ndarray:
    """(60, 60, 4): a shape with a transparent ground around it."""
    picture = Image.new("RGBA", (60, 60))
    draw = ImageDraw.Draw(picture)
    (draw.ellipse if shape == "ball" else draw.rectangle)((15, 10, 45, 50), (shade, 0, shade, 255))
    return np.asarray(picture)


def objects_on_grounds(root: Path) -> Path:
    """Two classes of five cut-outs each, and two grounds."""
    for label, shape in enumerate(("ball", "box")):
        for index in range(5):
            save(root / "objects" / shape / f"{index}.png", cut_out(shape, 100 + 30 * index + 10 * label))
    for name, color in GROUNDS.items():
        save(root / "grounds" / name / "ground.jpg", np.full((90, 120, 3), color, np.uint8), quality=95)
    return root


def write_table(path: Path, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    return path


def waterbirds(root: Path, *, missing: bool = False) -> Path:
    """Its metadata.csv with 40 images: of training nine in ten on their own ground; in test half of them."""
    rows = []
    for index in range(40):
        y, split = index % 2, (0, 0, 1, 2)[index // 10]
        ground = y if index % 10 < (8 if split == 0 else 5) else 1 - y
        name = f"{y:03d}.Bird/{index}.jpg"
        if not (missing and index == 7):
            save(root / name, pixels(y, index))
        rows.append((index, name, y, split, ground, f"/{ground}/ground.jpg"))
    return write_table(root / "metadata.csv", ("img_id", "img_filename", "y", "split", "place", "place_filename"), rows)


def celeba(root: Path, suffix: str) -> Path:
    """Both of its tables as torchvision (.txt) or Kaggle (.csv) has them."""
    attributes, parts = [], []
    for index in range(24):
        name = f"{index:06d}.jpg"
        save(root / "img_align_celeba" / name, pixels(index % 2, index))
        attributes.append((name, 1 if index % 2 else -1, 1 if index % 3 else -1))
        parts.append((name, 0 if index < 12 else 2))
    if suffix == ".csv":
        write_table(root / "list_eval_partition.csv", ("image_id", "partition"), parts)
        return write_table(root / "list_attr_celeba.csv", ("image_id", "Blond_Hair", "Male"), attributes)
    lines = [f"{name} {part}" for name, part in parts]
    (root / "list_eval_partition.txt").write_text("\n".join(lines))
    lines = [f"{name}  {blond:2d} {male:2d}" for name, blond, male in attributes]
    (root / "list_attr_celeba.txt").write_text("\n".join(["24", "Blond_Hair Male", *lines]))
    return root / "list_attr_celeba.txt"


def arrays(n: int = 30, *, side: int = SIDE, first: int = 0) -> dict[str, np.ndarray]:
    """x, y and a of both parts, three classes; the attribute goes with the class in three of four."""
    found = {}
    for part in ("train", "test"):
        y = np.arange(n) % 3
        found[f"x_{part}"] = np.stack([pixels(label, index, side) for index, label in enumerate(y)])
        found[f"y_{part}"] = y + first
        found[f"a_{part}"] = np.where(np.arange(n) % 4 == 3, (y + 1) % 3, y)
    return found


def save_npz(path: Path, found: Mapping[str, Any]) -> Path:
    np.savez(path, **found)
    return path


def cifar_batch(images: np.ndarray, labels: Sequence[int]) -> bytes:
    """As Python 2 pickled them: texts of bytes, and an array made by two calls of NumPy."""
    data = images.transpose(0, 3, 1, 2).tobytes()
    length = len(data).to_bytes(4, "little")
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01bt\x52(K\x01"
        + pickle.BININT + len(images).to_bytes(4, "little") + b"M\x00\x0c\x86cnumpy\ndtype\n(U\x02u1K\x00K\x01tR"
        + b"(K\x03U\x01|NNN" + 2 * b"J\xff\xff\xff\xff" + b"K\x00tb\x89T" + length + data + b"tb"
    )  # fmt: skip
    numbers = b"".join(b"K" + bytes([label]) for label in labels)
    return b"\x80\x02}(U\x0bbatch_labelU\x05batchU\x06labels](" + numbers + b"eU\x04data" + array + b"u."
