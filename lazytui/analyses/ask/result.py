"""What `ask` finds: the image as the networks saw it, what one network or two say of it, and where they look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import content_sizes, value_colors
from lazytui.analyses.networks.network_pair_result import NetworkPair, join_saved, read_pair
from lazytui.data.content import MOST_CLASSES, Content, colored_digits
from lazytui.runs.results.result_contents import SHARE, Metric, Name, images, numbers, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields, write_fields
from lazytui.saliency.map_names import MethodName

if TYPE_CHECKING:
    from lazytui.analyses.ask.params import AskParams

Class = Annotated[int, Field(strict=True, ge=0, lt=MOST_CLASSES)]


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkAnswer:
    """One network's answer about one image.

    image: (height, width, 3) uint8, as the network saw it. probabilities: (classes,) float32. predicted: the most
    probable class; prediction_probability: how probable. digit_probability: of the class that the image shows; None
    where nobody said which it is.

    heat: (h, w) float32, raw and signed, the evidence for the class `target`. method, layer: of that map; the layer is
    None for methods that score pixels. name: what the network is called. palette, recorded_content: of the data
    it was trained on; no content where it is that of colored digits.
    """

    image: Annotated[NDArray[np.uint8], images()]
    probabilities: Annotated[NDArray[np.float32], shares("classes").defined]
    predicted: Annotated[float, Metric(low=0, high=MOST_CLASSES - 1)]
    prediction_probability: Annotated[float, SHARE]
    digit_probability: Annotated[float | None, SHARE]
    heat: Annotated[NDArray[np.float32], numbers("map height", "map width")]
    target: Class
    method: MethodName
    layer: Name | None
    name: Name
    palette: Name
    recorded_content: Content | None = None

    @property
    def content(self) -> Content:
        """What the network was trained on."""
        return self.recorded_content or colored_digits(self.palette)

    @property
    def value_colors(self) -> tuple[tuple[int, int, int], ...]:
        return value_colors(self.content, self.palette)

    @property
    def is_empty(self) -> bool:
        """Whether the map is nowhere above zero."""
        return not (self.heat > 0).any()


AskResult = NetworkPair[NetworkAnswer]


def write(result: AskResult) -> Result:
    second = _saved(_with_own_content(result.second, result.first)) if result.second else None
    return join_saved(_saved(result.first), second, shared=("image",))


def _with_own_content(second: NetworkAnswer, first: NetworkAnswer) -> NetworkAnswer:
    """Facts that the second network hasn't are read as the first one's."""
    return replace(second, recorded_content=second.content) if first.recorded_content else second


def _saved(answer: NetworkAnswer) -> Result:
    """With a metric for each class, for scripts."""
    saved = write_fields(answer)
    shares = {f"probability_{label}": float(share) for label, share in enumerate(answer.probabilities)}
    return Result({**saved.metrics, **shares}, saved.facts, saved.arrays)


def read(_params: AskParams, saved: Result) -> AskResult:
    """Raises Damaged where the result isn't what `ask` makes."""
    return read_pair(saved, lambda one: read_fields(NetworkAnswer, one, content_sizes(one)))
