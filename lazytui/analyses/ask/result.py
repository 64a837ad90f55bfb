"""What `ask` finds: the image as the networks saw it, what one network or two say of it, and where they look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import content_sizes
from lazytui.analyses.networks.network_pair_result import NetworkPair, join_saved, read_pair
from lazytui.runs.results.result_contents import SHARE, Metric, Name, images, numbers, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields, write_fields
from lazytui.saliency.map_names import MethodName

if TYPE_CHECKING:
    from lazytui.analyses.ask.params import AskParams

Digit = Annotated[int, Field(strict=True, ge=0, le=9)]


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkAnswer:
    """One network's answer about one image.

    image: (28, 28, 3) uint8, as the network saw it. probabilities: (10,) float32. predicted: the most probable class;
    prediction_probability: how probable. digit_probability: of the digit that the image shows; None where nobody said
    which it is.

    heat: (h, w) float32, raw and signed, the evidence for the class `target`. method, layer: of that map; the layer is
    None for methods that score pixels. name: what the network is called. palette: of the data it was trained on.
    """

    image: Annotated[NDArray[np.uint8], images()]
    probabilities: Annotated[NDArray[np.float32], shares(10).defined]
    predicted: Annotated[float, Metric(low=0, high=9)]
    prediction_probability: Annotated[float, SHARE]
    digit_probability: Annotated[float | None, SHARE]
    heat: Annotated[NDArray[np.float32], numbers("map height", "map width")]
    target: Digit
    method: MethodName
    layer: Name | None
    name: Name
    palette: Name

    @property
    def is_empty(self) -> bool:
        """Whether the map is nowhere above zero."""
        return not (self.heat > 0).any()


AskResult = NetworkPair[NetworkAnswer]


def write(result: AskResult) -> Result:
    second = _saved(result.second) if result.second else None
    return join_saved(_saved(result.first), second, shared=("image",))


def _saved(answer: NetworkAnswer) -> Result:
    """With a metric for each class, for scripts."""
    saved = write_fields(answer)
    shares = {f"probability_{digit}": float(share) for digit, share in enumerate(answer.probabilities)}
    return Result({**saved.metrics, **shares}, saved.facts, saved.arrays)


def read(_params: AskParams, saved: Result) -> AskResult:
    """Raises Damaged where the result isn't what `ask` makes."""
    return read_pair(saved, lambda one: read_fields(NetworkAnswer, one, content_sizes(one)))
