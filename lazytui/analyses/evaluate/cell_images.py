"""The images behind a cell of a matrix: which ones they are, and how they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lazytui.counted_nouns import counted
from lazytui.data.association import contingency
from lazytui.data.content import Content
from lazytui.data.splits import BiasedDataset
from lazytui.errors import BadInput
from lazytui.evaluation.predictions import SPLIT_NAMES, Predictions, tone_of
from lazytui.figures.kinds import Pixels, Text

Chosen = NDArray[np.intp]
"""(n,): indices of images in their split."""


Property = Literal["labels", "attributes", "predicted"]


@dataclass(frozen=True)
class CountedBy:
    """What a matrix counts: images of a split by these."""

    split: Literal["easy", "hard", "probe"]
    rows: Property
    columns: Property


MATRICES = {
    "confusion-easy": CountedBy("easy", "labels", "predicted"),
    "confusion-hard": CountedBy("hard", "labels", "predicted"),
    "color-by-prediction-easy": CountedBy("easy", "attributes", "predicted"),
    "color-by-prediction-hard": CountedBy("hard", "attributes", "predicted"),
    "color-by-prediction-probe": CountedBy("probe", "attributes", "predicted"),
    "digit-by-color": CountedBy("probe", "labels", "attributes"),
}
"""The matrices that have images behind their cells, by the figure's name."""


@dataclass(frozen=True)
class Cell:
    """matrix: one of MATRICES, which says what row and column are."""

    matrix: str
    row: int
    column: int

    @property
    def counted_by(self) -> CountedBy:
        return MATRICES[self.matrix]

    def description(self, content: Content) -> str:
        """`hard split, digit 1 taken for 0`"""
        by_value = self.counted_by.rows == "attributes"
        what = (
            f"{content.labels} in {content.value_names[self.row]}"
            if by_value
            else f"{content.label} {content.classes[self.row]}"
        )
        in_value = self.counted_by.columns == "attributes"
        how = f"in {content.value_names[self.column]}" if in_value else f"taken for {content.classes[self.column]}"
        return f"{self.counted_by.split} split, {what} {how}"


def images_behind(cell: Cell, predictions: Predictions) -> Chosen:
    """The images in the cell, in the order of their split, which is random."""
    rows, columns = (getattr(predictions, by) for by in (cell.counted_by.rows, cell.counted_by.columns))
    return np.flatnonzero((rows == cell.row) & (columns == cell.column))


def count_images(matrix: str, predictions: Predictions, content: Content) -> NDArray[np.int64]:
    """How many images are in each cell of a matrix; those without a known value are in no value's row or column."""
    by = MATRICES[matrix]
    rows, columns = getattr(predictions, by.rows), getattr(predictions, by.columns)
    sides = {"labels": len(content.classes), "predicted": len(content.classes), "attributes": len(content.values)}
    has_row = rows < sides[by.rows]
    return contingency(rows[has_row], columns[has_row], (sides[by.rows], sides[by.columns]))


def painted_again(data: BiasedDataset, cell: Cell, predictions: Predictions) -> NDArray[np.uint8]:
    """All images of the cell's split, uint8, as they were when the answers were given.

    Raises BadInput when the images at hand are other ones, or can't be had at all.
    """
    split = data.split(SPLIT_NAMES[cell.counted_by.split])
    if not (
        np.array_equal(split.labels, predictions.labels) and np.array_equal(split.attributes, predictions.attributes)
    ):
        raise BadInput(
            f"The images can't be painted again: the {data.source.name} {data.content.labels} at hand aren't those "
            "that were evaluated. Run evaluate again to see these."
        )
    return split.images


def cell_figure(
    cell: Cell,
    predictions: Predictions,
    content: Content,
    shown: Chosen,
    images: NDArray[np.uint8],
    *,
    network: str = "",
    columns: int = 10,
) -> Pixels | Text:
    """Some images of the cell, or a sentence where it is empty.

    shown: which of the split's images these are; images: (n, height, width, 3) uint8. network: which one, where there
    are two. columns: images in a row.
    """
    every = images_behind(cell, predictions)
    title = f"{network}: {cell.description(content)}" if network else cell.description(content).capitalize()
    if not len(every):
        return Text(name="cell", title=title, paragraphs=("No image: this cell is empty.",))
    return Pixels(
        name="cell",
        title=f"{title}: {_count_caption(every, shown)}",
        note=_note(content),
        images=images,
        columns=columns,
        captions=tuple(_caption(predictions, content, int(index)) for index in shown),
        tones=tuple(
            map(tone_of, predictions.predicted[shown], predictions.labels[shown], predictions.cue_classes[shown])
        ),
    )


def _count_caption(every: Chosen, shown: Chosen) -> str:
    """`987 images, 1 to 60`"""
    count = counted(len(every), "image")
    if len(shown) in {0, len(every)}:
        return count
    first = int(np.searchsorted(every, shown[0])) + 1
    return f"{count}, {first} to {first + len(shown) - 1}"


def _note(content: Content) -> str:
    if not content.values:
        return f"What the network says, how sure it is. ✓ the {content.label}; · another one."
    verb = "Its color" if content.attribute == "color" else f"Its {content.attribute}"
    return (
        f"{verb}, the prediction and its probability. ✓ the {content.label}; ✗ the {content.attribute}'s "
        f"{content.label}; · neither."
    )


def _caption(predictions: Predictions, content: Content, index: int) -> str:
    value = f"{content.value_names[predictions.attributes[index]]} " if content.values else ""
    return f"{value}{content.classes[predictions.predicted[index]]} {float(predictions.confidence[index]):.0%}"
