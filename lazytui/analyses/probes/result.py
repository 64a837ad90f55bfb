"""What `probes` finds: of each layer, how well label and attribute are read from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import content_sizes
from lazytui.data.content import Content, colored_digits
from lazytui.runs.results.result_contents import SHARE, Count, Damaged, Name, counts, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Part, read_fields

if TYPE_CHECKING:
    from lazytui.analyses.probes.params import ProbesParams


@dataclass(frozen=True, eq=False)
class ProbesThroughTraining:
    """accuracy: (T, layers, cues), at the steps of which the training kept weights, (T,)."""

    step: Annotated[NDArray[np.int64], counts("checkpoints")]
    accuracy: Annotated[NDArray[np.float64], shares("checkpoints", "/layers", "/cues")]


@dataclass(frozen=True, kw_only=True, eq=False)
class ProbesResult:
    """digit_accuracy, color_accuracy: of the last layer, for the label and for the attribute; None where there is none.

    layers: names, in the order in which they run; first the image itself. dimensions: of each. fitted, tested: images.
    accuracy: (layers, cues), first of the label, then of the attribute where there is one; untrained: the same of the
    same architecture with random weights. through_training: None where the training kept no weights on its way.
    recorded_content: of the images; None where they are digits in colors.
    """

    digit_accuracy: Annotated[float | None, SHARE]
    color_accuracy: Annotated[float | None, SHARE]
    layers: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)]
    fitted: Count
    tested: Count
    dimensions: Annotated[NDArray[np.int64], counts("layers")]
    accuracy: Annotated[NDArray[np.float64], shares("layers", "cues")]
    untrained: Annotated[NDArray[np.float64], shares("layers", "cues")]
    through_training: Annotated[ProbesThroughTraining | None, Part("training_")]
    recorded_content: Content | None = None

    @property
    def content(self) -> Content:
        return self.recorded_content or colored_digits("distinct")

    @property
    def cues(self) -> tuple[str, ...]:
        """What is probed for, by column."""
        return cues_of(self.content)

    @property
    def chances(self) -> tuple[float, ...]:
        """How often each is right by chance, in [0, 1]."""
        return tuple(1 / count for count in self.content.groups if count)


def cues_of(content: Content) -> tuple[str, ...]:
    return (content.label, content.attribute) if content.values else (content.label,)


def read(_params: ProbesParams, saved: Result) -> ProbesResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    sizes = content_sizes(saved)
    result = read_fields(ProbesResult, saved, sizes | {"cues": 1 + bool(sizes["values"])})
    if len(result.layers) != len(result.dimensions):
        raise Damaged("it names other layers than it has accuracies of")
    return result
