"""One image of each class with each value of the attribute, and which of them agree: what patching goes between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.data.splits import MOST_SHOWN, BiasedDataset
from lazytui.neurons.own_values import own_values

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class CueGrid:
    """images: (classes, values, h, w, 3) uint8. labels, values: (k,), those classes that a value is aligned with, and
    which one that is."""

    images: NDArray[np.uint8]
    labels: Indices
    values: Indices

    @property
    def own(self) -> NDArray[np.uint8]:
        """(k, h, w, 3): each of these classes with its own value."""
        return self.images[self.labels, self.values]

    @property
    def different_pairs(self) -> tuple[Indices, Indices]:
        """Indices of labels: each with every other one."""
        one, other = np.where(~np.eye(len(self.labels), dtype=bool))
        return one, other


def cue_grid(data: BiasedDataset) -> CueGrid | None:
    """Of ten classes and ten values at most; None where nothing can be repainted."""
    if data.editor is None:
        return None
    content, images = data.content, data.cue_conflict.images
    classes, values = (min(count, MOST_SHOWN) for count in content.groups)
    own = own_values(content)
    labels, own_of_labels = np.array(list(own), np.int64), np.array(list(own.values()), np.int64)
    return CueGrid(images.reshape(classes, values, *images.shape[1:]), labels, own_of_labels)


def one_of_each_class(data: BiasedDataset) -> tuple[NDArray[np.uint8], Indices]:
    """(k, h, w, 3) images and (k,) labels: of each class with its own value where it can be had; else the first of each
    class in the probe split. Of ten classes at most."""
    if grid := cue_grid(data):
        return grid.own, grid.labels
    labels, first = np.unique(data.probe.labels, return_index=True)
    return data.probe.images[first[:MOST_SHOWN]], labels[:MOST_SHOWN].astype(np.int64)
