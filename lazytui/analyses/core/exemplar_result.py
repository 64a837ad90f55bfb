"""What neurons and features have in common in their results: the images that each responds to, kept once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.runs.results.result_contents import Damaged, images, indices, numbers
from lazytui.runs.results.typed_result import Key


@dataclass(frozen=True, kw_only=True, eq=False)
class Exemplars:
    """Images that some of the units (neurons, features) of a layer respond to.

    units: (P,) int64, which ones, ascending. top, quantiles: (P, 8) int32, of each the indices, among the images kept,
    of the strongest, and of one from the middle of each eighth of its responses; top_values, quantile_values: float32,
    its activations there. images: (E, h, w, 3) uint8. labels, attributes: (E,) uint8; None in results of
    early versions.
    """

    units: Annotated[NDArray[np.int64], indices("pictured", below="units"), Key("pictured")]
    top: Annotated[NDArray[np.int32], indices("pictured", "strongest", below="evidence")]
    top_values: Annotated[NDArray[np.float32], numbers("pictured", "strongest")]
    quantiles: Annotated[NDArray[np.int32], indices("pictured", "spread", below="evidence")]
    quantile_values: Annotated[NDArray[np.float32], numbers("pictured", "spread")]
    images: Annotated[NDArray[np.uint8], images("evidence"), Key("evidence_images")]
    labels: Annotated[NDArray[np.uint8] | None, indices("evidence", below="/classes").optional, Key("evidence_digits")]
    attributes: Annotated[
        NDArray[np.uint8] | None, indices("evidence", below="/values or none").optional, Key("evidence_colors")
    ]

    def index_of(self, unit: int) -> int | None:
        """Where a unit stands among those that have images; None where it has none."""
        indices = np.flatnonzero(self.units == unit)
        return int(indices[0]) if len(indices) else None

    def check_order(self) -> None:
        """Each unit once, ascending. Raises Damaged."""
        if (self.units[1:] <= self.units[:-1]).any():
            raise Damaged("its array 'pictured' is out of order")
