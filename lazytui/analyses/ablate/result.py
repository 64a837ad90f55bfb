"""What `ablate` finds: accuracies without chosen and without random neurons, and the logits of a patched image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import OfImages, content_sizes
from lazytui.analyses.core.fact_readers import EasyAndHard, PaletteName
from lazytui.data.content import Content
from lazytui.runs.results.result_contents import SHARE, Count, Damaged, Name, images, numbers, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields

if TYPE_CHECKING:
    from lazytui.analyses.ablate.params import AblateParams

Share = Annotated[float | None, SHARE]


@dataclass(frozen=True, kw_only=True, eq=False)
class AblateResult(OfImages):
    """easy_..., hard_...: accuracy with all neurons, without the chosen ones, and the mean without as many random ones.

    layer: whose neurons. chosen: which. active: neurons that random ones are drawn from. samples: images of each split.
    random: (draws, 2), easy and hard, of each random draw. logits: (3, classes), of the image as it is, of it with what
    the neurons do in the other one, and of the other one; None where nothing was patched. images: (2, h, w, 3), the
    other one and the image; None also in results of earlier versions.
    """

    easy_intact: Annotated[float, SHARE]
    easy_ablated: Annotated[float, SHARE]
    easy_random: Share
    hard_intact: Annotated[float, SHARE]
    hard_ablated: Annotated[float, SHARE]
    hard_random: Share
    layer: Name
    palette_name: PaletteName
    recorded_content: Content | None = None
    chosen: Annotated[tuple[Count, ...], Field(max_length=1_000_000)]
    active: Annotated[tuple[Count, ...], Field(max_length=1_000_000)]
    samples: EasyAndHard
    random: Annotated[NDArray[np.float64], shares("draws", 2)]
    logits: Annotated[NDArray[np.float32] | None, numbers(3, "classes").optional]
    images: Annotated[NDArray[np.uint8] | None, images(2).optional] = None


def read(params: AblateParams, saved: Result) -> AblateResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    result = read_fields(AblateResult, saved, content_sizes(saved))
    if (params.patch is None) is not (result.logits is None):
        raise Damaged("it has other logits than it was asked for")
    if params.patch is None and result.images is not None:
        raise Damaged("it has images of a patch that wasn't asked for")
    return result
