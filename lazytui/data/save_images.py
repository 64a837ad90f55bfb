"""Saving a data set for other programs: NumPy archives or folders of PNG files, with metadata."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from lazytui import __version__
from lazytui.data.association import contingency
from lazytui.data.palettes import NO_COLOR, palette
from lazytui.data.splits import SPLITS, BiasedDataset, Split
from lazytui.files.writing import storage_errors, write_atomic

Form = Literal["npz", "folder"]
METADATA_FILE = "metadata.json"


def save_dataset(
    dataset: BiasedDataset, folder: Path, form: Form, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> None:
    """Write every split into `folder`, all or nothing, replacing an older one.

    npz: `<split>.npz` with the arrays of `Split`. folder: `<split>/<digit>/<index>-<color>.png`, with a `labels.csv`
    a split. Both: `metadata.json`. progress: called with (images written, of how many); may raise to stop.
    Raises BadInput if the folder can't be written.
    """
    total = sum(len(dataset.split(name)) for name in SPLITS)
    building = folder.with_name(f".{folder.name}.new")
    try:
        with storage_errors(folder):
            shutil.rmtree(building, ignore_errors=True)
            building.mkdir(parents=True)
            done = 0
            for name in SPLITS:
                progress(done, total)
                split = dataset.split(name)
                if form == "npz":
                    _save_npz(split, building / f"{name}.npz")
                else:
                    _save_images(split, building / name, _color_words(dataset), progress, done, total)
                done += len(split)
            write_atomic(building / METADATA_FILE, json.dumps(metadata(dataset, form), indent=1) + "\n")
            shutil.rmtree(folder, ignore_errors=True)
            building.rename(folder)
        progress(total, total)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def metadata(dataset: BiasedDataset, form: Form) -> dict[str, Any]:
    """Description of the files: parameters, the meaning of color indices, and the content of each split."""
    ten = palette(dataset.params.palette)
    return {
        "lazytui": __version__,
        "form": form,
        "params": dataset.params.model_dump(mode="json"),
        "source": dataset.source.name,
        "colors": [{"digit": digit, "name": ten.names[digit], "rgb": ten.colors[digit]} for digit in range(10)],
        "no_color": NO_COLOR,
        "splits": {
            name: {
                "images": len(dataset.split(name)),
                "digit_by_color": contingency(
                    dataset.split(name).labels, dataset.split(name).attributes, dataset.content.groups
                ).tolist(),
            }
            for name in SPLITS
        },
    }


def _save_npz(split: Split, path: Path) -> None:
    np.savez(path, images=split.images, digits=split.labels, colors=split.attributes, shapes=split.originals)


def _save_images(
    split: Split, folder: Path, words: list[str], progress: Callable[[int, int], None], done: int, total: int
) -> None:
    for digit in range(10):
        (folder / str(digit)).mkdir(parents=True)
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("file", "digit", "color", "color_name"))
        for index, (image, digit, color) in enumerate(zip(split.images, split.labels, split.attributes, strict=True)):
            name = f"{digit}/{index:05d}-{words[color]}.png"
            Image.fromarray(image).save(folder / name)
            table.writerow((name, digit, color, words[color]))
            if index % 500 == 0:
                progress(done + index, total)


def _color_words(dataset: BiasedDataset) -> list[str]:
    """Color names by index; a user's own colors are called by their hexadecimal digits."""
    ten = palette(dataset.params.palette)
    return [ten.color_name(index).removeprefix("#") for index in range(NO_COLOR + 1)]
