"""What `groups` finds: the class that each training image is like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_facts import OfImages, content_sizes
from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.data.content import Content
from lazytui.runs.results.result_contents import ANY, COUNT, SHARE, Damaged, Note, flags, images, indices
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields

if TYPE_CHECKING:
    from lazytui.analyses.groups.params import GroupsParams

Way = Literal["property", "errors", "two-fold", "environments", "clusters"]


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupsResult(OfImages):
    """Of the training split.

    marked: the share of images that contradict. prevalence, precision, recall, average_precision, rand: as of
    `lazytui.groups.inferred.Agreement`, of what was inferred without corrections; None where nobody knows the truth.
    corrected: images that a person reviewed; of those that had been marked, confirmed do and
    rejected don't. like: (training,), the class that each image is like; labels: its
    own. conflicting: (training,), whether its value goes with another class; None where that isn't known. examples:
    (shown, h, w, 3), the first that contradict and that nobody has looked at, then those that somebody has; and
    numbers, which these are.
    """

    marked: Annotated[float, SHARE]
    prevalence: Annotated[float | None, SHARE]
    precision: Annotated[float | None, SHARE]
    recall: Annotated[float | None, SHARE]
    average_precision: Annotated[float | None, SHARE]
    rand: Annotated[float | None, ANY]
    corrected: Annotated[int, COUNT]
    confirmed: Annotated[int | None, COUNT.optional] = None
    rejected: Annotated[int | None, COUNT.optional] = None
    why: Note
    palette_name: PaletteName
    recorded_content: Content | None = None
    like: Annotated[NDArray[np.uint8], indices("training", below="classes")]
    labels: Annotated[NDArray[np.uint8], indices("training", below="classes")]
    conflicting: Annotated[NDArray[np.bool_] | None, flags("training").optional] = None
    examples: Annotated[NDArray[np.uint8] | None, images("shown").optional] = None
    numbers: Annotated[NDArray[np.int64] | None, indices("shown", below="training").optional] = None

    @property
    def contradicting(self) -> NDArray[np.bool_]:
        """(training,)."""
        return np.asarray(self.like != self.labels)


def read(_params: GroupsParams, saved: Result) -> GroupsResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    result = read_fields(GroupsResult, saved, content_sizes(saved))
    if (result.examples is None) != (result.numbers is None):
        raise Damaged("it shows images without their numbers, or numbers without images")
    if abs(float(result.contradicting.mean()) - result.marked) > 1e-6:
        raise Damaged("it counts other images than contradict")
    return result
