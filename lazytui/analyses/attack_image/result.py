"""What `attack-image` finds of one image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_facts import content_sizes
from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.data.content import Content
from lazytui.runs.results.result_contents import ANY, COUNT, Count, Metric, Name, images, numbers, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields

if TYPE_CHECKING:
    from lazytui.analyses.attack_image.params import AttackImageParams


@dataclass(frozen=True, kw_only=True, eq=False)
class AttackImageResult:
    """fooled: 1 where it reached the goal. budget: what it was attacked with. smallest_budget, smallest_sure_budget:
    the smallest budget with which the goal is the most probable, and more probable than .9; None where no budget up to
    the largest is enough, or the image shows the goal as it is; the second is None of a score. score_before,
    score_after, scores: (steps,), what is raised, as it is, in the end and on the way; None where a class is wanted.

    steps_until_fooled: the first step at which the goal is reached, before rounding; None where none is. planned: steps
    that the attack has; 0 where it only queries. sources: images that the pool was taken from.
    image, adversarial: (h, w, 3) uint8. before, after: (classes,), what the network says of these. steps: (steps,
    classes), on the way. budgets: (b,), other ones that it was attacked with, and by_budget: (b, classes), what the
    network says of it then; None in results of early versions and where nobody asked. sensitivity: (h, w, 3), the
    log-odds of the goal that one level of 255 adds; None where the network has no gradient. already_fooled: whether the
    image as it is reaches the goal. recorded_content: of the image; None where it is a digit in a color.
    """

    fooled: Annotated[float, Metric(low=0, high=1)]
    budget: Annotated[float | None, ANY]
    smallest_budget: Annotated[float | None, ANY]
    smallest_sure_budget: Annotated[float | None, ANY]
    steps_until_fooled: Annotated[float | None, ANY]
    score_before: Annotated[float | None, ANY.optional] = None
    score_after: Annotated[float | None, ANY.optional] = None
    planned: Annotated[int, COUNT]
    sources: Count
    name: Name
    palette_name: PaletteName
    already_fooled: bool
    recorded_content: Content | None = None
    image: Annotated[NDArray[np.uint8], images()]
    adversarial: Annotated[NDArray[np.uint8], images()]
    before: Annotated[NDArray[np.float32], shares("classes").defined]
    after: Annotated[NDArray[np.float32], shares("classes").defined]
    steps: Annotated[NDArray[np.float32], shares("steps", "classes").defined]
    budgets: Annotated[NDArray[np.float64] | None, numbers("budgets").optional] = None
    by_budget: Annotated[NDArray[np.float32] | None, shares("budgets", "classes").optional] = None
    scores: Annotated[NDArray[np.float64] | None, numbers("steps").optional] = None
    sensitivity: Annotated[NDArray[np.float32] | None, numbers("image height", "image width", 3).optional]


def read(_params: AttackImageParams, saved: Result) -> AttackImageResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    return read_fields(AttackImageResult, saved, content_sizes(saved))
