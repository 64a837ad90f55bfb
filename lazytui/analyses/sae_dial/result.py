"""What `sae-dial` finds: what the network says of one image at each factor, and where it looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import OfImages, content_sizes
from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.data.content import MOST_CLASSES, Content
from lazytui.runs.results.result_contents import ANY, Damaged, Metric, Name, Note, images, numbers, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Key, read_fields

if TYPE_CHECKING:
    from lazytui.analyses.sae_dial.params import SaeDialParams

CLASS = Metric(low=0, high=MOST_CLASSES - 1)
Features = Annotated[tuple[Annotated[int, Field(ge=0, le=10**9)], ...], Field(max_length=100_000)]


@dataclass(frozen=True, kw_only=True, eq=False)
class SaeDialResult(OfImages):
    """predicted: of the image as it is. tipping_factor: the factor nearest to 1 at which something else is predicted;
    None where nothing ever is. largest_shift: by how much a probability changes at most; None in results of early
    versions. name: what the image is called; label, attribute: its own, 255 where it has none.

    features, into: what was turned, and what was put there. strength, activity: (features,) what is typical of each,
    and what it is on the image. factors: (n,). probabilities: (n, classes). unchanged: (classes,), of the image as
    it is. heat_before, heat_after: (h, w), where it looks, as it is and at the factor that is shown; None where the
    network has no map. mapped, mapped_grad_cam: (k, h, w), of the first k features where each is active on the
    image as it is, and its Grad-CAM at cam_layer; None where there is no map, and in results of early versions.
    """

    predicted: Annotated[float, CLASS]
    tipping_factor: Annotated[float | None, ANY]
    largest_shift: Annotated[float | None, Metric(low=0, high=1.001).omitted] = None
    name: Name
    label: Annotated[int, Field(ge=0, le=255), Key("digit")]
    attribute: Annotated[int, Field(ge=0, le=255), Key("color")]
    palette_name: PaletteName
    recorded_content: Content | None = None
    advice: Note
    cam_layer: Name | None = None
    features: Features
    into: Features
    image: Annotated[NDArray[np.uint8], images()]
    strength: Annotated[NDArray[np.float64], numbers("turned")]
    activity: Annotated[NDArray[np.float64], numbers("turned")]
    probabilities: Annotated[NDArray[np.float32], shares("factors", "classes").defined]
    unchanged: Annotated[NDArray[np.float32], shares("classes").defined]
    heat_before: Annotated[NDArray[np.float32] | None, numbers("height", "width").defined.optional]
    heat_after: Annotated[NDArray[np.float32] | None, numbers("height", "width").defined.optional]
    mapped: Annotated[NDArray[np.float32] | None, numbers("mapped", "h", "w").defined.optional] = None
    mapped_grad_cam: Annotated[NDArray[np.float32] | None, numbers("mapped", "H", "W").defined.optional] = None


def read(params: SaeDialParams, saved: Result) -> SaeDialResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    result = read_fields(SaeDialResult, saved, {**content_sizes(saved), "factors": len(params.factors)})
    if len(result.features) + len(result.into) != len(result.strength):
        raise Damaged("it names other features than it has strengths of")
    if any(maps is not None and len(maps) > len(result.features) for maps in (result.mapped, result.mapped_grad_cam)):
        raise Damaged("it has maps of more features than were turned")
    if result.predicted >= len(result.content.classes):
        raise Damaged(f"its metric 'predicted' is {result.predicted:g}")
    if result.tipping_factor is not None and result.tipping_factor not in params.factors:
        raise Damaged("its tipping factor is none of its factors")
    return result
