"""Saving a data set for other programs: NumPy archives or folders of PNG files, with metadata."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from lazytui import __version__
from lazytui.data.association import contingency
from lazytui.data.content import NO_CLASS
from lazytui.data.splits import SPLITS, BiasedDataset, Split
from lazytui.files.writing import storage_errors, write_atomic

Form = Literal["npz", "folder"]
METADATA_FILE = "metadata.json"


def save_dataset(
    dataset: BiasedDataset, folder: Path, form: Form, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> None:
    """Write every split into `folder`, all or nothing, replacing an older one.

    npz: `<split>.npz` with the arrays of `Split`. folder: `<split>/<class>/<index>-<value>.png`, with a `labels.csv` a
    split, which the source `csv` reads. Both: `metadata.json`. progress: called with (images written, of how many);
    may raise to stop.
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
                    _save_images(split, building / name, progress, done, total)
                done += len(split)
            write_atomic(building / METADATA_FILE, json.dumps(metadata(dataset, form), indent=1) + "\n")
            shutil.rmtree(folder, ignore_errors=True)
            building.rename(folder)
        progress(total, total)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def metadata(dataset: BiasedDataset, form: Form) -> dict[str, Any]:
    """Description of the files: parameters, the meaning of labels and attributes, and the content of each split."""
    content = dataset.content
    return {
        "lazytui": __version__,
        "form": form,
        "params": dataset.params.model_dump(mode="json"),
        "source": dataset.source.name,
        "label": content.label,
        "classes": list(content.classes),
        "attribute": content.attribute,
        "values": [
            {"name": name, "aligned": None if label == NO_CLASS else label}
            for name, label in zip(content.values, content.aligned, strict=True)
        ],
        "colors": [list(color) for color in dataset.params.value_colors],
        "unknown": content.unknown,
        "splits": {
            name: {
                "images": len(dataset.split(name)),
                "label_by_attribute": contingency(
                    dataset.split(name).labels, dataset.split(name).attributes, content.groups
                ).tolist(),
            }
            for name in SPLITS
        },
    }


def _save_npz(split: Split, path: Path) -> None:
    np.savez(path, images=split.images, labels=split.labels, attributes=split.attributes, originals=split.originals)


def _save_images(split: Split, folder: Path, progress: Callable[[int, int], None], done: int, total: int) -> None:
    content = split.content
    classes = [file_word(index, name) for index, name in enumerate(content.classes)]
    values = [file_word(index, name) for index, name in enumerate(content.value_names)]
    for name in classes:
        (folder / name).mkdir(parents=True)
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("path", "label", "attribute"))
        for index, (image, label, value) in enumerate(zip(split.images, split.labels, split.attributes, strict=True)):
            name = f"{classes[label]}/{index:05d}-{values[value]}.png"
            Image.fromarray(image).save(folder / name)
            table.writerow((name, content.classes[label], content.value_names[value]))
            if index % 500 == 0:
                progress(done + index, total)


def file_word(index: int, name: str) -> str:
    """A class or a value as a part of a file's name: its own name where that can be one, else a number."""
    plain = name.removeprefix("#")
    return plain if re.fullmatch(r"\w[\w .-]*", plain) and not plain.endswith((" ", ".")) else f"number {index}"
