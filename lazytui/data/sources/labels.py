"""Labels and attributes as files have them, made into indices and names; and which class a value goes with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import MOST_CLASSES, NO_CLASS
from lazytui.data.source_images import Part
from lazytui.errors import BadInput

Labels = NDArray[np.uint8]


def indexed(entries: Sequence[str], what: str) -> tuple[tuple[str, ...], Labels]:
    """The different words, sorted, as numbers where all are, and the index of each word, (n,) uint8.

    what: they are, for the BadInput that fewer than two or more than 100 are refused with.
    """
    different = set(entries)
    if len(different) < 2:
        only = f" ({next(iter(different))})" if different else ""
        raise BadInput(f"{what} has {len(different)} value{only}: two or more are needed.")
    if len(different) > MOST_CLASSES:
        raise BadInput(f"{what} has {len(different):,} values, more than {MOST_CLASSES}.")
    names = sorted(different, key=_as_number if all(map(_is_whole, different)) else str)
    index = {name: position for position, name in enumerate(names)}
    return tuple(names), np.array([index[word] for word in entries], np.uint8)


def require_every_class(labels: Labels, parts: NDArray[Any], classes: Sequence[str], where: str) -> None:
    """Raise BadInput where a part lacks a class. parts: (n,) names."""
    for part in ("train", "test"):
        missing = np.flatnonzero(np.bincount(labels[parts == part], minlength=len(classes)) == 0)
        if len(missing):
            raise BadInput(f"{where} has no image of the class {classes[missing[0]]} in its {part} part.")


def aligned_classes(labels: Labels, attributes: Labels, groups: tuple[int, int]) -> tuple[int, ...]:
    """Of each value the class that it goes with: of the largest lift P(value | class) / P(value), the first of equals.

    NO_CLASS for a value that is as frequent in every class. labels, attributes: (n,) of the training part, in which
    every class occurs. groups: how many classes and values.
    """
    classes, values = groups
    counts = np.bincount(labels.astype(int) * values + attributes, minlength=classes * values).reshape(groups)
    # P(value | class) alone has the same order as the lift; in whole numbers, so that equals are equal.
    sizes = counts.sum(1)
    aligned = []
    for value in range(values):
        best = 0
        for label in range(classes):
            if counts[label, value] * sizes[best] > counts[best, value] * sizes[label]:
                best = label
        even = (counts[:, value] * sizes[best] == counts[best, value] * sizes).all()
        aligned.append(NO_CLASS if even else best)
    return tuple(aligned)


def attribute_content(
    name: str, values: Sequence[str], labels: Labels, attributes: Labels, parts: NDArray[Any], classes: Sequence[str]
) -> Mapping[str, Any]:
    """What a content says of an attribute that the files have. parts: (n,) names.

    Raises BadInput where the attribute is the class: then nothing shows which of them a network relies on.
    """
    train, test = parts == "train", parts == "test"
    aligned = aligned_classes(labels[train], attributes[train], (len(classes), len(values)))
    if (np.array(aligned)[attributes[test]] == labels[test]).all():
        raise BadInput(
            f"The attribute {name} goes with the class in every test image: without a conflicting one nothing "
            "shows which of them a network relies on."
        )
    return {"attribute": name, "values": tuple(values), "aligned": aligned}


def whole_numbers(array: NDArray[Any], what: str) -> list[str]:
    """Labels of an array, (n,) or (n, 1), of numbers or text, as words. Raises BadInput for anything else."""
    flat = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if flat.ndim != 1:
        raise BadInput(f"{what} has the shape {array.shape}: one label an image is needed.")
    if flat.dtype.kind == "f":
        if not np.isfinite(flat).all() or (flat != np.rint(flat)).any():
            raise BadInput(f"{what} holds numbers that aren't whole: labels are whole numbers or text.")
        flat = flat.astype(np.int64)
    if flat.dtype.kind not in "biuU":
        raise BadInput(f"{what} holds {flat.dtype}: labels are whole numbers or text.")
    if flat.dtype.kind == "b":
        flat = flat.astype(np.uint8)
    return [str(value) for value in flat.tolist()]


def part_names(parts: Mapping[Part, int]) -> NDArray[Any]:
    """(n,) the part of each image, where those of a part stand together."""
    return np.repeat(np.array(list(parts)), list(parts.values()))


def _is_whole(word: str) -> bool:
    return word.lstrip("-").isdecimal() and len(word) < 19


def _as_number(word: str) -> int:
    return int(word)
