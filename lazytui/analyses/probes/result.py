"""What `probes` finds: of each layer, how well it tells the digit and the color."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.runs.results.result_contents import SHARE, Count, Damaged, Name, counts, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Part, read_fields

if TYPE_CHECKING:
    from lazytui.analyses.probes.params import ProbesParams

CUES = ("digit", "color")
"""What is probed for, by column."""


@dataclass(frozen=True, eq=False)
class ProbesThroughTraining:
    """accuracy: (T, layers, 2), by cue, at the steps of which the training kept weights, (T,)."""

    step: Annotated[NDArray[np.int64], counts("checkpoints")]
    accuracy: Annotated[NDArray[np.float64], shares("checkpoints", "/layers", len(CUES))]


@dataclass(frozen=True, kw_only=True, eq=False)
class ProbesResult:
    """digit_accuracy, color_accuracy: of the last layer.

    layers: names, in the order in which they run; first the image itself. dimensions: of each. fitted, tested: images.
    accuracy: (layers, 2), by cue; untrained: the same of the same architecture with random weights. through_training:
    None where the training kept no weights on its way.
    """

    digit_accuracy: Annotated[float | None, SHARE]
    color_accuracy: Annotated[float | None, SHARE]
    layers: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)]
    fitted: Count
    tested: Count
    dimensions: Annotated[NDArray[np.int64], counts("layers")]
    accuracy: Annotated[NDArray[np.float64], shares("layers", len(CUES))]
    untrained: Annotated[NDArray[np.float64], shares("layers", len(CUES))]
    through_training: Annotated[ProbesThroughTraining | None, Part("training_")]


def read(_params: ProbesParams, saved: Result) -> ProbesResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    result = read_fields(ProbesResult, saved)
    if len(result.layers) != len(result.dimensions):
        raise Damaged("it names other layers than it has accuracies of")
    return result
