"""Images as a source has them, before any cue is planted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Part = Literal["train", "test"]
"""The splits that a source defines."""


@dataclass(frozen=True)
class SourceImages:
    """images: (n, height, width) uint8, white strokes on black, or (n, height, width, 3) uint8, or of 4 channels, the
    last of which says how much of a pixel is the object that was cut out. labels: (n,) uint8.

    attributes: (n,) uint8, where the source knows a value of each image. masks: (n, height, width) bool, the object,
    where it knows that.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    attributes: NDArray[np.uint8] | None = None
    masks: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, indices: NDArray[np.intp] | slice) -> SourceImages:
        """The images at these indices, in this order."""
        return SourceImages(
            self.images[indices],
            self.labels[indices],
            None if self.attributes is None else self.attributes[indices],
            None if self.masks is None else self.masks[indices],
        )

    def thinned(self, step: int) -> SourceImages:
        """With every `step`-th row and column of their pixels."""
        if step == 1:
            return self
        masks = None if self.masks is None else self.masks[:, ::step, ::step]
        return SourceImages(np.ascontiguousarray(self.images[:, ::step, ::step]), self.labels, self.attributes, masks)


@dataclass(frozen=True)
class WholeSource:
    """Both parts of a source, as it defines them."""

    name: str
    train: SourceImages
    test: SourceImages
